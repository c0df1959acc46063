// SPDX-License-Identifier: Apache-2.0
// Every weight, norm, constant and rotation at its address, read back through nothing but segment tables and formats.
#include "golden/compile/layout.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "golden/compile/compile.hpp"
#include "golden/numerics/numerics.hpp"
#include "tests/compile/models.hpp"

namespace htx::compile {
namespace {

const model::QMatrix& matrix_of(const model::Model& m, const std::string& tensor) {
  if (tensor == "token_embd.weight") return m.embedding;
  if (tensor == "output.weight") return m.output;
  const std::size_t dot = tensor.find('.', 4);
  const model::Layer& l = m.layers.at(static_cast<std::size_t>(std::stoi(tensor.substr(4, dot - 4))));
  const std::string part = tensor.substr(dot + 1);
  if (part == "attn_q.weight") return l.attn_q;
  if (part == "attn_k.weight") return l.attn_k;
  if (part == "attn_v.weight") return l.attn_v;
  if (part == "attn_output.weight") return l.attn_output;
  if (part == "ffn_gate.weight" || part == "ffn_gate_exps.weight") return l.ffn_gate;
  if (part == "ffn_up.weight" || part == "ffn_up_exps.weight") return l.ffn_up;
  if (part == "ffn_down.weight" || part == "ffn_down_exps.weight") return l.ffn_down;
  if (part == "ffn_gate_inp.weight") return l.router;
  throw std::logic_error(tensor);
}

float float_at(const LaneImage& lane, std::uint64_t burst, std::size_t element) {
  float f;
  std::memcpy(&f, lane.dram.data() + burst * 32 + 4 * element, 4);
  return f;
}

class Layout : public testing::TestWithParam<std::pair<unsigned, unsigned>> {};

// Walks the lanes as the hardware does and checks each weight against the model, and that all of them were seen once.
TEST_P(Layout, EveryWeightAtItsAddress) {
  const auto [lanes, chips] = GetParam();
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    const model::Model m = test::make_model(named);
    const Image image = compile(m, {.lanes = lanes, .chips = chips, .context = 40});
    const std::uint32_t total = lanes * chips;
    ASSERT_EQ(image.lane_images.size(), total);
    std::map<std::string, std::uint64_t> seen;
    for (std::uint32_t seg = 0; seg < image.segments.size(); ++seg) {
      const Segment& s = image.segments[seg];
      if (s.kind != SegmentKind::matrix) continue;
      for (std::uint32_t l = 0; l < total; ++l) {
        const LaneImage& lane = image.lane_images[l];
        const pkg::seg_t& e = lane.segments[seg];
        const std::size_t row_bytes = s.bits == 4 ? 16 : 32, tile_bytes = 64 + 32 * row_bytes;
        const std::uint8_t* tile = lane.dram.data() + std::size_t{e.addr} * 32;
        for (std::uint32_t i = 0; i < e.count; ++i) {
          for (std::uint32_t g = 0; g < (s.pair ? 2u : 1u); ++g) {
            for (std::uint32_t t = 0; t < s.cols.size() / 32; ++t, tile += tile_bytes) {
              for (std::uint32_t r = 0; r < 32; ++r) {
                const std::uint16_t scale = static_cast<std::uint16_t>(tile[2 * r] | tile[2 * r + 1] << 8);
                for (std::uint32_t j = 0; j < 32; ++j) {
                  const std::uint8_t byte = tile[64 + r * row_bytes + (s.bits == 4 ? j / 2 : j)];
                  int value = static_cast<std::int8_t>(byte);
                  if (s.bits == 4) value = ((byte >> (4 * (j % 2)) & 15) ^ 8) - 8;
                  const Place p = image.place(seg, e.first + i * total, g, t, r, j);
                  if (p.row < 0 || p.col < 0) {
                    ASSERT_EQ(value, 0) << s.name;
                    continue;
                  }
                  const model::QMatrix& q = matrix_of(m, p.tensor);
                  const auto row = static_cast<std::size_t>(p.row), col = static_cast<std::size_t>(p.col);
                  ASSERT_EQ(value, q.value(row, col)) << p.tensor << " " << row << "," << col;
                  ASSERT_EQ(scale, q.scale_bits(row, col / 32)) << p.tensor << " " << row << "," << col;
                  ++seen[p.tensor];
                }
              }
            }
          }
        }
        ASSERT_LE(tile, lane.dram.data() + lane.dram.size());
      }
    }
    std::size_t matrices = m.tied_head ? 1 : 2;
    for (const auto& [tensor, count] : seen)
      EXPECT_EQ(count, matrix_of(m, tensor).rows * matrix_of(m, tensor).cols) << tensor;
    EXPECT_EQ(seen.size(), matrices + (m.hyper.experts > 0 ? 8 : 7) * m.layers.size());  // experts are one stack, and have a router
  }
}

TEST_P(Layout, NormsConstantsAndRotations) {
  const auto [lanes, chips] = GetParam();
  const std::uint32_t total = lanes * chips;
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    const model::Model m = test::make_model(named);
    const Image image = compile(m, {.lanes = lanes, .chips = chips, .context = 40});
    const auto fp32_block = [&](std::uint32_t seg, std::uint32_t unit, std::uint64_t skip = 0) {
      for (std::uint32_t l = 0; l < total; ++l) {
        const pkg::seg_t& e = image.lane_images[l].segments[seg];
        for (std::uint32_t i = 0; i < e.count; ++i)
          if (e.first + i * total == unit) return std::pair{l, e.addr + skip + 4 * std::uint64_t{i}};
      }
      ADD_FAILURE() << "unit " << unit << " of segment " << seg << " is nowhere";
      return std::pair{0u, std::uint64_t{0}};
    };
    const auto check = [&](std::uint32_t seg, const std::vector<float>& values) {
      ASSERT_EQ(image.segments[seg].units, (values.size() + 31) / 32);
      for (std::size_t i = 0; i < image.segments[seg].units * std::size_t{32}; ++i) {
        const auto [lane, burst] = fp32_block(seg, static_cast<std::uint32_t>(i / 32));
        ASSERT_EQ(float_at(image.lane_images[lane], burst, i % 32), i < values.size() ? values[i] : 0.0f);
      }
    };
    for (std::uint32_t i = 0; i < m.layers.size(); ++i) {
      check(image.first_layer_segment + i * image.layer_stride + kAttnNorm, m.layers[i].attn_norm);
      check(image.first_layer_segment + i * image.layer_stride + kFfnNorm, m.layers[i].ffn_norm);
    }
    check(image.first_layer_segment + static_cast<std::uint32_t>(m.layers.size()) * image.layer_stride, m.output_norm);
    check(kSegConstants,
          {numerics::kNegLog2e, 1.0f, 1.0f / static_cast<float>(m.hyper.dim), m.hyper.eps, numerics::kInv127,
           static_cast<float>(1.4426950408889634 / std::sqrt(double(m.hyper.head_size))), 0.0f, static_cast<float>(-0.5 * 1.4426950408889634)});

    const HeadLayout head = lay_out_heads(m.hyper);
    const auto kt = static_cast<std::uint32_t>(head.blocks);
    const std::uint32_t stride = (2 * kt + total - 1) / total;
    for (const std::uint32_t position : {0u, 1u, 39u}) {
      for (int e = 0; e < head.padded(); ++e) {
        const std::uint64_t skip = std::uint64_t{position} * stride * 4;
        const auto [lane_c, burst_c] = fp32_block(kSegRotation, static_cast<std::uint32_t>(e / 32), skip);
        const auto [lane_s, burst_s] = fp32_block(kSegRotation, kt + static_cast<std::uint32_t>(e / 32), skip);
        const float c = float_at(image.lane_images[lane_c], burst_c, static_cast<std::size_t>(e % 32));
        const float s = float_at(image.lane_images[lane_s], burst_s, static_cast<std::size_t>(e % 32));
        if (e >= m.hyper.head_size) {
          ASSERT_EQ(c, 1.0f);
          ASSERT_EQ(s, 0.0f);
        } else {
          const double angle = position * model::rope_frequency(m, e / 2);
          ASSERT_NEAR(c, std::cos(angle), 1e-6);
          ASSERT_NEAR(s, e % 2 ? std::sin(angle) : -std::sin(angle), 1e-6);
        }
      }
    }
  }
}

