// SPDX-License-Identifier: Apache-2.0
// Every tensor type against the numbers that ggml's own to_float gives for the same bytes (docs/gguf.md, "Known answers").
#include "golden/model/tensor_type.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "golden/model/model.hpp"
#include "tests/model/gguf_builder.hpp"
#include "tests/model/refusal.hpp"

namespace htx::model {
namespace {

using gguf::TensorType;

constexpr int kBlocks = 64;

/// Bytes of SplitMix64, whose seed is the type's number; an MXFP4 exponent of 255, no number, is drawn lower.
std::vector<std::byte> random_blocks(const gguf::BlockFormat& format) {
  test::Random random(static_cast<std::uint64_t>(format.type));
  std::vector<std::byte> bytes(kBlocks * format.bytes);
  for (std::byte& b : bytes) b = static_cast<std::byte>(random.bits() & 255);
  if (format.type == TensorType::mxfp4) {
    for (std::size_t i = 0; i < bytes.size(); i += format.bytes) bytes[i] = static_cast<std::byte>(std::to_integer<int>(bytes[i]) % 255);
  }
  return bytes;
}

/// FNV-1a over the fp32 bits, low byte first; every NaN (a random fp16 scale may be one) counts as 0x7fc00000.
std::uint64_t hash_of(std::span<const float> values) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const float v : values) {
    const std::uint32_t bits = std::isnan(v) ? 0x7fc00000u : std::bit_cast<std::uint32_t>(v);
    for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ (bits >> shift & 255)) * 0x100000001b3u;
  }
  return hash;
}

struct Known {
  TensorType type;
  std::uint64_t hash;
};

class KnownAnswers : public ::testing::TestWithParam<Known> {};

TEST_P(KnownAnswers, OfGgml) {
  const gguf::BlockFormat& format = gguf::format_of(GetParam().type);
  const auto bytes = random_blocks(format);
  std::vector<float> values(kBlocks * format.values);
  for (std::size_t b = 0; b < kBlocks; ++b) format.decode(&bytes[b * format.bytes], &values[b * format.values]);
  EXPECT_EQ(hash_of(values), GetParam().hash) << format.name;
}

INSTANTIATE_TEST_SUITE_P(All, KnownAnswers,
                         ::testing::Values(Known{TensorType::f16, 0x4a86fdc171f9d1f6}, Known{TensorType::bf16, 0x4a35b21380297662},
                                           Known{TensorType::q4_0, 0xcded9858bd3dbc97}, Known{TensorType::q4_1, 0xc1da3666f84ce31b},
                                           Known{TensorType::q5_0, 0x34bf23c7d5032646}, Known{TensorType::q5_1, 0xd6aa2f778a84b188},
                                           Known{TensorType::q8_0, 0x3129a242e91b8488}, Known{TensorType::q2_k, 0x44575f4ea0fd1cc9},
                                           Known{TensorType::q3_k, 0x17bfd0b59393ad5b}, Known{TensorType::q4_k, 0xa0d61817f79b78cc},
                                           Known{TensorType::q5_k, 0xe12c21b7549cd4f4}, Known{TensorType::q6_k, 0xbe3afb03abcb7fbb},
                                           Known{TensorType::mxfp4, 0xa75cf0b0806979e6}),
                         [](const auto& info) { return std::string(gguf::to_string(info.param.type)); });

TEST(TensorTypes, TheListIsInOrderAndNamed) {
  for (std::size_t i = 1; i < gguf::block_formats().size(); ++i)
    EXPECT_LT(gguf::block_formats()[i - 1].type, gguf::block_formats()[i].type);
  for (const gguf::BlockFormat& format : gguf::block_formats()) {
    EXPECT_EQ(gguf::find_format(static_cast<std::uint32_t>(format.type)), &format);
    EXPECT_EQ(gguf::type_name(static_cast<std::uint32_t>(format.type)), format.name);
  }
  EXPECT_EQ(gguf::find_format(23), nullptr);
  EXPECT_EQ(gguf::type_name(23), "IQ4_XS");
  EXPECT_EQ(gguf::type_name(77), "number 77");
}

