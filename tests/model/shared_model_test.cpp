// SPDX-License-Identifier: Apache-2.0
// A real model and its quantised copies, made by llama.cpp: the importer must reproduce them bit for bit.
#include <gtest/gtest.h>

#include "golden/model/model.hpp"
#include "golden/model/tokenizer.hpp"
#include "tests/model/shared_models.hpp"

namespace htx::model {
namespace {

void expect_same(const std::string& name, const QMatrix& ours, const QMatrix& theirs) {
  EXPECT_EQ(ours.bits, theirs.bits) << name;
  EXPECT_EQ(ours.scales, theirs.scales) << name;
  EXPECT_EQ(ours.values, theirs.values) << name;
}

// ffn_down is 172 wide, so llama.cpp left it F16.
void expect_same_layers(const Model& ours, const Model& theirs) {
  ASSERT_EQ(ours.layers.size(), theirs.layers.size());
  for (std::size_t i = 0; i < ours.layers.size(); ++i) {
    const Layer &a = ours.layers[i], &b = theirs.layers[i];
    expect_same("attn_q", a.attn_q, b.attn_q);
    expect_same("attn_k", a.attn_k, b.attn_k);
    expect_same("attn_v", a.attn_v, b.attn_v);
    expect_same("attn_output", a.attn_output, b.attn_output);
    expect_same("ffn_gate", a.ffn_gate, b.ffn_gate);
    expect_same("ffn_up", a.ffn_up, b.ffn_up);
    EXPECT_EQ(a.attn_norm, b.attn_norm);
    EXPECT_EQ(a.ffn_norm, b.ffn_norm);
  }
}

TEST(SharedModel, Stories260K) {
  const auto path = test::shared_model("stories260K.gguf");
  HTX_SKIP_WITHOUT(path);
  const Model model = load_model(path, WeightFormat::q8_0);
  EXPECT_EQ(model.hyper.dim, 64);
  EXPECT_EQ(model.hyper.layers, 5);
  EXPECT_EQ(model.hyper.heads, 8);
  EXPECT_EQ(model.hyper.kv_heads, 4);
  EXPECT_EQ(model.hyper.head_size, 8);
  EXPECT_EQ(model.hyper.ffn, 172);
  EXPECT_EQ(model.hyper.vocab, 512);
  EXPECT_EQ(model.hyper.context, 2048);
  EXPECT_EQ(model.hyper.eps, 1e-5f);
  EXPECT_FALSE(model.tied_head);  // the file carries a copy
  EXPECT_EQ(model.output.values, model.embedding.values);
  for (const ImportError& import : model.imports) {
    EXPECT_GT(import.rms_relative, 0.003) << import.tensor;
    EXPECT_LT(import.rms_relative, 0.007) << import.tensor;
  }
}

TEST(SharedModel, Q8ImportEqualsTheFileLlamaCppMade) {
  const auto original = test::shared_model("stories260K.gguf"), made = test::shared_model("stories260K-Q8_0.gguf");
  HTX_SKIP_WITHOUT(original);
  HTX_SKIP_WITHOUT(made);
  const Model ours = load_model(original, WeightFormat::q8_0), theirs = load_model(made, WeightFormat::q8_0);
  expect_same_layers(ours, theirs);
  expect_same("token_embd", ours.embedding, theirs.embedding);
  expect_same("output", ours.output, theirs.output);
}

TEST(SharedModel, Q4ImportEqualsTheFileLlamaCppMade) {
  const auto original = test::shared_model("stories260K.gguf"), made = test::shared_model("stories260K-Q4_0.gguf");
  HTX_SKIP_WITHOUT(original);
  HTX_SKIP_WITHOUT(made);
  const Model ours = load_model(original, WeightFormat::q4_0), theirs = load_model(made, WeightFormat::q4_0);
  expect_same_layers(ours, theirs);
  expect_same("output", ours.output, theirs.output);
  EXPECT_EQ(ours.embedding.bits, 8);  // ours keeps the embedding at 8 bits, llama.cpp's file does not
  EXPECT_EQ(theirs.embedding.bits, 4);
}

TEST(SharedModel, Tokens) {
  const auto path = test::shared_model("stories260K.gguf");
  HTX_SKIP_WITHOUT(path);
  const Tokenizer tokenizer(load_model(path, WeightFormat::q8_0).vocab);
  EXPECT_EQ(tokenizer.encode("Once upon a time"), (std::vector<int>{1, 403, 407, 261, 378}));
  const std::string text = "Lily's \xc3\xa9t\xc3\xa9: \xf0\x9f\x98\x80  two  spaces\n";
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
}

}  // namespace
}  // namespace htx::model
