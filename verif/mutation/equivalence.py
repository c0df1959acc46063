# SPDX-License-Identifier: Apache-2.0
"""Does a survivor change anything at all? Its module, before and after, side by side, looked at by Yosys and ABC.

Instances and memories are cut out: what goes into them must not differ, what comes out is the same for both. So a proof holds in any
surroundings. Registers begin with any content, the same in both, and the first clock is a reset; later resets are free.

  equivalent               proven for ever (ABC: scorr, pdr)
  no difference within N   bounded, no proof: it stays a survivor unless equivalent.json argues it
  differs at clock N       some inputs show it; whether the chip ever has them is another matter
"""
import json
import re
import shutil
import subprocess

from verif.formal.sources import closure
from verif.mutation import netlist, rewrite
from verif.mutation.common import CampaignError, note
from verif.mutation.judges import SURVIVED
from verif.mutation.report import EQUIVALENT

CLOCKS, SECONDS = 30, 60


class Unlike(Exception):
    """The two cannot be compared this way; the text says why."""


def judge(o, campaign, rows):
    """Tries every survivor; a proof makes it `equivalent`."""
    survivors = [r for r in rows if r["verdict"] == SURVIVED]
    if survivors and not (shutil.which("yosys") and shutil.which("yosys-abc")):
        note("survivors stay unproven: yosys is missing")
        return
    by_key = {c.key: c for c in campaign.drawn}
    known = campaign.state.setdefault("proofs", {"stamp": "", "results": {}})
    stamp = "".join(p["stamp"] for n, p in sorted(campaign.state.items()) if n != "proofs")
    if known["stamp"] != stamp:
        known["stamp"], known["results"] = stamp, {}
    for r in survivors:
        if r["key"] not in known["results"]:
            note(f"does {r['id']} {r['module']} {r['class']} change anything?")
            try:
                known["results"][r["key"]] = prove(o, by_key[r["key"]], o.work / "proof")
            except (Unlike, CampaignError, subprocess.TimeoutExpired) as e:
                known["results"][r["key"]] = [SURVIVED, f"not tried to the end: {e}"]
            campaign.save()
        r["verdict"], r["proof"] = known["results"][r["key"]]


def prove(o, c, work):
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for unit, gold, gate in pairs(o, c, work):
        before, after = registers(gold), registers(gate)
        lost, new = before - after, {k for k in after - before if k[0] == "unnamed"}
        same = dict(zip(new, lost)) if len(lost) == len(new) == 1 else {}  # a mutated output of a register takes its name along
        keys = before | (after - set(same))  # one that a mutant makes constant, or unseen, may be gone
        designs = [cut(gold, keys), cut(gate, keys, same)]
        if designs[0]["ports"] != designs[1]["ports"]:
            raise Unlike("its instances have other connections than the original's")
        verdict, text = decide(designs, work)
        if verdict != EQUIVALENT:
            return [verdict, text + (f" [{unit}]" if unit else "")]
    return [verdict, text]


def pairs(o, c, work):
    """(what to call it, module before, module after), for every size in which the chip has the module."""
    rtl = o.rtl.resolve()
    nets = netlist.Netlists(rtl, o.lanes, o.columns, o.work / "netlists").elaborate()
    if c.engine == "netlist":
        change = c.line_text.split(" -wire ")[0].split(" -src ")[0]
        netlist.yosys(work, "gate", [f"read_rtlil {nets.work}/chip.il", change, f"write_json {work}/gate.json"])
        before = json.loads((nets.work / "chip.json").read_text())["modules"][c.unit.name]
        yield "", before, json.loads((work / "gate.json").read_text())["modules"][c.unit.name]
        return
    mutated = work / "rtl"
    shutil.copytree(rtl, mutated)
    text = rewrite.rewrite((rtl / c.file).read_text(encoding="utf-8"), [(1, c.change)]).replace(rewrite.SELECT, "1")
    (mutated / c.file).chmod(0o644)
    (mutated / c.file).write_text(text, encoding="utf-8")
    units = [u for u in nets.units if u.module == c.module]
    for i, u in enumerate(units):
        yield (u.size if len(units) > 1 else ""), alone(rtl, c.file, u, work, f"gold{i}"), alone(mutated, c.file, u, work, f"gate{i}")


def alone(rtl, file, unit, work, name):
    """One module elaborated with what it needs, at the size of `unit`."""
    names = [str(f.relative_to(rtl)) for f in [*closure(rtl, rtl / file), rtl / file]]
    parameters = "".join(f" -chparam {k} {v}" for k, v in unit.parameters.items())
    netlist.yosys(work, name, [f"read_verilog -sv -noassert {' '.join(names)}", f"hierarchy -check -top {unit.module}{parameters}", "proc",
                               "select A:top=1", "opt_expr", "opt_muxtree", "opt_reduce", "opt_merge", "opt_clean", "select -clear", f"write_json {work}/{name}.json"], cwd=rtl)
    modules = json.loads((work / f"{name}.json").read_text())["modules"]
    return next(m for m in modules.values() if int(m["attributes"].get("top", "0"), 2))


def registers(module):
    """The bits of the module's registers, by the names of the source."""
    names = public(module)
    return {names.get(q, ("unnamed", q)) for c in module["cells"].values() if c["type"] == "$dff" for q in c["connections"]["Q"]}


