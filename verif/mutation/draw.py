# SPDX-License-Identifier: Apache-2.0
"""Draws a campaign's mutants: the same number in every block, spread over operator classes and modules, by a seed."""
import hashlib
import json
import re

from verif.mutation import operators
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


class CampaignError(Exception):
    """The campaign cannot be set up; the text says why."""


class Random:
    """SplitMix64: the same numbers under every Python."""

    def __init__(self, seed):
        self.state = seed & 0xffffffffffffffff

    def bits(self):
        self.state = (self.state + 0x9e3779b97f4a7c15) & 0xffffffffffffffff
        z = self.state
        z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & 0xffffffffffffffff
        z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & 0xffffffffffffffff
        return z ^ (z >> 31)

    def pick(self, items):
        return items[self.bits() % len(items)]


class Candidate:
    """A change that may be drawn. `key` names it by its text and survives edits elsewhere in the file."""

    def __init__(self, file, change, count):
        self.file, self.change = file, change
        self.block = block_of(change.site.module.name)
        self.original, self.mutated = squeeze(change.original), squeeze(change.mutated)
        text = "\0".join((file, change.site.module.name, change.name, self.original, self.mutated, str(count)))
        self.key = hashlib.sha256(text.encode()).hexdigest()[:16]

    def json(self, number):
        c = self.change
        return {"id": number, "key": self.key, "file": self.file, "line": c.site.line, "module": c.site.module.name,
                "block": self.block, "class": c.name, "original": self.original, "mutated": self.mutated or "(left out)"}


def block_of(module):
    return next(b for b, pattern in BLOCKS.items() if re.fullmatch(pattern, module))


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


def without_equivalents(found, path):
    """Leaves out what the list of argued equivalents names; an entry that names nothing is an error."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    dropped = set()
    for number, entry in enumerate(entries):
        extra = set(entry) - {"file", "class", "original", "mutated", "reason"}
        if extra or not {"file", "class", "original", "reason"} <= set(entry) or len(entry["reason"].split()) < 4:
            raise CampaignError(f"{path}: entry {number + 1} needs file, class, original and a sentence as reason (mutated is optional)")
        matched = [c for c in found if c.file == entry["file"] and c.change.name == entry["class"]
                   and c.original == squeeze(entry["original"])
                   and ("mutated" not in entry or (c.mutated or "(left out)") == squeeze(entry["mutated"]))]
        if not matched:
            raise CampaignError(f"{path}: entry {number + 1} matches nothing in the RTL: {entry['file']}: {entry['original']}")
        dropped.update(c.key for c in matched)
    return [c for c in found if c.key not in dropped]


def rank(seed, *names):
    """A number that follows from a seed and names alone, so that an edit of the RTL moves only the mutants it touches."""
    return hashlib.sha256("\0".join((str(seed), *names)).encode()).digest()


def draw(found, seed, per_block, count=None, blocks=None):
    """The campaign's mutants: `per_block` of every block, or `count` dealt to the blocks in turn.

    Blocks take the operator classes in one shuffled order, each going on where the block before it stopped; within a class
    the module drawn least often in the block comes first. Ties go to the lowest rank.
    """
    chosen = list(blocks or BLOCKS)
    total = count if count is not None else per_block * len(chosen)
    order = sorted(operators.CLASSES, key=lambda name: rank(seed, name))
    drawn = {}
    for number, block in enumerate(chosen):
        pool = sorted((c for c in found if c.block == block), key=lambda c: rank(seed, c.key))
        wanted = total // len(chosen) + (number < total % len(chosen))
        at = list(BLOCKS).index(block) * per_block
        mine, taken = drawn.setdefault(block, []), set()
        missed = 0
        while len(mine) < wanted and missed < len(order):
            name, at = order[at % len(order)], at + 1
            fits = [c for c in pool if c.change.name == name and not taken & site_keys(c)]
            if not fits:
                missed += 1
                continue
            missed = 0
            units = [c.change.site.module.name for c in mine]
            best = min(fits, key=lambda c: units.count(c.change.site.module.name))
            taken |= site_keys(best)
            mine.append(best)
        if len(mine) < wanted:
            raise CampaignError(f"block {block} has room for {len(mine)} mutants only, not {wanted}")
    return [c for block in chosen for c in drawn[block]]


def site_keys(c):
    return {(c.file, start) for start, _, _ in c.change.slots}
