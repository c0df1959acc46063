// SPDX-License-Identifier: Apache-2.0
// RoPE's table made of basic operations, against the C library, and frozen.
#include "golden/numerics/rope.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/numerics/random.hpp"

namespace {
using namespace htx::numerics;
using htx::test::Hash;
using htx::test::Random;

TEST(Rope, PiecesAgainstTheLibrary) {
  Random rnd{61};
  double ln = 0, ex = 0, sc = 0;
  for (int n = 0; n < 200'000; ++n) {
    const double x = std::ldexp(1.0 + double(rnd() >> 12) * 0x1p-52, int(rnd() % 80) - 40);
    ln = std::max(ln, std::fabs(ln_basic(x) - double(std::log((long double)(x)))) / std::fmax(1.0, std::fabs(std::log(x))));
    const double y = double(std::int64_t(rnd()) >> 11) * 0x1p-47;  // +-64
    ex = std::max(ex, std::fabs(exp_basic(y) / double(std::exp((long double)(y))) - 1.0));
    const double z = double(rnd() >> 12) * 0x1p-35;  // to 2^17
    double c, s;
    cos_sin_basic(z, c, s);
    sc = std::max({sc, std::fabs(c - double(std::cos((long double)(z)))), std::fabs(s - double(std::sin((long double)(z))))});
  }
  fmt::print("ln {:.2e}, exp {:.2e}, cos and sin {:.2e}\n", ln, ex, sc);
  EXPECT_LT(ln, 5e-16);
  EXPECT_LT(ex, 5e-15);
  EXPECT_LT(sc, 5e-16);
}

TEST(Rope, TableAgainstTheLibrary) {
  double worst = 0;
  for (double base : {10000.0, 500000.0, 1000000.0})
    for (std::uint32_t dim : {8u, 64u, 128u})
      for (std::uint32_t pos : {0u, 1u, 2u, 31u, 511u, 2047u, 8191u, 32767u, 131071u, 1048575u})
        for (std::uint32_t i = 0; i < dim / 2; ++i) {
          const CosSin t = rope_cos_sin(pos, rope_frequency(base, i, dim));
          const long double angle = pos * std::pow((long double)(base), -2.0L * i / dim);
          worst = std::max({worst, double(std::fabs(t.c - std::cos(angle))), double(std::fabs(t.s - std::sin(angle)))});
        }
  fmt::print("table {:.2e}\n", worst);
  EXPECT_LT(worst, 1e-7);
  const CosSin zero = rope_cos_sin(0, rope_frequency(10000.0, 3, 64));
  EXPECT_EQ(zero.c, 1.0f);
  EXPECT_EQ(zero.s, 0.0f);
}

TEST(Rope, FrozenHash) {  // the same bits with every compiler and C library
  Hash h;
  CosSin row[64];
  for (double base : {10000.0, 500000.0})
    for (std::uint32_t pos = 0; pos < 4096; ++pos) {
      rope_row(pos, 128, base, {}, row);
      for (const CosSin& t : row) {
        h.add(t.c);
        h.add(t.s);
      }
    }
  EXPECT_EQ(h.value, 0x826eb546574cd6c2ull);
}

}  // namespace
