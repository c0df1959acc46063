# SPDX-License-Identifier: Apache-2.0
"""The job wrapper alone: one result for one folder, and nothing left behind whoever is killed."""
import json
import os
import signal
import subprocess

from tests.regress.support import Case, wait_for
from verif.regress.launcher import WRAPPER, read_result

DETACHED = "setsid sleep 987654 & (setsid sleep 987654 &) ; echo begun; sleep 987654"  # three that have to go, two in sessions of their own


class Wrapper(Case):
    def job(self, command, limit=30, log_limit=1 << 20):
        job = {"argv": ["sh", "-c", command], "cwd": str(self.dir), "env": {}, "limit": limit, "log_limit": log_limit, "parent": 0}
        self.write("job.json", json.dumps(job))
        return subprocess.Popen(["/usr/bin/python3", "-I", WRAPPER, self.dir], env=self.env(), stderr=subprocess.DEVNULL)

    def inner(self, outer):
        """The process that runs the command."""
        return int(subprocess.run(["ps", "-o", "pid=", "--ppid", str(outer.pid)], capture_output=True, text=True).stdout.split()[0])

    def end(self, child):
        child.wait(20)
        wait_for(lambda: not self.sleepers(), 10, "the end of what was started")
        return read_result(self.dir)

    def test_exit_code_time_and_memory(self):
        result = self.end(self.job("echo hello; exit 7"))
        self.assertEqual((result["exit"], result["signal"]), (7, None))
        self.assertGreater(result["memory_kib"], 0)
        self.assertEqual((self.dir / "log.txt").read_text(), "hello\n")

    def test_a_folder_is_run_once(self):
        self.end(self.job("echo first"))
        again = self.job("echo second > log.txt; exit 9")
        self.assertEqual(again.wait(20), 1)
        self.assertEqual((read_result(self.dir)["exit"], (self.dir / "log.txt").read_text()), (0, "first\n"))

    def test_time_limit(self):
        result = self.end(self.job(DETACHED, limit=0.5))
        self.assertTrue(result["timed_out"])

    def test_a_log_without_end(self):
        result = self.end(self.job("yes"))
        self.assertTrue(result["log_overflow"])
        self.assertLessEqual((self.dir / "log.txt").stat().st_size, 1 << 20)

    def test_whoever_is_killed(self):
        for who, number, word in (("outer", signal.SIGTERM, "stopped"), ("outer", signal.SIGKILL, "stopped"),
                                  ("inner", signal.SIGTERM, "stopped"), ("inner", signal.SIGKILL, "error")):
            with self.subTest(who=who, number=number):
                for name in ("started", "result.json"):
                    (self.dir / name).unlink(missing_ok=True)
                child = self.job(DETACHED)
                wait_for(lambda: len(self.sleepers()) == 3, what="the command")
                os.kill(child.pid if who == "outer" else self.inner(child), number)
                self.end(child)
                self.assertIn(word, wait_for(lambda: read_result(self.dir), 10, "the result"))
