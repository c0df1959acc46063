#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Job wrapper: runs one command under a time limit and leaves one result file. usage: one_run.py FOLDER

Reads FOLDER/job.json, writes FOLDER/log.txt while the command runs, and FOLDER/result.json, whole, when it is over. Nothing that
the command started outlives it. The same wrapper runs under every launcher; a folder is run once only. It stands alone, so that a
node of a cluster needs no more than this file.
"""
import ctypes
import json
import os
import pathlib
import resource
import select
import signal
import socket
import subprocess
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
PRCTL = ctypes.CDLL(None, use_errno=True).prctl


class Stopped(Exception):
    pass


def on_signal(number, _):
    for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(s, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


def descendants():
    """Every process below this one; orphans come here, because this process is a subreaper."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = pathlib.Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    found, todo = [], [os.getpid()]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def kill_all(seconds=10):
    """Kills until nothing is left; a process can fork while the list is made, so more than once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and (left := descendants()):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        time.sleep(0.01)


def wait(child, job, log, result):
    """Until the command ends, its time is over, or its log too large."""
    began = time.monotonic()
    descriptor = os.pidfd_open(child.pid)
    while not select.select([descriptor], [], [], 0.1)[0]:
        if job["limit"] and time.monotonic() - began > job["limit"]:
            result["timed_out"] = True
            child.terminate()  # a moment for what it still wants to write
            select.select([descriptor], [], [], 1.0)
            return
        if os.fstat(log.fileno()).st_size > job["log_limit"]:
            return


def cut(log, limit, result):
    if log.exists() and log.stat().st_size > limit:
        result["log_overflow"] = True
        os.truncate(log, limit)


def run(job, folder, result):
    began = time.monotonic()
    child = None
    try:
        with open(folder / "log.txt", "wb") as log:
            parent = os.getpid()

            def prepare():  # the command dies with this wrapper, whatever ends it
                PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
                if os.getppid() != parent:
                    os._exit(1)
            try:
                child = subprocess.Popen(job["argv"], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=job["cwd"],
                                         env={**os.environ, **job["env"]}, start_new_session=True, preexec_fn=prepare)
            except (OSError, subprocess.SubprocessError, ValueError) as e:
                result["error"] = f"cannot start {job['argv'][0]}: {getattr(e, 'strerror', None) or e}"
                return
            wait(child, job, log, result)
            if child.poll() is None:
                child.kill()
                child.wait()
    except Stopped as e:
        result["stopped"] = str(e)
    except OSError as e:
        result["error"] = f"cannot write {e.filename or 'the log'}: {e.strerror}"
    finally:
        kill_all()
        cut(folder / "log.txt", job["log_limit"], result)
        if child is not None and child.returncode is None:
            child.poll()
        code = child.returncode if child is not None else None
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        result.update(exit=code if code is None or code >= 0 else None, signal=-code if code is not None and code < 0 else None,
                      seconds=round(time.monotonic() - began, 3), cpu_seconds=round(usage.ru_utime + usage.ru_stime, 3),
                      memory_kib=usage.ru_maxrss)


def save(folder, result):
    new = folder / f".result.{socket.gethostname()}.{os.getpid()}"
    with open(new, "w", encoding="utf-8") as f:
        json.dump(result, f)
        f.flush()
        os.fsync(f.fileno())
    os.rename(new, folder / "result.json")


def listen():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)


def work(job, folder, guard, result):
    """In the inner process: runs the command, and ends when the guard does."""
    try:
        listen()
        PRCTL(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != guard:
            raise Stopped("end of the job wrapper")
        run(job, folder, result)
    except Stopped as e:  # before the command, or behind it
        result.setdefault("stopped", str(e))
    save(folder, result)


def guard(job, inner, folder, result):
    """In the outer process: whatever ends the inner one, what it started goes too."""
    try:
        listen()
        if job["parent"]:  # under the local launcher: ends with the runner
            PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != job["parent"]:
                raise Stopped("end of the runner")
        status = os.waitpid(inner, 0)[1]
    except Stopped:
        os.kill(inner, signal.SIGTERM)
        status = os.waitpid(inner, 0)[1]
    kill_all()
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        save(folder, {**result, "error": f"the job wrapper was killed by {signal.Signals(-code).name}"})
    return code


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    try:
        os.close(os.open(folder / "started", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        sys.exit(f"one_run: {folder} was run before; a second run needs a folder of its own")
    PRCTL(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    result = {"host": socket.gethostname(), "began": round(time.time(), 3)}
    outer = os.getpid()
    if inner := os.fork():
        sys.exit(guard(job, inner, folder, result))
    work(job, folder, outer, result)


if __name__ == "__main__":
    try:
        main()
    except OSError as e:
        print(f"one_run: {e}", file=sys.stderr)
        sys.exit(74)  # EX_IOERR
