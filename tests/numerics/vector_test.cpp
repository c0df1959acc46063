// SPDX-License-Identifier: Apache-2.0
// RMSNorm's order, rotation, the gate, argmax.
#include "golden/numerics/vector.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/numerics/random.hpp"

namespace {
using namespace htx::numerics;
using htx::test::Random;

TEST(RmsNorm, SumOfSquaresInItsOrder) {
  Random rnd{51};
  for (std::size_t size : {1u, 8u, 63u, 64u, 127u, 128u, 129u, 172u, 288u, 4096u, 5000u}) {
    std::vector<float> x(size);
    for (float& v : x) v = rnd.unit() * 7;
    volatile float acc[128] = {};
    for (std::size_t i = 0; i < size; ++i) {
      volatile float square = x[i] * x[i];
      acc[i % 128] = acc[i % 128] + square;
    }
    for (std::size_t half : {64u, 32u, 16u, 8u, 4u, 2u, 1u})
      for (std::size_t j = 0; j < half; ++j) acc[j] = acc[j] + acc[j + half];
    ASSERT_EQ(bits(sum_squares(x)), bits(acc[0])) << size;
  }
}

TEST(RmsNorm, AgainstBinary64) {
  Random rnd{52};
  std::vector<float> x(4096), w(4096), y(4096);
  for (float& v : x) v = rnd.unit() * 3;
  for (float& v : w) v = rnd.unit();
  rmsnorm(x, w, 1e-5f, y.data());
  double sum = 0;
  for (float v : x) sum += double(v) * v;
  const double r = 1 / std::sqrt(sum / 4096 + 1e-5);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(y[i], x[i] * r * w[i], 1e-6);
}

TEST(Gate, AgainstBinary64AndAtItsEnds) {
  Random rnd{53};
  for (int n = 0; n < 100'000; ++n) {
    const float g = rnd.unit() * 30, u = rnd.unit() * 4;
    const double want = g / (1 + std::exp(-double(g))) * u;
    ASSERT_NEAR(swiglu(g, u), want, std::fabs(want) * 6e-6 + 1e-30) << g;
  }
  EXPECT_EQ(swiglu(1000.0f, 2.0f), 2000.0f);
  EXPECT_EQ(bits(swiglu(-1000.0f, 2.0f)), 0x80000000u);  // g * rcp(inf)
  EXPECT_EQ(swiglu(0.0f, 5.0f), 0.0f);
  EXPECT_TRUE(is_nan(swiglu(-kInf, 1.0f)));
}

TEST(Rotation, EachProductIsRounded) {
  const Pair p = rotate(3.0f, 5.0f, 0.6f, 0.8f);
  volatile float a = 3.0f * 0.6f, b = 5.0f * 0.8f, c = 3.0f * 0.8f, d = 5.0f * 0.6f;
  EXPECT_EQ(p.x0, a - b);
  EXPECT_EQ(p.x1, c + d);
}

TEST(Argmax, LowestIndexOnTies) {
  EXPECT_EQ(argmax(std::vector<float>{1, 3, 3, 2}), 1u);
  EXPECT_EQ(argmax(std::vector<float>{-0.0f, 0.0f}), 0u);
  EXPECT_EQ(argmax(std::vector<float>{-2, -1, -1}), 1u);
  EXPECT_EQ(argmax(std::vector<float>{5}), 0u);
}

TEST(Argmax, KeyOrdersAsTheValues) {
  Random rnd{54};
  for (int n = 0; n < 1'000'000; ++n) {
    const float a = rnd.any(), b = n % 5 ? rnd.any() : -a;
    if (is_nan(a) || is_nan(b)) continue;
    ASSERT_EQ(order_key(a) < order_key(b), a < b) << bits(a) << ' ' << bits(b);
    ASSERT_EQ(order_key(a) == order_key(b), a == b);
  }
}

}  // namespace
