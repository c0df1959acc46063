# SPDX-License-Identifier: Apache-2.0
"""The whole runner over tests that must fail: every verdict, the buckets, the reports, and that a failure is never lost."""
import pathlib
import pty
import os
import subprocess
import xml.etree.ElementTree as xml

from tests.regress.support import MUST_FAIL, ROOT, Case
from verif.regress import catalogue


class Verdicts(Case):
    """One run of everything, looked at from all sides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("setUp")
        case.setUp()
        cls.addClassCleanup(case.doCleanups)
        cls.out = case.dir / "out"
        cls.result = case.regress("--out", cls.out, "--seed", 17, code=1)
        cls.whole = case.report(cls.out)
        cls.runs = {r["id"]: r for r in cls.whole["runs"]}
        cls.built = (case.build / "count").read_text().splitlines()
        cls.left = case.sleepers()
        cls.last = os.path.realpath(case.build / "regress/last")

    def test_every_test_gets_the_verdict_of_its_name(self):
        self.counted_once(self.whole)
        wrong = {r["id"]: (r["verdict"], r["text"]) for r in self.whole["runs"] if not r["name"].startswith(r["verdict"] + ".")}
        self.assertEqual(wrong, {})
        wanted = {t.name for t in catalogue.load(MUST_FAIL).tests if "nightly" not in t.tags}
        self.assertEqual({r["name"] for r in self.whole["runs"]}, wanted)

    def test_status_and_exit_code(self):
        self.assertEqual((self.whole["status"], self.whole["good"]), ("complete", False))

    def test_attempts(self):
        for name, r in self.runs.items():
            many = {"ENVIRONMENT": 3}.get(r["verdict"], 2 if name == "PASS.in_the_second_attempt" else 1)
            many = 1 if name == "ENVIRONMENT.build_short_of_memory" else many  # its build was tried three times, itself never
            self.assertEqual(len(r["attempts"]), many, name)
        self.assertIn("SIGKILL", self.runs["PASS.in_the_second_attempt"]["attempts"][0]["text"])

    def test_each_configuration_is_built_once(self):
        self.assertEqual(self.built, ["built"])
        self.assertEqual([(b["name"], b["verdict"]) for b in self.whole["builds_made"]], [("good", "PASS"), ("broken", "FAIL"), ("killed", "ENVIRONMENT")])
        self.assertIn("no such port", self.runs["FAIL.build"]["text"])

    def test_nothing_is_left_running(self):
        self.assertEqual(self.left, [])

    def test_buckets(self):
        first = self.whole["buckets"][0]
        self.assertEqual((first["verdict"], first["text"]), ("FAIL", "DIVERGENCE at clock * in htx_accum"))
        self.assertEqual(len(first["runs"]), 3)
        self.assertEqual({r.split("@")[0] for r in first["runs"]}, {"FAIL.wrong_result", "FAIL.another_test_same_cause"})
        in_buckets = sorted(r for b in self.whole["buckets"] for r in b["runs"])
        failed = sorted(r["id"] for r in self.whole["runs"] if r["verdict"] in ("FAIL", "TIMEOUT", "ENVIRONMENT", "XPASS"))
        self.assertEqual(in_buckets, failed)

    def test_texts(self):
        for name, words in (("TIMEOUT.hang", "limit of 1 s"), ("FAIL.crash", "SIGSEGV"), ("FAIL.no_sign_of_success", "without the sign"),
                            ("ENVIRONMENT.missing_tool", "/nonexistent/simulator"), ("ENVIRONMENT.full_disk", "No space left"),
                            ("ENVIRONMENT.wrapper_killed", "wrapper was killed by SIGKILL"), ("XFAIL.known", "loses a flag"),
                            ("PASS.notice", "SKIPPED 2"), ("SKIPPED.says_so", "no model")):
            self.assertIn(words, self.runs[name]["text"])

    def test_the_command_repeats_the_failure(self):
        for r in self.whole["runs"]:
            if r["name"] == "FAIL.wrong_result":
                again = subprocess.run(r["command"], shell=True, capture_output=True, text=True, cwd="/")
                self.assertEqual((again.returncode, again.stdout), (1, f"DIVERGENCE at clock {r['seed']} in htx_accum\n"))
                self.assertIn(f"    {r['command']}\n", self.result.stdout)

    def test_plain_lines_without_a_terminal(self):
        self.assertNotIn("\033", self.result.stderr)
        self.assertNotIn("\r", self.result.stderr)
        for name in self.runs:
            self.assertIn(f" {name}  ", self.result.stderr)

    def test_junit(self):
        root = xml.parse(self.out / "junit.xml").getroot()
        counts = self.whole["counts"]
        self.assertEqual(root.get("tests"), str(len(self.runs)))
        self.assertEqual(int(root.get("failures")), counts["FAIL"] + counts["TIMEOUT"] + counts["XPASS"])
        self.assertEqual(int(root.get("errors")), counts["ENVIRONMENT"])
        kinds = {c.get("name"): [(e.tag, e.get("type")) for e in c] for c in root.iter("testcase")}
        self.assertEqual(kinds["PASS.plain"], [])
        self.assertEqual(kinds["TIMEOUT.hang"], [("failure", "TIMEOUT")])
        self.assertEqual(kinds["ENVIRONMENT.killed"], [("error", "ENVIRONMENT")])

    def test_files(self):
        self.assertEqual(pathlib.Path(self.last), self.out.resolve())
        for r in self.whole["runs"]:
            self.assertTrue((self.out / r["log"]).is_file() or "wrapper" in r["text"], r["log"])
        left = [p.name for p in self.out.iterdir()]
        self.assertCountEqual(left, ["journal.jsonl", "junit.xml", "runs", "report.json"] + ["report.html"] * ("report.html" in left))

    def test_the_reports_follow_from_the_journal(self):
        before = {n: (self.out / n).read_text() for n in ("report.json", "junit.xml")}
        case = Verdicts("setUp")
        case.setUp()
        self.addCleanup(case.doCleanups)
        case.regress("--report", self.out, code=1)
        self.assertEqual(before, {n: (self.out / n).read_text() for n in before})


class Repeating(Case):
    def test_failed_and_repeat_from(self):
        first = self.dir / "first"
        self.regress("PASS.*", "FAIL.wrong_result", "--out", first, "--seed", 3, code=1)
        old = {r["id"]: r["verdict"] for r in self.report(first)["runs"]}
        again = self.dir / "again"
        self.regress("--repeat-from", first / "report.json", "--out", again, code=1)
        self.assertEqual(self.counted_once(self.report(again)), old)
        self.assertEqual(self.report(again)["master_seed"], 3)
        failed = self.dir / "failed"
        self.regress("--failed", "--out", failed, code=1)  # of the last one
        self.assertEqual(set(self.counted_once(self.report(failed))), {i for i, v in old.items() if v == "FAIL"})
        self.regress("--failed", "--repeat-from", first, "PASS.*", "--out", self.dir / "none")
        self.assertFalse((self.dir / "none").exists())

    def test_one_seed(self):
        out = self.dir / "one"
        self.regress("PASS.seeds@4294967295", "--out", out)
        self.assertEqual(list(self.counted_once(self.report(out))), ["PASS.seeds@4294967295"])
        self.assertIn("seed 4294967295\n", (out / "runs/PASS.seeds@4294967295/attempt-1/log.txt").read_text())

    def test_a_good_regression(self):
        out = self.dir / "good"
        self.regress("--tag", "smoke", "XFAIL.*", "SKIPPED.*", "PASS.*", "--seeds", 2, "--out", out)
        self.assertTrue(self.report(out)["good"])

    def test_a_terminal_sees_one_line_that_changes(self):
        ours, theirs = pty.openpty()
        child = subprocess.Popen(self.command("PASS.plain", "FAIL.crash", "--out", self.dir / "tty"), stderr=theirs,
                                 stdout=subprocess.DEVNULL, env=self.env())
        os.close(theirs)
        seen = b""
        try:
            while data := os.read(ours, 4096):
                seen += data
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        self.assertEqual(child.wait(30), 1)
        self.assertIn(b"\r\033[K", seen)
        self.assertIn(b"FAIL.crash", seen)


class Refusals(Case):
    def refuse(self, *args, words=(), catalogue=MUST_FAIL):
        r = self.regress(*args, code=2, catalogue=catalogue)
        for word in words:
            self.assertIn(word, r.stderr)
        self.assertEqual(len(r.stderr.splitlines()), 1, r.stderr)

    def test_arguments(self):
        self.refuse("nobody.*", words=["nobody.*"])
        self.refuse("--tag", "smke", words=["smke", "smoke"])
        self.refuse("PASS.seeds@x", words=["PASS.seeds@x"])
        self.refuse("PASS.plain@1", words=["takes no seed"])
        self.refuse("--seeds", "0", words=["--seeds"])
        self.refuse("--seed", str(1 << 32), words=["--seed"])
        self.refuse("--time-factor", "0", words=["--time-factor"])
        self.refuse("--failed", words=["report.json"])
        self.refuse("--repeat-from", ROOT / "README.md", words=["README.md"])
        self.refuse("--report", self.dir, words=["journal.jsonl"])
        self.refuse("PASS.plain", "--out", ROOT / "tests", words=["not empty"])
        self.refuse("PASS.plain", "--out", "/dev/null/x", words=["/dev/null"])
        self.refuse(catalogue=self.dir / "absent.toml", words=["absent.toml"])

    def test_lists(self):
        names = self.regress("--list", "--tag", "smoke").stdout
        self.assertIn("PASS.plain", names)
        self.assertNotIn("FAIL.", names)
        plan = self.regress("--dry-run", "PASS.seeds", "--seed", 1).stdout
        self.assertIn("build good", plan)
        self.assertEqual(plan.count("\nPASS.seeds@"), 3)
        self.assertEqual(list(self.build.iterdir()), [])  # nothing was made
