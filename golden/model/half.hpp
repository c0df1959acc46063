// SPDX-License-Identifier: Apache-2.0
// IEEE binary16 as bits, to and from binary32. Scales of Q8_0 and Q4_0 blocks are stored in it.
#pragma once

#include <bit>
#include <cstdint>

namespace htx::model {

/// Every fp16 is an fp32, so this is exact; infinities and NaN stay what they are.
constexpr float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1fu;
  const std::uint32_t fraction = half & 0x3ffu;
  if (exponent == 0) {  // zero or subnormal: fraction * 2^-24
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
  }
  const std::uint32_t wide = exponent == 31 ? 255u : exponent + 112u;
  return std::bit_cast<float>(sign | (wide << 23) | (fraction << 13));
}

/// Round to nearest, ties to even; overflow gives infinity, NaN a quiet NaN.
constexpr std::uint16_t float_to_half(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);
  if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // 65520 and above
  // Below 2^-14 the fp16 unit stays 2^-24, so more of the significand falls away.
  const std::uint32_t exponent = magnitude >> 23;
  if (exponent < 102) return sign;  // below 2^-25: nearer to zero
  const bool subnormal = exponent < 113;
  const std::uint32_t dropped = subnormal ? 126 - exponent : 13;
  const std::uint32_t kept = subnormal ? (magnitude & 0x7fffffu) | 0x800000u : magnitude - (112u << 23);
  const std::uint32_t rest = kept & ((1u << dropped) - 1);
  const std::uint32_t tie = 1u << (dropped - 1);
  std::uint32_t result = kept >> dropped;
  if (rest > tie || (rest == tie && (result & 1u))) ++result;  // a carry into the exponent is right
  return static_cast<std::uint16_t>(sign | result);
}

constexpr bool half_is_finite(std::uint16_t half) { return (half & 0x7c00u) != 0x7c00u; }

}  // namespace htx::model
