# SPDX-License-Identifier: Apache-2.0
"""Measures how much of the RTL the tests reach: lines, toggled bits, states, functional points; per module, against floors.

  scripts/coverage                         the nightly profile: build, run, report
  scripts/coverage --profile ci            what CI measures
  scripts/coverage 'dot.block' 'attn.*'    these tests of the catalogue only; no floors
  scripts/coverage --from DIR              report again from the regression in DIR, without running; with floors if it ran the whole profile
  scripts/coverage --trend OLD/report.json what changed since that report

Reports in OUT (BUILD/reports/DATE-PID, BUILD/reports/last): report.json, report.txt, index.html, coverage.info (lcov),
coverage.xml (Cobertura). Exit code: 0 good, 1 below a floor, a waiver that is stale, or a state that nobody declared, 2 could not measure
(a test failed or left no data). docs/coverage.md says the rest.
"""
import os
import pathlib
import resource
import subprocess
import sys
import time

from verif.command_line import Parser
from verif.coverage import data, document, export, figures, html, merge, points, report_json, report_text, rtl, run, trend, waivers
from verif.regress.atomic import write as write_text
from verif.regress.cli import revision, whole


def parser():
    p = Parser(__doc__, prog="coverage")
    p.add_argument("tests", nargs="*", metavar="NAME", help="tests of the catalogue, with * and ?; default: the profile's")
    p.add_argument("--profile", default="nightly", help="list of tests in verif/coverage/profiles.toml (default nightly)")
    p.add_argument("--from", dest="source", type=pathlib.Path, metavar="DIR", help="a regression's folder whose runs left coverage data")
    p.add_argument("--trend", type=pathlib.Path, metavar="OLD.json", help="an older report.json to compare with")
    p.add_argument("--raise-floors", action="store_true", help="raise the profile's floors to what is reached now")
    p.add_argument("--seeds", type=whole(1), metavar="N", help="runs of every test that takes a seed")
    p.add_argument("--seed", type=whole(0), default=1, metavar="S", help="master seed of the tests (default: 1, which the floors were measured with)")
    p.add_argument("--jobs", type=whole(1), metavar="N", help="tests beside each other (default: processors)")
    p.add_argument("--holes", type=whole(0), metavar="N", default=20, help="how many of the things not covered to print (default 20)")
    p.add_argument("--build", type=pathlib.Path, default=rtl.ROOT / "build/coverage", help="build folder (default build/coverage)")
    p.add_argument("--out", type=pathlib.Path, metavar="DIR", help="folder of the reports; must be new or empty")
    return p


def place(o):
    """The folder of the reports, new."""
    if o.out is None:
        o.out = o.build / "reports" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    o.out = o.out.resolve()
    o.out.mkdir(parents=True, exist_ok=True)
    if any(o.out.iterdir()):
        raise run.RunError(f"{o.out}: is not empty; every report has a folder of its own")


def measure(o):
    """Runs, reads and merges: (items, tests, facts about the measurement, what does not count)."""
    profile = run.profile(o.profile)
    source = o.source
    if source is None:
        source = o.out / "regress"
        run.regress(o.build, source, o.tests or profile["tests"], o)
    merged = merge.Merged(rtl.modules(), rtl.probes.structs())
    without, regression = run.collect(source, merged)
    if not merged.tests:
        raise run.RunError(f"{source}: no run left coverage data")
    items = sorted(merged.items(waivers.transitions(), points.name), key=lambda i: (i.module, i.kind, i.place, i.name))
    part = o.tests or {r["name"] for r in regression["runs"]} != {t.name for t in run.selected(profile["tests"])}
    named = "selected tests" if part else o.profile
    facts = {"profile": named, "omits": "" if named == "selected tests" else profile["omits"], "revision": revision(),
             "master_seed": regression["master_seed"], "runs": len(regression["runs"]), "simulator": simulator()}
    return items, merged.tests, facts, without, None if part else waivers.HOME / profile["floors"]


