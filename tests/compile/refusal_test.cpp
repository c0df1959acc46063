// SPDX-License-Identifier: Apache-2.0
// Models and options that do not fit are refused in one line that names what and how much.
#include <gtest/gtest.h>

#include "golden/compile/compile.hpp"
#include "tests/compile/models.hpp"

namespace htx::compile {
namespace {

std::string refusal(const test::LlamaOptions& shape, const Options& options) {
  const model::Model m = test::make_model(shape);
  try {
    compile(m, options);
  } catch (const Error& e) {
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
    return e.what();
  }
  return "accepted";
}

constexpr test::LlamaOptions kSmall{.dim = 64, .layers = 2, .heads = 4, .kv_heads = 2, .ffn = 96, .vocab = 300};

TEST(Refusal, LanesAndChips) {
  EXPECT_EQ(refusal(kSmall, {.lanes = 0}), "0 lanes a chip are not from 1 to 8");
  EXPECT_EQ(refusal(kSmall, {.lanes = 9}), "9 lanes a chip are not from 1 to 8");
  EXPECT_EQ(refusal(kSmall, {.chips = 7}), "7 chips are not from 1 to 6");
}

TEST(Refusal, Context) {
  EXPECT_EQ(refusal(kSmall, {.context = 129}), "context 129 exceeds the 128 positions the model was trained for");
  test::LlamaOptions large = kSmall;
  large.context = 140000;
  EXPECT_EQ(refusal(large, {.lanes = 8}), "too big: context: 140000 of 131072 positions of token memory");
  EXPECT_EQ(refusal(large, {.lanes = 1, .context = 131072}),
            "too big: context 131072 on 1 lanes: 131072 of 16384 tokens of a lane's score memory");
  EXPECT_EQ(refusal(large, {.lanes = 8, .context = 131072}), "accepted");
}

TEST(Refusal, Memory) {
  const auto with = [](std::uint64_t Limits::*which, std::uint64_t value) {
    Options o{.lanes = 2, .context = 64};
    o.limits.*which = value;
    return refusal(kSmall, o);
  };
  const model::Model m = test::make_model(kSmall);
  const Image image = compile(m, {.lanes = 2, .context = 64});
  const LaneImage& lane = image.lane_images[0];
  const std::uint64_t bytes = lane.dram.size() + lane.kv_bytes;
  EXPECT_EQ(with(&Limits::lane_bytes, bytes - 1), "too big: lane 0 (" + std::to_string(lane.dram.size()) +
                                                      " bytes of weights and tables, " + std::to_string(lane.kv_bytes) +
                                                      " bytes of KV for context 64): " + std::to_string(bytes) +
                                                      " of " + std::to_string(bytes - 1) + " bytes a lane");
  EXPECT_EQ(with(&Limits::segments, 20), "too big: layers and KV heads: 21 of 20 segments");
  EXPECT_EQ(with(&Limits::program, 50),
            "too big: program: " + std::to_string(image.program.size()) + " of 50 instructions");
  EXPECT_EQ(with(&Limits::vmem_blocks, 30), "too big: vectors of attention: 36 of 30 blocks of vector memory");
  EXPECT_EQ(with(&Limits::act_blocks, 3), "too big: the widest matrix input: 4 of 3 blocks of activation memory");
  EXPECT_EQ(with(&Limits::kvbuf_blocks, 3), "too big: keys and values of a token: 4 of 3 blocks of append buffer");
  EXPECT_EQ(with(&Limits::vocab, 299), "too big: vocabulary: 300 of 299 token numbers");
  EXPECT_EQ(with(&Limits::units_a_lane, 4), "too big: token_embd: 5 of 4 units a lane");
}

TEST(Refusal, Shapes) {
  test::LlamaOptions head = kSmall;
  head.head_size = 258;
  EXPECT_EQ(refusal(head, {}), "too big: heads of 258 elements take 17 blocks of 32, the chip has 8 a head");
  test::LlamaOptions wide = kSmall;
  wide.ffn = 32 * 700;
  EXPECT_EQ(refusal(wide, {}), "too big: vectors of the gate: 2112 of 2048 blocks of vector memory");
  test::LlamaOptions heads = kSmall;
  heads.heads = heads.kv_heads = 130;
  heads.head_size = 2;
  EXPECT_EQ(refusal(heads, {}), "too big: keys and values of a token: 260 of 256 blocks of append buffer");
}

}  // namespace
}  // namespace htx::compile
