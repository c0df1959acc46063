# SPDX-License-Identifier: Apache-2.0
"""The Slurm launcher: jobs go out as array jobs, results come back as files.

A job's result.json, renamed into place by the wrapper, is the only thing that counts; squeue is asked only whether there is still
something to wait for, so no accounting database is needed. A task that left the queue without a result (node lost, job killed) is reported
as such and runs again in a folder of its own, where nothing that its forerunner may still write can be taken for its result. Slurm itself
must not run a task again (--no-requeue), and the wrapper refuses a folder that was run before. The folders must lie on a file system that
all nodes share.
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import time

from verif.regress.launcher import WRAPPER, Launcher, LauncherError, read_result

ENDED = ("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT")
POLL = 1.0        # seconds between two questions to the controller
GRACE = 5.0       # seconds that a result file may take to become visible here
OVERDUE = 120.0   # seconds past its limit after which a task that still seems to run is given up
SILENCE = 600.0   # seconds without an answer of the controller
CHUNK = 1000      # tasks of one array at most; the cluster's MaxArraySize may be lower


class Task:
    def __init__(self, folder, batch, index, limit):
        self.folder, self.batch, self.index, self.limit = folder, batch, index, limit
        self.gone = None      # since when it is not in the queue
        self.state = ""
        self.running = None   # since when it is seen running


def ask(*command, timeout=60):
    try:
        r = subprocess.run(command, capture_output=True, text=True, timeout=timeout, start_new_session=True)
        return r.returncode, r.stdout, r.stderr.strip()
    except subprocess.TimeoutExpired:
        return 124, "", f"{command[0]} gave no answer in {timeout} s"


class Slurm(Launcher):
    name = "slurm"

    def __init__(self, jobs=None):
        for tool in ("sbatch", "squeue", "scancel", "scontrol"):
            if not shutil.which(tool):
                raise LauncherError(f"{tool} is missing (Debian: apt-get install slurm-client)")
        code, out, err = ask("scontrol", "show", "config", timeout=30)
        if code:
            raise LauncherError(f"Slurm does not answer: {' '.join(err.split())}")
        found = re.search(r"^MaxArraySize\s*=\s*(\d+)", out, re.MULTILINE)
        self.chunk = min(CHUNK, int(found[1]) if found else 1)
        self.jobs = jobs
        self.folder = None            # the regression's; set before the first job
        self.tasks, self.early = [], []
        self.batches = 0
        self.heard = self.asked = time.monotonic()

    def room(self):
        return max(2 * self.chunk - len(self.tasks), 0)

    # ------------------------------------------------------------ out
    def submit(self, folders):
        names = []
        for start in range(0, len(folders), self.chunk):
            names.append(self.submit_array(folders[start:start + self.chunk]))
        return names

    def submit_array(self, folders):
        self.batches += 1
        name = f"htx-regress-{os.getpid()}-{self.folder.stat().st_ino:x}-{self.batches}"
        work = self.folder / "slurm" / str(self.batches)
        work.mkdir(parents=True)
        (work / "folders").write_text("".join(f"{f}\n" for f in folders), encoding="utf-8")
        (work / "job.sh").write_text(
            "#!/bin/bash\n"
            f'folder=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" {shlex.quote(str(work / "folders"))})\n'
            f'exec /usr/bin/python3 -I {shlex.quote(WRAPPER)} "$folder"\n', encoding="utf-8")
        array = f"0-{len(folders) - 1}" + (f"%{self.jobs}" if self.jobs else "")
        tasks = [Task(f, name, n, self.limit_of(f)) for n, f in enumerate(folders)]
        minutes = int(max(t.limit for t in tasks) // 60) + 3  # the wrapper keeps the limit; Slurm's own is a net below
        code, _, err = ask("sbatch", "--parsable", f"--job-name={name}", f"--array={array}", "--no-requeue", "--ntasks=1",
                           f"--time={minutes}", f"--output={work}/%a.txt", f"--chdir={work}", str(work / "job.sh"))
        if code:
            ask("scancel", f"--name={name}")  # it may have been taken although no answer came
            self.early += [(f, {"error": f"sbatch: {' '.join(err.split()) or f'exit code {code}'}"}) for f in folders]
        else:
            self.tasks += tasks
        return name

    @staticmethod
    def limit_of(folder):
        found = re.search(r'"limit": ([\d.]+)', pathlib.Path(folder, "job.json").read_text(encoding="utf-8"))
        return float(found[1])

    # ------------------------------------------------------------ back
    def poll(self):
        while self.early:
            yield self.early.pop(0)
        if time.monotonic() - self.asked >= POLL:
            self.look()
            self.asked = time.monotonic()
        for task in list(self.tasks):
            outcome = read_result(task.folder) or self.lost(task)
            if outcome:
                self.tasks.remove(task)
                yield task.folder, outcome

    def look(self):
        """What the queue says of every task; nothing is concluded from a controller that does not answer."""
        states, now = {}, time.monotonic()
        for batch in {t.batch for t in self.tasks}:
            code, out, err = ask("squeue", "--noheader", "--array", "--states=all", f"--name={batch}", "--format=%K|%T|%r")
            if code:
                if now - self.heard > SILENCE:
                    raise LauncherError(f"Slurm has not answered for {SILENCE:.0f} s: {' '.join(err.split())}")
                return
            for line in out.splitlines():
                index, state, reason = line.strip().split("|", 2)
                if index.isdigit():
                    states[batch, int(index)] = state, reason
        self.heard = now
        for t in self.tasks:
            state, reason = states.get((t.batch, t.index), ("", ""))
            if state and state not in ENDED:
                t.gone, t.state = None, f"{state} ({reason})"
                t.running = (t.running or now) if state == "RUNNING" else None
            else:
                t.state = state or t.state
                t.gone = t.gone or now

    def lost(self, task):
        """The outcome of a task from which nothing can come any more, or None."""
        now = time.monotonic()
        if task.gone and now - task.gone > GRACE:
            os.listdir(task.folder)  # a network file system looks again
            state = task.state or "unknown"
            return read_result(task.folder) or {"error": f"the job left Slurm's queue without a result (last state {state})"}
        if task.running and now - task.running > task.limit + OVERDUE:
            ask("scancel", f"--name={task.batch}", "--state=RUNNING", self.job_id(task))
            return {"error": f"no result {OVERDUE:.0f} s after its time limit (node lost?)"}
        return None

    @staticmethod
    def job_id(task):
        code, out, _ = ask("squeue", "--noheader", "--array", f"--name={task.batch}", "--format=%i")
        mine = [line.strip() for line in out.splitlines() if line.strip().endswith(f"_{task.index}")]
        return mine[0] if code == 0 and mine else "0"

    def stop(self):
        batches = {t.batch for t in self.tasks}
        for batch in batches:
            ask("scancel", f"--name={batch}", timeout=20)
        end = time.monotonic() + 20
        while batches and time.monotonic() < end:
            code, out, _ = ask("squeue", "--noheader", f"--name={','.join(batches)}", "--format=%i", timeout=20)
            if code == 0 and not out.strip():
                return
            time.sleep(0.5)
