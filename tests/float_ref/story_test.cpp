// SPDX-License-Identifier: Apache-2.0
// A real model tells its story: what the weights, the tokenizer and the network give together is known text.
#include <gtest/gtest.h>

#include "golden/float_ref/decoder.hpp"
#include "golden/float_ref/quality.hpp"
#include "golden/model/tokenizer.hpp"
#include "tests/model/shared_models.hpp"

namespace htx::float_ref {
namespace {

const std::string kPrompt = "Once upon a time";
const std::string kStory =
    ", there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. "
    "She wanted to play with it, but it was too high";

std::string tell(Decoder decoder, const model::Vocabulary& vocab, std::size_t length) {
  const model::Tokenizer tokenizer(vocab);
  model::StreamDecoder stream(tokenizer, false);
  std::string text;
  for (const int token : generate_greedy(decoder, vocab, tokenizer.encode(kPrompt), 80)) text += stream.push(token);
  return text.substr(0, length);
}

TEST(Story, ModelOfQ8WeightsOriginalWeightsAndLlamaCppsFile) {
  const auto original = test::shared_model("stories260K.gguf"), q8 = test::shared_model("stories260K-Q8_0.gguf");
  HTX_SKIP_WITHOUT(original);
  HTX_SKIP_WITHOUT(q8);
  const model::Model model = load_model(original, model::WeightFormat::q8_0);
  EXPECT_EQ(tell(Decoder(model), model.vocab, kStory.size()), kStory);
  EXPECT_EQ(tell(Decoder(original_weights(original)), model.vocab, kStory.size()), kStory);
  EXPECT_EQ(tell(Decoder(load_model(q8, model::WeightFormat::q8_0)), model.vocab, kStory.size()), kStory);
}

// The text is the float64 original's own, so the figures are the cost of the weights' format alone.
TEST(Story, QualityOfTheWeightFormats) {
  const auto path = test::shared_model("stories260K.gguf");
  HTX_SKIP_WITHOUT(path);
  const model::Model q8 = load_model(path, model::WeightFormat::q8_0), q4 = load_model(path, model::WeightFormat::q4_0);
  Decoder reference(original_weights(path)), eight(q8), four(q4);
  std::vector<int> story = model::Tokenizer(q8.vocab).encode(kPrompt);
  const std::vector<int> told = generate_greedy(reference, q8.vocab, story, 200);
  ASSERT_EQ(told.size(), 200u);
  story.insert(story.end(), told.begin(), told.end());
  const auto logits_of = [&](Decoder& decoder) {
    decoder.reset();
    std::vector<Eigen::VectorXd> logits;
    for (std::size_t i = 0; i + 1 < story.size(); ++i) logits.push_back(decoder.step(story[i]));
    return logits;
  };
  const std::vector<int> next(story.begin() + 1, story.end());
  const auto base = logits_of(reference);
  const Quality cost8 = compare(base, logits_of(eight), next), cost4 = compare(base, logits_of(four), next);
  RecordProperty("q8_kl_nats", std::to_string(cost8.kl_nats));
  RecordProperty("q4_kl_nats", std::to_string(cost4.kl_nats));
  EXPECT_GT(cost8.kl_nats, 0.0);
  EXPECT_LT(cost8.kl_nats, 2e-3);
  EXPECT_GT(cost8.top1, 0.95);
  EXPECT_GT(cost4.kl_nats, 10 * cost8.kl_nats);
  EXPECT_LT(cost4.kl_nats, 0.3);
  EXPECT_NEAR(cost8.test_perplexity, cost8.reference_perplexity, 0.02 * cost8.reference_perplexity);
}

}  // namespace
}  // namespace htx::float_ref
