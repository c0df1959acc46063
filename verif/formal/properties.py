# SPDX-License-Identifier: Apache-2.0
"""Reads the numbered rules, assumptions and cover points of a property module, each with its English sentence.

    // rule 1: the level is what was pushed less what was popped.
    r1: assert (level == level_q);

The comment stands directly above, may run over several lines, and numbers start at 1 without a gap. The label repeats the
number; a statement in a generate loop has none, since Yosys 0.23 knows one name a module.
"""
import dataclasses
import re

KINDS = {"rule": ("r", "assert"), "assume": ("a", "assume"), "cover": ("c", "cover")}
STATEMENT = re.compile(r"^\s*(?:([a-z]\w*)\s*:\s*)?(?:if \(.*\) )?(?:([a-z]\w*)\s*:\s*)?(assert|assume|cover)\s*\(")


class Bad(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Item:
    label: str
    line: int
    text: str


@dataclasses.dataclass(frozen=True)
class Properties:
    rules: tuple
    assumes: tuple
    covers: tuple
    parameters: tuple


def read(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    if not any(re.match(rf"\s*module {path.stem}\b", l) for l in lines):
        raise Bad(f"{path.name}: no module {path.stem}")
    found = {"rule": [], "assume": [], "cover": []}
    for n, line in enumerate(lines, 1):
        m = STATEMENT.match(line)
        if not m:
            continue
        kind = next(k for k, (_, word) in KINDS.items() if word == m[3])
        label = m[1] or m[2]
        want = f"{KINDS[kind][0]}{len(found[kind]) + 1}"
        if label and label != want:
            raise Bad(f"{path.name}:{n}: the next {m[3]} must be labelled {want}")
        found[kind].append(Item(want, n, sentence(path, lines, n, kind, want[1:])))
    for kind in ("rule", "cover"):
        if not found[kind]:
            raise Bad(f"{path.name}: no {kind} in it")
    parameters = tuple(re.findall(r"^\s*(?:#\()?\s*parameter int unsigned (\w+)", "\n".join(lines), re.M))
    return Properties(*(tuple(found[k]) for k in ("rule", "assume", "cover")), parameters)


def sentence(path, lines, n, kind, number):
    """The comment directly above line n, from `// kind number:` on."""
    words = []
    for above in range(n - 2, -1, -1):
        m = re.match(r"\s*// ?(.*)", lines[above])
        if not m:
            break
        words.insert(0, m[1].strip())
        head = re.match(rf"{kind} (\d+): (.*)", m[1])
        if head:
            if head[1] != number:
                raise Bad(f"{path.name}:{above + 1}: the comment says {kind} {head[1]}, the next is {number}")
            return " ".join([head[2], *words[1:]])
    raise Bad(f"{path.name}:{n}: no comment `// {kind} {number}: ...` directly above")
