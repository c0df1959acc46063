// SPDX-License-Identifier: Apache-2.0
// The device model: what a part does with right commands, and that it does not let wrong ones work.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>

#include "golden/model/error.hpp"
#include "tests/dram/trace_builder.hpp"
#include "verif/dram/device.hpp"

namespace htx::dram::test {
namespace {

Burst pattern(int n) {
  Burst b;
  std::mt19937 rng(static_cast<unsigned>(n));
  for (auto& x : b) x = static_cast<std::uint8_t>(rng());
  return b;
}
Burst all_bytes(std::uint8_t value) {
  Burst b;
  b.fill(value);
  return b;
}

/// A device with a controller that puts a command at any CK and keeps what comes back.
struct Bench {
  explicit Bench(DeviceConfig c = {}) : config(c), device(std::make_unique<Device>(c)), t(timings_of(c.channel, Column::legal, false)) {}

  Bench& put(std::int64_t ck, Op op, Fields f = {}, int rank = 0) {
    commands[ck] = {static_cast<std::uint8_t>(1 << rank), static_cast<std::uint16_t>(encode(op, f))};
    return *this;
  }
  Bench& act(std::int64_t ck, int bank, unsigned row = 0, int rank = 0) { return put(ck - 1, Op::ACT1, at(bank, row), rank).put(ck, Op::ACT2, at(0, row), rank); }
  Bench& sync(std::int64_t ck, bool Fields::*ws, int rank = 0) { return put(ck, Op::CAS, Trace::with(ws), rank); }
  Bench& rd(std::int64_t ck, int bank, int col, int rank = 0) { return sync(ck - 1, &Fields::ws_rd, rank).put(ck, Op::RD16, at(bank, 0, col), rank); }
  Bench& data(std::int64_t ck, const Burst& b, std::uint32_t dm = 0) {  // ck: of the WR
    for (int half = 0; half < 2; ++half) {
      auto& to = dq[ck + t.WL + config.ca_delay - config.dq_in_delay + half];
      std::copy_n(b.begin() + 16 * half, 16, to.first.begin());
      to.second = static_cast<std::uint16_t>(dm >> 16 * half);
    }
    return *this;
  }
  Bench& wr(std::int64_t ck, int bank, int col, const Burst& b, Op op = Op::WR16, std::uint32_t dm = 0, int rank = 0) {
    return sync(ck - 1, &Fields::ws_wr, rank).put(ck, op, at(bank, 0, col), rank).data(ck, b, dm);
  }
  Bench& run(std::int64_t until) {
    while (device->ck() < until) {
      const std::int64_t now = device->ck();
      if (now % 64 == 0 && now + 64 < until && quiet(now, now + 64)) {  // nothing to tell the device: step() alone
        for (int i = 0; i < 64; ++i)
          if (const FromDevice out = device->step({}); out.dq_valid) got[now + i] = out.dq;
        continue;
      }
      ToDevice in;
      if (const auto c = commands.find(now); c != commands.end()) in.cs = c->second.first, in.ca = c->second.second;
      if (const auto d = dq.find(now); d != dq.end()) in.dq_valid = true, in.dq = d->second.first, in.dm = d->second.second;
      const FromDevice out = device->step(in);
      if (out.dq_valid) got[now] = out.dq;
    }
    return *this;
  }
  bool quiet(std::int64_t from, std::int64_t to) const {
    const auto none = [&](const auto& map) { const auto at = map.lower_bound(from); return at == map.end() || at->first >= to; };
    return none(commands) && none(dq);
  }
  /// The burst whose first beat came at `ck`.
  Burst burst(std::int64_t ck) {
    Burst b{};
    for (int half = 0; half < 2; ++half) {
      EXPECT_TRUE(got.count(ck + half)) << "no data at CK " << ck + half;
      std::copy_n(got[ck + half].begin(), 16, b.begin() + 16 * half);
    }
    return b;
  }
  std::string faults() const { return fmt::format("{}", fmt::join(device->told(), "; ")); }
  std::uint64_t count(Fault f) const { return device->by_fault()[static_cast<std::size_t>(f)]; }

