// SPDX-License-Identifier: Apache-2.0
// A real model tells a story, and its text and its bits stay what they are.
#include <gtest/gtest.h>

#include "golden/functional/decoder.hpp"
#include "golden/functional/interpreter.hpp"
#include "golden/model/tokenizer.hpp"
#include "tests/model/shared_models.hpp"

namespace htx::functional {
namespace {

TEST(Story, GreedyText) {
  const auto path = test::shared_model("stories260K-Q8_0.gguf");
  HTX_SKIP_WITHOUT(path);
  const model::Model m = model::load_model(path, model::WeightFormat::q8_0);
  const model::Tokenizer tokenizer(m.vocab);
  const std::vector<int> prompt = tokenizer.encode("");
  Decoder decoder(m, 8, 1);
  const std::vector<int> tokens = generate_greedy(decoder, m.vocab, prompt, 120);
  const std::string text = tokenizer.decode(tokens);
  EXPECT_TRUE(
      text.starts_with("Once upon a time, there was a little girl named Lily. She loved to play outside in the "
                       "park. One day, she saw a big, red ball. She wanted to play with it, but it was too high."))
      << text;

  const compile::Image image = compile::compile(m, {.lanes = 8});
  Interpreter interpreter(image);
  decoder.reset();
  int token = prompt.back();
  for (const int next : tokens) {
    ASSERT_EQ(hash_logits(interpreter.step(static_cast<std::uint32_t>(token))), hash_logits(decoder.step(token)));
    ASSERT_EQ(static_cast<int>(interpreter.best()), next);
    token = next;
  }
}

TEST(Story, StopsAtTheEndOfTheContext) {
  const auto path = test::shared_model("stories260K.gguf");
  HTX_SKIP_WITHOUT(path);
  const model::Model m = model::load_model(path, model::WeightFormat::q4_0);
  Decoder decoder(m, 2, 1, 20);
  const std::vector<int> prompt = model::Tokenizer(m.vocab).encode("Lily");
  EXPECT_EQ(generate_greedy(decoder, m.vocab, prompt, 100).size(), 20 - prompt.size() + 1);
}

}  // namespace
}  // namespace htx::functional
