# SPDX-License-Identifier: Apache-2.0
"""One layer of Llama-3-8B's dimensions on the RTL of 8 lanes and 4 columns, random weights: how much of the memory's peak is used, empty and at a long context; and what simulating that chip costs."""
import json
import pathlib
import shlex
import statistics
import tempfile

from verif.bench import random_kv, random_model
from verif.bench.measure import call, figures_of

LANES, COLUMNS = 8, 4
MODEL = ["--dim", "4096", "--layers", "1", "--heads", "32", "--kv-heads", "8", "--ffn", "14336", "--vocab", "512", "--context", "8200"]
CONTEXT = 8192  # tokens attended to, the one that is decoded among them
CLOCKS_A_SECOND = 800e6


def attention_share(timeline, layer_kv_bytes):
    """Of the peak, useful keys and values over the clocks from the first page asked for to the last sum of the lanes' tree."""
    events = [e for e in json.loads(timeline.read_text(encoding="utf-8"))["traceEvents"] if e.get("ph") == "X" and e["name"].endswith("attend")]
    begin, end = min(e["ts"] for e in events), max(e["ts"] + e["dur"] for e in events if (e["pid"], e["tid"]) == (0, 2))  # (0, 2): the tree
    clocks = (end - begin) * 1e-6 * CLOCKS_A_SECOND
    return layer_kv_bytes / (16 * LANES * clocks), clocks


def rows(build, runs):
    """(name, value, unit, command) of each figure."""
    chip = f"{LANES} lanes x {COLUMNS} columns"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model, kv, short, timeline = (folder / n for n in ("layer.gguf", "context.kv", "short.kv", "timeline.json"))
        _, a = random_model.options([str(model), *MODEL])
        random_model.write(a.file, a)
        call(build / "htx", "run", model, "--prompt", "a", "--tokens", 1, "--ignore-eos", "--save-kv", short)
        kv.write_bytes(random_kv.long_kv(short.read_bytes(), CONTEXT - 2, 1))
        made = f"scripts/random_model layer.gguf {' '.join(MODEL)} && "
        where = ["--lanes", LANES, "--columns", COLUMNS, "--load", "direct", "--ignore-eos", "--json"]

        def decode(engine, *what):
            arguments = [*what, "--engine", engine, *where]
            return figures_of(build / "htx", "run", model, *arguments), made + shlex.join(map(str, ["htx", "run", "layer.gguf", *arguments])).replace(f"{folder}/", "")

        empty, text = decode("rtl", "--prompt", "", "--tokens", 4)
        yield f"Llama-3-8B layer, {chip}, first tokens: clocks a token", empty["clocks_per_token"], "clocks", text
        yield f"Llama-3-8B layer, {chip}, first tokens: useful share", 100 * empty["useful_share_token"], "%", text
        far, text = decode("rtl", "--load-kv", kv, "--tokens", 1)
        yield f"Llama-3-8B layer, {chip}, {CONTEXT} tokens: clocks a token", far["clocks_per_token"], "clocks", text
        yield f"Llama-3-8B layer, {chip}, {CONTEXT} tokens: useful share", 100 * far["useful_share_token"], "%", text
        same, text = decode("cycle", "--load-kv", kv, "--tokens", 1, "--timeline", timeline)
        if same["clocks"] != far["clocks"]:
            raise AssertionError(f"the cycle golden took {same['clocks']} clocks, the RTL {far['clocks']}")
        head = a.dim // a.heads
        share, clocks = attention_share(timeline, CONTEXT * a.kv_heads * (2 * head + 3))
        yield f"Llama-3-8B layer, {chip}, {CONTEXT} tokens: clocks of attention", clocks, "clocks", text
        yield f"Llama-3-8B layer, {chip}, {CONTEXT} tokens: useful share of attention", 100 * share, "%", text
        speeds = {"rtl": [], "lockstep": [], "cycle": []}
        for _ in range(runs):
            for engine, values in speeds.items():
                r, speeds_text = decode(engine, "--prompt", "", "--tokens", 1)
                values.append(r["clocks_per_cpu_second"])
                assert r["tokens"] == empty["tokens"][:1], f"{engine}: {r['tokens']}"
        for engine, values in speeds.items():
            speed = statistics.median(values)
            text = speeds_text.replace("--engine cycle", f"--engine {engine}")
            yield f"{engine}, {chip}: simulated clocks a CPU second", speed, "clocks/s", text
            yield f"{engine}, {chip}: MAC slots a CPU second", speed * 32 * LANES * COLUMNS / 1e6, "million/s", text
        product = ["product", "--rows", 4096, "--cols", 4096, "--bits", 4, "--engine", "rtl", "--lanes", LANES, "--columns", COLUMNS, "--json"]
        r = figures_of(build / "htx", *product)
        yield f"4096 x 4096 4-bit product, {chip}: useful share", 100 * r["useful_share"], "%", "htx " + " ".join(map(str, product))
