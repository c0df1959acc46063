# SPDX-License-Identifier: Apache-2.0
"""From items to figures, module by module, and the verdict over floors, waivers and states."""
import collections

from verif.coverage import waivers

KINDS = waivers.KINDS


def percent(part, whole):
    """Rounded down, so that 100 means all."""
    return None if not whole else int(10000 * part / whole) / 100


def figures(items):
    """module -> kind -> {covered, total, waived, percent}; what is waived counts neither way."""
    table = collections.defaultdict(lambda: {k: {"covered": 0, "total": 0, "waived": 0} for k in KINDS})
    for i in items:
        cell = table[i.module][i.kind]
        cell["total"] += 1
        if i.waiver:
            cell["waived"] += 1
        elif i.covered:
            cell["covered"] += 1
    for kinds in table.values():
        for cell in kinds.values():
            cell["percent"] = percent(cell["covered"], cell["total"] - cell["waived"])
    return dict(sorted(table.items()))


def total(table):
    """The same over all modules."""
    whole = {k: {n: sum(m[k][n] for m in table.values()) for n in ("covered", "total", "waived")} for k in KINDS}
    for cell in whole.values():
        cell["percent"] = percent(cell["covered"], cell["total"] - cell["waived"])
    return whole


def findings(items, table, floors, profile_floors=True):
    """What is wrong, a line each: below a floor, too much waived, a state or transition that nobody declared."""
    found = []
    for i in items:
        if i.kind == "fsm" and i.note == "not declared" and i.covered:
            found.append(f"{i.module}: {i.name} happened, but is not declared in fsm.toml")
    for module, kinds in table.items():
        cell = kinds["toggle"]
        if cell["total"] and 100 * cell["waived"] > waivers.MOST_WAIVED * cell["total"]:
            found.append(f"{module}: {cell['waived']} of {cell['total']} bits waived, more than {waivers.MOST_WAIVED:g} %")
    if not profile_floors:
        return found
    for module, kinds in floors.items():
        for kind, floor in kinds.items():
            now = table.get(module, {}).get(kind, {}).get("percent")
            if now is None:
                found.append(f"{module}: has a floor for {kind} ({floor:g} %), but nothing of it was measured")
            elif now < floor:
                found.append(f"{module}: {kind} {now:.2f} % is below its floor of {floor:g} %")
    return found


def raisable(table, floors):
    """(module, kind, floor, now) where the floor could be higher, or is missing."""
    for module, kinds in table.items():
        for kind, cell in kinds.items():
            floor = floors.get(module, {}).get(kind)
            if cell["percent"] is not None and (floor is None or cell["percent"] > floor):
                yield module, kind, floor, cell["percent"]


def floors_text(table, floors, profile):
    """A profile's file with every floor at least where it was, and up to what is reached now."""
    lines = ["# SPDX-License-Identifier: Apache-2.0",
             f"# The least that each module has to reach in the {profile} profile, in percent: scripts/coverage --profile {profile} --raise-floors raises them, nothing lowers them."]
    for module in sorted(set(table) | set(floors)):
        own = {k: max(floors.get(module, {}).get(k, 0), table.get(module, {}).get(k, {}).get("percent") or 0) for k in KINDS}
        have = {k: v for k, v in own.items() if k in floors.get(module, {}) or table.get(module, {}).get(k, {}).get("percent") is not None}
        lines += ["", f"[{module}]"] + [f"{k} = {v:g}" for k, v in have.items()]
    return "\n".join(lines) + "\n"