/// A model whose query matrix (rows of 256 columns) holds random blocks of the type with tame scales.
test::Document model_with(const gguf::BlockFormat& format) {
  test::Document file = test::make_llama({.dim = 256, .layers = 1, .heads = 4, .kv_heads = 2, .ffn = 256, .vocab = 20});
  test::DocumentTensor& query = file.tensor("blk.0.attn_q.weight");
  query.type = static_cast<std::uint32_t>(format.type);
  query.data.clear();
  test::Random random(5);
  std::vector<float> values(format.values);
  while (query.data.size() < 256 * 256 / format.values * format.bytes) {
    std::vector<std::byte> block(format.bytes);
    bool tame = false;
    while (!tame) {
      for (std::byte& b : block) b = static_cast<std::byte>(random.bits() & 255);
      if (format.type == TensorType::mxfp4) block[0] = static_cast<std::byte>(104 + random.below(30));  // units from fp16's smallest on
      format.decode(block.data(), values.data());
      tame = std::ranges::all_of(values, [](float v) { return std::isfinite(v) && std::fabs(v) < 1000.0f; });
    }
    query.data.insert(query.data.end(), block.begin(), block.end());
  }
  return file;
}

TEST(TensorTypes, EveryTypeIsImportedWithItsError) {
  for (const gguf::BlockFormat& format : gguf::block_formats()) {
    SCOPED_TRACE(format.name);
    const test::Bytes bytes = model_with(format).serialise();
    const gguf::File file = gguf::parse(bytes, "m.gguf");
    const gguf::Tensor& stored = *file.find_tensor("blk.0.attn_q.weight");
    for (const WeightFormat target : {WeightFormat::q8_0, WeightFormat::q4_0}) {
      const Model model = parse_model(bytes, "m.gguf", target);
      const QMatrix& query = model.layers[0].attn_q;
      double noise = 0, power = 0;
      std::vector<float> row(256);
      for (std::size_t r = 0; r < 256; ++r) {
        read_row(stored, r, row);
        for (std::size_t c = 0; c < 256; ++c) {
          noise += std::pow(double{query.weight(r, c)} - double{row[c]}, 2);
          power += double{row[c]} * double{row[c]};
        }
      }
      const auto report = std::ranges::find(model.imports, "blk.0.attn_q.weight", &ImportError::tensor);
      ASSERT_NE(report, model.imports.end());
      EXPECT_EQ(report->source, format.type);
      EXPECT_EQ(report->target, format.type == TensorType::q4_0   ? WeightFormat::q4_0
                                : format.type == TensorType::q8_0 ? WeightFormat::q8_0
                                                                  : target);
      EXPECT_NEAR(report->rms_relative, std::sqrt(noise / power), 1e-12);
      EXPECT_LT(report->rms_relative, report->target == WeightFormat::q8_0 ? 0.01 : 0.2);
      const bool same = format.type == TensorType::q4_0 || format.type == TensorType::q8_0 ||
                        (target == WeightFormat::q8_0 && (format.type == TensorType::q5_0 || format.type == TensorType::mxfp4));
      if (same) {
        EXPECT_EQ(report->rms_relative, 0.0);
      } else {
        EXPECT_GT(report->rms_relative, 0.0);
      }
    }
  }
}

TEST(TensorTypes, AnMxfp4ScaleBeyondFp16IsRoundedAsAnyNumber) {
  test::Document file = model_with(gguf::format_of(TensorType::mxfp4));
  auto& data = file.tensor("blk.0.attn_q.weight").data;
  data[0] = std::byte{90};  // 2^-38 a unit: below fp16's smallest
  const Model model = parse_model(file.serialise(), "m", WeightFormat::q8_0);
  EXPECT_EQ(model.layers[0].attn_q.scale_bits(0, 0), 0);
  const auto report = std::ranges::find(model.imports, "blk.0.attn_q.weight", &ImportError::tensor);
  EXPECT_GT(report->rms_relative, 0.0);
}

TEST(TensorTypes, NumbersThatAreNoneAreRefused) {
  test::Document file = model_with(gguf::format_of(TensorType::mxfp4));
  file.tensor("blk.0.attn_q.weight").data[17 * 9] = std::byte{255};  // row 1, second block
  test::expect_refused(file, "tensor blk.0.attn_q.weight", "the value in row 1, column 32 is nan");
  file = model_with(gguf::format_of(TensorType::q6_k));
  file.tensor("blk.0.attn_q.weight").data[209] = std::byte{0x7c};
  file.tensor("blk.0.attn_q.weight").data[208] = std::byte{0};
  test::expect_refused(file, "tensor blk.0.attn_q.weight", "the value in row 0, column 0 is -inf");
}

TEST(TensorTypes, ColumnsMustFillBlocks) {
  test::Document file = test::make_llama({.dim = 64, .layers = 1, .heads = 2, .kv_heads = 1, .ffn = 64, .vocab = 20});
  file.tensor("blk.0.attn_q.weight").type = static_cast<std::uint32_t>(TensorType::q4_k);
  test::expect_refused(file, "tensor blk.0.attn_q.weight", "64 columns are no multiple of the 256 of a Q4_K block");
}

}  // namespace
}  // namespace htx::model
