# SPDX-License-Identifier: Apache-2.0
"""The model as numpy reads it from the GGUF: float32, a token at a time with a key-value cache, or whole texts at once."""
import numpy as np

import gguf
import vocab


class Reference:
    def __init__(self, path):
        file = gguf.Reader(path)
        fact = lambda key: file.facts["llama." + key]
        self.w, self.types, self.facts = file.tensors, file.types, file.facts
        self.layers, self.heads, self.kv_heads = fact("block_count"), fact("attention.head_count"), fact("attention.head_count_kv")
        self.head, self.eps, self.context = fact("rope.dimension_count"), fact("attention.layer_norm_rms_epsilon"), fact("context_length")
        self.chosen = file.facts.get("llama.expert_used_count", 0)
        self.turns = file.facts.get("llama.rope.freq_base", 10000.0) ** (-np.arange(0, self.head, 2) / self.head)
        self.vocabulary = vocab.Vocabulary(*(file.facts["tokenizer.ggml." + key] for key in ("tokens", "scores", "token_type")))
        self.output = self.w.get("output.weight", self.w["token_embd.weight"])

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(self.eps)) * self.w[name]

    def rotate(self, x, first):
        """x [count, heads, head]: pairs (2i, 2i + 1) turn by position * base^(-2i / head)."""
        angle = np.outer(np.arange(first, first + len(x)), self.turns)[:, None]
        cos, sin = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
        a, b = x[..., 0::2], x[..., 1::2]
        return np.stack((a * cos - b * sin, a * sin + b * cos), -1).reshape(x.shape)

    def experts(self, y, layer):
        """The sum of the experts the router chooses for each row of y, the lower number first on ties."""
        stack = lambda name: self.w[f"blk.{layer}.ffn_{name}.weight"]
        logits = y @ stack("gate_inp").T
        chosen = np.argsort(-logits, -1, kind="stable")[:, :self.chosen]
        weight = np.exp(np.take_along_axis(logits, chosen, -1) - logits.max(-1, keepdims=True))
        weight /= weight.sum(-1, keepdims=True)
        out = np.zeros_like(y)
        for e in range(logits.shape[1]):
            row, place = np.nonzero(chosen == e)
            gate = y[row] @ stack("gate_exps")[e].T
            out[row] += weight[row, place, None] * ((gate / (1 + np.exp(-gate)) * (y[row] @ stack("up_exps")[e].T)) @ stack("down_exps")[e].T)
        return out

    def run(self, ids, cache=None):
        """Logits [count, vocabulary] of `ids`, which follow what `cache` (a list, filled here) already holds."""
        cache = [] if cache is None else cache
        past = len(cache[0][0]) if cache else 0
        x = self.w["token_embd.weight"][ids]
        hidden = np.triu(np.full((len(ids), len(ids)), -np.inf, np.float32), 1)
        mask = np.concatenate([np.zeros((len(ids), past), np.float32), hidden], 1)
        for layer in range(self.layers):
            weight = lambda name: self.w[f"blk.{layer}.{name}.weight"].T
            y = self.norm(x, f"blk.{layer}.attn_norm.weight")
            q, k, v = ((y @ weight(name)).reshape(len(ids), -1, self.head) for name in ("attn_q", "attn_k", "attn_v"))
            q, k = self.rotate(q, past), self.rotate(k, past)
            if layer < len(cache):
                k, v = np.concatenate([cache[layer][0], k]), np.concatenate([cache[layer][1], v])
                cache[layer] = (k, v)
            else:
                cache.append((k, v))
            group, parts = self.heads // self.kv_heads, []
            for head in range(self.heads):
                score = q[:, head] @ k[:, head // group].T / np.float32(np.sqrt(self.head)) + mask
                p = np.exp(score - score.max(-1, keepdims=True))
                parts.append(p / p.sum(-1, keepdims=True) @ v[:, head // group])
            x = x + np.concatenate(parts, -1) @ weight("attn_output")
            y = self.norm(x, f"blk.{layer}.ffn_norm.weight")
            if self.chosen:
                x = x + self.experts(y, layer)
                continue
            gate = y @ weight("ffn_gate")
            x = x + (gate / (1 + np.exp(-gate)) * (y @ weight("ffn_up"))) @ weight("ffn_down")
        return self.norm(x, "output_norm.weight") @ self.output.T

    def loss(self, ids):
        """-ln p of each id but the first."""
        logits = self.run(ids[:-1]).astype(np.float64)
        top = logits.max(-1, keepdims=True)
        return (np.log(np.exp(logits - top).sum(-1)) + top[:, 0]) - logits[np.arange(len(ids) - 1), ids[1:]]

    def write(self, prompt, limit=400):
        """The prompt and what the model adds to it, the likeliest token each time, and whether it came to an end by itself."""
        ids, cache = [vocab.BEGIN] + self.vocabulary.encode(prompt), []
        fresh = ids
        while len(ids) < min(limit, self.context):
            best = int(self.run(fresh, cache)[-1].argmax())
            if best == vocab.END:
                return self.vocabulary.decode(ids), True
            ids = ids + [best]
            fresh = [best]
        return self.vocabulary.decode(ids), False
