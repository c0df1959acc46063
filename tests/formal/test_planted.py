# SPDX-License-Identifier: Apache-2.0
"""Plants a bug in the RTL, one at a time: its proof has to fail, and leave waves that can be read and a C++ test that fails with the
same assertion in the clock that the proof said, and passes on the RTL as it is."""
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
FST_LIST = pathlib.Path(os.environ.get("HTX_BUILD", ROOT / "build")) / "fst_list"  # reads an FST without Verilator


class Planted(unittest.TestCase):
    def bug(self, proof, file, right, wrong, rules):
        """`right` in `file` becomes `wrong`; one of `rules` must fail, in the proof and when it is replayed."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="formal-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        shutil.copytree(ROOT / "rtl", folder / "rtl")
        path = folder / "rtl" / file
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count(right), 1, f"{file} no longer has: {right}")
        path.write_text(text.replace(right, wrong), encoding="utf-8")
        r = self.call(proof, "--rtl", folder / "rtl", "--out", folder / "out")
        self.assertEqual(r.returncode, 1, r.stdout + r.stderr)
        found, = json.loads((folder / "out/formal.json").read_text())["proofs"]
        self.assertEqual(found["verdict"], "FAILED")
        replay = found["replay"]
        self.assertTrue(replay["ok"], replay)
        self.assertTrue({f["rule"] for f in found["failing"]} & set(rules), found)
        self.assertIn(replay["text"].split(":")[0], rules)
        self.readable(pathlib.Path(replay["fst"]), replay["step"])
        self.assertIn(f"fails in clock {replay['step']}: {replay['text']}", r.stdout)
        again = self.call("--replay", folder / "out" / proof, "--rtl", folder / "rtl")
        self.assertEqual((again.returncode, again.stdout.strip()), (1, f"{proof}: fails in clock {replay['step']}: {replay['text']}"))
        again = self.call("--replay", folder / "out" / proof)
        self.assertEqual((again.returncode, again.stdout.strip()), (0, f"{proof}: no assertion fails"), again.stderr)

    def call(self, *more):
        return subprocess.run([*FORMAL, *more], capture_output=True, text=True, timeout=3000)

    def readable(self, fst, step):
        """It goes from clock 0 to the failing one, ten units a clock, and has property module and RTL in it."""
        self.assertTrue(FST_LIST.exists(), f"{FST_LIST} is not built: cmake --build {FST_LIST.parent} --target fst_list")
        r = subprocess.run([FST_LIST, fst], capture_output=True, text=True, timeout=60)
        self.assertEqual(r.returncode, 0, r.stderr)
        span, *names = r.stdout.splitlines()
        self.assertEqual(span, f"0 {10 * step + 5}")
        self.assertTrue(any(n.endswith("_props.rst_ni") for n in names) and any(".dut." in n for n in names), names[:10])


class Quick(Planted):
    def test_fifo(self):
        self.bug("fifo.WIDTH2.DEPTH3", "common/htx_fifo.sv", "(wptr_q == AW'(DEPTH - 1)) ? '0", "(wptr_q == AW'(DEPTH)) ? '0", ["r3"])


class Blocks(Planted):
    def test_handshake(self):
        self.bug("host_csr", "control/htx_host_csr.sv", "if (bvalid_o && bready_i)", "if (bvalid_o)", ["r1"])

    def test_message(self):
        self.bug("attn.HEAD_BLOCKS1.SCORE_TOKENS64", "lane/htx_attn.sv", "(!out_v_q || red_ready_i) && (drain_q", "(drain_q", ["r6"])

    def test_arbiter(self):
        self.bug("collect.LANES2", "vector/htx_collect.sv", "if (!hold_q) slot_q <=", "if (!hold_q && !(take && slot_q == '0)) slot_q <=", ["r7"])

    def test_tree(self):
        self.bug("tree.LANES1", "lane/htx_tree.sv", "3'(take_sum && begins)", "3'(take_sum && last)", ["r4"])

    def test_stream_credit(self):
        self.bug("stream_req.STREAM_BEATS8", "lane/htx_stream_req.sv", "credit_q[9:1] != '0", "credit_q != '0", ["r2", "r3"])

    def test_sequencer_waits(self):
        self.bug("seq.LANES1.PROG_WORDS4.TOKEN_WORDS4", "control/htx_seq.sv", "FLAG_WAIT] || lanes_idle_q)", "FLAG_WAIT] || vec_idle_q)", ["r3"])

    def test_dot(self):
        self.bug("dot", "lane/htx_dot.sv", "(reserve ? 5'd4 : 5'd0)", "(reserve ? 5'd3 : 5'd0)", ["r3"])

    def test_accum(self):
        self.bug("accum", "lane/htx_accum.sv", ".N(htx_fp_pkg::FADD_LATENCY)) u_side2", ".N(htx_fp_pkg::FADD_LATENCY + 1)) u_side2", ["r1", "r13"])


if __name__ == "__main__":
    unittest.main()
