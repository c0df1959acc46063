// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/image.hpp"

#include <fmt/format.h>

#include "golden/compile/graph.hpp"

namespace htx::compile {

const char* to_string(SegmentKind kind) {
  switch (kind) {
    case SegmentKind::constants:
      return "constants";
    case SegmentKind::rotation:
      return "rotation";
    case SegmentKind::norm:
      return "norm";
    case SegmentKind::matrix:
      return "matrix";
    case SegmentKind::pages:
      return "pages";
  }
  return "unknown";
}

Place Image::place(std::uint32_t segment, std::uint32_t unit, std::uint32_t group, std::uint32_t tile,
                   std::uint32_t row, std::uint32_t element) const {
  const Segment& s = segments.at(segment);
  if (s.kind != SegmentKind::matrix || unit >= s.units || group >= s.groups_per_unit() || tile >= s.tiles())
    return {s.name, s.layer, -1, -1};
  const GroupPlace at = group_place(s, unit, group);
  return {s.parts[at.part].tensor, s.layer, s.parts[at.part].rows[at.row + row], s.cols[tile * pkg::BLK + element]};
}

std::string Image::describe(unsigned lane, std::uint64_t burst) const {
  const LaneImage& image = lane_images.at(lane);
  // Segments of units stand behind each other, so the last one that begins at or before the burst holds it.
  std::size_t found = segments.size();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const pkg::seg_t& e = image.segments[i];
    if (e.addr > burst || (segments[i].kind != SegmentKind::pages && e.count == 0)) continue;
    if (found == segments.size() || e.addr >= image.segments[found].addr) found = i;
  }
  const std::uint64_t end = (image.dram.size() + image.kv_bytes) / pkg::BURST_BYTES;
  if (found == segments.size() || burst >= end) return fmt::format("lane {} burst {}: beyond the image", lane, burst);

  const Segment& s = segments[found];
  const pkg::seg_t& e = image.segments[found];
  const std::uint64_t in_segment = burst - e.addr;
  const auto index = static_cast<std::uint32_t>(in_segment / s.unit_bursts);
  std::uint32_t rest = static_cast<std::uint32_t>(in_segment % s.unit_bursts);
  const std::uint32_t unit = e.first + index * lanes_total();
  std::string text = fmt::format("lane {} burst {}: segment {} {}", lane, burst, found, s.name);
  switch (s.kind) {
    case SegmentKind::rotation: {
      const std::uint32_t stride = (s.units + lanes_total() - 1) / lanes_total();
      return text + fmt::format(", position {}, block {}", index / stride, e.first + index % stride * lanes_total());
    }
    case SegmentKind::pages: {
      text += fmt::format(", page {}", unit);
      if (rest < pkg::PAGE_HDR_BURSTS) return text + fmt::format(", header burst {}", rest);
      rest -= pkg::PAGE_HDR_BURSTS;
      const std::uint32_t tile = rest / pkg::PAGE_TILE_BURSTS, kt = (s.unit_bursts / pkg::PAGE_TILE_BURSTS) / 2;
      return text + fmt::format(", {} tile {}, token {}", tile < kt ? "key" : "value", tile % kt,
                                rest % pkg::PAGE_TILE_BURSTS);
    }
    case SegmentKind::matrix: {
      const std::uint32_t group_bursts = s.tiles() * s.tile_bursts();
      const std::uint32_t group = rest / group_bursts, tile = rest % group_bursts / s.tile_bursts();
      const std::uint32_t in_tile = rest % s.tile_bursts();
      const GroupPlace at = group_place(s, unit, group);
      const SegmentPart& part = s.parts[at.part];
      text += fmt::format(", unit {}, tile {}, {}", unit, tile, part.tensor);
      if (in_tile < pkg::TILE_HDR_BURSTS)
        return text + fmt::format(" scales of rows {}..", part.rows[at.row + 16 * in_tile]);
      const std::uint32_t row = (in_tile - pkg::TILE_HDR_BURSTS) * (s.bits == 4 ? 2 : 1);
      return text + fmt::format(" row {} columns {}..", part.rows[at.row + row], s.cols[tile * pkg::BLK]);
    }
    default:
      return text + fmt::format(", block {}", unit);
  }
}

}  // namespace htx::compile
