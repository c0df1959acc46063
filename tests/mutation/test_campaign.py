# SPDX-License-Identifier: Apache-2.0
"""Tests of the campaign itself: verdicts, going on after an end at any moment, stale and damaged state, netlists, proofs."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import unittest.mock

from tests.mutation.test_mutation import RTL, ROOT, possible
from verif.mutation import build, campaign, cli, draw, equivalence, judges, netlist, report, rewrite
from verif.mutation.common import CampaignError

LISTED = json.loads((ROOT / "verif/mutation/workloads.json").read_text(encoding="utf-8"))
WORKLOADS, QUICK = len(LISTED), sum(not w.get("long") for w in LISTED)
FAKE = r"""#!/usr/bin/python3
import os, sys, time
n = int(os.environ["HTX_MUTANT"])
model = sys.argv[2] if sys.argv[1] == "run" else "random"
open(__file__ + ".log", "a").write(f"{n} {model}\n")
time.sleep(float(os.environ.get("FAKE_SECONDS", 0)))
if n == 0 or n % 5 == 2: sys.exit(0)
if n % 5 == 3: sys.exit(2)
if n % 5 == 4 and "shapes" not in model: sys.exit(0)
print('{\n"ok": false, "report": "DIVERGENCE at clock %d in htx_seq\\n  signals\\n    pc_q   expected 1"}' % (100 + n))
sys.exit(1)
"""
BENCH = r"""#!/usr/bin/python3
import os, sys
n = int(os.environ["HTX_MUTANT"])
open(__file__ + ".log", "a").write(f"{n}\n")
if n == 2: print("[  FAILED  ] Fadd.Rounds (3 ms)"); sys.exit(1)
"""


class Running(unittest.TestCase):
    """The command itself, with a stand-in for htx and for the build."""

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir, True)
        found = possible()
        for name, stand_in in (("draw.candidates", lambda rtl: found), ("campaign.note", lambda text: self.said.append(text)),
                               ("equivalence.note", lambda text: None)):
            patch = unittest.mock.patch("verif.mutation." + name, stand_in)
            patch.start()
            self.addCleanup(patch.stop)
        self.said = []
        self.htx = self.dir / "htx"
        self.htx.write_text(FAKE)
        self.htx.chmod(0o755)

    def campaign(self, *words, stamp="stamp"):
        o = cli.options(["--engines", "source", "--blocks", "fp,vmem,seq", "--count", "6", "--lanes", "1", "--jobs", "2", "--htx", str(self.htx),
                         "--random", str(self.htx), "--work", str(self.dir / "work"), *([] if "--benches" in words else ["--no-benches"]), *words])
        c = campaign.Campaign(o)
        c.prepare()
        c.load()
        part = c.parts()[0]
        part.stamp, part.library = stamp, self.dir / "none.so"
        return c, part

    def results(self, *words, **more):
        c, part = self.campaign(*words, **more)
        found = c.run(part)
        return [{**m, **found[m["key"]]} for m in c.mutants]

    def runs(self, name="htx"):
        return [line.split() for line in (self.dir / (name + ".log")).read_text().splitlines()]

    def test_verdicts(self):
        results = self.results()
        self.assertEqual([r["verdict"] for r in results], ["caught", "survived", "could not run", "caught", "caught", "caught"])
        self.assertEqual(results[0]["clock"], 101)
        self.assertEqual(results[0]["signal"], "htx_seq.pc_q")
        self.assertEqual(results[3]["workload"], "shapes")
        self.assertEqual(len(results[1]["tried"]), WORKLOADS)
        text = report.describe(results)
        self.assertIn("4 of 6 mutants caught", text)
        self.assertIn("exit code 2", text)
        self.assertIn(results[1]["original"], text)

    def test_a_mutant_without_effect_survives(self):
        self.htx.write_text("#!/bin/sh\nexit 0\n")
        self.assertEqual({r["verdict"] for r in self.results()}, {"survived"})

    def test_goes_on_where_it_stopped(self):
        first = self.results()
        before = len(self.runs())
        again = self.results()
        self.assertEqual(len(self.runs()) - before, 2)  # the first workload without a mutant, and what could not run
        self.assertEqual([r["verdict"] for r in first], [r["verdict"] for r in again])
        self.results("--fresh")
        self.assertGreater(len(self.runs()) - before, 10)

    def test_results_of_other_rtl_do_not_count(self):
        self.results()
        before = len(self.runs())
        self.results(stamp="other")
        self.assertGreater(len(self.runs()) - before, 10)
        self.assertTrue(any("do not count" in text for text in self.said))

    def test_results_hold_when_others_are_drawn(self):
        caught = {r["key"] for r in self.results() if r["verdict"] == "caught"}
        before = len(self.runs())
        self.results("--count", "9")
        again = {m["id"] for m in self.campaign("--count", "9")[0].mutants if m["key"] in caught}
        asked = {int(n) for n, _ in self.runs()[before:]}
        self.assertTrue(again)
        self.assertFalse(asked & again)
        self.assertGreaterEqual(len(asked - {0}), 3)

    def test_the_chip_is_built_again_only_for_what_it_is_made_from(self):
        _, part = self.campaign("--build", str(self.dir / "build"))
        part.folder.mkdir(parents=True)
        built = []

        def stand_in(cmd):
            built.append(cmd)
            part.library.touch()
            return subprocess.CompletedProcess(cmd, 0)

        generated, stamps = self.dir / "build/generated/htx", set()
        part.o.rtl = self.dir / "rtl"
        # readers of the benches' models are none of it; other mutants are built, but change no verdict
        for path, times, verdicts in ((generated / "pkg.hpp", 1, 1), (generated / "rtl/rtl_tree8.hpp", 1, 1), (generated / "probe/tree.hpp", 2, 2),
                                      (part.rtl / "htx_tree.sv", 3, 2), (part.o.rtl / "htx_tree.sv", 3, 3)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"// {times} {verdicts}")
            with unittest.mock.patch("verif.mutation.build.subprocess.run", stand_in), unittest.mock.patch("verif.mutation.build.note", self.said.append):
                part.build()
            stamps.add(part.stamp)
            self.assertEqual((len(built), len(stamps)), (times, verdicts), path)

    def test_damaged_state_is_refused(self):
        c, _ = self.campaign()
        for text in ("{", "[]", '{"source": 3}', '{"source": {"stamp": "stamp"}}'):
            c.file.write_text(text)
            with self.assertRaisesRegex(CampaignError, "damaged"):
                self.campaign()
            self.campaign("--fresh")

    def test_killed_at_any_moment(self):
        """The results on disk are whole after every kill, and no mutant is run again once it has one."""
        script = ("import sys; sys.argv[0] = 'mutate'\nfrom verif.mutation import build, cli\n"
                  "def none(self): self.stamp = 'stamp'\nbuild.Part.build = none\nsys.exit(cli.main())\n")
        words = ["--engines", "source", "--blocks", "fp", "--count", "12", "--jobs", "2", "--no-prove", "--no-benches", "--htx", self.htx, "--random", self.htx,
                 "--work", self.dir / "work"]
        env = {**os.environ, "FAKE_SECONDS": "0.05", "PYTHONDONTWRITEBYTECODE": "1"}
        state = self.dir / "work/state.json"
        done = {}
        for n in range(4):
            child = subprocess.Popen(["/usr/bin/python3", "-c", script, *map(str, words)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL, start_new_session=True)
            until = time.monotonic() + 120
            while child.poll() is None and time.monotonic() < until:
                if state.exists() and len(next(iter(json.loads(state.read_text()).values()))["results"]) > len(done) + 1:
                    break
                time.sleep(0.01)
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            now = next(iter(json.loads(state.read_text()).values()))["results"]
            self.assertTrue(all(now[k] == v for k, v in done.items()), "a result that was there has changed")
            done = {k: v for k, v in now.items() if v["verdict"] in ("caught", "survived")}
        r = subprocess.run(["/usr/bin/python3", "-c", script, *map(str, words)], cwd=ROOT, env=env, capture_output=True, text=True)
        self.assertEqual(r.returncode, 2, r.stderr[-2000:])  # those that could not run
        rows = json.loads((self.dir / "work/report.json").read_text())["mutants"]
        self.assertEqual(len(rows), len({r["key"] for r in rows}))
        self.assertEqual(len(rows), 12)

    def test_ctrl_c_keeps_what_is_done(self):
        c, part = self.campaign()
        with unittest.mock.patch("concurrent.futures.as_completed", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt):
                c.run(part)
        self.assertTrue(any("the same command goes on" in text for text in self.said))

    def test_a_wrong_baseline_is_no_campaign(self):
        self.htx.write_text("#!/bin/sh\nexit 1\n")
        with self.assertRaisesRegex(CampaignError, "without a mutant"):
            self.results()

    def judge(self, text, lenient=False, wall=600.0):
        self.htx.write_text(text)
        j = judges.Judge("x", [self.htx], judges.bench_facts if lenient else judges.chip_facts, lenient=lenient)
        j.limit, j.wall = 1, wall
        return judges.Runner().execute(j, 1)

    def test_time_limit_is_no_catch(self):
        verdict, why, _ = self.judge("#!/bin/sh\nwhile :; do :; done\n")
        self.assertEqual(verdict, judges.BROKEN)
        self.assertIn("more than 1 s of processor time", why["why"])
        verdict, why, _ = self.judge("#!/bin/sh\nexec sleep 60\n", wall=1.0)
        self.assertEqual(verdict, judges.BROKEN)
        self.assertIn("signal 9", why["why"])

    def test_a_crash_is_no_catch(self):
        for lenient in (False, True):
            self.assertEqual(self.judge("#!/bin/sh\nkill -ABRT $$\n", lenient)[0], judges.BROKEN)

    def test_only_the_check_catches(self):
        for said, verdict in (("DIVERGENCE at clock 7 in htx_dot of lane 1\n  signals\n    st_q  x", judges.CAUGHT),
                              ("ASSERTION of the RTL at clock 9: rtl/common/htx_fifo.sv:43: assertion failed", judges.CAUGHT),
                              ("ERROR ERR_QUANT at position 0", judges.BROKEN), ("NO PROGRESS for 9 clocks", judges.BROKEN)):
            (self.dir / "out").write_text("[0] %Error: x.sv:1: Assertion failed\n" + json.dumps({"report": said}, indent=2))
            self.assertEqual(self.judge(f"#!/bin/sh\ncat {self.dir}/out\nexit 1\n")[0], verdict, said)

    def test_benches(self):
        self.assertEqual(self.judge("#!/bin/sh\necho '[  FAILED  ] A.b (0 ms)'\nexit 1\n", True)[0], judges.CAUGHT)
        self.assertEqual(self.judge("#!/bin/sh\necho '[5] %Error: htx_a.sv:3: Assertion failed in TOP'\nkill -ABRT $$\n", True)[0], judges.CAUGHT)
        self.assertEqual(self.judge("#!/bin/sh\nexit 1\n", True)[0], judges.BROKEN)

    def test_benches_take_what_survives_the_chip(self):
        bench = self.dir / "bench"
        bench.write_text(BENCH)
        bench.chmod(0o755)
        c, part = self.campaign("--benches")
        modules = {c.mutants[1]["module"]}
        part.build_benches = lambda needed: setattr(part, "benches", [build.Bench("fp_test", bench, modules & needed)])
        r = c.run(part)[c.mutants[1]["key"]]
        self.assertEqual((r["verdict"], r["workload"], r["signal"]), ("caught", "fp_test", "Fadd.Rounds"))
        self.assertEqual(self.runs("bench"), [["0"], ["2"]])
        self.assertEqual(len(r["tried"]), QUICK + 1, "the long workloads come after the benches")

    def test_which_benches(self):
        trees = [build.Bench(f"tree{n}_test", None, {"htx_tree", "htx_fifo"}) for n in (1, 2, 3, 5, 8)]
        found = [*trees, build.Bench("lane_test", None, {"htx_tree", "htx_fifo", "htx_lane"})]
        self.assertEqual(build.smallest(found, {"htx_tree"}, (), 3), [trees[0], trees[2], trees[4]])
        self.assertEqual(build.smallest(found, {"htx_tree"}, {"htx_tree"}, 3), [trees[2]])
        self.assertEqual(len(build.smallest(found, {"htx_fifo"})), 1)
        self.assertEqual(build.smallest(found, {"htx_lane"}), [found[-1]])

    def test_other_benches_are_asked_again(self):
        bench = self.dir / "bench"
        bench.write_text("#!/bin/sh\nexit 0\n")
        bench.chmod(0o755)
        verdicts = []
        for tests, text in (("a", None), ("b", BENCH), ("b", None)):
            if text:
                bench.write_text(text)
            c, part = self.campaign("--benches")
            part.build_benches = lambda needed: setattr(part, "benches", [build.Bench("fp_test", bench, {m["module"] for m in c.mutants})])
            before = len(self.runs()) if verdicts else 0
            with unittest.mock.patch("verif.mutation.build.tests_stamp", return_value=tests):
                verdicts.append(c.run(part)[c.mutants[1]["key"]]["verdict"])
        self.assertEqual(verdicts, ["survived", "caught", "caught"])
        self.assertLess(len(self.runs()) - before, 6, "what the chip said still holds")

    def test_a_build_that_breaks_is_exit_code_2(self):
        broken = self.dir / "rtl"
        shutil.copytree(RTL, broken)
        path = broken / "mem/htx_channel.sv"
        path.chmod(0o644)
        path.write_text(path.read_text().replace("endmodule", "always_comb nothing_of_this_name = rst_ni; endmodule"))
        r = self.command("--engines", "source", "--rtl", broken, "--blocks", "fp", "--count", "2", "--build", ROOT / "build")
        self.assertEqual(r.returncode, 2, r.stderr)
        self.assertIn("does not build", r.stderr)
        self.assertNotIn("Traceback", r.stderr)

    def command(self, *words):
        return subprocess.run([ROOT / "scripts/mutate", "--work", self.dir / "w", "--htx", self.htx, "--random", self.htx, *map(str, words)],
                              capture_output=True, text=True)

    def test_command_line(self):
        r = self.command("--list", "--blocks", "fp,vmem", "--count", "4", "--engines", "source")
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertIn("4 mutants of", r.stdout)
        for words in (["--blocks", "nothing"], ["--count", "0"], ["--count", "x"], ["--rtl", "/nonexistent"], ["--engines", "gates"],
                      ["--profile", "weekly"], ["--count", "3", "--per-block", "2"], ["--engines", "source", "--count", "3", "--only", "4"],
                      ["--blocks", "fp", "--engines", "source", "--htx", "/nonexistent"]):
            r = self.command(*words)
            self.assertEqual(r.returncode, 2, words)
            self.assertNotIn("Traceback", r.stderr)


def smallest(work):
    """Options for engines that need no build of the programs."""
    return cli.options(["--work", str(work), "--htx", "x", "--random", "x", "--lanes", "2"])


@unittest.skipUnless(shutil.which("yosys"), "yosys is missing")
class Netlist(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp())
        cls.nets = netlist.Netlists(RTL, 2, 2, cls.dir / "netlists").elaborate()
        cls.found = cls.nets.candidates(1, 6)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def test_every_module_has_mutants(self):
        modules = {f.stem for f in RTL.rglob("*.sv") if not f.stem.endswith("_pkg")}
        self.assertEqual({c.module for c in self.found}, modules - set(netlist.WIRING))
        self.assertEqual({c.name for c in self.found}, set(netlist.CLASSES))
        self.assertEqual(len({c.key for c in self.found}), len(self.found))

    def test_they_quote_the_rtl(self):
        for c in self.found:
            if 'of ""' not in c.original:
                self.assertTrue(self.nets.quoted({"file": c.file, "original": c.original}), c.original)

    def test_all_modules_build_with_their_mutants(self):
        """Verilator reads the chip with every module a netlist; no selector is left a port."""
        rtl = self.dir / "rtl"
        rewrite.write(RTL, rtl, [])
        drawn = draw.draw(self.found, 1, {(b, "netlist"): 20 for b in draw.BLOCKS})
        modules = {u.module for u in self.nets.units} - set(netlist.WIRING)
        self.nets.write(modules, list(enumerate(drawn, 1)), rtl, "all")
        files = sorted(rtl.rglob("*.sv"), key=lambda f: (not f.name.endswith("_pkg.sv"), f.name != "htx_pkg.sv", f.name))
        r = subprocess.run(["verilator", "--lint-only", "-Wno-lint", "-Wno-style", "-Wno-fatal", "--no-timing", "--assert", "--top-module", "htx_chip",
                            "-GLANES=2", *files], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(r.returncode, 0, r.stdout[:3000])
        text = "".join(f.read_text() for f in files)
        self.assertNotRegex(text, rf"input (\[31:0\] )?{netlist.SELECT}|\.{netlist.SELECT}\(")
        self.assertNotIn("parallel_case", text, "an assertion that the sources lack")
        for number in range(1, len(drawn) + 1):
            self.assertRegex(text, rf"32'd{number}\b", "a mutant that nothing selects")


@unittest.skipUnless(shutil.which("yosys-abc"), "yosys is missing")
class Proofs(unittest.TestCase):
    """Known answers, over sources and netlists."""

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp())
        cls.o = smallest(cls.dir)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def prove(self, file, name, original, mutated=""):
        c = next(c for c in possible() if c.file == file and c.name == name and original in c.original and mutated in c.mutated)
        return equivalence.prove(self.o, c, self.dir / "proof")

    def test_a_sign_that_nobody_looks_at(self):
        verdict, text = self.prove("fp/htx_f2score.sv", "sign", "mant")
        self.assertEqual(verdict, report.EQUIVALENT, text)
        self.assertIn("unbounded", text)

    def test_a_boundary_at_which_both_agree(self):
        verdict, text = self.prove("lane/htx_tree.sv", "relational", "f_q <=", "<= -32'sd126")
        self.assertEqual(verdict, report.EQUIVALENT, text)

    def test_a_difference_is_found(self):
        for file, name, original in (("control/htx_div.sv", "hold", ""), ("lane/htx_dot4.sv", "bit", "")):
            verdict, text = self.prove(file, name, original)
            self.assertEqual(verdict, judges.SURVIVED)
            self.assertIn("differs at clock", text)

    def test_netlist(self):
        nets = netlist.Netlists(RTL, 2, 2, self.dir / "netlists").elaborate()
        c = next(c for c in nets.candidates(1, 6) if c.module == "htx_fmul" and c.name == "net-invert")
        verdict, text = equivalence.prove(self.o, c, self.dir / "proof")
        self.assertEqual(verdict, judges.SURVIVED)
        self.assertIn("differs at clock", text)


if __name__ == "__main__":
    unittest.main()
