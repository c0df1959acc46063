// SPDX-License-Identifier: Apache-2.0
// Pass 4, layout: the bytes of tiles and blocks, and the DRAM of every lane.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "golden/compile/graph.hpp"
#include "golden/compile/memory_map.hpp"

namespace htx::compile {

/// 32 rows x 32 columns with their row scales.
struct Tile {
  WeightBlock rows[pkg::BLK];
};

/// Tile `tile` of row group `group` of unit `unit`.
Tile tile_at(const Tensor& tensor, std::uint32_t unit, std::uint32_t group, std::uint32_t tile);

/// `out` has the size of a tile of `bits`: header, then rows. 4-bit values must be from -8 to 7.
void pack_tile(const Tile& tile, int bits, std::span<std::uint8_t> out);
Tile unpack_tile(std::span<const std::uint8_t> bytes, int bits);

/// The DRAM of one lane up to its KV pages.
std::vector<std::uint8_t> lane_dram(const Graph& graph, const std::vector<Dealing>& dealings, const LaneMap& map,
                                    std::uint32_t lane);

}  // namespace htx::compile
