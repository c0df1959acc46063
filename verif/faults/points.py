#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a copy of the RTL in which every handshake can be turned over for one clock edge, and whose memories can be written.

usage: points.py RTL OUT LANES

OUT/rtl is the copy: what a control input of an instance is connected to (valid, ready, push, pop, start, we, re, accept) becomes
that value XOR a bit of `turn` (the fault) and not a bit of `low` (a stall), both in htx_fault_pkg and zero but for the edge that a
fault takes. OUT/faults.vlt keeps those bits and every memory writable from C++. OUT/points.txt lists the points: bit, width, module,
instance, port, the handshake whose two sides can be stalled together (or -), and what the port is connected to. Nothing here is a list to keep: points come from the RTL's text and its names for handshakes (docs/architecture.md).
"""
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True
from verif.mutation.structure import modules  # noqa: E402
from verif.mutation.tokens import Source, SourceError, squeeze  # noqa: E402

CONTROL = re.compile(r"(?:^|_)((?:aw|ar|w|r|b)?(?:valid|ready)|push|pop|start|we|re|accept)_i$")
MEMORIES = {"htx_ram": "mem", "htx_fifo": "mem"}
PACKAGE = "htx_fault_pkg"


class Point:
    def __init__(self, file, site, bit, width):
        self.file, self.site, self.bit, self.width = file, site, bit, width

    def text(self):
        """The connection with its fault: `width` bits of the package's vector over it."""
        bits = f"[{self.bit}+:{self.width}]"
        return f"(({self.site.expression}) ^ {PACKAGE}::turn{bits}) & ~{PACKAGE}::low{bits}"

    def net(self):
        """(handshake, "valid" or "ready") when it is connected to a net of such a name, else (None, None)."""
        m = re.fullmatch(r"(\w+)_(valid|ready)(?:\[\w+\])?", squeeze(self.site.expression))
        return (f"{self.site.module.name}.{m[1]}", m[2]) if m else (None, None)

    def line(self, stalls):
        module, instance = self.site.instance
        name = self.net()[0]
        return " ".join([str(self.bit), str(self.width), self.site.module.name, instance, self.site.target, name if name in stalls else "-",
                         squeeze(self.site.expression)])


def width(kind, text, lanes):
    """Bits of a port by its type as written, in a module whose `text` gives its local parameters a value."""
    m = re.fullmatch(r"logic(?:\s*\[(.+):\s*0\s*\])?", kind.strip())
    if not m:
        raise SourceError(f"a control port of type '{kind}' is not understood")
    if not m[1]:
        return 1
    known = {"LANES": str(lanes), "COLUMNS": "1"}  # faults are planted in chips of one column
    known |= {name: f"({value})" for name, value in re.findall(r"localparam\s+int\s+unsigned\s+(\w+)\s*=\s*([^;,]+?)\s*[;,\n]", text)}
    value, before = m[1], ""
    while value != before:
        before, value = value, re.sub(r"[A-Za-z_]\w*", lambda n: known.get(n[0], n[0]), value)
    if not re.fullmatch(r"[\d\s()+\-*]+", value):
        raise SourceError(f"a control port of type '{kind}': '{value}' has no value here")
    return int(eval(value, {"__builtins__": {}})) + 1  # digits and operators only, checked above


def width_of(types, site, lanes):
    ports, text = types[site.instance[0]]
    return width(ports[site.target], text, lanes)


def points(rtl, lanes):
    """Every point of the RTL below `rtl`, in the order of file name and text."""
    parsed = [(path, modules(Source(path.name, path.read_text(encoding="utf-8")))) for path in sorted(rtl.rglob("*.sv"))]
    types = {m.name: (m.types, path.read_text(encoding="utf-8")) for path, found in parsed for m in found}
    result, bit = [], 0
    for path, found in parsed:
        for m in found:
            for site in m.sites:
                if site.kind == "port" and CONTROL.search(site.target):
                    result.append(Point(path.relative_to(rtl), site, bit, width_of(types, site, lanes)))
                    bit += result[-1].width
    if not result:
        raise SourceError(f"{rtl}: no handshake found")
    return result


def stallable(found):
    """Handshakes with a point on both sides: hidden from both for a clock, a transfer happens later and nobody may notice."""
    sides = {}
    for p in found:
        name, side = p.net()
        sides.setdefault(name, set()).add(side)
    return {name for name, s in sides.items() if s == {"valid", "ready"}}


def rewrite(text, mine):
    out, at = [], 0
    for p in sorted(mine, key=lambda p: p.site.start):
        out += [text[at:p.site.start], p.text()]
        at = p.site.end
    return "".join(out) + text[at:]


def write(rtl, out, lanes):
    found = points(rtl, lanes)
    shutil.rmtree(out / "rtl", ignore_errors=True)
    shutil.copytree(rtl, out / "rtl")
    for file in {p.file for p in found}:
        path = out / "rtl" / file
        path.chmod(0o644)
        path.write_text(rewrite(path.read_text(encoding="utf-8"), [p for p in found if p.file == file]), encoding="utf-8")
    bits = sum(p.width for p in found)
    (out / f"rtl/{PACKAGE}.sv").write_text(f"package {PACKAGE};\n  logic [{bits - 1}:0] turn = '0, low = '0;  // set from C++ for one edge\nendpackage\n",
                                           encoding="utf-8")
    writable = [(PACKAGE, "turn"), (PACKAGE, "low"), *MEMORIES.items()]
    (out / "faults.vlt").write_text("`verilator_config\n" + "".join(f'public_flat_rw -module "{m}" -var "{v}"\n' for m, v in writable), encoding="utf-8")
    (out / "points.txt").write_text("".join(p.line(stallable(found)) + "\n" for p in found), encoding="utf-8")
    return found


if __name__ == "__main__":
    if len(sys.argv) != 4 or not sys.argv[3].isdigit():
        sys.exit(__doc__)
    try:
        write(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    except (SourceError, OSError) as e:
        print(f"faults: {e}", file=sys.stderr)
        sys.exit(2)
