# SPDX-License-Identifier: Apache-2.0
"""What changed since an older report: a row for every module and kind whose figure moved."""
from verif.coverage.figures import KINDS
from verif.coverage.report_json import ReportError


def compare(old, new, path):
    """[(module, kind, percent then or None, percent now or None)]; the last rows are those of all modules."""
    if old.get("profile") != new.get("profile"):
        raise ReportError(f"{path}: was measured with profile '{old.get('profile')}', this with '{new.get('profile')}': they do not compare")
    rows = []
    for module in [*sorted(set(old["modules"]) | set(new["modules"])), "all"]:
        then, now = ((r["all"] if module == "all" else r["modules"].get(module, {})) for r in (old, new))
        for kind in KINDS:
            before, after = (side.get(kind, {}).get("percent") for side in (then, now))
            if before != after:
                rows.append((module, kind, before, after))
    return rows


def lines(rows, when):
    """For people: worst first."""
    if not rows:
        return [f"trend since {when}: nothing changed"]
    def change(r):
        return (r[3] or 0) - (r[2] or 0)
    def show(value):
        return "none" if value is None else f"{value:.2f} %"
    return [f"trend since {when}:"] + [f"  {m:24} {k:8} {show(a):>9} -> {show(b):>9}  {change((m, k, a, b)):+.2f}" for m, k, a, b in sorted(rows, key=change)]
