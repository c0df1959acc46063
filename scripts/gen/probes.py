#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the list of signals a block is compared by into the code that compares them.

golden/chip/BLOCK.probe names a block's outputs and architectural registers as the RTL calls them, one a line:

    block htx_stream              # the RTL module
    mem_req_valid_o 1             # signal, bits
    acc_q 32 32 fp32              # signal, bits, entries of an unpacked array; its 32-bit parts are floats
    run_m_q 32 signed             # reports show it with its sign
    dev_addr_o 28 lane            # this copy's bits of a pin vector that holds the lanes side by side
    res_o res_word_t data=fp32    # a packed struct of htx_pkg, which says how wide it is; reports show its fields, data as floats

From it come
  struct  OUT.hpp   FILE.probe                     the plain struct that golden twin and RTL reader both fill
  vlt     OUT.vlt   FILE.probe...                  the Verilator configuration that keeps those signals readable
  bundle  OUT.hpp   NAME FILE.probe=PATH...        one struct holding the probes of every block of a chip of up to 8 lanes;
                                                   name[*] in PATH is one copy a lane, name[@] below it one a column
  reader  OUT.hpp   PREFIX TOP FILE.probe=PATH...  functions that fill the structs from the Verilated model; PATH is
                                                   the instance below TOP ('' or '.' for TOP itself); name[*4] = 4 copies,
                                                   name[@2] below it 2 of each: copy number 8 * lane + column
The structs are called as the files. '.[*]' is TOP once a lane: its `lane` signals.
"""
import pathlib
import re
import sys
from collections import namedtuple

PACKAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "rtl/common/htx_pkg.sv"
SHOWS = ("plain", "fp32", "signed")
Field = namedtuple("Field", "name width depth show lane parts")  # parts: (name, lsb, width, show) of a packed struct
Part = namedtuple("Part", "name lsb width show")


def number(text, known):
    """Value of a width in the package: digits, names of its constants, + - * /."""
    text = re.sub(r"\b[A-Za-z_]\w*\b", lambda m: str(known[m[0]]), text)
    if not re.fullmatch(r"[\d\s()+\-*/]+", text):
        raise ValueError(text)
    return int(eval(text.replace("/", "//"), {"__builtins__": {}}))  # digits and operators only, checked above


def structs(path=PACKAGE):
    """The packed structs of the package: name -> [Part], first field in the high bits."""
    text, known, found = re.sub(r"//[^\n]*", "", pathlib.Path(path).read_text(encoding="utf-8")), {}, {}
    for m in re.finditer(r"localparam\s+int\s+unsigned\s+(\w+)\s*=\s*(\d+)\s*;|typedef\s+struct\s+packed\s*\{(.*?)\}\s*(\w+)\s*;", text, re.S):
        if m[1]:
            known[m[1]] = int(m[2])
            continue
        fields = [(name, number(msb, known) + 1 if msb else 1)
                  for msb, name in re.findall(r"logic\s*(?:\[([^:\]]+):0\])?\s*(\w+)\s*;", m[3])]
        lsb, parts = sum(w for _, w in fields), []
        for name, width in fields:
            lsb -= width
            parts.append(Part(name, lsb, width, "plain"))
        found[m[4]] = parts
    return found


def read_field(words, types):
    """A signal's line as a Field; ValueError when it is none."""
    name, kind, *marks = words
    if kind.isdigit():
        width, parts = int(kind), ()
    else:
        parts = types[kind]
        width = sum(p.width for p in parts)
        shows = dict(m.split("=") for m in marks if "=" in m)
        if not set(shows) <= {p.name for p in parts} or not set(shows.values()) <= set(SHOWS):
            raise ValueError
        parts = tuple(p._replace(show=shows.get(p.name, p.show)) for p in parts)
        marks = [m for m in marks if "=" not in m]
    depth = int(marks.pop(0)) if marks and marks[0].isdigit() and not parts else 0
    lane = "lane" in marks
    marks = [m for m in marks if m != "lane"]
    show = marks.pop(0) if marks and marks[0] in SHOWS and not parts else "plain"
    if marks or (lane and (depth or parts)):
        raise ValueError
    return Field(name, width, depth, show, lane, parts)


