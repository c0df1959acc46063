// SPDX-License-Identifier: Apache-2.0
// Conversions and the four host operations.
#include "golden/numerics/fp.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/numerics/random.hpp"

namespace {
using namespace htx::numerics;
using htx::test::Hash;
using htx::test::Random;

std::uint16_t half_bits(_Float16 h) { return std::bit_cast<std::uint16_t>(h); }
_Float16 half(std::uint16_t b) { return std::bit_cast<_Float16>(b); }

[[gnu::noinline]] float multiply_add(float a, float b, float c) { return a * b + c; }

TEST(Host, MultiplyAndAddAreNotFused) {
  const float a = 1.0f + 0x1p-12f;  // a*a = 1 + 2^-11 + 2^-24, a tie that rounds to 1 + 2^-11
  EXPECT_EQ(multiply_add(a, a, -(1.0f + 0x1p-11f)), 0.0f);
  EXPECT_EQ(add(mul(a, a), -(1.0f + 0x1p-11f)), 0.0f);
}

TEST(Host, SubnormalsAreKept) {
  EXPECT_EQ(bits(mul(from_bits(0x00800000u), 0.5f)), 0x00400000u);
  EXPECT_EQ(bits(add(from_bits(1), from_bits(1))), 2u);
  EXPECT_EQ(bits(mul(from_bits(3), 0.5f)), 2u);  // a tie, to even
}

TEST(Host, AdditionIsNotReassociated) {
  volatile float big = 0x1p24f, one = 1.0f;
  EXPECT_EQ((big + one) + one, 0x1p24f);
  EXPECT_EQ(big + (one + one), 0x1p24f + 2.0f);
}

TEST(Fp, ProductIsTheExactOneRounded) {  // a 48-bit product is exact in binary64
  Random rnd{11};
  for (int n = 0; n < 1'000'000; ++n) {
    const float a = rnd.any(), b = rnd.any();
    ASSERT_EQ(bits(mul(a, b)), bits(canonical(float(double(a) * double(b))))) << bits(a) << ' ' << bits(b);
  }
}

TEST(Fp, NanIsAlwaysCanonical) {
  const float payload = from_bits(0xffa12345u);
  EXPECT_EQ(bits(add(payload, 1.0f)), kNanBits);
  EXPECT_EQ(bits(mul(payload, 1.0f)), kNanBits);
  EXPECT_EQ(bits(add(kInf, -kInf)), kNanBits);
  EXPECT_EQ(bits(sub(kInf, kInf)), kNanBits);
  EXPECT_EQ(bits(mul(kInf, -0.0f)), kNanBits);
  EXPECT_EQ(bits(add(1.0f, -1.0f)), 0u);
  EXPECT_EQ(bits(add(-0.0f, -0.0f)), 0x80000000u);
}

TEST(Half, EveryHalfWidens) {
  for (std::uint32_t h = 0; h < 65536; ++h) {
    const float want = canonical(static_cast<float>(half(std::uint16_t(h))));
    ASSERT_EQ(bits(h2f(std::uint16_t(h))), bits(want)) << h;
    if (!is_nan(want)) {
      ASSERT_EQ(f2h(want), h);
    }
  }
  EXPECT_EQ(f2h(kNan), 0x7e00u);
  EXPECT_EQ(f2h(from_bits(0xffffffffu)), 0x7e00u);
}

TEST(Half, NarrowsAsTheHost) {
  Random rnd{12};
  const auto check = [](float x) {
    if (!is_nan(x)) {
      ASSERT_EQ(f2h(x), half_bits(static_cast<_Float16>(x))) << bits(x);
    }
  };
  for (int n = 0; n < 1'000'000; ++n) check(rnd.any());
  for (std::uint32_t h = 0; h < 0x7c00; ++h)  // between each pair of neighbours: the tie and both its sides
    for (int d = -1; d <= 1; ++d) {
      const std::uint32_t middle = bits((h2f(std::uint16_t(h)) + h2f(std::uint16_t(h + 1 == 0x7c00 ? h : h + 1))) * 0.5f);
      check(from_bits(middle + std::uint32_t(d)));
      check(-from_bits(middle + std::uint32_t(d)));
    }
  check(65519.996f);
  check(65520.0f);
  check(-65520.0f);
}

TEST(Integer, Int8IsRoundedToEvenAndClamped) {
  Random rnd{13};
  for (int n = 0; n < 1'000'000; ++n) {
    const float x = n & 1 ? rnd.any() : rnd.unit() * 140.0f;
    const Int8Result q = f_to_i8(x);
    ASSERT_EQ(q.bad, !std::isfinite(x));
    if (!q.bad) {
      ASSERT_EQ(double(q.value), std::fmin(127.0, std::fmax(-127.0, std::nearbyint(double(x))))) << x;
    }
  }
  for (int k = -260; k <= 260; ++k) {
    const float x = float(k) * 0.5f;
    ASSERT_EQ(double(f_to_i8(x).value), std::fmin(127.0, std::fmax(-127.0, std::nearbyint(x)))) << x;
  }
  EXPECT_EQ(f_to_i8(kInf).value, 127);
  EXPECT_EQ(f_to_i8(-kInf).value, -127);
  EXPECT_TRUE(f_to_i8(kNan).bad);
}

TEST(Integer, ScoreIsTheFloorOfTheExactValue) {
  Random rnd{14};
  const auto want = [](float x) -> long double {
    const long double v = std::fabs(x) < 0x1p-32f ? 0.5L : 256.0L * (long double)(x) + 0.5L;  // exact in 64 bits
    return std::fmin((long double)(kScoreMax), std::fmax((long double)(kScoreMin), std::floor(v)));
  };
  for (int n = 0; n < 1'000'000; ++n) {
    const float x = n % 3 == 0 ? rnd.any() : n % 3 == 1 ? rnd.unit() * 33000.0f : rnd.unit() * 0.02f;
    if (is_finite(x)) {
      ASSERT_EQ((long double)(f_to_score(x).value), want(x)) << bits(x);
    }
    ASSERT_EQ(f_to_score(x).bad, !is_finite(x));
  }
  EXPECT_EQ(f_to_score(1.0f / 512).value, 1);    // half up ...
  EXPECT_EQ(f_to_score(-1.0f / 512).value, 0);   // ... also below zero
  EXPECT_EQ(f_to_score(from_bits(bits(1.0f / 512) - 1)).value, 0);
  EXPECT_EQ(f_to_score(from_bits(bits(-1.0f / 512) + 1)).value, -1);
  EXPECT_EQ(f_to_score(-from_bits(1)).value, 0);
  EXPECT_EQ(f_to_score(32767.9985f).value, kScoreMax);
  EXPECT_EQ(f_to_score(-32768.0f).value, kScoreMin);
  EXPECT_EQ(f_to_score(-kInf).value, kScoreMin);
}

TEST(Integer, Pow2Factor) {
  for (int n = -140; n <= 140; ++n)
    EXPECT_EQ(pow2_factor(n), std::ldexp(1.0f, n < -126 ? -126 : n > 127 ? 127 : n)) << n;
}

TEST(Fp, FrozenHash) {  // the same with every compiler; a change of any bit of the conversions shows here
  Random rnd{15};
  Hash h;
  for (int n = 0; n < 200'000; ++n) {
    const float a = rnd.any(), b = rnd.any();
    const std::uint64_t i = rnd() >> (n & 63);
    h.add(add(a, b));
    h.add(mul(a, b));
    h.add(i32_to_f(std::int32_t(i)));
    h.add(i64_to_f(std::int64_t(i)));
    h.add(std::uint32_t(f2h(a)));
    h.add(h2f(std::uint16_t(i)));
    h.add(std::uint32_t(f_to_i8(a).value));
    h.add(std::uint32_t(f_to_score(b).value));
  }
  EXPECT_EQ(h.value, 0x79a833103c0a416dull);
}

}  // namespace
