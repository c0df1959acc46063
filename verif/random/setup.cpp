// SPDX-License-Identifier: Apache-2.0
#include "verif/random/setup.hpp"

#include <algorithm>

#include "verif/random/content.hpp"
#include "verif/random/programs.hpp"
#include "verif/random/rules.hpp"

namespace htx::random {
namespace {

constexpr std::uint32_t kValues = 0x3000000, kTame = 0x3010000;  // bursts
constexpr unsigned kTameBlocks = 8;                              // what activations and append buffer are quantised from
constexpr unsigned kWait = 1U << pkg::FLAG_WAIT;

/// Runs of marked blocks; gaps of a few are taken along.
template <std::size_t N>
std::vector<Range> ranges(const std::bitset<N>& marked) {
  std::vector<Range> r;
  for (unsigned i = 0; i < N; ++i) {
    if (!marked[i]) continue;
    if (!r.empty() && i <= r.back().first + r.back().count + 8) r.back().count = i + 1 - r.back().first;
    else r.push_back({i, 1});
  }
  return r;
}

void quantise(std::vector<pkg::instr_t>& p, const std::vector<Range>& to, unsigned mode, unsigned column = 0) {
  for (const Range& r : to)
    for (unsigned done = 0; done < r.count; done += kTameBlocks) {
      p.push_back(op(pkg::OP_VQUANT, 0, 0, r.first + done, std::min(kTameBlocks, r.count - done), 1, (p.size() == 1 ? kWait : 0) | mode << pkg::FLAG_QMODE));
      p.back().cols = static_cast<std::uint8_t>(column);
    }
}

}  // namespace

Setup setup(const Case& c, const Run& run) {
  Reads reads;
  undefined(c, run, &reads);
  Setup s;
  unsigned entry = pkg::SEG_ENTRIES;
  if (reads.kv.any() || std::any_of(reads.act.begin(), reads.act.end(), [](const auto& column) { return column.any(); })) {
    s.segments.push_back({--entry, kTame, 0, kTameBlocks});
    s.program.push_back(op(pkg::OP_LOADV, entry));
    for (unsigned c = 0; c < pkg::MAX_COLUMNS; ++c) quantise(s.program, ranges(reads.act[c]), pkg::Q_ACT, c);
    quantise(s.program, ranges(reads.kv), pkg::Q_KEY);
  }
  unsigned wait = s.program.empty() ? 0 : kWait;  // the first word written must find the tame blocks read
  for (const Range& r : ranges(reads.vmem)) {
    s.segments.push_back({--entry, kValues + 4 * r.first, 0, r.count});
    s.program.push_back(op(pkg::OP_LOADV, entry, 0, r.first, 0, 0, wait));
    wait = 0;
  }
  if (!s.program.empty()) s.program.push_back(op(pkg::OP_HALT));
  return s;
}

void lay_setup(const Case& c, unsigned lane, unsigned, chip::Storage& storage) {
  lay({kValues, 4 * pkg::VMEM_BLOCKS + 4, c.memories}, lane, storage);
  Fill tame = c.memories;
  if (tame.kind != "zero") tame.kind = "values";
  lay({kTame, 4 * kTameBlocks, tame}, lane, storage);
}

pkg::seg_t dealt(const Segment& segment, unsigned lane, unsigned lanes) {
  const unsigned first = (lane + lanes - segment.start % lanes) % lanes;
  pkg::seg_t s;
  s.addr = segment.addr;
  s.first = static_cast<std::uint8_t>(first);
  s.count = static_cast<std::uint16_t>(segment.units > first ? (segment.units - first + lanes - 1) / lanes : 0);
  return s;
}

}  // namespace htx::random
