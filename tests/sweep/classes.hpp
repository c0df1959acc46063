// SPDX-License-Identifier: Apache-2.0
// What a vector turned out to be, judged from operands and result alone, whatever its generator meant: a set of classes each.
#pragma once
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "golden/numerics/fp.hpp"

namespace htx::sweep {
using numerics::from_bits;
using Classes = std::uint64_t;  // bit n: class n of the unit's list

constexpr bool nan_bits(std::uint32_t x) { return (x & 0x7fffffffu) > 0x7f800000u; }
constexpr bool inf_bits(std::uint32_t x) { return (x & 0x7fffffffu) == 0x7f800000u; }
constexpr bool zero_bits(std::uint32_t x) { return (x & 0x7fffffffu) == 0; }
constexpr bool subnormal(std::uint32_t x) { return (x & 0x7f800000u) == 0 && !zero_bits(x); }
constexpr int exponent(std::uint32_t x) { const int e = int(x >> 23 & 255); return e ? e : 1; }

/// How an exact value (magnitude, in binary64) became an fp32 of that sign: the rounding classes that units share.
enum Rounding : unsigned { kExact, kTieDown, kTieUp, kBelowHalf, kAboveHalf, kNextToTie, kCarry, kRoundings };
inline constexpr std::string_view kRoundingNames[] = {"exact", "tie, down to even", "tie, up to even", "below half", "above half",
                                                      "next to a tie", "rounding carries into the exponent"};
/// value + rest is exact, rest far below value's last place or 0; unit: the result's last place before rounding.
inline Classes rounding(double value, double result, double unit, double step) {
  const double error = value - result;  // both have few bits: exact
  const double a = std::fabs(error) * 2;
  Classes c = 0;
  if (error == 0) c |= 1u << kExact;
  else if (a == unit) c |= 1u << (error > 0 ? kTieDown : kTieUp);
  else c |= 1u << (error > 0 ? kBelowHalf : kAboveHalf);
  if (error != 0 && a != unit && std::fabs(a - unit) <= 2 * step) c |= 1u << kNextToTie;
  return c;
}
/// 2^e, e from -1022 to 1023.
inline double power(int e) { return std::bit_cast<double>(std::uint64_t(e + 1023) << 52); }
inline int exponent_of(double x) { return int(std::bit_cast<std::uint64_t>(x) >> 52 & 2047) - 1023; }

template <std::size_t N>
constexpr auto with_roundings(const std::string_view (&own)[N]) {
  std::array<std::string_view, N + kRoundings> all{};
  for (std::size_t i = 0; i < kRoundings; ++i) all[i] = kRoundingNames[i];
  for (std::size_t i = 0; i < N; ++i) all[kRoundings + i] = own[i];
  return all;
}
/// An exact magnitude and what came out, finite: all rounding classes. least: exponent of the smallest last place.
inline Classes rounded(double exact, double result, int digits, int least, double step) {
  const int e = exact == 0 ? least : exponent_of(exact) - digits;
  Classes c = rounding(exact, result, power(e > least ? e : least), step);
  if (exact != 0 && exponent_of(result) > exponent_of(exact)) c |= 1u << kCarry;
  return c;
}

inline constexpr auto kFmulClasses = with_roundings({"NaN in", "infinity x 0", "infinity in", "zero in", "subnormal in", "both subnormal",
  "subnormal out", "rounded up to the smallest normal", "underflow to zero", "smallest subnormal out of less", "overflow", "overflow by rounding alone"});
inline Classes fmul_classes(std::uint32_t a, std::uint32_t b, std::uint32_t y) {
  enum { kNan = kRoundings, kInfZero, kInf, kZero, kSub, kBothSub, kSubOut, kUpToNormal, kUnder, kLeast, kOver, kOverRound };
  if (nan_bits(a) || nan_bits(b)) return 1ull << kNan;
  if (nan_bits(y)) return 1ull << kInfZero;
  if (inf_bits(a) || inf_bits(b)) return 1ull << kInf;
  if (zero_bits(a) || zero_bits(b)) return 1ull << kZero;
  Classes c = 0;
  if (subnormal(a) || subnormal(b)) c |= 1ull << kSub;
  if (subnormal(a) && subnormal(b)) c |= 1ull << kBothSub;
  const double exact = std::fabs(double(from_bits(a)) * double(from_bits(b)));
  if (inf_bits(y)) return c | 1ull << kOver | (exact < 0x1p128 ? 1ull << kOverRound : 0);
  if (zero_bits(y)) return c | 1ull << kUnder;
  if (subnormal(y)) c |= 1ull << kSubOut;
  if ((y & 0x7fffffffu) == 1 && exact < 0x1p-149) c |= 1ull << kLeast;
  if ((y & 0x7fffffffu) == 0x800000u && exact < 0x1p-126) c |= 1ull << kUpToNormal;
  // the lowest bit that a product of these two can have
  const double step = power(exponent(a) - 150) * power(exponent(b) - 150);
  return c | rounded(exact, std::fabs(double(from_bits(y))), 23, -149, step);
}

inline constexpr auto kFaddClasses = with_roundings({"NaN in", "infinity - infinity", "infinity in", "zero in", "-0 + -0", "x - x", "subnormal in",
  "subnormal out", "two subnormals make a normal", "overflow", "cancels 2 to 11 places", "cancels 12 to 23", "cancels 24 and more", "carry",
  "unlike signs, one place lost", "aligned by 0", "by 1", "by 2 to 23", "by 24", "by 25", "by 26", "by 27 and more", "unlike signs, sticky alone"});
inline Classes fadd_classes(std::uint32_t a, std::uint32_t b, std::uint32_t y) {
  enum { kNan = kRoundings, kInfInf, kInf, kZero, kNegZeros, kCancel, kSub, kSubOut, kGrow, kOver, kLose2, kLose12, kLose24, kCarryOut, kLose1,
         kBy0, kBy1, kBy2, kBy24, kBy25, kBy26, kBy27, kSticky };
  if (nan_bits(a) || nan_bits(b)) return 1ull << kNan;
  if (nan_bits(y)) return 1ull << kInfInf;
  if (inf_bits(a) || inf_bits(b)) return 1ull << kInf;
  if (zero_bits(a) || zero_bits(b)) return 1ull << kZero | (a == 0x80000000u && b == a ? 1ull << kNegZeros : 0);
  Classes c = 0;
  const int ea = exponent(a), eb = exponent(b), top = ea > eb ? ea : eb, away = ea > eb ? ea - eb : eb - ea;
  const bool unlike = (a ^ b) >> 31;
  if (subnormal(a) || subnormal(b)) c |= 1ull << kSub;
  c |= 1ull << (away == 0 ? kBy0 : away == 1 ? kBy1 : away < 24 ? kBy2 : away == 24 ? kBy24 : away == 25 ? kBy25 : away == 26 ? kBy26 : kBy27);
  if (zero_bits(y)) return c | 1ull << kCancel;
  if (inf_bits(y)) return c | 1ull << kOver;
  if (unlike && away >= 26) c |= 1ull << kSticky;
  if (subnormal(y)) c |= 1ull << kSubOut;
  if (subnormal(a) && subnormal(b) && !subnormal(y)) c |= 1ull << kGrow;
  const double fa = from_bits(a), fb = from_bits(b), fy = from_bits(y);
  const double sum = fa + fb;
  const int ey = exponent_of(std::fabs(fy)) + 127;
  if (unlike) c |= ey > top - 1 ? 0 : 1ull << (ey == top - 1 ? kLose1 : ey > top - 12 ? kLose2 : ey > top - 24 ? kLose12 : kLose24);
  else if (ey > top) c |= 1ull << kCarryOut;
  // exact in binary64 unless they are far apart; then the small one is a rest far from a tie
  if (away <= 28) c |= rounded(std::fabs(sum), std::fabs(fy), 23, -149, power((ea < eb ? ea : eb) - 150));
  else c |= 1ull << (unlike ? kAboveHalf : kBelowHalf);
  return c;
}

inline constexpr auto kI2fClasses = with_roundings({"zero", "negative", "most negative", "all 24 bits or fewer", "25 to 32 bits", "33 bits and more"});
inline Classes i2f_classes(std::int64_t x, unsigned width, std::uint32_t y) {
  enum { kZero = kRoundings, kNeg, kMost, kNarrow, kMiddle, kWide };
  if (x == 0) return 1ull << kZero;
  Classes c = x < 0 ? 1ull << kNeg : 0;
  if (x == (width == 64 ? INT64_MIN : std::int64_t(INT32_MIN))) c |= 1ull << kMost;
  const std::uint64_t mag = x < 0 ? 0 - std::uint64_t(x) : std::uint64_t(x);
  const int bits = int(std::bit_width(mag));
  c |= 1ull << (bits <= 24 ? kNarrow : bits <= 32 ? kMiddle : kWide);
  if (bits <= 24) return c | 1u << kExact;
  const std::uint64_t unit = 1ull << (bits - 24), rest = mag & (unit - 1);
  const std::uint32_t up = std::uint32_t((mag >> (bits - 24)) & 0x7fffffu) != (y & 0x7fffffu);
  if (rest == 0) c |= 1u << kExact;
  else if (rest == unit / 2) c |= 1u << (up ? kTieUp : kTieDown);
  else c |= 1u << (rest < unit / 2 ? kBelowHalf : kAboveHalf);
  if (rest == unit / 2 + 1 || (rest != 0 && rest == unit / 2 - 1)) c |= 1u << kNextToTie;
  if (up && (y & 0x7fffffu) == 0) c |= 1u << kCarry;
  return c;
}
}  // namespace htx::sweep
