# SPDX-License-Identifier: Apache-2.0
"""scripts/bench holds figures against the baselines in both directions; only an engineer records new ones. A tool of these tests' own
stands in for htx: it prints what it is told to have measured."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from verif.bench import baselines

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN = {"clocks_per_token": 1000.004, "load_clocks": 50, "useful_share_token": 0.8, "useful_share_streaming": 0.9, "bus_occupancy_token": 0.85}
PRODUCT = {"clocks": 700, "useful_share": 0.99, "bus_occupancy": 0.995}
SPEED = {"rtl": 300.0, "lockstep": 200.0}
FAKE = """#!/usr/bin/python3
import json, pathlib, sys
told = json.loads(pathlib.Path(__file__).with_name("told.json").read_text())
if "fails" in told: sys.exit("htx: no such model")
if "garbage" in told: print("hello"); sys.exit(0)
a = sys.argv
print(json.dumps(told["product"] if a[1] == "product" else {**told["run"], "clocks_per_cpu_second": told["speed"][a[a.index("--engine") + 1]]}))
"""


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        (self.dir / "htx").write_text(FAKE)
        (self.dir / "htx").chmod(0o755)
        self.file = self.dir / "performance.json"
        self.tell()
        names = {"decode.1_lane": 1, "decode.8_lanes": 8}
        self.figures = {f"{n}.{k}": v for n in names for k, v in (("clocks_per_token", 1000.0), ("load_clocks", 50), ("useful_share_percent", 80.0),
                        ("useful_share_streaming_percent", 90.0), ("bus_occupancy_percent", 85.0))}
        self.figures |= {"product.8_lanes.clocks": 700, "product.8_lanes.useful_share_percent": 99.0, "product.8_lanes.bus_occupancy_percent": 99.5}
        self.record()

    def tell(self, run=RUN, product=PRODUCT, speed=SPEED, **more):
        (self.dir / "told.json").write_text(json.dumps({"run": run, "product": product, "speed": speed, **more}))

    def record(self, **changes):
        ratio = {"value": 1.5, "tolerance": 0.25}
        self.file.write_text(json.dumps({"yosys": "0.23", "figures": {**self.figures, **changes},
                                         "ratios": {"lockstep_cost.1_lane": ratio, "lockstep_cost.8_lanes": ratio}}))

    def bench(self, *args, code, env=None):
        r = subprocess.run([sys.executable, "-B", ROOT / "scripts/bench", "--build", self.dir, "--baselines", self.file, *args],
                           capture_output=True, text=True, env={**os.environ, "CI": "", **(env or {})})
        self.assertEqual(r.returncode, code, r.stdout + r.stderr)
        self.assertNotIn("Traceback", r.stderr)
        return r.stdout + r.stderr


class Check(Case):
    def test_all_as_recorded(self):
        self.assertEqual(self.bench("--check", "--only", "decode", code=0), "10 figures, each as in performance.json\n")
        self.assertEqual(self.bench("--check", "--only", "product", code=0), "3 figures, each as in performance.json\n")

    def test_a_change_for_the_worse_and_for_the_better(self):
        for clocks, text in ((1010.0, "+1.00 %"), (990.0, "-1.00 %")):
            self.tell(run={**RUN, "clocks_per_token": clocks})
            said = self.bench("--check", "--only", "decode", code=1)
            self.assertIn(f"decode.8_lanes.clocks_per_token: was 1000.0, is {clocks} ({text})\n", said)
            self.assertIn("2 of 10 figures differ from performance.json; if that is meant: scripts/bench --update-baselines", said)
        for share in (0.989999, 0.990001):
            self.tell(product={**PRODUCT, "useful_share": share})
            self.assertIn("product.8_lanes.useful_share_percent: was 99.0, is", self.bench("--check", "--only", "product", code=1))

    def test_one_clock_in_a_token_of_a_hundred_thousand(self):
        self.record(**{"decode.1_lane.clocks_per_token": 100000.0, "decode.8_lanes.clocks_per_token": 100000.0})
        self.tell(run={**RUN, "clocks_per_token": 100001.0})
        self.bench("--check", "--only", "decode", code=1)

    def test_a_figure_that_came_or_went(self):
        self.record(**{"product.9_lanes.clocks": 5})
        self.assertIn("product.9_lanes.clocks: was 5, is gone\n", self.bench("--check", "--only", "product", code=1))
        del self.figures["product.8_lanes.clocks"]
        self.record()
        self.assertIn("product.8_lanes.clocks: is 700, was not there\n", self.bench("--check", "--only", "product", code=1))

    def test_what_cannot_be_measured_or_read(self):
        self.tell(fails=1)
        self.assertIn("htx: no such model", self.bench("--check", "--only", "decode", code=2))
        self.tell(garbage=1)
        self.assertIn("no figures", self.bench("--check", "--only", "decode", code=2))
        self.tell()
        for broken in ("", "{}", '{"yosys": "0.23", "figures": {}, "ratios": {}}', '{"yosys": "0.23", "figures": {"a": "b"}, "ratios": {}}'):
            self.file.write_text(broken)
            self.assertIn("no baselines", self.bench("--check", "--only", "decode", code=2))
        self.file.unlink()
        self.assertIn("no baselines", self.bench("--check", "--only", "decode", code=2))
        self.bench("--only", "decode", code=2)
        self.bench("--check", "--update-baselines", code=2)

    def test_a_ratio_within_and_outside_its_tolerance(self):
        for speed, code in ((200.0, 0), (180.0, 0), (235.0, 0), (150.0, 1), (270.0, 1)):
            self.tell(speed={**SPEED, "lockstep": speed})
            said = self.bench("--check-ratios", code=code)
            self.assertEqual("off by more than 25 % either way" in said, bool(code), said)


class Cells(unittest.TestCase):
    def test_another_yosys_is_not_compared(self):
        was, now = {"cells.a": 1}, {"cells.a": 2}
        self.assertEqual(baselines.differences(was, now), ["cells.a: was 1, is 2 (+100.00 %)"])
        script = (f"import sys, runpy; sys.argv = ['bench', '--check', '--only', 'cells', '--build', sys.argv[1]]; sys.path.insert(0, {str(ROOT)!r})\n"
                  "from verif.bench import measure; measure.cells = lambda lint: ('9.99', {'cells.a': 2})\n"
                  f"runpy.run_path({str(ROOT / 'scripts/bench')!r}, run_name='__main__')")
        with tempfile.TemporaryDirectory() as d:
            pathlib.Path(d, "htx").touch()
            r = subprocess.run([sys.executable, "-B", "-c", script, d], capture_output=True, text=True)
        self.assertRegex(r.stdout, r"^cells: NOT COMPARED, they were recorded with Yosys \S+ and this is 9.99\n")
        self.assertEqual(r.returncode, 2, r.stderr)  # nothing was left to compare


class Update(Case):
    def test_ci_never_records(self):
        before = self.file.read_bytes()
        for value in ("true", "1", "yes"):
            self.assertIn("an engineer's to record", self.bench("--update-baselines", code=2, env={"CI": value}))
        self.assertEqual(self.file.read_bytes(), before)

    def test_sorted_with_the_tolerances_that_were_there(self):
        self.file.write_text(json.dumps({"yosys": "0.1", "figures": {"z": 1}, "ratios": {"r": {"value": 1, "tolerance": 0.1}}}))
        baselines.write(self.file, "0.23", {"b": 2, "a": 1}, {"r": 2.00049, "q": 3.0})
        b = json.loads(self.file.read_text())
        self.assertEqual(b, {"yosys": "0.23", "figures": {"a": 1, "b": 2},
                             "ratios": {"q": {"value": 3.0, "tolerance": baselines.TOLERANCE}, "r": {"value": 2.0, "tolerance": 0.1}}})
        self.assertEqual(self.file.read_text(), json.dumps(b, indent=1, sort_keys=True) + "\n")


class Recorded(unittest.TestCase):
    def test_the_file_is_sorted_and_whole(self):
        b = baselines.load()
        self.assertEqual(baselines.FILE.read_text(), json.dumps(b, indent=1, sort_keys=True) + "\n")
        kinds = {name.split(".")[0] for name in b["figures"]}
        self.assertEqual(kinds, {"decode", "product", "cells", "flip_flops", "multipliers", "memory_bits"})
        modules = {f.stem for f in (ROOT / "rtl").rglob("*.sv") if not f.stem.endswith("_pkg")}
        self.assertEqual({n.split(".")[1] for n in b["figures"] if n.startswith("cells.")}, modules | {"the_chip_1_lane"})
        self.assertTrue(all(0.05 <= r["tolerance"] <= 0.3 for r in b["ratios"].values()))


if __name__ == "__main__":
    unittest.main()
