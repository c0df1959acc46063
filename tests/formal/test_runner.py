# SPDX-License-Identifier: Apache-2.0
"""The runner of the proofs, on a small design: what is proven, what must not look proven, and what is refused."""
import json
import signal
import subprocess
import time
import unittest

from tests.formal.support import COUNTER, HARD, RULES, Toy, entry


class Verdicts(Toy):
    def test_proven(self):
        r = self.call("--json", self.folder / "copy.json")
        self.assertEqual(r.returncode, 0, r.stdout + r.stderr)
        self.assertRegex(r.stdout, r"(?m)^counter +pdr +\d+ +1 +[\d.]+ +proven for ever$")
        self.assertEqual(self.results()["counter"]["covers"], {"c1": 9})
        self.assertEqual((self.folder / "copy.json").read_text(), (self.folder / "out/formal.json").read_text())
        again = self.call()
        self.assertIn("(known)", again.stdout)  # and a change of the RTL is proven anew:
        self.write("rtl/htx_counter.sv", COUNTER.replace("4'd9", "4'd8"))
        self.assertEqual(self.call().returncode, 1)  # nine is no longer reached

    def test_failed_and_replayed(self):
        self.write("rtl/htx_counter.sv", COUNTER.replace("4'd9)", "4'd12)"))
        r = self.call()
        self.assertEqual(r.returncode, 1, r.stdout + r.stderr)
        self.assertIn("r1: the count stays below ten.", r.stdout)
        found = self.results()["counter"]
        self.assertEqual((found["verdict"], found["replay"]["ok"], found["replay"]["step"]), ("FAILED", True, 11))
        self.assertIn("scripts/formal --replay", r.stdout)
        again = self.call("--replay", self.folder / "out/counter")
        self.assertEqual((again.returncode, again.stdout.strip()), (1, "counter: fails in clock 11: r1: the count stays below ten."))
        self.write("rtl/htx_counter.sv", COUNTER)
        again = self.call("--replay", self.folder / "out/counter")
        self.assertEqual((again.returncode, again.stdout.strip()), (0, "counter: no assertion fails"))

    def test_a_contradiction_proves_nothing(self):
        self.write("counter_props.sv", RULES.replace("(started_q || !rst_ni)", "(count < 4'd5)"))
        r = self.call()
        self.assertEqual((r.returncode, self.results()["counter"]["verdict"]), (1, "VACUOUS"), r.stdout)
        self.assertIn("c1 is not reached within 15 clocks: nine is reached", r.stdout)

    def test_not_decided(self):
        self.write("hard_props.sv", HARD)
        self.write("proofs.toml", entry("hard", limit=3))
        r = self.call()
        self.assertEqual((r.returncode, self.results()["hard"]["verdict"]), (1, "NOT DECIDED"), r.stdout)
        self.assertNotIn("proven", r.stdout)

    def test_bounded_is_said(self):
        self.write("proofs.toml", entry("counter", more='bounded = "a test"\nbounds = { r1 = 7 }'))
        r = self.call()
        self.assertEqual(r.returncode, 0, r.stdout + r.stderr)
        self.assertIn("proven to depth 7 clocks", r.stdout)
        self.assertNotIn("for ever", r.stdout)
        self.write("rtl/htx_counter.sv", COUNTER.replace("4'd9)", "4'd12)"))  # fails in clock 11: out of sight
        self.assertEqual(self.call().returncode, 0)
        self.write("proofs.toml", entry("counter", more='bounded = "a test"\nbounds = { r1 = 20 }'))
        self.assertEqual(self.call("--no-replay").returncode, 1)

    def test_joint(self):
        self.write("proofs.toml", entry("counter", more="joint = true"))
        self.assertEqual(self.call().returncode, 0)
        self.write("rtl/htx_counter.sv", COUNTER.replace("4'd9)", "4'd12)"))
        r = self.call("--no-replay")
        self.assertEqual(r.returncode, 1)
        self.assertNotIn("replay", r.stdout)
        self.assertEqual([f["rule"] for f in self.results()["counter"]["failing"]], ["r1"])

    def test_cut(self):
        """What is cut may do anything: the rule no longer holds of it, though no counterexample of the whole exists."""
        self.write("proofs.toml", entry("counter", more='cut = ["htx_counter"]'))
        r = self.call()
        self.assertEqual((r.returncode, self.results()["counter"]["verdict"]), (1, "FAILED"), r.stdout)
        self.assertFalse(self.results()["counter"]["replay"]["ok"])


