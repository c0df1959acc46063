// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/buffers.hpp"

#include <algorithm>
#include <string>

namespace htx::compile {

namespace {

/// Of the chosen experts, how many are gated together: all if there is room, else in rounds as equal as can be.
int at_once(const Shape& shape, std::uint64_t room) {
  const int used = shape.experts_used, fit = static_cast<int>(std::min<std::uint64_t>(room / (3 * static_cast<unsigned>(shape.ffn)), static_cast<unsigned>(used)));
  const int rounds = (used + std::max(fit, 1) - 1) / std::max(fit, 1);
  return (used + rounds - 1) / rounds;
}

}  // namespace

VectorMap map_vectors(const Shape& shape, const Limits& limits, int tokens) {
  VectorMap map;
  map.tokens = tokens;
  const std::string of = tokens > 1 ? "prompt's " : "";
  std::uint32_t next = 0;
  const auto take = [&](const char* name, int blocks) {
    const std::uint32_t at = next;
    next += static_cast<std::uint32_t>(blocks);
    map.symbols.push_back({of + name, at, static_cast<std::uint32_t>(blocks)});
    return at;
  };
  const int kt = shape.head.blocks;
  map.x = take("x", tokens * shape.dim);
  map.y = take("y", tokens * shape.dim);
  map.norm_attn = take("norm_attn", shape.dim);
  map.norm_ffn = take("norm_ffn", shape.dim);
  map.rotation = take("rotation", tokens * 2 * kt);
  map.scalar = take("scalar", tokens);

  const std::uint32_t shared = next;
  map.q = take("q", shape.heads * kt);
  map.k = take("k", shape.kv_heads * kt);
  map.v = take("v", shape.kv_heads * kt);
  if (tokens > 1) take("q, k, v of the others", (tokens - 1) * shape.qkv());
  map.swapped = take("swapped", shape.heads * kt);
  map.attention = take("attention", tokens * shape.heads * (kt + 1));
  map.mixed = take("mixed", shape.heads * kt);
  const std::uint32_t attention_end = next;
  next = shared;
  if (shape.experts == 0) {
    map.gate = take("gate", shape.ffn);
    map.up = take("up", shape.ffn);
    if (tokens > 1) take("gate, up of the others", (tokens - 1) * 2 * shape.ffn);
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
  if (tokens > 1) return map;  // no head, and the constants are one token's
  map.symbols.push_back({"constants", map.constants, 1});
  map.store_logits = static_cast<std::uint32_t>(shape.vocab) <= map.constants;
  if (map.store_logits) map.symbols.push_back({"logits", 0, static_cast<std::uint32_t>(shape.vocab)});
  return map;
}

QuantMap map_quantised(const Shape& shape, const Limits& limits, int tokens, int columns) {
  const int kt = shape.head.blocks;
  const auto blocks = [](int n) { return static_cast<std::uint64_t>(n); };
  const int widest = std::max({shape.dim, shape.heads * kt, shape.ffn});  // with parts, gate_parts saw to the room for dim + ffn
  require(blocks(widest), limits.act_blocks, "blocks of activation memory", "the widest matrix input");
  if (shape.experts > 0)
    require(blocks(tokens * shape.dim + shape.experts_used * shape.ffn), limits.act_blocks, "blocks of activation memory", "experts' inputs and the gates of all chosen");
  require(blocks(widest), limits.tiles_a_row, "tiles a row", "the widest matrix input");
  const std::uint64_t append = blocks(2 * shape.kv_heads * kt), passes = blocks(passes_of(shape, columns));
  require(append, limits.kvbuf_blocks, "blocks of append buffer", "keys and values of a token");
  QuantMap map;
  if (const std::uint64_t queries = blocks(shape.kv_heads * kt) * passes; blocks(tokens) * queries <= limits.act_blocks) map.queries = static_cast<std::uint32_t>(queries);
  if (blocks(tokens) * append <= limits.kvbuf_blocks) map.appends = static_cast<std::uint32_t>(append);
  return map;
}

}  // namespace htx::compile
