# SPDX-License-Identifier: Apache-2.0
"""random_programs from outside: what it refuses, what a failure leaves, what it exercises, and bugs planted in a copy of the RTL."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from tests.random import plant

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HTX_BUILD", ROOT / "build"))
PROGRAM = BUILD / "random_programs"
CASES = ROOT / "tests/random/cases"
HANG = {"format": 1, "comment": "a SKIP to itself goes round for ever", "lanes": 1, "unchecked": True,
        "segments": [{"entry": 1, "addr": 0, "start": 0, "units": 0}],
        "runs": [{"tokens": [1, 2], "limit": 2, "clocks": 100000,
                  "program": ["TOKEN", "VADD n=2 d=4", "LDI a=3 rd=1", "VMUL a=9 b=9 d=9 n=1", "SKIP e=4", "VADD n=1", "HALT"]}]}
UNDEFINED = {**HANG, "unchecked": False, "runs": [{**HANG["runs"][0], "program": ["TOKEN", "LOADV a=7", "HALT"]}]}


def call(*words, **more):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=600, **more)


class Folder(unittest.TestCase):
    def setUp(self):
        t = tempfile.TemporaryDirectory()
        self.addCleanup(t.cleanup)
        self.dir = pathlib.Path(t.name)

    def case(self, value, name="case.json"):
        path = self.dir / name
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return path


class Command(Folder):
    def refused(self, *words, says):
        r = call(*words)
        self.assertEqual(r.returncode, 2, r.stderr)
        self.assertEqual(r.stdout, "")
        self.assertEqual(len(r.stderr.splitlines()), 1, r.stderr)
        self.assertIn(says, r.stderr)

    def test_refusals_are_one_line(self):
        self.refused("--sed", 1, says="--sed")
        self.refused("--profile", "odd", says="odd")
        self.refused("--lanes", 9, says="--lanes")
        self.refused("--case", self.dir / "none.json", says="none.json: does not exist")
        self.refused("--case", self.dir, says="holds no case")
        self.refused("--case", self.case("{"), says="is no JSON")
        self.refused("--case", self.case(UNDEFINED), says="instruction 1: segment 7 is not in the table")
        self.refused("--case", self.case({**HANG, "lane": 1}), says="nothing is called 'lane'")
        self.refused("--rtl-lib", self.dir / "none_L1.so", says="none_L1.so")

    def test_help(self):
        r = call("--help")
        self.assertEqual(r.returncode, 0)
        for word in ("--case", "--stats", "attention"):
            self.assertIn(word, r.stdout)

    def test_written_cases_run_as_drawn(self):
        self.assertEqual(call("--seed", 3, "--cases", 2, "--profile", "tiny", "--write", self.dir).returncode, 0)
        drawn = json.loads(call("--seed", 3, "--cases", 2, "--profile", "tiny").stdout)
        read = json.loads(call("--case", self.dir).stdout)
        self.assertTrue(drawn["ok"] and read["ok"])
        self.assertEqual((drawn["clocks"], drawn["counts"]), (read["clocks"], read["counts"]))

    def test_a_hang_is_found_shrunk_and_left(self):
        out = self.dir / "failures"
        r = call("--case", self.case(HANG), "--failures", out, "--shrink-seconds", 60)
        self.assertEqual(r.returncode, 1, r.stderr)
        j = json.loads(r.stdout)
        self.assertEqual(j["failure"], "no progress")
        small = json.loads((out / "case.json").read_text())
        self.assertLessEqual(len(small["runs"][0]["program"]), 2)
        self.assertTrue(any(i.startswith("SKIP") for i in small["runs"][0]["program"]))
        for name in ("report.txt", "events.txt", "rtl.fst", "rtl.gtkw", "compare.vcd", "unshrunk.json"):
            self.assertGreater((out / name).stat().st_size, 0, name)
        report = (out / "report.txt").read_text()
        for word in ("NO PROGRESS", "SKIP", "replay", "events", "waves"):
            self.assertIn(word, report)
        again = subprocess.run(["sh", out / "replay.sh"], cwd=BUILD.parent, capture_output=True, text=True)
        self.assertEqual(again.returncode, 1, again.stderr)

    def test_ctrl_c_says_what_was_done(self):
        p = subprocess.Popen([PROGRAM, "--clocks", "1000000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        time.sleep(4)
        os.killpg(p.pid, signal.SIGINT)
        out, _ = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 130)
        j = json.loads(out)
        self.assertTrue(j["ok"] and j["interrupted"])


class Diversity(unittest.TestCase):
    def test_twenty_seeds_exercise_everything(self):
        counts, profiles = {}, 0
        for seed in range(1, 21):
            r = call("--seed", seed, "--cases", 3, "--no-shrink", "--no-waves")
            self.assertEqual(r.returncode, 0, r.stderr + r.stdout[-2000:])
            for what, n in json.loads(r.stdout)["counts"].items():
                counts[what] = counts.get(what, 0) + n
            profiles += 3
        lanes = ("MATVEC", "EMBED", "LOADV", "APPEND", "SCORE", "PV")
        vector = ("VADD", "VMUL", "VEXP2", "VRCP", "VRSQRT", "VSUMSQ", "VQUANT", "VTOPK")
        least = {f"issued {i}": 20 for i in lanes + vector}
        least |= {f"mode MATVEC {m}": 5 for m in ("4-bit tiles", "8-bit tiles", "PAIR", "ARGMAX", "NOSTORE", "EXPERT")}
        least |= {f"mode VQUANT {m}": 10 for m in ("ACT", "QRY", "KEY", "VAL", "short last group")}
        least |= {f"mode {i} {m}": 1 for i in ("VADD", "VMUL") for m in ("BSCALAR", "BPERIOD", "SWAP")}
        least |= {f"end {e}": 1 for e in ("done", "cut short", "ERR_OPCODE", "ERR_LOOP", "ERR_CONTEXT", "ERR_TOKEN", "ERR_QUANT")}
        least |= {"mode LOADV POS": 1, "clocks with a full lane queue": 100, "clocks with a full vector queue": 100, "resets while running": 3,
                  "host accesses while running": 20}
        least |= {f"corner {c}": 1 for c in ("clocks in which a lane has no room for results", "clocks in which the tree has no room for results",
                                             "register write behind one not answered", "start within a soft reset", "reset with writes on their way",
                                             "reset with beats on their way")}
        poor = {what: counts.get(what, 0) for what, n in least.items() if counts.get(what, 0) < n}
        self.assertEqual(poor, {}, "too rarely exercised")


class Kept(unittest.TestCase):
    def test_every_planted_bug_has_its_place(self):
        for b in plant.bugs():
            self.assertEqual((ROOT / "rtl" / b["file"]).read_text().count(b["was"]), 1, b["name"])

    def test_every_case_says_what_it_found_and_is_small(self):
        names = {b["name"] for b in plant.bugs()}
        files = sorted(CASES.glob("*.json"))
        self.assertGreaterEqual(len(files), 10)
        for f in files:
            case = json.loads(f.read_text())
            self.assertIn(f.stem, names, "a case is named after the bug of planted.json that it found")
            self.assertGreater(len(case["comment"]), 20, f)
            self.assertLessEqual(sum(len(r["program"]) for r in case["runs"]), 12, f)


class Planted(Folder):
    """Kept cases fail on the bugs that they once found; one build holds them."""
    NAMES = ("argmax_tie", "scale_of_short_group_stays", "skip_one_token_early", "lanes_of_other_chips", "token_of_many_bits",
             "tree_ignores_full_queue", "error_behind_last_token", "start_during_soft_reset", "second_read_overtakes", "largest_factor",
             "append_tag_wraps", "loop_left_open")

    def test_kept_cases_still_find_their_bugs(self):
        plant.write(self.dir / "rtl", self.NAMES)
        library = self.dir / "htx_rtl_L1.so"
        r = subprocess.run([ROOT / "scripts/build_rtl", "--rtl", self.dir / "rtl", "--lanes", "1", "--out", library, "--include", BUILD / "generated",
                            "--opt=-O1"], capture_output=True, text=True)
        self.assertEqual(r.returncode, 0, r.stderr)
        numbers = {b["name"]: n for n, b in enumerate(plant.bugs(), 1)}
        for name in self.NAMES:
            words = ("--rtl-lib", library, "--case", CASES / f"{name}.json", "--no-shrink", "--failures", self.dir / name)
            awake = call(*words, "--plusarg", f"+htx_planted={numbers[name]}")
            self.assertEqual(awake.returncode, 1, f"{name}: not found\n{awake.stderr}")
            self.assertTrue((self.dir / name / "rtl.fst").exists())
            asleep = call(*words)
            self.assertEqual(asleep.returncode, 0, f"{name}: asleep, and yet\n{asleep.stderr}")


if __name__ == "__main__":
    unittest.main()
