// SPDX-License-Identifier: Apache-2.0
// The quantisers: integers and scales by their definition, and every way a block can be special.
#include "golden/numerics/quant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/numerics/random.hpp"

namespace {
using namespace htx::numerics;
using htx::test::Random;

std::vector<float> block(Random& rnd, std::size_t n, int exponent) {
  std::vector<float> x(n);
  for (float& v : x) v = std::ldexp(rnd.unit(), exponent);
  return x;
}

TEST(Quantise, ActivationIsWithinHalfAStep) {
  Random rnd{31};
  for (int n = 0; n < 20'000; ++n) {
    const auto x = block(rnd, 32, int(rnd() % 200) - 99);
    std::int8_t q[32];
    const QuantScale s = quantise_activation(x, q);
    ASSERT_FALSE(s.bad);
    const float amax = from_bits(amax_bits(x));
    if (amax < 0x1p-100f) {
      ASSERT_EQ(s.scale, 0.0f);
      continue;
    }
    ASSERT_EQ(s.scale, amax * kInv127);
    int largest = 0;
    for (int i = 0; i < 32; ++i) {
      ASSERT_LE(std::fabs(double(x[i]) - q[i] * double(s.scale)), double(s.scale) * (0.5 + 127 * 0x1p-21)) << i;
      largest = std::max(largest, std::abs(int(q[i])));
    }
    ASSERT_EQ(largest, 127);
  }
}

TEST(Quantise, SmallAndBadBlocks) {
  std::int8_t q[4];
  const auto zeros = [&] { return q[0] == 0 && q[1] == 0 && q[2] == 0 && q[3] == 0; };
  const std::vector<float> below{0x1.fffffep-101f, 0, -0x1p-101f, 0}, at{0x1p-100f, 0, -0x1p-101f, 0};
  EXPECT_EQ(bits(quantise_activation(below, q).scale), 0u);
  EXPECT_TRUE(zeros());
  EXPECT_EQ(quantise_activation(at, q).scale, 0x1p-100f * kInv127);
  EXPECT_EQ(q[0], 127);
  EXPECT_EQ(q[2], -64);  // 63.5, to even
  const std::vector<float> none(4, -0.0f);
  EXPECT_EQ(bits(quantise_activation(none, q).scale), 0u);
  EXPECT_TRUE(zeros());
  for (float worst : {kInf, -kInf, kNan, 0x1.000002p126f, 0x1.fffffep127f}) {
    const std::vector<float> x{1.0f, worst, 2.0f, 3.0f};
    const QuantScale s = quantise_activation(x, q);
    EXPECT_TRUE(s.bad && zeros() && bits(s.scale) == 0) << worst;
    EXPECT_TRUE(quantise_key(x, q).bad && zeros());
    if (!is_finite(worst)) {
      const ValueScale v = quantise_value(x, q);
      EXPECT_TRUE(v.bad && zeros() && v.exponent == -128);
    }
  }
  const std::vector<float> last{0x1p126f, 0x1p125f, -0x1p126f, 0};
  EXPECT_FALSE(quantise_activation(last, q).bad);
  EXPECT_EQ(q[0], 127);
  EXPECT_EQ(q[2], -127);
}

TEST(Quantise, KeyRoundsItsScaleAfterwards) {
  Random rnd{32};
  std::int8_t qa[64], qk[64];
  for (int n = 0; n < 5'000; ++n) {
    const auto x = block(rnd, 64, int(rnd() % 24) - 12);
    const QuantScale a = quantise_activation(x, qa);
    const KeyScale k = quantise_key(x, qk);
    ASSERT_FALSE(k.bad);
    ASSERT_TRUE(std::equal(qa, qa + 64, qk));
    ASSERT_EQ(k.scale, f2h(a.scale));
  }
  std::int8_t q[1];
  EXPECT_FALSE(quantise_key(std::vector<float>{8321039.0f}, q).bad);
  EXPECT_TRUE(quantise_key(std::vector<float>{8321041.0f}, q).bad);  // the scale would be fp16's infinity
}

TEST(Quantise, ValueExponentIsTheSmallest) {
  const auto fits = [](float amax, int e) { return std::nearbyint(std::ldexp((long double)(amax), -e)) <= 127; };
  Random rnd{33};
  for (int n = 0; n < 300'000; ++n) {
    std::uint32_t b = std::uint32_t(rnd() >> 33);
    if (n & 1) b = (b & 0x7f800000u) | (0x7effff + (b & 3));  // around 127.5 steps
    if (b >= 0x7f800000u) continue;
    const int e = value_exponent(b);
    ASSERT_GE(e, -128);
    ASSERT_TRUE(fits(from_bits(b), e)) << b;
    if (e > -128) {
      ASSERT_FALSE(fits(from_bits(b), e - 1)) << b;
    }
  }
  EXPECT_EQ(value_exponent(0), -128);
  EXPECT_EQ(value_exponent(0x7f7fffffu), 122);
}

TEST(Quantise, ValueIntegersAreExactlyScaled) {
  Random rnd{34};
  std::int8_t q[8];
  for (int n = 0; n < 100'000; ++n) {
    std::vector<float> x(8);
    const int exponent = int(rnd() % 277) - 149;
    for (float& v : x) v = std::ldexp(rnd.unit(), exponent - int(rnd() % 9));
    const ValueScale s = quantise_value(x, q);
    ASSERT_FALSE(s.bad);
    for (int i = 0; i < 8; ++i)
      ASSERT_EQ((long double)(q[i]), std::nearbyint(std::ldexp((long double)(x[i]), -s.exponent))) << bits(x[i]);
  }
  EXPECT_EQ(quantise_value(std::vector<float>{0x1.fffffep127f, 0x1p-149f}, q).exponent, 122);
  EXPECT_EQ(q[0], 64);
  EXPECT_EQ(q[1], 0);
  EXPECT_EQ(quantise_value(std::vector<float>{0x1p-149f, -0x1p-127f}, q).exponent, -128);
  EXPECT_EQ(q[0], 0);
  EXPECT_EQ(q[1], -2);
}

TEST(Quantise, AccumulateRoundsEveryStep) {
  EXPECT_EQ(accumulate(1.0f, 3, 0.5f, 0.25f), 1.375f);
  const float a = 0.1f, b = 0.3f;
  volatile float s = a * b, p = 520192.0f * s;
  EXPECT_EQ(accumulate(0.7f, 520192, a, b), 0.7f + p);
}

}  // namespace
