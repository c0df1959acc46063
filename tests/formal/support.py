# SPDX-License-Identifier: Apache-2.0
"""A small design with rules of its own, and calls of scripts/formal on it."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMAL = [sys.executable, str(ROOT / "scripts/formal")]

COUNTER = """module htx_counter (input logic clk_i, input logic rst_ni, input logic up_i, output logic [3:0] count_o);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_o <= 4'd0;
    else if (up_i && count_o != 4'd9) count_o <= count_o + 4'd1;
  end
endmodule
"""
RULES = """module counter_props (input logic clk_i, input logic rst_ni, input logic up_i);
  logic [3:0] count;
  htx_counter dut (.clk_i, .rst_ni, .up_i, .count_o(count));
  logic started_q = 1'b0;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    // assume 1: the first clock is spent in reset.
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // rule 1: the count stays below ten.
      r1: assert (count < 4'd10);
      // cover 1: nine is reached.
      c1: cover (count == 4'd9);
    end
  end
endmodule
"""
# Whether two multipliers agree is more than a solver says in a few seconds.
HARD = """module hard_props (input logic clk_i, input logic rst_ni, input logic [23:0] a_i, input logic [23:0] b_i);
  logic unused;
  logic [3:0] count;
  htx_counter dut (.clk_i, .rst_ni, .up_i(1'b1), .count_o(count));
  always_ff @(posedge clk_i) begin
    // assume 1: nothing.
    a1: assume (1'b1);
    // rule 1: a sum times itself is what the textbook says.
    r1: assert (48'(a_i) * 48'(b_i) + 48'(b_i) * 48'(b_i) == 48'(b_i) * (48'(a_i) + 48'(b_i)));
    // cover 1: anything.
    c1: cover (1'b1);
  end
endmodule
"""
ENTRY = """[proof.{name}]
block = "common"
what = "{name}"
mode = "pdr"
cover = {cover}
limit = {limit}
{more}
"""


def entry(name, cover=15, limit=60, more=""):
    return ENTRY.format(name=name, cover=cover, limit=limit, more=more)


class Toy(unittest.TestCase):
    """self.call(...) runs scripts/formal over the files in self.folder."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="formal-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "rtl").mkdir()
        self.write("rtl/htx_counter.sv", COUNTER)
        self.write("counter_props.sv", RULES)
        self.write("proofs.toml", entry("counter"))

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def command(self, *more):
        return [*FORMAL, "--catalogue", self.folder / "proofs.toml", "--rtl", self.folder / "rtl", "--out", self.folder / "out", *more]

    def call(self, *more, env=None):
        r = subprocess.run(self.command(*more), capture_output=True, text=True, timeout=900, env={**os.environ, **(env or {})})
        self.assertNotIn("Traceback", r.stderr)
        return r

    def results(self):
        return {r["name"]: r for r in json.loads((self.folder / "out/formal.json").read_text())["proofs"]}

    def refused(self, r, text):
        """Exit code 2 and one line that says what is wrong."""
        self.assertEqual((r.returncode, len(r.stderr.strip().splitlines())), (2, 1), r.stderr + r.stdout)
        self.assertIn(text, r.stderr)
