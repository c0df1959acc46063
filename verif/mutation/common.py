# SPDX-License-Identifier: Apache-2.0
"""What all parts of the mutation campaign use."""
import hashlib
import sys

from verif.mutation.tokens import squeeze  # noqa: F401


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


def digest(*parts):
    h = hashlib.sha256()
    for part in parts:
        h.update(part if isinstance(part, bytes) else str(part).encode())
        h.update(b"\0")
    return h.hexdigest()


def note(text):
    print(text, file=sys.stderr, flush=True)
