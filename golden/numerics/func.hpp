// SPDX-License-Identifier: Apache-2.0
// exp2, reciprocal and reciprocal square root of the chip's function unit: piecewise quadratics in integers.
//
// All three put their argument into a segment and an 18-bit signed offset u from the segment's middle, run two truncating
// Horner steps in units of 2^-28 and drop five bits; c0 carries the rounding half. Error in ulp: see docs/numerics.md.
// Subnormal arguments count as zeros of their sign, and results below 2^-126 are zeros: this unit alone flushes.
#pragma once
#include <cstdint>

#include "golden/numerics/fp.hpp"
#include "htx_tables.hpp"

namespace htx::numerics {

namespace detail {
/// r in [2^23, 2^24]: the value r * 2^-23 that quadratic `address` takes at u * 2^-18, u in [-2^17, 2^17).
inline std::int32_t quadratic(unsigned address, std::int32_t u) {
  const tables::Quadratic& c = tables::kFuncCoef[address];
  const std::int64_t h1 = c.c1 + ((std::int64_t(c.c2) * u) >> 18);
  return std::int32_t((c.c0 + ((h1 * u) >> 18)) >> 5);
}
/// r * 2^(field - 127 - 23), where r = 2^24 carries into the exponent; exponent fields below 1 become 0.
inline std::uint32_t pack(std::int32_t field, std::int32_t r) {
  const std::int32_t b = (field << 23) + (r - (1 << 23));
  return b < 0x00800000 ? 0u : std::uint32_t(b);
}
}  // namespace detail

/// 2^y. y >= 128: infinity; y < -126: 0; NaN: NaN.
inline float exp2(float y) {
  if (is_nan(y)) return kNan;
  if (y >= 128.0f) return kInf;
  if (y < -126.0f) return 0.0f;
  const double v = double(y) * 0x1p24 + 0.5;  // y to the nearest 2^-24, half up
  std::int64_t t = std::int64_t(v);
  t -= v < double(t);
  const std::int32_t i = std::int32_t(t >> 24), f = std::int32_t(t & 0xffffff);
  return from_bits(detail::pack(i + 127, detail::quadratic(unsigned(f >> 18), (f & 0x3ffff) - 0x20000)));
}

/// 1 / x. Zero: infinity of its sign; infinity: zero of its sign; below 2^-126: zero of its sign; NaN: NaN.
inline float rcp(float x) {
  const std::uint32_t b = bits(x), sign = b & 0x80000000u;
  const std::int32_t e = std::int32_t((b >> 23) & 255), m = std::int32_t(b & 0x7fffff);
  if (e == 255) return m ? kNan : from_bits(sign);
  if (e == 0) return from_bits(sign | 0x7f800000u);
  const std::int32_t u = ((m & 0xffff) << 2) - 0x20000;
  return from_bits(sign | detail::pack(253 - e, detail::quadratic(128u + unsigned(m >> 16), u)));
}

/// 1 / sqrt(x). Zero of either sign: +infinity; below zero: NaN; +infinity: 0; NaN: NaN.
inline float rsqrt(float x) {
  const std::uint32_t b = bits(x);
  const std::int32_t e = std::int32_t((b >> 23) & 255), m = std::int32_t(b & 0x7fffff);
  if (e == 255) return m || (b >> 31) ? kNan : 0.0f;
  if (e == 0) return kInf;
  if (b >> 31) return kNan;
  const unsigned odd = unsigned(e & 1) ^ 1u;  // the exponent e - 127 is odd
  const std::int32_t u = ((m & 0x1ffff) << 1) - 0x20000;
  const std::int32_t half = (e - 127) >> 1;
  return from_bits(detail::pack(126 - half, detail::quadratic(256u + 64u * odd + unsigned(m >> 17), u)));
}

}  // namespace htx::numerics
