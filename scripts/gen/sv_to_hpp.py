#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a C++ header from a SystemVerilog package, so that sizes, encodings and command formats exist once.

usage: sv_to_hpp.py PACKAGE.sv NAMESPACE OUT.hpp

Reads `localparam int unsigned` and `localparam logic [..]`, `typedef enum logic [..]` with explicit values, `typedef
struct packed` of logic vectors, and a zero of such a struct, which is there for $bits alone. Functions are the hardware's
own and left out; anything else that looks like a declaration is an error, never skipped.
"""
import re
import sys


def number(text, known):
    """Value of a constant expression over literals, earlier constants, $clog2, and $bits of what `known` has under that name."""
    def literal(m):
        return str(int(m.group(2).replace("_", ""), {"h": 16, "d": 10, "b": 2, "o": 8}[m.group(1)]))
    text = re.sub(r"\d*'([hdbo])([0-9a-fA-F_]+)", literal, text)
    text = re.sub(r"\$bits\(\s*(\w+)\s*\)", lambda m: str(known[m[0]]), text)
    text = re.sub(r"\$clog2\(([^()]*)\)", lambda m: str((number(m[1], known) - 1).bit_length()), text)
    text = re.sub(r"\b[A-Za-z_]\w*\b", lambda m: str(known[m.group(0)]), text)
    if not re.fullmatch(r"[\d\s()+\-*/<>%]+", text):
        raise ValueError(f"cannot evaluate '{text}'")
    return int(eval(text.replace("/", "//"), {"__builtins__": {}}))  # digits and operators only, checked above


def ctype(width):
    for w in (8, 16, 32, 64):
        if width <= w:
            return f"std::uint{w}_t"
    return f"Bits<{(width + 63) // 64}>"


def emit_struct(name, fields, out):
    total = sum(w for _, w, _ in fields)
    words = (total + 63) // 64
    out.append(f"struct {name} {{\n  static constexpr unsigned WIDTH = {total};")
    for field, w, note in fields:
        out.append(f"  {ctype(w)} {field}{{}};  // {w} bits{': ' + note if note else ''}")
    out.append(f"  /// The packed vector as the hardware has it, first field in the high bits.\n"
               f"  constexpr Bits<{words}> pack() const {{\n    Bits<{words}> v{{}};")
    lsb = total
    for field, w, _ in fields:
        lsb -= w
        out.append(f"    put_bits(v, {lsb}, {w}, {field});")
    out.append(f"    return v;\n  }}\n  static constexpr {name} unpack(const Bits<{words}>& v) {{\n    {name} r;")
    lsb = total
    for field, w, _ in fields:
        lsb -= w
        get = f"get_wide<{(w + 63) // 64}>(v, {lsb}, {w})" if w > 64 else f"static_cast<{ctype(w)}>(get_bits(v, {lsb}, {w}))"
        out.append(f"    r.{field} = {get};")
    out.append(f"    return r;\n  }}\n  bool operator==(const {name}&) const = default;\n}};\n")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source, namespace, target = sys.argv[1:]
    text = open(source, encoding="utf-8").read()
    body = re.search(r"\bpackage\s+\w+\s*;(.*)\bendpackage\b", text, re.S).group(1)
    known, widths, out = {}, {}, []
    item = re.compile(
        r"localparam\s+(?:int\s+unsigned|logic\s*\[[^\]]+\])\s+(?P<name>\w+)\s*=\s*(?P<value>[^;]+);[ \t]*(?://[ \t]*(?P<note>[^\n]*))?"
        r"|localparam\s+(?P<ztype>\w+_t)\s+(?P<zname>\w+)\s*=\s*'0\s*;"
        r"|typedef\s+enum\s+logic\s*\[(?P<emsb>[^:]+):0\]\s*\{(?P<enum>.*?)\n\s*\}\s*(?P<ename>\w+)\s*;"
        r"|typedef\s+struct\s+packed\s*\{(?P<struct>.*?)\n\s*\}\s*(?P<sname>\w+)\s*;", re.S)
    body = re.sub(r"\bfunction\s+automatic\b.*?\bendfunction\b", "", body, flags=re.S)
    rest = re.sub(r"/\*.*?\*/", "", item.sub("", body), flags=re.S)
    left = re.sub(r"//[^\n]*", "", rest).split()
    if left:
        sys.exit(f"{source}: cannot read: {' '.join(left[:12])}")
    for m in item.finditer(body):
        if m["name"]:
            known[m["name"]] = number(m["value"], known)
            if known[m["name"]] >> 32:
                sys.exit(f"{source}: {m['name']} has more than 32 bits")
            out.append(f"inline constexpr std::uint32_t {m['name']} = {known[m['name']]};"
                       + (f"  // {m['note']}" if m["note"] else ""))
        elif m["zname"]:
            known[f"$bits({m['zname']})"] = widths[m["ztype"]]
        elif m["ename"]:
            width = number(m["emsb"], known) + 1
            out.append(f"enum {m['ename']} : {ctype(width)} {{")
            names = []
            for line in m["enum"].split("\n"):
                e = re.match(r"\s*(\w+)\s*=\s*([^,/]+?)\s*,?\s*(?://\s*(.*))?$", line)
                if not e:
                    if line.strip():
                        sys.exit(f"{source}: cannot read enum line: {line.strip()}")
                    continue
                known[e[1]] = number(e[2], known)
                names.append(e[1])
                out.append(f"  {e[1]} = {known[e[1]]}," + (f"  // {e[3]}" if e[3] else ""))
            out.append("};")
            out.append(f"/// Name of an encoding of {m['ename']}, or nullptr.\n"
                       f"constexpr const char* {m['ename']}_name(unsigned v) {{\n  switch (v) {{")
            out += [f"    case {n}: return \"{n}\";" for n in names]
            out.append("    default: return nullptr;\n  }\n}\n")
        else:
            fields = []
            for line in m["struct"].split("\n"):
                f = re.match(r"\s*logic\s*(?:\[([^:\]]+):0\])?\s*(\w+)\s*;\s*(?://\s*(.*))?$", line)
                if not f:
                    if line.strip() and not line.strip().startswith("//"):
                        sys.exit(f"{source}: cannot read struct line: {line.strip()}")
                    continue
                fields.append((f[2], number(f[1], known) + 1 if f[1] else 1, f[3]))
            widths[m["sname"]] = sum(w for _, w, _ in fields)
            emit_struct(m["sname"], fields, out)
    header = (f"// Generated from {source.split('/rtl/')[-1]} by scripts/gen/sv_to_hpp.py; do not edit.\n#pragma once\n"
              f"#include <cstdint>\n#include \"golden/common/bits.hpp\"\n\nnamespace {namespace} {{\n")
    with open(target, "w", encoding="utf-8") as f:
        f.write(header + "\n".join(out) + f"\n}}  // namespace {namespace}\n")


if __name__ == "__main__":
    main()
