# SPDX-License-Identifier: Apache-2.0
"""Proves one task: all assertions hold, all cover points are reached. What a solver says becomes a verdict here.

pdr        ABC's property-directed reachability: for ever, finds the invariant itself and checks it
induction  Yosys' own SAT solver: `depth` clocks from the start, then the step from any `depth` clocks to the next
smt        the same with yosys-smtbmc and z3, which knows arithmetic
bmc        ABC's bmc3: `depth` clocks from the start
"""
import dataclasses
import pathlib
import re

from . import cones, netlist, process

# PARTLY: some rules for ever, those named in `bounds` to their depth. UNDECIDED is not good: nothing is known.
PROVEN, PARTLY, BOUNDED = "PROVEN", "PROVEN, part bounded", "PROVEN to depth"
FAILED, VACUOUS, UNDECIDED, ERROR = "FAILED", "VACUOUS", "NOT DECIDED", "TOOL ERROR"
FIRST_LOOK = 16  # clocks in which an induction looks for a bug before anything else
GOOD = (PROVEN, PARTLY, BOUNDED)


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
    out = {"induction": induction, "smt": smt}.get(task.proof.mode, with_abc)(task, folder, budget, asserts)
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


def all_refuted(folder, budget, stage, count, clocks, log):
    """(output, first frame) of every output that can be asserted within so many clocks; and whether the time was up before."""
    r = abc(folder, f"bmc3 -a -F {clocks}", budget, log, stage)
    if r.code >= 0 or r.timed_out:
        return refuted(r.text), r.timed_out
    # ABC's search for several at a time crashes on some designs; for one at a time it does not
    abc(folder, "write_aiger folded.aig", budget, "fold.log", stage)
    aig, found = cones.Aig((folder / "folded.aig").read_bytes()), []
    for n in range(count):
        (folder / "one.aig").write_bytes(cones.cone(aig, n))
        r = process.run(["yosys-abc", "-c", f"read_aiger one.aig; bmc3 -F {clocks}"], budget, folder / "one.log", cwd=folder)
        found += [(n, f) for _, f in refuted(r.text)]
        if r.timed_out or r.code:
            return found, True
    return found, False


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


def reduced_to_nothing(text):
    """Whether the reductions before pdr left a constant, of which newer versions of ABC (Yosys 0.52's) do not say that it is proven."""
    return "All outputs solved or timed out" in text and "Property UNDECIDED" in text


def each(task, folder, budget, asserts, commands):
    """Runs ABC on every group, with what `commands` says for its depth (0: for ever). Returns (answers that refute nothing, None),
    or (None, the outcome that ends it all)."""
    bad, good = [], []
    for i, numbers in enumerate(groups(folder, budget, asserts)):
        depth = max(bound(task, asserts[n]) for n in numbers)
        run = lambda words: process.run(["yosys-abc", "-c", f"read_aiger cone{i}.aig; {words}"], budget, folder / f"cone{i}.log", cwd=folder)
        r = run(commands(depth))
        if reduced_to_nothing(r.text):
            r = run("pdr")
        if r.timed_out:
            return None, Outcome(UNDECIDED, why=f"{said(task, asserts[numbers[0]])} not decided within {budget.limit} s")
        m = re.search(r"asserted in frame +(\d+)", r.text)
        if m:
            bad += [(n, int(m[1])) for n in numbers]
        else:
            good.append((depth, folder / f"cone{i}.log", r.text))
    if bad:
        return None, failed(asserts, [n for n, _ in bad], min(f for _, f in bad))
    return good, None


def bound(task, assertion):
    """How many clocks deep an assertion is to be proven; 0: for ever."""
    if task.proof.mode == "bmc":
        return task.proof.depth
    return max([0, *(d for name, d in task.proof.bounds.items() if named(task, name, assertion))])


def named(task, name, assertion):
    """Whether `bounds` means this assertion: a rule by its label, an assertion of the RTL by a part of its place."""
    return name == rule(task, assertion) or (rule(task, assertion) is None and name in assertion[0])


def with_abc(task, folder, budget, asserts):
    """Modes pdr and bmc."""
    if task.proof.joint:
        return joint(folder, budget, asserts)
    unused = [n for n in task.proof.bounds if not any(named(task, n, a) for a in asserts)]
    if unused:
        return Outcome(ERROR, why=f"`bounds` names {unused[0]}, which no assertion is called")
    answers, out = each(task, folder, budget, asserts, lambda depth: f"bmc3 -F {depth}" if depth else "scorr; pdr")
    deepest, bounded = 0, []
    for depth, log, text in answers or ():
        m = re.search(r"No output asserted in (\d+) frames", text)
        whole = "Explored all reachable states" in text  # bmc3 saw that there is no deeper
        if depth and not whole and (not m or int(m[1]) < depth) or not depth and ("Property proved" not in text or "FAILED" in text):
            return Outcome(ERROR, why=f"ABC gave no verdict; see {log}")
        bounded += [depth] if depth else []
        deepest = max([deepest, *(int(f) for f in re.findall(r"Invariant F\[(\d+)\]", text))])
    if out:
        return out
    if len(bounded) == len(answers):
        return Outcome(BOUNDED, min(bounded))
    return Outcome(PARTLY if bounded else PROVEN, min(bounded) if bounded else deepest)