  DeviceConfig config;
  std::unique_ptr<Device> device;
  Timings t;
  std::map<std::int64_t, std::pair<std::uint8_t, std::uint16_t>> commands;
  std::map<std::int64_t, std::pair<Beat, std::uint16_t>> dq;
  std::map<std::int64_t, Beat> got;
};

TEST(Device, WhatIsWrittenIsReadAfterRL) {
  for (const int density : kDensities)
    for (const int set : {0, 1, 2}) {
      Bench b({.channel = {.density = density, .rl_set = set, .wl_set = set ? 'B' : 'A'}});
      const unsigned row = (1u << row_bits(density)) - 3;
      b.act(100, 6, row).wr(150, 6, 9, pattern(1)).wr(200, 6, 63, pattern(2)).rd(300, 6, 9).rd(350, 6, 63).rd(400, 6, 10).run(600);
      EXPECT_EQ(b.burst(300 + b.t.RL), pattern(1));
      EXPECT_EQ(b.burst(350 + b.t.RL), pattern(2));
      EXPECT_EQ(b.burst(400 + b.t.RL), all_bytes(kUnwritten));
      EXPECT_EQ(b.got.size(), 6u);
      EXPECT_EQ(b.device->faults(), 0u) << b.faults();
      EXPECT_EQ(b.device->peek(0, 6, row, 9), pattern(1));
      EXPECT_EQ(b.device->pages(), 1u);
    }
}

TEST(Device, TransportDelays) {
  Bench b({.ca_delay = 3, .dq_in_delay = 5, .dq_out_delay = 7});
  b.act(100, 6).wr(150, 6, 9, pattern(1)).rd(300, 6, 9).run(600);
  EXPECT_EQ(b.burst(300 + 3 + b.t.RL + 7), pattern(1));
  EXPECT_EQ(b.device->faults(), 0u) << b.faults();
}

TEST(Device, MaskedWriteLeavesBytes) {
  Bench b;
  b.act(100, 6).wr(150, 6, 9, pattern(1)).wr(200, 6, 9, pattern(2), Op::MWR, 0xff00f00f).run(400);
  Burst want = pattern(2);
  for (int i = 0; i < 32; ++i)
    if (0xff00f00fu >> i & 1) want[static_cast<std::size_t>(i)] = pattern(1)[static_cast<std::size_t>(i)];
  EXPECT_EQ(b.device->peek(0, 6, 0, 9), want);
  EXPECT_EQ(b.device->faults(), 0u) << b.faults();
}

TEST(Device, BankRankRowAndColumnAreAllDifferentCells) {
  Bench b;
  std::int64_t ck = 200;
  int n = 0;
  for (int rank = 0; rank < 2; ++rank)
    for (const int bank : {0, 1, 8, 15}) {
      b.act(ck, bank, 5, rank);
      for (const int col : {0, 1, 32}) b.wr(ck += 60, bank, col, pattern(++n), Op::WR16, 0, rank);
      ck += 100;
    }
  b.run(ck);
  n = 0;
  for (int rank = 0; rank < 2; ++rank)
    for (const int bank : {0, 1, 8, 15})
      for (const int col : {0, 1, 32}) EXPECT_EQ(b.device->peek(rank, bank, 5, col), pattern(++n));
  EXPECT_EQ(b.device->faults(), 0u) << b.faults();
}

TEST(Device, Burst32IsTwoBurstsWithAGap) {
  Bench b;
  b.device->load(0, 6, 0, 8, pattern(1));
  b.device->load(0, 6, 0, 9, pattern(2));
  b.act(100, 6).sync(199, &Fields::ws_rd).put(200, Op::RD32, at(6, 0, 8)).run(300);
  EXPECT_EQ(b.burst(200 + b.t.RL), pattern(1));
  EXPECT_EQ(b.burst(200 + b.t.RL + b.t.BLmax), pattern(2));
  EXPECT_EQ(b.got.size(), 4u);
}

TEST(Device, ModeRegistersAndTraining) {
  Bench b;
  Fields ma, op;
  ma.ma = 17;
  op.op = 0xc4;
  Fields mr4;
  mr4.ma = 4;
  b.put(100, Op::MRW1, ma).put(101, Op::MRW2, op).sync(119, &Fields::ws_rd).put(120, Op::MRR, ma).put(130, Op::MRR, mr4).put(140, Op::RDC);
  b.sync(199, &Fields::ws_wr).put(200, Op::WFF).data(200, pattern(3)).sync(249, &Fields::ws_rd).put(250, Op::RFF).run(400);
  EXPECT_EQ(b.burst(120 + b.t.RL)[0], 0xc4);
  EXPECT_EQ(b.burst(130 + b.t.RL)[0], 3);
  EXPECT_EQ(b.burst(140 + b.t.RL)[0], 0x5a);
  EXPECT_EQ(b.burst(140 + b.t.RL)[31], 0x3c);
  EXPECT_EQ(b.burst(250 + b.t.RL), pattern(3));
  EXPECT_EQ(b.device->mode_register(0, 17), 0xc4);
  EXPECT_EQ(b.device->mode_register(1, 17), 0);
  EXPECT_EQ(b.device->faults(), 0u) << b.faults();
}

// Wrong commands: each a fault, and no answer that could pass for a right one.
struct Wrong {
  const char* name;
  Fault fault;
  std::function<void(Bench&)> commands;
  bool garbage;  // the read at CK 300 answers with it
};

TEST(Device, WrongCommandsDoNotWork) {
  const Wrong all[] = {
      {"closed bank", Fault::closed_bank, [](Bench& b) { b.rd(300, 6, 9); }, true},
      {"closed by auto-precharge", Fault::closed_bank, [](Bench& b) { Fields f = at(6, 0, 9); f.ap = true; b.act(100, 6).sync(199, &Fields::ws_rd).put(200, Op::RD16, f).rd(300, 6, 9); }, true},
      {"tRCD", Fault::too_early, [](Bench& b) { b.act(300 - b.t.tRCD + 1, 6).rd(300, 6, 9); }, true},
      {"tRP", Fault::too_early, [](Bench& b) { b.act(100, 6).put(200, Op::PRE, at(6)).act(200 + b.t.tRPpb, 6).rd(300, 6, 9); }, true},
      {"tRFCpb, upper bank of the pair", Fault::too_early, [](Bench& b) { b.put(290 - b.t.tRFCpb, Op::REF, at(6)).act(280, 14).rd(300, 14, 9); }, true},
      {"open bank", Fault::open_bank, [](Bench& b) { b.act(100, 6).act(200, 6, 1).rd(300, 6, 9); }, true},
      {"no WCK", Fault::no_wck, [](Bench& b) { b.act(100, 6).put(300, Op::RD16, at(6, 0, 9)); }, true},
      {"WCK expired", Fault::no_wck, [](Bench& b) { b.act(100, 6).rd(300 - b.t.tSyncRD - 1, 6, 9).put(300, Op::RD16, at(6, 0, 9)); }, true},
      {"self-refresh", Fault::asleep, [](Bench& b) { b.put(200, Op::SRE).rd(300, 6, 9); }, true},
      {"ACT-2 alone", Fault::half_open, [](Bench& b) { b.put(100, Op::ACT2).rd(300, 6, 9); }, true},
      {"row beyond", Fault::row_beyond, [](Bench& b) { b.act(100, 6, 1 << 17).rd(300, 6, 9); }, true},
      {"power-down", Fault::asleep, [](Bench& b) { b.put(200, Op::PDE).put(210, Op::REF, at(3)); }, false},
      {"REF with open row", Fault::refresh_open, [](Bench& b) { b.act(100, 6).put(200, Op::REF, Trace::with(&Fields::ab)); }, false},
      {"PRE before tRAS", Fault::too_early, [](Bench& b) { b.act(100, 6).put(99 + b.t.tRAS, Op::PRE, at(6)); }, false},
      {"no data", Fault::no_data, [](Bench& b) { b.act(100, 6).sync(199, &Fields::ws_wr).put(200, Op::WR16, at(6, 0, 9)); }, false},
      {"data too late", Fault::stray_data, [](Bench& b) { b.act(100, 6).sync(199, &Fields::ws_wr).put(200, Op::WR16, at(6, 0, 9)).data(202, pattern(1)); }, false},
      {"bursts that meet", Fault::bus_conflict, [](Bench& b) { b.act(100, 6).rd(300, 6, 9).put(301, Op::RD16, at(6, 0, 9)); }, false},
      {"no command", Fault::no_command, [](Bench& b) { b.commands[100] = {1, 0x10}; }, false},
  };
  for (const Wrong& w : all) {
    Bench b;
    b.device->load(0, 6, 0, 9, pattern(7));
    b.device->load(0, 14, 0, 9, pattern(7));
    w.commands(b);
    b.run(500);
    EXPECT_GT(b.count(w.fault), 0u) << w.name << ": " << b.faults();
    if (w.garbage) { EXPECT_EQ(b.burst(300 + b.t.RL), all_bytes(kGarbage)) << w.name; }
  }
  Bench one({.channel = {.ranks = 1}});
  one.put(10, Op::NOP, {}, 1).run(20);
  EXPECT_EQ(one.count(Fault::no_rank), 1u);
}

TEST(Device, DataAreLostWithoutRefreshAndKeptWithIt) {
  const std::int64_t retention = 8201LL * 400, end = 3 * retention;  // rounds of 8,192 REFab every 400 CK: the real ratio at an eighth of the time
  enum { refreshed, never, interrupted, self_refresh };
  for (const int what : {refreshed, never, interrupted, self_refresh}) {
    Bench b({.channel = {.density = 8, .ranks = 1}, .retention = retention});
    const unsigned row = 12344;  // of group 3,086
    b.device->load(0, 6, row, 9, pattern(7));
    int n = 0;
    for (std::int64_t ck = 2000; ck < end; ck += 400, ++n)  // interrupted: it comes to the row again, but too late
      if (what == refreshed || (what == interrupted && (n < 5000 || n >= 13500))) b.put(ck, Op::REF, Trace::with(&Fields::ab));
    if (what == self_refresh) b.put(1000, Op::SRE).put(end, Op::SRX);
    b.act(end + 1000, 6, row).rd(end + 1100, 6, 9).run(end + 1300);
    const bool kept = what == refreshed || what == self_refresh;
    EXPECT_EQ(b.burst(end + 1100 + b.t.RL) == pattern(7), kept) << what;
    EXPECT_EQ(b.count(Fault::row_lost), kept ? 0u : 1u) << what << b.faults();
    EXPECT_EQ(b.device->faults(), b.count(Fault::row_lost)) << b.faults();
  }
}

TEST(Device, OneRefreshOfAPairReachesBothBanksAndNoOther) {
  const std::int64_t retention = 200000;
  Bench b({.channel = {.density = 8, .ranks = 1}, .retention = retention});
  for (const int bank : {3, 11, 4}) b.device->load(0, bank, 0, 0, pattern(bank));
  b.put(150000, Op::REF, at(3));  // group 0: rows 0 to 3
  std::int64_t ck = 300000;
  for (const int bank : {3, 11, 4}) b.act(ck, bank).rd(ck + 100, bank, 0), ck += 1000;
  b.run(ck);
  EXPECT_EQ(b.burst(300100 + b.t.RL), pattern(3));
  EXPECT_EQ(b.burst(301100 + b.t.RL), pattern(11));
  EXPECT_NE(b.burst(302100 + b.t.RL), pattern(4));
  EXPECT_EQ(b.count(Fault::row_lost), 1u);
}

TEST(Device, HotCellsLoseTheirChargeSooner) {
  for (const int eighths : {8, 2}) {
    Bench b({.channel = {.ranks = 1}, .retention = 200000});
    b.device->temperature(0, eighths, eighths < 8);
    b.device->load(0, 3, 0, 0, pattern(3));
    b.act(100000, 3).run(100100);
    EXPECT_EQ(b.count(Fault::row_lost), eighths < 8 ? 1u : 0u);
    EXPECT_EQ(b.device->mode_register(0, 4), eighths < 8 ? 5 : 3);
  }
}

TEST(Device, FlipsAreAsManyAsAskedForAndTheSameForASeed) {
  std::uint64_t flipped[3];
  for (int i = 0; i < 3; ++i) {
    Bench b({.channel = {.always_on = true}, .flips = 0.25, .seed = i == 2 ? 2u : 1u});
    b.act(100, 6).sync(110, &Fields::ws_fs);
    for (int n = 0; n < 1000; ++n) b.put(200 + 4 * n, Op::RD16, at(6, 0, n % 64));
    b.run(5000);
    int wrong = 0;
    for (const auto& [ck, beat] : b.got)
      for (const std::uint8_t byte : beat) wrong += byte != kUnwritten;
    flipped[i] = b.device->flipped();
    EXPECT_EQ(static_cast<std::uint64_t>(wrong), flipped[i]);
    EXPECT_NEAR(static_cast<double>(flipped[i]), 250, 70);
    EXPECT_EQ(b.device->peek(0, 6, 0, 0), all_bytes(kUnwritten));
  }
  EXPECT_EQ(flipped[0], flipped[1]);
  Bench b;
  b.device->flip(0, 6, 0, 9, 100);
  EXPECT_EQ(b.device->peek(0, 6, 0, 9)[12], kUnwritten ^ 0x10);
}

TEST(Device, RefusesWhatNoPartIs) {
  for (const DeviceConfig& c : {DeviceConfig{.channel = {.density = 12}}, DeviceConfig{.channel = {.ranks = 3}}, DeviceConfig{.ca_delay = 13}, DeviceConfig{.dq_out_delay = -1},
                                DeviceConfig{.flips = 1.5}, DeviceConfig{.channel = {.wl_set = 'C'}}})
    EXPECT_THROW(Device{c}, Error);
  Bench b;
  EXPECT_THROW(b.device->load(2, 0, 0, 0, {}), Error);
  EXPECT_THROW(b.device->peek(0, 0, 1 << 17, 0), Error);
  EXPECT_THROW(b.device->temperature(0, 0, false), Error);
}

/// Random legal commands by one bank after the other: what the cells hold is what a map of the writes holds.
TEST(Device, AgreesWithAMapOfWhatWasWritten) {
  std::mt19937 rng(9);
  Bench b({.channel = {.always_on = true}});
  std::map<std::tuple<int, int, unsigned, int>, Burst> map;
  std::map<std::int64_t, Burst> want;
  b.sync(1, &Fields::ws_fs).sync(2, &Fields::ws_fs, 1);
  std::int64_t ck = 100;
  for (int n = 0; n < 400; ++n) {
    const int rank = static_cast<int>(rng() % 2), bank = static_cast<int>(rng() % 16);
    const unsigned row = rng() % 3;
    b.act(ck, bank, row, rank);
    std::int64_t at_ck = ck + 20;
    for (int i = 0; i < 4; ++i, at_ck += 40) {
      const int col = static_cast<int>(rng() % 4);
      Fields f = at(bank, 0, col);
      auto& cell = map.try_emplace({rank, bank, row, col}, all_bytes(kUnwritten)).first->second;
      if (rng() % 2) {
        b.put(at_ck, Op::RD16, f, rank);
        want[at_ck + b.t.RL] = cell;
      } else {
        const std::uint32_t dm = rng() % 2 ? static_cast<std::uint32_t>(rng()) : 0;
        const Burst d = pattern(n * 4 + i);
        b.put(at_ck, dm ? Op::MWR : Op::WR16, f, rank).data(at_ck, d, dm);
        for (unsigned k = 0; k < 32; ++k)
          if (!(dm >> k & 1)) cell[k] = d[k];
      }
    }
    b.put(at_ck + 20, Op::PRE, at(bank), rank);
    ck = at_ck + 60;
  }
  b.run(ck);
  for (const auto& [at_ck, burst] : want) ASSERT_EQ(b.burst(at_ck), burst) << at_ck;
  EXPECT_EQ(b.device->faults(), 0u) << b.faults();
  EXPECT_GT(want.size(), 500u);
}

}  // namespace
}  // namespace htx::dram::test
