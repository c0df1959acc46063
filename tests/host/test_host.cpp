// SPDX-License-Identifier: Apache-2.0
// The host port: RTL and twin in lockstep under random AXI traffic, and what the port does held against plain expectations.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <tuple>

#include "Vhtx_host.h"
#include "Vhtx_host___024root.h"
#include "golden/chip/driver.hpp"
#include "golden/chip/host.hpp"
#include "htx/rtl/htx_rtl_host.hpp"
#include "verif/block_lockstep.hpp"
#include "verif/host_pins.hpp"

namespace {

using namespace htx;
using chip::Host;
constexpr unsigned kLanes = 3, kColumns = 4;
constexpr std::uint32_t kPosMask = (1U << pkg::POS_W) - 1;

/// Twin and RTL side by side; clock() compares them after every edge.
class Bench {
 public:
  explicit Bench(unsigned seed) {
    context_.threads(1);
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed + 1));
    rtl_ = std::make_unique<Vhtx_host>(&context_, "htx_host");
    rtl_->clk_i = 0;
    chip::HostPins none;
    Host::In in;
    in.pins = &none;
    for (const bool rst_n : {false, true, false})  // twice, the second time out of an idle state
      for (int i = 0; i < 3; ++i) edge(in, rst_n);
  }
  ~Bench() { rtl_->final(); }
  bool clock(const Host::In& in, bool rst_n = true) {
    edge(in, rst_n);
    if (rst_n) twin_.step(in);
    else twin_.reset();
    ++cycle;
    return same<chip::probe::host>() && same<chip::probe::host_csr>() && same<chip::probe::host_perf>() && same<chip::probe::host_win>();
  }
  const Host::Out& out() const { return twin_.out(); }
  chip::HostAnswer rtl_answer() const { return verif::answer(*rtl_); }
  /// Both sides as if a program had been busy for so many clocks: no test can wait until the upper half of 64 bits counts.
  void preload_cycles(std::uint64_t clocks) {
    twin_.preload_cycles(clocks);
    rtl_->rootp->htx_host__DOT__u_csr__DOT__cycles_q = clocks;  // preload.vlt keeps it writable
  }
  void preload_counts(std::uint64_t clocks) {
    twin_.preload_counts(clocks);
    auto& r = *rtl_->rootp;
    r.htx_host__DOT__u_perf__DOT__lanes_q = r.htx_host__DOT__u_perf__DOT__vector_q = r.htx_host__DOT__u_perf__DOT__both_q = clocks;
  }
  std::uint64_t cycle = 0;

 private:
  template <class P>
  bool same() {
    P golden{}, actual{};
    twin_.probe(golden);
    verif::rtl_Vhtx_host::read(*rtl_, 0, actual);
    if (verif::same(golden, actual)) return true;
    ADD_FAILURE() << "clock " << cycle << "\n" << verif::differences(golden, actual);
    return false;
  }
  void edge(const Host::In& in, bool rst_n) {
    auto& t = *rtl_;
    t.rst_ni = rst_n;
    verif::drive(t, *in.pins);
    t.busy_i = in.busy;
    t.done_i = in.done;
    t.error_i = in.error;
    t.error_word_i = in.error_word;
    t.paused_i = in.paused;
    t.pc_i = in.pc;
    t.pos_i = in.pos;
    t.count_i = in.count;
    t.last_i = in.last;
    t.lane_ready_i = in.lane_ready;
    t.lane_done_i = in.lane_done;
    for (unsigned l = 0; l < kLanes; ++l)
      for (unsigned i = 0; i < 8; ++i)
        t.lane_rdata_i[8 * l + i] = in.lane_rdata[l] ? static_cast<std::uint32_t>((*in.lane_rdata[l])[i / 2] >> 32 * (i % 2)) : junk_();
    t.lanes_idle_i = in.lanes_idle;
    t.vec_idle_i = in.vec_idle;
    Bits<9> counts{};
    for (unsigned l = 0; l < kLanes; ++l)
      for (unsigned i = 0; i < 4; ++i) put_bits(counts, (4 * l + i) * pkg::PERF_BITS, pkg::PERF_BITS, in.lane_counts[l] ? (*in.lane_counts[l])[i] : 0);
    for (unsigned i = 0; i < 18; ++i) t.lane_counts_i[i] = static_cast<std::uint32_t>(counts[i / 2] >> 32 * (i % 2));
    t.hm_done_i = in.hm_done;
    for (int i = 0; i < 4; ++i) t.hm_rdata_i[i] = in.hm_done ? static_cast<std::uint32_t>(in.hm_rdata[i / 2] >> 32 * (i % 2)) : junk_();
    t.clk_i = 0;
    t.eval();
    t.clk_i = 1;
    t.eval();
  }
  VerilatedContext context_;
  std::unique_ptr<Vhtx_host> rtl_;
  std::mt19937 junk_;  // what lanes and memories show while they answer nothing
  Host twin_{kLanes, kColumns};
};

