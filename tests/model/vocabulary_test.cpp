// SPDX-License-Identifier: Apache-2.0
// The vocabulary's keys: refused when of another kind, incomplete or inconsistent.
#include <gtest/gtest.h>

#include <limits>

#include "tests/model/gguf_builder.hpp"
#include "tests/model/refusal.hpp"

namespace htx::test {
namespace {

Document tiny() { return make_llama({.dim = 16, .layers = 1, .ffn = 12, .vocab = 20}); }

model::Vocabulary read(const Document& file) {
  return model::parse_model(file.serialise(), "good.gguf", model::WeightFormat::q8_0).vocab;
}

template <typename T>
void expect_key(const std::string& key, T value, const std::string& reason, const std::string& blamed = "") {
  Document file = tiny();
  file.set("tokenizer.ggml." + key, value);
  expect_refused(file, "key tokenizer.ggml." + (blamed.empty() ? key : blamed), reason);
}

TEST(Vocabulary, DefaultsAndSpecialTokens) {
  Document file = tiny();
  model::Vocabulary vocab = read(file);
  EXPECT_EQ(vocab.size(), 20);
  EXPECT_EQ(vocab.unknown, 0);
  EXPECT_EQ(vocab.bos, 1);
  EXPECT_EQ(vocab.eos, 2);
  EXPECT_EQ(vocab.eot, -1);
  EXPECT_TRUE(vocab.add_bos);
  EXPECT_FALSE(vocab.add_eos);
  EXPECT_TRUE(vocab.add_space_prefix);
  EXPECT_TRUE(vocab.ends_generation(2));
  EXPECT_FALSE(vocab.ends_generation(-1));
  file.set("tokenizer.ggml.eot_token_id", 7u);
  file.set("tokenizer.ggml.bos_token_id", 0xffffffffu);  // none
  file.set("tokenizer.ggml.add_space_prefix", false);
  file.set("tokenizer.ggml.padding_token_id", 0xffffffffu);
  file.erase("tokenizer.ggml.eos_token_id");
  vocab = read(file);
  EXPECT_EQ(vocab.bos, -1);
  EXPECT_FALSE(vocab.add_bos);
  EXPECT_EQ(vocab.eos, 2);
  EXPECT_TRUE(vocab.ends_generation(7));
  EXPECT_FALSE(vocab.add_space_prefix);
}

TEST(Vocabulary, OtherKinds) {
  expect_key("model", "bert", "\"bert\" is not supported (llama, which is SentencePiece, and gpt2, byte level, are)");
  expect_key("model", "gpt2", "missing: a byte-level vocabulary needs the name of its word rule", "pre");
  expect_key("model", 1u, "is of type u32, expected string");
  expect_key("remove_extra_whitespaces", true, "true is not supported");
}

TEST(Vocabulary, MissingKeys) {
  for (const char* key : {"model", "tokens", "scores", "token_type"}) {
    Document file = tiny();
    file.erase(std::string("tokenizer.ggml.") + key);
    expect_refused(file, std::string("key tokenizer.ggml.") + key, "missing");
  }
}

TEST(Vocabulary, InconsistentLists) {
  expect_key("scores", std::vector<float>(19), "19 entries for 20 tokens");
  expect_key("token_type", std::vector<std::int32_t>(21, 1), "21 entries for 20 tokens");
  expect_key("tokens", std::vector<std::string>{}, "the vocabulary is empty");
  expect_key("tokens", std::vector<float>(20), "is of type array of f32, expected array of string");
  expect_key("scores", std::vector<std::int32_t>(20), "is of type array of i32, expected array of f32");
  std::vector<float> scores(20);
  scores[4] = std::numeric_limits<float>::quiet_NaN();
  expect_key("scores", scores, "the score of token 4 is nan");
  std::vector<std::int32_t> types(20, 1);
  types[3] = 7;
  expect_key("token_type", types, "token 3 has the unknown type 7");
  types[3] = 6;  // U+2581 is no byte
  Document file = tiny();
  file.set("tokenizer.ggml.token_type", types);
  expect_refused(file, "key tokenizer.ggml.tokens", "byte token 3 is \"\xe2\x96\x81\", not <0xNN>");
  std::vector<std::string> texts(20, "y");
  texts[3] = "x";
  file.set("tokenizer.ggml.tokens", texts);
  expect_refused(file, "key tokenizer.ggml.tokens", "byte token 3 is \"x\", not <0xNN>");
}

TEST(Vocabulary, SpecialTokensBeyondTheList) {
  expect_key("bos_token_id", 20u, "20 is beyond the 20 tokens");
  expect_key("eos_token_id", 4294967294u, "4294967294 is beyond the 20 tokens");
  Document file = tiny();
  file.set("tokenizer.ggml.bos_token_id", 0xffffffffu);
  file.set("tokenizer.ggml.add_bos_token", true);
  expect_refused(file, "key tokenizer.ggml.add_bos_token", "true, but there is no such token");
  file = tiny();
  file.set("tokenizer.ggml.eos_token_id", 0xffffffffu);
  file.set("tokenizer.ggml.add_eos_token", true);
  expect_refused(file, "key tokenizer.ggml.add_eos_token", "true, but there is no such token");
}

TEST(Vocabulary, MustFitTheEmbedding) {
  Document file = tiny();
  Document larger = make_llama({.dim = 16, .layers = 1, .ffn = 12, .vocab = 21});
  file.tensor("token_embd.weight") = larger.tensor("token_embd.weight");
  expect_refused(file, "tensor token_embd.weight", "shape [16, 21], expected [16, 20]");
}

}  // namespace
}  // namespace htx::test
