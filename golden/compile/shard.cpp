// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/shard.hpp"

namespace htx::compile {

std::vector<Dealing> shard(Graph& graph, std::uint32_t lanes_total) {
  std::vector<Dealing> result;
  std::uint32_t next = 0;
  for (Tensor& t : graph.tensors) {
    Segment& s = t.symbol;
    Dealing d{lanes_total, next, s.units};
    if (s.kind == SegmentKind::pages) {
      d = deal_pages(static_cast<std::uint32_t>(s.kv_head), s.units, lanes_total);
    } else if (s.kind == SegmentKind::rotation) {
      d.start = 0;
    } else {
      next = (next + s.units) % lanes_total;
    }
    s.start = d.start;
    result.push_back(d);
  }
  return result;
}

}  // namespace htx::compile
