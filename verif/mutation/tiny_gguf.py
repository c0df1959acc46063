# SPDX-License-Identifier: Apache-2.0
"""Writes a random llama of a few kilobytes as GGUF, so that a chip decodes a token in a few thousand clocks.

Same options, same bytes, on every machine. Some norm weights are very small or very large, so that the floating-point
units also meet subnormals and long alignments.
"""
import array
import struct
import sys

from verif.mutation.common import Random

_U32, _F32, _STRING, _ARRAY, _I32 = 4, 6, 8, 9, 5


def _string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _entry(key, kind, payload):
    return _string(key) + struct.pack("<I", kind) + payload


def _list(key, kind, payload, count):
    return _entry(key, _ARRAY, struct.pack("<IQ", kind, count) + payload)


class _Floats:
    def __init__(self, seed):
        self.random = Random(seed)

    def uniform(self, count, amplitude):
        return array.array("f", ((self.random.bits() >> 40) * 2.0 ** -23 * amplitude - amplitude for _ in range(count)))


def build(dim=32, layers=1, heads=2, kv_heads=1, head_size=16, ffn=48, vocab=272, context=256, seed=1, extremes=(),
          gate=1.0, query=2.0, eos=2):
    """The file's bytes. `extremes` take the place of the first norm weights of every layer, `gate` and `query` scale the weights of
    the gate and of the queries: large ones make scores far from zero."""
    floats, tensors = _Floats(seed), []

    def matrix(name, cols, rows, gain):
        tensors.append((name, (cols, rows), floats.uniform(cols * rows, gain * (3.0 / cols) ** 0.5)))

    def norm(name, first=()):
        values = floats.uniform(dim, 0.5)
        values = array.array("f", (v + 1.0 for v in values))
        values[:len(first)] = array.array("f", first)
        tensors.append((name, (dim,), values))

    matrix("token_embd.weight", dim, vocab, 3.0)
    norm("output_norm.weight")
    matrix("output.weight", dim, vocab, 3.0)
    for i in range(layers):
        at = f"blk.{i}."
        norm(at + "attn_norm.weight", extremes)
        matrix(at + "attn_q.weight", dim, heads * head_size, query)
        matrix(at + "attn_k.weight", dim, kv_heads * head_size, 2.0)
        matrix(at + "attn_v.weight", dim, kv_heads * head_size, 1.0)
        matrix(at + "attn_output.weight", heads * head_size, dim, 1.0)
        norm(at + "ffn_norm.weight", extremes)
        matrix(at + "ffn_gate.weight", dim, ffn, gate)
        matrix(at + "ffn_up.weight", dim, ffn, 1.0)
        matrix(at + "ffn_down.weight", ffn, dim, 1.0)

    pieces = [("<unk>", 2), ("<s>", 3), ("</s>", 3)] + [(f"<0x{b:02X}>", 6) for b in range(256)]
    pieces += [("\u2581", 1)] + [(chr(ord("a") + i), 1) for i in range(max(vocab - 260, 0))]
    pieces = pieces[:vocab]
    meta = [_entry("general.architecture", _STRING, _string("llama"))]
    numbers = {"context_length": context, "embedding_length": dim, "block_count": layers, "feed_forward_length": ffn,
               "attention.head_count": heads, "attention.head_count_kv": kv_heads, "attention.key_length": head_size,
               "attention.value_length": head_size}
    meta += [_entry("llama." + k, _U32, struct.pack("<I", v)) for k, v in numbers.items()]
    meta += [_entry("llama.attention.layer_norm_rms_epsilon", _F32, struct.pack("<f", 1e-5)),
             _entry("llama.rope.freq_base", _F32, struct.pack("<f", 10000.0)),
             _entry("tokenizer.ggml.model", _STRING, _string("llama")),
             _list("tokenizer.ggml.tokens", _STRING, b"".join(_string(t) for t, _ in pieces), vocab),
             _list("tokenizer.ggml.scores", _F32, struct.pack(f"<{vocab}f", *(-float(i) for i in range(vocab))), vocab),
             _list("tokenizer.ggml.token_type", _I32, struct.pack(f"<{vocab}i", *(k for _, k in pieces)), vocab)]
    meta += [_entry(f"tokenizer.ggml.{k}_token_id", _U32, struct.pack("<I", v)) for k, v in (("bos", 1), ("eos", eos), ("unknown", 0))]

    out, offset = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(meta)), *meta], 0
    for name, shape, values in tensors:
        out.append(_string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset))
        offset += (4 * len(values) + 31) // 32 * 32
    head = b"".join(out)
    body = [head, bytes(-len(head) % 32)]
    for _, _, values in tensors:
        if sys.byteorder == "big":
            values.byteswap()
        data = values.tobytes()
        body += [data, bytes(-len(data) % 32)]
    return b"".join(body)
