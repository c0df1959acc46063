// SPDX-License-Identifier: Apache-2.0
// Scalar floating point: what one arithmetic unit of the chip computes, as pure functions.
//
// fp32 is IEEE-754 binary32, round to nearest even, subnormals included, multiply and add rounded separately. The host
// computes it natively; the only thing added is that every NaN result is kNan, as in the RTL. The host must run in its
// default state (round to nearest, no flush to zero). docs/numerics.md specifies every bit.
#pragma once
#include <bit>
#include <cstdint>

#include "htx/fp_pkg.hpp"

namespace htx::numerics {

constexpr std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }
constexpr float from_bits(std::uint32_t b) { return std::bit_cast<float>(b); }

inline constexpr std::uint32_t kNanBits = fp_pkg::FP32_NAN;  // the one NaN that any operation returns
inline constexpr float kNan = from_bits(kNanBits);
inline constexpr float kInf = from_bits(0x7f800000u);
inline constexpr float kInv127 = from_bits(fp_pkg::FP32_INV127);       // fp32(1/127)
inline constexpr float kNegLog2e = from_bits(fp_pkg::FP32_NLOG2E);     // -fp32(log2 e)
inline constexpr float kNegHalfLog2e = from_bits(fp_pkg::FP32_NHLOG2E);  // and half of it

/// Not NaN and not infinite.
constexpr bool is_finite(float x) { return (bits(x) & 0x7fffffffu) < 0x7f800000u; }
constexpr bool is_nan(float x) { return (bits(x) & 0x7fffffffu) > 0x7f800000u; }
constexpr float canonical(float x) { return is_nan(x) ? kNan : x; }

inline float add(float a, float b) { return canonical(a + b); }
inline float sub(float a, float b) { return canonical(a - b); }  // a + (-b)
inline float mul(float a, float b) { return canonical(a * b); }

/// int32 and int64 to fp32, nearest even.
inline float i32_to_f(std::int32_t x) { return static_cast<float>(x); }
inline float i64_to_f(std::int64_t x) { return static_cast<float>(x); }

/// fp16 (its 16 bits) to fp32, exact, subnormals included.
inline float h2f(std::uint16_t h) {
  const std::uint32_t sign = std::uint32_t(h & 0x8000u) << 16, mag = h & 0x7fffu;
  if (mag > 0x7c00u) return kNan;
  if (mag == 0x7c00u) return from_bits(sign | 0x7f800000u);
  return from_bits(sign | bits(from_bits(mag << 13) * 0x1p112f));  // moves the exponent's bias, exactly
}

/// fp32 to fp16, nearest even, subnormals included; 65520 and above become infinity, NaN becomes 0x7e00.
inline std::uint16_t f2h(float x) {
  const std::uint32_t b = bits(x), mag = b & 0x7fffffffu, sign = (b >> 16) & 0x8000u;
  if (mag > 0x7f800000u) return 0x7e00u;
  if (mag >= 0x477ff000u) return std::uint16_t(sign | 0x7c00u);
  if (mag < 0x38800000u)  // below 2^-14: adding 0.5, whose ulp is 2^-24, makes the host round to fp16's subnormal step
    return std::uint16_t(sign | (bits(from_bits(mag) + 0.5f) - 0x3f000000u));
  return std::uint16_t(sign | ((mag - 0x38000000u + 0xfffu + ((mag >> 13) & 1u)) >> 13));
}

/// An integer result and the mark that its input was NaN or infinite (the numeric error).
struct Int8Result {
  std::int8_t value;
  bool bad;
};
struct ScoreResult {
  std::int32_t value;
  bool bad;
};

/// fp32 to the nearest integer (ties to even), clamped to +-127. NaN and infinity clamp by their sign and are bad.
inline Int8Result f_to_i8(float x) {
  const std::uint32_t mag = bits(x) & 0x7fffffffu;
  if (mag >= 0x42fe0000u) return {std::int8_t(bits(x) >> 31 ? -127 : 127), mag >= 0x7f800000u};
  // 1.5 * 2^23 has an ulp of 1: the host's addition rounds to an integer in the low bits.
  return {std::int8_t(std::int32_t(bits(x + 0x1.8p23f)) - 0x4b400000), false};
}

inline constexpr std::int32_t kScoreMax = (1 << 23) - 1, kScoreMin = -(1 << 23);

/// fp32 x to a score in 1/256: floor(256 x + 0.5) of the exact value, saturated to 24 bits signed. NaN and infinity
/// saturate by their sign and are bad.
inline ScoreResult f_to_score(float x) {
  const bool bad = !is_finite(x);
  if ((bits(x) & 0x7fffffffu) >= 0x47000000u)  // |x| >= 2^15
    return {bits(x) >> 31 ? kScoreMin : kScoreMax, bad};
  const double v = double(x) * 256.0 + 0.5;  // inexact only where it cannot matter: far below 2^-29
  std::int32_t n = std::int32_t(v);
  n -= v < double(n);
  return {n > kScoreMax ? kScoreMax : n, bad};
}

/// 2^n as fp32, n clamped to [-126, 127].
inline float pow2_factor(std::int32_t n) {
  const std::int32_t c = n < -126 ? -126 : n > 127 ? 127 : n;
  return from_bits(std::uint32_t(c + 127) << 23);
}

}  // namespace htx::numerics
