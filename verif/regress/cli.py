# SPDX-License-Identifier: Apache-2.0
"""Runs the regression tests of tests/catalogue.toml, judges them, and reports.

  scripts/regress                                  all but the nightly tests
  scripts/regress --tag smoke                      the tests with a tag
  scripts/regress 'chip.*' --seeds 20              by name, each with 20 seeds
  scripts/regress chip.lockstep_3_lanes@1234       one test with one seed
  scripts/regress --failed                         what failed in the last regression, with its seeds
  scripts/regress --repeat-from DIR/report.json    a whole regression again
  scripts/regress --report DIR                     the reports of a regression that was killed, from its journal

Reports: OUT/report.json, junit.xml, report.html (OUT is BUILD/regress/DATE-SEED; BUILD/regress/last is the newest).
Exit code: 0 all good, 1 failures, 2 could not run, 130 interrupted. More: docs/regress.md.
"""
import argparse
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import time

from verif.command_line import Parser
from verif.regress import catalogue, load_report, report_text, seeds, selection
from verif.regress.journal import Journal
from verif.regress.launcher import LauncherError
from verif.regress.local import Local
from verif.regress.progress import Progress
from verif.regress.record import Record
from verif.regress.regression import Regression
from verif.regress.slurm import Slurm

ROOT = pathlib.Path(__file__).resolve().parents[2]


class UsageError(Exception):
    pass


def whole(least):
    def convert(text):
        if not text.isdigit() or int(text) < least or int(text) >= seeds.TOP:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {least} to {seeds.TOP - 1}")
        return int(text)
    return convert


def factor(text):
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")
    return value


def parser():
    p = Parser(__doc__, prog="regress")
    p.add_argument("patterns", nargs="*", metavar="NAME", help="names, with * and ?; NAME@SEED is one seed")
    p.add_argument("--tag", action="append", default=[], help="tests with this tag (again: or with that one)")
    p.add_argument("--not-tag", action="append", default=[], help="without the tests with this tag")
    p.add_argument("--seeds", type=whole(1), metavar="N", help="runs of every test that takes a seed (default: as the catalogue says)")
    p.add_argument("--seed", type=whole(0), metavar="S", help="master seed, which all seeds follow from (default: a new one)")
    p.add_argument("--repeat-from", type=pathlib.Path, metavar="REPORT", help="the runs of this report.json, with their seeds")
    p.add_argument("--failed", action="store_true", help="only what failed, in that report or in the last regression")
    p.add_argument("--unfinished", action="store_true", help="only what was not run; with --failed both")
    p.add_argument("--list", action="store_true", help="show the selected tests and stop")
    p.add_argument("--dry-run", action="store_true", help="show builds and runs with their commands and stop")
    p.add_argument("--report", type=pathlib.Path, metavar="DIR", help="write the reports of DIR again from its journal and stop")
    p.add_argument("--jobs", type=whole(1), metavar="N", help="runs beside each other (default: processors; Slurm: as the cluster says)")
    p.add_argument("--launcher", choices=("local", "slurm"), default="local")
    p.add_argument("--reruns", type=whole(0), default=2, metavar="N", help="how often ENVIRONMENT is run again (default 2)")
    p.add_argument("--time-factor", type=factor, default=1.0, metavar="X", help="multiplies every time limit")
    p.add_argument("--no-build", action="store_true", help="take the build as it is")
    p.add_argument("--build", type=pathlib.Path, default=pathlib.Path(os.environ.get("HTX_BUILD", ROOT / "build")), help="build folder")
    p.add_argument("--out", type=pathlib.Path, metavar="DIR", help="folder of the reports and logs; must be new or empty")
    p.add_argument("--catalogue", type=pathlib.Path, default=ROOT / "tests/catalogue.toml")
    return p


def choose(o, cat):
    """(master seed, runs) that the options ask for."""
    master = seeds.master() if o.seed is None else o.seed
    if o.repeat_from or o.failed or o.unfinished:
        report = load_report.load(o.repeat_from or o.build / "regress/last/report.json")
        if o.seed is not None or o.seeds:
            raise UsageError("--seed and --seeds do not go with a repeated report, which has its seeds")
        runs = selection.repeat(cat, report, load_report.wanted(o.failed, o.unfinished))
        if o.patterns or o.tag or o.not_tag:
            names = {t.name for t, _ in selection.select(cat, o.patterns or ["*"], o.tag, o.not_tag)}
            runs = [r for r in runs if r.test.name in names]
        return report["master_seed"], runs
    chosen = selection.select(cat, o.patterns, o.tag, o.not_tag)
    return master, selection.expand(chosen, master, o.seeds)


