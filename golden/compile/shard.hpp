// SPDX-License-Identifier: Apache-2.0
// Pass 2, shard: which unit of a segment lies on which global lane. Round robin over all lanes of all chips; the next
// segment starts where the last stopped. Pages and the rotation table have starts of their own.
#pragma once
#include <cstdint>
#include <vector>

#include "golden/compile/graph.hpp"

namespace htx::compile {

/// One lane's share: its i-th unit is unit first + i * lanes.
struct Share {
  std::uint32_t first = 0;  ///< below the number of lanes, also when count is 0
  std::uint32_t count = 0;
};

/// `units` dealt over `lanes` from lane `start` on.
struct Dealing {
  std::uint32_t lanes = 1, start = 0, units = 0;

  std::uint32_t lane_of(std::uint32_t unit) const { return (start + unit) % lanes; }
  std::uint32_t index_on_lane(std::uint32_t unit) const { return unit / lanes; }
  Share share(std::uint32_t lane) const {
    const std::uint32_t first = (lane + lanes - start) % lanes;
    return {first, units > first ? (units - first + lanes - 1) / lanes : 0};
  }
};

/// Page p of KV head h lies on lane (h + p) mod lanes.
inline Dealing deal_pages(std::uint32_t kv_head, std::uint32_t pages, std::uint32_t lanes) {
  return {lanes, kv_head % lanes, pages};
}

/// Dealings by segment number; also writes the segments' `start`.
std::vector<Dealing> shard(Graph& graph, std::uint32_t lanes_total);

}  // namespace htx::compile
