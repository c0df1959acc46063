// SPDX-License-Identifier: Apache-2.0
// Perplexity, divergence and agreement on distributions whose values can be worked out by hand.
#include "golden/float_ref/quality.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "golden/model/error.hpp"

namespace htx::float_ref {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;
using Eigen::VectorXd;
using Stream = std::vector<VectorXd>;

const double kLn3 = std::log(3.0);

TEST(Quality, LogSoftmaxIsShiftInvariantAndDoesNotOverflow) {
  const VectorXd p = log_softmax(Vector2d(0, kLn3));
  EXPECT_NEAR(p[0], std::log(0.25), 1e-15);
  EXPECT_NEAR(p[1], std::log(0.75), 1e-15);
  const VectorXd shifted = log_softmax(Vector2d(1e6, 1e6 + kLn3));
  EXPECT_NEAR(shifted[0], std::log(0.25), 1e-9);
  EXPECT_NEAR(log_softmax(Vector2d(-800, 800))[0], -1600.0, 1e-9);
}

TEST(Quality, Perplexity) {
  const Stream logits = {Vector2d(0, kLn3), Vector2d(0, kLn3)};
  EXPECT_NEAR(perplexity(logits, std::vector<int>{1, 1}), 4.0 / 3.0, 1e-14);
  EXPECT_NEAR(perplexity(logits, std::vector<int>{0, 1}), std::sqrt(4.0 * 4.0 / 3.0), 1e-14);
  EXPECT_NEAR(perplexity(Stream{VectorXd::Zero(7)}, std::vector<int>{3}), 7.0, 1e-13);  // uniform: the vocabulary
}

TEST(Quality, KlDivergence) {
  const Stream p = {Vector2d(0, 0), Vector2d(0, kLn3)}, q = {Vector2d(0, kLn3), Vector2d(0, kLn3)};
  const double first = 0.5 * std::log(0.5 / 0.25) + 0.5 * std::log(0.5 / 0.75);
  EXPECT_NEAR(kl_divergence(p, q), first / 2, 1e-15);
  const double reverse = 0.25 * std::log(0.25 / 0.5) + 0.75 * std::log(0.75 / 0.5);
  EXPECT_NEAR(kl_divergence(q, p), reverse / 2, 1e-15);  // not symmetric
  EXPECT_EQ(kl_divergence(p, p), 0.0);
}

TEST(Quality, Top1Agreement) {
  const Stream a = {Vector3d(1, 2, 3), Vector3d(5, 5, 1), Vector3d(0, 1, 0), Vector3d(1, 0, 0)};
  const Stream b = {Vector3d(0, 0, 1), Vector3d(2, 1, 0), Vector3d(1, 0, 0), Vector3d(0, 1, 0)};
  EXPECT_EQ(top1_agreement(a, b), 0.5);  // the tie of position 1 goes to the lowest index
  EXPECT_EQ(top1_agreement(a, a), 1.0);
}

TEST(Quality, CompareGathersAll) {
  const Stream p = {Vector2d(0, 0)}, q = {Vector2d(0, kLn3)};
  const Quality quality = compare(p, q, std::vector<int>{0});
  EXPECT_NEAR(quality.reference_perplexity, 2.0, 1e-14);
  EXPECT_NEAR(quality.test_perplexity, 4.0, 1e-14);
  EXPECT_EQ(quality.kl_nats, kl_divergence(p, q));
  EXPECT_EQ(quality.top1, 0.0);
  EXPECT_EQ(quality.positions, 1u);
}

template <typename Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Quality, RefusesWhatCannotBeCompared) {
  const Stream none, one = {Vector2d(0, 1)}, two = {Vector2d(0, 1), Vector2d(0, 1)}, wide = {Vector3d(0, 1, 2)};
  const Stream nan = {Vector2d(0, std::numeric_limits<double>::quiet_NaN())};
  const Stream infinite = {Vector2d(0, std::numeric_limits<double>::infinity())};
  EXPECT_EQ(refusal([&] { kl_divergence(none, none); }), "logits: no position to compare");
  EXPECT_EQ(refusal([&] { kl_divergence(one, two); }), "logits: 1 positions against 2");
  EXPECT_EQ(refusal([&] { top1_agreement(one, wide); }), "logits: at position 0, 2 against 3");
  EXPECT_EQ(refusal([&] { top1_agreement(one, nan); }), "logits: empty, infinite or NaN");
  EXPECT_EQ(refusal([&] { kl_divergence(infinite, one); }), "logits: empty, infinite or NaN");
  EXPECT_EQ(refusal([&] { log_softmax(VectorXd()); }), "logits: empty, infinite or NaN");
  EXPECT_EQ(refusal([&] { perplexity(one, std::vector<int>{0, 1}); }), "logits: 1 positions for 2 tokens");
  EXPECT_EQ(refusal([&] { perplexity(one, std::vector<int>{2}); }), "token 2: the logits of position 0 are 2");
  EXPECT_EQ(refusal([&] { perplexity(one, std::vector<int>{-1}); }), "token -1: the logits of position 0 are 2");
}

}  // namespace
}  // namespace htx::float_ref
