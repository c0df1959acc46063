// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/memory_map.hpp"

#include <fmt/format.h>

namespace htx::compile {
namespace {

std::uint64_t lane_bursts(const Graph& graph, const Segment& s, const Share& share, std::uint32_t lanes_total) {
  switch (s.kind) {
    case SegmentKind::pages:  // the same number on every lane
      return std::uint64_t{(s.units + lanes_total - 1) / lanes_total} * s.unit_bursts;
    case SegmentKind::rotation:
      return std::uint64_t{graph.context} * rotation_stride(graph, lanes_total) * s.unit_bursts;
    default:
      return std::uint64_t{share.count} * s.unit_bursts;
  }
}

}  // namespace

std::uint32_t rotation_stride(const Graph& graph, std::uint32_t lanes_total) {
  return (graph.tensors[kSegRotation].symbol.units + lanes_total - 1) / lanes_total;
}

std::vector<LaneMap> map_memory(const Graph& graph, const std::vector<Dealing>& dealings, std::uint32_t lanes_total,
                                const Limits& limits) {
  require(graph.tensors.size(), limits.segments, "segments", "layers and KV heads");
  require(graph.context, limits.tokens, "positions of token memory", "context");
  const std::uint64_t pages = ((graph.context + pkg::BLK - 1) / pkg::BLK + lanes_total - 1) / lanes_total;
  require(pages * pkg::BLK, limits.score_tokens, "tokens of a lane's score memory",
          fmt::format("context {} on {} lanes", graph.context, lanes_total));

  if (graph.shape.experts > 0)  // EXPERT reckons in 16 bits, over all lanes
    for (const Tensor& t : graph.tensors)
      if (t.symbol.kind == SegmentKind::matrix && t.symbol.layer >= 0) require(t.symbol.units, limits.stack_units, "units of a stack", t.symbol.name);

  std::vector<LaneMap> maps(lanes_total);
  for (std::uint32_t lane = 0; lane < lanes_total; ++lane) {
    LaneMap& map = maps[lane];
    map.segments.resize(graph.tensors.size());
    std::uint64_t next = 0;
    const auto place = [&](bool pages_now) {
      for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        const Segment& s = graph.tensors[i].symbol;
        if ((s.kind == SegmentKind::pages) != pages_now) continue;
        const Share share = dealings[i].share(lane);
        require(share.count, limits.units_a_lane, "units a lane", s.name);
        pkg::seg_t& entry = map.segments[i];
        entry.addr = static_cast<std::uint32_t>(next);
        entry.count = static_cast<std::uint16_t>(pages_now ? 0 : share.count);
        entry.first = static_cast<std::uint8_t>(share.first);
        next += lane_bursts(graph, s, share, lanes_total);
      }
    };
    place(false);
    map.image_bursts = next;
    place(true);
    map.kv_bursts = next - map.image_bursts;
    const std::uint64_t bytes = next * pkg::BURST_BYTES;
    require(bytes, limits.lane_bytes, "bytes a lane",
            fmt::format("lane {} ({} bytes of weights and tables, {} bytes of KV for context {})", lane,
                        map.image_bursts * pkg::BURST_BYTES, map.kv_bursts * pkg::BURST_BYTES, graph.context));
  }
  return maps;
}

}  // namespace htx::compile
