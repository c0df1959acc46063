// SPDX-License-Identifier: Apache-2.0
#include "verif/random/maker.hpp"

#include <algorithm>

namespace htx::random {
namespace {

constexpr std::uint32_t kWeights = 0x2000, kPages = 0x8000;  // bursts; the rude host writes from 0x20000 on
constexpr std::uint32_t kMostBursts = 0x1000;                // of one region
constexpr unsigned kPagesEntry = 16;                         // heads of n blocks: entry 16 + 2 n and the next

/// Whether reading n blocks from a while writing them from d on is not defined.
bool overrun(unsigned d, unsigned a, unsigned n) {
  const unsigned by = (d - a) % pkg::VMEM_BLOCKS;
  return by != 0 && by < n;
}

}  // namespace

unsigned Maker::edge(unsigned least, unsigned most) {
  if (most <= least) return least;
  if (one_in(4)) return least + below(std::min(most - least + 1, 12U));
  unsigned bits = 1;
  while (bits < 16 && 1U << bits <= most) ++bits;
  const unsigned power = 1U << below(one_in(3) ? bits : std::min(bits, 6U));
  const unsigned v = power + below(3) - 1;
  return std::clamp(v, least, most);
}

unsigned Maker::length(unsigned most, unsigned clocks) {
  const std::int64_t can = budget / (2 * std::int64_t{passes} * clocks);
  return edge(1, static_cast<unsigned>(std::clamp<std::int64_t>(can, 1, most)));
}

void Maker::put(pkg::instr_t i, unsigned clocks) {
  budget -= std::int64_t{clocks} * passes;
  if (i.op >= pkg::OP_MATVEC && percent(18)) {
    const unsigned reg = 1 + below(pkg::NREG - 1), value = one_in(3) ? 0xffff - below(4) : edge(0, 2000);
    auto load = op(pkg::OP_LDI, value);
    load.rd = static_cast<std::uint8_t>(reg);
    p.push_back(load);
    if (one_in(4)) {  // by way of another register
      auto copy = op(pkg::OP_LDI);
      copy.ra = static_cast<std::uint8_t>(reg);
      copy.rd = static_cast<std::uint8_t>(1 + reg % (pkg::NREG - 1));
      p.push_back(copy);
    }
    const unsigned used = p.back().rd;
    const unsigned field = below(3);
    (field == 0 ? i.a : field == 1 ? i.b : i.d) -= static_cast<std::uint16_t>(value);
    (field == 0 ? i.ra : field == 1 ? i.rb : i.rd) = static_cast<std::uint8_t>(used);
  }
  p.push_back(i);
}

unsigned Maker::source() {
  if (!blocks.empty() && !one_in(6)) return blocks[below(static_cast<unsigned>(blocks.size()))];
  return one_in(8) ? pkg::VMEM_BLOCKS - 1 - below(4) : below(200);
}

unsigned Maker::target() {
  const unsigned d = one_in(10) ? pkg::VMEM_BLOCKS - 1 - below(6) : edge(0, pkg::VMEM_BLOCKS - 1);
  blocks.push_back(d);
  return d;
}

unsigned Maker::target(unsigned a, unsigned b, unsigned n) {
  for (unsigned i = 0; i < 20; ++i) {
    const unsigned d = one_in(4) ? a : one_in(4) ? b : edge(0, pkg::VMEM_BLOCKS - 1);
    if (overrun(d, a, n) || overrun(d, b, n)) continue;
    blocks.push_back(d);
    return d;
  }
  return a;
}

Fill Maker::fill() {
  if (one_in(12)) return {};  // zeros: equal results, ties, shares of nothing
  const char* kind = percent(profile.extreme) ? (one_in(2) ? "wild" : "small") : "values";
  return {kind, 1 + below(1000)};
}

void Maker::region(std::uint32_t first, std::uint32_t bursts) {
  constexpr std::uint32_t end = 1U << pkg::ADDR_W;
  if (bursts == 0 || first >= end) return;
  c.regions.push_back({first, std::min({bursts, kMostBursts, end - first}), fill()});
}

unsigned Maker::segment(unsigned unit, unsigned most_units) {
  std::vector<const Segment*> known;
  for (const Segment& s : c.segments)
    if (s.units <= most_units && s.entry >= kPagesEntry + 20) known.push_back(&s);
  if (!known.empty() && (known.size() > 10 || !one_in(3))) return known[below(static_cast<unsigned>(known.size()))]->entry;
  Segment s;
  do s.entry = kPagesEntry + 20 + below(980);
  while (std::any_of(c.segments.begin(), c.segments.end(), [&](const Segment& o) { return o.entry == s.entry; }));
  s.units = one_in(3) ? std::min(most_units, below(3)) : std::min(most_units, below(2 * c.lanes + 2));
  s.start = below(2 * c.lanes);
  s.addr = one_in(24) ? (1U << pkg::ADDR_W) - 1 - below(64) : kWeights + 64 * below(200) + below(3);
  region(s.addr, (s.units + c.lanes - 1) / c.lanes * unit);
  c.segments.push_back(s);
  return s.entry;
}

unsigned Maker::pages(unsigned n) {
  const unsigned number = kPagesEntry + 2 * n + below(2);
  if (std::none_of(c.segments.begin(), c.segments.end(), [&](const Segment& o) { return o.entry == number; })) {
    const Segment s{number, kPages + 0x1000 * below(20), below(c.lanes), 0};
    const unsigned page = pkg::PAGE_HDR_BURSTS + 2 * pkg::PAGE_TILE_BURSTS * n;
    c.segments.push_back(s);
    if (!one_in(8)) region(s.addr, page * (1 + (run.position / pkg::BLK) / c.lanes));
  }
  return number;
}

const Segment& Maker::entry(unsigned number) const {
  return *std::find_if(c.segments.begin(), c.segments.end(), [&](const Segment& o) { return o.entry == number; });
}

}  // namespace htx::random
