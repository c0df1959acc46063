# SPDX-License-Identifier: Apache-2.0
"""Proves one task: all assertions hold, all cover points are reached. What a solver says becomes a verdict here.

pdr        ABC's property-directed reachability: for ever, finds the invariant itself and checks it
induction  yosys-smtbmc with z3: `depth` clocks from the start, then the step from any `depth` clocks to the next
bmc        ABC's bmc3: `depth` clocks from the start
"""
import dataclasses
import pathlib
import re

from . import cones, netlist, process

PROVEN, BOUNDED, FAILED, VACUOUS, TIMEOUT, ERROR = "PROVEN", "PROVEN to depth", "FAILED", "VACUOUS", "TIMEOUT", "TOOL ERROR"
GOOD = (PROVEN, BOUNDED)


@dataclasses.dataclass
class Outcome:
    verdict: str
    depth: int = 0            # clocks looked at, or frames of the invariant
    why: str = ""             # one line, when not proven
    failing: list = dataclasses.field(default_factory=list)  # (label, file, line) of assertions refuted
    covers: dict = dataclasses.field(default_factory=dict)   # label -> budget in which it is reached first
    assertions: int = 0


def prove(task, folder, budget):
    """Assumes netlist.build has run."""
    asserts = netlist.outputs(folder, "prove")
    stage = {"pdr": pdr, "induction": induction, "bmc": bmc}[task.proof.mode]
    out = stage(task, folder, budget, asserts)
    out.assertions = len(asserts)
    if out.verdict in GOOD:
        covers(task, folder, budget, out)
    return out


def abc(folder, commands, budget, log, stage="prove"):
    return process.run(["yosys-abc", "-c", f"read_aiger {stage}.aig; fold; strash; {commands}"], budget, folder / log, cwd=folder)


def failed(asserts, numbers, depth, why="an assertion does not hold"):
    return Outcome(FAILED, depth, why, [asserts[n] for n in sorted(set(numbers))])


def refuted(text):
    """(output, frame) of each assertion that ABC refuted."""
    return [(int(a), int(b)) for a, b in re.findall(r"Output (\d+) (?:of miter \S+ )?was asserted in frame +(\d+)", text)]


def groups(folder, budget, asserts):
    """Each assertion with only the logic it depends on: what a solver has to learn stays small. Assertions whose logic is the
    same, as for the bits of a word, are proven once: a list of (AIG, numbers of assertions)."""
    abc(folder, "write_aiger folded.aig", budget, "fold.log")
    aig = cones.Aig((folder / "folded.aig").read_bytes())
    found = {}
    for n in range(len(asserts)):
        found.setdefault(cones.cone(aig, n), []).append(n)
    for i, cone in enumerate(found):
        (folder / f"cone{i}.aig").write_bytes(cone)
    return list(found.values())


def each(task, folder, budget, asserts, commands):
    """Runs ABC on every group. Returns (answers that refute nothing, None), or (None, the outcome that ends it all)."""
    bad, good = [], []
    for i, numbers in enumerate(groups(folder, budget, asserts)):
        r = process.run(["yosys-abc", "-c", f"read_aiger cone{i}.aig; {commands}"], budget, folder / f"cone{i}.log", cwd=folder)
        if r.timed_out:
            return None, Outcome(TIMEOUT, why=f"{said(task, asserts[numbers[0]])} not decided within {budget.limit} s")
        m = re.search(r"asserted in frame +(\d+)", r.text)
        if m:
            bad += [(n, int(m[1])) for n in numbers]
        else:
            good.append((folder / f"cone{i}.log", r.text))
    if bad:
        return None, failed(asserts, [n for n, _ in bad], min(f for _, f in bad))
    return good, None


def pdr(task, folder, budget, asserts):
    answers, out = each(task, folder, budget, asserts, "scorr; pdr")
    for log, text in answers or ():
        if "Property proved" not in text or "FAILED" in text:
            return Outcome(ERROR, why=f"pdr gave no verdict; see {log}")
    return out or Outcome(PROVEN, max([0, *(int(f) for _, text in answers for f in re.findall(r"Invariant F\[(\d+)\]", text))]))


def bmc(task, folder, budget, asserts):
    depth = task.proof.depth
    answers, out = each(task, folder, budget, asserts, f"bmc3 -F {depth}")
    for log, text in answers or ():
        m = re.search(r"No output asserted in (\d+) frames", text)
        if not m or int(m[1]) < depth:
            return Outcome(ERROR, why=f"bmc3 gave no verdict; see {log}")
    return out or Outcome(BOUNDED, depth)


def said(task, found):
    """r3, or the place of an assertion of the RTL."""
    _, file, line = found
    rule = next((r.label for r in task.proof.rules.rules if r.line == line and pathlib.Path(file) == task.proof.file), None)
    return rule or f"{pathlib.Path(file).name}:{line}"


def induction(task, folder, budget, asserts):
    depth = task.proof.depth
    base = process.run(["yosys-smtbmc", "-s", "z3", "--presat", "--noprogress", "-t", depth, "prove.smt2"], budget,
                       folder / "prove.log", cwd=folder)
    if base.timed_out:
        return Outcome(TIMEOUT, why=f"no answer within {budget.limit} s")
    labels = re.findall(r"Assert failed in [^:]+: (\S+)", base.text)
    if "Status: FAILED" in base.text and labels:
        steps = [int(s) for s in re.findall(r"Checking assertions in step (\d+)", base.text)]
        return failed(asserts, [n for n, a in enumerate(asserts) if a[0] in labels or a[0].endswith(labels[0])], max(steps))
    if "Status: PASSED" not in base.text:
        return Outcome(ERROR, why=f"yosys-smtbmc gave no verdict; see {folder / 'prove.log'}")
    step = process.run(["yosys-smtbmc", "-s", "z3", "--noprogress", "-i", "-t", depth, "prove.smt2"], budget,
                       folder / "induction.log", cwd=folder)
    if step.timed_out:
        return Outcome(TIMEOUT, why=f"the induction step gave no answer within {budget.limit} s")
    if "Status: PASSED" in step.text:
        return Outcome(PROVEN, depth)
    labels = re.findall(r"Assert failed in [^:]+: (\S+)", step.text)
    return Outcome(ERROR, depth, f"holds for {depth} clocks, but {' '.join(labels) or 'something'} does not follow from them: a rule is missing")


def covers(task, folder, budget, out):
    """Every cover point must be reached; one that is not makes whatever was proven say nothing."""
    points = netlist.outputs(folder, "cover")
    wanted = {c.line: c for c in task.proof.rules.covers}
    r = abc(folder, f"bmc3 -a -F {task.proof.cover + 1}", budget, "cover.log", "cover")
    reached = {points[n][2]: f for n, f in refuted(r.text)}
    out.covers = {c.label: reached[line] for line, c in wanted.items() if line in reached}
    missing = [c for line, c in wanted.items() if line not in reached]
    if missing and r.timed_out:
        out.verdict, out.why = TIMEOUT, f"cover point {missing[0].label} not reached within {budget.limit} s"
    elif missing:
        out.verdict = VACUOUS
        out.why = f"cover point {missing[0].label} is not reached within {task.proof.cover} clocks: {missing[0].text}"
