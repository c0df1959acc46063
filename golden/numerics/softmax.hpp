// SPDX-License-Identifier: Apache-2.0
// Attention's integer softmax: scores in 1/256 of a power of two, one 256-entry ROM, associative 64-bit merges.
//
// s: score, 24 bits. eV: exponent of a token's value. M = ceil(max s / 256) over everything; Uc = ceil(max(s + 256 eV) / 256)
// over a page of 32 tokens; U = max Uc. The shares p are relative to Uc, with the value's exponent folded in.
#pragma once
#include <cmath>
#include <cstdint>

#include "golden/numerics/fp.hpp"
#include "golden/numerics/func.hpp"
#include "htx_tables.hpp"

namespace htx::numerics {

/// Factor of a query's scale: fp32(log2(e) / sqrt(head size)), the quotient and the root in binary64.
inline float score_factor(std::uint32_t head_size) {
  return float(0x1.71547652b82fep+0 / std::sqrt(double(head_size)));
}
/// qs of a quantised query head: its scale times score_factor.
inline float query_scale(float scale, std::uint32_t head_size) { return mul(scale, score_factor(head_size)); }

/// Score of one token: the exact int32 dot over the head, times (qs * ks), to 1/256.
inline ScoreResult score(std::int32_t dot, float qs, float ks) {
  return f_to_score(mul(i32_to_f(dot), mul(qs, ks)));
}

/// s + 256 eV: the score with its value's exponent, 25 bits.
inline std::int32_t folded(std::int32_t s, std::int32_t ev) { return s + 256 * ev; }

/// ceil(x / 256).
inline std::int32_t ceil256(std::int32_t x) { return (x + 255) >> 8; }

/// A token's term of the denominator, unit 2^-31 of 2^M. Needs s <= 256 M.
inline std::uint64_t denominator_term(std::int32_t m, std::int32_t s) {
  const std::int32_t d = 256 * m - s;
  const std::int32_t k = d >> 8;
  return k > 60 ? 0 : (std::uint64_t(tables::kSoftmaxRom[d & 255]) << 16) >> k;
}

/// A token's share p, 0..127, relative to its page's Uc. sf = folded(s, eV) <= 256 Uc.
inline std::int32_t share(std::int32_t uc, std::int32_t sf) {
  const std::int32_t d = 256 * uc - sf;
  const std::int32_t k = d >> 8;
  return k > 8 ? 0 : (127 * std::int32_t(tables::kSoftmaxRom[d & 255]) + (1 << (14 + k))) >> (15 + k);
}

/// A page's contribution to O: its exact dot of shares and values, moved from Uc to U >= Uc.
inline std::int64_t page_term(std::int32_t dot, std::int32_t u, std::int32_t uc) {
  const std::int32_t k = u - uc;
  return (std::int64_t(dot) << 24) >> (k > 60 ? 60 : k);
}

/// One output channel: (float(O) * (rcp(float(L)) * fp32(1/127))) * 2^(U - M + 7).
inline float attention_out(std::int64_t o, std::uint64_t l, std::int32_t u, std::int32_t m) {
  const float g = mul(rcp(i64_to_f(std::int64_t(l))), kInv127);
  return mul(mul(i64_to_f(o), g), pow2_factor(u - m + 7));
}

}  // namespace htx::numerics
