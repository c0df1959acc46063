# SPDX-License-Identifier: Apache-2.0
"""The table of docs/coverage.md: what every module reached when the floors were last raised, in both profiles, and what is waived."""
from verif.coverage import rtl, run, waivers
from verif.coverage.report_text import HEADS

PAGE = rtl.ROOT / "docs/coverage.md"
BEGIN, END = "<!-- table: scripts/coverage --raise-floors -->\n", "<!-- end of the table -->\n"


def percent(value):
    return "" if value is None else f"{value:g} %"


def table():
    nightly, ci = (waivers.floors(waivers.HOME / run.profile(name)["floors"]) for name in ("nightly", "ci"))
    waived = [w["module"] for w in waivers.waivers()]
    lines = [f"| module | {' | '.join(HEADS.values())} | toggle in CI | waivers |", "|---" * (len(HEADS) + 3) + "|"]
    for module in sorted(set(nightly) | set(ci)):
        own = nightly.get(module, {})
        lines.append(f"| {module} | " + " | ".join(percent(own.get(k)) for k in HEADS)
                     + f" | {percent(ci.get(module, {}).get('toggle'))} | {waived.count(module) or ''} |")
    return "\n".join(lines) + "\n"


def renewed(text):
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise waivers.ListError(f"{PAGE.name}: lacks the lines '{BEGIN.strip()}' and '{END.strip()}'")
    return before + BEGIN + table() + END + after
