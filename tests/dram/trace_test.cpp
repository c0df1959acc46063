// SPDX-License-Identifier: Apache-2.0
// Commands and CA bits, and the text format: what is read, what is refused and where.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "golden/model/error.hpp"
#include "tests/dram/trace_builder.hpp"

namespace htx::dram::test {
namespace {

// The two ways from CAS to data, of docs/lpddr5.md: WCK's latencies add up to RL and WL.
template <int RlSet, char WlSet>
constexpr bool adds_up() {
  constexpr Timings t = timings(Column::legal, {.rl_set = RlSet, .wl_set = WlSet});
  static_assert(t.RL == t.tWCKENL_RD - 1 + t.tWCKPRE_Static + t.tWCKPRE_Toggle_RD);
  static_assert(t.WL == t.tWCKENL_WR - 1 + t.tWCKPRE_Static + t.tWCKPRE_Toggle_WR);
  return true;
}
static_assert(adds_up<0, 'A'>() && adds_up<1, 'A'>() && adds_up<2, 'A'>() && adds_up<0, 'B'>() && adds_up<1, 'B'>() && adds_up<2, 'B'>());

// Numbers that stand in the sources, against what the tables make of them.
constexpr Timings k32 = timings(Column::legal, {}), k8 = timings(Column::legal, {.density = 8}), kCtl = timings(Column::controller, {}),
                  kHot = timings(Column::legal, {.hot = true});
static_assert(k32.RL == 17 && k32.WL == 9 && k32.tRCD == 15 && k32.tRPpb == 15 && k32.tRPab == 17 && k32.tRAS == 34 && k32.tRC == 49 && k32.tRRD == 4 && k32.tFAW == 16);
static_assert(k32.tW2R_S == 16 && k32.tW2R_L == 23 && k32.tR2W == 12 && kCtl.tR2W == 17 && k32.tRTP == 6 && kCtl.tRTP == 8 && k32.tWTP == 40 && k32.tCCDMW == 16);
static_assert(k32.tRFCab == 304 && k8.tRFCab == 168 && k32.tRFCpb == 152 && k8.tRFCpb == 96 && k32.tpbR2pbR == 72 && k32.tREFI == 3125 && k32.tpbR2act == 6);
static_assert(kHot.tRCD == 16 && kHot.tRPab == 19 && kHot.tRAS == 36 && k32.tSyncRD == 22 && kCtl.tSyncRD == 20 && k32.tINIT1 == 160000 && k32.tINIT3 == 1600000);

unsigned not_looked_at(Op op) {  // bits that no field and no code use
  unsigned seen = 127;
  const auto each = [&](Fields f) { seen |= encode(op, f) ^ encode(op, {}); };
  for (unsigned bit = 0; bit < 18; ++bit) {
    Fields f;
    f.row = 1u << bit;
    each(f);
    f = {};
    f.bg = f.ba = f.col = f.ma = f.op = static_cast<std::uint8_t>(1u << (bit & 7));
    each(f);
  }
  for (const auto flag : {&Fields::ap, &Fields::ab, &Fields::sb, &Fields::rfm, &Fields::ws_wr, &Fields::ws_rd, &Fields::ws_fs, &Fields::dsm, &Fields::pd}) each(Trace::with(flag));
  return ~seen & 0x3fff;
}

TEST(Commands, EveryPatternOfBitsDecodesAndEncodesToItself) {
  int meant = 0;
  for (unsigned ca = 0; ca < 1u << 14; ++ca) {
    const Command c = from_pins(0, 1, ca);
    if (c.op == Op::DES) continue;
    ++meant;
    ASSERT_EQ(encode(c.op, c.f), ca & ~not_looked_at(c.op)) << fmt::format("{:014b} {}", ca, trace_line(c));
  }
  EXPECT_EQ(meant, (1 << 14) - 128);  // one code of seven bits, L L L L H L L, means nothing
}

TEST(Commands, CodesAsLiteDramAndTheStandardHaveThem) {
  Fields f = at(9, 0x15a5a, 0x2d);
  EXPECT_EQ(encode(Op::ACT1, f) & 127, 7u | (0x15a5au >> 14 & 15) << 3);  // H H H R14 to R17
  EXPECT_EQ(encode(Op::PRE, Trace::with(&Fields::ab)), 0x78u | 1u << 13);
  EXPECT_EQ(encode(Op::RD16, f) & 7, 1u);   // H L L
  EXPECT_EQ(encode(Op::WR16, f) & 7, 6u);   // L H H
  EXPECT_EQ(encode(Op::MWR, f) & 7, 2u);    // L H L
  EXPECT_EQ(encode(Op::REF, {}) & 127, 0x38u);
  EXPECT_EQ(encode(Op::NOP, {}), 0u);
  EXPECT_EQ(from_pins(5, 2, encode(Op::RD16, f)).f, (Fields{.bg = 2, .ba = 1, .col = 0x2d}));
}

std::vector<Event> read(std::string_view text, Config* config = nullptr) {
  TraceReader reader("t", text_source(text));
  if (config) *config = reader.config();
  std::vector<Event> all;
  for (Event e; reader.next(e);) all.push_back(e);
  return all;
}

std::string refusal(std::string_view text) {
  try {
    read(text);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Trace, ReadsWhatTheDocumentSays) {
  Config c;
  const auto all = read("# a comment\r\n\r\nconfig density=8 ranks=1 rl=1 wl=B\nconfig odt=on wck=always_on raaimt=32 raammt=0x80\n"
                        "\t1 CAS rank=0 ws_fs\n5 ACT-1 rank=0 bg=1 ba=2 row=0x7fff # row\n6 ACT-2 rank=0 row=3\r\n25 RD16 rank=0 bg=1 ba=2 col=63 ap\n"
                        "30 REFpb rank=all bg=1 ba=3\n40 REF rank=0 ab\n50 PREab rank=0\n60 TEMP rank=0 refresh=0.25 hot=1\n70 RESET level=1\n71 PDX rank=0\n"
                        "72 CA rank=0 ca=0x78\n80 END", &c);
  EXPECT_EQ(c, (Config{.density = 8, .ranks = 1, .rl_set = 1, .wl_set = 'B', .odt = true, .always_on = true, .raaimt = 32, .raammt = 128}));
  ASSERT_EQ(all.size(), 12u);
  EXPECT_EQ(all[1].command, (Command{5, Op::ACT1, 1, at(6, 0x7fff)}));
  EXPECT_TRUE(all[3].command.f.ap);
  EXPECT_EQ(all[4].command.ranks, 3);
  EXPECT_TRUE(all[5].command.f.ab && all[6].command.f.ab);
  EXPECT_EQ(all[7].refresh_eighths, 2);
  EXPECT_TRUE(all[7].hot && all[8].level);
  EXPECT_EQ(all[9].command.op, Op::NOP);
  EXPECT_EQ(all[10].command.op, Op::PRE);
  EXPECT_EQ(all[11].kind, Event::Kind::end);
}

TEST(Trace, WhatIsWrittenIsRead) {
  for (unsigned ca = 0; ca < 1u << 14; ++ca)
    for (const unsigned ranks : {1u, 3u}) {
      Command c = from_pins(7, ranks, ca);
      if (c.op == Op::DES) continue;
      if (c.f.ab) c.f.bg = c.f.ba = 0;
      const auto all = read(trace_line(c));
      ASSERT_EQ(all.size(), 1u);
      ASSERT_EQ(all[0].command, c) << trace_line(c);
    }
  for (const Config& c : {Config{}, Config{.density = 16, .ranks = 1, .rl_set = 2, .wl_set = 'B', .odt = true, .always_on = true, .power_up = true, .raaimt = 8, .raammt = 24}}) {
    Config got;
    read(config_line(c) + "\n1 NOP rank=0\n", &got);
    EXPECT_EQ(got, c);
  }
}

TEST(Trace, RefusesWithFileAndLine) {
  const std::pair<const char*, const char*> bad[] = {
      {"", "t:0: empty"},
      {"\n\n# only a comment\n", ""},
      {"config density=12\n", "t:1: density='12': known are 8, 16, 32"},
      {"config colour=red\n", "t:1: 'colour': no such setting"},
      {"config raaimt=lots\n", "t:1: raaimt='lots': not a number"},
      {"1 NOP rank=0\nconfig density=8\n", "t:2: 'config' is not a clock"},
      {"x NOP rank=0\n", "t:1: 'x' is not a clock"},
      {"-1 NOP rank=0\n", "t:1: '-1' is not a clock"},
      {"99999999999999999999 NOP rank=0\n", "is not a clock"},
      {"5 NOP rank=0\n4 NOP rank=0\n", "t:2: CK 4 after CK 5: time goes back"},
      {"5\n", "t:1: '': no such command"},
      {"5 act-1 rank=0\n", "t:1: 'act-1': no such command"},
      {"5 NOP\n", "t:1: NOP needs rank="},
      {"5 NOP rank=2\n", "t:1: rank='2': 0, 1 or all"},
      {"5 NOP rank=0 rank=1\n", "t:1: rank twice"},
      {"5 RD16 rank=0 bg=0 ba=0\n", "t:1: RD16 needs col="},
      {"5 RD16 rank=0 bg=4 ba=0 col=0\n", "t:1: bg='4': not a number up to 3"},
      {"5 RD16 rank=0 bg=0 ba=0 col=64\n", "t:1: col='64': not a number up to 63"},
      {"5 RD16 rank=0 bg=0 bg=0 ba=0 col=6\n", "t:1: bg twice"},
      {"5 RD16 rank=0 bg=0 ba=0 col=6 row=1\n", "t:1: RD16 has no 'row'"},
      {"5 REFpb rank=0 bg=2 ba=0\n", "t:1: bg='2': not a number up to 1"},
      {"5 WR32 rank=0 bg=0 ba=0 col=1\n", "t:1: WR32: col=1 is odd"},
      {"5 TEMP rank=0 refresh=3\n", "t:1: refresh='3': 0.125, 0.25"},
      {"5 RESET\n", "t:1: RESET needs level=0 or level=1"},
      {"5 CA rank=0\n", "t:1: CA needs ca="},
      {"5 CA rank=0 ca=0x4000\n", "t:1: ca='0x4000'"},
      {"5 N\x01P rank=0\n", "t:1: 'N\\x01P': no such command"},
  };
  for (const auto& [text, words] : bad) {
    const std::string said = refusal(text);
    EXPECT_TRUE(said.find(words) != std::string::npos && (said.empty() == (*words == 0))) << text << " -> " << said;
  }
  EXPECT_NE(refusal("1 NOP rank=0\n2 NOP " + std::string(2000, 'x') + "\n").find("t:2: a line of more than 1000 characters"), std::string::npos);
  EXPECT_NE(refusal(std::string(3 << 20, ' ')).find("t:1: a line of more than"), std::string::npos);
}

TEST(Trace, LinesAcrossTheBuffersEnd) {
  std::string text;
  std::int64_t n = 0;
  while (text.size() < (3u << 20)) text += fmt::format("{} NOP rank={}\n", n + 1, (n + 1) % 2), ++n;
  std::size_t chunk = 1;  // a source that gives a few bytes at a time
  TraceReader reader("t", [&, at = std::size_t{0}](char* to, std::size_t size) mutable {
    const std::size_t k = std::min({size, text.size() - at, chunk = chunk * 7 % 4099 + 1});
    std::copy_n(text.data() + at, k, to);
    at += k;
    return k;
  });
  std::int64_t got = 0;
  for (Event e; reader.next(e);) {
    ASSERT_EQ(e.command.ck, ++got);
    ASSERT_EQ(e.command.ranks, 1 << got % 2);
  }
  EXPECT_EQ(got, n);
  EXPECT_EQ(reader.line(), n);
}

}  // namespace
}  // namespace htx::dram::test
