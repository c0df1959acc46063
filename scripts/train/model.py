# SPDX-License-Identifier: Apache-2.0
"""The llama architecture in torch: RMSNorm, interleaved RoPE, grouped-query attention, SwiGLU or a choice of experts, head tied to the embedding."""
import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

COPY = 0.5


@dataclass(frozen=True)
class Shape:
    vocabulary: int = 768
    context: int = 512
    width: int = 128
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    ffn: int = 288
    experts: int = 0  # of a layer, each of width `ffn`; 0: one feed-forward for every token
    chosen: int = 0   # of them, by the router
    eps: float = 1e-5
    rope_base: float = 10000.0

    @property
    def head(self):
        return self.width // self.heads


class Norm(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(shape.width)), shape.eps

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps) * self.weight


def rotation(shape, positions):
    """cos and sin, [count, head / 2]: pair i of a head turns by position * base^(-2i / head)."""
    turns = shape.rope_base ** (-torch.arange(0, shape.head, 2).double() / shape.head)
    angle = torch.outer(positions.double(), turns)
    return angle.cos().float(), angle.sin().float()


def rotate(x, cos, sin):
    """x [count, heads, head]."""
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = cos[:, None], sin[:, None]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


class Attend(torch.autograd.Function):
    """Causal softmax attention within each span, one KV head of one span at a time, so that the scores stay in the cache."""

    @staticmethod
    def forward(ctx, q, k, v, spans, mask):
        """q [kv heads, tokens, group, head], k and v [kv heads, tokens, head]; spans: (first, end); mask [context * group, context]."""
        group, y, saved = q.shape[2], torch.empty_like(q), []
        for a, b in spans:
            for j in range(q.shape[0]):
                score = torch.addmm(mask[:(b - a) * group, :b - a], q[j, a:b].flatten(0, 1), k[j, a:b].t())
                saved.append(score.softmax(-1))
                torch.mm(saved[-1], v[j, a:b], out=y[j, a:b].view(-1, q.shape[3]))
        ctx.save_for_backward(q, k, v)
        ctx.spans, ctx.p = spans, saved
        return y

    @staticmethod
    def backward(ctx, dy):
        q, k, v = ctx.saved_tensors
        dy, dq, dk, dv = dy.contiguous(), torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)
        saved = iter(ctx.p)
        for a, b in ctx.spans:
            for j in range(q.shape[0]):
                p, g = next(saved), dy[j, a:b].flatten(0, 1)
                torch.mm(p.t(), g, out=dv[j, a:b])
                ds = torch._softmax_backward_data(torch.mm(g, v[j, a:b].t()), p, -1, torch.float)
                torch.mm(ds, k[j, a:b], out=dq[j, a:b].view(-1, q.shape[3]))
                torch.mm(ds.t(), q[j, a:b].flatten(0, 1), out=dk[j, a:b])
        return dq, dk, dv, None, None


class Experts(nn.Module):
    """The router, and all experts of a layer as one stack a matrix: names and shapes as llama.cpp has them."""

    def __init__(self, shape):
        super().__init__()
        self.shape, self.balance = shape, None
        stack = lambda inputs, outputs: nn.Parameter(torch.empty(shape.experts, outputs, inputs))
        self.ffn_gate_inp = nn.Linear(shape.width, shape.experts, bias=False)
        self.ffn_gate_exps, self.ffn_up_exps, self.ffn_down_exps = stack(shape.width, shape.ffn), stack(shape.width, shape.ffn), stack(shape.ffn, shape.width)

    def forward(self, x):
        logits = self.ffn_gate_inp(x)
        best, chosen = logits.topk(self.shape.chosen, -1)
        weight, y = best.softmax(-1), torch.zeros_like(x)
        share = torch.zeros(self.shape.experts).index_add_(0, chosen.flatten(), torch.ones(chosen.numel())) / chosen.numel()
        # Experts that are asked too often are made a little less likely (Fedus, Zoph and Shazeer 2021).
        self.balance = self.shape.experts * (share * logits.softmax(-1).mean(0)).sum()
        for e in range(self.shape.experts):
            token, place = (chosen == e).nonzero(as_tuple=True)
            z = x[token]
            z = (F.silu(z @ self.ffn_gate_exps[e].t()) * (z @ self.ffn_up_exps[e].t())) @ self.ffn_down_exps[e].t()
            y = y.index_add(0, token, z * weight[token, place, None])
        return y


