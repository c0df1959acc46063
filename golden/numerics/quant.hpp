// SPDX-License-Identifier: Apache-2.0
// The quantisers: fp32 to int8 with a scale, for activations, keys and values. Pure, bit-exact.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "golden/numerics/fp.hpp"
#include "golden/numerics/func.hpp"

namespace htx::numerics {

/// Bits of the largest magnitude; a NaN is larger than infinity in this order, so the maximum also finds it.
inline std::uint32_t amax_bits(std::span<const float> x) {
  std::uint32_t m = 0;
  for (float v : x) {
    const std::uint32_t b = bits(v) & 0x7fffffffu;
    m = b > m ? b : m;
  }
  return m;
}

inline constexpr std::uint32_t kQuantMinBits = fp_pkg::QUANT_MIN;  // 2^-100: a smaller amax counts as 0, as 1/amax overflows
inline constexpr std::uint32_t kQuantMaxBits = fp_pkg::QUANT_MAX;  // 2^126: above it 1/amax is 0, so amax is the numeric error

/// Scale of an activation block. bad: amax above 2^126, infinite or NaN; then every q and the scale are 0.
struct QuantScale {
  float scale;
  bool bad;
};
/// Scale of a key, fp16. bad also when the scale overflows fp16 (amax of 8,321,040 and above).
struct KeyScale {
  std::uint16_t scale;
  bool bad;
};
/// Value = q * 2^exponent. bad: amax infinite or NaN; then every q is 0 and the exponent -128.
struct ValueScale {
  std::int8_t exponent;
  bool bad;
};

namespace detail {
/// amax for the fp32 quantisers, and q written; zero when the block counts as zero.
inline QuantScale quantise(std::span<const float> x, std::int8_t* q) {
  const std::uint32_t m = amax_bits(x);
  const bool bad = m > kQuantMaxBits;
  if (bad || m < kQuantMinBits) {
    for (std::size_t i = 0; i < x.size(); ++i) q[i] = 0;
    return {0.0f, bad};
  }
  const float id = mul(127.0f, rcp(from_bits(m)));
  for (std::size_t i = 0; i < x.size(); ++i) q[i] = f_to_i8(x[i] * id).value;
  return {from_bits(m) * kInv127, false};
}
}  // namespace detail

/// Activations (a block of 32; for q of attention: one head). q holds x.size() values.
inline QuantScale quantise_activation(std::span<const float> x, std::int8_t* q) { return detail::quantise(x, q); }

/// One head of one key: the same integers, the scale rounded to fp16 afterwards.
inline KeyScale quantise_key(std::span<const float> x, std::int8_t* q) {
  const QuantScale s = detail::quantise(x, q);
  const std::uint16_t h = f2h(s.scale);
  if (s.bad || h == 0x7c00u) {
    for (std::size_t i = 0; i < x.size(); ++i) q[i] = 0;
    return {0, true};
  }
  return {h, false};
}

/// Smallest e >= -128 with RNE(amax / 2^e) <= 127, from the bits of a finite amax.
inline std::int32_t value_exponent(std::uint32_t amax) {
  const std::int32_t e = std::int32_t(amax >> 23) - 127 - 6 + ((amax & 0x7fffffu) >= 0x7f0000u);
  return e < -128 || (amax >> 23) == 0 ? -128 : e;
}

/// RNE(x * 2^-e), the scaling exact even where 2^-e is no fp32. Needs |x| * 2^-e below 2^31.
inline std::int32_t scale_to_int(float x, std::int32_t e) {
  const double v = double(x) * std::bit_cast<double>(std::uint64_t(1023 - e) << 52);  // exact
  return std::int32_t(std::bit_cast<std::int64_t>(v + 0x1.8p52) - std::bit_cast<std::int64_t>(0x1.8p52));
}

/// One head of one value.
inline ValueScale quantise_value(std::span<const float> x, std::int8_t* q) {
  const std::uint32_t m = amax_bits(x);
  if (m >= 0x7f800000u) {
    for (std::size_t i = 0; i < x.size(); ++i) q[i] = 0;
    return {-128, true};
  }
  const std::int32_t e = value_exponent(m);
  for (std::size_t i = 0; i < x.size(); ++i) q[i] = std::int8_t(scale_to_int(x[i], e));
  return {std::int8_t(e), false};
}

/// One matvec step: acc + float(dot) * (activation scale * weight scale). dot is the exact int32 sum of a block of 32.
inline float accumulate(float acc, std::int32_t dot, float sa, float sw) {
  return add(acc, mul(i32_to_f(dot), mul(sa, sw)));
}

}  // namespace htx::numerics
