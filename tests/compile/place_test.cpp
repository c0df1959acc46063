// SPDX-License-Identifier: Apache-2.0
// Words for addresses, and the count of useful bytes.
#include <gtest/gtest.h>

#include "golden/compile/compile.hpp"
#include "golden/compile/graph.hpp"
#include "tests/compile/models.hpp"

namespace htx::compile {
namespace {

TEST(Place, NamesLayerTensorTileRowAndElement) {
  const model::Model m = test::make_model(test::odd_models()[0]);
  const Image image = compile(m, {.lanes = 2, .context = 64});
  // q: 4 heads of 16 in blocks of 32; row group 2 is head 2.
  const std::uint32_t qkv = image.first_layer_segment + image.layer_stride + kQkv;
  const Place q = image.place(qkv, 2, 0, 1, 3, 5);
  EXPECT_EQ(q.tensor, "blk.1.attn_q.weight");
  EXPECT_EQ(q.layer, 1);
  EXPECT_EQ(q.row, 2 * 16 + 3);
  EXPECT_EQ(q.col, 37);
  EXPECT_EQ(image.place(qkv, 2, 0, 1, 16, 5).row, -1);
  EXPECT_EQ(image.place(qkv, 4, 0, 0, 0, 0).tensor, "blk.1.attn_k.weight");
  EXPECT_EQ(image.place(qkv, 7, 0, 0, 1, 0).tensor, "blk.1.attn_v.weight");
  EXPECT_EQ(image.place(qkv, 7, 0, 0, 1, 0).row, 17);
  const std::uint32_t gate_up = image.first_layer_segment + kGateUp;
  EXPECT_EQ(image.place(gate_up, 1, 1, 0, 2, 0).tensor, "blk.0.ffn_up.weight");
  EXPECT_EQ(image.place(gate_up, 1, 1, 0, 2, 0).row, 34);
}

TEST(Place, DescribesEveryBurst) {
  const model::Model m = test::make_model(test::odd_models()[0]);
  const Image image = compile(m, {.lanes = 2, .context = 64});
  for (unsigned lane = 0; lane < 2; ++lane) {
    const LaneImage& l = image.lane_images[lane];
    const std::uint64_t end = (l.dram.size() + l.kv_bytes) / 32;
    for (std::uint64_t burst = 0; burst < end; ++burst)
      ASSERT_NE(image.describe(lane, burst).find("segment "), std::string::npos) << burst;
    EXPECT_EQ(image.describe(lane, end),
              "lane " + std::to_string(lane) + " burst " + std::to_string(end) + ": beyond the image");
  }
  const std::uint32_t gate_up = image.first_layer_segment + kGateUp;
  const pkg::seg_t& e = image.lane_images[1].segments[gate_up];
  // Two tiles a row, 8 bits: the up half begins after 68 bursts, its second tile after 34 more, rows after 2 of scales.
  EXPECT_EQ(image.describe(1, e.addr + 68 + 34 + 2 + 5),
            "lane 1 burst " + std::to_string(e.addr + 109) + ": segment " + std::to_string(gate_up) +
                " blk.0.ffn_gate_up, unit " + std::to_string(e.first) + ", tile 1, blk.0.ffn_up.weight row " +
                std::to_string(32 * e.first + 5) + " columns 32..");
  const std::uint32_t pages = image.first_layer_segment + kPages + 1;
  const pkg::seg_t& kv = image.lane_images[0].segments[pages];
  EXPECT_EQ(image.describe(0, kv.addr + 4 + 32 + 7), "lane 0 burst " + std::to_string(kv.addr + 43) + ": segment " +
                                                         std::to_string(pages) +
                                                         " blk.0.kv.1, page 1, value tile 0, token 7");
}

TEST(Useful, CountsEachByteOnce) {
  // dim 64, 2 layers, 4 heads and 2 KV heads of 16, ffn 96, vocabulary 300, all 8-bit: 34 bytes a block of 32.
  const model::Model m = test::make_model(test::odd_models()[0]);
  const UsefulBytes u = compile(m, {.lanes = 3, .context = 64}).useful;
  const std::uint64_t blocks = (64 + 32 + 32 + 64) * 2 + (96 + 96) * 2 + 64 * 3;
  EXPECT_EQ(u.layers, 2 * blocks * 34);
  EXPECT_EQ(u.head, 300u * 2 * 34 + 64 * 4);
  EXPECT_EQ(u.norms, 2u * 2 * 64 * 4);
  EXPECT_EQ(u.embedding, 2u * 34);
  EXPECT_EQ(u.rotation, 16u * 4);
  EXPECT_EQ(u.kv_token, 2u * 2 * (16 + 16 + 3));
  EXPECT_EQ(u.at(9, false), u.layers + u.norms + u.embedding + u.rotation + 11 * u.kv_token);
  EXPECT_EQ(u.at(9, true), u.at(9, false) + u.head);
  // It is the model's, so it does not depend on the split.
  EXPECT_EQ(u, compile(m, {.lanes = 8, .chips = 6, .context = 128}).useful);
}

}  // namespace
}  // namespace htx::compile
