// SPDX-License-Identifier: Apache-2.0
#include "golden/numerics/rope.hpp"

#include <bit>

namespace htx::numerics {
namespace {

constexpr double kLn2Hi = 0x1.62e42fee00000p-1;  // 32 bits of ln 2: n * kLn2Hi is exact for |n| < 2^20
constexpr double kLn2Lo = 0x1.a39ef35793c76p-33;
constexpr double kPi2A = 0x1.921fb544p+0;        // 33 bits of pi/2: n * kPi2A is exact for |n| < 2^20
constexpr double kPi2B = 0x1.0b4611a6p-34;       // the next 33
constexpr double kPi2C = 0x1.3198a2e037073p-69;  // and what is left
constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;

/// Nearest integer (ties to even) of |x| < 2^51, by the addition that drops the fraction.
double nearest(double x) {
  const double y = x + 0x1.8p52;
  return y - 0x1.8p52;
}

}  // namespace

double ln_basic(double x) {
  const std::uint64_t b = std::bit_cast<std::uint64_t>(x);
  int e = int(b >> 52) - 1023;
  double m = std::bit_cast<double>((b & 0xfffffffffffffull) | 0x3ff0000000000000ull);
  if (m > 0x1.6a09e667f3bcdp+0) {  // sqrt 2: m in [0.707, 1.414]
    m *= 0.5;
    ++e;
  }
  // ln m = 2 atanh(z), |z| < 0.172: z + z^3/3 + ... to z^23.
  const double z = (m - 1.0) / (m + 1.0), zz = z * z;
  double p = 0.0;
  for (int k = 23; k >= 3; k -= 2) p = (p + 1.0 / k) * zz;
  return double(e) * kLn2Hi + (double(e) * kLn2Lo + 2.0 * (z + z * p));
}

double exp_basic(double x) {
  const double n = nearest(x * 0x1.71547652b82fep+0);
  const double r = (x - n * kLn2Hi) - n * kLn2Lo;  // |r| < 0.347
  double p = 1.0;                                  // Taylor to r^16, from the last term
  for (int k = 16; k >= 1; --k) p = 1.0 + r * p / k;
  return p * std::bit_cast<double>(std::uint64_t(std::int64_t(n) + 1023) << 52);
}

void cos_sin_basic(double x, double& c, double& s) {
  const double n = nearest(x * kTwoOverPi);
  const double r = ((x - n * kPi2A) - n * kPi2B) - n * kPi2C;  // |r| < 0.786
  const double rr = r * r;
  double pc = 1.0, ps = 1.0;  // Taylor to r^20 and r^21, from the last term
  for (int k = 20; k >= 2; k -= 2) {
    pc = 1.0 - rr * pc / (k * (k - 1));
    ps = 1.0 - rr * ps / (k * (k + 1));
  }
  ps *= r;
  switch (std::int64_t(n) & 3) {
    case 0: c = pc, s = ps; break;
    case 1: c = -ps, s = pc; break;
    case 2: c = -pc, s = -ps; break;
    default: c = ps, s = -pc; break;
  }
}

double rope_frequency(double base, std::uint32_t i, std::uint32_t dim, double factor) {
  return exp_basic(-(2.0 * i / dim) * ln_basic(base)) / factor;
}

CosSin rope_cos_sin(std::uint32_t pos, double frequency) {
  double c, s;
  cos_sin_basic(double(pos) * frequency, c, s);
  return {float(c), float(s)};
}

void rope_row(std::uint32_t pos, std::uint32_t dim, double base, std::span<const double> factors, CosSin* row) {
  for (std::uint32_t i = 0; i < dim / 2; ++i)
    row[i] = rope_cos_sin(pos, rope_frequency(base, i, dim, factors.empty() ? 1.0 : factors[i]));
}

}  // namespace htx::numerics
