// SPDX-License-Identifier: Apache-2.0
// Experts in a GGUF: as stacks of three dimensions and one by one, and what is refused.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/model/gguf_builder.hpp"
#include "tests/model/refusal.hpp"

namespace htx::model {
namespace {

using test::expect_refused;

constexpr test::LlamaOptions kSome{.dim = 64, .layers = 2, .ffn = 96, .vocab = 20, .experts = 5, .experts_used = 3};

Model parse(const test::LlamaOptions& options, WeightFormat format = WeightFormat::q8_0) { return parse_model(test::build_llama(options), "m.gguf", format); }

TEST(Experts, AStackHoldsThemOneAfterAnother) {
  const Model m = parse(kSome);
  EXPECT_EQ(m.hyper.experts, 5);
  EXPECT_EQ(m.hyper.experts_used, 3);
  const Layer& l = m.layers[1];
  EXPECT_EQ(l.router.rows, 5u);
  EXPECT_EQ(l.router.cols, 64u);
  EXPECT_EQ(l.ffn_gate.rows, 5u * 96);
  EXPECT_EQ(l.ffn_down.rows, 5u * 64);
  EXPECT_EQ(l.ffn_down.cols, 96u);
  test::Document file = test::make_llama(kSome);
  const test::DocumentTensor& up = file.tensor("blk.1.ffn_up_exps.weight");
  EXPECT_EQ(up.shape, (std::vector<std::uint64_t>{64, 96, 5}));
  float value;  // row 7, column 9 of expert 4
  std::memcpy(&value, up.data.data() + 4 * ((4 * 96 + 7) * 64 + 9), 4);
  EXPECT_NEAR(l.ffn_up.weight(4 * 96 + 7, 9), value, 0.01);
}

TEST(Experts, OneByOneTheyAreTheSame) {
  for (const test::GgmlType type : {test::kTensorF32, test::kTensorQ8_0, test::kTensorQ4_0}) {
    test::LlamaOptions options = kSome;
    options.type = type;
    const Model stacked = parse(options, WeightFormat::q4_0);
    options.split_experts = true;
    const Model split = parse(options, WeightFormat::q4_0);
    for (std::size_t i = 0; i < stacked.layers.size(); ++i)
      for (const auto part : {&Layer::router, &Layer::ffn_gate, &Layer::ffn_up, &Layer::ffn_down}) {
        const QMatrix &a = stacked.layers[i].*part, &b = split.layers[i].*part;
        EXPECT_EQ(a.rows, b.rows);
        EXPECT_EQ(a.bits, b.bits);
        EXPECT_EQ(a.values, b.values);
        EXPECT_EQ(a.scales, b.scales);
      }
  }
}

/// A router is never 4-bit, and what its 8 bits cost is told.
TEST(Experts, RouterIsEightBit) {
  const Model m = parse(kSome, WeightFormat::q4_0);
  EXPECT_EQ(m.layers[0].router.bits, 8);
  EXPECT_EQ(m.layers[0].ffn_gate.bits, 4);
  unsigned routers = 0;
  for (const ImportError& i : m.imports) {
    if (i.tensor.find("ffn_gate_inp") == std::string::npos) continue;
    ++routers;
    EXPECT_GT(i.rms_relative, 1e-4);
    EXPECT_LT(i.rms_relative, 0.01);
  }
  EXPECT_EQ(routers, 2u);
}

TEST(Experts, NumbersThatCannotBe) {
  const auto with = [](const std::string& key, std::uint32_t value) {
    test::Document file = test::make_llama(kSome);
    file.set("llama." + key, value);
    return file;
  };
  expect_refused(with("expert_count", 257), "key llama.expert_count", "257 is not from 1 to 256");
  expect_refused(with("expert_used_count", 0), "key llama.expert_used_count", "0 is not from 1 to 5");
  expect_refused(with("expert_used_count", 6), "key llama.expert_used_count", "6 is not from 1 to 5");
  expect_refused(with("expert_count", 0), "key llama.expert_used_count", "3 of no experts");
  expect_refused(with("expert_count", 12), "tensor blk.0.ffn_gate_inp.weight", "shape [64, 5], expected [64, 12]");
  expect_refused(with("expert_shared_count", 1), "key llama.expert_shared_count", "1 is not supported (only 0 is)");
  expect_refused(with("expert_gating_func", 2), "key llama.expert_gating_func", "unknown; it may change the result");
  test::LlamaOptions many = kSome;
  many.experts = 12;
  test::Document file = test::make_llama(many);
  file.set("llama.expert_used_count", 9u);
  expect_refused(file, "key llama.expert_used_count", "9 is not from 1 to 8");
}

TEST(Experts, TensorsThatAreNotThere) {
  test::Document file = test::make_llama(kSome);
  file.erase_tensor("blk.1.ffn_gate_inp.weight");
  expect_refused(file, "tensor blk.1.ffn_gate_inp.weight", "missing");
  file = test::make_llama(kSome);
  file.erase_tensor("blk.0.ffn_down_exps.weight");
  expect_refused(file, "tensor blk.0.ffn_down_exps.weight", "missing");
  file = test::make_llama(kSome);
  file.tensor("blk.0.ffn_down_exps.weight").shape = {96, 5, 64};
  expect_refused(file, "tensor blk.0.ffn_down_exps.weight", "shape [96, 5, 64], expected [96, 64, 5]");
  test::LlamaOptions split = kSome;
  split.split_experts = true;
  file = test::make_llama(split);
  file.erase_tensor("blk.1.ffn_up.4.weight");
  expect_refused(file, "tensor blk.1.ffn_up.4.weight", "missing");
  // one expert too many is a part of the computation that would be left out
  split.experts = 6;
  file = test::make_llama(split);
  file.set("llama.expert_count", 5u);
  file.tensor("blk.0.ffn_gate_inp.weight").shape[1] = 5;
  EXPECT_NE(test::refusal(file.serialise()), "");
}

/// All of a stack have as many bits: one instruction reads them.
TEST(Experts, OneByOneInTwoFormats) {
  test::LlamaOptions options = kSome;
  options.split_experts = true;
  options.type = test::kTensorQ8_0;
  test::Document file = test::make_llama(options);
  options.type = test::kTensorQ4_0;
  test::Document four = test::make_llama(options);
  file.tensor("blk.0.ffn_up.2.weight") = four.tensor("blk.0.ffn_up.2.weight");
  expect_refused(file, "tensor blk.0.ffn_up.2.weight", "becomes Q4_0, but expert 0 Q8_0");
}

}  // namespace
}  // namespace htx::model