/// What stands inside: lanes with memories, program, tokens and segments, and a sequencer that is busy for a while.
class Inside {
 public:
  explicit Inside(unsigned seed) : rng(seed) {}
  bool chance(unsigned percent) { return rng() % 100 < percent; }
  /// Inputs of the host for the present clock.
  void show(Host::In& in) {
    in.busy = busy_ > 0;
    in.done = done_;
    in.error = error_;
    in.paused = paused_;
    in.pc = pos_ * 5 & 0xffff;
    in.error_word = in.error ? 0x1234'0001 : 0;
    in.pos = pos_;
    in.count = (pos_ + 1) & kPosMask;
    in.last = pos_ * 3 & 0x3ffff;
    if (wild) {
      in.error_word = rng();
      in.pos = rng() & kPosMask;
      in.count = rng() & kPosMask;
      in.last = rng() & 0x3ffff;
      in.pc = static_cast<std::uint16_t>(rng());
    }
    in.lanes_idle = chance(50);
    in.vec_idle = chance(50);
    for (unsigned l = 0; l < kLanes; ++l) {
      for (auto& c : counts[l])
        if (chance(2)) c = (static_cast<std::uint64_t>(rng()) << 32 | rng()) >> 16;
      in.lane_counts[l] = &counts[l];
    }
    ready_ = 0;
    in.lane_done = 0;
    for (unsigned l = 0; l < kLanes; ++l) {
      if (waiting[l].size() < depth && chance(ready)) ready_ |= static_cast<std::uint8_t>(1 << l);
      in.lane_rdata[l] = nullptr;
      if (!waiting[l].empty() && chance(speed)) {
        data_[l] = waiting[l].front();
        waiting[l].pop_front();
        in.lane_rdata[l] = &data_[l];
        in.lane_done |= static_cast<std::uint8_t>(1 << l);
      }
    }
    in.lane_ready = ready_;
    in.hm_done = hm_wait_ && chance(speed);
    in.hm_rdata = {};
    if (in.hm_done) {
      hm_wait_ = false;
      in.hm_rdata = hm_tok_ ? Bits<2>{tokens[hm_addr_], 0} : program[hm_addr_ & 0x3ff];
    }
  }
  /// Takes what the host asked in that clock.
  void take(const Host::Out& o) {
    for (unsigned l = 0; l < kLanes; ++l)
      if (o.lane_valid & ready_ & 1 << l) {
        ++acts;
        if (o.lane_seg) {
          EXPECT_FALSE(o.lane.write) << "entries are written by seg_we_o";
          waiting[l].push_back({segments[l][o.lane.addr & 0x7ff], 0, 0, 0});
          continue;
        }
        if (o.lane.write) dram[l][o.lane.addr] = o.lane.wdata;
        waiting[l].push_back(o.lane.write ? Bits<4>{rng(), rng(), 0, 0} : dram[l][o.lane.addr]);
      }
    if (o.hm_valid) {
      acts += o.hm_we;
      EXPECT_FALSE(hm_wait_);
      hm_tok_ = o.hm_tok;
      hm_addr_ = o.hm_addr;
      if (!o.hm_we) hm_wait_ = true;
      else if (o.hm_tok) tokens[o.hm_addr] = o.hm_wdata[0] & 0x3ffff;
      else program[o.hm_addr & 0x3ff] = o.hm_wdata;
      if (o.hm_we) EXPECT_EQ(busy_, 0U) << "idle-only memories are left alone while busy";
    }
    for (unsigned l = 0; l < kLanes; ++l)
      if (o.seg_we >> l & 1) {
        ++acts;
        segments[l][o.seg_addr] = o.seg_data;
      }
    if (o.ctl.stop && busy_ > 0) paused_ = true;
    if (o.ctl.go) {
      EXPECT_TRUE(paused_) << "only what is paused goes on";
      paused_ = o.ctl.stop;
      ++goes;
    }
    if (busy_ > 0 && !paused_) {
      pos_ = (pos_ + chance(10)) & kPosMask;
      if (--busy_ == 0) (chance(50) ? done_ : error_) = true;
    }
    if (o.start) {
      busy_ = 1 + rng() % 200;
      pos_ = o.cfg_pos;
      done_ = error_ = false;
      paused_ = o.ctl.stop;
    }
    if (!o.core_rst_n) {
      busy_ = 0;
      done_ = error_ = hm_wait_ = paused_ = false;
      for (auto& w : waiting) w.clear();
    }
  }
  /// The sequencer is busy for the next `clocks`.
  void work(unsigned clocks) { busy_ = clocks; }
  std::mt19937 rng;
  unsigned ready = 100, speed = 100, acts = 0, goes = 0;
  unsigned depth = 8;  ///< requests that a lane holds
  std::array<std::uint64_t, 4> counts[kLanes]{};
  bool wild = false;  ///< what the sequencer shows is any value, in every clock
  std::map<std::uint32_t, Bits<4>> dram[kLanes];
  std::map<std::uint32_t, std::uint64_t> tokens, segments[kLanes];
  std::map<std::uint32_t, Bits<2>> program;
  std::deque<Bits<4>> waiting[kLanes];

 private:
  unsigned busy_ = 0;
  bool paused_ = false, done_ = false, error_ = false, hm_wait_ = false, hm_tok_ = false;
  std::uint32_t pos_ = 0, hm_addr_ = 0;
  std::uint8_t ready_ = 0;
  Bits<4> data_[kLanes]{};
};

/// Bench, surroundings and a driver.
struct Station {
  explicit Station(unsigned seed) : bench(seed), inside(seed) {}
  void run(unsigned limit = 100000) {
    while (!driver.idle() && limit-- > 0 && clock()) {}
    EXPECT_TRUE(driver.idle());
  }
  bool clock() {
    const chip::HostPins pins = driver.pins();
    driver.step(bench.rtl_answer());
    Host::In in;
    in.pins = &pins;
    inside.show(in);
    if (bench.out().start) lanes = vector = both = 0;
    else if (in.busy) {
      lanes += !in.lanes_idle;
      vector += !in.vec_idle;
      both += !in.lanes_idle && !in.vec_idle;
    }
    const auto before = bench.out();
    inside.take(before);
    return bench.clock(in);
  }
  std::uint32_t read(std::uint32_t offset) {
    const auto t = driver.read_reg(offset);
    run();
    EXPECT_EQ(t->resp, 0U);
    return t->value;
  }
  unsigned write(std::uint32_t offset, std::uint32_t value) {
    const auto t = driver.write_reg(offset, value);
    run();
    return t->resp;
  }
  Bench bench;
  Inside inside;
  chip::Driver driver;
  std::uint64_t lanes = 0, vector = 0, both = 0;  ///< clocks at work since the start
};

std::vector<std::uint8_t> random_bytes(std::mt19937& rng, std::size_t n) {
  std::vector<std::uint8_t> v(n);
  for (auto& b : v) b = static_cast<std::uint8_t>(rng());
  return v;
}

