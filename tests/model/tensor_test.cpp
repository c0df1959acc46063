// SPDX-License-Identifier: Apache-2.0
// The tensor table and the values behind it: what is broken is refused by name.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/model/gguf_builder.hpp"
#include "tests/model/refusal.hpp"

namespace htx::test {
namespace {

Document model_of(GgmlType type) {
  return make_llama({.dim = 32, .layers = 1, .heads = 2, .kv_heads = 1, .ffn = 64, .vocab = 20, .type = type});
}

const std::string kQuery = "blk.0.attn_q.weight";

template <typename T>
void overwrite(DocumentTensor& tensor, std::size_t byte, T value) {
  std::memcpy(tensor.data.data() + byte, &value, sizeof value);
}

TEST(Tensors, MissingOnes) {
  const Document whole = model_of(kTensorF32);
  for (const DocumentTensor& tensor : whole.tensors) {
    if (tensor.name == "output.weight") continue;
    Document file = whole;
    file.erase_tensor(tensor.name);
    expect_refused(file, "tensor " + tensor.name, "missing");
  }
  Document file = whole;
  file.tensors.clear();
  expect_refused(file, "tensor token_embd.weight", "missing");
}

TEST(Tensors, UnexpectedOnesAreNeverIgnored) {
  for (const char* name : {"blk.0.attn_q.bias", "blk.0.ffn_gate_exps.weight", "blk.1.attn_norm.weight",
                           "blk.0.attn_q_norm.weight", "blk.00.attn_q.weight", "rope_factors_long.weight"}) {
    Document file = model_of(kTensorF32);
    file.tensors.push_back(file.tensor("output_norm.weight"));
    file.tensors.back().name = name;
    expect_refused(file, std::string("tensor ") + name, "not part of a llama model as supported here");
  }
}

TEST(Tensors, WrongShapes) {
  Document file = model_of(kTensorF32);
  file.tensor(kQuery).shape = {32, 31};
  expect_refused(file, "tensor " + kQuery, "shape [32, 31], expected [32, 32]");
  file.tensor(kQuery).shape = {1024};
  expect_refused(file, "tensor " + kQuery, "shape [1024], expected [32, 32]");
  file.tensor(kQuery).shape = {32, 16, 2};
  expect_refused(file, "tensor " + kQuery, "shape [32, 16, 2], expected [32, 32]");
  file.tensor(kQuery).shape = {32, 32, 1, 1};
  EXPECT_EQ(refusal(file.serialise()), "");
  file.tensor("output_norm.weight").shape = {31};
  expect_refused(file, "tensor output_norm.weight", "shape [31], expected [32]");
}

TEST(Tensors, ImpossibleShapes) {
  const std::uint64_t huge = std::uint64_t{1} << 32;
  Document file = model_of(kTensorF32);
  file.tensor(kQuery).shape = {};
  expect_refused(file, "tensor " + kQuery, "0 dimensions, expected 1 to 4");
  file.tensor(kQuery).shape = {32, 32, 1, 1, 1};
  expect_refused(file, "tensor " + kQuery, "5 dimensions, expected 1 to 4");
  file.tensor(kQuery).shape = {32, 0};
  expect_refused(file, "tensor " + kQuery, "dimension 1 is 0");
  // Products that wrap around 2^64 to something small.
  for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{huge, huge},
                                                  {huge, huge, huge, huge},
                                                  {~std::uint64_t{0}, 3},
                                                  {huge * 2, huge / 2, 1, 1},
                                                  {huge, huge / 4}}) {
    file.tensor(kQuery).shape = shape;
    expect_refused(file, "tensor " + kQuery, "truncated: its shape needs more bytes than the file has");
  }
}

TEST(Tensors, Names) {
  Document file = model_of(kTensorF32);
  file.tensors.push_back(file.tensor(kQuery));
  expect_refused(file, "tensor " + kQuery, "appears twice");
  file = model_of(kTensorF32);
  file.tensors[3].name = "";
  expect_refused(file, "tensor number 3", "empty name");
  file.tensors[3].name = std::string(65, 'n');
  expect_refused(file, "tensor number 3", "a name of 65 bytes is longer than 64");
  file.tensors[3].name = "a\nb";
  file.tensors[3].type = 99;
  expect_refused(file, "tensor a\\x0ab", "type number 99 is not supported (F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, BF16, MXFP4 are)");
}

