// SPDX-License-Identifier: Apache-2.0
// The choice of experts and their weights, as docs/numerics.md has them.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "golden/numerics/fp.hpp"
#include "golden/numerics/func.hpp"
#include "golden/numerics/vector.hpp"
#include "htx/pkg.hpp"

namespace htx::numerics {

/// order_key's inverse; -0 has become +0.
constexpr float key_value(std::uint32_t key) { return from_bits(key >> 31 ? key ^ 0x80000000u : ~key); }

/// The k largest of a router's logits, largest first, on ties the lower number.
struct Choice {
  std::array<std::uint8_t, pkg::TOP_K> expert{};  ///< 0 from k on
  std::array<float, pkg::TOP_K> below{};          ///< the largest logit less this one; infinity from k on
  bool bad = false;                               ///< a logit is NaN or infinite
};

/// logits: 1 to TOP_EXPERTS; k: 1 to TOP_K, not above their number. Values are ordered as order_key has them, NaN too.
inline Choice choose(std::span<const float> logits, unsigned k) {
  Choice c;
  std::array<std::uint32_t, pkg::TOP_K> key{};
  unsigned found = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    c.bad = c.bad || !is_finite(logits[i]);
    const std::uint32_t mine = order_key(logits[i]);
    unsigned at = found;
    while (at > 0 && key[at - 1] < mine) --at;
    if (at == k) continue;
    if (found < k) ++found;
    for (unsigned j = found - 1; j > at; --j) {
      key[j] = key[j - 1];
      c.expert[j] = c.expert[j - 1];
    }
    key[at] = mine;
    c.expert[at] = static_cast<std::uint8_t>(i);
  }
  for (unsigned j = 0; j < pkg::TOP_K; ++j) c.below[j] = j < k ? sub(key_value(key[0]), key_value(key[j])) : kInf;
  return c;
}

/// Softmax over the chosen: the weight of each, 0 from k on. Roots of the shares first, so that the sum of squares, which is
/// there for the norms, sums them.
inline std::array<float, pkg::TOP_K> expert_weights(const Choice& c) {
  std::array<float, pkg::TOP_K> weight{};
  for (unsigned j = 0; j < pkg::TOP_K; ++j) weight[j] = exp2(mul(c.below[j], kNegHalfLog2e));
  const float share = rcp(sum_squares(weight));
  for (float& w : weight) w = mul(mul(w, w), share);
  return weight;
}

}  // namespace htx::numerics
