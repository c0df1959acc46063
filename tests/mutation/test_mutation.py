# SPDX-License-Identifier: Apache-2.0
"""Tests of the mutation campaign: what it reads, what it changes, that mutant 0 is the original, and how it judges runs."""
import functools
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import unittest.mock

from verif.mutation import campaign, draw, operators, rewrite, tiny_gguf
from verif.mutation.structure import modules
from verif.mutation.tokens import Source, SourceError, squeeze

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
RTL = ROOT / "rtl"


@functools.lru_cache
def possible():
    """Every mutant that the RTL can have; read once."""
    return draw.candidates(RTL)


def read(text):
    return modules(Source("t.sv", text))


def body(text, header="input logic clk_i, input logic [7:0] a, b, output logic [7:0] y"):
    return read(f"module t ({header});\n{text}\nendmodule\n")[0]


def mutated(text, name=None):
    """The mutated texts of a module body, of one class or of all."""
    return [squeeze(c.mutated) for c in operators.changes(body(text)) if name in (None, c.name)]


class Reading(unittest.TestCase):
    def test_tokens(self):
        s = Source("t.sv", "a<=b+8'sd3; // c <= d\n/* x\n */ (* ram *) e[1+:2] = '0 | `X\n 26'(f) >>> $signed(g);")
        self.assertEqual([t.text for t in s.tokens],
                         ["a", "<=", "b", "+", "8'sd3", ";", "e", "[", "1", "+:", "2", "]", "=", "'0", "|",
                          "26", "'", "(", "f", ")", ">>>", "$signed", "(", "g", ")", ";"])

    def test_places(self):
        s = Source("t.sv", "a;\n\n  b;\n")
        self.assertEqual([s.line(t.start) for t in s.tokens], [1, 1, 3, 3])

    def test_brackets(self):
        for text in ("a(b;", "a(b];", "a)b("):
            with self.assertRaises(SourceError):
                Source("t.sv", text)

    def test_strings_and_star_event(self):
        self.assertEqual([t.text for t in Source("t.sv", 'x("a <= \\" b"); @(*)').tokens],
                         ["x", "(", '"a <= \\" b"', ")", ";", "@", "(", "*", ")"])


class Structure(unittest.TestCase):
    def kinds(self, text):
        return [(s.kind, s.target, squeeze(s.expression)) for s in body(text).sites]

    def test_statements(self):
        found = self.kinds("""
          logic [7:0] q, d; htx_pkg::cmd_t c;
          assign y = q;
          always_comb begin d = a; if (a == b) d = 8'd1; else for (int i = 0; i < 3; i++) d[i] = b[i]; end
          always_ff @(posedge clk_i) case (a) 8'd1, 8'd2: q <= d; default: ; endcase
          unit #(.N(3)) u (.clk_i, .x_i(q + 1), .y_o(c.f), .z_i());""")
        self.assertEqual(found, [("assign", "y", "q"), ("blocking", "d", "a"), ("if", "", "a == b"), ("blocking", "d", "8'd1"),
                                 ("blocking", "d", "b[i]"), ("nonblocking", "q", "d"), ("port", "x_i", "q + 1")])

    def test_left_alone(self):
        self.assertEqual(self.kinds("""
          localparam int N = 3 + 4; typedef struct packed { logic a; } t_t; typedef enum logic {A = 1'b0} e_t;
          function automatic logic f(input logic x); begin f = x + 1; end endfunction
          initial begin if (N < 2) $fatal; end
          always_ff @(posedge clk_i) begin if (a == b) begin assert (a < b) else $error("x <= y"); end end"""), [])

    def test_what_only_assertions_see(self):
        found = self.kinds("""
          logic was_q, old_q; logic [7:0] q; logic unused;
          assign unused = &{1'b0, a};
          always_ff @(posedge clk_i) begin old_q <= a[0]; was_q <= old_q && was_q; q <= a; assert (!was_q); end
          assign y = q;""")
        self.assertEqual([t for _, t, _ in found], ["q", "y"])

    def test_reset_branch(self):
        m = body("""always_ff @(posedge clk_i) if (!rst_ni) y <= '0; else if (a == b) y <= b;""")
        self.assertEqual([(s.kind, s.reset) for s in m.sites], [("nonblocking", True), ("if", False), ("nonblocking", False)])

    def test_unknown_is_an_error(self):
        for text in ("covergroup g; endgroup", "always_ff @(posedge clk_i) fork y <= a; join", "assign y;"):
            with self.assertRaises(SourceError, msg=text):
                body(text)

    def test_all_of_the_rtl(self):
        for path in sorted(RTL.rglob("*.sv")):
            text = path.read_text(encoding="utf-8")
            for m in read(text):
                for s in m.sites:
                    self.assertTrue(text[s.start:s.end].strip(), path)


