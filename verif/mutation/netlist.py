# SPDX-License-Identifier: Apache-2.0
"""Yosys elaborates the chip, each module a netlist of its own, lists mutants of it, and writes the mutated modules as Verilog.

A module written so takes the place of its source file: same name, ports, parameters and registers, so that probes and neighbours
find what they know. One that the chip has in several sizes becomes a choice between its netlists.
"""
import json
import re
import shutil
import subprocess

from verif.formal.sources import closure
from verif.mutation import rewrite
from verif.mutation.regroup import regroup
from verif.mutation.common import CampaignError, digest, squeeze

TOP = "htx_chip"
SELECT = "htx_mutsel"
CLASSES = {
    "net-invert": "a bit of a cell's port is inverted",
    "net-stuck": "a bit of a cell's port is stuck at 0 or at 1",
    "net-flip": "a bit of a cell's port is inverted while another of its bits is 0, or is 1",
}
_MODES = {"inv": ("net-invert", "inverted"), "const0": ("net-stuck", "stuck at 0"), "const1": ("net-stuck", "stuck at 1"),
          "cnot0": ("net-flip", "inverted while its bit {} is 0"), "cnot1": ("net-flip", "inverted while its bit {} is 1")}
# Wiring alone: the chip's lanes lie in generate blocks, whose names a netlist does not keep. Source-level mutants cover it.
WIRING = ("htx_chip",)


class Unit:
    """An elaborated module: Yosys' name of it, the module it comes from, its parameters' values."""

    def __init__(self, name, data):
        self.name = name
        self.module = data["attributes"].get("hdlname", name).lstrip("\\") if name.startswith("$") else name
        self.parameters = {k: int(v, 2) for k, v in (data.get("parameter_default_values") or {}).items()}
        self.cells = {n: c["type"] for n, c in data["cells"].items()}
        self.ports = {n: (p["direction"], len(p["bits"])) for n, p in data["ports"].items()}
        self.wires = {n: c["connections"] for n, c in data["cells"].items()}

    def idle(self, mode, cell, port, bit, other):
        """Whether a mutant does nothing by itself: a constant stuck at its own value, a flip on a constant that never allows it."""
        bits = self.wires.get(cell, {}).get(port, [])
        at = {"const0": (bit, "0"), "const1": (bit, "1"), "cnot0": (other, "1"), "cnot1": (other, "0")}.get(mode)
        return at is not None and at[0] < len(bits) and bits[at[0]] == at[1]

    @property
    def size(self):
        return ", ".join(f"{k} {v}" for k, v in sorted(self.parameters.items()))


class Candidate:
    """A mutant of a netlist: one line of Yosys' list."""

    engine = "netlist"

    def __init__(self, unit, line, sources, count_of):
        self.unit, self.line_text = unit, line
        words = dict(re.findall(r"-(mode|cell|port|portbit|ctrlbit|wire|wirebit) (\S+)", line))
        places = re.findall(r"-src ([^:\s|]+):(\d+)\.(\d+)-(\d+)\.(\d+)", line)
        self.name, effect = _MODES[words["mode"]]
        self.module = unit.module
        # The last place is the cell's own; the others are where its wires are declared.
        self.file, self.line, text = sources.quote(*places[-1]) if places else sources.start(unit.module)
        kind = unit.cells.get(words["cell"], words["cell"])
        self.kind = kind
        cell = words["cell"].lstrip("\\") if not words["cell"].startswith("$") else kind.lstrip("$")
        wire = f" ({words['wire'].lstrip(chr(92))}[{words['wirebit']}])" if "wire" in words else ""
        size = f" [{unit.size}]" if unit.size else ""
        self.idle = unit.idle(words["mode"], words["cell"].lstrip("\\"), words["port"].lstrip("\\"), int(words["portbit"]), int(words.get("ctrlbit", 0)))
        self.original = squeeze(f"{cell}.{words['port'].lstrip(chr(92))}[{words['portbit']}]{wire} of \"{text}\"{size}")
        self.mutated = effect.format(words.get("ctrlbit", ""))
        same = (self.module, self.name, self.original, self.mutated)
        count_of[same] = count_of.get(same, 0) + 1
        self.key = digest("netlist", *same, count_of[same])[:16]
        self.places = {(unit.name, words["cell"], words["port"])}  # several at one port would feed each other


