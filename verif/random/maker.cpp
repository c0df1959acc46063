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

/// What lies in the pages that a run reads: exponents at their limits; on all lanes at once, scales that no score survives; and
/// behind the last token of the last page NaN, which do not count.
void dress_pages(Maker& m, const Segment& s, unsigned bursts) {
  const unsigned number = m.run.position / pkg::BLK, low = m.run.position % pkg::BLK;
  const std::uint32_t page = s.addr + bursts * (number / m.total());
  const auto put = [&](std::uint32_t first, std::uint32_t count, const char* kind, unsigned skip, int lane) {
    m.c.regions.push_back({first, count, {kind, 1 + m.below(1000)}, skip, lane});
  };
  const bool flat = m.one_in(4);  // equal scores: the exponents alone decide how far a page is shifted
  for (std::uint32_t i = 0; i <= number / m.total() && i < 6; ++i) {
    if (flat) put(s.addr + bursts * i, 2, "zero", 0, -1);
    if (flat || m.one_in(3)) put(s.addr + bursts * i + 2, 1, "exponents", 0, -1);
  }
  if (m.one_in(24)) put(s.addr, 1, "poison", 0, -1);
  const unsigned owner = (s.start + number) % m.total();
  if (!m.one_in(2) || owner >= m.c.lanes || low == pkg::BLK - 1) return;
  const unsigned scale = 2 * (low + 1);  // bytes of the header that count
  put(page + scale / pkg::BURST_BYTES, 2 - scale / pkg::BURST_BYTES, "poison", scale % pkg::BURST_BYTES, static_cast<int>(owner));
  put(page + 2, 2, "poison", low + 1, static_cast<int>(owner));
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

void Maker::spread(pkg::instr_t& i) {
  if (c.columns > 1) i.cols = static_cast<std::uint8_t>(one_in(2) ? c.columns - 1 : below(c.columns));
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

unsigned Maker::logits() { return one_in(4) ? pkg::VMEM_BLOCKS - 1 - below(8) : one_in(3) ? run.vocab / pkg::BLK % pkg::VMEM_BLOCKS : below(8); }

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
  return new_segment(unit, one_in(3) ? std::min(most_units, below(3)) : one_in(10) ? most_units : std::min(most_units, below(2 * total() + 2)));
}

unsigned Maker::new_segment(unsigned unit, unsigned units) {
  Segment s;
  do s.entry = kPagesEntry + 20 + below(980);
  while (std::any_of(c.segments.begin(), c.segments.end(), [&](const Segment& o) { return o.entry == s.entry; }));
  s.units = units;
  s.start = below(std::min(2 * total(), 64U));
  s.addr = one_in(24) ? (1U << pkg::ADDR_W) - 1 - below(64) : kWeights + 64 * below(200) + below(3);
  region(s.addr, (s.units + total() - 1) / total() * unit);
  c.segments.push_back(s);
  return s.entry;
}

unsigned Maker::pages(unsigned n) {
  const unsigned number = kPagesEntry + 2 * n + below(2);
  if (std::none_of(c.segments.begin(), c.segments.end(), [&](const Segment& o) { return o.entry == number; })) {
    const Segment s{number, kPages + 0x1000 * below(20), below(total()), 0};
    const unsigned page = pkg::PAGE_HDR_BURSTS + 2 * pkg::PAGE_TILE_BURSTS * n;
    c.segments.push_back(s);
    if (!one_in(8)) region(s.addr, page * (1 + (run.position / pkg::BLK) / total()));
    dress_pages(*this, s, page);
  }
  return number;
}

const Segment& Maker::entry(unsigned number) const {
  return *std::find_if(c.segments.begin(), c.segments.end(), [&](const Segment& o) { return o.entry == number; });
}

}  // namespace htx::random