TEST(Host, Registers) {
  Station s(1);
  EXPECT_EQ(s.read(pkg::REG_ID), pkg::ID_VALUE);
  EXPECT_EQ(s.read(pkg::REG_VERSION), pkg::VERSION_VALUE);
  EXPECT_EQ(s.read(pkg::REG_LANES), kLanes);
  EXPECT_EQ(s.read(pkg::REG_COLUMNS), kColumns);
  EXPECT_EQ(s.read(pkg::REG_LANES_TOTAL), kLanes);
  EXPECT_EQ(s.read(pkg::REG_LIMIT), pkg::TOKEN_WORDS);
  EXPECT_EQ(s.write(pkg::REG_PROMPT, 17), 0U);
  EXPECT_EQ(s.write(pkg::REG_POS, 0x123456), 0U);
  EXPECT_EQ(s.write(pkg::REG_VOCAB, 0x80000001), 0U);
  EXPECT_EQ(s.write(pkg::REG_EOS, 0x80000002), 0U);
  EXPECT_EQ(s.write(pkg::REG_LANES_TOTAL, 0), 2U);
  EXPECT_EQ(s.write(pkg::REG_LANES_TOTAL, 48), 0U);
  EXPECT_EQ(s.read(pkg::REG_PROMPT), 17U);
  EXPECT_EQ(s.read(pkg::REG_POS), kPosMask);
  EXPECT_EQ(s.read(pkg::REG_VOCAB), 0x3ffffU);
  EXPECT_EQ(s.read(pkg::REG_EOS), 0x80000002U);
  EXPECT_EQ(s.read(pkg::REG_LANES_TOTAL), 48U);
  // the first value too large for each
  for (const auto [offset, large, kept] : {std::tuple{pkg::REG_VOCAB, 0x40000U, 0x3ffffU}, {pkg::REG_EOS, 0x40000U, 0x3ffffU},
                                           {pkg::REG_PROMPT, kPosMask + 1, kPosMask}, {pkg::REG_LIMIT, kPosMask + 1, kPosMask},
                                           {pkg::REG_POS, kPosMask + 1, kPosMask}, {pkg::REG_LANES_TOTAL, 64U, 63U}}) {
    EXPECT_EQ(s.write(offset, large), 0U);
    EXPECT_EQ(s.read(offset), kept);
    EXPECT_EQ(s.write(offset, kept - 1), 0U);
    EXPECT_EQ(s.read(offset), kept - 1);
  }
  EXPECT_EQ(s.read(pkg::REG_WATCHDOG), 0xffffffffU);
  EXPECT_EQ(s.write(pkg::REG_WATCHDOG, 0x80000001), 0U);
  EXPECT_EQ(s.read(pkg::REG_WATCHDOG), 0x80000001U);
  for (unsigned i = 0; i < pkg::BREAKS; ++i) {
    EXPECT_EQ(s.read(pkg::REG_BREAK + 4 * i), 0U);
    EXPECT_EQ(s.write(pkg::REG_BREAK + 4 * i, 1U << 31 | (i + 5)), 0U);
  }
  EXPECT_EQ(s.write(pkg::REG_BREAK + 4, 0x10000), 0U);
  for (unsigned i = 0; i < pkg::BREAKS; ++i) EXPECT_EQ(s.read(pkg::REG_BREAK + 4 * i), i == 1 ? 0xffffU : 1U << 31 | (i + 5));
  for (const auto offset : {pkg::REG_ID, pkg::REG_COLUMNS, pkg::REG_STATUS, pkg::REG_CYCLES, pkg::REG_PC, pkg::REG_BAD_ADDR}) EXPECT_EQ(s.write(offset, 1), 2U) << offset;
  for (const auto offset : {0x4cU, 0x19U, 0x52U, 0x68U, 0x98U, 0xffcU}) EXPECT_EQ(s.write(offset, 1), 3U) << offset;
  for (const auto offset : {0x4cU, 0x70U, 0x51U, 0x68U, 0x98U, 0x160U}) {
    const auto bad = s.driver.read_reg(static_cast<std::uint16_t>(offset));
    s.run();
    EXPECT_EQ(bad->resp, 3U) << offset;
  }
}

TEST(Host, StartStatusAndSoftReset) {
  Station s(2);
  EXPECT_EQ(s.write(pkg::REG_POS, 7), 0U);
  EXPECT_EQ(s.write(pkg::REG_CTRL, 1), 0U);
  EXPECT_EQ(s.read(pkg::REG_STATUS), 1U);
  EXPECT_EQ(s.write(pkg::REG_CTRL, 1), 2U) << "a second start";
  EXPECT_EQ(s.write(pkg::REG_PROMPT, 5), 2U) << "would break the run";
  EXPECT_EQ(s.write(pkg::REG_LIMIT, 5), 0U);
  while (!s.bench.out().answer.irq) ASSERT_TRUE(s.clock());
  EXPECT_NE(s.read(pkg::REG_STATUS) & 6, 0U);
  const auto cycles = s.read(pkg::REG_CYCLES);
  EXPECT_GT(cycles, 0U);
  EXPECT_LE(cycles, 200U);
  EXPECT_EQ(s.read(pkg::REG_CYCLES), cycles) << "stands still";
  EXPECT_GE(s.read(pkg::REG_POS), 7U);
  EXPECT_EQ(s.write(pkg::REG_CTRL, 3), 0U);
  EXPECT_FALSE(s.bench.out().start);
  for (int i = 0; i < 8; ++i) s.clock();
  EXPECT_EQ(s.read(pkg::REG_STATUS), 0U);
  EXPECT_FALSE(s.bench.out().answer.irq);
  EXPECT_EQ(s.read(pkg::REG_LIMIT), 5U);
}

TEST(Host, StopsAndGoesOn) {
  Station s(8);
  EXPECT_EQ(s.write(pkg::REG_CTRL, 8), 2U) << "nothing is paused";
  EXPECT_EQ(s.write(pkg::REG_CTRL, 4), 0U) << "nothing to stop";
  EXPECT_EQ(s.write(pkg::REG_CTRL, 5), 0U) << "start, paused at once";
  EXPECT_EQ(s.read(pkg::REG_STATUS), 9U);
  EXPECT_TRUE(s.bench.out().answer.irq);
  for (int i = 0; i < 300; ++i) s.clock();
  EXPECT_EQ(s.read(pkg::REG_STATUS), 9U);
  EXPECT_EQ(s.write(pkg::REG_CTRL, 12), 0U) << "one instruction";
  EXPECT_EQ(s.read(pkg::REG_STATUS), 9U);
  EXPECT_EQ(s.write(pkg::REG_CTRL, 9), 2U) << "it is busy";
  EXPECT_EQ(s.read(pkg::REG_STATUS), 9U) << "and a refused write does nothing";
  EXPECT_EQ(s.write(pkg::REG_CTRL, 8), 0U);
  EXPECT_EQ(s.inside.goes, 2U);
  EXPECT_EQ(s.read(pkg::REG_STATUS) & 8, 0U);
  while (!s.bench.out().answer.irq) ASSERT_TRUE(s.clock());
  EXPECT_NE(s.read(pkg::REG_STATUS) & 6, 0U);
}

