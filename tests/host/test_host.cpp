// SPDX-License-Identifier: Apache-2.0
// The host port: RTL and twin in lockstep under random AXI traffic, and what the port does held against plain expectations.
#include <gtest/gtest.h>

#include <algorithm>
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
constexpr unsigned kLanes = 3;

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
    return same<chip::probe::host>() && same<chip::probe::host_csr>() && same<chip::probe::host_win>();
  }
  const Host::Out& out() const { return twin_.out(); }
  chip::HostAnswer rtl_answer() const { return verif::answer(*rtl_); }
  /// Both sides as if a program had been busy for so many clocks: no test can wait until the upper half of 64 bits counts.
  void preload_cycles(std::uint64_t clocks) {
    twin_.preload_cycles(clocks);
    rtl_->rootp->htx_host__DOT__u_csr__DOT__cycles_q = clocks;  // preload.vlt keeps it writable
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
  Host twin_{kLanes};
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
    in.count = static_cast<std::uint16_t>(pos_ + 1);
    in.last = pos_ * 3 & 0x3ffff;
    if (wild) {
      in.error_word = rng();
      in.pos = static_cast<std::uint16_t>(rng());
      in.count = static_cast<std::uint16_t>(rng());
      in.last = rng() & 0x3ffff;
      in.pc = static_cast<std::uint16_t>(rng());
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
      pos_ = static_cast<std::uint16_t>(pos_ + chance(10));
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
  bool wild = false;  ///< what the sequencer shows is any value, in every clock
  std::map<std::uint32_t, Bits<4>> dram[kLanes];
  std::map<std::uint32_t, std::uint64_t> tokens, segments[kLanes];
  std::map<std::uint32_t, Bits<2>> program;
  std::deque<Bits<4>> waiting[kLanes];

 private:
  unsigned busy_ = 0;
  bool paused_ = false, done_ = false, error_ = false, hm_wait_ = false, hm_tok_ = false;
  std::uint16_t pos_ = 0, hm_addr_ = 0;
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
  EXPECT_EQ(s.read(pkg::REG_LANES_TOTAL), kLanes);
  EXPECT_EQ(s.read(pkg::REG_LIMIT), pkg::TOKEN_WORDS);
  EXPECT_EQ(s.write(pkg::REG_PROMPT, 17), 0U);
  EXPECT_EQ(s.write(pkg::REG_POS, 0x12345), 0U);
  EXPECT_EQ(s.write(pkg::REG_VOCAB, 0x80000001), 0U);
  EXPECT_EQ(s.write(pkg::REG_EOS, 0x80000002), 0U);
  EXPECT_EQ(s.write(pkg::REG_LANES_TOTAL, 0), 2U);
  EXPECT_EQ(s.write(pkg::REG_LANES_TOTAL, 48), 0U);
  EXPECT_EQ(s.read(pkg::REG_PROMPT), 17U);
  EXPECT_EQ(s.read(pkg::REG_POS), 0xffffU);
  EXPECT_EQ(s.read(pkg::REG_VOCAB), 0x3ffffU);
  EXPECT_EQ(s.read(pkg::REG_EOS), 0x80000002U);
  EXPECT_EQ(s.read(pkg::REG_LANES_TOTAL), 48U);
  // the first value too large for each
  for (const auto [offset, large, kept] : {std::tuple{pkg::REG_VOCAB, 0x40000U, 0x3ffffU}, {pkg::REG_EOS, 0x40000U, 0x3ffffU},
                                           {pkg::REG_PROMPT, 0x10000U, 0xffffU}, {pkg::REG_LIMIT, 0x10000U, 0xffffU},
                                           {pkg::REG_POS, 0x10000U, 0xffffU}, {pkg::REG_LANES_TOTAL, 64U, 63U}}) {
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
  for (const auto offset : {pkg::REG_ID, pkg::REG_STATUS, pkg::REG_CYCLES, pkg::REG_PC, 0x48U, 0x19U, 0x52U, 0x60U, 0xffcU}) EXPECT_EQ(s.write(offset, 1), 2U) << offset;
  for (const auto offset : {0x48U, 0x4cU, 0x51U, 0x60U, 0x150U}) {
    const auto bad = s.driver.read_reg(static_cast<std::uint16_t>(offset));
    s.run();
    EXPECT_EQ(bad->resp, 2U) << offset;
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
  s.run();
  for (const auto& t : {a, b, c, d, e}) ASSERT_EQ(t->resp, 0U);
  ASSERT_EQ(d->bytes.size(), 32U * pkg::PROG_WORDS);
  ASSERT_EQ(e->bytes.size(), 32U * pkg::TOKEN_WORDS);
  for (unsigned i = 0; i < pkg::PROG_WORDS; ++i) {
    EXPECT_EQ(s.inside.program[i], program[i].pack());
    EXPECT_EQ(std::memcmp(&d->bytes[32 * i], program[i].pack().data(), 16), 0);
  }
  for (unsigned i = 0; i < pkg::TOKEN_WORDS; ++i) EXPECT_EQ(std::memcmp(&e->bytes[32 * i], &tokens[i], 4), 0);
  for (unsigned i = 0; i < pkg::SEG_ENTRIES; ++i) EXPECT_EQ(s.inside.segments[1][i], segments[i].pack()[0]);
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
      {2 * win, 0, 5, 1, 0, 2},                        // segments cannot be read
      {0, 0, 4, 1, 2, 2},                              // narrow
      {0, 1, 5, 0, 2, 2},                              // FIXED
      {0, 3, 5, 2, 2, 2},                              // WRAP
      {8, 0, 5, 1, 2, 2},                              // misaligned
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
  std::uint16_t reg() { return static_cast<std::uint16_t>(pick(20) ? 4 * pick(24) : pick(4096)); }
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
    if (!pick(60)) addr |= pick(32);
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
