# SPDX-License-Identifier: Apache-2.0
"""Random choices whose probabilities are all counted.

Every draw adds -ln p to `nats`, so after a text is written `nats` is the information its derivation carries. A text that two
derivations can produce is likelier than either of them: summed over a corpus, `nats` is an upper bound on -ln p(text).
"""
import functools
import math
import random
import zlib

HABIT = 6


@functools.lru_cache(maxsize=None)
def habits(context, words):
    """Weights that make up the habits of this world: in each context a quarter of the options is HABIT times likelier than the others."""
    return tuple(HABIT if zlib.crc32(f"{context}/{word}".encode()) % 4 == 0 else 1 for word in words)


class Dice:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.nats = 0.0

    def pick(self, options):
        """One of `options`, all equally likely; equal ones count as one, the likelier."""
        option = options[self.random.randrange(len(options))]
        self.nats -= math.log(options.count(option) / len(options))
        return option

    def lean(self, options, context):
        """One of `options` (words, or things that have a `word`), by the habits of `context`."""
        words = tuple(getattr(option, "word", option) for option in options)
        weights = habits(context, words)
        at = self.random.choices(range(len(options)), weights)[0]
        likely = sum(weight for word, weight in zip(words, weights) if word == words[at])
        self.nats -= math.log(likely / sum(weights))
        return options[at]

    def weigh(self, weighted):
        """One key of {option: weight}."""
        total = sum(weighted.values())
        at = self.random.random() * total
        for option, weight in weighted.items():
            at -= weight
            if at < 0:
                break  # Rounding may leave the last option without a break: it is then the one.
        self.nats -= math.log(weight / total)
        return option

    def chance(self, p):
        return self.weigh({True: p, False: 1 - p})

    def expand(self, template, context="", **values):
        """Text of a template: `[a|b|c]` draws one branch by the habits of `context` (branches nest), `{x.y}` is looked up in `values`."""
        return self._walk(parse(template), context).format(**values)

    def _walk(self, node, context):
        if isinstance(node, str):
            return node
        kind, parts = node
        return self._walk(self.lean(parts, context), context) if kind == "pick" else "".join([self._walk(part, context) for part in parts])


@functools.lru_cache(maxsize=None)
def parse(template):
    node, end = _sequence(template, 0)
    if end != len(template):
        raise ValueError(f"unbalanced ] at {end} in template: {template}")
    return node


def _sequence(text, at):
    parts, start = [], at
    while at < len(text) and text[at] not in "|]":
        if text[at] != "[":
            at += 1
            continue
        parts.append(text[start:at])
        branches = []
        while text[at] != "]":
            branch, at = _sequence(text, at + 1)
            branches.append(branch)
            if at >= len(text):
                raise ValueError(f"unbalanced [ in template: {text}")
        parts.append(("pick", tuple(branches)))
        at += 1
        start = at
    parts.append(text[start:at])
    return ("join", tuple(part for part in parts if part != "")), at