def cut(module, keys, same=None):
    """The module as JSON for Yosys: instances and memories are ports, registers begin with what port htx_init says: a bit for each
    of `keys`. `same` says under which key a register begins that goes by another."""
    top = 2 + max((b for n in module["netnames"].values() for b in n["bits"] if isinstance(b, int)), default=1)

    def fresh(n):
        nonlocal top
        top += n
        return list(range(top - n, top))

    ports = {n: {"direction": p["direction"], "bits": list(p["bits"])} for n, p in module["ports"].items()}
    cells = {}
    names = public(module)
    held = []
    started, first = fresh(1), fresh(1)
    for name, c in sorted(module["cells"].items()):
        kind, wires = c["type"], c["connections"]
        if kind == "$dff":
            for d, q in zip(wires["D"], wires["Q"]):
                held.append((names.get(q, ("unnamed", q)), d, q, wires["CLK"]))
        elif kind.startswith(("$mem", "$paramod")) or not kind.startswith("$"):
            own = c["parameters"].get("MEMID", "") + re.sub(r"\$\d+$", "", name) + str(c["parameters"].get("PORTID", "")) \
                if kind.startswith("$mem") else name
            for port, bits in sorted(wires.items()):
                if kind.startswith("$meminit") or not bits:
                    continue
                out = c["port_directions"][port] == "output"
                key = re.sub(r"\s", "_", f"cut_{own}_{port}")
                while key in ports:
                    key += "'"
                ports[key] = {"direction": "input" if out else "output", "bits": list(bits)}
        else:
            cells[name] = {k: c[k] for k in ("type", "parameters", "port_directions", "connections")}
    if not keys:
        return finished(ports, cells)
    init = dict(zip(sorted(keys, key=str), fresh(len(keys))))
    ports["htx_init"] = {"direction": "input", "bits": list(init.values())}
    clock = ports["clk_i"]["bits"]
    for i, (key, d, q, clk) in enumerate(held):
        kept, = fresh(1)
        cells[f"reg{i}"] = cell("$dff", {"CLK_POLARITY": 1, "WIDTH": 1}, {"CLK": clk, "D": [d]}, {"Q": [kept]})
        cells[f"init{i}"] = cell("$mux", {"WIDTH": 1}, {"A": [kept], "B": [init[(same or {}).get(key, key)]], "S": first}, {"Y": [q]})
    cells["started"] = cell("$dff", {"CLK_POLARITY": 1, "WIDTH": 1}, {"CLK": clock, "D": ["1"]}, {"Q": started})
    cells["first"] = cell("$not", {"A_SIGNED": 0, "A_WIDTH": 1, "Y_WIDTH": 1}, {"A": started}, {"Y": first})
    if "rst_ni" in ports:
        outside = fresh(1)
        inside, ports["rst_ni"]["bits"] = ports["rst_ni"]["bits"], outside
        cells["reset"] = cell("$and", dict.fromkeys(("A_WIDTH", "B_WIDTH", "Y_WIDTH"), 1) | {"A_SIGNED": 0, "B_SIGNED": 0},
                              {"A": outside, "B": started}, {"Y": inside})
    return finished(ports, cells, started)


def finished(ports, cells, started=None):
    ports = dict(sorted(ports.items()))
    netnames = {n: {"hide_name": 0, "bits": p["bits"], "attributes": {}} for n, p in ports.items()}
    if started:
        netnames["htx_started"] = {"hide_name": 0, "bits": started, "attributes": {"init": "0"}}
    return {"module": {"ports": ports, "cells": cells, "netnames": netnames},
            "ports": {n: (p["direction"], len(p["bits"])) for n, p in ports.items()}}


def cell(kind, parameters, inputs, outputs):
    return {"type": kind, "parameters": {k: format(v, "032b") for k, v in parameters.items()},
            "port_directions": dict.fromkeys(inputs, "input") | dict.fromkeys(outputs, "output"), "connections": {**inputs, **outputs}}


def public(module):
    """The name and place by which each bit is known in the source."""
    names = {}
    for name, n in sorted(module["netnames"].items(), key=lambda i: (len(i[0]), i[0]), reverse=True):
        if not n.get("hide_name"):
            for i, b in enumerate(n["bits"]):
                names[b] = (name, i)
    return names


def decide(designs, work):
    sides = {"gold": designs[0]["module"], "gate": designs[1]["module"]}
    for name, module in sides.items():
        (work / f"{name}.json").write_text(json.dumps({"creator": "htx", "modules": {name: module}}))
    netlist.yosys(work, "miter", [f"read_json {work}/gold.json", f"read_json {work}/gate.json", "setundef -zero", "miter -equiv -flatten gold gate miter",
                                  "hierarchy -top miter", "opt_clean", "opt -nodffe -nosdff", "techmap", "opt -fast", "dffunmap", "aigmap", "opt_clean", "setundef -zero",
                                  f"write_aiger -zinit -I -B {work}/miter.aig"])
    for commands in ("bmc3 -F 8 -T 10", f"scorr; pdr -T {SECONDS}", f"bmc3 -F {CLOCKS} -T {SECONDS}"):  # most differences are near
        text = abc(work, commands)
        if m := re.search(r"asserted in frame +(\d+)", text):
            return SURVIVED, f"differs at clock {m[1]} from reset, for some inputs of the module"
        if "Property proved" in text or "Networks are equivalent" in text:
            return EQUIVALENT, "equivalent: no register, output or instance can ever differ (proven, unbounded)"
    m = re.search(r"No output asserted in (\d+) frames", text)
    if m:
        return SURVIVED, f"no difference within {m[1]} clocks from reset (bounded)"
    return SURVIVED, "neither proven nor refuted"


def abc(work, commands):
    r = subprocess.run(["yosys-abc", "-c", f"read_aiger {work}/miter.aig; strash; {commands}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True, timeout=6 * SECONDS)
    (work / "abc.log").write_text(r.stdout)
    return r.stdout