TEST(Host, EveryBitOfTheClockCounterCarries) {
  Station s(6);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(s.clock());  // out of reset
  for (unsigned bit = 2; bit <= 64; ++bit) {
    const std::uint64_t edge = bit == 64 ? 0 : std::uint64_t{1} << bit;  // the next carry reaches this bit, or falls out
    SCOPED_TRACE(fmt::format("bit {}", bit));
    s.bench.preload_cycles(edge - 2);
    s.inside.work(3);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(s.clock());
    EXPECT_EQ(s.read(pkg::REG_CYCLES), static_cast<std::uint32_t>(edge + 1));
    EXPECT_EQ(s.read(pkg::REG_CYCLES_HI), static_cast<std::uint32_t>((edge + 1) >> 32));
  }
}

TEST(Host, EveryBitOfTheCountersCarries) {
  Station s(10);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(s.clock());  // out of reset
  for (unsigned bit = 8; bit <= pkg::PERF_BITS; ++bit) {
    const std::uint64_t full = std::uint64_t{1} << pkg::PERF_BITS, start = (std::uint64_t{1} << bit) - 5;
    SCOPED_TRACE(fmt::format("bit {}", bit));
    s.bench.preload_counts(start % full);
    s.lanes = s.vector = s.both = 0;
    s.inside.work(60);
    for (int i = 0; i < 62; ++i) ASSERT_TRUE(s.clock());
    const std::uint64_t want[] = {s.lanes, s.vector, s.both};
    for (unsigned i = 0; i < 3; ++i) {
      EXPECT_GT(want[i], 5U);
      const std::uint64_t low = s.read(pkg::REG_PERF + 8 * i);
      EXPECT_EQ(low | static_cast<std::uint64_t>(s.read(pkg::REG_PERF + 8 * i + 4)) << 32, (start + want[i]) % full);
    }
  }
}

TEST(Host, CountsWhatIsAtWork) {
  Station s(9);
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(s.write(pkg::REG_CTRL, 1), 0U);
    while (!s.bench.out().answer.irq) ASSERT_TRUE(s.clock());
    EXPECT_GT(s.both, 0U);
    EXPECT_LT(s.both, s.lanes);
    const std::uint64_t want[] = {s.lanes, s.vector, s.both};
    for (unsigned i = 0; i < 3; ++i) {
      EXPECT_EQ(s.read(pkg::REG_PERF + 8 * i), want[i]);
      EXPECT_EQ(s.read(pkg::REG_PERF + 8 * i + 4), 0U);
      EXPECT_EQ(s.write(pkg::REG_PERF + 8 * i, 0), 2U) << "read-only";
    }
  }
  for (unsigned l = 0; l < kLanes; ++l)
    for (unsigned i = 0; i < 4; ++i) {
      const auto low = s.driver.read_reg(pkg::REG_LANE + 32 * l + 8 * i), high = s.driver.read_reg(pkg::REG_LANE + 32 * l + 8 * i + 4);
      const auto before = s.inside.counts[l][i];
      s.run();
      if (s.inside.counts[l][i] == before) EXPECT_EQ(low->value | static_cast<std::uint64_t>(high->value) << 32, before);
    }
  EXPECT_EQ(s.write(pkg::REG_LANE, 0), 2U);
  EXPECT_EQ(s.write(pkg::REG_LANE + 32 * kLanes, 0), 3U);
  EXPECT_EQ(s.write(pkg::REG_PERF + 24, 0), 3U);
}

TEST(Host, WindowsHoldWhatIsWritten) {
  Station s(3);
  auto& rng = s.inside.rng;
  const auto image = random_bytes(rng, 3 * 4096 + 64);
  const auto write = s.driver.write_dram(2, 0xffffe01, image);
  const auto before = s.bench.cycle;
  s.run();
  EXPECT_EQ(write->resp, 0U);
  EXPECT_LE(s.bench.cycle - before, image.size() / 32 * 9 / 4) << "near two clocks a beat";
  const auto read = s.driver.read_dram(2, 0xffffe01, image.size());
  s.run();
  EXPECT_EQ(read->resp, 0U);
  EXPECT_EQ(read->bytes, image);

  std::vector<pkg::instr_t> program(pkg::PROG_WORDS);
  for (auto& i : program) i = pkg::instr_t::unpack({rng() | static_cast<std::uint64_t>(rng()) << 32, rng()});
  std::vector<std::uint32_t> tokens(pkg::TOKEN_WORDS);
  for (auto& t : tokens) t = rng() & 0x3ffff;
  std::vector<pkg::seg_t> segments(pkg::SEG_ENTRIES);
  for (auto& e : segments) e = pkg::seg_t::unpack({rng() | static_cast<std::uint64_t>(rng()) << 32});
  const auto a = s.driver.write_program(0, program), b = s.driver.write_tokens(0, tokens), c = s.driver.write_segments(1, 0, segments);
  const auto d = s.driver.read_window(1ULL << 36, 32 * pkg::PROG_WORDS), e = s.driver.read_tokens(0, pkg::TOKEN_WORDS);
  const auto f = s.driver.read_window(2ULL << 36 | 1ULL << 17, 32 * pkg::SEG_ENTRIES);
  s.run(10 * pkg::TOKEN_WORDS);
  for (const auto& t : {a, b, c, d, e, f}) ASSERT_EQ(t->resp, 0U);
  ASSERT_EQ(d->bytes.size(), 32U * pkg::PROG_WORDS);
  ASSERT_EQ(e->bytes.size(), 32U * pkg::TOKEN_WORDS);
  for (unsigned i = 0; i < pkg::PROG_WORDS; ++i) {
    EXPECT_EQ(s.inside.program[i], program[i].pack());
    EXPECT_EQ(std::memcmp(&d->bytes[32 * i], program[i].pack().data(), 16), 0);
  }
  for (unsigned i = 0; i < pkg::TOKEN_WORDS; ++i) EXPECT_EQ(std::memcmp(&e->bytes[32 * i], &tokens[i], 4), 0);
  for (unsigned i = 0; i < pkg::SEG_ENTRIES; ++i) {
    EXPECT_EQ(s.inside.segments[1][i], segments[i].pack()[0]);
    EXPECT_EQ(std::memcmp(&f->bytes[32 * i], segments[i].pack().data(), 8), 0);
  }
  EXPECT_TRUE(s.inside.segments[0].empty() && s.inside.segments[2].empty());
}

