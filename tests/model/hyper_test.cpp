// SPDX-License-Identifier: Apache-2.0
// Hyperparameters: read, defaulted, and refused by key when missing, odd-typed, senseless or unsupported.
#include <gtest/gtest.h>

#include <limits>

#include "tests/model/gguf_builder.hpp"
#include "tests/model/refusal.hpp"

namespace htx::test {
namespace {

Document tiny() { return make_llama({.dim = 16, .layers = 1, .heads = 4, .kv_heads = 2, .ffn = 12, .vocab = 20}); }

model::Model parse(const Document& file) {
  return model::parse_model(file.serialise(), "good.gguf", model::WeightFormat::q8_0);
}

// One key set to one value, and the reason for the refusal.
template <typename T>
void expect_key(const std::string& key, T value, const std::string& reason) {
  Document file = tiny();
  file.set(key, value);
  expect_refused(file, "key " + key, reason);
}

TEST(Hyper, ReadsEveryField) {
  const auto model = parse(make_llama({.dim = 24,
                                       .layers = 3,
                                       .heads = 6,
                                       .kv_heads = 2,
                                       .head_size = 10,
                                       .ffn = 20,
                                       .vocab = 33,
                                       .context = 77,
                                       .eps = 0.25f,
                                       .rope_base = 500000.0f,
                                       .rope_factor = 4.0f,
                                       .rope_freqs = true}));
  const model::Hyper& h = model.hyper;
  EXPECT_EQ(h.dim, 24);
  EXPECT_EQ(h.layers, 3);
  EXPECT_EQ(h.heads, 6);
  EXPECT_EQ(h.kv_heads, 2);
  EXPECT_EQ(h.head_size, 10);
  EXPECT_EQ(h.rope_dim, 10);
  EXPECT_EQ(h.ffn, 20);
  EXPECT_EQ(h.vocab, 33);
  EXPECT_EQ(h.context, 77);
  EXPECT_EQ(h.eps, 0.25f);
  EXPECT_EQ(h.rope_base, 500000.0f);
  EXPECT_EQ(h.rope_scale, 0.25f);
  EXPECT_EQ(h.q_rows(), 60);
  EXPECT_EQ(h.kv_rows(), 20);
  ASSERT_EQ(model.rope_factors.size(), 5u);
  const double expected = std::pow(500000.0, -0.4) / 4.0 / double{model.rope_factors[2]};
  EXPECT_NEAR(rope_frequency(model, 2), expected, expected * 1e-14);
}

TEST(Hyper, Defaults) {
  Document file = make_llama({.dim = 16, .layers = 1, .heads = 4, .kv_heads = 4, .ffn = 12, .vocab = 20});
  file.erase("llama.attention.head_count_kv");
  file.erase("llama.rope.freq_base");
  const model::Hyper h = parse(file).hyper;
  EXPECT_EQ(h.kv_heads, 4);
  EXPECT_EQ(h.head_size, 4);
  EXPECT_EQ(h.rope_base, 10000.0f);
  EXPECT_EQ(h.rope_scale, 1.0f);
  EXPECT_TRUE(parse(file).rope_factors.empty());
}

TEST(Hyper, MissingKeys) {
  for (const char* key :
       {"general.architecture", "llama.context_length", "llama.embedding_length", "llama.block_count",
        "llama.feed_forward_length", "llama.attention.head_count", "llama.attention.layer_norm_rms_epsilon"}) {
    Document file = tiny();
    file.erase(key);
    expect_refused(file, std::string("key ") + key, "missing");
  }
}

TEST(Hyper, OddTypes) {
  expect_key("llama.block_count", "1", "is of type string, expected an integer");
  expect_key("llama.block_count", 1.0f, "is of type f32, expected an integer");
  expect_key("llama.attention.head_count_kv", std::vector<std::int32_t>{2},
             "is of type array of i32, expected an integer");
  expect_key("llama.attention.layer_norm_rms_epsilon", 1u, "is of type u32, expected f32 or f64");
  expect_key("general.architecture", 1u, "is of type u32, expected string");
  Document file = tiny();
  file.set_scalar("llama.block_count", kI32, std::int32_t{-1});
  expect_refused(file, "key llama.block_count", "-1 is negative");
  file.set_scalar("llama.block_count", kU64, std::uint64_t{1});
  EXPECT_EQ(refusal(file.serialise()), "");
}

TEST(Hyper, Architectures) {
  expect_key("general.architecture", "qwen2", "\"qwen2\" is not supported (llama is)");
  expect_key("general.type", "adapter", "\"adapter\" is not a model");
  expect_key("split.count", 3u, "one of 3 parts, read alone");
}

TEST(Hyper, Nonsense) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  expect_key("llama.block_count", 0u, "0 is not from 1 to 16384");
  expect_key("llama.block_count", 4000000000u, "4000000000 is not from 1 to 16384");
  expect_key("llama.embedding_length", 0u, "0 is not from 1 to 1048576");
  expect_key("llama.feed_forward_length", 0u, "0 is not from 1 to 16777216");
  expect_key("llama.context_length", 0u, "0 is not from 1 to 1073741824");
  expect_key("llama.attention.head_count", 0u, "0 is not from 1 to 16384");
  expect_key("llama.attention.head_count_kv", 0u, "0 is not from 1 to 16384");
  expect_key("llama.attention.layer_norm_rms_epsilon", nan, "nan is not above 0 and at most 1");
  expect_key("llama.attention.layer_norm_rms_epsilon", -1.0f, "-1 is not above 0 and at most 1");
  expect_key("llama.attention.layer_norm_rms_epsilon", 0.0f, "0 is not above 0 and at most 1");
  expect_key("llama.attention.layer_norm_rms_epsilon", 2.0f, "2 is not above 0 and at most 1");
  expect_key("llama.rope.freq_base", nan, "nan is not from 1 to 1e+30");
  expect_key("llama.rope.freq_base", 0.0f, "0 is not from 1 to 1e+30");
  expect_key("llama.rope.scaling.factor", -2.0f, "-2 is not from 1e-06 to 1000000");
  expect_key("llama.rope.scaling.factor", nan, "nan is not from 1e-06 to 1000000");
  expect_key("llama.vocab_size", 21u, "21, but the vocabulary has 20 tokens");
  // A block count beyond the tensors that are there.
  Document file = tiny();
  file.set("llama.block_count", 16384u);
  expect_refused(file, "tensor blk.1.attn_norm.weight", "missing");
}

TEST(Hyper, HeadsMustDivide) {
  expect_key("llama.attention.head_count_kv", 3u, "3 does not divide the 4 query heads");
  expect_key("llama.attention.head_count_kv", 8u, "8 does not divide the 4 query heads");
}

TEST(Hyper, HeadSizes) {
  expect_key("llama.attention.head_count", 6u, "6 does not divide the embedding length 16");
  expect_key("llama.attention.head_count", 16u, "gives the odd head size 1");
  expect_key("llama.attention.key_length", 5u, "gives the odd head size 5");
  expect_key("llama.attention.value_length", 8u, "8 differs from the key length 4");
  expect_key("llama.rope.dimension_count", 2u, "2 differs from the head size 4: partial rotation is not supported");
}

TEST(Hyper, FeaturesThatWouldChangeTheResult) {
  expect_key("llama.rope.scaling.type", "yarn", "\"yarn\" is not supported (none and linear are)");
  expect_key("llama.rope.scaling.attn_factor", 1.5f, "1.5 is not supported (only 1 is)");
  expect_key("llama.expert_shared_count", 1u, "1 is not supported (only 0 is)");
  expect_key("llama.attention.causal", false, "0 is not supported (only 1 is)");
  expect_key("llama.logit_scale", 0.5f, "0.5 is not supported (only 1 is)");
  expect_key("llama.attention.scale", 0.1f, "0.10000000149011612 is not supported (only 0 is)");
  expect_key("llama.attention.sliding_window", 127u, "127 is below the context length 128: windows are not supported");
  expect_key("llama.tensor_data_layout", "other", "\"other\" is not supported");
  expect_key("llama.new_feature", 0u, "unknown; it may change the result");
  expect_key("llama.expert_count", "none", "is of type string, expected an integer");
}

TEST(Hyper, TheSameFeaturesSwitchedOff) {
  Document file = tiny();
  file.set("llama.rope.scaling.type", "none");
  file.set("llama.rope.scaling.factor", 8.0f);
  file.set("llama.rope.scaling.finetuned", true);
  file.set("llama.expert_count", 0u);
  file.set("llama.attention.causal", true);
  file.set("llama.attention.sliding_window", 128u);
  file.set("llama.tensor_data_layout", "Meta AI original pth");
  file.set("llama.vocab_size", 20u);
  file.set("llama.rope.dimension_count", 4u);
  EXPECT_EQ(parse(file).hyper.rope_scale, 1.0f);
}

TEST(Hyper, LinearScalingByItsOldNameAndByDefault) {
  Document file = tiny();
  file.set("llama.rope.scale_linear", 2.0f);
  EXPECT_EQ(parse(file).hyper.rope_scale, 0.5f);
  file.set("llama.rope.scaling.factor", 8.0f);
  EXPECT_EQ(parse(file).hyper.rope_scale, 0.125f);
}

}  // namespace
}  // namespace htx::test