class _Sources:
    def __init__(self, rtl, files):
        self.rtl = rtl
        self.texts = {str(f.relative_to(rtl)): f.read_text(encoding="utf-8").split("\n") for f in files}

    def quote(self, file, line, column, last, end):
        lines = self.texts.get(file, [])
        line, last = int(line), int(last)
        text = lines[line - 1:last] if last <= len(lines) else []
        if text:
            text[-1] = text[-1][:int(end) - 1]
            text[0] = text[0][int(column) - 1:]
        text = squeeze("\n".join(text))
        return file, line, text if len(text) < 160 else text[:157] + "..."

    def start(self, module):
        for file in self.texts:
            if file.rsplit("/", 1)[-1] == module + ".sv":
                return file, 1, module
        return "", 1, module


class Netlists:
    """The elaborated chip; made once for one RTL, number of lanes and columns, and list, and kept in `work`."""

    def __init__(self, rtl, lanes, columns, work):
        self.rtl, self.lanes, self.columns, self.work = rtl, lanes, columns, work
        top = rtl / f"chip/{TOP}.sv"
        if not top.exists():
            raise CampaignError(f"{rtl} has no chip to elaborate (chip/{TOP}.sv)")
        self.files = [*closure(rtl, top), top]

    def elaborate(self):
        names = [str(f.relative_to(self.rtl)) for f in self.files]
        self.stamp = digest(self.lanes, self.columns, *names, *(f.read_bytes() for f in self.files))
        mark = self.work / "stamp"
        if not (mark.exists() and mark.read_text() == self.stamp):
            shutil.rmtree(self.work, ignore_errors=True)
            self.work.mkdir(parents=True)
            # -noassert: assertions stay with the modules that are sources; names are relative, so that they say nothing of this machine
            yosys(self.work, "elaborate", [f"read_verilog -sv -noassert {' '.join(names)}", f"hierarchy -check -top {TOP} -chparam LANES {self.lanes} -chparam COLUMNS {self.columns}",
                                           "proc", "opt -nodffe -nosdff", "wreduce", "opt -nodffe -nosdff", f"write_json {self.work}/chip.json", f"write_rtlil {self.work}/chip.il"], cwd=self.rtl)
            mark.write_text(self.stamp)
        design = json.loads((self.work / "chip.json").read_text(encoding="utf-8"))["modules"]
        self.units = [Unit(n, m) for n, m in design.items()]
        self.by_name = {u.name: u for u in self.units}
        return self

    def candidates(self, seed, number):
        """At most `number` mutants of every elaborated module, sampled by Yosys."""
        wanted = [u for u in self.units if u.module not in WIRING]
        out = self.work / f"list-{seed}-{number}.json"
        if not out.exists():
            lists = [self.work / f"list{i}.txt" for i in range(len(wanted))]
            yosys(self.work, "list", [f"read_rtlil {self.work}/chip.il",
                                      *(f"mutate -list {number} -seed {seed} -module {u.name} -o {f}" for u, f in zip(wanted, lists))])
            out.write_text(json.dumps([f.read_text().splitlines() for f in lists]))
            for f in lists:
                f.unlink()
        sources, counts, found = _Sources(self.rtl, self.files), {}, []
        for unit, lines in zip(wanted, json.loads(out.read_text())):
            mutants = [Candidate(unit, line, sources, counts) for line in lines]
            found += [c for c in mutants if not c.idle and "meminit" not in c.kind]  # a table's content must stay constant
        return found

    def write(self, modules, numbered, rtl, name):
        """Puts netlists in the place of `modules` in the folder `rtl`, with [(number, candidate)] in them."""
        script = [f"read_rtlil {self.work}/chip.il"]
        for number, c in numbered:
            assert c.module in modules, c.module
            script.append(f"{c.line_text.split(' -wire ')[0].split(' -src ')[0]} -ctrl {SELECT} 32 {number}")
        yosys(self.work, name, [*script, f"write_verilog -noattr {self.work}/{name}.v"])
        bodies = dict(self._split((self.work / f"{name}.v").read_text(encoding="utf-8")))
        for module in sorted(modules):
            units = [u for u in self.units if u.module == module]
            file = next(f for f in self.files if f.stem == module)
            changed = {c.unit.name for _, c in numbered}
            mine = [(u, bodies[u.name]) for u in units if u.name in changed or len(units) == 1]
            text = facade(file.read_text(encoding="utf-8"), module, mine, len(units))
            rewrite.put(rtl / file.relative_to(self.rtl), text, f"netlist of {module}")

    def _split(self, text):
        """(Yosys' name, Verilog from the port list on) of every module; instances call their modules as the sources do."""
        ports = {u.module: u.ports for u in self.units if not u.parameters}  # of what an instance calls

        def instance(m):
            u = self.by_name[m[1]]
            call = f"{u.module} #({', '.join(f'.{k}({v})' for k, v in u.parameters.items())})"
            ports[call] = u.ports
            return f"  {call} "
        for m in re.finditer(r"^module (\\\S+ |\w+)\s*(\(.*?\));\n(.*?)^endmodule", text, re.S | re.M):
            body = re.sub(r"^  \\(\$paramod\S+) ", instance, m[3], flags=re.M)
            body = re.sub(rf"^  input (\[31:0\] )?{SELECT};\n", "", body, flags=re.M)
            body = re.sub(rf"^  wire \[31:0\] {SELECT};$", f"  wire [31:0] {SELECT} = htx_mut_pkg::sel;", body, flags=re.M)
            body = re.sub(rf",?\n    \.{SELECT}\({SELECT}\)(?=,?\n)", "", body)  # Yosys passes it on through the hierarchy
            body = re.sub(r"\(,\n", "(\n", body)
            body = body.replace(" // synopsys parallel_case", "")  # Verilator would assert it, which the sources do not
            ports_of_module = re.sub(rf",\s*{SELECT}\b", "", m[2])
            yield m[1].strip().removeprefix("\\"), (ports_of_module, body if m[1].strip() in WIRING else regroup(body, ports.__getitem__))


    def quoted(self, entry):
        """Whether an entry of the argued list still quotes the RTL."""
        m = re.search(r' of "(.*?)(\.\.\.)?"(?: \[[^"]*\])?$', entry["original"])
        path = self.rtl / entry["file"]
        return bool(m) and path.exists() and m[1] in squeeze(path.read_text(encoding="utf-8"))


