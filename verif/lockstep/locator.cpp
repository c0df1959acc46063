// SPDX-License-Identifier: Apache-2.0
#include "verif/lockstep/locator.hpp"

#include <fmt/format.h>

#include "golden/compile/compile.hpp"

namespace htx::verif {
namespace {

/// The sequencer has moved on to the next instruction when its command shows.
std::uint32_t issuer(const chip::probe::Chip& p) { return static_cast<std::uint32_t>(p.seq_.pc_q - 1) & 0xffff; }

}  // namespace

void Locator::issue(const chip::probe::Chip& p) {
  Issued& i = issued_[count_++ % issued_.size()];
  i.cmd = pkg::lane_cmd_t::unpack(p.seq_.lane_cmd_o);
  i.pc = issuer(p);
  if (i.cmd.seg < image_->segments.size()) layer_ = image_->segments[i.cmd.seg].layer;
}

void Locator::issue_vector(const chip::probe::Chip& p) { vector_pc_ = issuer(p); }

std::string Locator::instruction(std::uint32_t pc) const {
  if (pc >= image_->program.size()) return fmt::format("pc {}", pc);
  return fmt::format("pc {}: {}  ; {}", pc, compile::disassemble(image_->program[pc]), image_->symbols[pc].text);
}

std::string Locator::weight(std::uint32_t segment, std::uint32_t unit, std::uint32_t group, std::uint32_t tile, std::uint32_t row) const {
  const compile::Segment& s = image_->segments[segment];
  if (unit >= s.units || tile >= s.tiles() || row >= pkg::BLK || s.parts.empty()) return "";
  const compile::Place at = image_->place(segment, unit, group, tile, row, 0);
  if (at.row < 0) return " = padding";
  return fmt::format(" = {} row {}, columns from {}", at.tensor, at.row, at.col);
}

std::string Locator::chip(const chip::probe::Chip& p) const {
  std::string s = fmt::format("  sequencer   position {}, {}\n", p.seq_.pos_o, instruction(static_cast<std::uint32_t>(p.seq_.pc_q)));
  s += fmt::format("  vector      last issued {}{}\n", instruction(vector_pc_), layer_ >= 0 ? fmt::format(" (layer {})", layer_) : "");
  return s;
}

std::string Locator::lane(const chip::probe::Chip& p, unsigned lane) const {
  const std::uint64_t begun = computing_[lane];
  if (begun == 0) return "  computing   nothing yet\n";
  const Issued& i = issued_[(begun - 1) % issued_.size()];
  if (i.cmd.seg >= image_->segments.size()) return fmt::format("  computing   {}\n", instruction(i.pc));
  const compile::Segment& segment = image_->segments[i.cmd.seg];
  const auto& dot = p.dot_[lane];
  const std::uint32_t unit = static_cast<std::uint32_t>(dot.unit_q), tile = static_cast<std::uint32_t>(dot.tile_q);
  const bool wide = segment.kind == compile::SegmentKind::pages || segment.bits == 8;
  const std::uint32_t row = static_cast<std::uint32_t>(dot.pos_q) >> (wide ? 1 : 0);
  std::string s = fmt::format("  computing   {}\n", instruction(i.pc));
  s += fmt::format("              layer {}, {}, lane {}: ", segment.layer, segment.name, lane);
  const std::uint32_t first = image_->lane_images[lane].segments[i.cmd.seg].first;
  const std::uint32_t lanes_total = image_->lanes_total();
  if (segment.kind == compile::SegmentKind::matrix) {
    const std::uint32_t group = segment.pair ? unit & 1 : 0;
    const std::uint32_t global = first + (segment.pair ? unit >> 1 : unit) * lanes_total;
    s += fmt::format("row group {} (unit {} of this lane), beats at tile {} of {}, {}", global, unit, tile, segment.tiles(),
                     dot.hdr_q ? "header" : fmt::format("row {}", row));
    if (p.accum_[lane].acc_we) {
      // The sum that ends now entered the multipliers less than a tile ago: a row not yet reached again is the last tile's.
      const auto sum = static_cast<std::uint32_t>(p.accum_[lane].acc_row);
      const bool before = dot.hdr_q || sum > row;
      if (!before || tile > 0) {
        s += fmt::format("\n              accumulating tile {}, row {}", tile - before, sum);
        s += weight(i.cmd.seg, global, group, tile - before, sum);
      } else {
        s += fmt::format("\n              accumulating row {} of the last tile of the row group before", sum);
      }
    } else if (!dot.hdr_q) {
      s += weight(i.cmd.seg, global, group, tile, row);
    }
  } else if (segment.kind == compile::SegmentKind::pages) {
    const std::uint32_t page = first + unit * lanes_total;
    s += fmt::format("KV head {}, page {}, tile {}, {}", segment.kv_head, page, tile,
                     dot.hdr_q ? "header" : fmt::format("row {} = token {}", row, 32 * page + row));
  } else {
    s += fmt::format("block {}, beat {}", unit, dot.pos_q);
  }
  return s + "\n";
}

}  // namespace htx::verif
