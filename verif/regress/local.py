# SPDX-License-Identifier: Apache-2.0
"""The local launcher: a number of processes beside each other on this machine."""
import os
import pathlib
import signal
import subprocess
import sys
import time

from verif.regress.launcher import WRAPPER, Launcher, read_result


class Local(Launcher):
    name = "local"

    def __init__(self, jobs):
        self.jobs = jobs
        self.active = {}  # folder -> wrapper

    def room(self):
        return self.jobs - len(self.active)

    def submit(self, folders):
        for folder in folders:
            with open(pathlib.Path(folder, "wrapper.txt"), "wb") as words:
                self.active[folder] = subprocess.Popen([sys.executable, "-I", WRAPPER, str(folder)], stdin=subprocess.DEVNULL,
                                                       stdout=words, stderr=words, start_new_session=True)

    def parent(self):
        return os.getpid()

    def poll(self):
        for folder, wrapper in list(self.active.items()):
            if wrapper.poll() is None:
                continue
            del self.active[folder]
            yield folder, read_result(folder) or {"error": self.without_result(folder, wrapper.returncode)}

    @staticmethod
    def without_result(folder, code):
        words = pathlib.Path(folder, "wrapper.txt").read_text(errors="replace").strip().splitlines()[-1:]
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"the job wrapper {how} and left no result" + "".join(f": {w}" for w in words)

    def stop(self):
        for wrapper in self.active.values():
            wrapper.terminate()
        end = time.monotonic() + 15
        for wrapper in self.active.values():
            try:
                wrapper.wait(max(end - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                wrapper.kill()  # what it ran dies with it
                wrapper.wait()