def simulator():
    try:
        return subprocess.run(["verilator", "--version"], capture_output=True, text=True).stdout.split(" rev")[0].strip()
    except OSError:
        return "unknown"


def judge(o, items, facts, tests, place):
    """Applies the lists, writes all reports, prints the table: the exit code. `place` is the floors' file, if they hold."""
    with_floors = place is not None
    wrong = waivers.apply(items, waivers.waivers())
    table = figures.figures(items)
    whole_chip, floors = figures.total(table), waivers.floors(place) if with_floors else {}
    if not with_floors:  # a part of the tests says nothing about floors, and not that a waiver covers nothing
        wrong = [w for w in wrong if "covered now" in w or "twice" in w]
    elif facts["omits"]:  # nor does a short profile of a module that it leaves out
        wrong = [w for w in wrong if "matches nothing" not in w or w.split()[1] in table]
    wrong += figures.findings(items, table, floors, with_floors)
    report = report_json.build(facts, table, whole_chip, items, tests)
    old = report_json.load(o.trend) if o.trend else None
    rows = trend.compare(old, report, o.trend) if old else None
    text = [f"coverage, profile {facts['profile']}: {len(tests)} tests, {facts['runs']} runs, master seed {facts['master_seed']}, {facts['simulator']}"]
    text += [f"not measured by this profile: {facts['omits']}"] if facts["omits"] else []
    text += [report_text.describe(table, whole_chip, floors if with_floors else {})]
    if rows is not None:
        text += trend.lines(rows, old.get("revision", "?"))
    text += report_text.holes(items, o.holes)
    if with_floors and (better := list(figures.raisable(table, floors))):
        text.append(f"{len(better)} floors can be raised (--raise-floors)")
    text += [f"FINDING {w}" for w in wrong]
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    text.append(f"build and tests took {spent.ru_utime + spent.ru_stime:.0f} CPU seconds")
    text.append(f"{len(wrong)} findings" if wrong else "no findings")
    write_text(o.out / "report.json", report_json.text(report))
    write_text(o.out / "report.txt", "\n".join(text) + "\n")
    write_text(o.out / "coverage.info", export.lcov(items, rtl.modules()))
    write_text(o.out / "coverage.xml", export.cobertura(items, rtl.modules(), time.time()))
    html.write(o.out, report, items, tests, rtl.modules(), rows, floors if with_floors else {}, wrong)
    print("\n".join(text))
    if o.raise_floors:
        if not with_floors:
            raise run.RunError("--raise-floors needs a whole profile")
        write_text(place, figures.floors_text(table, floors, facts["profile"]))
        if place.parent == waivers.HOME:
            write_text(document.PAGE, document.renewed(document.PAGE.read_text(encoding="utf-8")))
    return 1 if wrong else 0


def coverage(o):
    waivers.waivers(), waivers.floors(waivers.HOME / run.profile(o.profile)["floors"]), waivers.transitions()  # a broken list is said before an hour's run
    if o.trend:
        report_json.load(o.trend)
    if o.tests and o.raise_floors:
        raise run.RunError("--raise-floors needs a whole profile, not selected tests")
    if o.tests and o.source is None:
        run.known(o.tests)
    place(o)
    items, tests, facts, without, floors = measure(o)
    if without:
        for name, why in without:
            print(f"coverage: {name}: {why}; it does not count", file=sys.stderr)
    code = judge(o, items, facts, tests, None if without else floors)
    link = o.build / "reports/last"
    if o.out.parent == link.parent:
        new = link.with_name(f".last.{os.getpid()}")
        new.symlink_to(o.out)
        os.replace(new, link)
    print(f"report: {o.out}/index.html (report.json, report.txt, coverage.info, coverage.xml)")
    return 2 if without else code


def main():
    o = parser().parse_args()
    o.build = o.build.absolute()
    try:
        return coverage(o)
    except (run.RunError, data.DataError, waivers.ListError, report_json.ReportError) as e:
        print(f"coverage: {e}", file=sys.stderr)
    except OSError as e:
        print(f"coverage: {e.filename or o.out}: {e.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 2
