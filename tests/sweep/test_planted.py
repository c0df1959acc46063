# SPDX-License-Identifier: Apache-2.0
"""Bugs planted in the arithmetic of a copy of rtl/: the sweep that CI runs finds each of them, and names a vector."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HTX_BUILD", SOURCE / "build"))
PARTS = BUILD / "tests/sweep/CMakeFiles/numerics_sweep.dir"

# (file of rtl/, what stands there, what stands there then, the sweep that must find it)
BUGS = (
    ("fp/htx_fmul.sv", "(m[21:0] != 22'd0) || below ||", "(m[21:0] != 22'd0) ||", "fmul"),                 # bits lost below the smallest normal
    ("fp/htx_fmul.sv", "up     = guard && (sticky || mant[0])", "up     = guard", "fmul"),                  # ties away from even
    ("fp/htx_fmul.sv", "a[30:24], a[23] | a_sub", "a[30:24], a[23]", "fmul"),                               # subnormals one exponent low
    ("fp/htx_fmul.sv", "y[32:23] >= 10'd255", "y[32:23] > 10'd255", "fmul"),                                # overflow by rounding is a NaN
    ("fp/htx_fadd.sv", "shr[0] | (lost != 27'd0)", "shr[0]", "fadd"),                                       # no sticky bit
    ("fp/htx_fadd.sv", "(away > 8'd27) ? 5'd27", "(away > 8'd25) ? 5'd25", "fadd"),                         # far addends come too near
    ("fp/htx_fadd.sv", "sign && !(sub && zero)", "sign", "fadd"),                                           # x - x is -0
    ("fp/htx_i2f.sv", "norm[W-26:0] != '0", "norm[W-26:2] != '0", "i2f64"),                                 # the last sticky bit unseen: the very last is never set
    ("fp/htx_f2h.sv", "a[30:0] >= 31'h477ff000", "a[30:0] >= 31'h48000000", "f2h"),                         # infinity begins a binade late
    ("fp/htx_f2i8.sv", "a[30:0] >= 31'h42fe0000", "a[30:0] > 31'h43000000", "f2i8"),                        # 127.5 becomes 128
    ("fp/htx_f2score.sv", "half == 25'h0ffffff", "half == 25'h1ffffff", "f2score"),                         # rounds past the top, and at -1/512
    ("fp/htx_func.sv", "a[30:0] > 31'h42fc0000", "a[30:0] >= 31'h42fc0000", "exp2"),                        # 2^-126 is flushed
    ("fp/htx_func.sv", "field[8] || field[7:0] == 8'd0", "field[7:0] == 8'd0", "rcp"),                      # what is flushed wraps around
    ("fp/htx_tables_pkg.sv", "9'h133: func_coef = {30'h17d20586", "9'h133: func_coef = {30'h17d205a6", "rsqrt"),  # one digit of the tables
    ("lane/htx_dot4.sv", "16'($signed(b_q[23:16]))", "16'(b_q[23:16])", "dot.pairs"),                       # one operand unsigned
    ("lane/htx_attn_share.sv", "p_q[25:8] > 18'd8", "p_q[25:8] > 18'd6", "share"),                          # shares end early: at 8 they are 0 anyway
    ("lane/htx_attn_share.sv", "l_q[25:8] > 18'd60", "l_q[25:8] > 18'd16", "share"),                        # small terms lost
    ("vector/htx_vector_quant.sv", "amax[22:16] == 7'h7f", "amax[22:16] == 7'h7e", "quant.value"),          # 127.5 steps kept
    ("vector/htx_vector_quant.sv", "amax > htx_fp_pkg::QUANT_MAX[30:0]", "amax >= htx_fp_pkg::QUANT_MAX[30:0]", "quant.act"),
    ("vector/htx_vector_quant.sv", "is_key && half == 16'h7c00", "1'b0", "quant.key"),                      # a key's scale is infinite
    ("vector/htx_vector_amax.sv", "larger(m2_q[30:0], m2_q[61:31])", "m2_q[30:0]", "quant.query"),          # half of a word unseen
)
TOPS = {"fp": ("fp_units_top", "tests/fp", "fp/htx_fp_pkg fp/htx_tables_pkg fp/htx_fmul fp/htx_fadd fp/htx_i2f fp/htx_f2h fp/htx_f2i8 fp/htx_f2score fp/htx_func"),
        "arith": ("arith_top", "tests/sweep", "common/htx_pkg common/htx_fifo common/htx_ram fp/htx_fp_pkg fp/htx_tables_pkg fp/htx_fmul fp/htx_fadd fp/htx_func fp/htx_f2h "
                  "fp/htx_f2i8 lane/htx_dot4 lane/htx_dot_mul lane/htx_attn_share vector/htx_vector_amax vector/htx_vector_quant vector/htx_vector_lanes vector/htx_vector_pack")}


def build(folder: Path, which: str) -> Path:
    """The sweep with one of its two Verilated models made from folder/rtl; its own objects are the build's, as ports do not change."""
    top, home, files = TOPS[which]
    subprocess.run(["verilator", "--cc", "--build", "--no-timing", "--assert", "--x-assign", "fast", "--x-initial", "unique", "-Wno-fatal", "-Wno-lint", "-CFLAGS", "-O1 -w",
                    "-MAKEFLAGS", "OPT_FAST=-O1", "--prefix", f"V{top}", "--top-module", top, "-Mdir", str(folder / "obj"), *(str(folder / "rtl" / f"{f}.sv") for f in files.split()),
                    str(SOURCE / home / f"{top}.sv")], check=True, capture_output=True)
    other = next(BUILD.glob("tests/*/libhtx_verilated_" + ("arith" if which == "fp" else "fp") + ".a"))
    program = folder / "sweep"
    compiler = "clang++-19" if shutil.which("clang++-19") else "g++"
    subprocess.run([compiler, *map(str, sorted(PARTS.glob("*.o"))), str(folder / "obj" / f"V{top}__ALL.a"), str(other), str(BUILD / "golden/numerics/libhtx_numerics.a"), "-lfmt", "-lpthread",
                    "-o", str(program)], check=True)
    return program


class Planted(unittest.TestCase):
    def test_each_is_found(self):
        for number, (file, right, wrong, sweep) in enumerate(BUGS):
            with tempfile.TemporaryDirectory() as name, self.subTest(file=file, wrong=wrong):
                folder = Path(name)
                shutil.copytree(SOURCE / "rtl", folder / "rtl")
                path = folder / "rtl" / file
                text = path.read_text()
                self.assertEqual(text.count(right), 1, f"{file} no longer holds '{right}' once: say here how to break it now")
                path.write_text(text.replace(right, wrong))
                program = build(folder, "fp" if file.startswith("fp/") else "arith")
                done = subprocess.run([str(program), "--only", sweep, "--seed", str(number)], capture_output=True, text=True)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertRegex(done.stdout, r"(?m)^again: numerics_sweep --only \S+ --seed \d+ --vectors \d+ --block 0$")
                print(f"{file}, {wrong!r}: {done.stdout.splitlines()[0]}", flush=True)

    def test_nothing_planted_nothing_found(self):
        for which in TOPS:
            with tempfile.TemporaryDirectory() as name, self.subTest(which=which):
                folder = Path(name)
                shutil.copytree(SOURCE / "rtl", folder / "rtl")
                done = subprocess.run([str(build(folder, which)), "--vectors", "1000000"], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