// Segments of a lane follow each other without gap or overlap, pages behind all else, the same number on every lane.
TEST_P(Layout, MemoryIsTiled) {
  const auto [lanes, chips] = GetParam();
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    const model::Model m = test::make_model(named);
    const Image image = compile(m, {.lanes = lanes, .chips = chips, .context = 100});
    const std::uint32_t total = lanes * chips, pages = (4 + total - 1) / total;
    for (std::uint32_t l = 0; l < total; ++l) {
      const LaneImage& lane = image.lane_images[l];
      std::uint64_t next = 0;
      for (const bool kv : {false, true}) {
        for (std::uint32_t seg = 0; seg < image.segments.size(); ++seg) {
          const Segment& s = image.segments[seg];
          if ((s.kind == SegmentKind::pages) != kv) continue;
          const pkg::seg_t& e = lane.segments[seg];
          ASSERT_EQ(e.addr, next) << s.name;
          if (kv) {
            ASSERT_EQ(s.unit_bursts, 4 + 64 * static_cast<std::uint32_t>(lay_out_heads(m.hyper).blocks));
            ASSERT_EQ(e.first, (l + total - static_cast<std::uint32_t>(s.kv_head) % total) % total);
            next += std::uint64_t{pages} * s.unit_bursts;
          } else if (s.kind == SegmentKind::rotation) {
            next += std::uint64_t{100} * ((s.units + total - 1) / total) * 4;
          } else {
            next += std::uint64_t{e.count} * s.unit_bursts;
          }
        }
        if (!kv) ASSERT_EQ(lane.dram.size(), next * 32);
      }
      ASSERT_EQ(lane.dram.size() + lane.kv_bytes, next * 32);
    }
  }
}