TEST(Host, NoMoreThan63WritesUnderWay) {
  Station s(7);
  s.inside.speed = 0;
  s.inside.depth = 100;
  const auto image = random_bytes(s.inside.rng, 4096);
  const auto write = s.driver.write_dram(1, 0, image);
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(s.clock());
  EXPECT_EQ(s.inside.waiting[1].size(), 63U);
  s.inside.speed = 100;
  s.run();
  EXPECT_EQ(write->resp, 0U);
  const auto read = s.driver.read_dram(1, 0, image.size());
  s.run();
  EXPECT_EQ(read->bytes, image);
}

TEST(Host, RefusedWithoutSideEffects) {
  struct Case {
    std::uint64_t addr;
    unsigned len, size, burst, resp_write, resp_read;
  };
  const std::uint64_t win = 1ULL << 36, lane = 1ULL << 33, entry_lane = 1ULL << 17;
  const Case cases[] = {
      {0, 0, 5, 1, 0, 0},
      {3 * lane, 0, 5, 1, 3, 3},                       // a lane the chip lacks
      {4 * win, 0, 5, 1, 3, 3},                        // no window
      {15 * win, 3, 5, 1, 3, 3},
      {win + 32 * pkg::PROG_WORDS, 0, 5, 1, 3, 3},     // beyond a memory
      {3 * win + 32 * pkg::TOKEN_WORDS, 0, 5, 1, 3, 3},
      {2 * win + 32 * pkg::SEG_ENTRIES, 0, 5, 1, 3, 3},
      {2 * win + 3 * entry_lane, 0, 5, 1, 3, 3},
      {2 * win + (1 << 20), 0, 5, 1, 3, 3},
      {2 * win, 0, 5, 1, 0, 0},
      {0, 0, 6, 1, 2, 2},                              // wider than the bus
      {0, 0, 7, 1, 2, 2},
      {0, 0, 5, 3, 2, 2},                              // a reserved type
      {0, 15, 0, 0, 0, 0},                             // FIXED, and one beat more than it may have
      {0, 16, 0, 0, 2, 2},
      {32, 3, 5, 2, 0, 0},                             // WRAP of 4 beats; of lengths it may not have; unaligned
      {32, 0, 5, 2, 2, 2},
      {32, 2, 5, 2, 2, 2},
      {32, 4, 5, 2, 2, 2},
      {32, 31, 0, 2, 2, 2},
      {34, 3, 2, 2, 2, 2},
      {34, 3, 1, 2, 0, 0},
      {8, 0, 5, 1, 0, 0},                              // unaligned
      {4095, 0, 5, 1, 0, 0},
      {4095, 0, 0, 1, 0, 0},
      {4095, 1, 0, 1, 2, 2},                           // beyond 4 KiB
      {4092, 3, 0, 1, 0, 0},
      {4094, 1, 2, 1, 2, 2},
      {4090, 1, 2, 1, 0, 0},                           // its second beat is the last of the page
      {4088, 1, 2, 1, 0, 0},
      {4096 - 32, 1, 5, 1, 2, 2},                      // beyond 4 KiB
      {4096 - 64, 1, 5, 1, 0, 0},
      {win, 127, 5, 1, 0, 0},
      {win, 128, 5, 1, 2, 2},
  };
  Station s(4);
  for (const auto& c : cases)
    for (const bool write : {true, false}) {
      SCOPED_TRACE(fmt::format("{:#x} len {} size {} burst {} write {}", c.addr, c.len, c.size, c.burst, write));
      chip::HostPins p;
      Host::In in;
      in.pins = &p;
      unsigned beats = 0, resp = 99;
      s.inside.acts = 0;
      (write ? p.awvalid : p.arvalid) = true;
      (write ? p.awaddr : p.araddr) = c.addr;
      (write ? p.awlen : p.arlen) = static_cast<std::uint8_t>(c.len);
      (write ? p.awsize : p.arsize) = static_cast<std::uint8_t>(c.size);
      (write ? p.awburst : p.arburst) = static_cast<std::uint8_t>(c.burst);
      p.wvalid = write;
      p.wstrb = ~0U;
      p.bready = p.rready = true;
      for (unsigned n = 0; n < 3000 && resp == 99; ++n) {
        p.wlast = beats == c.len;
        const auto o = s.bench.out();
        s.inside.show(in);
        s.inside.take(o);
        ASSERT_TRUE(s.bench.clock(in));
        const auto& a = o.answer;
        if (a.awready) p.awvalid = false;
        if (a.arready) p.arvalid = false;
        if (p.wvalid && a.wready && beats++ == c.len) p.wvalid = false;
        if (a.bvalid) resp = a.bresp;
        if (a.rvalid) {
          EXPECT_EQ(a.rlast, beats == c.len);
          EXPECT_EQ(a.rresp, c.resp_read);
          if (beats++ == c.len) resp = a.rresp;
        }
      }
      EXPECT_EQ(beats, c.len + 1);
      EXPECT_EQ(resp, write ? c.resp_write : c.resp_read);
      if (resp != 0) EXPECT_EQ(s.inside.acts, 0U);
    }
}

/// One burst as a master issues it.
struct BurstOf {
  std::uint64_t addr;
  unsigned beats, size, type;  ///< type: 0 FIXED, 1 INCR, 2 WRAP
};

/// Address of beat n, as the AXI specification defines it (A3.4.1), written without a look at the RTL or its twin.
std::uint64_t address_of(const BurstOf& b, unsigned n) {
  const std::uint64_t number_bytes = std::uint64_t{1} << b.size, aligned = b.addr / number_bytes * number_bytes;
  if (n == 0 || b.type == 0) return b.addr;
  const std::uint64_t address = aligned + n * number_bytes;
  if (b.type == 1) return address;
  const std::uint64_t total = number_bytes * b.beats, boundary = b.addr / total * total;
  return address < boundary + total ? address : address - total;
}

/// Bytes of beat n: [first, second).
std::pair<std::uint64_t, std::uint64_t> bytes_of(const BurstOf& b, unsigned n) {
  const std::uint64_t from = address_of(b, n), number_bytes = std::uint64_t{1} << b.size;
  return {from, from / number_bytes * number_bytes + number_bytes};
}

