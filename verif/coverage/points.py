# SPDX-License-Identifier: Apache-2.0
"""Readable names of functional points. A cover module says what its generate loops count, in a comment before them:

    // g_kind: W4, W8, key, value        names, from 0
    // g_op: op_e                         an enum of the package
"""
import functools
import pathlib
import re

from verif.coverage import rtl

HOME = pathlib.Path(__file__).resolve().parent / "points"
LABEL = re.compile(r"^\s*// (g_\w+): (.+?)\s*$", re.M)


@functools.cache
def enums():
    text = re.sub(r"//[^\n]*", "", (rtl.ROOT / "rtl/common/htx_pkg.sv").read_text(encoding="utf-8"))
    return {name: {int(v.partition("'")[2][1:], 16 if "'h" in v else 10) if "'" in v else int(v): n
                   for n, v in re.findall(r"(\w+)\s*=\s*([\w']+)", body)} for body, name in rtl.ENUM.findall(text)}


@functools.cache
def labels(module):
    path = HOME / f"{module}_cover.sv"
    found = LABEL.findall(path.read_text(encoding="utf-8")) if path.is_file() else []
    return {block: enums()[what] if what in enums() else dict(enumerate(w.strip() for w in what.split(","))) for block, what in found}


def name(module, point):
    """g_kind[1].wait -> wait kind=W8."""
    *loops, own = point.split(".")
    words = [own]
    for loop in loops:
        block, _, index = loop.rstrip("]").partition("[")
        if index:
            words.append(f"{block.removeprefix('g_')}={labels(module).get(block, {}).get(int(index), index)}")
    return " ".join(words)
