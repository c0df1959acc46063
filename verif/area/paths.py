# SPDX-License-Identifier: Apache-2.0
"""No combinational path through two blocks. A block is a module that stands directly in the chip, in a lane or in a lane's compute side. The
rule: no output of a block depends on an input of it within the clock. Then a path has at most the block that it leaves and the block that it
enters, and each of them can be timed alone; one that went through a block would add up the logic of all of them."""
import tomllib

from . import timing
from .netlist import HERE, TOP, plain

STRUCTURE = ("htx_chip", "htx_lane", "htx_compute")  # modules that hold blocks
KNOWN = HERE / "known_paths.toml"
PASS = 1_000_000  # more than any path is long


class Bad(Exception):
    """The file of known paths cannot be used; one line."""


def blocks(design, structure=STRUCTURE):
    """Names of the blocks' modules."""
    inside = {c["type"] for n, m in design.items() if plain(n) in structure for c in m["cells"].values()} & design.keys()
    return {n for n in inside if plain(n) not in structure}


def found(design, summaries, structure=STRUCTURE):
    """(block, input, output) of every path through a block."""
    return sorted({(plain(b), at[0], out[0]) for b in blocks(design, structure) for at, outs in summaries[b].through.items() for out in outs})


def walk(design, summaries, through, top=TOP, structure=STRUCTURE):
    """The longest path of the chip that passes this block from this input to this output: (length, from, to), or None where the chip has none."""
    done, here = {}, blocks(design, structure)

    def visit(name):
        if name in done:
            return done[name]
        below = {c["type"] for c in design[name]["cells"].values()} & design.keys()
        if name in here:
            s, full = timing.Summary(), summaries[name]
            s.arrive, s.need = full.arrive, full.need
            s.through = {at: {o: n + PASS * ((plain(name), at[0], o[0]) == through) for o, n in outs.items()} for at, outs in full.through.items()}
        else:
            s = timing.summarise(design[name], {b: visit(b) for b in sorted(below)})
        done[name] = s
        return s

    length, _, start, end = visit(next(n for n in design if plain(n) == top)).longest()
    return (length % PASS, start, end) if length >= PASS else None


def known(path=KNOWN):
    """(block, input, output) -> the reason it stands"""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("path", [])
        table = {(e["block"], e["input"], e["output"]): e["reason"] for e in entries}
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as e:
        raise Bad(f"{path}: no list of known paths ({type(e).__name__}: {e})") from None
    if len(table) != len(entries) or not all(isinstance(r, str) and len(r) > 20 for r in table.values()):
        raise Bad(f"{path}: an entry stands twice, or has no reason")
    return table


def findings(design, summaries, listed, top=TOP, structure=STRUCTURE):
    """A line for every path through a block that is not listed, and for every one that is listed and gone."""
    now, lines = found(design, summaries, structure), []
    for path in now:
        if path not in listed:
            example = walk(design, summaries, path, top, structure)
            lines.append(f"THROUGH A BLOCK {path[0]}: {path[1]} to {path[2]}; " + (f"from {example[1]} to {example[2]}" if example else "nothing in the chip takes it yet"))
    lines += [f"GONE {b}: {i} to {o}; take it out of {KNOWN.name}" for b, i, o in sorted(listed.keys() - set(now))]
    return lines