/// Issues single bursts on the pins, with pauses on every channel.
struct Issuer {
  explicit Issuer(Station& s) : station(s) {}
  bool clock() {
    const auto seen = station.bench.rtl_answer();
    Host::In in;
    const chip::HostPins now = pins;
    in.pins = &now;
    const auto before = station.bench.out();
    station.inside.show(in);
    station.inside.take(before);
    answer = seen;
    return station.bench.clock(in);
  }
  void address(bool write, const BurstOf& b) {
    (write ? pins.awvalid : pins.arvalid) = true;
    (write ? pins.awaddr : pins.araddr) = b.addr;
    (write ? pins.awlen : pins.arlen) = static_cast<std::uint8_t>(b.beats - 1);
    (write ? pins.awsize : pins.arsize) = static_cast<std::uint8_t>(b.size);
    (write ? pins.awburst : pins.arburst) = static_cast<std::uint8_t>(b.type);
  }
  /// Answer to the write, 99: none came.
  unsigned write(const BurstOf& b, const std::vector<Bits<4>>& data, const std::vector<std::uint32_t>& strobes) {
    auto& p = pins;
    address(true, b);
    for (unsigned at = 0, n = 0; n < 100000; ++n) {
      p.wvalid = p.wvalid || (at < b.beats && station.inside.chance(eager));
      if (p.wvalid) {
        p.wdata = data[at];
        p.wstrb = strobes[at];
        p.wlast = at + 1 == b.beats;
      }
      p.bready = station.inside.chance(eager);
      if (!clock()) return 99;
      if (answer.awready) p.awvalid = false;
      if (p.wvalid && answer.wready) {
        p.wvalid = false;
        ++at;
      }
      if (answer.bvalid && p.bready) {
        p.bready = false;
        return answer.bresp;
      }
    }
    return 99;
  }
  std::vector<Bits<4>> read(const BurstOf& b) {
    auto& p = pins;
    std::vector<Bits<4>> beats;
    address(false, b);
    for (unsigned n = 0; n < 100000 && beats.size() < b.beats; ++n) {
      p.rready = station.inside.chance(eager);
      if (!clock()) break;
      if (answer.arready) p.arvalid = false;
      if (answer.rvalid && p.rready) {
        EXPECT_EQ(answer.rresp, 0U);
        beats.push_back(answer.rdata);
        EXPECT_EQ(answer.rlast, beats.size() == b.beats);
      }
    }
    p.rready = false;
    return beats;
  }
  Station& station;
  chip::HostPins pins;
  chip::HostAnswer answer;
  unsigned eager = 70;
};

std::uint8_t byte_of(const Bits<4>& word, std::uint64_t addr) { return static_cast<std::uint8_t>(word[addr % 32 / 8] >> 8 * (addr % 8)); }

TEST(Host, EveryLegalBurstWritesAndReadsItsBytes) {
  Station s(21);
  Issuer issuer(s);
  auto& rng = s.inside.rng;
  std::map<std::uint64_t, std::uint8_t> memory;  // what a byte-addressed memory would hold
  unsigned bursts[3][6] = {}, parts = 0;
  constexpr unsigned kCount[] = {32, 16, 8, 4};  // bytes of a word that count
  for (unsigned n = 0; n < 1500; ++n) {
    s.inside.ready = n % 3 ? 100 : 40;
    s.inside.speed = n % 4 ? 100 : 30;
    issuer.eager = n % 2 ? 100 : 50;
    BurstOf b{};
    b.size = static_cast<unsigned>(rng() % 6);
    b.type = static_cast<unsigned>(rng() % 3);
    const unsigned window = rng() % 2 ? 0 : static_cast<unsigned>(rng() % 4);
    const std::uint64_t lane = rng() % 3;
    b.beats = b.type == 2 ? 2U << rng() % 4 : 1 + static_cast<unsigned>(rng() % (b.type == 0 ? 16 : rng() % 8 ? 12 : 256));
    std::uint64_t offset = rng() % 8192;
    if (b.type == 2) offset = offset >> b.size << b.size;
    if (b.type == 1) {  // within its 4 KiB
      const std::uint64_t bytes = std::uint64_t{b.beats} << b.size;
      if (bytes > 4096) b.beats = 4096U >> b.size;
      const std::uint64_t room = 4096 - (std::uint64_t{b.beats} << b.size);
      offset = offset / 4096 * 4096 + rng() % (room + 1);
      if ((offset >> b.size << b.size) % 4096 > room) offset = offset / 4096 * 4096 + room;
    }
    b.addr = std::uint64_t{window} << 36 | (window == 0 ? lane << 33 : window == 2 ? lane << 17 : 0) | offset;
    ++bursts[b.type][b.size];
    SCOPED_TRACE(fmt::format("{:#x}, {} beats of {} bytes, type {}", b.addr, b.beats, 1 << b.size, b.type));
    std::vector<Bits<4>> data(b.beats);
    std::vector<std::uint32_t> strobes(b.beats);
    const bool holes = rng() % 2;
    for (unsigned i = 0; i < b.beats; ++i) {
      for (auto& w : data[i]) w = static_cast<std::uint64_t>(rng()) << 32 | rng();
      strobes[i] = holes ? static_cast<std::uint32_t>(rng() & rng()) : ~0U;  // bytes beside the beat among them: they must not count
      if (holes && rng() % 6 == 0) strobes[i] = 0;
      parts += strobes[i] != ~0U;
      for (auto [at, end] = bytes_of(b, i); at < end; ++at)
        if ((strobes[i] >> at % 32 & 1) && at % 32 < kCount[window]) memory[at] = byte_of(data[i], at);
    }
    ASSERT_EQ(issuer.write(b, data, strobes), 0U);
    const auto words = issuer.read(b);
    ASSERT_EQ(words.size(), b.beats);
    for (unsigned i = 0; i < b.beats; ++i)
      for (auto [at, end] = bytes_of(b, i); at < end; ++at) {
        const unsigned known = window == 3 && at % 32 == 2 ? 3 : window == 3 && at % 32 == 3 ? 0 : 0xff;  // a token has 18 bits
        const auto kept = memory.find(at);
        ASSERT_EQ(byte_of(words[i], at), (kept == memory.end() ? 0U : kept->second) & known) << fmt::format("beat {}, byte {:#x}", i, at);
      }
  }
  for (const auto& type : bursts)
    for (const unsigned count : type) EXPECT_GT(count, 40U);
  EXPECT_GT(parts, 1000U);
}

