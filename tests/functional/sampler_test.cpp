// SPDX-License-Identifier: Apache-2.0
// Sampling: what is drawn follows the probabilities, from the tokens that top-k and top-p leave, the same on every machine.
#include <gtest/gtest.h>

#include <cmath>

#include "golden/functional/sampler.hpp"

namespace htx::functional {
namespace {

std::vector<unsigned> drawn(const Sampling& how, std::span<const float> logits, unsigned n) {
  Sampler sampler(how);
  std::vector<unsigned> counts(logits.size());
  for (unsigned i = 0; i < n; ++i) ++counts[sampler.pick(logits, i)];
  return counts;
}

constexpr float kLogits[] = {1.0f, 3.0f, 2.0f, 3.0f, -1.0f, 0.5f};

TEST(Sampler, GreedyTakesTheFirstLargest) {
  Sampler sampler({});
  for (unsigned i = 0; i < 10; ++i) EXPECT_EQ(sampler.pick(kLogits, i), 1U);
}

TEST(Sampler, FollowsTheProbabilities) {
  constexpr unsigned n = 200000;
  for (const float t : {0.5f, 1.0f, 2.0f}) {
    const auto counts = drawn({.temperature = t, .top_k = 0, .top_p = 1, .seed = 3}, kLogits, n);
    double sum = 0;
    for (const float l : kLogits) sum += std::exp(l / t);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const double p = std::exp(kLogits[i] / t) / sum;
      EXPECT_NEAR(counts[i], n * p, 5 * std::sqrt(n * p) + 1) << "token " << i << ", temperature " << t;
    }
  }
}

TEST(Sampler, TopKAndTopPLeaveTheLikeliest) {
  constexpr unsigned n = 20000;
  const auto zero = [](const std::vector<unsigned>& counts, std::initializer_list<unsigned> but) {
    for (unsigned i = 0; i < counts.size(); ++i) EXPECT_EQ(counts[i] != 0, std::find(but.begin(), but.end(), i) != but.end()) << i;
  };
  zero(drawn({.temperature = 1, .top_k = 3, .top_p = 1, .seed = 1}, kLogits, n), {1, 2, 3});
  zero(drawn({.temperature = 1, .top_k = 1, .top_p = 1, .seed = 1}, kLogits, n), {1});  // of equals the first
  // probabilities: 0.375 twice, 0.138, 0.051, 0.031, 0.007
  zero(drawn({.temperature = 1, .top_k = 0, .top_p = 0.3f, .seed = 1}, kLogits, n), {1});
  zero(drawn({.temperature = 1, .top_k = 0, .top_p = 0.7f, .seed = 1}, kLogits, n), {1, 3});
  zero(drawn({.temperature = 1, .top_k = 0, .top_p = 0.8f, .seed = 1}, kLogits, n), {1, 2, 3});
  zero(drawn({.temperature = 1, .top_k = 2, .top_p = 0.99f, .seed = 1}, kLogits, n), {1, 3});
}

TEST(Sampler, SeedAndPositionDecide) {
  const auto run = [](std::uint64_t seed, unsigned from) {
    Sampler sampler({.temperature = 1, .top_k = 0, .top_p = 1, .seed = seed});
    std::vector<std::uint32_t> tokens;
    for (unsigned i = from; i < 40; ++i) tokens.push_back(sampler.pick(kLogits, i));
    return tokens;
  };
  EXPECT_EQ(run(1, 0), run(1, 0));
  EXPECT_NE(run(1, 0), run(2, 0));
  const auto all = run(1, 0), later = run(1, 17);
  EXPECT_TRUE(std::equal(later.begin(), later.end(), all.begin() + 17)) << "an interrupted decode goes on alike";
  // worked out in Python with its own exponential; so on every machine and with every compiler
  EXPECT_EQ(std::vector<std::uint32_t>(all.begin(), all.begin() + 8), (std::vector<std::uint32_t>{3, 3, 5, 3, 3, 3, 2, 3}));
}

TEST(Sampler, ExtremesOfTemperature) {
  for (const float t : {1e-30f, 1e-3f}) EXPECT_EQ(drawn({.temperature = t, .top_k = 0, .top_p = 1, .seed = 1}, kLogits, 100)[1] + drawn({.temperature = t, .top_k = 0, .top_p = 1, .seed = 1}, kLogits, 100)[3], 100U);
  const auto flat = drawn({.temperature = 1000, .top_k = 0, .top_p = 1, .seed = 1}, kLogits, 6000);
  for (const unsigned c : flat) EXPECT_NEAR(c, 1000, 160);
}

}  // namespace
}  // namespace htx::functional
