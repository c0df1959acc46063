# SPDX-License-Identifier: Apache-2.0
"""The campaign's tables: score and time by block, module and class, and every survivor with what was tried."""
from verif.mutation import draw
from verif.mutation.campaign import where
from verif.mutation.judges import BROKEN, CAUGHT, SURVIVED

EQUIVALENT = "equivalent"  # proven, unbounded


def table(rows, head):
    rows = [head] + [[str(c) for c in r] for r in rows]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in rows]
    return "\n".join([lines[0], "  ".join("-" * w for w in widths)] + lines[1:])


def tally(results, field, order):
    """A row for each value: mutants, verdicts, score over those not proven equivalent, seconds of running."""
    rows = []
    for name in [n for n in order if any(r[field] == n for r in results)]:
        mine = [r for r in results if r[field] == name]
        count = [sum(r["verdict"] == v for r in mine) for v in (CAUGHT, EQUIVALENT, SURVIVED, BROKEN)]
        rows.append([name, len(mine), *count, score(mine), f"{sum(r.get('seconds', 0) for r in mine):.1f}"])
    return rows


def score(results):
    counted = [r for r in results if r["verdict"] != EQUIVALENT]
    return f"{100 * sum(r['verdict'] == CAUGHT for r in counted) / len(counted):.1f} %" if counted else "-"


def describe(results):
    head = ["mutants", CAUGHT, EQUIVALENT, SURVIVED, BROKEN, "score", "seconds"]
    text = [table([[r["id"], r["module"], r["class"], f"{r['file']}:{r['line']}", r["verdict"], r["workload"],
                    "" if r.get("clock") is None else r["clock"], r.get("signal") or r.get("why", "")] for r in results],
                  ["id", "module", "class", "place", "verdict", "judge", "clock", "signal"]), ""]
    for field, order in (("engine", draw.ENGINES), ("block", draw.BLOCKS), ("module", sorted({r["module"] for r in results})),
                         ("class", draw.CLASSES), ("workload", sorted({r["workload"] for r in results}))):
        text += [table(tally(results, field, order), ["last judge" if field == "workload" else field] + head), ""]
    for r in results:
        if r["verdict"] != CAUGHT:
            text += [f"{r['verdict']}: {r['id']} {r['module']} {r['file']}:{r['line']} {r['class']}" + (f" ({r['why']})" if r.get("why") else ""),
                     f"    original  {r['original']}", f"    mutated   {r['mutated']}"]
            text += [f"    tried     {', '.join(r['tried'])}"] if r.get("tried") else []
            text += [f"    proof     {r['proof']}"] if r.get("proof") else []
            text += [f"    replay    {r['replay']}"] if r.get("replay") else []
    caught = sum(r["verdict"] == CAUGHT for r in results)
    same = sum(r["verdict"] == EQUIVALENT for r in results)
    text.append(f"{caught} of {len(results) - same} mutants caught" + (f", {same} more proven to change nothing" if same else ""))
    return "\n".join(text)


__all__ = ["describe", "table", "where"]
