# SPDX-License-Identifier: Apache-2.0
"""Figures against the recorded ones: a change in either direction is a finding, and an engineer alone records new ones."""
import json
import os
import pathlib

FILE = pathlib.Path(__file__).resolve().parents[2] / "tests/baselines/performance.json"
TOLERANCE = 0.25  # of a ratio of two speeds, for a new file; an existing one keeps its own
UPDATE = "scripts/bench --update-baselines"


class Bad(Exception):
    """The file of baselines cannot be used; one line."""


def load(path=FILE):
    try:
        b = json.loads(path.read_text(encoding="utf-8"))
        numbers = [*b["figures"].values(), *(r[k] for r in b["ratios"].values() for k in ("value", "tolerance"))]
        if not b["figures"] or not isinstance(b["yosys"], str) or any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in numbers):
            raise ValueError("a figure is no number, or there is none")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise Bad(f"{path}: no baselines ({type(e).__name__}: {e})") from None
    return b


def differences(was, now):
    """A line for each figure that is not what it was, in either direction; one that came or went is a change too."""
    lines = []
    for name in sorted(was.keys() | now.keys()):
        if name not in now:
            lines.append(f"{name}: was {was[name]}, is gone")
        elif name not in was:
            lines.append(f"{name}: is {now[name]}, was not there")
        elif was[name] != now[name]:
            by = f" ({100 * (now[name] - was[name]) / was[name]:+.2f} %)" if was[name] else ""
            lines.append(f"{name}: was {was[name]}, is {now[name]}{by}")
    return lines


def ratio_differences(was, now):
    lines = []
    for name in sorted(was.keys() | now.keys()):
        if name not in now or name not in was:
            lines.append(f"{name}: {'is gone' if name not in now else 'was not there'}")
        elif abs(now[name] / was[name]["value"] - 1) > was[name]["tolerance"]:
            lines.append(f"{name}: was {was[name]['value']:.2f}, is {now[name]:.2f}: off by more than {100 * was[name]['tolerance']:g} % either way")
    return lines


def in_ci():
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def write(path, yosys, figures, ratios):
    before = load(path)["ratios"] if path.exists() else {}
    kept = {n: {"value": round(v, 3), "tolerance": before.get(n, {}).get("tolerance", TOLERANCE)} for n, v in ratios.items()}
    text = json.dumps({"yosys": yosys, "figures": figures, "ratios": kept}, indent=1, sort_keys=True) + "\n"
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
