#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Searches for the bugs of planted.json, one after another, as random programs are drawn now; a row of the table of docs/random.md for each.

usage: search.py DIR [--only NAME ...] [--seeds N ...] [--clocks N] [--lanes N] [--profile NAME] [--keep OUT]

DIR holds a copy of the RTL with the bugs (plant.py DIR/rtl) and the chips built from it, htx_rtl_L3.so and, for a bug that
three lanes cannot show, htx_rtl_L1.so (scripts/build_rtl --rtl DIR/rtl --lanes 3 --out DIR/htx_rtl_L3.so). Exit code 1 when a bug was not found.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.dont_write_bytecode = True
from tests.random import plant  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("HTX_BUILD", plant.ROOT / "build")) / "random_programs"


def search(o, number, bug, left):
    """The bug's row, and whether it was found. `left`: folder for what the failure leaves."""
    lanes, spent = bug.get("lanes", o.lanes), 0
    for seed in o.seeds:
        command = [PROGRAM, "--rtl-lib", o.dir / f"htx_rtl_L{lanes}.so", "--lanes", lanes, "--plusarg", f"+htx_planted={number}", "--seed", seed,
                   "--clocks", o.clocks, "--shrink-seconds", o.shrink_seconds, "--failures", left]
        if o.profile:
            command += ["--profile", o.profile]
        r = subprocess.run(list(map(str, command)) + ([] if o.keep else ["--no-shrink", "--no-waves"]), capture_output=True, text=True)
        if r.returncode not in (0, 1):
            raise SystemExit(f"search.py: {bug['name']}: {r.stderr.strip()}")
        j = json.loads(r.stdout)
        if r.returncode == 1:
            size = j.get("shrunk", {"before": "", "after": ""})
            if o.keep:
                shutil.copy(left / "case.json", o.keep / f"{bug['name']}.json")
            f, at = j["found"], j["found"]["clocks"] + spent
            return f"| {seed}, {f['case']} | {at:,} | {j['failure']} | {size['before']} | {size['after']} |", True
        spent += j["clocks"]
    return f"| | not in {spent:,} | | | |", False


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("dir", type=pathlib.Path)
    p.add_argument("--only", nargs="+", help="these bugs alone")
    p.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    p.add_argument("--lanes", type=int, default=3, help="of the chip, where the bug names none (default 3)")
    p.add_argument("--profile", help="what cases lean towards (random_programs --help), instead of one drawn for each")
    p.add_argument("--clocks", type=int, default=3000000, help="for each seed (default 3,000,000)")
    p.add_argument("--keep", type=pathlib.Path, help="folder for the shrunk cases; without it nothing is shrunk")
    p.add_argument("--shrink-seconds", type=int, default=60)
    o = p.parse_args()
    names = {b["name"] for b in plant.bugs()}
    for name in o.only or ():
        if name not in names:
            p.error(f"no bug of planted.json is called '{name}'")
    if o.keep:
        o.keep.mkdir(parents=True, exist_ok=True)
    all_found = True
    for number, bug in enumerate(plant.bugs(), 1):
        if o.only and bug["name"] not in o.only:
            continue
        with tempfile.TemporaryDirectory() as left:
            row, found = search(o, number, bug, pathlib.Path(left) / "failure")
        print(f"| `{bug['name']}`: {bug['what']} | {bug['block']} {row}", flush=True)
        all_found = all_found and found
    return not all_found


if __name__ == "__main__":
    sys.exit(main())