TEST(Host, PartsAreMergedOnlyWhileIdle) {
  Station s(22);
  Issuer issuer(s);
  auto& dram = s.inside.dram[1];
  dram[7] = {1, 2, 3, 4};
  const std::uint64_t at = 1ULL << 33 | 7 * 32;
  const BurstOf word{at, 1, 5, 1};
  const std::vector<Bits<4>> data{{~0ULL, ~0ULL, ~0ULL, ~0ULL}};
  EXPECT_EQ(issuer.write(word, data, {0x0000ff00}), 0U);
  EXPECT_EQ(dram[7], (Bits<4>{1, ~0ULL, 3, 4}));
  s.inside.work(1000);
  EXPECT_EQ(issuer.write(word, data, {0x00ff0000}), 2U) << "the lane could append to it";
  EXPECT_EQ(issuer.write(word, data, {0}), 0U) << "writes nothing";
  EXPECT_EQ(dram[7], (Bits<4>{1, ~0ULL, 3, 4}));
  EXPECT_EQ(issuer.write(word, data, {~0U}), 0U);
  EXPECT_EQ(dram[7], (Bits<4>{~0ULL, ~0ULL, ~0ULL, ~0ULL}));
  EXPECT_EQ(issuer.write({std::uint64_t{pkg::WIN_TOKENS} << 36 | 64, 1, 2, 1}, data, {0xf}), 2U);
  EXPECT_EQ(issuer.write({std::uint64_t{pkg::WIN_TOKENS} << 36 | 64, 1, 2, 1}, data, {0}), 2U) << "closed";
  // a program starts while a part is being merged: it is not written back
  s.inside.work(0);
  s.inside.speed = 0;
  dram[8] = {5, 6, 7, 8};
  issuer.pins.awvalid = issuer.pins.wvalid = issuer.pins.wlast = true;
  issuer.pins.awaddr = at + 32;
  issuer.pins.awlen = 0;
  issuer.pins.awsize = 5;
  issuer.pins.wstrb = 1;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(issuer.clock());
    if (issuer.answer.awready) issuer.pins.awvalid = false;
    if (issuer.answer.wready) issuer.pins.wvalid = false;
  }
  EXPECT_EQ(s.inside.waiting[1].size(), 1U) << "the word is being read";
  s.inside.work(1000);
  s.inside.speed = 100;
  issuer.pins.bready = true;
  for (int i = 0; i < 20 && !issuer.answer.bvalid; ++i) ASSERT_TRUE(issuer.clock());
  EXPECT_EQ(issuer.answer.bresp, 2U);
  EXPECT_EQ(dram[8], (Bits<4>{5, 6, 7, 8}));
}

TEST(Host, KeepsTheFirstBadAccess) {
  Station s(23);
  Issuer issuer(s);
  const auto bad = [&](unsigned kind, bool write, std::uint64_t addr) {
    EXPECT_EQ(s.read(pkg::REG_BAD), kind | (write ? 0x100U : 0U) | static_cast<std::uint32_t>(addr >> 32) << 16) << pkg::bad_e_name(kind);
    EXPECT_EQ(s.read(pkg::REG_BAD_ADDR), static_cast<std::uint32_t>(addr));
  };
  const auto clear = [&] { EXPECT_EQ(s.write(pkg::REG_BAD, 0), 0U); };
  const std::vector<Bits<4>> data(300);
  const std::vector<std::uint32_t> all(300, ~0U);
  bad(pkg::BAD_NONE, false, 0);
  EXPECT_EQ(issuer.write({0xf'1234'5678, 1, 3, 1}, data, all), 3U);
  bad(pkg::BAD_NOWHERE, true, 0xf'1234'5678);
  EXPECT_EQ(issuer.write({0x2000, 1, 3, 3}, data, all), 2U);
  bad(pkg::BAD_NOWHERE, true, 0xf'1234'5678);  // the first stays
  EXPECT_EQ(s.write(pkg::REG_CTRL, 2), 0U);
  for (int i = 0; i < 8; ++i) s.clock();
  bad(pkg::BAD_NOWHERE, true, 0xf'1234'5678);
  clear();
  bad(pkg::BAD_NONE, false, 0);
  EXPECT_EQ(issuer.write({0x2000, 1, 3, 3}, data, all), 2U);
  bad(pkg::BAD_BURST, true, 0x2000);
  clear();
  EXPECT_EQ(issuer.write({0xfff, 2, 0, 1}, data, all), 2U);
  bad(pkg::BAD_4K, true, 0xfff);
  clear();
  s.inside.work(100000);
  EXPECT_EQ(issuer.write({std::uint64_t{pkg::WIN_PROGRAM} << 36 | 0x40, 2, 4, 1}, data, all), 2U);
  bad(pkg::BAD_BUSY, true, std::uint64_t{pkg::WIN_PROGRAM} << 36 | 0x40);
  clear();
  EXPECT_EQ(s.write(pkg::REG_POS, 1), 2U);
  bad(pkg::BAD_REFUSED, true, pkg::REG_POS);
  clear();
  EXPECT_EQ(s.write(0x7f0, 1), 3U);
  bad(pkg::BAD_REGISTER, true, 0x7f0);
  clear();
  const auto none = s.driver.read_reg(0x4c);
  s.run();
  EXPECT_EQ(none->resp, 3U);
  bad(pkg::BAD_REGISTER, false, 0x4c);
  clear();
  s.inside.work(0);
  // a last beat that is none, and a read that a soft reset takes
  auto& p = issuer.pins;
  issuer.address(true, {0x80, 2, 5, 1});
  p.wvalid = p.wlast = p.bready = true;
  p.wstrb = ~0U;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(issuer.clock());
    if (issuer.answer.awready) p.awvalid = false;
    if (issuer.answer.bvalid) {
      EXPECT_EQ(issuer.answer.bresp, 2U);
      p.bready = p.wvalid = p.wlast = false;
    }
  }
  bad(pkg::BAD_LAST, true, 0x80);
  clear();
  s.inside.speed = 0;
  issuer.address(false, {2ULL << 33 | 0x123, 1, 0, 1});
  p.rready = true;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(issuer.clock());
    if (issuer.answer.arready) p.arvalid = false;
  }
  EXPECT_EQ(s.write(pkg::REG_CTRL, 2), 0U);
  bad(pkg::BAD_RESET, false, 2ULL << 33 | 0x123);
}

/// Random legal masters on all five channels of both ports, illegal requests among them.
class Masters {
 public:
  explicit Masters(std::mt19937& rng) : rng_(rng) {}
  chip::HostPins pins;
  unsigned eager = 50;
  unsigned strange = 40;  ///< one burst in so many has any size, one any kind
  unsigned answers[2][4] = {}, reg_answers[2] = {};