class Operators(unittest.TestCase):
    def test_classes(self):
        self.assertEqual(mutated("assign y = a + b;", "arithmetic"), ["assign y = a - b;"])
        self.assertEqual(mutated("assign y = a == b;", "relational"), ["assign y = a != b;"])
        self.assertEqual(mutated("assign y = a <= b && c;", "relational"), ["assign y = a < b && c;"])
        self.assertEqual(mutated("assign y = a && b;", "logical"), ["assign y = a || b;"])
        self.assertEqual(mutated("assign y = !a;", "negation"), ["assign y = a;"])
        self.assertEqual(mutated("always_comb if (a > b) y = a;", "negation"), ["if (!(a > b))"])
        self.assertEqual(mutated("assign y = a == 8'hff;", "constant"), ["assign y = a == 8'hfe;"])
        self.assertEqual(mutated("assign y = a << 2;", "shift"), ["assign y = a >> 2;", "assign y = a << 3;", "assign y = a << 1;"])
        self.assertEqual(mutated("assign y = $signed(a) >>> b;", "sign"), ["assign y = $unsigned(a) >>> b;", "assign y = $signed(a) >> b;"])
        self.assertEqual(mutated("always_ff @(posedge clk_i) y <= a;", "hold"), [""])
        self.assertEqual(mutated("always_ff @(posedge clk_i) if (!rst_ni) y <= '0;", "reset"), ["y <= '1;", ""])
        self.assertIn("assign y = (a) ^ 8'h80;", mutated("assign y = a;", "bit"))
        self.assertEqual(mutated("logic q_valid; assign q_valid = a[0]; assign y = q_valid;", "handshake"),
                         ["assign q_valid = 1'b0;", "assign q_valid = 1'b1;"])

    def test_swaps(self):
        self.assertEqual(mutated("assign y = a[3:0] - b.c[1];", "swap"), ["assign y = b.c[1] - a[3:0];"])
        self.assertEqual(mutated("assign y = a ? b : c;", "swap"), ["assign y = a ? (c) : (b);"])
        self.assertIn("assign y = a ? (c ? d : e) : (b);", mutated("assign y = a ? b : c ? d : e;", "swap"))
        self.assertEqual(mutated("assign y = {a, b, c};", "swap"), ["assign y = {b, a, c};"])
        unit = "unit u (.clk_i, .p_i(a), .q_i(b)); "
        self.assertIn(".p_i(b), .q_i(a)", mutated(unit, "swap"))
        self.assertEqual(mutated("htx_fadd u (.clk_i, .a_i(a), .b_i(b));", "swap"), [])

    def test_what_must_stay(self):
        text = "assign y = {{8{a[7]}}, 4'(b), a[3:0], c[2*i+1 +: 3], $clog2(N + 1)};"
        for name in ("arithmetic", "constant", "relational"):
            self.assertEqual(mutated(text, name), [], name)

    def test_numbers(self):
        self.assertEqual(operators.off_by_one("3'd7"), ["3'd6"])
        self.assertEqual(operators.off_by_one("1'b0"), ["1'b1"])
        self.assertEqual(operators.off_by_one("16'h7c00"), ["16'h7c01", "16'h7bff"])
        self.assertEqual(operators.off_by_one("8'sd3"), ["8'sd4", "8'sd2"])
        self.assertEqual(operators.off_by_one("0"), ["1"])
        self.assertEqual(operators.off_by_one("'0"), [])

    def test_every_change_changes(self):
        for c in possible():
            self.assertNotEqual(c.original, c.mutated)
            self.assertIn(c.change.name, operators.CLASSES)


