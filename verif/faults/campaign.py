# SPDX-License-Identifier: Apache-2.0
"""Builds the chip that faults are planted in, runs plant_faults over it, and puts what became of every fault into one table."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys

from verif.faults import points
from verif.mutation import tiny_gguf

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPORTED, SHOWN = ("lockstep", "assertion", "chip"), ("recovered", "same_result", "overwritten", "unused", "no_effect")
OUTCOMES = {
    "lockstep": "golden and RTL differed, and the lockstep said where",
    "assertion": "an assertion of the RTL fired",
    "chip": "the chip itself said so: its error register, or the answer on the bus",
    "recovered": "the decode after it gave every token and logit as if nothing had been",
    "same_result": "only the time changed: every token, logit, key and value came out the same",
    "overwritten": "written over before anything read it",
    "unused": "still there at the end, never used: nothing else was different, in any clock or memory",
    "no_effect": "nothing was under way: nothing differed, in any clock or memory",
    "silent": "something was different and nobody said so",
}


class FaultsError(Exception):
    """The campaign cannot be carried out; the text says why."""


def note(text):
    print(text, file=sys.stderr, flush=True)


def build_programs(build):
    setup = 'cd "$1"; . scripts/common.sh; shift; build "$@"'
    run = subprocess.run(["bash", "-c", setup, "faults", str(ROOT), "plant_faults"], env={**os.environ, "HTX_BUILD": str(build)}, stdout=sys.stderr)
    if run.returncode:
        raise FaultsError("the program that plants faults does not build")


def build_chip(rtl, lanes, build, work, jobs):
    """The Verilated chip for faults and its list of points; made again only when something it is made from has changed."""
    folder = work / f"L{lanes}"
    folder.mkdir(parents=True, exist_ok=True)
    points.write(rtl, folder, lanes)
    made_from = [*sorted((folder / "rtl").rglob("*.sv")), folder / "faults.vlt", *sorted((ROOT / "golden/chip").glob("*.probe")), *sorted((ROOT / "verif").glob("rtl_*.[ch]pp")),
                 ROOT / "verif/instances.txt", ROOT / "scripts/build_rtl", ROOT / "scripts/gen/probes.py", build / "generated/htx/stamp.hpp"]
    h = hashlib.sha256()
    for f in made_from:
        h.update(f.read_bytes() + b"\0")
    library, mark = work / f"htx_faults_L{lanes}.so", folder / "stamp"
    if not (library.exists() and mark.exists() and mark.read_text() == h.hexdigest()):
        note(f"building the chip with {lanes} lane{'s' if lanes > 1 else ''} for faults (a minute or two)")
        mark.unlink(missing_ok=True)
        command = [ROOT / "scripts/build_rtl", "--rtl", folder / "rtl", "--lanes", str(lanes), "--out", library, "--include", build / "generated",
                   "--vlt", folder / "faults.vlt", "--opt=-O2 -march=native", "--jobs", str(jobs)]
        if subprocess.run(command).returncode:
            raise FaultsError(f"the chip with {lanes} lane(s) for faults does not build")
        mark.write_text(h.hexdigest())
    return library, folder / "points.txt"


def plant(build, library, points_file, lanes, o, model):
    """plant_faults' own report."""
    command = [build / "plant_faults", model, "--rtl-lib", library, "--points", points_file, "--lanes", str(lanes), "--seed", str(o.seed), "--count", str(o.count),
               "--tokens", str(o.tokens), "--jobs", str(o.jobs), *(["--only", o.only] if o.only else [])]
    run = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True)
    if run.returncode not in (0, 1):
        raise FaultsError(f"plant_faults ended with {'exit code' if run.returncode > 0 else 'signal'} {abs(run.returncode)}")
    report = json.loads(run.stdout)
    if bool(run.returncode) != any(f["outcome"] == "silent" for f in report["faults"]):
        raise FaultsError("plant_faults' exit code and its report do not agree")
    return report


def model_file(work):
    path = work / "model.gguf"
    path.write_bytes(tiny_gguf.build(seed=1))
    return path


def tally(faults):
    """class -> outcome -> how many, classes in the order in which they come."""
    table = {}
    for f in sorted(faults, key=lambda f: f["class"]):
        if f["outcome"] not in OUTCOMES:
            raise FaultsError(f"a fault without a result: {f['class']} {f['where']}")
        row = table.setdefault(f["class"], dict.fromkeys(OUTCOMES, 0))
        row[f["outcome"]] += 1
    return table


def table(faults):
    rows = tally(faults)
    head = ["class", "injected", *OUTCOMES]
    lines = [[name, sum(row.values()), *row.values()] for name, row in rows.items()]
    lines.append(["all", *(sum(line[i] for line in lines) for i in range(1, len(head)))])
    cells = [head, *[[str(c) for c in line] for line in lines]]
    widths = [max(len(r[i]) for r in cells) for i in range(len(head))]
    row = lambda r: "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths)) + " |"
    return "\n".join([row(head), "|" + "|".join("-" * (w + 2) for w in widths) + "|", *map(row, cells[1:])])
