#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a copy of rtl/ that holds the bugs of planted.json: +htx_planted=N wakes bug N (from 1), 0 none.

usage: plant.py OUT [--only NAME ...]
"""
import argparse
import json
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SELECT = "htx_planted_pkg::awake"
PACKAGE = """package htx_planted_pkg;
  function automatic int unsigned from_plusarg();
    begin
      from_plusarg = 0;
      if (!$value$plusargs("htx_planted=%d", from_plusarg)) from_plusarg = 0;
    end
  endfunction
  int unsigned awake = from_plusarg();  // bug, 0: none
endpackage
"""


def bugs():
    return json.loads((ROOT / "tests/random/planted.json").read_text(encoding="utf-8"))


def chosen(bug, number):
    """The text that acts like `becomes` while bug `number` is awake."""
    was, becomes, test = bug["was"], bug["becomes"], f"{SELECT} == {number}"
    if was.startswith("if ("):  # a condition and what follows it
        return f"if (({test}) ? ({condition(becomes)}) : ({condition(was)})) fault"
    if was.endswith(";"):
        return f"begin if ({test}) {becomes} else {was} end"
    return f"(({test}) ? ({becomes}) : ({was}))"


def condition(text):
    return text[text.index("(") + 1:text.rindex(")")]


def write(out, names=None):
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(ROOT / "rtl", out)
    for number, bug in enumerate(bugs(), 1):
        if names and bug["name"] not in names:
            continue
        file = out / bug["file"]
        text = file.read_text(encoding="utf-8")
        if text.count(bug["was"]) != 1:
            raise SystemExit(f"plant.py: {bug['name']}: '{bug['was']}' stands {text.count(bug['was'])} times in {bug['file']}")
        file.write_text(text.replace(bug["was"], chosen(bug, number)), encoding="utf-8")
    (out / "htx_planted_pkg.sv").write_text(PACKAGE, encoding="utf-8")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("--only", nargs="+", help="these bugs alone")
    o = p.parse_args()
    write(o.out, o.only)


if __name__ == "__main__":
    main()
