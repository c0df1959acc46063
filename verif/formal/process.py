# SPDX-License-Identifier: Apache-2.0
"""Runs a tool in a process group of its own, with a limit of processor time, so that a busy machine changes no verdict; on an
interrupt every group that runs is ended."""
import dataclasses
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

PATIENCE = 20  # a tool may take this many times its processor time by the clock, and is ended then

_running = set()
_lock = threading.Lock()
_stopping = threading.Event()


class Stopped(Exception):
    """The whole run was interrupted."""


class Missing(Exception):
    """A tool is not installed; the text names it."""


@dataclasses.dataclass(frozen=True)
class Result:
    code: int
    text: str
    timed_out: bool


class Budget:
    """Seconds of processor time that a task may still use; counts what its tools and their children used."""

    def __init__(self, limit):
        self.limit, self.used = limit, 0.0

    def left(self):
        return max(self.limit - self.used, 0.0)


def run(command, budget, log=None, cwd=None):
    """Output and errors together as text, also into `log`."""
    if budget.left() < 1:
        return Result(-signal.SIGXCPU, "", True)
    seconds = int(budget.left()) + 1
    with tempfile.TemporaryFile() as out:
        with _lock:
            if _stopping.is_set():
                raise Stopped()
            try:
                p = subprocess.Popen(["prlimit", f"--cpu={seconds}:{seconds + 2}", *(str(c) for c in command)], stdin=subprocess.DEVNULL,
                                     stdout=out, stderr=subprocess.STDOUT, cwd=cwd, start_new_session=True)
            except FileNotFoundError as e:
                raise Missing(e.filename) from e
            _running.add(p)
        late, end_at = False, time.monotonic() + PATIENCE * budget.left() + 60
        try:
            while True:
                pid, status, usage = os.wait4(p.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() > end_at and not late:
                    late = True
                    end(p)
                time.sleep(0.02)
            p.returncode = os.waitstatus_to_exitcode(status)
        finally:
            with _lock:
                _running.discard(p)
        out.seek(0)
        text = out.read().decode(errors="replace")
    budget.used += usage.ru_utime + usage.ru_stime
    if log:
        pathlib.Path(log).write_text(text, encoding="utf-8")
    if _stopping.is_set():
        raise Stopped()
    return Result(p.returncode, text, late or p.returncode == -signal.SIGXCPU or (p.returncode != 0 and budget.left() < 3))


def end(p):
    try:
        os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def stop_all():
    """Ends every tool that runs; runs that begin later stop at once."""
    _stopping.set()
    with _lock:
        for p in _running:
            end(p)