def load(path):
    block, fields, types = None, [], structs()
    for line_number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] == "block" and len(words) == 2:
            block = words[1]
            continue
        try:
            if not block:
                raise ValueError
            fields.append(read_field(words, types))
        except (ValueError, KeyError):
            sys.exit(f"{path}:{line_number}: cannot read: {line.strip()}")
    if not block or not fields:
        sys.exit(f"{path}: no block or no signals")
    return block, fields


def struct_name(path):
    return pathlib.Path(path).stem


def words(width, depth):
    return (width + 63) // 64 * max(depth, 1)


def struct(out, path):
    block, fields = load(path)
    own = struct_name(path)
    show = {"plain": "Show::plain", "fp32": "Show::fp32", "signed": "Show::signed_number"}
    text = [f"// Generated from the probe list {own} by scripts/gen/probes.py; do not edit.\n#pragma once\n"
            '#include "golden/common/bits.hpp"\n#include "golden/common/probe.hpp"\n\nnamespace htx::chip::probe {\n']
    for f in fields:
        if f.parts:
            text.append(f"inline constexpr Part {own}_{f.name}_parts[] = {{" + ", ".join(
                f'{{"{p.name}", {p.lsb}, {p.width}, {show[p.show]}}}' for p in f.parts) + "};")
    text.append(f"/// Outputs and architectural registers of {block}, as at one clock.\nstruct {own} {{")
    offset, table = 0, []
    for f in fields:
        n = words(f.width, f.depth)
        text.append(f"  std::uint64_t {f.name}{{}};" if n == 1 else f"  Bits<{n}> {f.name}{{}};"
                    + (f"  // {f.depth} x {f.width} bits" if f.depth else f"  // {f.width} bits"))
        parts = f", {own}_{f.name}_parts" if f.parts else ""
        table.append(f'{{"{f.name}", {f.width}, {f.depth}, {offset}, {show[f.show]}, {str(f.lane).lower()}{parts}}}')
        offset += n
    text.append(f'\n  static constexpr const char* block = "{block}";\n  static constexpr unsigned words = {offset};\n'
                f"  static constexpr Field fields[] = {{\n      " + ",\n      ".join(table) + "};\n};\n"
                f"static_assert(sizeof({own}) == 8 * {offset});\n\n}}  // namespace htx::chip::probe")
    open(out, "w", encoding="utf-8").write("\n".join(text) + "\n")


def vlt(out, *paths):
    text = ["`verilator_config"]
    for path in paths:
        block, fields = load(path)
        text += [f'public_flat_rd -module "{block}" -var "{f.name}"' for f in fields]
    open(out, "w", encoding="utf-8").write("\n".join(text) + "\n")


