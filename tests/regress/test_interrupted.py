# SPDX-License-Identifier: Apache-2.0
"""A regression that does not come to its end: interrupted, killed at any moment, or out of space. Its report says so."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest
import unittest.mock

from tests.regress.support import Case, quick, wait_for
from verif.regress import journal, record, regression

SLOW = quick(6, "echo all is well; [ {seed} -gt 2000000000 ] || sleep 987654")  # some hang


class Interrupted(Case):
    def lines(self, out):
        path = out / journal.NAME
        return path.read_bytes().count(b"\n") if path.exists() else -1

    def finals(self, out):
        return [e["run"] for e in journal.read(out)[0] if e["kind"] == "attempt" and e["final"]]

    def test_ctrl_c(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            out = self.dir / f"out{number}"
            child = self.start("--jobs", 3, "--seed", 1, "--out", out, catalogue=self.write("slow.toml", SLOW))
            wait_for(lambda: len(self.sleepers()) >= 2 and self.lines(out) > 4, what="hanging tests")
            began = time.monotonic()
            os.killpg(child.pid, number)  # as a terminal does it
            text = child.communicate(timeout=30)[0]
            self.assertLess(time.monotonic() - began, 10)
            self.assertEqual(child.returncode, 130, text)
            self.assertEqual(self.sleepers(), [])
            report = self.report(out)
            verdicts = self.counted_once(report)
            self.assertEqual(report["status"], "interrupted")
            self.assertFalse(report["good"])
            self.assertGreaterEqual(report["counts"]["NOT RUN"], 2)
            self.assertEqual({i for i, v in verdicts.items() if v != "NOT RUN"}, set(self.finals(out)))
            self.assertIn("NOT COMPLETE", text)
            self.assertIn('type="NOT RUN"', (out / "junit.xml").read_text())
            self.regress("--report", out, code=130)
        self.regress("--unfinished", "--dry-run", catalogue=self.dir / "slow.toml")

    def test_killed_at_several_moments(self):
        many = self.write("many.toml", quick(12, "sleep 0.05; echo all is well; [ {seed} -gt 500000000 ] || sleep 987654"))
        for lines in (0, 1, 2, 5, 9, 14):
            out = self.dir / f"after{lines}"
            child = self.start("--jobs", 4, "--seed", 7, "--out", out, catalogue=many)
            wait_for(lambda: self.lines(out) >= lines, what=f"{lines} lines of the journal")
            child.kill()
            child.wait()
            wait_for(lambda: not self.sleepers(), 10, "the end of the children")
            if self.lines(out) < 1:
                self.regress("--report", out, code=2)  # ended before it began
                continue
            if lines > 1 and (out / "report.json").exists():  # what lay there before anybody asked
                self.assertIn(self.report(out)["status"], ("running", "killed"))
                self.assertFalse(self.report(out)["good"])
            text = self.regress("--report", out, code=2).stdout
            report = self.report(out)
            verdicts = self.counted_once(report)
            self.assertEqual(report["status"], "killed")
            self.assertIn("NOT COMPLETE", text)
            self.assertEqual(len(verdicts), 12)
            self.assertEqual({i for i, v in verdicts.items() if v != "NOT RUN"}, set(self.finals(out)))
            if (out / "report.html").exists():
                self.assertIn("Not complete", (out / "report.html").read_text())

    def test_a_journal_cut_anywhere_makes_a_report(self):
        out = self.dir / "out"
        self.regress("PASS.*", "--out", out)
        whole = (out / journal.NAME).read_bytes()
        cut, first = self.dir / "cut", whole.index(b"\n")
        cut.mkdir()
        ends = [n for n, byte in enumerate(whole) if byte == ord("\n")]  # one byte less than the line, and the line
        for size in sorted({*range(first - 3, len(whole), 97), *ends, *(n + 1 for n in ends)}):
            (cut / journal.NAME).write_bytes(whole[:size])
            events, damaged, _ = journal.read(cut)
            known = record.replay(events)
            if size <= first:
                self.assertIsNone(known)
                continue
            report = known.summary(damaged=damaged)
            finals = sum(e["kind"] == "attempt" and e["final"] for e in events)
            self.assertEqual(len(report["runs"]) - report["counts"]["NOT RUN"], finals)
            self.assertEqual((report["status"], report["good"]), ("complete", True) if size == len(whole) else ("killed", False))
            self.assertEqual(damaged, int(not whole[:size].endswith(b"\n")))

    def test_a_running_regression_is_not_called_killed(self):
        out = self.dir / "out"
        child = self.start("--jobs", 1, "--out", out, catalogue=self.write("slow.toml", quick(1, "sleep 987654")))
        wait_for(self.sleepers, what="the hanging test")
        self.assertIn("is not over", self.regress("--report", out).stdout)
        os.killpg(child.pid, signal.SIGINT)
        child.communicate(timeout=30)

    def test_a_result_that_comes_twice_counts_once(self):
        out = self.dir / "out"
        self.regress("PASS.plain", "--out", out)
        lines = (out / journal.NAME).read_text().splitlines()
        twice = [json.loads(line) for line in lines if '"attempt"' in line and '"final": true' in line][0]
        twice["verdict"] = "FAIL"
        (out / journal.NAME).write_text("\n".join([*lines, json.dumps(twice)]) + "\n")
        self.regress("--report", out)
        self.assertEqual((self.report(out)["counts"]["PASS"], self.report(out)["counted_twice"]), (1, 1))


@unittest.skipUnless(os.geteuid() == 0, "only root mounts a small disk")
class FullDisk(Case):
    def fill(self):
        with open(self.disk / "ballast", "wb", buffering=0) as f:
            for size in (65536, 1):
                try:
                    while f.write(b"x" * size):
                        pass
                except OSError:
                    pass

    def setUp(self):
        super().setUp()
        self.disk = self.dir / "disk"
        self.disk.mkdir()
        r = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "htx_regress", self.disk], capture_output=True, text=True)
        if r.returncode:
            self.skipTest(f"a small disk cannot be mounted: {r.stderr.strip()}")
        self.addCleanup(lambda: subprocess.run(["umount", "-l", self.disk], check=True))

    def test_filled_by_a_test(self):
        fills = quick(4).replace("sleep 0.1; echo all is well", "dd if=/dev/zero of={out}/big bs=64k; echo all is well")
        out = self.disk / "out"
        r = self.regress("--jobs", 1, "--out", out, code=2, catalogue=self.write("fills.toml", fills))
        report = self.report(out)
        self.counted_once(report)
        self.assertEqual(report["status"], "stopped")
        self.assertIn("No space left on device", report["why"])
        self.assertEqual(report["counts"]["PASS"], 0)
        self.assertIn("NOT COMPLETE", r.stdout)

    def test_the_result_that_did_not_fit_is_not_lost(self):
        events = [{"kind": "plan", "time": 1, "runs": [{"id": "a", "command": ""}]}]
        r = regression.Regression.__new__(regression.Regression)
        r.journal, r.record, r.written = journal.Journal(self.disk), record.replay(events), time.monotonic()
        self.addCleanup(r.journal.close)
        self.fill()
        with self.assertRaises(OSError):
            for _ in range(100):  # the journal's last page has room for some
                r.log("start", run="a", attempt=1, words="w" * 500)
        kept, damaged, _ = journal.read(self.disk)
        self.assertEqual((kept[-1]["words"], damaged), ("w" * 500, 0))
        self.assertTrue(r.record.runs["a"]["started"])

    def test_full_from_the_start(self):
        self.fill()
        r = self.regress("PASS.plain", "--out", self.disk / "out", code=2)
        self.assertIn("No space left on device", r.stderr)


class Unwritable(Case):
    def test_half_a_line_is_taken_back(self):
        j = journal.Journal(self.dir)
        self.addCleanup(j.close)
        j.add("first")
        write = os.write
        with unittest.mock.patch("os.write", lambda fd, data: write(fd, data[:9])), self.assertRaises(OSError):
            j.add("second")
        j.add("third")
        events, damaged, _ = journal.read(self.dir)
        self.assertEqual(([e["kind"] for e in events], damaged), (["first", "third"], 0))

    def test_reports_of_a_folder_that_goes_away(self):
        out = self.dir / "out"
        child = self.start("--jobs", 1, "--out", out, catalogue=self.write("many.toml", quick(50)))
        wait_for(lambda: (out / "runs").exists(), what="the first run")
        shutil.rmtree(out, ignore_errors=True)
        pathlib.Path(out).write_text("in the way")
        text = child.communicate(timeout=30)[0]
        self.assertEqual(child.returncode, 2, text)
        self.assertNotIn("Traceback", text)
