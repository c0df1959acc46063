#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The corpus: texts drawn from the generator, split by rule, each with the nats its choices carried.

A pair of words is *reserved* when its checksum says so. A text with a reserved pair, a kind of character with a thing or a name with a
thing anywhere in it, never enters the training set and always belongs to the held-out set `new`. Texts without one go to training, or,
from another seed and only if training has no such text, to the held-out set `fresh`. The rule reads the text, not the generator's state.

    corpus.py 5 1      five texts of seed 1, with their nats
"""
import itertools
import re
import sys
import zlib

import facts
import plots
from dice import Dice
from lexicon import BOYS, GIRLS, KINDS, THINGS

RESERVED_ONE_IN = 16
STORY_SHARE = 0.8
SINGULAR = {kind.plural: kind.word for kind in KINDS}
SUBJECTS = {kind.word for kind in KINDS} | set(GIRLS) | set(BOYS)
THING_WORDS = {thing.word for thing in THINGS}


def is_reserved(subject, thing):
    return zlib.crc32(f"{subject}+{thing}".encode()) % RESERVED_ONE_IN == 0


def reserved_pairs(text):
    words = [SINGULAR.get(word, word) for word in re.findall("[A-Za-z]+", text)]
    words = {word if word in SUBJECTS else word.lower() for word in words}
    return [pair for pair in itertools.product(sorted(words & SUBJECTS), sorted(words & THING_WORDS)) if is_reserved(*pair)]


def draw(dice):
    """One text and its nats."""
    dice.nats = 0.0
    text = plots.tell(dice) if dice.chance(STORY_SHARE) else facts.tell(dice)
    return text, dice.nats


def draw_many(seed, count, reserved=False, seen=frozenset()):
    """`count` texts with (or without) reserved pairs, none of them in `seen`, and the share of draws that were kept."""
    dice, kept, drawn = Dice(seed), [], 0
    while len(kept) < count:
        drawn += 1
        text, nats = draw(dice)
        if bool(reserved_pairs(text)) == reserved and text not in seen:
            kept.append((text, nats))
    return kept, len(kept) / drawn


def splits(seed, training, held_out):
    """{train, fresh, new}: lists of (text, nats), and the share of draws that have no reserved pair."""
    train, share = draw_many(seed, training)
    fresh, _ = draw_many(seed + 1, held_out, seen={text for text, _ in train})
    new, _ = draw_many(seed + 2, held_out, reserved=True)
    return dict(train=train, fresh=fresh, new=new), share


if __name__ == "__main__":
    for text, nats in draw_many(int(sys.argv[2]), int(sys.argv[1]))[0]:
        print(f"{text}\n    {nats:.2f} nats, {nats / len(text):.3f} a character\n")