class Block(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        linear = lambda inputs, outputs: nn.Linear(inputs, outputs, bias=False)
        kv = shape.kv_heads * shape.head
        self.attn_norm, self.ffn_norm = Norm(shape), Norm(shape)
        self.attn_q, self.attn_k, self.attn_v = linear(shape.width, shape.width), linear(shape.width, kv), linear(shape.width, kv)
        self.attn_output = linear(shape.width, shape.width)
        if shape.experts:
            self.ffn = Experts(shape)
        else:
            self.ffn_gate, self.ffn_up, self.ffn_down = linear(shape.width, shape.ffn), linear(shape.width, shape.ffn), linear(shape.ffn, shape.width)

    def forward(self, x, cos, sin, spans, mask):
        x = x + self.attention(self.attn_norm(x), cos, sin, spans, mask)
        y = self.ffn_norm(x)
        if self.shape.experts:
            return x + self.ffn(y)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))

    def attention(self, x, cos, sin, spans, mask):
        count, kv, head = len(x), self.shape.kv_heads, self.shape.head
        q = rotate(self.attn_q(x).view(count, -1, head), cos, sin) / math.sqrt(head)
        k = rotate(self.attn_k(x).view(count, kv, head), cos, sin)
        v = self.attn_v(x).view(count, kv, head)
        q = q.view(count, kv, -1, head)
        y = Attend.apply(*(t.transpose(0, 1).contiguous() for t in (q, k, v)), spans, mask)
        return self.attn_output(y.transpose(0, 1).reshape(count, -1))


class Model(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList([Block(shape) for _ in range(shape.layers)])
        self.output_norm = Norm(shape)
        self.begin()
        self.mask = torch.full((shape.context, shape.context), -1e9).triu(1).repeat_interleave(shape.heads // shape.kv_heads, 0)

    @torch.no_grad()
    def begin(self):
        """First weights. What a head reads of a token it also writes, so that with the tied head attention to a token makes it
        likelier: the model need not discover copying, only where to look (compare mimetic initialisation, Trockman and Kolter 2023)."""
        shape = self.shape
        nn.init.normal_(self.token_embd.weight, std=0.03)
        for block in self.blk:
            ffn = block.ffn if shape.experts else block
            gate, up, down = (ffn.ffn_gate_exps, ffn.ffn_up_exps, ffn.ffn_down_exps) if shape.experts else (ffn.ffn_gate.weight, ffn.ffn_up.weight, ffn.ffn_down.weight)
            for weight in (block.attn_q.weight, block.attn_k.weight, gate, up):
                nn.init.normal_(weight, std=0.08)
            if shape.experts:
                nn.init.normal_(ffn.ffn_gate_inp.weight, std=0.02)
            nn.init.normal_(down, std=0.08 / math.sqrt(2 * shape.layers))
            nn.init.orthogonal_(block.attn_v.weight)
            heads = block.attn_v.weight.view(shape.kv_heads, 1, shape.head, shape.width).expand(-1, shape.heads // shape.kv_heads, -1, -1)
            block.attn_output.weight.copy_(COPY * heads.reshape(shape.width, shape.width).t())

    def tensors(self):
        """Parameters by their names in a GGUF: blk.3.ffn.ffn_up_exps is blk.3.ffn_up_exps.weight there."""
        return {(name if name.endswith(".weight") else name + ".weight").replace(".ffn.", "."): weight for name, weight in self.named_parameters()}

    @torch.no_grad()
    def grow_from(self, small):
        """First weights from a trained model without experts (its tensors by name): everything but the feed-forward as it is. Expert e
        begins with a slice of the small one's hidden values, expert by expert the next slice around the circle."""
        shape = self.shape
        for name, weight in self.tensors().items():
            if name in small:
                weight.copy_(torch.from_numpy(small[name].copy()))
        for layer, block in enumerate(self.blk):
            gate, up, down = (torch.from_numpy(small[f"blk.{layer}.ffn_{part}.weight"].copy()) for part in ("gate", "up", "down"))
            for e in range(shape.experts):
                rows = (torch.arange(shape.ffn) + e * shape.ffn) % len(gate)
                block.ffn.ffn_gate_exps[e].copy_(gate[rows])
                block.ffn.ffn_up_exps[e].copy_(up[rows])
                block.ffn.ffn_down_exps[e].copy_(down[:, rows] * (len(gate) / shape.ffn))

    def forward(self, ids, spans):
        """ids [tokens], spans [(first, end)], each a text of its own that begins at position 0 -> logits [tokens, vocabulary]."""
        cos, sin = rotation(self.shape, torch.cat([torch.arange(end - first) for first, end in spans]))
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, cos, sin, spans, self.mask)
        return self.output_norm(x) @ self.token_embd.weight.t()
