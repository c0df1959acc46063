// SPDX-License-Identifier: Apache-2.0
// Pass 3, memory map: where every segment begins on every lane. Weights, norms and tables stand in segment order from
// address 0; behind them, in segment order too, the KV pages.
#pragma once
#include <cstdint>
#include <vector>

#include "golden/compile/graph.hpp"
#include "golden/compile/limits.hpp"
#include "golden/compile/shard.hpp"

namespace htx::compile {

struct LaneMap {
  std::vector<pkg::seg_t> segments;  ///< by segment number
  std::uint64_t image_bursts = 0;    ///< weights, norms, tables
  std::uint64_t kv_bursts = 0;       ///< reserved behind them
};

/// Blocks that a lane reserves for each position's rotation table: LOADV's n.
std::uint32_t rotation_stride(const Graph& graph, std::uint32_t lanes_total);

/// By global lane. Throws htx::Error, naming what and how much, when a lane's memory or a table does not suffice.
std::vector<LaneMap> map_memory(const Graph& graph, const std::vector<Dealing>& dealings, std::uint32_t lanes_total,
                                const Limits& limits);

}  // namespace htx::compile
