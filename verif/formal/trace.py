# SPDX-License-Identifier: Apache-2.0
"""Finds the shortest counterexample and reads it: the property module's inputs in every clock, and start values of registers.

ABC writes an AIGER witness: one line of latches, then one line of inputs a clock. Yosys' map says which input is which bit
of which port (`input`), and which stands for a register's or a memory word's unknown start value (`init`)."""
import dataclasses
import re

from . import engine, netlist, process


@dataclasses.dataclass(frozen=True)
class Trace:
    steps: tuple      # of {input: value}; the assertion fails at the last one
    start: tuple      # of (hierarchical name, value), only what is not zero
    failing: tuple    # (label, file, line) that the solver says fails


def find(task, files, folder, budget, depth):
    """The shortest trace, with as much of it zero as a failure allows; None where no solver gives one within the time."""
    for fill in netlist.FILLS:
        # a clean start may need more clocks: what could be there by chance has to be written first
        longest = depth + 1 if fill == netlist.FREE else 2 * depth + 12
        if netlist.build_trace(task, files, folder, budget, fill).timed_out:
            return None
        (folder / "trace.aiw").unlink(missing_ok=True)
        share = process.Budget(budget.left() / 2)
        r = engine.abc(folder, f"bmc3 -F {longest}; write_cex -a trace.aiw", share, "trace.log", "trace")
        bad = engine.refuted(r.text)
        if bad and (folder / "trace.aiw").exists():
            asserts = netlist.outputs(folder, "trace")
            return read(folder, tuple(asserts[n] for n, _ in bad))
    return None


def read(folder, failing):
    inputs, init = {}, {}
    for line in (folder / "trace.aim").read_text(encoding="utf-8").splitlines():
        kind, index, bit, name = line.split(" ", 3)
        if kind == "input":
            inputs[int(index)] = (name, int(bit))
        elif kind == "init":
            init.setdefault(int(index), []).append((name, int(bit)))
    lines = re.findall("^[01x]+", (folder / "trace.aiw").read_text(encoding="ascii"), re.M)[1:]
    steps = []
    for line in lines:
        values = {name: 0 for name, _ in inputs.values()}
        for index, (name, bit) in inputs.items():
            values[name] |= (line[index] == "1") << bit
        steps.append(values)
    start = {}
    for index, names in init.items():
        for name, bit in names:
            start[name] = start.get(name, 0) | (lines[0][index] == "1") << bit
    return Trace(tuple(steps), tuple((n, v) for n, v in sorted(start.items()) if v), failing)
