# SPDX-License-Identifier: Apache-2.0
"""Line coverage in the two formats that CI systems read: lcov's .info and Cobertura's XML. Waived lines are left out of both."""
import collections
import xml.etree.ElementTree as ET

from verif.coverage.merge import rtl_path


def by_line(items):
    """module -> line -> (hits, [(branch name, hits)]): a line was run as often as its least run block; an if or case is a branch."""
    table = collections.defaultdict(dict)
    for i in items:
        if i.kind != "line" or i.waiver:
            continue
        own = i.note.removeprefix("no ") in ("if", "else", "elsif", "case")
        for n in i.place:
            hits, branches = table[i.module].get(n, (None, []))
            if not i.note.startswith("no "):
                hits = i.hits if hits is None else min(hits, i.hits)
            table[i.module][n] = hits, branches
        if own:
            first = i.place[0]
            hits, branches = table[i.module][first]
            table[i.module][first] = hits, [*branches, (i.note, i.hits)]
    return {m: {n: (h if h is not None else max(c for _, c in b), b) for n, (h, b) in sorted(lines.items())} for m, lines in sorted(table.items())}


def lcov(items, modules):
    out = []
    for module, lines in by_line(items).items():
        out += [f"TN:htx301", f"SF:{rtl_path(modules[module])}"]
        found = hit = 0
        for n, (_, branches) in lines.items():
            for k, (_, count) in enumerate(branches):
                out.append(f"BRDA:{n},0,{k},{count}")
                found, hit = found + 1, hit + bool(count)
        out += [f"BRF:{found}", f"BRH:{hit}"]
        out += [f"DA:{n},{count}" for n, (count, _) in lines.items()]
        out += [f"LF:{len(lines)}", f"LH:{sum(bool(c) for c, _ in lines.values())}", "end_of_record"]
    return "\n".join(out) + "\n"


def rates(lines):
    """Attributes that Cobertura puts on every level."""
    valid, covered = len(lines), sum(bool(c) for c, _ in lines)
    branches = [c for _, b in lines for _, c in b]
    taken = sum(bool(c) for c in branches)
    return valid, covered, len(branches), taken, f"{covered / valid if valid else 1:.4f}", f"{taken / len(branches) if branches else 1:.4f}"


def cobertura(items, modules, now):
    table = by_line(items)
    valid, covered, branches, taken, line_rate, branch_rate = rates([c for m in table.values() for c in m.values()])
    root = ET.Element("coverage", {"line-rate": line_rate, "branch-rate": branch_rate, "lines-covered": str(covered), "lines-valid": str(valid),
                                   "branches-covered": str(taken), "branches-valid": str(branches), "complexity": "0", "version": "1",
                                   "timestamp": str(int(now))})
    ET.SubElement(ET.SubElement(root, "sources"), "source").text = "."
    packages = ET.SubElement(root, "packages")
    folders = collections.defaultdict(list)
    for module in table:
        folders[str(modules[module].path.parent.name)].append(module)
    for folder, names in sorted(folders.items()):
        *_, line_rate, branch_rate = rates([c for m in names for c in table[m].values()])
        package = ET.SubElement(packages, "package", {"name": folder, "line-rate": line_rate, "branch-rate": branch_rate, "complexity": "0"})
        classes = ET.SubElement(package, "classes")
        for module in names:
            *_, line_rate, branch_rate = rates(list(table[module].values()))
            own = ET.SubElement(classes, "class", {"name": module, "filename": rtl_path(modules[module]), "line-rate": line_rate,
                                                   "branch-rate": branch_rate, "complexity": "0"})
            ET.SubElement(own, "methods")
            lines = ET.SubElement(own, "lines")
            for n, (count, ways) in table[module].items():
                line = ET.SubElement(lines, "line", {"number": str(n), "hits": str(count), "branch": "true" if ways else "false"})
                if ways:
                    done = sum(bool(c) for _, c in ways)
                    line.set("condition-coverage", f"{100 * done // len(ways)}% ({done}/{len(ways)})")
    ET.indent(root)
    return '<?xml version="1.0" ?>\n<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">\n' + ET.tostring(root, "unicode") + "\n"
