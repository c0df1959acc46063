// SPDX-License-Identifier: Apache-2.0
// Models in several parts: the same model as in one file, and every way in which the parts do not fit together.
#include "golden/model/model_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "golden/float_ref/weights.hpp"
#include "golden/model/model.hpp"
#include "tests/model/gguf_builder.hpp"

namespace htx::model {
namespace {

namespace fs = std::filesystem;

class Parts : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("htx_parts_" + std::to_string(::getpid()) + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    whole_ = test::make_llama({.dim = 32, .layers = 2, .heads = 2, .kv_heads = 1, .ffn = 64, .vocab = 40, .type = test::kTensorQ8_0});
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path path(int index, int count = 3) const { return folder_ / fmt::format("m-{:05}-of-{:05}.gguf", index + 1, count); }

  /// The whole model's tensors dealt to three parts; the keys go to the first.
  std::vector<test::Document> cut() const {
    std::vector<test::Document> parts(3);
    parts[0].keys = whole_.keys;
    for (std::size_t i = 0; i < whole_.tensors.size(); ++i) parts[i * 3 / whole_.tensors.size()].tensors.push_back(whole_.tensors[i]);
    for (int i = 0; i < 3; ++i) number(parts[static_cast<std::size_t>(i)], i, 3);
    return parts;
  }
  void number(test::Document& part, int index, int count) const {
    part.set_scalar("split.no", test::kU16, static_cast<std::uint16_t>(index));
    part.set_scalar("split.count", test::kU16, static_cast<std::uint16_t>(count));
    part.set_scalar("split.tensors.count", test::kI32, static_cast<std::int32_t>(whole_.tensors.size()));
  }
  void write(const std::vector<test::Document>& parts) const {
    for (int i = 0; i < 3; ++i) test::write_file(path(i), parts[static_cast<std::size_t>(i)].serialise());
  }
  std::string refusal(const fs::path& first) const {
    try {
      load_model(first, WeightFormat::q8_0);
    } catch (const Error& e) {
      const std::string words = e.what();
      return words.starts_with(folder_.string() + "/") ? words.substr(folder_.string().size() + 1) : "another file: " + words;
    }
    return "";
  }

  fs::path folder_;
  test::Document whole_;
};

TEST_F(Parts, AreTheModelThatTheWholeFileIs) {
  write(cut());
  test::write_file(folder_ / "whole.gguf", whole_.serialise());
  const Model a = load_model(path(0), WeightFormat::q8_0), b = load_model(folder_ / "whole.gguf", WeightFormat::q8_0);
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    EXPECT_EQ(a.layers[i].ffn_down.values, b.layers[i].ffn_down.values);
    EXPECT_EQ(a.layers[i].attn_norm, b.layers[i].attn_norm);
  }
  EXPECT_EQ(a.head().scales, b.head().scales);
  EXPECT_EQ(float_ref::original_weights(path(0)).layers[1].ffn_down, float_ref::original_weights(folder_ / "whole.gguf").layers[1].ffn_down);
}

TEST_F(Parts, OneOfOneIsAnyName) {
  test::Document file = whole_;
  number(file, 0, 1);
  test::write_file(folder_ / "any.gguf", file.serialise());
  EXPECT_EQ(refusal(folder_ / "any.gguf"), "");
}

TEST_F(Parts, MustAllBeThere) {
  write(cut());
  fs::remove(path(2));
  EXPECT_EQ(refusal(path(0)), "m-00003-of-00003.gguf: cannot open: No such file or directory");
}

TEST_F(Parts, BeginAtTheFirst) {
  write(cut());
  EXPECT_EQ(refusal(path(1)), "m-00002-of-00003.gguf: key split.no: this is part 2 of 3: name the first one");
  fs::rename(path(0), folder_ / "first.gguf");
  EXPECT_EQ(refusal(folder_ / "first.gguf"),
            "first.gguf: key split.count: the first of 3 parts must be named NAME-00001-of-00003.gguf, or the others are not found");
}

TEST_F(Parts, MustBeInTheirPlaces) {
  auto parts = cut();
  std::swap(parts[1], parts[2]);
  write(parts);
  EXPECT_EQ(refusal(path(0)), "m-00002-of-00003.gguf: key split.no: part 3 of 3, expected part 2 of 3");
  parts = cut();
  number(parts[1], 1, 4);
  write(parts);
  EXPECT_EQ(refusal(path(0)), "m-00002-of-00003.gguf: key split.no: part 2 of 4, expected part 2 of 3");
}

TEST_F(Parts, ShareNoTensorAndLackNone) {
  auto parts = cut();
  parts[2].tensors.push_back(parts[0].tensors[0]);
  write(parts);
  EXPECT_EQ(refusal(path(0)), "m-00003-of-00003.gguf: tensor token_embd.weight: an earlier part has it, too");
  parts = cut();
  parts[2].tensors.pop_back();
  write(parts);
  EXPECT_EQ(refusal(path(0)), fmt::format("m-00001-of-00003.gguf: key split.tensors.count: {}, but the parts hold {}", whole_.tensors.size(), whole_.tensors.size() - 1));
}

TEST_F(Parts, AMalformedOneIsNamed) {
  auto parts = cut();
  parts[1].magic = "GGUX";
  write(parts);
  EXPECT_EQ(refusal(path(0)), "m-00002-of-00003.gguf: header: not a GGUF file (wrong magic)");
}

}  // namespace
}  // namespace htx::model
