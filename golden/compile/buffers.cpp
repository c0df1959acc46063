// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/buffers.hpp"

#include <algorithm>

namespace htx::compile {

namespace {

/// Of the chosen experts, how many are gated together: all if there is room, else in rounds as equal as can be.
int at_once(const Shape& shape, std::uint64_t room) {
  const int used = shape.experts_used, fit = static_cast<int>(std::min<std::uint64_t>(room / (3 * static_cast<unsigned>(shape.ffn)), static_cast<unsigned>(used)));
  const int rounds = (used + std::max(fit, 1) - 1) / std::max(fit, 1);
  return (used + rounds - 1) / rounds;
}

}  // namespace

VectorMap map_vectors(const Shape& shape, const Limits& limits) {
  VectorMap map;
  std::uint32_t next = 0;
  const auto take = [&](const char* name, int blocks) {
    const std::uint32_t at = next;
    next += static_cast<std::uint32_t>(blocks);
    map.symbols.push_back({name, at, static_cast<std::uint32_t>(blocks)});
    return at;
  };
  const int kt = shape.head.blocks;
  map.x = take("x", shape.dim);
  map.y = take("y", shape.dim);
  map.norm_attn = take("norm_attn", shape.dim);
  map.norm_ffn = take("norm_ffn", shape.dim);
  map.rotation = take("rotation", 2 * kt);
  map.scalar = take("scalar", 1);

  const std::uint32_t shared = next;
  map.q = take("q", shape.heads * kt);
  map.k = take("k", shape.kv_heads * kt);
  map.v = take("v", shape.kv_heads * kt);
  map.swapped = take("swapped", shape.heads * kt);
  map.attention = take("attention", shape.heads * (kt + 1));
  map.mixed = take("mixed", shape.heads * kt);
  const std::uint32_t attention_end = next;
  next = shared;
  if (shape.experts == 0) {
    map.gate = take("gate", shape.ffn);
    map.up = take("up", shape.ffn);
    map.act = take("act", shape.ffn);
  } else {
    map.router = take("router", shape.router);
    map.shares = take("shares", 1);
    map.experts_at_once = at_once(shape, limits.vmem_blocks - std::min(limits.vmem_blocks, std::uint64_t{next} + 1));
    const std::uint32_t gates = next;
    map.gate = take("gate", map.experts_at_once * shape.ffn);
    map.up = take("up", map.experts_at_once * shape.ffn);
    map.act = take("act", map.experts_at_once * shape.ffn);
    const std::uint32_t gates_end = next;
    next = gates;
    map.down = take("down", shape.experts_used * shape.dim);
    next = std::max(next, gates_end);
  }
  const std::uint32_t end = std::max(next, attention_end);
  require(end + 1, limits.vmem_blocks, "blocks of vector memory",
          attention_end > next ? "vectors of attention" : "vectors of the gate");

  map.constants = static_cast<std::uint32_t>(limits.vmem_blocks) - 1;
  map.symbols.push_back({"constants", map.constants, 1});
  map.store_logits = static_cast<std::uint32_t>(shape.vocab) <= map.constants;
  if (map.store_logits) map.symbols.push_back({"logits", 0, static_cast<std::uint32_t>(shape.vocab)});
  return map;
}

QuantMap map_quantised(const Shape& shape, const Limits& limits) {
  const int kt = shape.head.blocks;
  const auto blocks = [](int n) { return static_cast<std::uint64_t>(n); };
  const int widest = std::max({shape.dim, shape.heads * kt, shape.ffn});
  require(blocks(widest), limits.act_blocks, "blocks of activation memory", "the widest matrix input");
  if (shape.experts > 0)
    require(blocks(shape.dim + shape.experts_used * shape.ffn), limits.act_blocks, "blocks of activation memory", "an expert's input and the gates of all chosen");
  require(blocks(widest), limits.tiles_a_row, "tiles a row", "the widest matrix input");
  require(blocks(2 * shape.kv_heads * kt), limits.kvbuf_blocks, "blocks of append buffer",
          "keys and values of a token");
  return {};
}

}  // namespace htx::compile