class Drawing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.found = possible()
        cls.blocks = [b for b in draw.BLOCKS if any(c.block == b for c in cls.found)]

    def draw(self, seed=1, per_block=5, count=None):
        return draw.draw(self.found, seed, per_block, count, self.blocks)

    def test_same_seed_same_mutants(self):
        self.assertEqual([c.key for c in self.draw()], [c.key for c in draw.draw(draw.candidates(RTL), 1, 5, None, self.blocks)])
        self.assertNotEqual([c.key for c in self.draw()], [c.key for c in self.draw(seed=2)])

    def test_spread(self):
        drawn = self.draw()
        self.assertEqual(len({c.key for c in drawn}), 5 * len(self.blocks))
        for b in self.blocks:
            self.assertEqual(sum(c.block == b for c in drawn), 5)
            possible_classes = {c.change.name for c in self.found if c.block == b}  # wiring knows only three
            self.assertGreaterEqual(len({c.change.name for c in drawn if c.block == b}), min(4, len(possible_classes)))
        self.assertEqual({c.change.name for c in drawn}, set(operators.CLASSES))

    def test_wiring_is_no_afterthought(self):
        for module, block in (("htx_chip", "chip"), ("htx_lane", "lane"), ("htx_compute", "lane"), ("htx_ram", "common")):
            self.assertEqual({c.block for c in self.found if c.change.site.module.name == module}, {block}, module)
        self.assertEqual(len(draw.BLOCKS), 15)

    def test_default_is_enough(self):
        self.assertGreaterEqual(5 * len(draw.BLOCKS), 40)

    def test_count(self):
        self.assertEqual(len(self.draw(count=17)), 17)
        with self.assertRaises(draw.CampaignError):
            draw.draw(self.found, 1, 5, 10 ** 6, ["vmem"])

    def test_keys_are_unique(self):
        self.assertEqual(len({c.key for c in self.found}), len(self.found))


class Equivalents(unittest.TestCase):
    def check(self, entries):
        with tempfile.TemporaryDirectory() as d:
            path = pathlib.Path(d) / "e.json"
            path.write_text(json.dumps(entries))
            return draw.without_equivalents(self.found, path)

    @classmethod
    def setUpClass(cls):
        cls.found = possible()
        c = next(c for c in cls.found if c.file.endswith("htx_vmem.sv") and c.change.name == "logical")
        cls.entry = {"file": c.file, "class": c.change.name, "original": c.original, "reason": "It is only an example here."}
        cls.key = c.key

    def test_left_out(self):
        self.assertNotIn(self.key, {c.key for c in self.check([self.entry])})
        self.assertIn(self.key, {c.key for c in self.check([])})

    def test_one_that_matches_nothing(self):
        for change in ({"original": "assign no = such;"}, {"class": "sign"}, {"file": "none.sv"}, {"mutated": "x"}):
            with self.assertRaisesRegex(draw.CampaignError, "matches nothing"):
                self.check([{**self.entry, **change}])

    def test_needs_an_argument(self):
        for change in ({"reason": "equivalent"}, {"line": 3}):
            with self.assertRaisesRegex(draw.CampaignError, "needs"):
                self.check([{**self.entry, **change}])

    def test_the_list_that_ships(self):
        draw.without_equivalents(self.found, ROOT / "verif/mutation/equivalent.json")


class Rewriting(unittest.TestCase):
    def test_slots(self):
        s = rewrite.SELECT
        self.assertEqual(rewrite.slot("nonblocking", "y <= a;", [(3, "y <= b;"), (4, "")]),
                         f"begin if ({s} == 3) y <= b; else if ({s} == 4) ; else y <= a; end")
        self.assertEqual(rewrite.slot("assign", "assign y = a;", [(3, "assign y = b;")]),
                         f"always_comb begin if ({s} == 3) y = b; else y = a; end")
        self.assertEqual(rewrite.slot("if", "a", [(3, "!(a)"), (5, "b")]),
                         f"({s} == 3 && (!(a))) || ({s} == 5 && (b)) || ({s} != 3 && {s} != 5 && (a))")
        self.assertEqual(rewrite.slot("port", "a", [(3, "b")]), f"({s} == 3) ? (b) : (a)")

    def test_the_rest_is_untouched(self):
        text = "module t (input logic a, output logic y); // c\n  assign y = a; // d\nendmodule\n"
        change = next(operators.changes(read(text)[0]))
        new = rewrite.rewrite(text, [(1, change)])
        self.assertTrue(new.startswith(text[:text.index("assign")]) and new.endswith(" // d\nendmodule\n"))
        self.assertEqual(rewrite.rewrite(text, []), text)


FAKE = r"""#!/usr/bin/python3
import sys, time
n = int(next(a for a in sys.argv if a.startswith("+htx_mutant=")).split("=")[1])
model = sys.argv[2] if sys.argv[1] == "run" else "random"
open(__file__ + ".log", "a").write(f"{n} {model}\n")
if n == 0 or n % 5 == 2: sys.exit(0)
if n % 5 == 3: sys.exit(2)
if n % 5 == 4 and "shapes" not in model: sys.exit(0)
print('{\n"ok": false, "report": "DIVERGENCE at clock %d in htx_seq\\n  signals\\n    pc_q   expected 1"}' % (100 + n))
sys.exit(1)
"""