def bundle(out, name, *pairs):
    text, members = ["// Generated by scripts/gen/probes.py; do not edit.\n#pragma once\n#include <cstring>\n"], []
    for pair in pairs:
        path, where = pair.split("=", 1)
        own = struct_name(path)
        text.append(f'#include "htx/probe/{own}.hpp"')
        members.append((own, 64 if "[@]" in where else 8 if "[*]" in where else 1, where))
    text.append(f"\nnamespace htx::chip::probe {{\n\n/// Every compared signal of a chip at one clock; copies that a "
                f"smaller chip lacks stay zero.\nstruct {name} {{")
    text += [f"  {b} {b}_{f'[{n}]' if n > 1 else ''}{{}};" for b, n, _ in members]
    text.append("\n  /// Calls f(block probe, copy) for every block, in the order data flows.\n"
                "  /// The copy of column c of lane l is 8 l + c.\n"
                "  template <class Self, class F>\n  static void each(Self& self, unsigned lanes, unsigned columns, F&& f) {")
    for b, n, _ in members:
        text.append(f"    for (unsigned i = 0; i < lanes; ++i)\n      for (unsigned c = 0; c < columns; ++c) f(self.{b}_[8 * i + c], 8 * i + c);" if n == 64
                    else f"    for (unsigned i = 0; i < lanes; ++i) f(self.{b}_[i], i);" if n > 1 else f"    f(self.{b}_, 0U);")
    text.append("    (void)columns;\n  }\n  /// Whether all blocks of two bundles are alike.\n"
                f"  static bool same(const {name}& a, const {name}& b, unsigned lanes, unsigned columns) {{")
    for b, n, _ in members:
        text.append(f"    for (unsigned i = 0; i < lanes; ++i)\n      if (std::memcmp(a.{b}_ + 8 * i, b.{b}_ + 8 * i, columns * sizeof({b})) != 0) return false;" if n == 64
                    else f"    if (std::memcmp(a.{b}_, b.{b}_, lanes * sizeof({b})) != 0) return false;" if n > 1
                    else f"    if (std::memcmp(&a.{b}_, &b.{b}_, sizeof({b})) != 0) return false;")
    text.append(f"    (void)columns;\n    return true;\n  }}\n}};\n\n/// Where the block of probe P stands below the chip; [*] is the lane, [@] its column, '.' the chip itself.\ntemplate <class P>\n"
                f"inline constexpr const char* instance = nullptr;")
    text += [f'template <>\ninline constexpr const char* instance<{b}> = "{where}";' for b, _, where in members]
    text.append("\n}  // namespace htx::chip::probe")
    open(out, "w", encoding="utf-8").write("\n".join(text) + "\n")


def flat(path):
    return re.sub(r"\[(\d+)\]", r"__BRA__\1__KET__", path).replace(".", "__DOT__")


def reader(out, prefix, top, *pairs):
    text = [f"// Generated by scripts/gen/probes.py; do not edit.\n#pragma once\n#include \"{prefix}.h\"\n"
            f"#include \"{prefix}___024root.h\"\n#include \"verif/rtl_load.hpp\""]
    body = []
    for pair in pairs:
        path, where = pair.split("=", 1)
        block, fields = load(path)
        name = struct_name(path)
        text.append(f'#include "htx/probe/{name}.hpp"')
        copies = re.search(r"\[\*(\d+)\]", where)
        columns = re.search(r"\[@(\d+)\]", where)
        numbers = [(8 * i + c, i, c) for i in range(int(copies[1])) for c in range(int(columns[1]))] if columns else [
            (i, i, 0) for i in range(int(copies[1]) if copies else 1)]
        body.append(f"/// Fills `p` from instance `copy` of {block}.\n"
                    f"inline void read(const {prefix}& top, unsigned copy, chip::probe::{name}& p) {{\n"
                    f"  const auto& r = *top.rootp;\n  switch (copy) {{")
        for number, i, c in numbers:
            at = "" if where.startswith(".") else re.sub(r"\[@\d+\]", f"[{c}]", re.sub(r"\[\*\d+\]", f"[{i}]", where))
            base = flat(top + ("." + at if at else ""))
            body.append(f"    case {number}:")
            body += [f"      load_part(p.{f.name}, r.{base}__DOT__{f.name}, {i * f.width}, {f.width});" if f.lane
                     else f"      load(p.{f.name}, r.{base}__DOT__{f.name});" for f in fields]
            body.append("      break;")
        body.append("    default: break;\n  }\n}\n")
    text.append(f"\nnamespace htx::verif::rtl_{prefix} {{\n")
    open(out, "w", encoding="utf-8").write("\n".join(text + body) + f"\n}}  // namespace htx::verif::rtl_{prefix}\n")


if __name__ == "__main__":
    modes = {"struct": struct, "vlt": vlt, "bundle": bundle, "reader": reader}
    if len(sys.argv) < 4 or sys.argv[1] not in modes:
        sys.exit(__doc__)
    modes[sys.argv[1]](*sys.argv[2:])
