# SPDX-License-Identifier: Apache-2.0
"""Yosys: the chip as a netlist of its modules, as words (seconds) or as gates (minutes). Each module that the chip has, with each set of
parameters, is synthesized once and by itself: nothing is optimised across the boundary of a module, and its figures move with nothing but itself."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RTL = HERE.parents[1] / "rtl"
TOP, CHIP = "htx_chip", {"LANES": 8, "COLUMNS": 4}
RAM = "htx_ram"  # the only memory of the design; a table without a write port is one, too. Any other array is flip-flops.

WORDS = f"""\
proc
opt_expr
opt_clean
opt -nodffe -nosdff
wreduce
peepopt
opt_clean
opt
memory_collect
select -set arrays t:$mem_v2 r:WR_PORTS>0 %i *{RAM}*/t:$mem_v2 {RAM}/t:$mem_v2 %u %d
memory_map @arrays
memory_dff
opt_clean
"""
TIDY = """\
opt_expr -mux_undef
opt_merge
opt_clean
"""
# A flip-flop is a plain one: enables and resets are gates before it. ABC's usual script saves gates at the price of depth (it turns prefix adders
# into ripple adders); this one maps for the shortest longest path.
GATES = f"""\
alumacc
opt
opt_clean
techmap -map {HERE}/select.v
opt_expr -mux_undef
opt_clean
techmap
{TIDY}dfflegalize -cell $_DFF_P_ x
{TIDY}abc -g AND,NAND,OR,NOR,XOR,XNOR,ANDNOT,ORNOT,MUX -script +strash;ifraig;dch;map
opt_clean
"""
GATE_TYPES = {f"$_{n}_" for n in ("AND", "NAND", "OR", "NOR", "XOR", "XNOR", "ANDNOT", "ORNOT", "MUX", "NOT")}


class Failed(Exception):
    """Yosys did not make the netlist; its words in one line."""


def sources(rtl):
    """Packages first, in the order they use each other; then modules."""
    files = sorted(rtl.rglob("*.sv"))
    packages = {f.stem: f for f in files if f.stem.endswith("_pkg")}
    order = []

    def place(name):
        if packages[name] not in order:
            for used in sorted(set(re.findall(r"\b(\w+_pkg)::", packages[name].read_text(encoding="utf-8")))):
                if used in packages and used != name:
                    place(used)
            order.append(packages[name])

    for name in sorted(packages):
        place(name)
    return order, [f for f in files if f.stem not in packages]


def yosys(folder, name, script):
    """The modules that the script leaves."""
    (folder / f"{name}.ys").write_text(script + f'write_json "{folder / name}.out.json"\n', encoding="utf-8")
    try:
        r = subprocess.run(["yosys", "-q", "-s", folder / f"{name}.ys"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                           env={**os.environ, "TMPDIR": str(folder)})  # ABC's files go with the folder, also after Ctrl-C
    except OSError as e:
        raise Failed(f"yosys: {e.strerror}") from None
    if r.returncode:
        errors = re.findall(r"^.*ERROR: .*", r.stdout, re.M) or r.stdout.splitlines()[-1:] or ["no reason given"]
        raise Failed(f"yosys: {errors[0]}")
    return json.loads((folder / f"{name}.out.json").read_text(encoding="utf-8"))["modules"]


def make(rtl=RTL, top=TOP, parameters=None, gates=False):
    """(words, gates): the modules of both netlists, by the names that Yosys gives them; None for gates that were not asked for."""
    packages, rest = sources(rtl)
    files = [*packages, *rest]
    if not files:
        raise Failed(f"{rtl}: no SystemVerilog below it")
    chparam = "".join(f" -chparam {k} {v}" for k, v in (CHIP if parameters is None else parameters).items())
    with tempfile.TemporaryDirectory() as d:
        d = pathlib.Path(d)
        words = yosys(d, "words", "read_verilog -sv -noassert " + " ".join(f'"{f}"' for f in files) + f"\nhierarchy -check -top {top}{chparam}\n" + WORDS)
        if not gates:
            return words, None

        def one(at):
            number, name = at
            (d / f"{number}.json").write_text(json.dumps({"modules": alone(name, words)}), encoding="utf-8")
            module = yosys(d, str(number), f'read_json "{d / str(number)}.json"\n{GATES}')[name]
            return name, {**module, "parameter_default_values": words[name].get("parameter_default_values", {})}

        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            return words, dict(pool.map(one, enumerate(sorted(words))))


def alone(name, words):
    """The module with the modules below as empty boxes, and with nothing in it that comes from elsewhere: what Yosys made up a name for is
    numbered from 0 in the order it was made, and line numbers are gone. Else the gates of one module would depend on the text of another."""
    m, bits = words[name], {}
    new = lambda b: b if isinstance(b, str) else bits.setdefault(b, len(bits) + 2)
    order = lambda n: [int(x) if x.isdigit() else x for x in re.split(r"(\d+)", n)]
    keep = lambda a: {k: v for k, v in a.items() if k == "keep"}
    ports = {p: {**v, "bits": [new(b) for b in v["bits"]]} for p, v in m["ports"].items()}
    cells, nets = {}, {}
    for i, (n, c) in enumerate(sorted(m["cells"].items(), key=lambda x: order(x[0]))):
        wires = {p: [new(b) for b in c["connections"][p]] for p in sorted(c["connections"])}
        cells[f"$c{i}" if n.startswith("$") else n] = {**c, "attributes": keep(c["attributes"]), "connections": wires}
    for i, (n, w) in enumerate(sorted(m["netnames"].items(), key=lambda x: order(x[0]))):
        nets[f"$n{i}" if n.startswith("$") else n] = {**w, "attributes": keep(w["attributes"]), "bits": [new(b) for b in w["bits"]]}
    boxes = {c["type"] for c in m["cells"].values()} & words.keys()
    return {name: {"attributes": {}, "ports": ports, "cells": cells, "netnames": nets},
            **{b: {"attributes": {"blackbox": "00000000000000000000000000000001"}, "ports": words[b]["ports"], "cells": {}, "netnames": {}} for b in boxes}}


def plain(name):
    """A derived module's own name: $paramod$hash\\htx_ram or $paramod\\htx_ram\\WIDTH=... is htx_ram."""
    m = re.search(r"\\(\w+)", name)
    return m[1] if name.startswith("$paramod") and m else name


def number(text):
    return int(text, 2)
