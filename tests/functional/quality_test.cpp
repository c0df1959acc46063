// SPDX-License-Identifier: Apache-2.0
// The golden against float64 on the same weights: the structure is right, and the arithmetic costs what it should.
#include "golden/float_ref/quality.hpp"

#include <gtest/gtest.h>

#include "golden/float_ref/decoder.hpp"
#include "golden/functional/decoder.hpp"
#include "tests/compile/models.hpp"

namespace htx::functional {
namespace {

class Quality : public testing::TestWithParam<test::NamedModel> {};

TEST_P(Quality, CloseToFloat) {
  const model::Model m = test::make_model(GetParam());
  float_ref::Decoder reference(m);
  Decoder golden(m, 3, 1);
  test::Random random(9);
  std::vector<Eigen::VectorXd> expected, actual;
  for (int i = 0; i < 70; ++i) {
    const int token = static_cast<int>(random.below(static_cast<std::uint64_t>(m.hyper.vocab)));
    expected.push_back(reference.step(token));
    const std::vector<float>& logits = golden.step(token);
    actual.push_back(
        Eigen::Map<const Eigen::VectorXf>(logits.data(), static_cast<Eigen::Index>(logits.size())).cast<double>());
  }
  const double kl = float_ref::kl_divergence(expected, actual);
  const double top1 = float_ref::top1_agreement(expected, actual);
  RecordProperty("kl_nats", std::to_string(kl));
  RecordProperty("top1", std::to_string(top1));
  // Random weights spread errors more than trained ones; a wrong rotation, mask or layout costs whole nats.
  EXPECT_LT(kl, 0.02);
  EXPECT_GT(top1, 0.85);
}

INSTANTIATE_TEST_SUITE_P(Odd, Quality, testing::ValuesIn(test::odd_models()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace htx::functional
