# SPDX-License-Identifier: Apache-2.0
"""Builds with coverage and runs a profile's tests through the regression runner; then reads what each run left."""
import json
import os
import pathlib
import subprocess
import sys

from verif.coverage import data, rtl
from verif.coverage.waivers import load
from verif.regress import catalogue, selection


class RunError(Exception):
    """Nothing was measured, or not all of it: one line."""


BUILD = 'export HTX_BUILD=$1 && shift && . scripts/common.sh && configure -DHTX_COVERAGE=ON && build "$@"'


def profile(name):
    profiles = load(pathlib.Path(__file__).with_name("profiles.toml"))
    if name not in profiles:
        raise RunError(f"no profile '{name}' (there are: {', '.join(profiles)})")
    return profiles[name]


def selected(tests):
    """The tests of the catalogue that these names mean, each once."""
    return list({t.name: t for t, _ in selection.select(catalogue.load(rtl.ROOT / "tests/catalogue.toml"), tests)}.values())


def targets(tests):
    """What these tests need: a program of tests/ itself, else all that its build configuration names."""
    cat = catalogue.load(rtl.ROOT / "tests/catalogue.toml")
    needed = {}
    for t in selected(tests):
        own = [c.rpartition("/")[2] for c in t.command if c.startswith("{build}/tests/")]
        needed.update(dict.fromkeys(own or (cat.builds[t.build].targets if t.build else ())))
    return list(needed)


def known(tests):
    """Says which name is none, before anything is made."""
    try:
        return selected(tests)
    except (catalogue.CatalogueError, selection.SelectionError) as e:
        raise RunError(str(e)) from None


def regress(build, out, tests, o):
    """Builds, and runs the tests; a failing one is not an error here, it shows in the report that collect() reads."""
    cache = build / "CMakeCache.txt"
    if cache.is_file() and "HTX_COVERAGE:BOOL=ON" not in cache.read_text(encoding="utf-8"):
        raise RunError(f"{build}: is a build without coverage; name another folder with --build")
    known(tests)
    what = targets(tests)
    if what and subprocess.run(["bash", "-c", BUILD, "coverage", str(build), *what], cwd=rtl.ROOT).returncode:
        raise RunError("the build failed")
    command = [sys.executable, str(rtl.ROOT / "scripts/regress"), *tests, "--no-build", "--build", str(build), "--out", str(out), "--time-factor", "5"]
    command += ["--seed", str(o.seed)] if o.seed is not None else []
    command += ["--seeds", str(o.seeds)] if o.seeds else []
    command += ["--jobs", str(o.jobs)] if o.jobs else []
    code = subprocess.run(command, cwd=rtl.ROOT, env={**os.environ, "HTX_BUILD": str(build)}).returncode
    if code not in (0, 1):
        raise RunError("interrupted" if code == 130 else f"the regression could not run (exit code {code})")


def collect(out, merged):
    """Adds every run that passed; returns [(run, why it does not count)]."""
    try:
        report = json.loads((out / "report.json").read_text(encoding="utf-8"))
        runs = [(r["id"], r["name"], r["verdict"], out / pathlib.Path(r["log"] or "none").parent) for r in report["runs"] if not r["name"].startswith("build.")]
    except OSError as e:
        raise RunError(f"{out}/report.json: cannot be read ({e.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise RunError(f"{out}/report.json: is no report of a regression") from None
    if report.get("status") != "complete":
        raise RunError(f"{out}: the regression did not run to its end")
    without = []
    for run, name, verdict, folder in runs:
        files = sorted(folder.glob("coverage-*.dat"))
        if verdict != "PASS":
            without.append((run, verdict))
        elif not files:
            without.append((run, "left no data"))
        else:
            for f in files:
                merged.add(name, data.read(f, rtl.ROOT))
    return without, report
