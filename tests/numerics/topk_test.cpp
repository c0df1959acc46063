// SPDX-License-Identifier: Apache-2.0
// The choice of experts: its order, its ties, its weights.
#include "golden/numerics/topk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "tests/numerics/random.hpp"

namespace {
using namespace htx::numerics;
using htx::test::Random;
namespace pkg = htx::pkg;

/// By sorting all, which keeps the lower number first on ties.
std::vector<int> sorted(const std::vector<float>& x) {
  std::vector<int> order(x.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return x[std::size_t(a)] > x[std::size_t(b)]; });
  return order;
}

TEST(Experts, TheLargestInOrderTheLowerNumberOnTies) {
  Random rnd{71};
  unsigned ties = 0;
  for (unsigned round = 0; round < 20000; ++round) {
    std::vector<float> x(1 + std::size_t(std::fabs(rnd.unit()) * (round % 4 ? 12 : 255.9f)));
    const bool few = round % 2;  // few different values: many ties, and zeros of both signs
    for (float& v : x) v = few ? std::round(rnd.unit() * 3) * (rnd.unit() > 0 ? 1.0f : -1.0f) : rnd.unit() * 50;
    const unsigned k = unsigned(1 + std::min<std::size_t>(x.size(), pkg::TOP_K) * 0.999 * std::fabs(rnd.unit()));
    const Choice c = choose(x, k);
    const std::vector<int> want = sorted(x);
    EXPECT_FALSE(c.bad);
    for (unsigned j = 0; j < pkg::TOP_K; ++j) {
      ASSERT_EQ(c.expert[j], j < k ? want[j] : 0) << "round " << round << ", choice " << j;
      if (j >= k) ASSERT_EQ(c.below[j], kInf);
      else ASSERT_EQ(c.below[j], x[std::size_t(want[0])] - x[std::size_t(want[j])]);
      ties += j > 0 && j < k && c.below[j] == c.below[j - 1];
    }
    ASSERT_EQ(bits(c.below[0]), 0u);  // +0 also when the largest is -0
  }
  EXPECT_GT(ties, 10000u);
}

TEST(Experts, NanAndInfinityAreSeenWhereverTheyStand) {
  for (const float odd : {kNan, -kNan, kInf, -kInf})
    for (std::size_t at = 0; at < 40; ++at) {
      std::vector<float> x(40, 1.0f);
      x[at] = odd;
      EXPECT_TRUE(choose(x, 2).bad) << at;
    }
  EXPECT_FALSE(choose(std::vector<float>{from_bits(0x7f7fffff), from_bits(0xff7fffff)}, 2).bad);
}

TEST(Experts, WeightsAreASoftmaxOverTheChosen) {
  Random rnd{72};
  for (unsigned round = 0; round < 20000; ++round) {
    std::vector<float> x(8 + round % 30);
    for (float& v : x) v = rnd.unit() * (round % 3 ? 4 : 60);
    const unsigned k = 1 + round % pkg::TOP_K;
    const Choice c = choose(x, k);
    const auto weight = expert_weights(c);
    double sum = 0, got = 0;
    for (unsigned j = 0; j < k; ++j) sum += std::exp(double(x[c.expert[j]]) - x[c.expert[0]]);
    for (unsigned j = 0; j < pkg::TOP_K; ++j) {
      const double want = j < k ? std::exp(double(x[c.expert[j]]) - x[c.expert[0]]) / sum : 0;
      ASSERT_NEAR(weight[j], want, want * 2e-5 + 1e-37) << "choice " << j << " of " << k;
      got += weight[j];
    }
    ASSERT_NEAR(got, 1, 1e-6);
  }
}

TEST(Experts, OneHasAllTheWeight) {
  const auto weight = expert_weights(choose(std::vector<float>{-3, 5, 5}, 1));
  EXPECT_EQ(weight[0], 1.0f);
  for (unsigned j = 1; j < pkg::TOP_K; ++j) EXPECT_EQ(bits(weight[j]), 0u);
}

/// Frozen: a change of any bit of choice or weight shows here.
TEST(Experts, FrozenHash) {
  Random rnd{73};
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&](std::uint32_t word) { hash = (hash ^ word) * 0x100000001b3u; };
  for (unsigned round = 0; round < 5000; ++round) {
    std::vector<float> x(1 + round % 256);
    for (float& v : x) v = rnd.unit() * 10;
    const Choice c = choose(x, 1 + round % unsigned(std::min<std::size_t>(x.size(), pkg::TOP_K)));
    const auto weight = expert_weights(c);
    for (unsigned j = 0; j < pkg::TOP_K; ++j) add(c.expert[j]), add(bits(c.below[j])), add(bits(weight[j]));
  }
  EXPECT_EQ(hash, 0xa1b70d7522bbc6b6u) << std::hex << hash;
}

}  // namespace