class Refused(Toy):
    def test_missing_tool(self):
        self.refused(self.call(env={"PATH": ""}), "yosys is missing; scripts/setup installs it")

    def test_no_assertion(self):
        self.write("counter_props.sv", RULES.replace("      // rule 1: the count stays below ten.\n      r1: assert (count < 4'd10);\n", ""))
        self.refused(self.call(), "counter_props.sv: no rule in it")

    def test_no_cover_point(self):
        self.write("counter_props.sv", RULES.replace("      // cover 1: nine is reached.\n      c1: cover (count == 4'd9);\n", ""))
        self.refused(self.call(), "counter_props.sv: no cover in it")

    def test_no_english(self):
        self.write("counter_props.sv", RULES.replace("      // rule 1: the count stays below ten.\n", ""))
        self.refused(self.call(), "no comment `// rule 1: ...`")

    def test_catalogue(self):
        for more, text in (('bounds = { r1 = 3 }', "`bounded` says why"), ("depth = 3", "takes no depth"), ('what_ever = 1', "unknown key what_ever"),
                           ('params = [{ width = 1 }]', "has no parameter width")):
            self.write("proofs.toml", entry("counter", more=more))
            self.refused(self.call(), text)
        self.write("proofs.toml", "[proof")
        self.refused(self.call(), "proofs.toml")

    def test_arguments(self):
        self.refused(self.call("nothing"), "no proof is called nothing")
        self.refused(self.call("--quick", "counter"), "counter is not among the quick proofs")
        self.refused(self.call("--json", self.folder / "gone/x.json"), "gone: no such folder")
        self.refused(self.call("--rtl", self.folder / "gone"), "gone: no such folder")
        self.assertEqual(self.call("--jobs", "0").returncode, 2)
        self.refused(self.call("--replay", self.folder), "no proof's folder")

    def test_what_is_cut_must_exist(self):
        self.write("proofs.toml", entry("counter", more='cut = ["htx_gone"]'))
        r = self.call()
        self.assertEqual((r.returncode, self.results()["counter"]["verdict"]), (2, "TOOL ERROR"), r.stdout)
        self.assertIn("htx_gone", r.stdout)

    def test_two_files_of_one_name(self):
        (self.folder / "rtl/copy").mkdir()
        self.write("rtl/copy/htx_counter.sv", COUNTER)
        r = self.call()
        self.assertEqual((r.returncode, self.results()["counter"]["verdict"]), (2, "TOOL ERROR"), r.stdout)
        self.assertIn("copy/htx_counter.sv and htx_counter.sv are one module", r.stdout)

    def test_full_disk(self):
        self.refused_last(self.call("--json", "/dev/full"), "/dev/full: No space left on device")

    def test_disk_full_in_the_middle(self):
        """The log of one proof cannot be written: the other, which would take minutes, is ended."""
        self.write("hard_props.sv", HARD)
        self.write("proofs.toml", entry("counter") + entry("hard", limit=900))
        (self.folder / "out/counter").mkdir(parents=True)
        (self.folder / "out/counter/fold.log").symlink_to("/dev/full")
        began = time.monotonic()
        self.refused_last(self.call("--jobs", "2"), "No space left on device")
        self.assertLess(time.monotonic() - began, 120)

    def refused_last(self, r, text):
        self.assertEqual(r.returncode, 2, r.stderr + r.stdout)
        self.assertIn(text, r.stderr.strip().splitlines()[-1])


class Interrupted(Toy):
    def test_what_was_done_is_kept(self):
        self.write("hard_props.sv", HARD)
        self.write("proofs.toml", entry("counter", limit=900) + entry("hard", limit=600))
        p = subprocess.Popen(self.command("--jobs", "1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("counter: proven", p.stderr.readline())  # the longer limit goes first
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 2, out + err)
        self.assertIn("interrupted, 1 of 2 proofs not run", err)
        self.assertIn("proven for ever", out)
        report = json.loads((self.folder / "out/formal.json").read_text())
        self.assertEqual((report["interrupted"], [r["name"] for r in report["proofs"]]), (True, ["counter"]))


if __name__ == "__main__":
    unittest.main()
