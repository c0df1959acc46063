# SPDX-License-Identifier: Apache-2.0
"""Draws a campaign's mutants: the same number in every block, spread over engines, classes and modules, by a seed."""
import hashlib
import json
import re

from verif.mutation import netlist, operators
from verif.mutation.common import CampaignError, digest, note
from verif.mutation.structure import modules
from verif.mutation.tokens import Source, squeeze

# A block and the modules it consists of; `lane` and `chip` are wiring alone, `common` is what all of them are built with.
BLOCKS = {
    "fp": r"htx_(f2h|f2i8|f2score|fadd|fmul|func|i2f)",
    "channel": r"htx_channel.*",
    "stream": r"htx_stream.*",
    "dot": r"htx_(dot|finish).*",
    "accum": r"htx_accum.*",
    "attn": r"htx_attn.*",
    "tree": r"htx_tree.*",
    "collect": r"htx_(collect|argmax).*",
    "vmem": r"htx_vmem.*",
    "vector": r"htx_vector.*",
    "seq": r"htx_(seq|div).*",
    "host": r"htx_host.*",
    "lane": r"htx_(lane|compute)",
    "chip": r"htx_chip",
    "common": r".*",
}
ENGINES = {"source": operators.CLASSES, "netlist": netlist.CLASSES}
CLASSES = {**operators.CLASSES, **netlist.CLASSES}


def block_of(module):
    return next(b for b, pattern in BLOCKS.items() if re.fullmatch(pattern, module))


class Candidate:
    """A change of the source that may be drawn. `key` names it by its text and survives edits elsewhere in the file."""

    engine = "source"

    def __init__(self, file, change, count):
        self.file, self.change, self.name = file, change, change.name
        self.module, self.line = change.site.module.name, change.site.line
        self.original, self.mutated = squeeze(change.original), squeeze(change.mutated) or "(left out)"
        self.key = digest(file, self.module, change.name, self.original, self.mutated, count)[:16]
        self.places = {(file, start) for start, _, _ in change.slots}


def describe(c, number):
    return {"id": number, "key": c.key, "engine": c.engine, "file": c.file, "line": c.line, "module": c.module,
            "block": block_of(c.module), "class": c.name, "original": c.original, "mutated": c.mutated}


def candidates(rtl):
    """Every change of every module below `rtl` (a pathlib.Path), in the order of file name and text."""
    found = []
    for path in sorted(rtl.rglob("*.sv")):
        name = str(path.relative_to(rtl))
        counts = {}
        for module in modules(Source(name, path.read_text(encoding="utf-8"))):
            for change in operators.changes(module):
                same = (module.name, change.name, squeeze(change.original), squeeze(change.mutated))
                counts[same] = counts.get(same, 0) + 1
                found.append(Candidate(name, change, counts[same]))
    if not found:
        raise CampaignError(f"no SystemVerilog that can be changed below {rtl}")
    return found


class Equivalents:
    """The argued list: mutants that change nothing. An entry that matches no possible mutant of the RTL is an error."""

    def __init__(self, path):
        self.path = path
        try:
            self.entries = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as e:
            raise CampaignError(f"{path}: {e}") from None
        for number, entry in enumerate(self.entries, 1):
            extra = set(entry) - {"file", "class", "original", "mutated", "reason"}
            if extra or not {"file", "class", "original", "reason"} <= set(entry) or len(entry["reason"].split()) < 4:
                raise CampaignError(f"{path}: entry {number} needs file, class, original and a sentence as reason (mutated is optional)")

    @staticmethod
    def names(entry, c):
        return (c.file == entry["file"] and c.name == entry["class"] and c.original == squeeze(entry["original"])
                and ("mutated" not in entry or c.mutated == squeeze(entry["mutated"])))

    def without(self, found, quoted=None):
        """`found` without what is listed. `quoted(file, text)` says whether a netlist's entry still speaks of the RTL: its
        mutants are a sample, so that one may be missing in it."""
        dropped = set()
        for number, entry in enumerate(self.entries, 1):
            matched = {c.key for c in found if self.names(entry, c)}
            if entry["class"] in netlist.CLASSES:
                stale = quoted is not None and not quoted(entry)
            else:
                stale = not matched and any(c.engine == "source" for c in found)
            if stale:
                raise CampaignError(f"{self.path}: entry {number} matches nothing in the RTL: {entry['file']}: {entry['original']}")
            dropped |= matched
        return [c for c in found if c.key not in dropped]


def rank(seed, *names):
    """A number that follows from a seed and names alone, so that an edit of the RTL moves only the mutants it touches."""
    return hashlib.sha256("\0".join((str(seed), *names)).encode()).digest()


def netlist_modules(names, seed):
    """For one build of both engines: about half of the modules become netlists, of every block with several at least one."""
    chosen, turn = set(), 0
    for block in sorted(BLOCKS, key=lambda b: rank(seed, b)):
        mine = sorted((n for n in names if block_of(n) == block), key=lambda n: rank(seed, n))
        for n in mine:
            turn += 1
            if turn % 2:
                chosen.add(n)
        if len(mine) % 2 == 0:
            turn += 1
    return chosen


def draw(found, seed, wanted):
    """The campaign's mutants; wanted is {(block, engine): number}.

    Blocks take the classes in one shuffled order, each going on where the block before it stopped; within a class the module
    drawn least often in the block comes first. Ties go to the lowest rank.
    """
    orders = {e: sorted(classes, key=lambda name: rank(seed, name)) for e, classes in ENGINES.items()}
    pools = {}
    for c in found:
        pools.setdefault((block_of(c.module), c.engine), []).append(c)
    drawn, turns = [], dict.fromkeys(ENGINES, 0)
    for (block, engine), number in wanted.items():
        pool = sorted(pools.get((block, engine), ()), key=lambda c: rank(seed, c.key))
        order, at, mine, taken, missed, repeat = orders[engine], turns[engine], [], set(), 0, False
        while len(mine) < number and missed < len(order):
            name, at = order[at % len(order)], at + 1
            fits = [c for c in pool if c.name == name and not taken & c.places]
            if not fits and repeat:
                fits = [c for c in pool if c.name == name and c not in mine]
            if not fits and missed == len(order) - 1 and not repeat and engine == "source":
                repeat, missed = True, -1  # every statement has one: a second mutant of a statement is as good
            if not fits:
                missed += 1
                continue
            missed = 0
            units = [c.module for c in mine]
            best = min(fits, key=lambda c: units.count(c.module))
            taken |= best.places
            mine.append(best)
        if len(mine) < number:
            note(f"block {block} has room for {len(mine)} {engine} mutants only, not {number}")
        turns[engine] = at
        drawn += mine
    return drawn


def deal(total, blocks, available):
    """{(block, engine): number}: `total` dealt to the blocks in turn and to the engines that a block has."""
    wanted = {}
    for i, block in enumerate(blocks):
        share = total // len(blocks) + (i < total % len(blocks))
        engines = [e for e in ENGINES if (block, e) in available]
        for j, e in enumerate(engines):
            wanted[block, e] = share // len(engines) + ((j + i) % len(engines) < share % len(engines))
    return wanted
