# SPDX-License-Identifier: Apache-2.0
"""report.json: the figures, every item that is not covered or waived, and the tests; sorted, so that two reports compare as text."""
import json

VERSION = 1


class ReportError(Exception):
    """One line: the file and what is wrong with it."""


def build(context, figures, whole, items, tests):
    """context: profile, revision, seed and so on."""
    def show(i):
        own = {"module": i.module, "kind": i.kind, "name": i.name}
        if i.place:
            own["lines"] = list(i.place)
        if i.note:
            own["note"] = i.note
        if i.waiver:
            own["waived"] = f"{i.waiver['reason']}: {i.waiver['why']}"
        return own
    holes = [show(i) for i in items if not i.covered]
    holes.sort(key=lambda h: (h["module"], h["kind"], h["name"], h.get("lines", [])))
    return {"version": VERSION, **context, "tests": sorted(tests), "modules": figures, "all": whole, "not_covered": holes}


def text(report):
    return json.dumps(report, indent=1, sort_keys=True) + "\n"


def load(path):
    """A report that is whole and of this kind."""
    try:
        with open(path, encoding="utf-8") as f:
            report = json.load(f)
    except OSError as e:
        raise ReportError(f"{path}: cannot be read ({e.strerror})") from None
    except (ValueError, UnicodeDecodeError):
        raise ReportError(f"{path}: is no JSON") from None
    try:
        if report["version"] != VERSION:
            raise ReportError(f"{path}: is a report of version {report['version']}, not {VERSION}")
        for cells in [report["all"], *report["modules"].values()]:
            for c in cells.values():
                if not all(isinstance(c[n], int) and c[n] >= 0 for n in ("covered", "total", "waived")) or c["covered"] + c["waived"] > c["total"]:
                    raise ReportError(f"{path}: has figures that contradict each other")
    except (KeyError, TypeError, AttributeError):
        raise ReportError(f"{path}: is no coverage report") from None
    return report
