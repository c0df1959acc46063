// SPDX-License-Identifier: Apache-2.0
// Commands and segments with every bit in use: too long to be streamed to their end, so what a lane asks for first is held against
// the formats of docs/architecture.md, and the twin at every clock; then a reset.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/stream/rtl_stream.hpp"
#include "verif/block_lockstep.hpp"

using namespace htx;

namespace {

constexpr std::uint64_t kMemory = std::uint64_t{1} << pkg::ADDR_W;

/// Twin and RTL on the same inputs.
struct Pair {
  explicit Pair(unsigned seed) : rtl(seed, 63) { rtl.reset(); }
  bool clock() {
    twin.step(in);
    rtl.step(in);
    chip::probe::stream golden{}, actual{};
    twin.probe(golden);
    rtl.probe(actual);
    if (verif::same(golden, actual)) return true;
    ADD_FAILURE() << verif::differences(golden, actual);
    return false;
  }
  void reset() {
    in = {};
    twin.reset();
    rtl.reset();
  }
  chip::Stream twin;
  test::RtlStream rtl;
  chip::Stream::In in;
};

struct Wanted {
  std::vector<std::uint32_t> first;  ///< addresses of the first requests
  bool write = false;                ///< the first is a write
  bool done = true;                  ///< the command reaches the compute side
  std::uint16_t count = 0, out = 0;
};

/// The first bursts of `runs` runs of `len`, `step` apart, the runs `stride` apart.
void bursts(Wanted& w, std::uint64_t at, std::uint64_t runs, std::uint64_t len, std::uint64_t step, std::uint64_t stride, std::size_t most) {
  for (std::uint64_t r = 0; r < runs; ++r)
    for (std::uint64_t b = 0; b < len; ++b) {
      if (w.first.size() == most) return;
      w.first.push_back(static_cast<std::uint32_t>((at + r * stride + b * step) % kMemory));
    }
}

Wanted wanted(const pkg::lane_cmd_t& c, const pkg::seg_t& s, std::size_t most, unsigned lanes) {
  Wanted w;
  w.out = static_cast<std::uint16_t>(c.out + (c.op == pkg::L_MATVEC || c.op == pkg::L_LOADV ? s.first : 0));
  const bool mine = s.first == c.rem;
  const std::uint64_t at = s.addr, unit = c.quot, page = 4 + 64 * static_cast<std::uint64_t>(c.kt);
  switch (c.op) {
    case pkg::L_MATVEC:
      if (c.expert) {  // of the lane's units, [from, to)
        const std::uint64_t from = unit + (s.first < c.rem), to = (c.off & 0xffff) + (s.first < (c.off >> 16 & 63)), row = (c.w8 ? 34 : 18) * std::uint64_t{c.kt};
        w.count = static_cast<std::uint16_t>((to - from) << c.pair);
        w.out = static_cast<std::uint16_t>(c.out + s.first + from * lanes - (unit * lanes + c.rem));
        bursts(w, at + (from * row << c.pair), w.count, row, 1, row, most);
        break;
      }
      w.count = static_cast<std::uint16_t>(s.count << c.pair);
      bursts(w, at, w.count, (c.w8 ? 34 : 18) * std::uint64_t{c.kt}, 1, (c.w8 ? 34 : 18) * std::uint64_t{c.kt}, most);
      break;
    case pkg::L_EMBED:
      w.count = static_cast<std::uint16_t>(mine ? c.kt : 0);
      bursts(w, at + unit * c.kt * 34 + c.low / 16, w.count, 2, 2 + c.low - c.low / 16, 34, most);
      break;
    case pkg::L_LOADV:
      w.count = s.count;
      bursts(w, at + c.off, s.count, 4, 1, 4, most);
      break;
    case pkg::L_APPEND:
      w.done = !mine || c.low == 0;  // a fresh page reads nothing, and nobody answers here
      if (mine && c.low != 0) w.first = {static_cast<std::uint32_t>((at + unit * page + c.low / 16) % kMemory)};
      else if (mine) w.first = {static_cast<std::uint32_t>((at + unit * page + 4) % kMemory)}, w.write = true;
      break;
    default:
      w.count = static_cast<std::uint16_t>(unit + (s.first <= c.rem));
      if (c.op == pkg::L_SCORE) bursts(w, at, w.count, 4 + 32 * std::uint64_t{c.kt}, 1, page, most);
      else bursts(w, at + 4 + 32 * std::uint64_t{c.kt}, w.count, 32 * std::uint64_t{c.kt}, 1, page, most);
  }
  return w;
}

std::uint64_t bits(std::mt19937& rng, unsigned n) { return (rng() | static_cast<std::uint64_t>(rng()) << 32) & ((std::uint64_t{1} << n) - 1); }

pkg::lane_cmd_t any_command(std::mt19937& rng) {
  pkg::lane_cmd_t c;
  c.op = static_cast<std::uint8_t>(rng() % 6);
  c.wait_vec = rng() % 2;
  c.w8 = rng() % 2;
  c.argmax = rng() % 2;
  c.nostore = rng() % 2;
  c.pair = rng() % 2;
  c.vec_tag = bits(rng, 8);
  c.seg = bits(rng, 11);
  c.act = bits(rng, 10);
  c.out = bits(rng, 11);
  c.kt = c.op >= pkg::L_APPEND ? 1 + rng() % pkg::HEAD_BLOCKS : c.op == pkg::L_LOADV ? bits(rng, 10) : 1 + rng() % 1023;
  c.pstride = bits(rng, 11);
  c.quot = bits(rng, 16);
  if (c.op > pkg::L_APPEND && c.quot == 0xffff) --c.quot;
  c.rem = bits(rng, 6);
  c.low = rng() % 4 ? bits(rng, 5) : 0;
  c.off = bits(rng, 28);
  c.expert = c.op == pkg::L_MATVEC && rng() % 2;
  return c;
}

}  // namespace

