# SPDX-License-Identifier: Apache-2.0
"""index.html and a page a module: its source with how often each line ran, its bits, states and points, and the tests that reached them.
Static, nothing is loaded from elsewhere."""
import pathlib
import re

from verif.coverage.figures import KINDS
from verif.coverage.report_text import HEADS, cell
from verif.regress.atomic import write as write_text

HERE = pathlib.Path(__file__).resolve().parent


def environment():
    import jinja2
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True,
                             undefined=jinja2.StrictUndefined)
    env.globals.update(kinds=KINDS, heads=HEADS, cell=cell)
    env.filters["bar"] = lambda c: 0 if c["percent"] is None else c["percent"]
    return env


def tests_of(mask, tests):
    return [t for i, t in enumerate(tests) if mask >> i & 1]


def ranges(numbers):
    """[0, 1, 2, 5] -> "2:0, 5"."""
    runs = []
    for n in sorted(numbers):
        if runs and runs[-1][1] == n - 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ", ".join(f"{b}:{a}" if b > a else str(a) for a, b in runs)


def source(module, items):
    """A row a line: number, how often, state (hit, part, miss, waived, none), text, what is not covered on it, tests."""
    on = {}
    for i in items:
        if i.kind == "line":
            for n in i.place:
                on.setdefault(n, []).append(i)
    for number, text in enumerate(module.text, 1):
        here = on.get(number, [])
        missed = [i for i in here if not i.covered and not i.waiver]
        run = [i for i in here if not i.note.startswith("no ")] or here
        state = "none" if not here else "hit" if not missed else "miss" if len(missed) == len(here) else "part"
        if state == "hit" and any(i.waiver for i in here):
            state = "waived"
        mask = 0
        for i in here:
            mask |= i.tests
        yield {"number": number, "text": text, "state": state, "count": min((i.hits for i in run), default=None),
               "missed": ", ".join(i.note for i in missed), "mask": mask}


def signals(module, items):
    """A row a signal or field: bits, how many toggled, which not and why, waived, tests of all."""
    groups = {}
    for i in items:
        if i.kind == "toggle":
            base = re.sub(r"\[(\d+)\]$", "", i.name)
            groups.setdefault((i.place[0], base), []).append(i)
    for (line, name), bits in sorted(groups.items()):
        notes = {}
        for i in bits:
            if not i.covered:
                number = re.search(r"\[(\d+)\]$", i.name)
                notes.setdefault("waived" if i.waiver else i.note or "never moved", []).append(int(number[1]) if number else 0)
        mask = 0
        for i in bits:
            mask |= i.tests
        yield {"line": line, "name": name, "bits": len(bits), "covered": sum(i.covered for i in bits), "mask": mask,
               "holes": "; ".join(f"{why}: {ranges(n)}" if len(bits) > 1 else why for why, n in sorted(notes.items())),
               "bad": any(not i.covered and not i.waiver for i in bits)}


def write(out, report, items, tests, modules, rows, floors, findings):
    env = environment()
    by_module = {}
    for i in items:
        by_module.setdefault(i.module, []).append(i)
    common = dict(r=report, tests=tests, tests_of=tests_of, floors=floors)
    write_text(out / "index.html", env.get_template("index.html.j2").render(rows=rows, findings=findings, **common))
    for module, own in by_module.items():
        page = env.get_template("module.html.j2").render(
            module=module, path=modules[module].path.name, figures=report["modules"][module], source=list(source(modules[module], own)),
            signals=list(signals(modules[module], own)), states=[i for i in own if i.kind == "fsm"], points=[i for i in own if i.kind == "point"],
            waived=[i for i in own if i.waiver], **common)
        write_text(out / f"{module}.html", page)
