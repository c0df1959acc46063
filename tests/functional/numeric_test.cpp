// SPDX-License-Identifier: Apache-2.0
// NaN and infinity stop the decode and name the place, in the decoder and in the interpreter.
#include <gtest/gtest.h>

#include "golden/functional/decoder.hpp"
#include "golden/functional/interpreter.hpp"
#include "tests/compile/models.hpp"

namespace htx::functional {
namespace {

template <typename Step>
std::string failure(Step step) {
  try {
    step();
  } catch (const NumericError& e) {
    return e.what();
  }
  return "none";
}

std::pair<std::string, std::string> failures(const model::Model& m) {
  const compile::Image image = compile::compile(m, {.lanes = 2});
  Interpreter interpreter(image);
  Decoder decoder(m);
  return {failure([&] { decoder.step(1); }), failure([&] { interpreter.step(1); })};
}

model::Model plain() { return test::make_model(test::odd_models()[0]); }

TEST(NumericError, Quantiser) {
  model::Model m = plain();
  m.layers[1].ffn_norm[40] = 3e38f;  // times any normalised x beyond 1.2: infinite, or above 2^126
  for (model::Layer& l : m.layers) l.ffn_norm[41] = m.layers[1].ffn_norm[40];
  const auto [decoder, interpreter] = failures(m);
  EXPECT_EQ(decoder, "position 0, layer 0: the input of the feed-forward, block 1 is not finite");
  EXPECT_TRUE(interpreter.starts_with("position 0, layer 0, instruction ")) << interpreter;
  EXPECT_TRUE(interpreter.ends_with(" (feed-forward norm): the quantiser at block 3 of vector memory is not finite"))
      << interpreter;
}

TEST(NumericError, KeyScaleBeyondFp16) {
  model::Model m = plain();
  for (std::uint16_t& s : m.layers[1].attn_k.scales) s = 0x7bff;
  for (float& w : m.layers[1].attn_norm) w *= 100.0f;
  const auto [decoder, interpreter] = failures(m);
  EXPECT_EQ(decoder, "position 0, layer 1: the key of head 0 is not finite");
  EXPECT_TRUE(interpreter.starts_with("position 0, layer 1, instruction ")) << interpreter;
  EXPECT_NE(interpreter.find(" (append k, v): the quantiser at block "), std::string::npos) << interpreter;
}

TEST(NumericError, Router) {
  model::Model m = test::make_model({.dim = 64, .layers = 2, .ffn = 96, .vocab = 40, .experts = 4});
  for (std::uint16_t& s : m.layers[1].router.scales) s = 0x7bff;
  for (float& w : m.layers[1].ffn_norm) w *= 1e33f;
  const auto [decoder, interpreter] = failures(m);
  EXPECT_EQ(decoder, "position 0, layer 1: a logit of the router is not finite");
  EXPECT_TRUE(interpreter.starts_with("position 0, layer 1, instruction ")) << interpreter;
  EXPECT_NE(interpreter.find(" (choose experts): a router's logit at block "), std::string::npos) << interpreter;
}

TEST(NumericError, Logit) {
  model::Model m = plain();
  for (float& w : m.output_norm) w *= 1e33f;
  for (std::uint16_t& s : m.output.scales) s = 0x7bff;
  const auto [decoder, interpreter] = failures(m);
  EXPECT_TRUE(decoder.starts_with("position 0: the logit of token ")) << decoder;
  EXPECT_TRUE(interpreter.starts_with("position 0, instruction ")) << interpreter;
  EXPECT_NE(interpreter.find(" (logits): the logit of token "), std::string::npos) << interpreter;
}

TEST(NumericError, IsAnError) { EXPECT_TRUE((std::is_base_of_v<Error, NumericError>)); }

TEST(Decoder, RefusesTokensAndContext) {
  const model::Model m = plain();
  Decoder decoder(m, 1, 1, 2);
  EXPECT_THROW(decoder.step(-1), Error);
  EXPECT_THROW(decoder.step(300), Error);
  decoder.step(1);
  decoder.skip(2);
  EXPECT_THROW(decoder.step(3), Error);
  EXPECT_THROW(Decoder(m, 9, 1), Error);
  EXPECT_THROW(Decoder(m, 1, 1, 1000), Error);
}

}  // namespace
}  // namespace htx::functional