class Running(unittest.TestCase):
    """The command itself, with a stand-in for htx and for the build."""

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir)
        found = possible()
        for name, stand_in in (("verif.mutation.draw.candidates", lambda rtl: found), ("verif.mutation.campaign.note", lambda text: None)):
            patch = unittest.mock.patch(name, stand_in)
            patch.start()
            self.addCleanup(patch.stop)
        self.htx = self.dir / "htx"
        self.htx.write_text(FAKE)
        self.htx.chmod(0o755)

    def campaign(self, **change):
        class Options:
            rtl, equivalent, workloads = RTL, ROOT / "verif/mutation/equivalent.json", ROOT / "verif/mutation/workloads.json"
            work, build, htx, random, targets = self.dir / "work", self.dir, self.htx, self.htx, []
            seed, per_block, count, blocks, lanes, jobs = 1, 2, None, ["fp", "vmem", "seq"], 1, 2
            model, prompt, tokens, fresh = None, "x", None, False
        for k, v in change.items():
            setattr(Options, k, v)
        c = campaign.Campaign(Options)
        c.prepare()
        c.stamp, c.library = "stamp", self.dir / "none.so"
        c.load_workloads()
        return c

    def runs(self):
        return [line.split() for line in pathlib.Path(str(self.htx) + ".log").read_text().splitlines()]

    def test_verdicts(self):
        results = self.campaign().run()
        self.assertEqual([r["verdict"] for r in results], ["caught", "survived", "could not run", "caught", "caught", "caught"])
        self.assertEqual(results[0]["clock"], 101)
        self.assertEqual(results[0]["signal"], "htx_seq.pc_q")
        self.assertEqual(results[3]["workload"], "shapes")
        text = campaign.describe(results)
        self.assertIn("4 of 6 mutants caught", text)
        self.assertIn("exit code 2", text)

    def test_goes_on_where_it_stopped(self):
        first = self.campaign().run()
        before = len(self.runs())
        again = self.campaign().run()
        self.assertEqual(len(self.runs()) - before, 5 + 1)  # the baselines, and what could not run is tried again
        self.assertEqual([r["verdict"] for r in first], [r["verdict"] for r in again])
        self.campaign(fresh=True).run()
        self.assertGreater(len(self.runs()) - before, 10)

    def test_a_wrong_baseline_is_no_campaign(self):
        self.htx.write_text("#!/bin/sh\nexit 1\n")
        with self.assertRaisesRegex(draw.CampaignError, "without a mutant"):
            self.campaign().run()

    def test_time_limit_is_no_catch(self):
        c = self.campaign()
        self.htx.write_text("#!/bin/sh\nexec sleep 60\n")
        verdict, why, _ = c.execute(c.workloads[0], 1, 0.3)
        self.assertEqual(verdict, campaign.BROKEN)
        self.assertIn("more than", why["why"])

    def test_a_crash_is_no_catch(self):
        c = self.campaign()
        self.htx.write_text("#!/bin/sh\nkill -ABRT $$\n")
        self.assertEqual(c.execute(c.workloads[0], 1, 20)[0], campaign.BROKEN)

    def test_only_the_check_catches(self):
        c = self.campaign()
        for report, verdict in (("DIVERGENCE at clock 7 in htx_dot of lane 1\n  signals\n    st_q  x", campaign.CAUGHT),
                                ("ASSERTION of the RTL at clock 9: rtl/common/htx_fifo.sv:43: assertion failed", campaign.CAUGHT),
                                ("ERROR ERR_QUANT at position 0", campaign.BROKEN), ("NO PROGRESS for 9 clocks", campaign.BROKEN)):
            (self.dir / "out").write_text("[0] %Error: x.sv:1: Assertion failed\n" + json.dumps({"report": report}, indent=2))
            self.htx.write_text(f"#!/bin/sh\ncat {self.dir}/out\nexit 1\n")
            self.assertEqual(c.execute(c.workloads[0], 1, 20)[0], verdict, report)
        self.assertEqual(campaign.facts(json.dumps({"report": "DIVERGENCE at clock 7 in htx_dot of lane 1\n  signals\n    st_q  x"}, indent=2)),
                         {"how": "divergence", "clock": 7, "signal": "htx_dot.st_q"})

    def command(self, *words):
        return subprocess.run([ROOT / "scripts/mutants", "--work", self.dir / "w", "--htx", self.htx, "--random", self.htx, *words], capture_output=True, text=True)

    def test_command_line(self):
        r = self.command("--list", "--blocks", "fp,vmem", "--count", "4")
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertIn("4 mutants of", r.stdout)
        for words in (["--blocks", "nothing"], ["--count", "0"], ["--count", "x"], ["--rtl", "/nonexistent"],
                      ["--blocks", "fp", "--htx", "/nonexistent"]):
            r = self.command(*words)
            self.assertEqual(r.returncode, 2, words)
            self.assertNotIn("Traceback", r.stderr)


