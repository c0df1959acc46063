# SPDX-License-Identifier: Apache-2.0
"""The registers of the chip as Verilator elaborates it, and which of them stand in a probe (golden/chip/*.probe)."""
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/gen"))
import probes  # noqa: E402

LANES, COLUMNS = 8, 2


def elaborate(rtl=ROOT / "rtl"):
    """Verilator's netlist of the chip, optimised as little as it can be."""
    files = sorted(rtl.rglob("*.sv"), key=lambda f: (not f.name.endswith("_pkg.sv"), f.name != "htx_pkg.sv", f.name))
    with tempfile.TemporaryDirectory() as d:
        out = pathlib.Path(d) / "chip.xml"
        r = subprocess.run(["verilator", "--xml-only", "--xml-output", out, "--Mdir", d, "-O0", "--no-timing", "-Wno-fatal", "-Wno-lint", "-Wno-style",
                            "--top-module", "htx_chip", f"-GLANES={LANES}", f"-GCOLUMNS={COLUMNS}", *files], capture_output=True, text=True)
        if r.returncode:
            raise RuntimeError(r.stderr[:2000])
        return ET.parse(out).getroot().find("netlist")


class Module:
    """What a module declares and how its signals hang together."""

    def __init__(self, node, widths):
        self.name = node.get("origName")
        self.width = {v.get("name"): widths(v.get("dtype_id")) for v in node.iter("var")}
        self.outputs = {v.get("name") for v in node.findall("var") if v.get("dir") == "output"}
        self.registers = {base(a[1]) for a in node.iter("assigndly")}
        self.same = []  # pairs of signals that show each other
        for a in node.iter("contassign"):
            self.same += equals(a[1], a[0])
        self.instances = []  # (name, module, [(port, signal)])
        self.find_instances(node, "")

    def find_instances(self, node, scope):
        for child in node:
            if child.tag == "begin":
                self.find_instances(child, child.get("name") or scope)
            elif child.tag == "instance":
                ports = [(p.get("name"), base(p[0])) for p in child.findall("port") if len(p) and base(p[0])]
                self.instances.append(((scope + "." if scope else "") + child.get("name"), child.get("defName"), ports))


def base(node):
    """The signal that a reference, or a part of it, is of; None for anything else."""
    while node.tag in ("sel", "arraysel", "structsel"):
        node = node[0]
    return node.get("name") if node.tag == "varref" else None


def equals(left, right):
    """Pairs of signals of which one shows the other, bit for bit or inverted."""
    if left.tag == "concat" and right.tag == "concat":
        return [p for a, b in zip(left, right) for p in equals(a, b)]
    if right.tag in ("not", "extend"):
        right = right[0]
    if left.tag == "varref" and right.tag == "concat":
        return [p for part in right for p in equals(left, part)]
    return [(left.get("name"), right.get("name"))] if left.tag == right.tag == "varref" else []


def modules(netlist):
    types = {t.get("id"): t for t in netlist.find("typetable")}

    def widths(type_id):
        t = types[type_id]
        if t.tag == "basicdtype":
            return abs(int(t.get("left", 0)) - int(t.get("right", 0))) + 1
        if t.tag == "structdtype":
            return sum(widths(m.get("sub_dtype_id")) for m in t)
        return widths(t.get("sub_dtype_id")) if t.get("sub_dtype_id") else 0

    return {m.get("name"): Module(m, widths) for m in netlist.findall("module")}


class Chip:
    """Every instance of the chip: path below the top ('' is the top itself) -> Module; and what shows what across them."""

    def __init__(self, netlist):
        self.modules = modules(netlist)
        self.at, self.parent = {}, {}
        self.walk("", next(m for m in self.modules.values() if m.name == "htx_chip"))

    def walk(self, path, module):
        self.at[path] = module
        for a, b in module.same:
            self.join((path, a), (path, b))
        for name, kind, ports in module.instances:
            below = f"{path}.{name}" if path else name
            self.walk(below, self.modules[kind])
            for port, signal in ports:
                self.join((below, port), (path, signal))

    def root(self, x):
        while x in self.parent:
            x = self.parent[x]
        return x

    def join(self, a, b):
        a, b = self.root(a), self.root(b)
        if a != b:
            self.parent[a] = b

    def registers(self):
        """(path, module, signal) of every register."""
        return [(path, m.name, r) for path, m in self.at.items() for r in sorted(m.registers)]


def instances():
    """(probe, path) of verif/instances.txt, a line each."""
    found = []
    for line in (ROOT / "verif/instances.txt").read_text(encoding="utf-8").splitlines():
        words = line.split("#")[0].split()
        if words:
            found.append((words[0], words[1]))
    return found


def compared():
    """(probe, block, Field, path) of every compared signal, once for each copy."""
    for probe, where in instances():
        block, fields = probes.load(ROOT / f"golden/chip/{probe}.probe")
        for i, c in itertools.product(range(LANES if "[*]" in where else 1), range(COLUMNS if "[@]" in where else 1)):
            path = "" if where.startswith(".") else where.replace("[*]", f"[{i}]").replace("[@]", f"[{c}]")
            for f in fields:
                yield probe, block, f, path


def plain(path):
    return re.sub(r"\[\d+\]", "", path)
