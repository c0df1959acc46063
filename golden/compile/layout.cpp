// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/layout.hpp"

#include <bit>
#include <cstring>

namespace htx::compile {
namespace {

constexpr std::size_t kHeader = pkg::TILE_HDR_BURSTS * pkg::BURST_BYTES;

// The formats are little endian, and the floats are copied as the host has them.
static_assert(std::endian::native == std::endian::little);

std::uint8_t* at(std::vector<std::uint8_t>& dram, const pkg::seg_t& entry, std::uint64_t burst) {
  return dram.data() + (entry.addr + burst) * pkg::BURST_BYTES;
}

void copy_block(std::uint8_t* to, const float* from) { std::memcpy(to, from, pkg::BLK * sizeof(float)); }

}  // namespace

Tile tile_at(const Tensor& tensor, std::uint32_t unit, std::uint32_t group, std::uint32_t tile) {
  const GroupPlace place = group_place(tensor.symbol, unit, group);
  Tile result;
  for (std::size_t r = 0; r < pkg::BLK; ++r) result.rows[r] = weight_block(tensor, place.part, place.row + r, tile);
  return result;
}

void pack_tile(const Tile& tile, int bits, std::span<std::uint8_t> out) {
  const std::size_t row_bytes = bits == 4 ? pkg::BLK / 2 : pkg::BLK;
  for (std::size_t r = 0; r < pkg::BLK; ++r) {
    const WeightBlock& row = tile.rows[r];
    out[2 * r] = static_cast<std::uint8_t>(row.scale);
    out[2 * r + 1] = static_cast<std::uint8_t>(row.scale >> 8);
    std::uint8_t* bytes = out.data() + kHeader + r * row_bytes;
    for (std::size_t j = 0; j < row_bytes; ++j) {
      bytes[j] = bits == 4 ? static_cast<std::uint8_t>((row.values[2 * j] & 15) | (row.values[2 * j + 1] << 4))
                           : static_cast<std::uint8_t>(row.values[j]);
    }
  }
}

Tile unpack_tile(std::span<const std::uint8_t> bytes, int bits) {
  const std::size_t row_bytes = bits == 4 ? pkg::BLK / 2 : pkg::BLK;
  Tile tile;
  for (std::size_t r = 0; r < pkg::BLK; ++r) {
    WeightBlock& row = tile.rows[r];
    row.scale = static_cast<std::uint16_t>(bytes[2 * r] | (bytes[2 * r + 1] << 8));
    const std::uint8_t* from = bytes.data() + kHeader + r * row_bytes;
    for (std::size_t j = 0; j < pkg::BLK; ++j) {
      if (bits == 4) {
        const int nibble = (from[j / 2] >> (4 * (j % 2))) & 15;
        row.values[j] = static_cast<std::int8_t>(nibble < 8 ? nibble : nibble - 16);
      } else {
        row.values[j] = static_cast<std::int8_t>(from[j]);
      }
    }
  }
  return tile;
}

std::vector<std::uint8_t> lane_dram(const Graph& graph, const std::vector<Dealing>& dealings, const LaneMap& map,
                                    std::uint32_t lane) {
  std::vector<std::uint8_t> dram(map.image_bursts * pkg::BURST_BYTES);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& t = graph.tensors[i];
    const Segment& s = t.symbol;
    const pkg::seg_t& entry = map.segments[i];
    const Dealing& dealing = dealings[i];
    const Share share = dealing.share(lane);
    switch (s.kind) {
      case SegmentKind::pages:
        break;
      case SegmentKind::rotation: {
        const std::uint32_t stride = rotation_stride(graph, dealing.lanes);
        const Rotation rotation(*graph.model, graph.shape.head);
        for (std::uint32_t p = 0; p < graph.context && share.count > 0; ++p) {
          const std::vector<float> row = rotation.row(p);
          for (std::uint32_t b = 0; b < share.count; ++b) {
            copy_block(at(dram, entry, (std::uint64_t{p} * stride + b) * s.unit_bursts),
                       row.data() + (share.first + b * dealing.lanes) * pkg::BLK);
          }
        }
        break;
      }
      case SegmentKind::constants:
      case SegmentKind::norm:
        for (std::uint32_t b = 0; b < share.count; ++b) {
          copy_block(at(dram, entry, std::uint64_t{b} * s.unit_bursts),
                     t.values.data() + (share.first + b * dealing.lanes) * pkg::BLK);
        }
        break;
      case SegmentKind::matrix: {
        std::uint8_t* to = at(dram, entry, 0);
        const std::size_t tile_bytes = s.tile_bursts() * pkg::BURST_BYTES;
        for (std::uint32_t b = 0; b < share.count; ++b)
          for (std::uint32_t group = 0; group < s.groups_per_unit(); ++group)
            for (std::uint32_t tile = 0; tile < s.tiles(); ++tile, to += tile_bytes)
              pack_tile(tile_at(t, share.first + b * dealing.lanes, group, tile), s.bits, {to, tile_bytes});
        break;
      }
    }
  }
  return dram;
}

}  // namespace htx::compile
