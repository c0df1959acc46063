# SPDX-License-Identifier: Apache-2.0
"""The figures that do not depend on the machine, as name -> number; and one ratio of speeds that hardly does."""
import json
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LANES = (1, 8)
TOKENS = 16     # 22 positions with the prompt's
RATIO_RUNS = 5  # of each engine, in turn, so that both see the same machine


class Failed(Exception):
    """A command that was to be measured did not run to its end; its words."""


def call(*args, code=0):
    try:
        r = subprocess.run([str(a) for a in args], capture_output=True, text=True)
    except OSError as e:
        raise Failed(f"{args[0]}: {e.strerror}") from None
    if r.returncode != code:
        said = (r.stderr or r.stdout).strip().splitlines() or ["nothing"]
        raise Failed(f"{' '.join(map(str, args))}: exit code {r.returncode}, {said[-1]}")
    return r.stdout


def figures_of(*args):
    """What the command printed as JSON."""
    said = call(*args)
    try:
        return json.loads(said)
    except ValueError:
        raise Failed(f"{' '.join(map(str, args))}: printed no figures but '{said[:60].strip()}'") from None


def decode(htx, model, engine, lanes, tokens=TOKENS):
    return figures_of(htx, "run", model, "--engine", engine, "--lanes", lanes, "--tokens", tokens, "--ignore-eos", "--json")


def decoding(htx, model):
    figures = {}
    for lanes in LANES:
        r = decode(htx, model, "rtl", lanes)
        name = f"decode.{lanes}_lane{'s' * (lanes > 1)}"
        figures |= {f"{name}.clocks_per_token": round(r["clocks_per_token"], 2), f"{name}.load_clocks": r["load_clocks"],
                    f"{name}.useful_share_percent": round(100 * r["useful_share_token"], 4),
                    f"{name}.useful_share_streaming_percent": round(100 * r["useful_share_streaming"], 4),
                    f"{name}.bus_occupancy_percent": round(100 * r["bus_occupancy_token"], 4)}
    return figures


def product(htx):
    r = figures_of(htx, "product", "--rows", 4096, "--cols", 4096, "--bits", 4, "--engine", "rtl", "--lanes", 8, "--json")
    return {"product.8_lanes.clocks": r["clocks"], "product.8_lanes.useful_share_percent": round(100 * r["useful_share"], 4),
            "product.8_lanes.bus_occupancy_percent": round(100 * r["bus_occupancy"], 4)}


def cells(lint):
    """(version of Yosys, figures by module of the one-lane chip)"""
    with tempfile.TemporaryDirectory() as d:
        out = pathlib.Path(d) / "cells.json"
        call(lint, "--part", "yosys", "--cells", out)
        counted = json.loads(out.read_text(encoding="utf-8"))
    figures = {}
    for module, row in counted["modules"].items():
        figures[f"cells.{module}"] = row["cells"]
        for more in ("flip_flops", "multipliers", "memory_bits"):
            if row[more]:
                figures[f"{more}.{module}"] = row[more]
    for total in ("cells", "flip_flops", "multipliers", "memory_bits"):
        figures[f"{total}.the_chip_1_lane"] = sum(row[total] for row in counted["modules"].values())
    return counted["yosys"], figures


def lockstep_cost(htx, model, lanes, tokens):
    """CPU time of a clock in lockstep, over that of a clock of the bare RTL."""
    speeds = {"rtl": [], "lockstep": []}
    for _ in range(RATIO_RUNS):
        for engine, values in speeds.items():
            values.append(decode(htx, model, engine, lanes, tokens)["clocks_per_cpu_second"])
    return statistics.median(speeds["rtl"]) / statistics.median(speeds["lockstep"])


def ratios(htx, model):
    return {f"lockstep_cost.{lanes}_lane{'s' * (lanes > 1)}": lockstep_cost(htx, model, lanes, 4 if lanes == 1 else 8) for lanes in LANES}
