# SPDX-License-Identifier: Apache-2.0
"""Tests of the mutation campaign: what it reads, what it changes, that mutant 0 is the original, and how it judges runs."""
import functools
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import unittest.mock

from verif.mutation import draw, netlist, operators, rewrite, tiny_gguf
from verif.mutation.common import CampaignError
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
                                 ("blocking", "d", "b[i]"), ("case", "", "a"), ("nonblocking", "q", "d"), ("plain", "clk_i", "clk_i"),
                                 ("port", "x_i", "q + 1"), ("output", "y_o", "c.f")])

    def test_left_alone(self):
        self.assertEqual(self.kinds("""
          localparam int N = 3 + 4; typedef struct packed { logic a; } t_t; typedef enum logic {A = 1'b0} e_t;
          function automatic logic f(input logic x); begin f = x + 1; end endfunction
          initial begin if (N < 2) $fatal; end
          always_ff @(posedge clk_i) begin if (a == b) begin assert (a < b) else $error("x <= y"); end end"""), [])

    def test_functions(self):
        found = self.kinds("""
          function automatic logic [3:0] f(input logic [3:0] x); logic [3:0] z; begin z = x + 1; f = z; end endfunction
          function automatic logic [7:0] g(input logic [7:0] x); g = x - 1; endfunction
          assign y = f(a[3:0]) + g(b);""")
        self.assertEqual(found, [("blocking", "z", "x + 1"), ("blocking", "f", "z"), ("blocking", "g", "x - 1"), ("assign", "y", "f(a[3:0]) + g(b)")])

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
            self.assertIn(c.name, operators.CLASSES)


class Drawing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.found = possible()
        cls.blocks = [b for b in draw.BLOCKS if any(draw.block_of(c.module) == b for c in cls.found)]

    def draw(self, seed=1, per_block=5):
        return draw.draw(self.found, seed, {(b, "source"): per_block for b in self.blocks})

    def test_same_seed_same_mutants(self):
        again = draw.draw(draw.candidates(RTL), 1, {(b, "source"): 5 for b in self.blocks})
        self.assertEqual([c.key for c in self.draw()], [c.key for c in again])
        self.assertNotEqual([c.key for c in self.draw()], [c.key for c in self.draw(seed=2)])

    def test_spread(self):
        drawn = self.draw()
        self.assertEqual(len({c.key for c in drawn}), 5 * len(self.blocks))
        for b in self.blocks:
            mine = [c for c in drawn if draw.block_of(c.module) == b]
            self.assertEqual(len(mine), 5)
            classes = {c.name for c in self.found if draw.block_of(c.module) == b}  # wiring knows only some
            self.assertGreaterEqual(len({c.name for c in mine}), min(4, len(classes)))
        over_seeds = {c.name for seed in range(1, 5) for c in self.draw(seed)}  # few modules have states or signs
        self.assertEqual(over_seeds, set(operators.CLASSES))

    def test_a_small_block_gives_what_it_has(self):
        found = [c for c in self.found if c.module == "htx_vmem"]
        with unittest.mock.patch("verif.mutation.draw.note") as said:
            drawn = draw.draw(found, 1, {("vmem", "source"): 10 ** 6})
        self.assertEqual({c.key for c in drawn}, {c.key for c in found})
        self.assertIn(f"room for {len(found)}", said.call_args[0][0])

    def test_wiring_is_no_afterthought(self):
        for module, block in (("htx_chip", "chip"), ("htx_lane", "lane"), ("htx_compute", "lane"), ("htx_ram", "common")):
            self.assertEqual({draw.block_of(c.module) for c in self.found if c.module == module}, {block}, module)
        self.assertEqual(len(draw.BLOCKS), 15)

    def test_deal(self):
        both = {(b, e) for b in draw.BLOCKS for e in draw.ENGINES} - {("chip", "netlist")}
        for total in (1, 17, 60, 61, 500):
            wanted = draw.deal(total, list(draw.BLOCKS), both)
            self.assertEqual(sum(wanted.values()), total)
            sums = [sum(n for (b, _), n in wanted.items() if b == block) for block in draw.BLOCKS]
            self.assertLessEqual(max(sums) - min(sums), 1)
        wanted = draw.deal(60, list(draw.BLOCKS), both)
        self.assertEqual({wanted[b, e] for b, e in wanted if b != "chip"}, {2})

    def test_one_build_of_both_engines(self):
        names = {c.module for c in self.found} - {"htx_chip"}
        for seed in range(20):
            nets = draw.netlist_modules(names, seed)
            self.assertTrue(len(names) / 3 < len(nets) < 2 * len(names) / 3)
            for b in draw.BLOCKS:
                mine = {n for n in names if draw.block_of(n) == b}
                if len(mine) > 1:
                    self.assertTrue(mine & nets and mine - nets, b)

    def test_keys_are_unique(self):
        self.assertEqual(len({c.key for c in self.found}), len(self.found))


class Equivalents(unittest.TestCase):
    def check(self, entries):
        with tempfile.TemporaryDirectory() as d:
            path = pathlib.Path(d) / "e.json"
            path.write_text(json.dumps(entries))
            return draw.Equivalents(path).without(self.found, lambda entry: entry["original"] == "quoted")

    @classmethod
    def setUpClass(cls):
        cls.found = possible()
        c = next(c for c in cls.found if c.file.endswith("htx_vmem.sv") and c.name == "logical")
        cls.entry = {"file": c.file, "class": c.name, "original": c.original, "reason": "It is only an example here."}
        cls.key = c.key

    def test_left_out(self):
        self.assertNotIn(self.key, {c.key for c in self.check([self.entry])})
        self.assertIn(self.key, {c.key for c in self.check([])})

    def test_one_that_matches_nothing(self):
        for change in ({"original": "assign no = such;"}, {"class": "sign"}, {"file": "none.sv"}, {"mutated": "x"}):
            with self.assertRaisesRegex(CampaignError, "matches nothing"):
                self.check([{**self.entry, **change}])

    def test_needs_an_argument(self):
        for change in ({"reason": "equivalent"}, {"line": 3}):
            with self.assertRaisesRegex(CampaignError, "needs"):
                self.check([{**self.entry, **change}])

    def test_the_list_that_ships(self):
        quoted = netlist.Netlists(RTL, 3, 2, pathlib.Path("/nonexistent")).quoted
        draw.Equivalents(ROOT / "verif/mutation/equivalent.json").without(self.found, quoted)

    def test_a_netlist_entry_must_quote_the_rtl(self):
        entry = {**self.entry, "class": "net-stuck", "original": "quoted"}
        self.check([entry])
        with self.assertRaisesRegex(CampaignError, "matches nothing"):
            self.check([{**entry, "original": "something else"}])


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
            (d / "sample.sv").write_text(rewrite.PACKAGE + rewrite.rewrite(text, list(enumerate(found, 1))))
            (d / "both.sv").write_text(BOTH)
            r = verilator("--cc", "--exe", "--build", "-O3", "--x-initial", "unique", "--top-module", "both", "sample.sv",
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
            rewrite.write(RTL, work, list(enumerate(possible(), 1)))
            files = sorted(work.rglob("*.sv"), key=lambda f: (not f.name.endswith("_pkg.sv"), f.name != "htx_pkg.sv", f.name))
            r = verilator("--lint-only", "--assert", "--top-module", "htx_chip", "-GLANES=2", *files, cwd=d)
            self.assertEqual(r.returncode, 0, r.stdout[:3000])


if __name__ == "__main__":
    unittest.main()