  void step(const chip::HostAnswer& a) {
    auto& p = pins;
    // registers
    if (p.l_awvalid && a.l_awready) p.l_awvalid = false;
    if (p.l_wvalid && a.l_wready) p.l_wvalid = false;
    if (p.l_arvalid && a.l_arready) p.l_arvalid = false;
    if (a.l_bvalid && p.l_bready) ++reg_answers[a.l_bresp != 0];
    if (!p.l_awvalid && aws_ < ws_ + 3 && go()) {
      p.l_awvalid = true;
      p.l_awaddr = reg();
      ++aws_;
    }
    if (!p.l_wvalid && ws_ < aws_ + 3 && go()) {
      p.l_wvalid = true;
      p.l_wdata = pick(3) ? pick(16) : static_cast<std::uint32_t>(rng_());
      if ((p.l_wdata & 2) && pick(8)) p.l_wdata = p.l_wdata & 8 ? 8 : 1;  // soft reset now and then
      p.l_wstrb = pick(20) ? 15 : static_cast<std::uint8_t>(pick(16));
      ++ws_;
    }
    if (!p.l_arvalid && go()) {
      p.l_arvalid = true;
      p.l_araddr = reg();
    }
    p.l_bready = go();
    p.l_rready = go();
    // windows
    if (p.awvalid && a.awready) p.awvalid = false;
    if (p.wvalid && a.wready) p.wvalid = false;
    if (p.arvalid && a.arready) p.arvalid = false;
    if (a.bvalid && p.bready) ++answers[0][a.bresp];
    if (a.rvalid && p.rready) ++answers[1][a.rresp];
    if (!p.awvalid && beats_.size() < 300 && go()) {
      p.awvalid = true;
      request(p.awaddr, p.awlen, p.awsize, p.awburst);
      p.awid = static_cast<std::uint8_t>(pick(16));
      for (int i = p.awlen; i >= 0; --i) beats_.push_back(pick(100) ? i == 0 : !!pick(2));
    }
    if (!p.wvalid && !beats_.empty() && go()) {
      p.wvalid = true;
      p.wlast = beats_.front();
      beats_.pop_front();
      p.wstrb = pick(30) ? 0xffffffff : pick(2) ? 0xffffffffU >> pick(32) : 0xffffffffU << pick(32);
      for (auto& w : p.wdata) w = static_cast<std::uint64_t>(rng_()) << 32 | rng_();
    }
    if (!p.arvalid && go()) {
      p.arvalid = true;
      request(p.araddr, p.arlen, p.arsize, p.arburst);
      p.arid = static_cast<std::uint8_t>(pick(16));
    }
    p.bready = go();
    p.rready = go();
  }

 private:
  unsigned pick(unsigned n) { return static_cast<unsigned>(rng_() % n); }
  bool go() { return pick(100) < eager; }
  /// A burst of a lane's memory: near one of its ends, or anywhere.
  unsigned near() { return pick(4) == 0 ? pick(1 << 28) : pick(2) ? pick(400) : (1 << 28) - 1 - pick(400); }
  std::uint16_t reg() { return static_cast<std::uint16_t>(pick(20) ? 4 * pick(pick(3) ? 26 : 100) : pick(4096)); }
  void request(std::uint64_t& addr, std::uint8_t& len, std::uint8_t& size, std::uint8_t& burst) {
    const unsigned window = pick(20) ? pick(4) : pick(16);
    addr = static_cast<std::uint64_t>(window) << 36;
    const unsigned lane = pick(10) ? pick(3) : pick(8);
    switch (window) {
      case pkg::WIN_DRAM: addr |= static_cast<std::uint64_t>(lane) << 33 | static_cast<std::uint64_t>(near()) << 5; break;
      case pkg::WIN_PROGRAM: addr |= 32ULL * pick(pick(8) ? pkg::PROG_WORDS : 1100); break;
      case pkg::WIN_SEG: addr |= static_cast<std::uint64_t>(lane) << 17 | 32ULL * pick(pick(8) ? pkg::SEG_ENTRIES : 4096); break;
      default: addr |= 32ULL * pick(pick(8) ? pkg::TOKEN_WORDS : 9000); break;
    }
    const unsigned room = 127 - static_cast<unsigned>(addr >> 5 & 127);
    len = static_cast<std::uint8_t>(pick(20) ? std::min(pick(pick(6) ? 6 : 128), room) : pick(256));
    size = static_cast<std::uint8_t>(pick(strange) ? 5 : pick(8));
    burst = static_cast<std::uint8_t>(pick(strange) ? 1 : pick(4));
    if (burst == 2 && pick(4)) len = static_cast<std::uint8_t>((2U << pick(4)) - 1);
    if (!pick(60) || size < 5) addr |= pick(32);
    if (!pick(80)) addr |= 1ULL << (20 + pick(16));
  }
  std::mt19937& rng_;
  std::deque<bool> beats_;
  unsigned aws_ = 0, ws_ = 0;
};

TEST(Host, RandomTrafficInLockstep) {
  unsigned answers[2][4] = {}, regs[2] = {}, starts = 0, resets = 0, goes = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Bench bench(seed);
    Inside inside(seed);
    Masters masters(inside.rng);
    masters.eager = inside.chance(50) ? 95 : 10 + inside.rng() % 80;
    inside.ready = inside.chance(50) ? 100 : 5 + inside.rng() % 90;
    inside.speed = inside.chance(50) ? 100 : 5 + inside.rng() % 90;
    inside.wild = seed % 2;
    if (seed % 4 == 0) masters.strange = 2;
    for (unsigned n = 0; n < 5000; ++n) {
      const chip::HostPins pins = masters.pins;
      const auto o = bench.out();
      masters.step(bench.rtl_answer());
      Host::In in;
      in.pins = &pins;
      inside.show(in);
      inside.take(o);
      starts += o.start;
      resets += !o.core_rst_n;
      if (!bench.clock(in)) return;
    }
    goes += inside.goes;
    for (int d = 0; d < 2; ++d) {
      for (int r = 0; r < 4; ++r) answers[d][r] += masters.answers[d][r];
      regs[d] += masters.reg_answers[d];
    }
  }
  for (const auto& d : answers)
    for (const int r : {0, 2, 3}) EXPECT_GT(d[r], 100U) << r;
  EXPECT_GT(regs[0], 1000U);
  EXPECT_GT(regs[1], 1000U);
  EXPECT_GT(starts, 100U);
  EXPECT_GT(resets, 100U);
  EXPECT_GT(goes, 100U);
}

}  // namespace