TEST(StreamWide, EveryBitOfACommandCounts) {
  constexpr std::size_t kFirst = 40;
  std::mt19937 rng(1);
  Pair p(1);
  for (unsigned i = 0; i < pkg::KVBUF_BLOCKS; ++i) {
    p.in.act_we = true;
    p.in.act.kv = 1;
    p.in.act.addr = i;
    p.in.act.scale = rng();
    for (auto& w : p.in.act.data) w = bits(rng, 64 - 1);
    p.clock();
  }
  p.in.act_we = false;
  for (unsigned round = 0; round < 600 && !HasFailure(); ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    const unsigned lanes = 1 + rng() % 63;
    p.rtl.lanes_total(lanes);
    p.in.lanes_total = static_cast<std::uint8_t>(lanes);
    const auto c = any_command(rng);
    pkg::seg_t s;
    s.addr = bits(rng, 28);
    s.count = c.pair ? bits(rng, 15) : bits(rng, 16);
    s.first = rng() % 2 && c.rem < lanes ? c.rem : rng() % lanes;
    s.spare = bits(rng, 14);  // ignored
    const Wanted want = wanted(c, s, kFirst, lanes);

    p.in.seg_we = true;
    p.in.seg_addr = c.seg;
    p.in.seg_data = s.pack()[0];
    p.clock();
    p.in.seg_we = false;
    p.in.vec_done = static_cast<std::uint8_t>(c.vec_tag + rng() % 128);  // reached
    p.in.cmd_valid = true;
    p.in.cmd = c;
    p.clock();
    p.in.cmd_valid = false;
    p.in.comp_ready = p.in.req_ready = true;
    std::vector<std::uint32_t> asked;
    std::vector<pkg::comp_cmd_t> comps;
    bool write = false;
    for (unsigned i = 0; i < 60 && !HasFailure(); ++i) {
      p.in.act_we = rng() % 2;
      p.in.act.kv = 0;  // another memory's: ignored
      p.in.act.addr = bits(rng, 10);
      const auto& o = p.twin.out();
      if (o.comp_valid) comps.push_back(o.comp);
      if (o.req_valid && asked.size() < want.first.size()) {
        if (asked.empty()) write = o.req.write;
        asked.push_back(o.req.addr);
      }
      p.clock();
    }
    EXPECT_EQ(asked, want.first);
    EXPECT_EQ(write, want.write);
    ASSERT_EQ(comps.size(), want.done ? 1U : 0U);
    if (want.done) {
      EXPECT_EQ(comps[0].count, want.count);
      EXPECT_EQ(comps[0].out, want.out);
      EXPECT_EQ(comps[0].low, c.op > pkg::L_APPEND && s.first != c.rem ? 31 : c.low);
      EXPECT_EQ(comps[0].act, c.act);
      EXPECT_EQ(comps[0].kt, c.kt);
      EXPECT_EQ(comps[0].pstride, c.pstride);
      EXPECT_EQ(comps[0].vec_tag, c.vec_tag);
    }
    p.reset();
  }
}

TEST(StreamWide, TileFifoFillsToItsLastPlace) {
  Pair p(2);
  pkg::seg_t s;
  s.count = 60000;
  p.in.seg_we = true;
  p.in.seg_data = s.pack()[0];
  p.clock();
  p.in.seg_we = false;
  p.in.cmd_valid = true;
  p.in.cmd.op = pkg::L_MATVEC;
  p.in.cmd.kt = 1023;
  p.clock();
  p.in.cmd_valid = false;
  p.in.req_ready = true;
  unsigned asked = 0, sent = 0, taken = 0;
  const auto clock = [&](bool take) {
    p.in.beat_ready = take;
    p.in.rsp_valid = sent < 2 * asked;
    p.in.rsp_data = {sent, ~std::uint64_t{sent}};
    sent += p.in.rsp_valid;
    const auto& o = p.twin.out();
    if (o.beat_valid && take) {
      EXPECT_EQ(o.beat, (Bits<2>{taken, ~std::uint64_t{taken}}));
      ++taken;
    }
    asked += o.req_valid;
    return p.clock();
  };
  for (unsigned i = 0; i < 1200; ++i) ASSERT_TRUE(clock(false));
  EXPECT_EQ(asked, pkg::STREAM_BEATS / 2) << "no more than there is room for";
  EXPECT_EQ(sent, pkg::STREAM_BEATS);
  for (unsigned i = 0; i < 3000; ++i) ASSERT_TRUE(clock(true));
  EXPECT_GT(taken, 2U * pkg::STREAM_BEATS);
}
