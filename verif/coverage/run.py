# SPDX-License-Identifier: Apache-2.0
"""Builds with coverage and runs a profile's tests through the regression runner; then reads what each run left."""
import json
import os
import pathlib
import subprocess
import sys

from verif.coverage import data, rtl
from verif.coverage.waivers import load


class RunError(Exception):
    """Nothing was measured, or not all of it: one line."""


CONFIGURE = 'HTX_BUILD=$1 && export HTX_BUILD && . scripts/common.sh && configure -DHTX_COVERAGE=ON'


def profile(name):
    profiles = load(pathlib.Path(__file__).with_name("profiles.toml"))
    if name not in profiles:
        raise RunError(f"no profile '{name}' (there are: {', '.join(profiles)})")
    return profiles[name]


def regress(build, out, tests, o):
    """Runs the tests; a failing one is not an error here, it shows in the report that collect() reads."""
    if subprocess.run(["bash", "-c", CONFIGURE, "coverage", str(build)], cwd=rtl.ROOT).returncode:
        raise RunError("the build could not be configured")
    cache = (build / "CMakeCache.txt").read_text(encoding="utf-8")
    if "HTX_COVERAGE:BOOL=ON" not in cache:
        raise RunError(f"{build}: is a build without coverage; name another folder with --build")
    command = [sys.executable, str(rtl.ROOT / "scripts/regress"), *tests, "--build", str(build), "--out", str(out), "--time-factor", "5"]
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
