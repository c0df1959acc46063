# SPDX-License-Identifier: Apache-2.0
"""Seeds: 32 bits, from one master seed and the test's name alone, so that choosing other tests changes none of them."""
import hashlib
import os

TOP = 1 << 32


def master():
    """A new master seed, for a regression that was given none."""
    return int.from_bytes(os.urandom(4), "big")


def derive(master_seed, name, number):
    """The first four bytes, highest first, of SHA-256 over 'htx-regress MASTER NAME NUMBER'."""
    return int.from_bytes(hashlib.sha256(f"htx-regress {master_seed} {name} {number}".encode()).digest()[:4], "big")


def draw(master_seed, name, count):
    """count different seeds; a larger count begins with the same ones."""
    seeds, number = [], 0
    while len(seeds) < count:
        seed = derive(master_seed, name, number)
        if seed not in seeds:
            seeds.append(seed)
        number += 1
    return seeds
