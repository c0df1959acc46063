# SPDX-License-Identifier: Apache-2.0
"""The figures and the walk on a small chip of two blocks whose gates can be counted by hand."""
import pathlib
import tempfile
import unittest

from verif.area import figures, netlist, paths, timing

TOP = """module top(input clk_i, input [7:0] d_i, output [7:0] q_o);
  wire [7:0] w;
  wire r;
  first u_first(.clk_i(clk_i), .d_i(d_i), .r_i(r), .q_o(w));
  second u_second(.clk_i(clk_i), .d_i(w ^ 8'h55), .q_o(q_o), .r_o(r));
endmodule
"""
FIRST = """module first(input clk_i, input [7:0] d_i, input r_i, output [7:0] q_o);
  reg [7:0] a_q;
  always @(posedge clk_i) a_q <= r_i ? d_i : a_q;
  assign q_o = a_q;
endmodule
"""
SECOND = """module second(input clk_i, input [7:0] d_i, output reg [7:0] q_o, output r_o);
  reg ok_q;
  always @(posedge clk_i) begin
    ok_q <= ^d_i;
    q_o <= d_i;
  end
  assign r_o = ok_q;
endmodule
"""


def small(gates=False, **files):
    files = {"top": TOP, "first": FIRST, "second": SECOND} | files
    with tempfile.TemporaryDirectory() as d:
        for name, text in files.items():
            (pathlib.Path(d) / f"{name}.sv").write_text(text)
        return netlist.make(pathlib.Path(d), "top", {}, gates)


def look(listed=(), **files):
    words, _ = small(**files)
    return paths.findings(words, timing.chip(words), dict.fromkeys(listed, "a reason"), "top", ("top",))


class Paths(unittest.TestCase):
    def test_blocks_whose_outputs_are_registers_have_none(self):
        self.assertEqual(look(), [])

    def test_planted(self):
        lines = look(second=SECOND.replace("r_o = ok_q", "r_o = ok_q & d_i[3]"))
        self.assertEqual(lines, ["THROUGH A BLOCK second: d_i to r_o; from u_first.a_q[3] to u_first.a_q[0]"])

    def test_a_wire_through_a_block(self):
        self.assertEqual(look(second=SECOND.replace("r_o = ok_q", "r_o = d_i[0]")), ["THROUGH A BLOCK second: d_i to r_o; from u_first.a_q[0] to u_first.a_q[0]"])

    def test_through_a_module_inside(self):
        inner = "module inner(input [7:0] a, output y); assign y = |a; endmodule\n"
        lines = look(inner=inner, second=SECOND.replace("assign r_o = ok_q;", "inner u(.a(d_i), .y(r_o));"))
        self.assertEqual(len(lines), 1)
        self.assertIn("second: d_i to r_o", lines[0])

    def test_through_an_array_that_is_read_without_a_clock(self):
        lines = look(second=SECOND.replace("reg ok_q;", "reg ok_q; reg m [16]; always @(posedge clk_i) m[d_i[7:4]] <= d_i[0];").replace("r_o = ok_q", "r_o = m[d_i[3:0]]"))
        self.assertEqual([l.split(";")[0] for l in lines], ["THROUGH A BLOCK second: d_i to r_o"])

    def test_through_two(self):
        lines = look(first=FIRST.replace("q_o = a_q", "q_o = r_i ? a_q : 8'd0"))
        self.assertEqual(lines, ["THROUGH A BLOCK first: r_i to q_o; from u_second.ok_q to u_second.ok_q"])

    def test_listed_ones_pass_and_gone_ones_do_not(self):
        planted = SECOND.replace("r_o = ok_q", "r_o = d_i[3]")
        self.assertEqual(look([("second", "d_i", "r_o")], second=planted), [])
        self.assertEqual(look([("second", "d_i", "r_o")]), ["GONE second: d_i to r_o; take it out of known_paths.toml"])

    def test_a_loop_and_a_clock_of_gates_are_said(self):
        with self.assertRaisesRegex(timing.Loop, "loop"):
            look(first=FIRST.replace("q_o = a_q", "q_o = r_i ? a_q : 8'd0"), second=SECOND.replace("r_o = ok_q", "r_o = d_i[3]"))
        with self.assertRaisesRegex(timing.Loop, "clock made by gates"):
            look(first=FIRST.replace("@(posedge clk_i)", "@(posedge c)").replace("reg [7:0]", "wire c = clk_i & r_i;\n  reg [7:0]"))


