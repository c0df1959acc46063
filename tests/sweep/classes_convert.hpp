// SPDX-License-Identifier: Apache-2.0
// The same for the units with one operand: conversions and functions.
#pragma once
#include "golden/numerics/func.hpp"
#include "tests/sweep/classes.hpp"

namespace htx::sweep {

inline double lowest_bit(std::uint32_t a) { return power(exponent(a) - 150); }

inline constexpr auto kF2hClasses = with_roundings({"NaN", "infinity", "overflow", "subnormal out", "zero of a number that is not", "fp32 subnormal",
  "rounded up to the smallest normal", "largest fp16 by rounding down"});
inline Classes f2h_classes(std::uint32_t a, std::uint16_t y) {
  enum { kNan = kRoundings, kInf, kOver, kSubOut, kToZero, kSub, kUpToNormal, kLargest };
  if (nan_bits(a)) return 1ull << kNan;
  if (inf_bits(a)) return 1ull << kInf;
  if ((y & 0x7fff) == 0x7c00) return 1ull << kOver;
  const double exact = std::fabs(double(from_bits(a))), out = double(numerics::h2f(y & 0x7fffu));
  Classes c = subnormal(a) ? 1ull << kSub : 0;
  if ((y & 0x7fff) == 0) return c | (zero_bits(a) ? 1ull << kExact : 1ull << kToZero | 1ull << (exact == 0x1p-25 ? kTieDown : kBelowHalf));
  if ((y & 0x7c00) == 0) c |= 1ull << kSubOut;
  if ((y & 0x7fff) == 0x400 && exact < 0x1p-14) c |= 1ull << kUpToNormal;
  if ((y & 0x7fff) == 0x7bff && exact > out) c |= 1ull << kLargest;
  return c | rounded(exact, out, 10, -24, lowest_bit(a));
}

inline constexpr std::string_view kF2i8Classes[] = {"NaN", "infinity", "clamped", "clamped by rounding alone", "negative", "zero of a number that is not", "subnormal",
  "exact", "tie, down to even", "tie, up to even", "below half", "above half", "next to a tie"};
inline Classes f2i8_classes(std::uint32_t a, int y) {
  enum { kNan, kInf, kClamp, kClampRound, kNeg, kToZero, kSub, kFirst };
  if (nan_bits(a)) return 1ull << kNan;
  if (inf_bits(a)) return 1ull << kInf;
  const double exact = std::fabs(double(from_bits(a))), out = y < 0 ? -y : y;
  if (exact > 127.5) return 1ull << kClamp;
  Classes c = y < 0 ? 1ull << kNeg : 0;
  if (exact > 127 && out == 127) c |= 1ull << kClampRound;
  if (y == 0 && exact != 0) c |= 1ull << kToZero;
  if (subnormal(a)) c |= 1ull << kSub;
  return c | rounding(exact, out, 1.0, lowest_bit(a)) << kFirst;
}

inline constexpr std::string_view kF2scoreClasses[] = {"NaN", "infinity", "saturated at the top", "saturated at the bottom", "rounded past the top",
  "exact", "half, up from a positive", "half, up from a negative", "rounded down", "rounded up", "next to a half", "negative to zero", "subnormal"};
inline Classes f2score_classes(std::uint32_t a, std::int32_t y) {
  enum { kNan, kInf, kTop, kBottom, kPast, kExact2, kHalfPos, kHalfNeg, kDown, kUp, kNext, kNegZero, kSub };
  if (nan_bits(a)) return 1ull << kNan;
  if (inf_bits(a)) return 1ull << kInf;
  const double x = double(from_bits(a)) * 256, error = x - y;
  if (x >= 0x1p23) return 1ull << kTop;
  if (x < -0x1p23) return 1ull << kBottom;
  Classes c = subnormal(a) ? 1ull << kSub : 0;
  if (x >= 0x1p23 - 0.5) return c | 1ull << kPast;
  if (error == 0) return c | 1ull << kExact2;
  if (y == 0 && x < 0) c |= 1ull << kNegZero;
  if (error == -0.5) return c | 1ull << (x > 0 ? kHalfPos : kHalfNeg);
  if (std::fabs(std::fabs(error) - 0.5) <= 256 * lowest_bit(a)) c |= 1ull << kNext;
  return c | 1ull << (error > 0 ? kDown : kUp);
}

/// A function's argument and result; the table's address says which quadratic was used.
inline constexpr std::string_view kExp2Classes[] = {"NaN", "+infinity", "-infinity", "zero", "subnormal", "128 and more", "below -126", "an integer", "argument rounded",
  "argument's half rounded up", "below zero", "first of a segment", "last of a segment"};
inline Classes exp2_classes(std::uint32_t a, int& segment) {
  enum { kNan, kInf, kMinusInf, kZero, kSub, kOver, kLow, kInt, kRound, kHalf, kNeg, kFirst, kLast };
  segment = -1;
  if (nan_bits(a)) return 1ull << kNan;
  if (inf_bits(a)) return 1ull << (a >> 31 ? kMinusInf : kInf);
  if (zero_bits(a)) return 1ull << kZero;
  const double y = from_bits(a);
  if (y >= 128) return 1ull << kOver;
  if (y < -126) return 1ull << kLow;
  const double v = y * 0x1p24, t = std::floor(v + 0.5);
  Classes c = subnormal(a) ? 1ull << kSub : 0;
  if (y < 0) c |= 1ull << kNeg;
  if (y == std::floor(y)) c |= 1ull << kInt;
  if (t != v) c |= 1ull << kRound;
  if (t - v == 0.5) c |= 1ull << kHalf;
  const std::int64_t f = std::int64_t(t) & 0xffffff;
  if ((f & 0x3ffff) == 0) c |= 1ull << kFirst;
  if ((f & 0x3ffff) == 0x3ffff) c |= 1ull << kLast;
  segment = int(f >> 18);
  return c;
}
inline constexpr std::string_view kRcpClasses[] = {"NaN", "infinity", "zero", "subnormal", "negative", "flushed to zero", "smallest normal out", "a power of two", "largest fp32",
  "first of a segment", "last of a segment"};
inline Classes rcp_classes(std::uint32_t a, std::uint32_t y, int& segment) {
  enum { kNan, kInf, kZero, kSub, kNeg, kFlush, kLeast, kPower, kLargest, kFirst, kLast };
  segment = -1;
  if (nan_bits(a)) return 1ull << kNan;
  Classes c = a >> 31 ? 1ull << kNeg : 0;
  if (inf_bits(a)) return c | 1ull << kInf;
  if (zero_bits(a)) return c | 1ull << kZero;
  if (subnormal(a)) return c | 1ull << kSub;
  if (zero_bits(y)) c |= 1ull << kFlush;
  if ((y & 0x7fffffffu) == 0x800000u) c |= 1ull << kLeast;
  if ((a & 0x7fffffu) == 0) c |= 1ull << kPower;
  if ((a & 0x7fffffffu) == 0x7f7fffffu) c |= 1ull << kLargest;
  if ((a & 0xffff) == 0) c |= 1ull << kFirst;
  if ((a & 0xffff) == 0xffff) c |= 1ull << kLast;
  segment = int(a >> 16 & 127);
  return c;
}
inline constexpr std::string_view kRsqrtClasses[] = {"NaN", "+infinity", "-infinity", "zero", "-0", "subnormal", "negative subnormal", "negative", "even exponent", "odd exponent",
  "a power of four", "largest fp32", "smallest normal", "first of a segment", "last of a segment"};
inline Classes rsqrt_classes(std::uint32_t a, int& segment) {
  enum { kNan, kInf, kMinusInf, kZero, kMinusZero, kSub, kNegSub, kNeg, kEven, kOdd, kPower, kLargest, kLeast, kFirst, kLast };
  segment = -1;
  if (nan_bits(a)) return 1ull << kNan;
  if (inf_bits(a)) return 1ull << (a >> 31 ? kMinusInf : kInf);
  if (zero_bits(a)) return 1ull << (a >> 31 ? kMinusZero : kZero);
  if (subnormal(a)) return 1ull << (a >> 31 ? kNegSub : kSub);
  if (a >> 31) return 1ull << kNeg;
  const bool odd = !(a >> 23 & 1);  // exponent e - 127
  Classes c = 1ull << (odd ? kOdd : kEven);
  if ((a & 0x7fffffu) == 0 && !odd) c |= 1ull << kPower;
  if (a == 0x7f7fffffu) c |= 1ull << kLargest;
  if (a == 0x00800000u) c |= 1ull << kLeast;
  if ((a & 0x1ffff) == 0) c |= 1ull << kFirst;
  if ((a & 0x1ffff) == 0x1ffff) c |= 1ull << kLast;
  segment = int((odd ? 64 : 0) + (a >> 17 & 63));
  return c;
}
}  // namespace htx::sweep
