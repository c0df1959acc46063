# SPDX-License-Identifier: Apache-2.0
"""Writes one RTL that holds many mutants: the package variable htx_mut_pkg::sel chooses which of them acts, 0 none.

Statements are chosen between by `if`, never inside an expression, so that the original keeps its width and sign rules.
"""
import shutil

SELECT = "htx_mut_pkg::sel"

# Read once, when the model is made. Packages are not mutated, so it may be read after any of them.
PACKAGE = """package htx_mut_pkg;
  function automatic int unsigned from_plusarg();
    begin
      from_plusarg = 0;
      if (!$value$plusargs("htx_mutant=%d", from_plusarg)) from_plusarg = 0;
    end
  endfunction
  int unsigned sel = from_plusarg();  // mutant, 0: the original
endpackage
"""


def slot(kind, original, choices):
    """The text that acts like choices[n] while mutant n is selected, else like the original."""
    tests = [(f"{SELECT} == {n}", text) for n, text in choices]
    if kind == "if":
        none = " && ".join(f"{SELECT} != {n}" for n, _ in choices)
        return " || ".join([f"({t} && ({text}))" for t, text in tests] + [f"({none} && ({original}))"])
    if kind == "port":
        return "".join(f"({t}) ? ({text}) : " for t, text in tests) + f"({original})"
    strip = (lambda text: text.removeprefix("assign")) if kind == "assign" else (lambda text: text)
    chain = "".join(f"if ({t}) {strip(text).strip() or ';'} else " for t, text in tests) + strip(original).strip()
    return ("always_comb begin " if kind == "assign" else "begin ") + chain + " end"


def rewrite(text, mutants):
    """The file's text with every mutant in it; mutants is [(number, Change)]."""
    slots = {}
    for number, change in mutants:
        for place, mutated in change.slots.items():
            slots.setdefault(place, []).append((number, mutated))
    out, at = [], 0
    for (start, end, kind), choices in sorted(slots.items()):
        assert start >= at, "slots never overlap"
        out += [text[at:start], slot(kind, text[start:end], choices)]
        at = end
    return "".join(out) + text[at:]


def write(rtl, work, drawn):
    """Copies `rtl` to `work` with the drawn candidates in it, numbered from 1."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(rtl, work)
    files = {}
    for number, candidate in enumerate(drawn, 1):
        files.setdefault(candidate.file, []).append((number, candidate.change))
    for name, mutants in files.items():
        path = work / name
        path.chmod(0o644)
        path.write_text(rewrite(path.read_text(encoding="utf-8"), mutants), encoding="utf-8")
    (work / "htx_mut_pkg.sv").write_text(PACKAGE, encoding="utf-8")
