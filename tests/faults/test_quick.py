# SPDX-License-Identifier: Apache-2.0
"""A short campaign on one lane: nothing is silent; and where a check is blinded on purpose, something is."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from verif.faults import campaign  # noqa: E402

BUILD = pathlib.Path(os.environ.get("HTX_BUILD", ROOT / "build")).resolve()


class Quick(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = BUILD / "faults"
        cls.work.mkdir(parents=True, exist_ok=True)
        cls.library, cls.points = campaign.build_chip(ROOT / "rtl", 1, BUILD, cls.work, 2)
        cls.model = campaign.model_file(cls.work)

    def plant(self, *options, points=None, library=None):
        command = [BUILD / "plant_faults", self.model, "--rtl-lib", library or self.library, "--points", points or self.points, "--tokens", "3", *options]
        return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=900)

    def outcomes(self, run):
        return {f["outcome"] for f in json.loads(run.stdout)["faults"]}

    def doctored(self, change):
        """The points with every line changed by `change`(words)."""
        file = tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False)
        self.addCleanup(os.unlink, file.name)
        with file:
            file.writelines(" ".join(change(line.split(" "))) for line in self.points.read_text().splitlines(keepends=True))
        return file.name

    def test_nothing_is_silent(self):
        run = self.plant("--count", "24")
        self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr)
        rows = campaign.tally(json.loads(run.stdout)["faults"])
        # each class was struck, and each of these shows that its check can fire
        for name, outcome in (("DRAM, one bit", "lockstep"), ("control input, one edge", "lockstep"), ("control input, one edge", "assertion"),
                              ("reset of the RTL alone", "lockstep"), ("illegal program", "chip"), ("illegal position or token", "chip"), ("refused access", "chip"),
                              ("reset pin", "recovered"), ("reset by register", "recovered"), ("back-pressure storm", "same_result")):
            with self.subTest(name=name, outcome=outcome):
                self.assertGreater(rows[name][outcome], 0)
        for name in ("illegal program", "illegal position or token", "refused access"):
            self.assertEqual(rows[name]["chip"], sum(rows[name].values()), name)  # injected = reported, one by one

    def test_the_same_seed_plants_the_same(self):
        a, b = (self.plant("--count", "3", "--only", "dram", "--seed", "7").stdout for _ in range(2))
        self.assertEqual(a, b)

    def test_a_stall_of_one_side_alone_is_noticed(self):
        # words that one side hands over while the other does not look are lost or doubled: no longer harmless
        blind = self.doctored(lambda w: w[:5] + ["-"] + w[6:] if w[4].endswith("ready_i") else w)
        run = self.plant("--count", "8", "--only", "storms", points=blind)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertIn("silent", self.outcomes(run))

    def test_a_memory_that_differs_in_the_end_is_noticed(self):
        # a write that should not have been counts as harmless only in the memory it was meant for
        elsewhere = self.doctored(lambda w: w[:3] + ["u_elsewhere"] + w[4:])
        run = self.plant("--count", "200", "--only", "handshakes", points=elsewhere)
        self.assertEqual(run.returncode, 1, run.stderr)
        texts = [f["text"] for f in json.loads(run.stdout)["faults"] if f["outcome"] == "silent"]
        self.assertTrue(any(".mem entry" in t for t in texts), texts)

    def test_a_chip_that_was_not_made_for_it_is_refused(self):
        run = self.plant(library=BUILD / "htx_rtl_L1.so")
        self.assertEqual((run.returncode, run.stderr.count("\n")), (2, 1), run.stderr)
        self.assertIn("not built for faults", run.stderr)

    def test_a_broken_list_of_points_is_refused(self):
        for text in ("", "0 1 htx_a\n", "x\n"):
            with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
                file.write(text)
                file.flush()
                self.assertEqual(self.plant(points=file.name).returncode, 2)


if __name__ == "__main__":
    unittest.main()
