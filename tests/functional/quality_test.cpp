// SPDX-License-Identifier: Apache-2.0
// The golden against float64 on the same weights: the structure is right, and the arithmetic costs what it should.
#include "golden/float_ref/quality.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include "golden/float_ref/decoder.hpp"
#include "golden/functional/decoder.hpp"
#include "golden/numerics/numerics.hpp"
#include "tests/compile/models.hpp"
#include "tests/model/shared_models.hpp"

namespace htx::functional {
namespace {

struct Closeness {
  double kl = 0, top1 = 0, worst_choice = 0;
};

/// Both decoders over the same tokens, through the experts that the golden chooses; `next` chooses each token from the golden's logits.
template <typename Next>
Closeness closeness(const model::Model& m, int count, int token, Next next) {
  float_ref::Decoder reference(m);
  Decoder golden(m, 3, 1);
  std::vector<Eigen::VectorXd> expected, actual;
  for (int i = 0; i < count; ++i) {
    const std::vector<float>& logits = golden.step(token);
    expected.push_back(reference.step(token, golden.choices()));
    actual.push_back(
        Eigen::Map<const Eigen::VectorXf>(logits.data(), static_cast<Eigen::Index>(logits.size())).cast<double>());
    token = next(logits);
  }
  const Closeness c{float_ref::kl_divergence(expected, actual), float_ref::top1_agreement(expected, actual), reference.worst_choice()};
  testing::Test::RecordProperty("kl_nats", std::to_string(c.kl));
  testing::Test::RecordProperty("top1", std::to_string(c.top1));
  std::printf("KL %.2e nats, top-1 agreement %.1f %%, experts' logits short by %.3f\n", c.kl, 100 * c.top1, c.worst_choice);
  return c;
}

class Quality : public testing::TestWithParam<test::NamedModel> {};

TEST_P(Quality, CloseToFloat) {
  const model::Model m = test::make_model(GetParam());
  test::Random random(9);
  const auto draw = [&](const std::vector<float>&) {
    return static_cast<int>(random.below(static_cast<std::uint64_t>(m.hyper.vocab)));
  };
  // Random weights spread errors more than trained ones; a wrong rotation, mask or layout costs whole nats.
  const Closeness c = closeness(m, 70, 1, draw);
  EXPECT_LT(c.kl, 0.02);
  EXPECT_GT(c.top1, 0.85);
  EXPECT_LT(c.worst_choice, 0.5);  // routers' logits spread by about one: experts that nearly tie may be exchanged, no others
}

TEST(OutsideQuality, CloseToFloat) {
  const auto path = test::shared_model("stories260K-Q8_0.gguf");
  HTX_SKIP_WITHOUT(path);
  const model::Model m = model::load_model(path, model::WeightFormat::q8_0);
  const auto greedy = [](const std::vector<float>& logits) { return static_cast<int>(numerics::argmax(logits)); };
  const Closeness c = closeness(m, 200, m.vocab.bos, greedy);
  EXPECT_LT(c.kl, 0.003);
  EXPECT_GT(c.top1, 0.95);
}

INSTANTIATE_TEST_SUITE_P(Odd, Quality, testing::ValuesIn(test::odd_models()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace htx::functional
