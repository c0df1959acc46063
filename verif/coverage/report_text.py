# SPDX-License-Identifier: Apache-2.0
"""The table that the command prints: a row a module, a column a kind."""
from verif.coverage.figures import KINDS
from verif.regress.report_text import table

HEADS = {"line": "line", "toggle": "toggle", "fsm": "FSM", "point": "functional"}


def cell(c, floor):
    if c["total"] == 0:
        return "-"
    text = "waived" if c["percent"] is None else f"{c['percent']:.2f} %"
    return text + (f" (floor {floor:g})" if floor is not None and c["percent"] is not None and c["percent"] < floor else "")


def rows(figures, floors):
    for module, kinds in figures.items():
        waived, bits = kinds["toggle"]["waived"], kinds["toggle"]["total"]
        yield [module, *(cell(kinds[k], floors.get(module, {}).get(k)) for k in KINDS), str(bits or "-"),
               f"{100 * waived / bits:.2f} %" if bits else "-", str(sum(kinds[k]["waived"] for k in KINDS if k != "toggle") or "-")]


def describe(figures, whole, floors):
    everything = {**figures, "all": whole}
    return table(["module", *HEADS.values(), "bits", "bits waived", "others waived"], list(rows(everything, floors)))


def holes(items, most):
    """What is not covered, shortest first; a bus's bits on one line."""
    found = {}
    for i in items:
        if not i.covered and not i.waiver:
            name, note = (i.name.partition("[")[0] + "[...]" if i.kind == "toggle" and "[" in i.name else i.name), i.note
            found.setdefault((i.module, i.kind, name, i.place, note), []).append(i)
    for (module, kind, name, place, note), group in list(found.items())[:most]:
        where = f" (line {place[0]})" if place and kind == "line" else ""
        bits = f", {len(group)} bits: {', '.join(g.name[g.name.index('['):] for g in group[:8])}{' ...' if len(group) > 8 else ''}" if "[...]" in name else ""
        yield f"{module}: {kind} {name}{where}{', ' + note if note else ''}{bits}"
    if len(found) > most:
        yield f"... and {len(found) - most} more (report.json, index.html)"
