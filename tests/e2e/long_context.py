#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Decodes that begin far into a context: random keys and values are imported, and every engine goes on from them.

usage: long_context.py CASE --build DIR

The contexts stand on the edges: of a page, of a turn round the lanes, of powers of two, of a lane's score memory, of the token memory.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True
from verif.bench.random_kv import long_kv  # noqa: E402
from verif.mutation import tiny_gguf  # noqa: E402

MOST = 131072  # positions of the token memory (htx_pkg::TOKEN_WORDS)
LANE = 16384   # tokens of a lane's score memory (htx_pkg::SCORE_TOKENS)
SHAPE = {"dim": 64, "layers": 1, "heads": 2, "kv_heads": 1, "head_size": 32, "ffn": 64, "query": 4.0}


class Cases:
    def __init__(self, build):
        self.htx = build / "htx"

    def call(self, *args, code=0):
        r = subprocess.run([str(a) for a in (self.htx, *args)], capture_output=True, text=True, timeout=1500)
        assert r.returncode == code, f"{args}: exit code {r.returncode}\n{r.stdout[-2000:]}\n{r.stderr[-2000:]}"
        return r

    def prepare(self, folder, context):
        model, short = folder / "model.gguf", folder / "short.kv"
        model.write_bytes(tiny_gguf.build(**SHAPE, context=context))
        self.call("run", model, "--prompt", "a", "--tokens", "1", "--ignore-eos", "--save-kv", short)
        return model, short.read_bytes()

    def go_on(self, model, kv, engine, tokens, **options):
        args = ["run", model, "--load-kv", kv, "--engine", engine, "--tokens", tokens, "--ignore-eos", "--json"]
        for name, value in options.items():
            args += [f"--{name}", value]
        j = json.loads(self.call(*args).stdout)
        assert j["ok"] and len(j["tokens"]) == tokens, j
        return j

    def agree(self, folder, model, short, positions, tokens, others):
        kv = folder / f"{positions}.kv"
        kv.write_bytes(long_kv(short, positions, positions))
        want = self.go_on(model, kv, "golden", tokens, lanes=8)
        for engine, options in others:
            got = self.go_on(model, kv, engine, tokens, **options)
            assert (got["tokens"], got["logits_hash"]) == (want["tokens"], want["logits_hash"]), f"{positions} positions, {engine} {options}: {got}, golden: {want}"
        kv.unlink()

    def near(self):
        """To 8,192 tokens on the RTL, every clock compared: first and last token of a page, of a turn round the lanes, powers of two."""
        with tempfile.TemporaryDirectory() as d:
            folder = pathlib.Path(d)
            model, short = self.prepare(folder, 8192)
            eight = ("lockstep", {"lanes": 8, "load": "direct"})
            four = ("lockstep", {"lanes": 2, "columns": 4, "load": "direct"})
            one = ("lockstep", {"lanes": 1, "load": "direct"})
            for positions, others in ((1, [one, eight]), (31, [one, eight]), (32, [eight, four]), (63, [one, four]), (255, [eight, four]), (256, [eight]),
                                      (1023, [one, four]), (2047, [eight]), (4095, [one, eight, four]), (8190, [one, eight, four])):
                self.agree(folder, model, short, positions, 2, others)

    def far(self):
        """To the last of 131,072 tokens on the cycle golden and dealt over six chips; one lane to the end of its score memory."""
        with tempfile.TemporaryDirectory() as d:
            folder = pathlib.Path(d)
            model, short = self.prepare(folder, MOST)
            wide = ("cycle", {"lanes": 8, "columns": 4, "load": "direct"})
            card = ("golden", {"lanes": 8, "chips": 6})
            for positions, others in ((32766, [("cycle", {"lanes": 2, "columns": 2, "load": "direct"}), card]), (65534, [("cycle", {"lanes": 4, "load": "direct"}), wide]),
                                      (MOST - 33, [wide, card]), (MOST - 3, [("cycle", {"lanes": 8, "load": "direct"}), wide, card])):
                self.agree(folder, model, short, positions, 2, others)
            kv = folder / "over.kv"
            kv.write_bytes(long_kv(short, MOST - 2, 1))
            refused = self.call("run", model, "--load-kv", kv, "--tokens", "2", "--engine", "cycle", "--lanes", "8", code=2).stderr
            assert f"{MOST + 1} tokens are more than the {MOST} of the token memory" in refused, refused
            model, short = self.prepare(folder, LANE)
            self.agree(folder, model, short, LANE - 2, 2, [("lockstep", {"lanes": 1, "load": "direct"})])
            model, short = self.prepare(folder, LANE + 1)
            refused = self.call("compile", model, "-o", folder / "x.htx", "--lanes", "1", code=2).stderr
            assert f"context {LANE + 1} on 1 lanes: {LANE + 32} of {LANE} tokens of a lane's score memory" in refused, refused

    def growth(self):
        """A token's clocks grow with the keys and values that it has to read, and with nothing else."""
        with tempfile.TemporaryDirectory() as d:
            folder = pathlib.Path(d)
            model, short = self.prepare(folder, MOST)
            seen = []
            for positions in (1022, 8190, 65534, MOST - 3):
                kv = folder / "kv"
                kv.write_bytes(long_kv(short, positions, 7))
                one, two = (self.go_on(model, kv, "cycle", n, lanes=8, columns=2, load="direct") for n in (1, 2))
                seen.append((positions, two["clocks"] - one["clocks"], (two["bus_beats"] - one["bus_beats"]) / 8))
            for (_, c0, b0), (at, c1, b1) in zip(seen, seen[1:]):
                share = (b1 - b0) / (c1 - c0)
                print(f"token at {at + 1}: {c1} clocks, {b1:.0f} of them a beat on each channel; {100 * share:.2f} % of what came since the context before")
                assert share > 0.97, seen


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("case", choices=("near", "far", "growth"))
    p.add_argument("--build", type=pathlib.Path, required=True)
    a = p.parse_args()
    getattr(Cases(a.build), a.case)()
    print(f"{a.case}: ok")


if __name__ == "__main__":
    main()
