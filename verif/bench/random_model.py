# SPDX-License-Identifier: Apache-2.0
"""Writes a llama of random weights as GGUF: 4-bit matrices (Q4_0), embedding and head in Q8_0, norms in F32, a small vocabulary.

usage: random_model FILE [--dim N] [--layers N] [--heads N] [--kv-heads N] [--ffn N] [--vocab N] [--context N] [--seed N]

For speed alone: it says nothing that means anything. The same options give the same bytes on every machine; the default has 135 million
4-bit parameters in 94 MB. scripts/bench --large makes one and measures the functional
golden on it.
"""
import pathlib
import random
import struct

from verif.command_line import Parser

U32, I32, F32, STRING, ARRAY = 4, 5, 6, 8, 9
TYPES = {"F32": (0, 1, 4), "Q4_0": (2, 32, 18), "Q8_0": (8, 32, 34)}  # number, values and bytes of a block


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def entry(key, kind, payload):
    return string(key) + struct.pack("<I", kind) + payload


def listed(key, kind, payload, count):
    return entry(key, ARRAY, struct.pack("<IQ", kind, count) + payload)


def blocks(rng, kind, count, columns):
    """Random blocks: fp16 scales near that of weights with variance 1 / columns, their low bits random; every integer equally likely."""
    values, size = TYPES[kind][1:]
    spread = 4.6 if kind == "Q4_0" else 73.9  # of the integers
    top = struct.pack("<e", 1 / (spread * columns ** 0.5))[1]
    n = count // values
    out = bytearray(n * size)
    out[0::size] = rng.randbytes(n)
    out[1::size] = bytes([top]) * n
    for k in range(2, size):
        out[k::size] = rng.randbytes(n)
    return bytes(out)


def tensors(a):
    """name, type, shape with columns first"""
    kv = a.dim // a.heads * a.kv_heads
    yield "token_embd.weight", "Q8_0", (a.dim, a.vocab)
    for i in range(a.layers):
        for name, columns, rows in (("attn_q", a.dim, a.dim), ("attn_k", a.dim, kv), ("attn_v", a.dim, kv), ("attn_output", a.dim, a.dim),
                                    ("ffn_gate", a.dim, a.ffn), ("ffn_up", a.dim, a.ffn), ("ffn_down", a.ffn, a.dim)):
            yield f"blk.{i}.{name}.weight", "Q4_0", (columns, rows)
        yield f"blk.{i}.attn_norm.weight", "F32", (a.dim,)
        yield f"blk.{i}.ffn_norm.weight", "F32", (a.dim,)
    yield "output_norm.weight", "F32", (a.dim,)
    yield "output.weight", "Q8_0", (a.dim, a.vocab)


def facts(a):
    pieces = [("<unk>", 2), ("<s>", 3), ("</s>", 3)] + [(f"<0x{b:02X}>", 6) for b in range(256)] + [("\u2581", 1)]
    pieces += [(f"\u2581w{i}", 1) for i in range(a.vocab - len(pieces))]
    numbers = {"context_length": a.context, "embedding_length": a.dim, "block_count": a.layers, "feed_forward_length": a.ffn, "attention.head_count": a.heads,
               "attention.head_count_kv": a.kv_heads, "rope.dimension_count": a.dim // a.heads, "vocab_size": a.vocab}
    return [entry("general.architecture", STRING, string("llama")), entry("general.name", STRING, string(f"random, seed {a.seed}")),
            *(entry("llama." + k, U32, struct.pack("<I", v)) for k, v in numbers.items()),
            entry("llama.attention.layer_norm_rms_epsilon", F32, struct.pack("<f", 1e-5)), entry("llama.rope.freq_base", F32, struct.pack("<f", 10000.0)),
            entry("tokenizer.ggml.model", STRING, string("llama")),
            listed("tokenizer.ggml.tokens", STRING, b"".join(string(t) for t, _ in pieces), a.vocab),
            listed("tokenizer.ggml.scores", F32, struct.pack(f"<{a.vocab}f", *(-float(i) for i in range(a.vocab))), a.vocab),
            listed("tokenizer.ggml.token_type", I32, struct.pack(f"<{a.vocab}i", *(k for _, k in pieces)), a.vocab),
            *(entry(f"tokenizer.ggml.{k}_token_id", U32, struct.pack("<I", v)) for k, v in (("bos", 1), ("eos", 2), ("unknown", 0)))]


def write(path, a):
    """Returns how many 4-bit parameters it has."""
    rng, four, offset, head, plan = random.Random(a.seed), 0, 0, [], list(tensors(a))
    for name, kind, shape in plan:
        number, values, size = TYPES[kind]
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        head.append(string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, number, offset))
        offset += (count // values * size + 31) // 32 * 32
        four += count if kind == "Q4_0" else 0
    meta = facts(a)
    start = b"".join([b"GGUF", struct.pack("<IQQ", 3, len(plan), len(meta)), *meta, *head])
    with open(path, "wb") as out:
        out.write(start + bytes(-len(start) % 32))
        for _, kind, shape in plan:
            if kind == "F32":
                data = struct.pack(f"<{shape[0]}f", *(1 + (rng.random() - 0.5) / 4 for _ in range(shape[0])))
            else:
                data = blocks(rng, kind, shape[0] * shape[1], shape[0])
            out.write(data + bytes(-len(data) % 32))
    return four


def bytes_a_token(a):
    """What a decode step reads of the file: every matrix and norm once, of the embedding one row."""
    return sum((1 if name == "token_embd.weight" else (shape + (1,))[1]) * shape[0] // TYPES[kind][1] * TYPES[kind][2] for name, kind, shape in tensors(a))


def options(arguments=None):
    p = Parser(__doc__, prog="random_model")
    p.add_argument("file", type=pathlib.Path)
    for name, value in (("dim", 1024), ("layers", 12), ("heads", 16), ("kv-heads", 4), ("ffn", 2816), ("vocab", 8192), ("context", 1024), ("seed", 1)):
        p.add_argument(f"--{name}", type=int, default=value, help=f"default {value}")
    a = p.parse_args(arguments)
    if min(a.dim, a.layers, a.heads, a.kv_heads, a.ffn, a.context) < 1 or a.dim % 32 or a.ffn % 32 or a.dim % a.heads or a.dim // a.heads % 2 or a.heads % a.kv_heads:
        p.error("--dim and --ffn are multiples of 32, --heads divides --dim into even sizes, --kv-heads divides --heads")
    if a.vocab < 260:
        p.error("--vocab holds 260 pieces at least: every byte and the special ones")
    if a.seed < 0:
        p.error("--seed is not negative")
    return p, a


def main():
    p, a = options()
    try:
        four = write(a.file, a)
    except OSError as e:
        p.error(f"{a.file}: {e.strerror}")
    print(f"{a.file}: {four / 1e6:.1f} million 4-bit parameters, {a.file.stat().st_size / 1e6:.1f} MB, of which a token reads {bytes_a_token(a) / 1e6:.1f} MB")
    return 0
