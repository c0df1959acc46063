# SPDX-License-Identifier: Apache-2.0
"""Yosys: property module and RTL to an AIG whose outputs are the assertions, to another for the cover points, and to SMT2."""
import json
import re

from . import process
from .catalogue import HERE, Bad

# What follows sby's own preparation: assertions and assumptions count in the clock they stand in (chformal -early), what
# the RTL leaves open is free in every clock, registers without a start value are free at the start (-zinit keeps them as inputs).
GATES = "memory_map; {fill}; opt -fast; techmap; opt -fast; dffunmap; abc -g AND -fast; opt_clean"
FREE = "setundef -undriven -anyseq"
# A simulation has no free values. A counterexample is looked for with all of them zero first, as Verilator has them.
FILLS = ("setundef -undriven -zero; setundef -init -zero", "setundef -undriven -zero", FREE)


def front(task, files, whole=False):
    """Everything up to the flat netlist. `whole`: nothing is cut, and what the proof leaves out of the RTL's own assertions is assumed,
    so that a simulation does not stop at one of them before it comes to the rule that fails."""
    chparam = "".join(f" -chparam {k} {v}" for k, v in task.parameters)
    read = " ".join(f'"{f}"' for f in [*files, task.proof.file])
    return [f"read_verilog -sv -formal {read}", f"hierarchy -check -top {task.proof.top}{chparam}", "proc",
            *(f"{'chformal -assert -assert2assume' if whole else 'cutpoint'} {m} $paramod*{m} $paramod*{m}[^a-z0-9_]*" for m in task.proof.cut),
            *([] if task.proof.rtl_asserts else [f"select -set others * {task.proof.top} $paramod*{task.proof.top}* %u %d",
                                                 f"chformal -assert {'-assert2assume' if whole else '-remove'} @others"]),
            "chformal -early", "memory_nordff", "flatten", "opt -fast", "opt_clean", "async2sync"]


def write(stage):
    return ["opt_clean", f"write_json {stage}.json", f"write_aiger -I -B -zinit -map {stage}.aim {stage}.aig"]


def script(task, files):
    lines = [*front(task, files), "design -save whole", f"sim -clock clk_i -resetn rst_ni -rstlen 1 -n 1 -w {task.proof.top}", *GATES.format(fill=FREE).split("; "), "design -save gates",
             "chformal -cover -remove", *write("prove"),
             "design -load gates", "chformal -assert -remove", f"techmap -map {HERE}/cover_map.v", *write("cover")]
    if task.proof.mode == "induction":
        lines += ["design -load whole", "chformal -cover -remove", "opt_clean", "memory_map", FREE, "opt -fast", "dffunmap", "opt_clean",
                  "write_rtlil prove.il"]
    if task.proof.mode == "smt":
        lines += ["design -load whole", "chformal -cover -remove", "memory_map", FREE, "opt -fast", "dffunmap",
                  "write_smt2 -wires prove.smt2"]
    return lines


def build(task, files, folder, budget):
    """prove.aig and cover.aig, their maps, and for mode induction prove.smt2, in `folder`."""
    return yosys(task, script(task, files), folder, "model", budget)


def build_trace(task, files, folder, budget, fill):
    """trace.aig: the assertions again, with one of FILLS for what the RTL leaves open."""
    return yosys(task, [*front(task, files, whole=True), "chformal -cover -remove", "opt_clean",
                         *GATES.format(fill=fill).split("; "), *write("trace")], folder, "trace_model", budget)


def yosys(task, lines, folder, name, budget):
    (folder / f"{name}.ys").write_text("\n".join(lines) + "\n", encoding="utf-8")
    r = process.run(["yosys", "-q", "-s", f"{name}.ys"], budget, folder / f"{name}.log", cwd=folder)
    if r.timed_out:
        return r
    errors = re.findall(r"^(?:\S+:\d+: )?(?:ERROR|Error): .*|^.*: ERROR: .*", r.text, re.M)
    if r.code or errors:
        raise Bad(f"{task.name}: yosys: {(errors or r.text.splitlines()[-1:] or ['no reason given'])[0]}")
    return r


def outputs(folder, stage):
    """The assertion behind each output of the AIG, in order: (label, file, line)."""
    module, = (m for m in json.loads((folder / f"{stage}.json").read_text(encoding="utf-8"))["modules"].values())
    found = []
    for name, cell in module["cells"].items():
        if cell["type"] == "$assert":
            # A statement's own place is among those of the instances around it; its end is right where its beginning is
            # the token before it. Statements without a label have their file in their name.
            places = re.findall(r"([^|]*):\d+\.\d+-(\d+)\.\d+", cell["attributes"].get("src", ""))
            own = re.search(r"\$assert\$(.*):\d+\$", name)
            places = [p for p in places if p[0] == own[1]] if own else [p for p in places if p[0].endswith("_props.sv")]
            found.append((name, places[0][0], int(places[0][1])) if places else (name, "", 0))
    return found


def ports(folder, stage):
    """The property module's inputs: name -> width."""
    module, = (m for m in json.loads((folder / f"{stage}.json").read_text(encoding="utf-8"))["modules"].values())
    return {n: len(p["bits"]) for n, p in module["ports"].items() if p["direction"] == "input"}
