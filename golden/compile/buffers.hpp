// SPDX-License-Identifier: Apache-2.0
// Pass 5, buffers: where vectors stand in vector memory, activation memory and append buffer. All in blocks.
#pragma once
#include <cstdint>
#include <vector>

#include "golden/compile/graph.hpp"
#include "golden/compile/limits.hpp"

namespace htx::compile {

/// Vector memory of a pass over `tokens` tokens. What attention and what the gate need lies in the same place; the logits
/// overlay everything but the constants, since a position's vectors are dead when the head has begun. The vectors of
/// several tokens follow each other: x, y, the rotations, scalar; q, k, v of each; attention; gate, up of each. What is
/// left is shared by all, one token after another.
struct VectorMap {
  int tokens = 1;
  std::uint32_t x = 0;          ///< residual
  std::uint32_t y = 0;          ///< normalised residual; result of attn_output and ffn_down
  std::uint32_t norm_attn = 0;  ///< weights of the norm before attention, and of the last norm
  std::uint32_t norm_ffn = 0;
  std::uint32_t rotation = 0;         ///< this position's table: kt blocks of cosines, kt of sines
  std::uint32_t scalar = 0;           ///< factors on their way to being a scalar operand
  std::uint32_t q = 0, k = 0, v = 0;  ///< heads of kt blocks, in this order
  std::uint32_t swapped = 0;          ///< the other product of a rotation
  std::uint32_t attention = 0;        ///< a head: kt blocks of sums, then {L, F}
  std::uint32_t mixed = 0;            ///< attention's result
  std::uint32_t gate = 0, up = 0, act = 0;
  std::uint32_t router = 0;             ///< its logits
  std::uint32_t shares = 0;             ///< weights of the chosen experts, by choice
  std::uint32_t down = 0;               ///< the chosen experts' results, over their gates
  int experts_at_once = 0;              ///< that gate, up and act have room for
  std::uint32_t constants = 0;
  std::uint32_t logits = 0;   ///< block 0: a result's address is its token number
  bool store_logits = false;  ///< they fit
  std::vector<VectorSymbol> symbols;
};

/// Activation memory and append buffer. Every quantised vector begins at block 0 of the activation memory: it is
/// written only after the lanes have used up the one before.
struct QuantMap {
  std::uint32_t act = 0;
  std::uint32_t queries = 0;  ///< from one token's queries to the next's; 0: all stand in the same place
  std::uint32_t appends = 0;  ///< likewise in the append buffer
  std::uint32_t key(int token) const { return static_cast<std::uint32_t>(token) * appends; }  ///< of a token's first KV head; 2 kt on the next's
};

/// Throws htx::Error when the model's vectors do not fit. `tokens` of a pass, `columns` of the chip.
VectorMap map_vectors(const Shape& shape, const Limits& limits, int tokens = 1);
QuantMap map_quantised(const Shape& shape, const Limits& limits, int tokens = 1, int columns = 1);

}  // namespace htx::compile