class Figures(unittest.TestCase):
    def measured(self, **files):
        words, gates = small(gates=True, **files)
        return figures.measure(gates, words, "0", "top", ("top",))

    def test_counted_by_hand(self):
        f = self.measured()
        self.assertEqual(f["modules"]["first"]["own"], {"flip_flops": 8, "gates": 8, "memory_bits": 0, "table_bits": 0})    # a multiplexer a bit
        self.assertEqual(f["modules"]["second"]["own"], {"flip_flops": 9, "gates": 7, "memory_bits": 0, "table_bits": 0})   # parity of eight
        self.assertEqual(f["modules"]["top"]["one"]["flip_flops"], 17)
        self.assertEqual(f["modules"]["top"]["one"]["gates"], 8 + 7 + 4)                                                    # four inverters between
        self.assertEqual(f["modules"]["second"]["path"], {"gates": 3, "kind": "input to register", "from": "d_i[0]", "to": "ok_q"})
        self.assertEqual(f["modules"]["top"]["path"], {"gates": 4, "kind": "register to register", "from": "u_first.a_q[0]", "to": "u_second.ok_q"})
        self.assertEqual(f["blocks"]["first"]["outputs_behind_gates"], 0)

    def test_copies_and_parameters(self):
        two = TOP.replace("endmodule", "wire [7:0] x; first #(.N(3)) u_more(.clk_i(clk_i), .d_i(d_i), .r_i(r), .q_o(x));\n (* keep *) wire [7:0] y = x;\nendmodule")
        f = self.measured(top=two, first=FIRST.replace("first(", "first #(parameter N = 1) (").replace("a_q <= r_i", "a_q <= r_i && N != 0"))
        self.assertEqual((f["modules"]["first"]["copies"], f["modules"]["first"]["kinds"], f["modules"]["first"]["own"]["flip_flops"]), (2, 2, 16))
        self.assertEqual({k: v["flip_flops"] for k, v in f["modules"]["first"]["variants"].items()}, {"N 1": 8, "N 3": 8})

    def test_the_ram_stays_a_memory_and_an_array_does_not(self):
        ram = (netlist.RTL / "common/htx_ram.sv").read_text()
        use = "htx_ram #(.WIDTH(8), .DEPTH(64)) u_ram(.clk_i(clk_i), .we_i(r_i), .waddr_i(d_i[5:0]), .wdata_i(d_i), .re_i(r_i), .raddr_i(d_i[7:2]), .rdata_o(q_o));\nendmodule"
        f = self.measured(htx_ram=ram, first=FIRST.replace("assign q_o = a_q;\nendmodule", use))
        self.assertEqual((f["modules"]["htx_ram"]["own"]["memory_bits"], f["modules"]["htx_ram"]["own"]["flip_flops"]), (512, 0))
        array = "reg [7:0] m [64]; reg [7:0] y; always @(posedge clk_i) begin if (r_i) m[d_i[5:0]] <= d_i; y <= m[d_i[7:2]]; end assign q_o = y;\nendmodule"
        f = self.measured(first=FIRST.replace("assign q_o = a_q;\nendmodule", array))
        self.assertEqual((f["modules"]["first"]["own"]["memory_bits"], f["modules"]["first"]["own"]["flip_flops"]), (0, 520))

    def test_a_grown_module_in_both_directions(self):
        was, now = self.measured(), self.measured(second=SECOND.replace("q_o <= d_i", "q_o <= d_i + 8'd3"))
        lines, back = figures.differences(was, now), figures.differences(now, was)
        self.assertTrue(any(l.startswith("modules.second.own.gates: was 7, is ") and "%" in l for l in lines), lines)
        self.assertFalse(any(l.startswith("modules.first") for l in lines), lines)
        self.assertEqual(len(lines), len(back))
        self.assertTrue(any(l.startswith("words.second: ") for l in lines))

    def test_digests_know_cells_and_not_comments(self):
        plain, _ = small()
        said, _ = small(second=SECOND.replace("reg ok_q;", "reg ok_q; // said otherwise\n\n"))
        more, _ = small(second=SECOND.replace("^d_i", "^d_i[6:0]"))
        digest = lambda d: figures.digests(d, "top")
        self.assertEqual(digest(plain), digest(said))
        self.assertEqual({m for m in digest(plain) if digest(plain)[m] != digest(more)[m]}, {"second"})

    def test_the_same_twice(self):
        self.assertEqual(self.measured(), self.measured())

    def test_a_module_does_not_move_with_another(self):
        adder = FIRST.replace("assign q_o = a_q", "assign q_o = a_q * (a_q + 8'd77)")
        before = "module before(input [31:0] a, output [31:0] y); assign y = (a * 3) ^ (a >> a[3:0]); endmodule\n"
        other = TOP.replace("endmodule", "wire [31:0] y; before u_before(.a({4{d_i}}), .y(y)); (* keep *) wire k = ^y;\nendmodule")
        files = {"first": adder}, {"first": "// a line more\n" + adder, "before": before, "top": other}
        (one, _), (two, _) = (small(**f) for f in files)
        self.assertNotEqual(one["first"], two["first"])  # other line numbers, other made-up names
        self.assertEqual(netlist.alone("first", one), netlist.alone("first", two))
        self.assertEqual(*(self.measured(**f)["modules"]["first"] for f in files))

    def test_what_yosys_cannot_read(self):
        self.assertRaisesRegex(netlist.Failed, "ERROR", small, first="module first(; endmodule")


class Longest(unittest.TestCase):
    def chain(self, gates):
        text = "module top(input clk_i, input [15:0] a_i, output reg y_o);\n always @(posedge clk_i) y_o <= &a_i;\nendmodule\n"
        words, mapped = small(gates=True, top=text, first="", second="")
        return timing.chip(mapped if gates else words)["top"].worst

    def test_a_tree_of_sixteen(self):
        self.assertEqual(self.chain(True), {"input to register": (4, "a_i[0]", "y_o"), "register to output": (0, "y_o", "y_o")})

    def test_words_give_one_a_cell(self):
        self.assertEqual(self.chain(False)["input to register"][0], 1)


if __name__ == "__main__":
    unittest.main()
