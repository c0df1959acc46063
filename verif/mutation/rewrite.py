# SPDX-License-Identifier: Apache-2.0
"""Writes one RTL that holds many mutants: the package variable htx_mut_pkg::sel chooses which of them acts, 0 none.

Statements are chosen between by `if`, never inside an expression, so that the original keeps its width and sign rules.
"""
import shutil

SELECT = "htx_mut_pkg::sel"
VARIABLE = "HTX_MUTANT"

# In front of every file with mutants, so that whoever compiles the file has it, in any order of files. Read once, from the
# environment, when the model is made: that works for the chip and for every block's bench. Packages are not mutated, so it
# may be read after any of them.
PACKAGE = f"""`ifndef HTX_MUT_PKG
`define HTX_MUT_PKG
package htx_mut_pkg;
  int unsigned sel = $c32("(std::getenv(\\"{VARIABLE}\\") ? std::atoi(std::getenv(\\"{VARIABLE}\\")) : 0)");  // mutant, 0: the original
endpackage
`endif
"""
# Waves of a mutant are not asked for, and the code that writes them takes long to compile; assertions keep their lines.
HEAD = "/*verilator tracing_off*/\n`line 1 \"{name}\" 0\n"


def slot(kind, original, choices):
    """The text that acts like choices[n] while mutant n is selected, else like the original."""
    tests = [(f"{SELECT} == {n}", text) for n, text in choices]
    if kind == "if":
        none = " && ".join(f"{SELECT} != {n}" for n, _ in choices)
        return " || ".join([f"({t} && ({text}))" for t, text in tests] + [f"({none} && ({original}))"])
    if kind in ("port", "plain", "case"):
        return "".join(f"({t}) ? ({text}) : " for t, text in tests) + f"({original})"
    strip = (lambda text: text.removeprefix("assign")) if kind == "assign" else (lambda text: text)
    chain = "".join(f"if ({t}) {strip(text).strip() or ';'} else " for t, text in tests) + strip(original).strip()
    return ("always_comb begin " if kind == "assign" else "begin ") + chain + " end"


def output_slot(original, name, choices):
    """Text before and after an instance whose output drives `name` first, and from there what it is connected to."""
    chosen = "".join(f"({SELECT} == {n}) ? ({text.replace(OUTPUT, name)}) : " for n, text in choices) + name
    return f"logic [$bits({original})-1:0] {name}; ", f" assign {original} = {chosen};"


OUTPUT = "<output>"  # stands for what comes out of the instance, in a mutated output


def rewrite(text, mutants):
    """The file's text with every mutant in it; mutants is [(number, Change)]."""
    slots, sites = {}, {}
    for number, change in mutants:
        for place, (mutated, site) in change.slots.items():
            slots.setdefault(place, []).append((number, mutated))
            sites[place] = site
    edits = []
    for (start, end, kind), choices in slots.items():
        original, site = text[start:end], sites[start, end, kind]
        if kind == "output":
            name = f"htx_mut_{start}"
            before, after = output_slot(original, name, choices)
            edits += [(site.span[0], site.span[0], before), (site.span[1], site.span[1], after)]
            new = name
        else:
            new = slot(kind, original, choices)
        edits.append((start, end, f"{original}({new})" if site.implicit else new))
    out, at = [], 0
    for start, end, new in sorted(edits, key=lambda e: e[:2]):
        assert start >= at, "slots never overlap"
        out += [text[at:start], new]
        at = end
    return "".join(out) + text[at:]


def write(rtl, work, numbered):
    """Copies `rtl` to `work` with mutants in it: [(number, candidate)]."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(rtl, work)
    files = {}
    for number, candidate in numbered:
        files.setdefault(candidate.file, []).append((number, candidate.change))
    for path in sorted(work.rglob("*.sv")):
        name = str(path.relative_to(work))
        text = path.read_text(encoding="utf-8")
        path.chmod(0o644)
        if name in files:
            put(path, rewrite(text, files[name]), name)
        else:
            path.write_text(HEAD.format(name=name) + text, encoding="utf-8")


def put(path, text, name):
    """Writes a source file that may ask which mutant is selected."""
    path.write_text(PACKAGE + HEAD.format(name=name) + text, encoding="utf-8")
