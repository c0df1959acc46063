# SPDX-License-Identifier: Apache-2.0
"""scripts/bench --paths on a copy of the RTL with a path through a block and a register more: both are said, each with its name."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLANTS = {"mem/htx_channel.sv": ("assign req_ready_o = ready_q;", "assign req_ready_o = ready_q && !(req_valid_i && req_i.write && out_q);"),
          "lane/htx_finish.sv": ("done_o <= done_o + 8'd1;", "done_o <= done_o + 8'd1 + {7'd0, ^red_q};")}


class Planted(unittest.TestCase):
    def test_a_path_and_a_grown_module(self):
        with tempfile.TemporaryDirectory() as d:
            rtl = pathlib.Path(d) / "rtl"
            shutil.copytree(ROOT / "rtl", rtl)
            for name, (old, new) in PLANTS.items():
                text = (rtl / name).read_text(encoding="utf-8")
                self.assertEqual(text.count(old), 1, name)
                (rtl / name).write_text(text.replace(old, new), encoding="utf-8")
            r = subprocess.run([sys.executable, "-B", ROOT / "scripts/bench", "--paths", "--rtl", rtl], capture_output=True, text=True)
        self.assertEqual(r.returncode, 1, r.stdout + r.stderr)
        self.assertRegex(r.stdout, r"(?m)^THROUGH A BLOCK htx_channel: req_valid_i to req_ready_o; from g_lane\[\d\]\.u_lane\.u_stream\.\S+ to g_lane\[\d\]\.u_lane\.\S+$")
        self.assertRegex(r.stdout, r"(?m)^THROUGH A BLOCK htx_channel: req_i to req_ready_o; from ")
        self.assertEqual(r.stdout.count("THROUGH"), 2, r.stdout)
        if "NOT COMPARED" not in r.stdout:
            self.assertRegex(r.stdout, r"(?m)^OTHER NETLIST of htx_finish than docs/area.md was made of")
            self.assertEqual(r.stdout.count("OTHER NETLIST"), 2, r.stdout)


if __name__ == "__main__":
    unittest.main()