class TinyModel(unittest.TestCase):
    def test_same_bytes(self):
        self.assertEqual(tiny_gguf.build(seed=4), tiny_gguf.build(seed=4))
        self.assertNotEqual(tiny_gguf.build(seed=4), tiny_gguf.build(seed=5))
        self.assertTrue(tiny_gguf.build().startswith(b"GGUF\3\0\0\0"))

    def test_small(self):
        self.assertLess(len(tiny_gguf.build()), 200_000)


def verilator(*words, cwd):
    return subprocess.run(["verilator", "-Wno-lint", "-Wno-style", "-Wno-fatal", "--no-timing", *map(str, words)], cwd=cwd,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


BOTH = """module both (input logic clk_i, rst_ni, valid_i, input logic signed [7:0] x_i, input logic [7:0] y_i, output logic same_o);
  logic [46:0] a, b;
  original u_a (.clk_i, .rst_ni, .valid_i, .x_i, .y_i, .ready_o(a[46]), .sum_o(a[15:0]), .dif_o(a[27:16]), .mix_o(a[35:28]),
    .ptr_o(a[37:36]), .sub_o(a[45:38]));
  sample u_b (.clk_i, .rst_ni, .valid_i, .x_i, .y_i, .ready_o(b[46]), .sum_o(b[15:0]), .dif_o(b[27:16]), .mix_o(b[35:28]),
    .ptr_o(b[37:36]), .sub_o(b[45:38]));
  assign same_o = a == b;
endmodule
"""


class Simulated(unittest.TestCase):
    """All mutants of the sample in one simulation: 0 must never differ from the original, the others must."""

    def test_sample(self):
        text = (HERE / "sample.sv").read_text(encoding="utf-8")
        found = [c for m in modules(Source("sample.sv", text)) for c in operators.changes(m)]
        with tempfile.TemporaryDirectory() as d:
            d = pathlib.Path(d)
            original = re.sub(r"\bsample(_sub)?\b", r"original\1", text)
            (d / "original.sv").write_text(original)
            (d / "sample.sv").write_text(rewrite.rewrite(text, list(enumerate(found, 1))))
            (d / "pkg.sv").write_text(rewrite.PACKAGE)
            (d / "both.sv").write_text(BOTH)
            r = verilator("--cc", "--exe", "--build", "-O3", "--x-initial", "unique", "--top-module", "both", "pkg.sv", "sample.sv",
                          "original.sv", "both.sv", HERE / "sample_main.cpp", cwd=d)
            self.assertEqual(r.returncode, 0, r.stdout[-2000:])
            out = subprocess.run([d / "obj_dir/Vboth", str(len(found))], capture_output=True, text=True, check=True).stdout
        differs = dict(map(int, line.split()) for line in out.splitlines())
        self.assertEqual(differs[0], -1, "mutant 0 is not the original")
        same = [squeeze(found[n - 1].original) + " => " + squeeze(found[n - 1].mutated) for n, clock in differs.items() if n and clock < 0]
        self.assertLessEqual(len(same), 0.1 * len(found), "\n".join(same))


class AllMutants(unittest.TestCase):
    def test_every_possible_mutant_can_be_built(self):
        """Verilator reads the chip with every mutant of every class in it at once."""
        top = RTL / "chip/htx_chip.sv"
        if not top.exists():
            self.skipTest("there is no chip to build")
        with tempfile.TemporaryDirectory() as d:
            work = pathlib.Path(d) / "rtl"
            rewrite.write(RTL, work, possible())
            files = sorted(work.rglob("*.sv"), key=lambda f: (not f.name.endswith("_pkg.sv"), f.name != "htx_pkg.sv", f.name))
            r = verilator("--lint-only", "--assert", "--top-module", "htx_chip", "-GLANES=2", *files, cwd=d)
            self.assertEqual(r.returncode, 0, r.stdout[:3000])


if __name__ == "__main__":
    unittest.main()