std::vector<std::pair<unsigned, unsigned>> splits() {
  std::vector<std::pair<unsigned, unsigned>> all;
  for (const unsigned chips : {1u, 2u, 3u, 6u})
    for (unsigned lanes = 1; lanes <= 8; ++lanes) all.emplace_back(lanes, chips);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Splits, Layout, testing::ValuesIn(splits()), [](const auto& info) {
  return std::to_string(info.param.first) + "lanes" + std::to_string(info.param.second) + "chips";
});

TEST(Tile, PacksAndUnpacksExactly) {
  test::Random random(11);
  for (const int bits : {4, 8}) {
    for (int round = 0; round < 50; ++round) {
      Tile tile;
      for (WeightBlock& row : tile.rows) {
        row.scale = static_cast<std::uint16_t>(random.bits());
        for (std::int8_t& v : row.values)
          v = static_cast<std::int8_t>(bits == 4 ? static_cast<int>(random.below(16)) - 8
                                                 : static_cast<int>(random.below(256)) - 128);
      }
      std::vector<std::uint8_t> bytes(bits == 4 ? 576 : 1088, 0xa5);
      pack_tile(tile, bits, bytes);
      const Tile back = unpack_tile(bytes, bits);
      for (std::size_t r = 0; r < 32; ++r) {
        ASSERT_EQ(back.rows[r].scale, tile.rows[r].scale);
        ASSERT_TRUE(std::equal(std::begin(tile.rows[r].values), std::end(tile.rows[r].values), back.rows[r].values));
      }
    }
  }
}

// Query and key keep their order; a value's elements never share a block across a scale block of attn_output.
TEST(Heads, ValuesRespectScaleBlocks) {
  for (const auto [heads, kv, size, blocks] : {std::array{4, 2, 8, 1},
                                               {4, 2, 32, 1},
                                               {2, 1, 64, 2},
                                               {4, 2, 48, 3},
                                               {4, 4, 48, 2},
                                               {3, 3, 100, 4},
                                               {5, 1, 24, 3},
                                               {1, 1, 256, 8}}) {
    model::Hyper h;
    h.heads = heads;
    h.kv_heads = kv;
    h.head_size = size;
    const HeadLayout layout = lay_out_heads(h);
    EXPECT_EQ(layout.blocks, blocks) << size;
    for (int q = 0; q < heads; ++q) {
      const auto& slot = layout.value_slot[static_cast<std::size_t>(q / (heads / kv))];
      std::map<int, int> scale_of_block;
      std::set<int> used;
      for (int e = 0; e < size; ++e) {
        EXPECT_TRUE(used.insert(slot[static_cast<std::size_t>(e)]).second);
        const auto [at, fresh] =
            scale_of_block.try_emplace(slot[static_cast<std::size_t>(e)] / 32, (q * size + e) / 32);
        EXPECT_EQ(at->second, (q * size + e) / 32);
      }
      EXPECT_LT(*used.rbegin(), layout.padded());
    }
  }
}

}  // namespace
}  // namespace htx::compile
