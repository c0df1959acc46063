#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sizes, encodings, registers and fields stand once: a change in htx_pkg.sv reaches the header and the documents, what
the generator cannot read is an error, and the committed documents are what the package says."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "rtl/common/htx_pkg.sv"
TEXT = PACKAGE.read_text(encoding="utf-8")


def header(text):
    """Generated header of a package with this text, or the generator's message when it refuses."""
    with tempfile.TemporaryDirectory() as d:
        source, target = pathlib.Path(d) / "rtl/common/htx_pkg.sv", pathlib.Path(d) / "pkg.hpp"
        source.parent.mkdir(parents=True)
        source.write_text(text, encoding="utf-8")
        r = subprocess.run([sys.executable, ROOT / "scripts/gen/sv_to_hpp.py", source, "htx::pkg", target],
                           capture_output=True, text=True)
        if r.returncode:
            return None, r.stderr
        return target.read_text(encoding="utf-8"), ""


def change(old, new):
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


class SingleSource(unittest.TestCase):
    def setUp(self):
        self.before, _ = header(TEXT)

    def follows(self, old, new, gone, there):
        after, error = header(change(old, new))
        self.assertIsNotNone(after, error)
        self.assertTrue(gone in self.before and gone not in after, gone)
        self.assertTrue(there in after, there)

    def test_size(self):
        self.follows("SCORE_TOKENS = 16384", "SCORE_TOKENS = 2048", "SCORE_TOKENS = 16384;", "SCORE_TOKENS = 2048;")

    def test_opcode(self):
        self.follows("OP_PV     = 8'h15", "OP_PV     = 8'h1f", "OP_PV = 21,", "OP_PV = 31,")

    def test_register(self):
        self.follows("REG_LAST = 32'h3c", "REG_LAST = 32'h40", "REG_LAST = 60;", "REG_LAST = 64;")

    def test_field_width_moves_the_fields_above(self):
        after, _ = header(change("logic [9:0]  kt;       // tiles a row", "logic [11:0]  kt;       // tiles a row"))
        for was, becomes in (("WIDTH = 128;\n  std::uint8_t op{};  // 3 bits: lane", "WIDTH = 130;\n  std::uint8_t op{};  // 3 bits: lane"), ("put_bits(v, 66, 10, kt)", "put_bits(v, 66, 12, kt)"),
                             ("put_bits(v, 76, 11, out)", "put_bits(v, 78, 11, out)")):
            self.assertTrue(was in self.before and was not in after, was)
            self.assertTrue(becomes in after, becomes)

    def test_field_name(self):
        self.follows("logic [13:0] spare;  // zero\n    logic [5:0]  first;", "logic [13:0] spare;  // zero\n    logic [5:0]  head;",
                     "std::uint8_t first{}", "std::uint8_t head{}")

    def test_units_latency_and_bits_of_a_constant(self):
        text = (ROOT / "rtl/fp/htx_fp_pkg.sv").read_text(encoding="utf-8")
        before, error = header(text)
        self.assertIn("FADD_LATENCY = 5;", before or "", error)
        self.assertIn(f"QUANT_MIN = {0x0d800000};", before)
        self.assertNotIn("clz32", before)
        after, _ = header(text.replace("FADD_LATENCY    = 5", "FADD_LATENCY    = 6").replace("32'h0d800000", "32'h0d000000"))
        self.assertIn("FADD_LATENCY = 6;", after)
        self.assertIn(f"QUANT_MIN = {0x0d000000};", after)

    def test_widths_by_name(self):
        self.follows("VMEM_BLOCKS = 2048", "VMEM_BLOCKS = 1024", "VMEM_AW = 13;", "VMEM_AW = 12;")
        self.follows("logic [15:0]  addr;    // word of VW", "logic [17:0]  addr;    // word of VW", "RES_WORD_W = 274;", "RES_WORD_W = 276;")
        self.follows("ADDR_W = 28;", "ADDR_W = 29;", "WIDTH = 285;", "WIDTH = 286;")

    def test_header_does_not_depend_on_where_it_is_made(self):
        self.assertTrue(header(TEXT)[0] == self.before)

    def test_what_cannot_be_read_is_an_error(self):
        for line in ("parameter int FOO = 3;", "localparam logic [63:0] FOO = 64'h100000000;", "typedef logic [3:0] foo_t;",
                     "typedef enum logic [1:0] {\n    A,\n    B\n  } foo_e;",
                     "typedef struct packed {\n    logic signed [3:0] a;\n  } foo_t;",
                     "typedef struct packed {\n    other_t a;\n  } foo_t;", "import other_pkg::*;",
                     "function int f(int x);\n    f = x;\n  endfunction",
                     "localparam int unsigned FOO = UNKNOWN + 1;", "localparam int unsigned FOO = $countones(8);", "localparam other_t FOO = '0;",
                     "localparam int unsigned FOO = $bits(UNKNOWN);", "localparam seg_t FOO = '1;"):
            after, error = header(TEXT.replace("endpackage", f"  {line}\nendpackage"))
            self.assertIsNone(after, line)
            self.assertTrue(error.strip(), line)

    def test_documents_are_up_to_date(self):
        r = subprocess.run([sys.executable, ROOT / "scripts/gen/reference.py", "--check"], capture_output=True, text=True)
        self.assertEqual(r.returncode, 0, r.stderr)

    def test_documents_follow(self):
        with tempfile.TemporaryDirectory() as d:
            docs = pathlib.Path(d)
            shutil.copy(ROOT / "docs/isa.md", docs)
            shutil.copy(ROOT / "docs/registers.md", docs)
            source = docs / "htx_pkg.sv"
            run = lambda *a: subprocess.run([sys.executable, ROOT / "scripts/gen/reference.py", *a, source, docs], capture_output=True)
            source.write_text(TEXT, encoding="utf-8")
            self.assertEqual(run("--check").returncode, 0)
            source.write_text(change("REG_LAST = 32'h3c;        // R  last", "REG_LAST = 32'h44;        // R  final")
                              .replace("OP_VRCP   = 8'h23", "OP_VRCP   = 8'h2f"), encoding="utf-8")
            self.assertEqual(run("--check").returncode, 1)
            self.assertEqual(run().returncode, 0)
            self.assertIn("| `0x44` | `LAST` | R | final token decoded |", (docs / "registers.md").read_text(encoding="utf-8"))
            self.assertIn("| `2f` | `VRCP` |", (docs / "isa.md").read_text(encoding="utf-8"))
            self.assertEqual(run("--check").returncode, 0)


if __name__ == "__main__":
    unittest.main()
