# SPDX-License-Identifier: Apache-2.0
"""GGUF version 3, as much of it as this model needs: writing F32 and Q8_0, reading them back."""
import struct

import numpy as np

ALIGNMENT = 32
F32, Q8_0 = 0, 8
U32, I32, F32_VALUE, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", U32: "<I", I32: "<i", F32_VALUE: "<f", BOOL: "<?", 10: "<Q", 11: "<q", 12: "<d"}


def quantise(weight):
    """Rows of float32 -> Q8_0 bytes: blocks of 32, fp16 scale amax / 127, then 32 int8."""
    blocks = np.ascontiguousarray(weight, np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(1, keepdims=True) / np.float32(127)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    scaled = blocks * inverse
    values = np.trunc(scaled + np.copysign(np.float32(0.5), scaled)).astype(np.int8)
    return np.concatenate([scale.astype("<f2").view(np.uint8).reshape(-1, 2), values.view(np.uint8)], 1).tobytes()


def dequantise(raw, shape):
    rows = np.frombuffer(raw, np.uint8).reshape(-1, 34)
    return (rows[:, 2:].view(np.int8).astype(np.float32) * rows[:, :2].copy().view("<f2").astype(np.float32)).reshape(shape)


def _string(text):
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(kind, value):
    if kind == STRING:
        return _string(value)
    if kind == ARRAY:
        item, values = value
        return struct.pack("<IQ", item, len(values)) + b"".join(_value(item, v) for v in values)
    return struct.pack(FORMATS[kind], value)


def write(path, facts, tensors):
    """facts: {key: (type, value)}, an array's value being (item type, list); tensors: {name: float32 array}. Matrices become Q8_0, routers stay F32, as llama.cpp keeps them."""
    stored = {name: (F32, x.astype("<f4").tobytes()) if x.ndim == 1 or "ffn_gate_inp" in name else (Q8_0, quantise(x)) for name, x in tensors.items()}
    head = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(facts))]
    head += [_string(key) + struct.pack("<I", kind) + _value(kind, value) for key, (kind, value) in facts.items()]
    offset, body = 0, []
    for name, (kind, raw) in stored.items():
        dims = tensors[name].shape[::-1]
        head.append(_string(name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, offset))
        body.append(raw + bytes(-len(raw) % ALIGNMENT))
        offset += len(body[-1])
    start = b"".join(head)
    with open(path, "wb") as file:
        file.write(start + bytes(-len(start) % ALIGNMENT) + b"".join(body))


class Reader:
    """facts: {key: value}; tensors: {name: float32 array, rows first}; types: {name: stored type}."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.raw = file.read()
        self.at = 4
        version, tensor_count, fact_count = self._take("<I"), self._take("<Q"), self._take("<Q")
        if self.raw[:4] != b"GGUF" or version != 3:
            raise ValueError(f"{path}: not GGUF version 3")
        self.facts, self.tensors, self.types = {}, {}, {}
        for _ in range(fact_count):
            key = self._read(STRING)
            self.facts[key] = self._read(self._take("<I"))
        infos = []
        for _ in range(tensor_count):
            name = self._read(STRING)
            dims = [self._take("<Q") for _ in range(self._take("<I"))]
            infos.append((name, dims[::-1], self._take("<I"), self._take("<Q")))
        alignment = self.facts.get("general.alignment", ALIGNMENT)
        data = -(-self.at // alignment) * alignment
        for name, shape, kind, offset in infos:
            self.types[name] = kind
            size = int(np.prod(shape))
            if kind == F32:
                self.tensors[name] = np.frombuffer(self.raw, "<f4", size, data + offset).reshape(shape)
            elif kind == Q8_0:
                self.tensors[name] = dequantise(self.raw[data + offset:data + offset + size // 32 * 34], shape)
            else:
                raise ValueError(f"{path}: {name} has type {kind}; only F32 and Q8_0 are read")

    def _take(self, form):
        value, = struct.unpack_from(form, self.raw, self.at)
        self.at += struct.calcsize(form)
        return value

    def _read(self, kind):
        if kind == STRING:
            size = self._take("<Q")
            self.at += size
            return self.raw[self.at - size:self.at].decode()
        if kind == ARRAY:
            item, count = self._take("<I"), self._take("<Q")
            return [self._read(item) for _ in range(count)]
        return self._take(FORMATS[kind])
