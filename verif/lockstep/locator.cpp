// SPDX-License-Identifier: Apache-2.0
#include "verif/lockstep/locator.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "golden/compile/compile.hpp"

namespace htx::verif {

std::string Locator::around(const chip::probe::Chip& p, std::string_view name, unsigned lane) const {
  std::string s;
  if (name == "htx_stream" || name == "htx_channel") s = streaming(p, lane) + computing(p, lane);
  else if (name == "htx_dot" || name == "htx_dot_col" || name == "htx_finish" || name == "htx_accum") s = computing(p, lane);
  else if (name == "htx_attn") s = attention(lane) + computing(p, lane);
  else if (name == "htx_tree") s = tree(p);
  else if (name == "htx_collect" || name == "htx_argmax") s = collecting(p);
  s += fmt::format("  sequencer   position {}, {}\n", p.seq_.pos_o, instruction(static_cast<std::uint32_t>(p.seq_.pc_q)));
  return s + vector(p);
}

std::string Locator::instruction(std::uint32_t pc) const {
  if (pc >= image_->program.size()) return fmt::format("pc {}", pc);
  return fmt::format("pc {}: {}  ; {}", pc, compile::disassemble(image_->program[pc]), image_->symbols[pc].text);
}

std::string Locator::line(const char* who, const Issued* i) const {
  if (i == nullptr) return fmt::format("  {:<11} nothing yet\n", who);
  return fmt::format("  {:<11} {} (position {}{})\n", who, instruction(i->pc), i->position, i->layer < 0 ? "" : fmt::format(", layer {}", i->layer));
}

std::string Locator::elements(std::uint32_t word) const {
  const std::uint32_t block = word / (pkg::BLK / pkg::VW), first = word % (pkg::BLK / pkg::VW) * pkg::VW;
  std::string s = fmt::format("elements {} to {} of vm block {}", first, first + pkg::VW - 1, block);
  for (const compile::VectorSymbol& v : image_->vectors)
    if (block >= v.block && block < v.block + v.blocks) s += fmt::format(" = {}, from element {}", v.name, (block - v.block) * pkg::BLK + first);
  return s;
}

std::string Locator::vector(const chip::probe::Chip& p) const {
  const Issued* open = commands_.vector().oldest_open(p.vector_.done_o);
  if (open == nullptr) return line("vector done", commands_.vector().count == 0 ? nullptr : commands_.vector().number(commands_.vector().count - 1));
  std::string s = line("vector", open);
  if (p.vector_.we_o) s += fmt::format("              writing {}\n", elements(static_cast<std::uint32_t>(p.vector_.waddr_o)));
  return s;
}

std::string Locator::streaming(const chip::probe::Chip& p, unsigned lane) const {
  const std::uint64_t taken = commands_.streamed(p, lane);
  std::string s = line("streaming", taken == 0 ? nullptr : commands_.lane().number(taken - 1));
  if (p.stream_[lane].run_busy && !p.stream_[lane].append_state)
    s += fmt::format("              next burst {:x}: {}\n", p.stream_[lane].run_addr, image_->describe(lane, p.stream_[lane].run_addr));
  return s;
}

std::string Locator::attention(unsigned lane) const {
  return line("attention", commands_.attending(lane) == 0 ? nullptr : commands_.lane().number(commands_.attending(lane) - 1));
}

std::string Locator::tree(const chip::probe::Chip& p) const {
  std::string s = line("joining", commands_.pv().oldest_open(p.tree_.done_o));
  const auto result = pkg::res_word_t::unpack(p.tree_.res_o);
  if (p.tree_.res_valid_o) s += fmt::format("              result for {}\n", elements(result.addr));
  return s;
}

std::string Locator::collecting(const chip::probe::Chip& p) const {
  std::uint64_t least = commands_.lane().count;  // results of the lane that is furthest behind may still come
  for (unsigned l = 0; l < lanes_; ++l) least = std::min(least, commands_.computing(l));
  std::string s = line("collecting", least == 0 ? nullptr : commands_.lane().number(least - 1));
  if (p.collect_.we_o) s += fmt::format("              writing {}\n", elements(static_cast<std::uint32_t>(p.collect_.waddr_o)));
  if (p.collect_.logit_valid_o) s += fmt::format("              logits of tokens {0} to {1}\n", 8 * p.collect_.logit_addr_o, 8 * p.collect_.logit_addr_o + 7);
  return s;
}

std::string Locator::weight(std::uint32_t segment, std::uint32_t unit, std::uint32_t group, std::uint32_t tile, std::uint32_t row) const {
  const compile::Segment& s = image_->segments[segment];
  if (unit >= s.units || tile >= s.tiles() || row >= pkg::BLK || s.parts.empty()) return "";
  const compile::Place at = image_->place(segment, unit, group, tile, row, 0);
  if (at.row < 0) return " = padding";
  return fmt::format(" = {} row {}, columns from {}", at.tensor, at.row, at.col);
}

std::string Locator::computing(const chip::probe::Chip& p, unsigned lane) const {
  const Issued* found = commands_.computing(lane) == 0 ? nullptr : commands_.lane().number(commands_.computing(lane) - 1);
  std::string s = line("computing", found);
  if (found == nullptr || found->lane.seg >= image_->segments.size()) return s;
  const Issued& i = *found;
  const compile::Segment& segment = image_->segments[i.lane.seg];
  const auto& dot = p.dot_[lane];
  const std::uint32_t unit = static_cast<std::uint32_t>(dot.unit_q), tile = static_cast<std::uint32_t>(dot.tile_q);
  const bool wide = segment.kind == compile::SegmentKind::pages || segment.bits == 8;
  const std::uint32_t row = static_cast<std::uint32_t>(dot.pos_q) >> (wide ? 1 : 0);
  s += fmt::format("              {}, lane {}: ", segment.name, lane);
  const std::uint32_t first = image_->lane_images[lane].segments[i.lane.seg].first;
  const std::uint32_t lanes_total = image_->lanes_total();
  if (segment.kind == compile::SegmentKind::matrix) {
    const std::uint32_t group = segment.pair ? unit & 1 : 0;
    const std::uint32_t global = first + (segment.pair ? unit >> 1 : unit) * lanes_total;
    s += fmt::format("row group {} (unit {} of this lane), beats at tile {} of {}, {}", global, unit, tile, segment.tiles(),
                     dot.hdr_q ? "header" : fmt::format("row {}", row));
    if (p.accum_[8 * lane].acc_we) {
      // The sum that ends now entered the multipliers less than a tile ago: a row not yet reached again is the last tile's.
      const auto sum = static_cast<std::uint32_t>(p.accum_[8 * lane].acc_row);
      const bool before = dot.hdr_q || sum > row;
      if (!before || tile > 0) {
        s += fmt::format("\n              accumulating tile {}, row {}", tile - before, sum);
        s += weight(i.lane.seg, global, group, tile - before, sum);
      } else {
        s += fmt::format("\n              accumulating row {} of the last tile of the row group before", sum);
      }
    } else if (!dot.hdr_q) {
      s += weight(i.lane.seg, global, group, tile, row);
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