def joint(folder, budget, asserts):
    """All assertions as one: each may be used to prove the others, so that rules about the inside carry those about the outside."""
    log = folder / "joint.log"
    r = abc(folder, "orpos; scorr; dc2; pdr", budget, log.name)
    if reduced_to_nothing(r.text):
        r = abc(folder, "orpos; pdr", budget, log.name)
    if r.timed_out:
        return Outcome(UNDECIDED, why=f"not decided within {budget.limit} s")
    m = re.search(r"asserted in frame +(\d+)", r.text)
    if m:  # which of them: each alone fails no later
        return which(folder, budget, asserts, int(m[1]))
    if "Property proved" not in r.text or "FAILED" in r.text:
        return Outcome(ERROR, why=f"ABC gave no verdict; see {log}")
    return Outcome(PROVEN, max([0, *(int(f) for f in re.findall(r"Invariant F\[(\d+)\]", r.text))]))


def rule(task, found):
    """The label of the rule that an assertion is; None where it is one of the RTL's."""
    _, file, line = found
    return next((r.label for r in task.proof.rules.rules if r.line == line and pathlib.Path(file) == task.proof.file), None)


def said(task, found):
    """r3, or the place of an assertion of the RTL."""
    return rule(task, found) or f"{pathlib.Path(found[1]).name}:{found[2]}"


def induction(task, folder, budget, asserts):
    depth, log = task.proof.depth, folder / "induction.log"
    early = broken(folder, budget, asserts, FIRST_LOOK)  # a bug shows sooner than a step that does not follow
    if early:
        return early
    r = process.run(["yosys", "-p", f"read_rtlil prove.il; sat -tempinduct -prove-asserts -set-assumes -ignore_unknown_cells -maxsteps {depth}"],
                    budget, log, cwd=folder)
    if r.timed_out:
        return Outcome(UNDECIDED, why=f"not decided within {budget.limit} s")
    if "Induction step proven: SUCCESS!" in r.text:
        return Outcome(PROVEN, len(re.findall(r"^\[induction step", r.text, re.M)))
    if "Reached maximum number of time steps" in r.text:
        return broken_later(task, folder, budget, asserts, "it")
    return Outcome(ERROR, why=f"yosys gave no verdict; see {log}")


def broken(folder, budget, asserts, clocks):
    """FAILED, if an assertion fails within so many clocks; else nothing."""
    m = re.search(r"asserted in frame +(\d+)", abc(folder, f"orpos; scorr; bmc3 -F {clocks}", budget, "broken.log").text)
    return which(folder, budget, asserts, int(m[1])) if m else None


def which(folder, budget, asserts, last):
    """The assertions that fail first, which is in clock `last`."""
    bad, _ = all_refuted(folder, budget, "prove", len(asserts), last + 1, "which.log")
    first = min((f for _, f in bad), default=0)
    return failed(asserts, [n for n, f in bad if f == first], first) if bad else Outcome(ERROR, why=f"see {folder / 'which.log'}")


def broken_later(task, folder, budget, asserts, what):
    """The step does not follow: either an assertion fails some clocks on, or another rule is needed to prove it."""
    out = broken(folder, budget, asserts, task.proof.cover)
    why = f"holds for {task.proof.cover} clocks, but {what} does not follow from {task.proof.depth} of them: a rule is missing"
    return out or Outcome(UNDECIDED, task.proof.depth, why)


def smt(task, folder, budget, asserts):
    depth = task.proof.depth
    base = process.run(["yosys-smtbmc", "-s", "z3", "--presat", "--noprogress", "-t", depth, "prove.smt2"], budget,
                       folder / "prove.log", cwd=folder)
    if base.timed_out:
        return Outcome(UNDECIDED, why=f"no answer within {budget.limit} s")
    labels = re.findall(r"Assert failed in [^:]+: (\S+)", base.text)
    if "Status: FAILED" in base.text and labels:
        steps = [int(s) for s in re.findall(r"Checking assertions in step (\d+)", base.text)]
        return failed(asserts, [n for n, a in enumerate(asserts) if a[0] in labels or a[0].endswith(labels[0])], max(steps))
    if "Status: PASSED" not in base.text:
        return Outcome(ERROR, why=f"yosys-smtbmc gave no verdict; see {folder / 'prove.log'}")
    step = process.run(["yosys-smtbmc", "-s", "z3", "--noprogress", "-i", "-t", depth, "prove.smt2"], budget,
                       folder / "induction.log", cwd=folder)
    if step.timed_out:
        return Outcome(UNDECIDED, why=f"the induction step gave no answer within {budget.limit} s")
    if "Status: PASSED" in step.text:
        return Outcome(PROVEN, depth)
    labels = re.findall(r"Assert failed in [^:]+: (\S+)", step.text)
    return broken_later(task, folder, budget, asserts, " ".join(labels) or "it")


def covers(task, folder, budget, out):
    """Every cover point must be reached; one that is not makes whatever was proven say nothing."""
    points = netlist.outputs(folder, "cover")
    wanted = {c.line: c for c in task.proof.rules.covers}
    found, timed_out = all_refuted(folder, budget, "cover", len(points), task.proof.cover + 1, "cover.log")
    reached = {points[n][2]: f for n, f in found}
    out.covers = {c.label: reached[line] for line, c in wanted.items() if line in reached}
    missing = [c for line, c in wanted.items() if line not in reached]
    if missing and timed_out:
        out.verdict, out.why = UNDECIDED, f"cover point {missing[0].label} not reached within {budget.limit} s"
    elif missing:
        out.verdict = VACUOUS
        out.why = f"cover point {missing[0].label} is not reached within {task.proof.cover} clocks: {missing[0].text}"
