// SPDX-License-Identifier: Apache-2.0
// Vector operations: RMSNorm, RoPE's rotation, the gate, argmax; each in the order of additions the chip uses.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "golden/numerics/fp.hpp"
#include "golden/numerics/func.hpp"

namespace htx::numerics {

/// Sum of squares: element i goes to accumulator i mod 128, ascending from +0; then a tree over 64, 32, ... 1.
inline float sum_squares(std::span<const float> x) {
  float acc[128] = {};
  std::size_t i = 0;
  for (; i + 128 <= x.size(); i += 128)
    for (std::size_t j = 0; j < 128; ++j) acc[j] += x[i + j] * x[i + j];
  for (std::size_t j = 0; i + j < x.size(); ++j) acc[j] += x[i + j] * x[i + j];
  for (std::size_t half = 64; half; half /= 2)
    for (std::size_t j = 0; j < half; ++j) acc[j] += acc[j + half];
  return canonical(acc[0]);
}

/// rsqrt(sum * fp32(1/D) + eps): the factor that RMSNorm multiplies x with. inv_d = fp32(1/D).
inline float rms_factor(float sum, float inv_d, float eps) { return rsqrt(add(mul(sum, inv_d), eps)); }

/// (x * r) * w.
inline void rmsnorm(std::span<const float> x, std::span<const float> w, float eps, float* y) {
  const float r = rms_factor(sum_squares(x), 1.0f / float(x.size()), eps);
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = canonical((x[i] * r) * w[i]);
}

/// One rotated pair: x0 c - x1 s, x0 s + x1 c, each product rounded.
struct Pair {
  float x0, x1;
};
inline Pair rotate(float x0, float x1, float c, float s) {
  return {sub(mul(x0, c), mul(x1, s)), add(mul(x0, s), mul(x1, c))};
}

/// SwiGLU: (g * rcp(1 + exp2(g * -log2 e))) * u.
inline float swiglu(float g, float u) {
  return mul(mul(g, rcp(add(1.0f, exp2(mul(g, kNegLog2e))))), u);
}

/// Index of the largest value, the lowest on ties, -0 equal to +0. No NaN may come in (it is the numeric error before);
/// if one does, it is never larger than anything.
inline std::size_t argmax(std::span<const float> x) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < x.size(); ++i)
    if (x[i] > x[best]) best = i;
  return best;
}

/// The order of argmax as an unsigned integer key: larger value, larger key; +0 and -0 share one.
inline std::uint32_t order_key(float x) {
  const std::uint32_t b = bits(x) == 0x80000000u ? 0u : bits(x);
  return b >> 31 ? ~b : b | 0x80000000u;
}

}  // namespace htx::numerics
