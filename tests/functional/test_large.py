# SPDX-License-Identifier: Apache-2.0
"""The generator of random models, decoding with several threads, and scripts/bench --large, with tools of this test's own in place of slow ones."""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HTX_BUILD", ROOT / "build"))
SMALL = ["--dim", "128", "--layers", "2", "--heads", "4", "--kv-heads", "2", "--ffn", "192", "--vocab", "300", "--context", "64"]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True
from verif.bench import large, measure, random_model  # noqa: E402


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True)


class Large(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = Path(folder.name)
        self.model = self.dir / "random.gguf"

    def make(self, *more):
        r = run(ROOT / "scripts/random_model", self.model, *SMALL, *more)
        self.assertEqual(r.returncode, 0, r.stderr)
        return hashlib.sha256(self.model.read_bytes()).hexdigest()

    def decode(self, *more):
        return run(BUILD / "htx", "run", self.model, "--prompt", "", "--tokens", "40", "--ignore-eos", "--json", *more)

    def test_same_options_same_bytes(self):
        first = self.make()
        self.assertEqual(self.make(), first)
        self.assertNotEqual(self.make("--seed", "2"), first)
        self.assertEqual(first, "6537a5c6694c18c82c559d82201aa4d117e46bf6ea1c75032b9d24573dee0441", "another Python or an edit makes other models: figures of before are not comparable")

    def test_threads_change_no_bit(self):
        self.make()
        hashes = {t: json.loads(self.decode("--threads", t).stdout)["logits_hash"] for t in ("1", "2", "3", "8")}
        self.assertEqual(len(set(hashes.values())), 1, hashes)

    def test_it_is_what_the_tool_reads(self):
        self.make()
        r = run(BUILD / "htx", "info", self.model)
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertIn("Q4_0", r.stdout + r.stderr)

    def test_wrong_arguments_are_one_line(self):
        self.make()
        for r, words in ((self.decode("--threads", "0"), "--threads"), (self.decode("--threads", "2", "--engine", "cycle"), "--threads goes with --engine golden"),
                         (run(ROOT / "scripts/random_model", self.model, "--dim", "33"), "multiples of 32"),
                         (run(ROOT / "scripts/random_model", self.model, "--vocab", "10"), "260"),
                         (run(ROOT / "scripts/random_model", self.dir / "no/x.gguf"), "No such file"),
                         (run(ROOT / "scripts/random_model", "/dev/full", *SMALL), "No space left"),
                         (run(BUILD / "verif/bench/memory_bandwidth", "0"), "usage"),
                         (run(ROOT / "scripts/bench", "--under", "nice"), "go with --large")):
            self.assertEqual(r.returncode, 2, r.stderr)
            self.assertEqual(len(r.stderr.strip().splitlines()), 1, r.stderr)
            self.assertIn(words, r.stderr)

    def test_bytes_a_token_are_the_files(self):
        _, a = random_model.options([str(self.model), *SMALL])
        random_model.write(self.model, a)
        whole = sum(shape[0] * (shape + (1,))[1] // random_model.TYPES[k][1] * random_model.TYPES[k][2] for _, k, shape in random_model.tensors(a))
        self.assertEqual(random_model.bytes_a_token(a), whole - 299 * 128 // 32 * 34)
        self.assertLess(abs(self.model.stat().st_size - whole), 16384)

    def tool(self, name, text):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def figures(self, hashes=("a", "a"), llama="'[{\"avg_ts\": 40.0, \"build_commit\": \"c\", \"build_number\": 7}]'"):
        self.tool("verif/bench/memory_bandwidth", "echo ${1}0000000000\n")
        self.tool("htx", f'for a; do [ "$last" = --threads ] && t=$a; last=$a; done\n[ $t = 1 ] && h={hashes[0]} || h={hashes[1]}\n'
                         'echo "{\\"positions\\": 100, \\"wall_seconds\\": 2.0, \\"logits_hash\\": \\"$h\\"}"\n')
        original, random_model.options = random_model.options, lambda arguments: original([*arguments, *SMALL])
        self.addCleanup(setattr, random_model, "options", original)
        return {name: value for name, value, _, _ in large.rows(self.dir, 3, "", str(self.tool("bench", f"echo {llama}\n")))}

    def test_figures_divide_what_they_say(self):
        f = self.figures()
        name = next(iter(f)).split(":")[0].replace("1 thread", "{} thread")
        need = random_model.bytes_a_token(random_model.options([str(self.model)])[1])
        self.assertEqual(f[name.format(1) + ": tokens a second"], 50)
        self.assertEqual(f[name.format(2) + ": memory gives"], 20)
        self.assertAlmostEqual(f[name.format(2) + ": of what memory gives"], 100 * 50 * need / 20e9)
        self.assertEqual(f[name.format(1) + ": over llama.cpp"], 1.25)

    def test_threads_that_change_a_bit_are_no_figure(self):
        with self.assertRaisesRegex(measure.Failed, "logits of 3 runs .* differ"):
            self.figures(hashes=("a", "b"))

    def test_no_figures_of_llama(self):
        with self.assertRaisesRegex(measure.Failed, "no figures of a benchmark"):
            self.figures(llama="nothing")


if __name__ == "__main__":
    unittest.main()