def facade(source, module, variants, sizes):
    """The Verilog that stands for `module`: its only netlist, or a choice by parameters: netlists of the sizes with mutants, the
    source for the others."""
    if sizes == 1:
        unit, (ports, body) = variants[0]
        parameters = ", ".join(f"parameter int unsigned {k} = {v}" for k, v in unit.parameters.items())
        return f"module {module} {f'#({parameters}) ' if parameters else ''}{ports};\n{body}endmodule\n"
    header = re.search(rf"module\s+{module}\b.*?\)\s*;", source, re.S)[0]
    names = variants[0][0].parameters
    text, choices = [re.sub(rf"\bmodule\s+{module}\b", f"module {module}__source", source)], []
    for i, (unit, (ports, body)) in enumerate(variants):
        text.append(f"module {module}__{i} {ports};\n{body}endmodule\n")
        test = " && ".join(f"{k} == {v}" for k, v in unit.parameters.items())
        choices.append(f"  if ({test}) begin : v{i}\n    {module}__{i} u (.*);\n  end else ")
    same = ", ".join(f".{k}({k})" for k in names)
    return "\n".join(text) + f"{header}\n" + "".join(choices) + f"begin : as_source\n    {module}__source #({same}) u (.*);\n  end\nendmodule\n"


def yosys(folder, name, script, cwd=None):
    path = folder / f"{name}.ys"
    path.write_text("\n".join(script) + "\n", encoding="utf-8")
    try:
        r = subprocess.run(["yosys", "-q", "-s", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd or folder)
    except FileNotFoundError:
        raise CampaignError("yosys is missing; scripts/setup installs it") from None
    if r.returncode:
        errors = [l for l in r.stdout.splitlines() if "ERROR" in l] or r.stdout.splitlines()[-2:]
        raise CampaignError(f"yosys ({path}): " + " ".join(errors)[:500])
    return r.stdout
