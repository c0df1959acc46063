# SPDX-License-Identifier: Apache-2.0
"""Where faults can strike, read from the RTL, and how their outcomes are counted."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from verif.faults import campaign, points  # noqa: E402
from verif.mutation.tokens import SourceError  # noqa: E402

CHILD = "module htx_b #(parameter int unsigned LANES = 2) (input logic clk_i, input logic x_valid_i, output logic x_ready_o, input logic [LANES:0] src_ready_i);\nendmodule\n"
PARENT = """module htx_a (input logic clk_i);
  logic x_valid, x_ready, other;
  logic [2:0] src_ready;
  htx_b u_one (.clk_i, .x_valid_i(x_valid), .x_ready_o(x_ready), .src_ready_i(src_ready));
  htx_c u_two (.clk_i, .x_valid_o(x_valid), .x_ready_i(x_ready), .data_i(other));
endmodule
"""
OTHER = "module htx_c (input logic clk_i, output logic x_valid_o, input logic x_ready_i, input logic data_i);\nendmodule\n"


class Points(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.rtl, self.out = pathlib.Path(folder.name) / "in", pathlib.Path(folder.name) / "out"
        self.rtl.mkdir(), self.out.mkdir()
        for name, text in (("htx_a", PARENT), ("htx_b", CHILD), ("htx_c", OTHER)):
            (self.rtl / f"{name}.sv").write_text(text, encoding="utf-8")

    def test_every_control_input_has_its_bits(self):
        points.write(self.rtl, self.out, 2)
        self.assertEqual((self.out / "points.txt").read_text().splitlines(), [
            "0 1 htx_a u_one x_valid_i htx_a.x x_valid", "1 3 htx_a u_one src_ready_i - src_ready", "4 1 htx_a u_two x_ready_i htx_a.x x_ready"])

    def test_both_sides_of_a_handshake_make_it_stallable(self):
        self.assertEqual(points.stallable(points.points(self.rtl, 2)), {"htx_a.x"})

    def test_the_copy_alone_is_changed(self):
        points.write(self.rtl, self.out, 2)
        self.assertEqual((self.rtl / "htx_a.sv").read_text(), PARENT)
        self.assertIn(".src_ready_i(((src_ready) ^ htx_fault_pkg::turn[1+:3]) & ~htx_fault_pkg::low[1+:3])", (self.out / "rtl/htx_a.sv").read_text())
        self.assertIn("logic [4:0] turn = '0, low = '0;", (self.out / "rtl/htx_fault_pkg.sv").read_text())

    def test_a_width_that_is_not_understood_is_an_error(self):
        (self.rtl / "htx_b.sv").write_text(CHILD.replace("[LANES:0]", "[WHAT:0]"), encoding="utf-8")
        with self.assertRaisesRegex(SourceError, "WHAT.* has no value"):
            points.points(self.rtl, 2)

    def test_rtl_without_handshakes_is_an_error(self):
        for f in ("htx_a.sv", "htx_c.sv"):
            (self.rtl / f).unlink()
        with self.assertRaisesRegex(SourceError, "no handshake"):
            points.points(self.rtl, 2)

    def test_the_real_rtl_has_points_in_every_folder_with_instances(self):
        found = points.points(ROOT / "rtl", 8)
        self.assertEqual({p.file.parts[0] for p in found}, {"chip", "control", "lane", "mem", "vector"})
        self.assertLessEqual({"awvalid_i", "wvalid_i", "bready_i", "arvalid_i", "rready_i"}, {p.site.target for p in found}, "the host's two buses")


class Counting(unittest.TestCase):
    def test_a_fault_without_a_result_is_an_error(self):
        with self.assertRaisesRegex(campaign.FaultsError, "without a result"):
            campaign.tally([{"class": "x", "where": "y", "outcome": "none"}])

    def test_injected_is_the_sum_of_the_outcomes(self):
        text = campaign.table([{"class": "x", "where": "", "outcome": o} for o in ("chip", "silent", "chip")])
        self.assertIn("| all   | 3        |", text)


class Command(unittest.TestCase):
    def test_wrong_arguments_are_refused(self):
        for wrong in (["--lanes", "9"], ["--count", "0"], ["--only", "nothing"]):
            with self.subTest(wrong=wrong):
                run = subprocess.run([ROOT / "scripts/faults", *wrong], capture_output=True, text=True)
                self.assertEqual(run.returncode, 2)


if __name__ == "__main__":
    unittest.main()
