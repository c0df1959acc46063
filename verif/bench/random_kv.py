# SPDX-License-Identifier: Apache-2.0
"""Random keys and values of a context, as a file that `htx run --load-kv` goes on from (docs/kv.md)."""
import array
import random
import struct

MASK = (1 << 64) - 1


def mixed(h, data):
    """The checksum of docs/kv.md goes on over `data`."""
    words = array.array("Q", data + bytes(-len(data) % 8))
    for w in (len(data), *words):
        h = (h ^ w) * 0x9e3779b97f4a7c15 & MASK
        h ^= h >> 29
    return h


def long_kv(short, positions, seed):
    """The file for `positions` positions of the model that wrote `short`, a file of any few of its positions."""
    layers, heads, elements, vocab = struct.unpack_from("<4I", short, 40)
    r = random.Random(seed)
    entries = []
    for _ in range(layers * heads * positions):
        values = r.randbytes(2 * elements).replace(b"\x80", b"\x81")
        entries.append(struct.pack("<HbB", 0x2400 + r.randrange(0x800), r.randrange(-14, 3), 0) + values)
    tokens = struct.pack(f"<{positions + 1}I", *(r.randrange(3, vocab) for _ in range(positions + 1)))
    body = tokens + b"".join(entries)
    tail = short[24:56] + struct.pack("<IIQ", positions, positions + 1, 72 + len(body)) + body
    head = short[:16]
    return head + struct.pack("<Q", mixed(mixed(0x243f6a8885a308d3, head), tail)) + tail
