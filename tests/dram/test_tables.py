#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""LPDDR5's timings and commands stand once: a change in a table reaches RTL, C++ and the document, what the generator cannot
use is an error, and the committed files are what the tables say."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "scripts/gen/lpddr5.py"
sys.dont_write_bytecode = True
sys.path.insert(0, str(GENERATOR.parent))
import lpddr5  # noqa: E402


def run(*args):
    return subprocess.run([sys.executable, "-B", GENERATOR, *args], capture_output=True, text=True)


class Copy:
    """The tables and the document in a folder of their own."""

    def __enter__(self):
        self.temp = tempfile.TemporaryDirectory()
        self.at = pathlib.Path(self.temp.name)
        for name in ("rtl/dram/timings.toml", "rtl/dram/commands.toml", "rtl/dram/htx_lpddr5_pkg.sv", "docs/lpddr5.md"):
            shutil.copy(ROOT / name, self.at)
        return self

    def __exit__(self, *_):
        self.temp.cleanup()

    def change(self, name, old, new):
        text = (self.at / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, (old, text.count(old))
        (self.at / name).write_text(text.replace(old, new), encoding="utf-8")

    def made(self):
        r = run(self.at, self.at)
        if r.returncode == 0:
            r = run("hpp", self.at / "lpddr5.hpp", self.at)
        return r, {n: (self.at / n).read_text(encoding="utf-8") for n in ("htx_lpddr5_pkg.sv", "lpddr5.hpp", "lpddr5.md") if (self.at / n).exists()}


class Tables(unittest.TestCase):
    def test_committed_files_are_up_to_date(self):
        r = run("--check")
        self.assertEqual(r.returncode, 0, r.stderr)

    def test_a_value_follows_everywhere(self):
        with Copy() as c:
            before = c.made()[1]
            self.assertEqual(run("--check", c.at, c.at).returncode, 0)
            c.change("timings.toml", 'name = "tRCD"\nwhat = "ACT-2 to RD or WR of the bank"\nns = 18', 'name = "tRCD"\nwhat = "ACT-2 to RD or WR of the bank"\nns = 30')
            self.assertEqual(run("--check", c.at, c.at).returncode, 1)
            after = c.made()[1]
        for file, old, new in (("htx_lpddr5_pkg.sv", "T_RCD = 15;", "T_RCD = 24;"), ("htx_lpddr5_pkg.sv", "T_RCD_HOT = 16;", "T_RCD_HOT = 26;"),
                               ("lpddr5.hpp", "t.tRCD = ck(18000 ", "t.tRCD = ck(30000 "), ("lpddr5.md", "| 18 | 15, derated 16 | 15 |", "| 30 | 24, derated 26 | 24 |")):
            self.assertTrue(old in before[file] and new not in before[file], old)
            self.assertTrue(new in after[file], new)

    def test_a_value_of_the_controller_alone(self):
        with Copy() as c:
            before = c.made()[1]
            c.change("timings.toml", "ctl = 17", "ctl = 18")
            after = c.made()[1]
        self.assertIn("T_R2W = 17;", before["htx_lpddr5_pkg.sv"])
        self.assertIn("T_R2W = 18;", after["htx_lpddr5_pkg.sv"])
        self.assertIn("T_R2W_RANK = 18;", after["htx_lpddr5_pkg.sv"])
        self.assertIn("t.tR2W = ctl ? 18 : (t.RL + t.BLmin + 2 - t.WL);", after["lpddr5.hpp"])

    def test_a_density_follows(self):
        with Copy() as c:
            c.change("timings.toml", "ns = { 8 = 210, 16 = 280, 32 = 380 }", "ns = { 8 = 210, 16 = 280, 32 = 400 }")
            sv = c.made()[1]["htx_lpddr5_pkg.sv"]
        for line in ("T_RFCAB_16 = 224;", "T_RFCAB_32 = 320;", "T_RFMAB_32 = 320;", "T_XSR_32 = 326;"):
            self.assertIn(line, sv)

    def test_a_command_follows(self):
        with Copy() as c:
            c.change("commands.toml", '"L L L H H H L | BA0 BA1 BG0 RFM SB V AB"', '"L L L L H L L | BA0 BA1 BG0 RFM SB V AB"')
            after = c.made()[1]
        self.assertIn("ca_ref = {ab, 1'b0, sb, rfm, bg[0], ba[1], ba[0], 1'b0, 1'b0, 1'b1, 1'b0, 1'b0, 1'b0, 1'b0};", after["htx_lpddr5_pkg.sv"])
        self.assertIn("| `REF` | `L L L L H L L` |", after["lpddr5.md"])
        self.assertIn("case Op::REF: return 0x10 |", after["lpddr5.hpp"])

    def test_what_cannot_be_used_is_an_error(self):
        for file, old, new, words in (
                ("timings.toml", 'ck = "BLmin + nRBTP"', 'ck = "BLmin + unheard"', "tRTP: unheard does not stand above it"),
                ("timings.toml", 'ck = "BLmin + nRBTP"', 'ck = "BLmin ** 2 / 3"', "tRTP: cannot evaluate"),
                ("timings.toml", 'name = "tPPD"', 'name = "tRRD"', "tRRD: twice"),
                ("timings.toml", "ns = 6.25", "ns = 6.25\nck = 5", "tWTR_S: needs name, what, source, and one of ns and ck"),
                ("timings.toml", "ns = 6.25", "nanoseconds = 6.25", "tWTR_S: needs"),
                ("timings.toml", 'source = "RK; R21"\nnote = "sources', 'source = "Wikipedia"\nnote = "sources', "tSyncRD: no source 'Wikipedia'"),
                ("timings.toml", 'source = "choice"\nnote = "as long as LPDDR4\'s"', 'source = "choice"', "tPD: a choice needs a note"),
                ("timings.toml", "[clock]", "[clock", "TOMLDecodeError"),
                ("commands.toml", '"L L L L L L H | V', '"L L L L L L L | V', "is NOP and PDE"),
                ("commands.toml", '"L L L L L L H | V', '"L L L L L H | V', "PDE: needs 7 | 7 bits"),
                ("commands.toml", "BA0 BA1 BG0 BG1 V V AB", "BA0 BA1 BG0 BG1 V V XY", "PRE: needs 7 | 7 bits")):
            with Copy() as c:
                c.change(file, old, new)
                r, _ = c.made()
                self.assertEqual(r.returncode, 2, new)
                self.assertIn(words, r.stderr, new)
                self.assertEqual(r.stderr.count("\n"), 1, r.stderr)

    def test_command_line(self):
        for args in (["--no"], ["a", "b", "c"], ["hpp"]):
            self.assertEqual(run(*args).returncode, 2, args)
        self.assertEqual(run("/nowhere", "/nowhere").returncode, 2)


class Values(unittest.TestCase):
    """The arithmetic behind the latencies, and bounds that every pair of columns has to keep."""

    def setUp(self):
        self.t, _ = lpddr5.load(ROOT / "rtl/dram")

    def test_latencies_are_what_wck_needs(self):
        for rl in (0, 1, 2):
            for wl in "AB":
                v = self.t.values("legal", rl=rl, wl=wl)
                self.assertEqual(v["RL"], v["tWCKENL_RD"] - 1 + v["tWCKPRE_Static"] + v["tWCKPRE_Toggle_RD"])
                self.assertEqual(v["WL"], v["tWCKENL_WR"] - 1 + v["tWCKPRE_Static"] + v["tWCKPRE_Toggle_WR"])

    def test_the_controller_is_never_looser(self):
        upper = {"tAADmax", "tREFI", "MaxDebt", "MaxGap", "RAAIMT", "RAAMMT", "tSyncRD", "tSyncWR", "tSyncFS"}  # the smaller the safer
        for d in lpddr5.DENSITIES:
            for hot in (False, True):
                legal, ctl = self.t.values("legal", d, hot), self.t.values("ctl", d, hot)
                for name, v in legal.items():
                    (self.assertLessEqual if name in upper else self.assertGreaterEqual)(ctl[name], v, name)

    def test_every_value_is_in_whole_clocks_not_below_its_nanoseconds(self):
        for r in self.t.rows:
            for d in lpddr5.DENSITIES:
                if "ns" in r:
                    ns = lpddr5.exact(self.t.pick(r["ns"], d, 0, "A"))
                    v = self.t.values("legal", d)[r["name"]]
                    self.assertTrue(0 <= v * lpddr5.exact("1.25") - ns < lpddr5.exact("1.25"), r["name"])


if __name__ == "__main__":
    unittest.main()
