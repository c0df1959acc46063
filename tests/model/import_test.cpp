// SPDX-License-Identifier: Apache-2.0
// From a file's tensors to the model: what is kept bit for bit, what is quantised, to what, and what it cost.
#include <gtest/gtest.h>

#include <cmath>

#include "golden/model/model.hpp"
#include "tests/model/gguf_builder.hpp"

namespace htx::model {
namespace {

using test::LlamaOptions;

Model parse(const LlamaOptions& options, WeightFormat format) {
  return parse_model(test::build_llama(options), "m.gguf", format);
}

// The stored value of a tensor, decoded here a second time and element by element.
float stored(const test::DocumentTensor& tensor, std::size_t row, std::size_t col) {
  const std::size_t cols = tensor.shape[0], index = row * cols + col;
  const auto half_at = [&](std::size_t at) {
    std::uint16_t half;
    std::memcpy(&half, tensor.data.data() + at, 2);
    return half_to_float(half);
  };
  const auto byte_at = [&](std::size_t at) { return std::to_integer<int>(tensor.data[at]); };
  const std::size_t block = index / 32, i = index % 32;
  switch (tensor.type) {
    case test::kTensorF32: {
      float value;
      std::memcpy(&value, tensor.data.data() + 4 * index, 4);
      return value;
    }
    case test::kTensorF16:
      return half_at(2 * index);
    case test::kTensorQ8_0: {
      const int q = byte_at(block * 34 + 2 + i);
      return half_at(block * 34) * static_cast<float>(q >= 128 ? q - 256 : q);
    }
    default: {
      const int pair = byte_at(block * 18 + 2 + i % 16);
      return half_at(block * 18) * static_cast<float>((i < 16 ? pair % 16 : pair / 16) - 8);
    }
  }
}

const ImportError& import_of(const Model& model, const std::string& tensor) {
  for (const ImportError& import : model.imports) {
    if (import.tensor == tensor) return import;
  }
  throw std::logic_error("no import of " + tensor);
}

TEST(Import, QuantisedTensorsAreKeptWhateverTheFormatAsked) {
  for (const test::GgmlType type : {test::kTensorQ8_0, test::kTensorQ4_0}) {
    const LlamaOptions options = {.dim = 64, .ffn = 96, .type = type};
    test::Document file = test::make_llama(options);
    for (const WeightFormat asked : {WeightFormat::q8_0, WeightFormat::q4_0}) {
      const Model model = parse(options, asked);
      const auto check = [&](const std::string& name, const QMatrix& matrix) {
        const test::DocumentTensor& tensor = file.tensor(name);
        ASSERT_EQ(matrix.bits, type == test::kTensorQ4_0 ? 4 : 8) << name;
        ASSERT_EQ(matrix.rows, tensor.shape[1]);
        ASSERT_EQ(matrix.cols, tensor.shape[0]);
        for (std::size_t r = 0; r < matrix.rows; ++r) {
          for (std::size_t c = 0; c < matrix.cols; ++c) {
            ASSERT_EQ(matrix.weight(r, c), stored(tensor, r, c)) << name << " " << r << " " << c;
          }
        }
        EXPECT_EQ(import_of(model, name).rms_relative, 0.0);
        EXPECT_EQ(import_of(model, name).target, matrix.format());
      };
      check("token_embd.weight", model.embedding);
      check("output.weight", model.output);
      check("blk.1.attn_k.weight", model.layers[1].attn_k);
      check("blk.0.ffn_down.weight", model.layers[0].ffn_down);
      EXPECT_EQ(model.imports.size(), 2u + 2u * 7u);
    }
  }
}

TEST(Import, AStoredMinus128IsKept) {
  test::Document file = test::make_llama(
      {.dim = 32, .layers = 1, .heads = 2, .kv_heads = 2, .ffn = 32, .vocab = 20, .type = test::kTensorQ8_0});
  file.tensor("blk.0.attn_q.weight").data[2] = std::byte{0x80};
  EXPECT_EQ(parse_model(file.serialise(), "m", WeightFormat::q8_0).layers[0].attn_q.value(0, 0), -128);
}

TEST(Import, FloatsAreQuantisedToTheFormatAskedButEmbeddingAndHeadTo8Bits) {
  for (const test::GgmlType type : {test::kTensorF32, test::kTensorF16}) {
    const Model model = parse({.type = type}, WeightFormat::q4_0);
    EXPECT_EQ(model.embedding.bits, 8);
    EXPECT_EQ(model.output.bits, 8);
    for (const Layer& layer : model.layers) {
      for (const QMatrix* matrix : {&layer.attn_q, &layer.attn_k, &layer.attn_v, &layer.attn_output, &layer.ffn_gate,
                                    &layer.ffn_up, &layer.ffn_down}) {
        EXPECT_EQ(matrix->bits, 4);
      }
    }
    const Model eight = parse({.type = type}, WeightFormat::q8_0);
    EXPECT_EQ(eight.layers[0].attn_q.bits, 8);
    const ImportError& four_bit = import_of(model, "blk.0.attn_q.weight");
    EXPECT_EQ(four_bit.source, type == test::kTensorF16 ? gguf::TensorType::f16 : gguf::TensorType::f32);
    EXPECT_EQ(four_bit.target, WeightFormat::q4_0);
    EXPECT_NEAR(four_bit.rms_relative, 0.065, 0.02);  // 16 levels over an even spread: 1/(8*sqrt(12)) of sqrt(1/3)
    EXPECT_NEAR(import_of(eight, "blk.0.attn_q.weight").rms_relative, 0.0040, 0.001);
  }
}

TEST(Import, TheReportedErrorIsTheErrorMade) {
  const LlamaOptions options = {.dim = 20, .heads = 2, .kv_heads = 1, .ffn = 33, .vocab = 20};
  test::Document file = test::make_llama(options);
  const Model model = parse(options, WeightFormat::q4_0);
  const test::DocumentTensor& tensor = file.tensor("blk.1.ffn_down.weight");
  const QMatrix& matrix = model.layers[1].ffn_down;
  double noise = 0, power = 0;
  for (std::size_t r = 0; r < matrix.rows; ++r) {
    for (std::size_t c = 0; c < matrix.cols; ++c) {
      const double x = stored(tensor, r, c);
      noise += std::pow(matrix.weight(r, c) - x, 2);
      power += x * x;
    }
  }
  EXPECT_GT(noise, 0.0);
  EXPECT_NEAR(import_of(model, "blk.1.ffn_down.weight").rms_relative, std::sqrt(noise / power), 1e-12);
}

TEST(Import, WidthsThatAreNoMultipleOf32EndInZeros) {
  const Model model =
      parse({.dim = 48, .heads = 6, .kv_heads = 3, .ffn = 100, .type = test::kTensorQ8_0}, WeightFormat::q4_0);
  const QMatrix& down = model.layers[0].ffn_down;  // stored as F16, as 32 does not divide 100
  EXPECT_EQ(down.blocks(), 4u);
  EXPECT_EQ(down.values.size(), 48u * 128u);
  EXPECT_EQ(import_of(model, "blk.0.ffn_down.weight").source, gguf::TensorType::f16);
  bool any = false;
  for (std::size_t r = 0; r < down.rows; ++r) {
    for (std::size_t i = 0; i < 32; ++i) {
      if (i >= 4) {
        EXPECT_EQ(down.block(r, 3)[i], 0);
      }
      any = any || (i < 4 && down.block(r, 3)[i] != 0);
    }
  }
  EXPECT_TRUE(any);
}

TEST(Import, TiedHead) {
  const Model tied = parse({.tied = true}, WeightFormat::q8_0);
  EXPECT_TRUE(tied.tied_head);
  EXPECT_TRUE(tied.output.empty());
  EXPECT_EQ(&tied.head(), &tied.embedding);
  const Model own = parse({.tied = false}, WeightFormat::q8_0);
  EXPECT_FALSE(own.tied_head);
  EXPECT_EQ(&own.head(), &own.output);
}

TEST(Import, NormsAndNames) {
  test::Document file = test::make_llama({});
  const Model model = parse({}, WeightFormat::q8_0);
  EXPECT_EQ(model.name, "random llama");
  ASSERT_EQ(model.layers[1].ffn_norm.size(), 64u);
  EXPECT_EQ(model.layers[1].ffn_norm[63], stored(file.tensor("blk.1.ffn_norm.weight"), 0, 63));
  EXPECT_EQ(model.output_norm[0], stored(file.tensor("output_norm.weight"), 0, 0));
}

TEST(Import, BytesNeedNoAlignment) {
  const test::Bytes bytes = test::build_llama({});
  test::Bytes shifted(bytes.size() + 1);
  std::ranges::copy(bytes, shifted.begin() + 1);
  const Model a = parse_model(bytes, "a", WeightFormat::q8_0);
  const Model b = parse_model(std::span(shifted).subspan(1), "b", WeightFormat::q8_0);
  EXPECT_EQ(a.layers[0].attn_q.values, b.layers[0].attn_q.values);
  EXPECT_EQ(a.layers[0].attn_q.scales, b.layers[0].attn_q.scales);
}

TEST(Builder, SameSeedSameBytes) {
  EXPECT_EQ(test::build_llama({.seed = 5}), test::build_llama({.seed = 5}));
  EXPECT_NE(test::build_llama({.seed = 5}), test::build_llama({.seed = 6}));
}

}  // namespace
}  // namespace htx::model