def again(o):
    """How this script is called for one run of the same catalogue."""
    words = ["scripts/regress"]
    if o.catalogue != ROOT / "tests/catalogue.toml":
        words += ["--catalogue", str(o.catalogue)]
    if o.build != ROOT / "build":
        words += ["--build", str(o.build)]
    return shlex.join(words)


def show_list(chosen):
    rows = [[t.name, t.owner, t.build or "-", t.seeds or "-", f"{t.limit:g} s", ",".join(t.tags), t.what]
            for t in {t.name: t for t, _ in chosen}.values()]
    print(report_text.table(["name", "owner", "build", "seeds", "limit", "tags", "what it is for"], rows))
    print(f"{len(rows)} tests")


def show_runs(o, cat, master, runs):
    from verif.regress import builder
    for b in ([] if o.no_build else builder.needed(cat, runs)):
        print(f"build {b.name}: {' '.join(b.targets or b.command)}")
    for r in runs:
        print(f"{r.id}\n    {r.by_hand({'build': o.build, 'source': ROOT, 'out': pathlib.Path('/tmp/out')})}")
    print(f"{len(runs)} runs; master seed {master}")


def revision():
    try:
        r = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=12"], capture_output=True, text=True)
    except OSError:  # no git: an unpacked archive can be tested too
        r = None
    if r and r.returncode == 0:
        return r.stdout.strip()
    return os.environ.get("GITHUB_SHA", os.environ.get("CI_COMMIT_SHA", "unknown"))[:12]


def make_out(o, master):
    home = o.build / "regress"
    if o.out is None:
        o.out = home / f"{time.strftime('%Y%m%d-%H%M%S')}-{master}-{os.getpid()}"
    o.out.mkdir(parents=True, exist_ok=True)
    if any(o.out.iterdir()):
        raise UsageError(f"{o.out}: is not empty; every regression has a folder of its own")
    o.out = o.out.resolve()


def make_last(o):
    """BUILD/regress/last points to the newest regression."""
    link = o.build / "regress/last"
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f".last.{os.getpid()}")
    new.symlink_to(o.out)
    os.replace(new, link)


def plan(o, cat, master, runs):
    places = {"build": o.build, "source": ROOT, "out": o.out}
    return dict(arguments=shlex.join(["scripts/regress", *sys.argv[1:]]), again=again(o), catalogue=str(cat.path),
                catalogue_digest=cat.digest, master_seed=master, launcher=o.launcher, host=socket.gethostname(), revision=revision(),
                out=str(o.out), source=str(ROOT), build=str(o.build), reruns=o.reruns, time_factor=o.time_factor,
                runs=[dict(id=r.id, name=r.test.name, seed=r.seed, build=r.test.build, owner=r.test.owner, tags=r.test.tags,
                           what=r.test.what, limit=r.test.limit, command=r.by_hand(places)) for r in runs])


def regress(o):
    cat = catalogue.load(o.catalogue)
    if o.list:
        show_list(selection.select(cat, o.patterns, o.tag, o.not_tag))
        return 0
    master, runs = choose(o, cat)
    if o.dry_run:
        show_runs(o, cat, master, runs)
        return 0
    if not runs:
        print("nothing to run" + ("; nothing of that kind is in the report" if o.failed or o.unfinished else ""))
        return 0
    launcher = Slurm(o.jobs) if o.launcher == "slurm" else Local(o.jobs or os.cpu_count())
    make_out(o, master)
    launcher.folder = o.out
    show, record = Progress(), Record()
    show.line(f"{len(runs)} runs of {len({r.test.name for r in runs})} tests; master seed {master}; reports in {o.out}")
    journal = Journal(o.out)
    whole_run = Regression(o, cat, runs, launcher, journal, record, show)
    whole_run.log("plan", **plan(o, cat, master, runs))
    whole_run.write()
    make_last(o)
    status, _, remark = whole_run.go()
    journal.close()
    return conclude(record.summary(), o.out, remark)


def conclude(report, out, remark):
    print(report_text.describe(report, report["again"]))
    print(f"report: {out}/report.html (report.json, junit.xml)" if not remark else f"report: {out}/report.json, junit.xml; {remark}")
    sys.stdout.flush()
    return {"interrupted": 130, "complete": 0 if report["good"] else 1, "running": 0}.get(report["status"], 2)


def main():
    o = parser().parse_args()
    o.build, o.source, o.catalogue = o.build.absolute(), ROOT, o.catalogue.absolute()
    try:
        if o.report:
            return conclude(*load_report.from_journal(o.report))
        return regress(o)
    except (catalogue.CatalogueError, selection.SelectionError, load_report.ReportError, LauncherError, UsageError) as e:
        print(f"regress: {e}", file=sys.stderr)
    except OSError as e:
        print(f"regress: {e.filename or o.out}: {e.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 2
