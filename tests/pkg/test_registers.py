#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every register of the chip is compared at every clock, or golden/chip/unprobed.txt says why not; probes are as wide as
what they name. Verilator elaborates the chip, so that nothing here knows a module's text."""
import fnmatch
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import registers  # noqa: E402
from registers import ROOT, Chip, compared, elaborate, plain, probes  # noqa: E402

UNPROBED = ROOT / "golden/chip/unprobed.txt"


def unprobed():
    """(module, patterns, reason) of every line."""
    found = []
    for number, line in enumerate(UNPROBED.read_text(encoding="utf-8").splitlines(), 1):
        if line.split("#")[0].strip():
            m = re.fullmatch(r"(\w+): ([\w* ]+) \| (.+)", line)
            assert m, f"{UNPROBED.name}:{number}: cannot read"
            found.append((m[1], m[2].split(), m[3]))
    return found


def hidden(chip):
    """Registers that no probe shows: (module, signal) -> instances, lanes counted once."""
    shown = {chip.root((path, f.name)) for _, _, f, path in compared()}
    found = {}
    for path, module, name in chip.registers():
        if chip.root((path, name)) not in shown:
            found.setdefault((module, name), set()).add(plain(path) or "htx_chip")
    return found


def unexplained(chip):
    listed = [(module, p) for module, patterns, _ in unprobed() for p in patterns]
    return {f"{module} {name} ({', '.join(sorted(at))})" for (module, name), at in hidden(chip).items()
            if not any(module == m and fnmatch.fnmatchcase(name, p) for m, p in listed)}


class Registers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chip = Chip(elaborate())

    def test_compared_or_explained(self):
        self.assertGreater(len(self.chip.registers()), 1000)
        self.assertEqual(unexplained(self.chip), set(), "neither in a probe nor in golden/chip/unprobed.txt")

    def test_the_list_is_not_stale(self):
        found = hidden(self.chip)
        for module, patterns, _ in unprobed():
            for p in patterns:
                self.assertTrue(any(module == m and fnmatch.fnmatchcase(n, p) for m, n in found), f"{module} {p}: no such register, or it is compared")

    def test_reasons(self):
        signals = {f"{probe}.{f.name}" for probe, _, f, _ in compared()}
        for module, patterns, reason in unprobed():
            self.assertGreaterEqual(len(reason.split()), 4, f"{module} {patterns}: needs a reason")
            self.assertLessEqual(set(re.findall(r"`([^`]+)`", reason)), signals, f"{module} {patterns}: named as compared")

    def test_probes_are_as_wide_as_what_they_name(self):
        for probe, block, f, path in compared():
            module = self.chip.at.get(path)
            self.assertIsNotNone(module, f"{probe}: no instance {path}")
            self.assertEqual(module.name, block, f"{probe}: {path}")
            self.assertIn(f.name, module.width, f"{probe}: {block} has no such signal")
            width = module.width[f.name]
            if f.depth:
                continue
            self.assertEqual(f.width * (registers.LANES if f.lane else 1), width, f"{probe}.{f.name}: {block} declares {width} bits")

    def test_every_output_of_a_block_is_compared(self):
        shown = {self.chip.root((path, f.name)) for _, _, f, path in compared()}
        for path in {path for _, _, _, path in compared()}:
            module = self.chip.at[path]
            if module.name in ("htx_chip", "htx_host", "htx_seq", "htx_vector", "htx_stream", "htx_channel", "htx_dot", "htx_accum", "htx_attn",
                               "htx_tree", "htx_collect", "htx_argmax"):
                for name in sorted(module.outputs):
                    self.assertTrue(self.chip.root((path, name)) in shown, f"{module.name}.{name}")

    def test_a_new_register_is_found(self):
        """In a queue, in a block and in the wiring: the list knows none of them."""
        with tempfile.TemporaryDirectory() as d:
            rtl = pathlib.Path(d) / "rtl"
            shutil.copytree(ROOT / "rtl", rtl)
            for file, module in (("lane/htx_attn.sv", "htx_attn"), ("lane/htx_lane.sv", "htx_lane"), ("common/htx_fifo.sv", "htx_fifo")):
                path = rtl / file
                text = path.read_text(encoding="utf-8")
                path.write_text(text.replace("endmodule", "  logic fresh_q;\n  always_ff @(posedge clk_i) fresh_q <= !rst_ni;\nendmodule"))
            found = {line.split(" (")[0] for line in unexplained(Chip(elaborate(rtl)))}
            self.assertEqual(found, {"htx_attn fresh_q", "htx_lane fresh_q", "htx_fifo fresh_q"})


class Lists(unittest.TestCase):
    """What a line of a probe list may say (scripts/gen/probes.py)."""

    TYPES = {"pair_t": [probes.Part("high", 32, 4, "plain"), probes.Part("low", 0, 32, "plain")]}

    def read(self, text):
        return probes.read_field(text.split(), self.TYPES)

    def test_lines(self):
        self.assertEqual(self.read("a_o 3")[:5], ("a_o", 3, 0, "plain", False))
        self.assertEqual(self.read("a_o 32 4 fp32")[:5], ("a_o", 32, 4, "fp32", False))
        self.assertEqual(self.read("a_o 18 signed").show, "signed")
        self.assertTrue(self.read("a_o 28 lane").lane)
        f = self.read("a_o pair_t low=fp32")
        self.assertEqual((f.width, [p.show for p in f.parts]), (36, ["plain", "fp32"]))

    def test_refused(self):
        for text in ("a_o x", "a_o 3 unsigned", "a_o 3 4 5", "a_o pair_t none=fp32", "a_o pair_t low=float", "a_o pair_t 4", "a_o 3 4 lane",
                     "a_o pair_t fp32", "a_o 3 fp32 signed"):
            with self.assertRaises((ValueError, KeyError), msg=text):
                self.read(text)

    def test_structs_follow_the_package(self):
        types = probes.structs()
        self.assertEqual([p.name for p in types["res_word_t"]], ["argmax", "nostore", "addr", "data"])
        self.assertEqual(types["res_word_t"][-1][1:3], (0, 256))
        self.assertEqual(types["mem_req_t"][0].lsb, sum(p.width for p in types["mem_req_t"][1:]))


if __name__ == "__main__":
    unittest.main()
