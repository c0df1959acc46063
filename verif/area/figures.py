# SPDX-License-Identifier: Apache-2.0
"""Area and timing of the chip as figures, recorded in tests/baselines/area.json and compared in both directions."""
import collections
import hashlib
import json
import os
import pathlib

from . import netlist, paths, timing
from .netlist import number, plain

FILE = pathlib.Path(__file__).resolve().parents[2] / "tests/baselines/area.json"
UPDATE = "scripts/bench --update-area"
OWN = ("flip_flops", "gates", "memory_bits", "table_bits")
KINDS = ("register to register", "input to register", "register to output", "input to output")


class Bad(Exception):
    """The file of figures cannot be used; one line."""


def copies(design, top):
    """How often each module stands in the chip."""
    count = collections.Counter()

    def add(name, times):
        count[name] += times
        for cell in design[name]["cells"].values():
            if cell["type"] in design:
                add(cell["type"], times)

    add(next(n for n in design if plain(n) == top), 1)
    return count


def own(module, design):
    """What stands in the module itself, in gates."""
    figures = dict.fromkeys(OWN, 0)
    for cell in module["cells"].values():
        if cell["type"] in design:
            continue
        if cell["type"] == "$mem_v2":
            table = number(cell["parameters"]["WR_PORTS"]) == 0
            figures["table_bits" if table else "memory_bits"] += number(cell["parameters"]["WIDTH"]) * number(cell["parameters"]["SIZE"])
        elif timing.is_register(cell["type"]):
            figures["flip_flops"] += 1
        elif cell["type"] in netlist.GATE_TYPES:
            figures["gates"] += 1
        else:
            raise netlist.Failed(f"{cell['type']} was left: not a gate")
    return figures


def digests(design, top=netlist.TOP):
    """Module -> a digest of its cells and their sizes as words: it changes when the module grows or shrinks, not with its comments or names."""
    text = collections.defaultdict(list)
    for name, times in copies(design, top).items():
        cells = collections.Counter()
        for c in design[name]["cells"].values():
            sizes = ",".join(f"{k}={number(v)}" for k, v in sorted(c["parameters"].items()) if k.endswith(("WIDTH", "SIZE", "PORTS")) and set(v) <= set("01"))
            cells[plain(c["type"]) if c["type"] in design else f"{c['type']} {sizes}"] += 1
        text[plain(name)].append(f"{times} {sorted(cells.items())}")
    return {m: hashlib.sha256("\n".join(sorted(t)).encode()).hexdigest()[:12] for m, t in sorted(text.items())}


def path(worst):
    length, kind, start, end = worst
    return {"gates": length, "kind": kind, "from": start, "to": end}


def measure(gates, words, version, top=netlist.TOP, structure=paths.STRUCTURE):
    """All figures; `gates` and `words` are the two netlists of the same chip."""
    count, summaries = copies(gates, top), timing.chip(gates)
    mine = {n: own(gates[n], gates) for n in count}
    whole = {}

    def total(name):
        if name not in whole:
            below = [total(c["type"]) for c in gates[name]["cells"].values() if c["type"] in gates]
            whole[name] = {k: mine[name][k] + sum(b[k] for b in below) for k in OWN}
        return whole[name]

    modules = {}
    for name in sorted(count, key=lambda n: (plain(n), n)):
        m = modules.setdefault(plain(name), {"copies": 0, "kinds": 0, "variants": {}, "own": dict.fromkeys(OWN, 0), "one": dict.fromkeys(OWN, 0), "path": path((-1, "", "", ""))})
        values = ", ".join(f"{k} {number(v)}" for k, v in sorted(gates[name].get("parameter_default_values", {}).items())) or "as written"
        m["variants"][values] = {"copies": count[name], **mine[name], "longest": max(summaries[name].longest()[0], 0)}
        m["copies"] += count[name]
        m["kinds"] += 1
        m["own"] = {k: m["own"][k] + count[name] * mine[name][k] for k in OWN}
        m["one"] = max(m["one"], total(name), key=lambda t: (t["gates"], t["flip_flops"], t["memory_bits"]))
        m["path"] = max(m["path"], path(summaries[name].longest()), key=lambda p: p["gates"])
    inside = {}
    for name in sorted(paths.blocks(gates, structure)):
        s = summaries[name]
        outputs = sum(len(p["bits"]) for p in gates[name]["ports"].values() if p["direction"] == "output")
        inside[plain(name)] = {**{k: path((s.worst[k][0], k, *s.worst[k][1:])) for k in KINDS if k in s.worst},
                               "outputs": outputs, "outputs_behind_gates": sum(length > 0 for length, _ in s.arrive.values())}
    through = [{"block": p[0], "input": p[1], "output": p[2], **dict(zip(("gates", "from", "to"), paths.walk(gates, summaries, p, top, structure) or (0, "", "")))}
               for p in paths.found(gates, summaries, structure)]
    return {"yosys": version, "parameters": netlist.CHIP, "words": digests(words, top), "modules": modules, "blocks": inside, "through": through}


def flat(figures, prefix=""):
    out = {}
    for key, value in figures.items():
        if isinstance(value, list):
            value = {"/".join(v[k] for k in ("block", "input", "output")): v for v in value}
        out |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return out


def differences(was, now):
    """A line for each figure that is not what it was, in either direction; one that came or went is a change, too."""
    a, b = flat(was), flat(now)
    lines = []
    for name in sorted(a.keys() | b.keys()):
        if a.get(name) != b.get(name):
            by = ""
            if isinstance(a.get(name), int) and isinstance(b.get(name), int) and a[name]:
                by = f" ({100 * (b[name] - a[name]) / a[name]:+.2f} %)"
            lines.append(f"{name}: was {a[name]}, is gone" if name not in b else f"{name}: is {b[name]}, was not there" if name not in a
                         else f"{name}: was {a[name]}, is {b[name]}{by}")
    return lines


def load(file=FILE):
    try:
        f = json.loads(file.read_text(encoding="utf-8"))
        if not f["modules"] or not f["words"] or not isinstance(f["yosys"], str):
            raise ValueError("no modules")
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise Bad(f"{file}: no figures of area ({type(e).__name__}: {e})") from None
    return f


def write(figures, file=FILE):
    new = file.with_suffix(".new")
    new.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(new, file)