TEST(Tensors, Types) {
  Document file = model_of(kTensorF32);
  file.tensor(kQuery).type = 23;
  expect_refused(file, "tensor " + kQuery, "type IQ4_XS is not supported (F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, BF16, MXFP4 are)");
  file.tensor(kQuery).type = 26;
  expect_refused(file, "tensor " + kQuery, "type I32 is not supported (F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, BF16, MXFP4 are)");
  file = model_of(kTensorF32);
  file.tensor("output_norm.weight").type = kTensorQ8_0;
  expect_refused(file, "tensor output_norm.weight", "type Q8_0 is not supported for a vector (F32, F16 and BF16 are)");
  file = model_of(kTensorQ8_0);
  file.tensor(kQuery).shape = {31, 32};
  expect_refused(file, "tensor " + kQuery, "31 columns are no multiple of the 32 of a Q8_0 block");
}

TEST(Tensors, Offsets) {
  Document file = model_of(kTensorF32);
  file.tensor(kQuery).offset = 100;
  expect_refused(file, "tensor " + kQuery, "offset 100 is not a multiple of the alignment 32");
  for (const std::uint64_t offset : {48u, 1u}) {
    file.tensor(kQuery).offset = offset;
    expect_refused(file, "tensor " + kQuery,
                   "offset " + std::to_string(offset) + " is not a multiple of the alignment 32");
  }
  file = model_of(kTensorF32);
  file.tensors[1].offset = 0;  // output_norm within the embedding
  expect_refused(file, "tensor output_norm.weight", "its data overlaps tensor token_embd.weight");
  file.tensors[1].offset = 64;
  expect_refused(file, "tensor output_norm.weight", "its data overlaps tensor token_embd.weight");
  for (const std::uint64_t offset : {std::uint64_t{1} << 40, ~std::uint64_t{0} - 31, std::uint64_t{1} << 63}) {
    file = model_of(kTensorF32);
    file.tensor(kQuery).offset = offset;
    const std::string message = refusal(file.serialise());
    EXPECT_TRUE(message.starts_with("bad.gguf: tensor " + kQuery + ": truncated: 4096 bytes at offset ")) << message;
  }
  file = model_of(kTensorF32);
  file.tensor(kQuery).offset = 1 << 20;
  std::uint64_t section = 0;  // the model's own data, each tensor padded to the alignment
  for (const DocumentTensor& tensor : file.tensors) section += (tensor.data.size() + 31) / 32 * 32;
  expect_refused(file, "tensor " + kQuery, "truncated: 4096 bytes at offset 1048576 of a data section of " + std::to_string(section));
  file = model_of(kTensorF32);
  file.tensors.back().data.resize(64);
  EXPECT_TRUE(refusal(file.serialise()).starts_with("bad.gguf: tensor blk.0.ffn_down.weight: truncated: 8192 bytes"));
}

TEST(Tensors, ValuesThatAreNotFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  Document file = model_of(kTensorF32);
  overwrite(file.tensor(kQuery), 4 * (32 * 3 + 7), nan);
  expect_refused(file, "tensor " + kQuery, "the value in row 3, column 7 is nan");
  overwrite(file.tensor(kQuery), 4 * (32 * 3 + 7), -infinity);
  expect_refused(file, "tensor " + kQuery, "the value in row 3, column 7 is -inf");
  file = model_of(kTensorF32);
  overwrite(file.tensor("blk.0.ffn_norm.weight"), 4 * 31, infinity);
  expect_refused(file, "tensor blk.0.ffn_norm.weight", "the value in row 0, column 31 is inf");
  file = model_of(kTensorF16);
  overwrite(file.tensor("output.weight"), 2 * 33, std::uint16_t{0x7c00});
  expect_refused(file, "tensor output.weight", "the value in row 1, column 1 is inf");
  file = model_of(kTensorQ8_0);
  overwrite(file.tensor("blk.0.ffn_down.weight"), 34 * 3, std::uint16_t{0x7e00});
  expect_refused(file, "tensor blk.0.ffn_down.weight", "the scale of row 1, block 1 is nan");
  file = model_of(kTensorQ4_0);
  overwrite(file.tensor("token_embd.weight"), 18 * 5, std::uint16_t{0xfc00});
  expect_refused(file, "tensor token_embd.weight", "the scale of row 5, block 0 is -inf");
  file = model_of(kTensorF32);
  overwrite(file.tensor(kQuery), 4 * 64, 1e30f);
  expect_refused(file, "tensor " + kQuery, "row 2 has values too large for an fp16 block scale");
}

TEST(Tensors, RopeFactorsMustBePositive) {
  Document file = make_llama({.dim = 32, .layers = 1, .ffn = 64, .vocab = 20, .rope_freqs = true});
  EXPECT_EQ(refusal(file.serialise()), "");
  overwrite(file.tensor("rope_freqs.weight"), 8, 0.0f);
  expect_refused(file, "tensor rope_freqs.weight", "factor 2 is 0, not positive");
}

}  // namespace
}  // namespace htx::test
