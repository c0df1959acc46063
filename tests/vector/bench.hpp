// SPDX-License-Identifier: Apache-2.0
// The vector unit's RTL and twin beside each other on one vector memory, compared at every clock.
#pragma once
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "Vhtx_vector.h"
#include "golden/chip/vector.hpp"
#include "golden/chip/vmem.hpp"
#include "golden/numerics/numerics.hpp"
#include "htx/rtl/rtl_vector.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::test {

class VectorBench {
 public:
  explicit VectorBench(unsigned seed) : rng(seed) {
    context_.randReset(2);
    context_.randSeed(int(seed) + 1);
    rtl_ = std::make_unique<Vhtx_vector>(&context_);
    reset();
  }
  ~VectorBench() { rtl_->final(); }

  /// Two clocks of reset, whatever was going on.
  void reset() {
    rtl_->rst_ni = 0;
    rtl_->cmd_valid_i = 0;
    edge();
    edge();
    rtl_->rst_ni = 1;
    rtl_->eval();
    twin_.reset();
    announced_ = 0;
    sent.clear();
  }

  /// One clock, with a command pushed if there is one. The collector may write `col` where the unit leaves room.
  void clock(const pkg::vec_cmd_t* cmd = nullptr) {
    compare();
    const chip::Vector::Out out = twin_.out();
    EXPECT_EQ(out.we, announced_ >> 1 & 1) << "write not announced two clocks ahead, clock " << now;
    announced_ = announced_ << 1 | out.we_pre;
    if (out.act_we) sent.push_back(out.act);

    chip::Vector::In in;
    in.cmd_valid = cmd != nullptr;
    if (cmd) in.cmd = *cmd;
    else
      for (auto& w : rtl_->cmd_i.m_storage) w = junk_();  // without valid, whatever it is
    in.rdata_a = mem.out().a_rdata;
    in.rdata_b = mem.out().b_rdata;
    rtl_->cmd_valid_i = in.cmd_valid;
    if (cmd) {
      const Bits<2> packed = in.cmd.pack();
      std::memcpy(rtl_->cmd_i.data(), &packed, sizeof(std::uint32_t) * 3);
    }
    std::memcpy(rtl_->rdata_a_i.data(), &in.rdata_a, 32);
    std::memcpy(rtl_->rdata_b_i.data(), &in.rdata_b, 32);
    chip::Vmem::In m;
    m.a_re = out.re_a;
    m.a_raddr = out.raddr_a;
    m.b_re = out.re_b;
    m.b_raddr = out.raddr_b;
    m.vec_we = out.we;
    m.vec_waddr = out.waddr;
    m.vec_wdata = out.wdata;
    EXPECT_FALSE(m.vec_we && m.a_re && m.a_raddr == m.vec_waddr) << "read of the word being written";
    EXPECT_FALSE(m.vec_we && m.b_re && m.b_raddr == m.vec_waddr) << "read of the word being written";
    twin_.step(in);
    mem.step(m);
    edge();
    ++now;
  }

  /// Pushes the commands as `ready` allows, with random pauses of up to `pause` clocks, and runs until all are done.
  void run(const std::vector<pkg::vec_cmd_t>& cmds, unsigned pause = 0) {
    const std::uint8_t target = std::uint8_t(twin_.out().done + cmds.size());
    std::size_t next = 0;
    unsigned wait = 0;
    long limit = 1000;
    for (const auto& c : cmds) limit += chip::Vector::clocks(c) + pause + 8;
    while (twin_.out().done != target && limit-- > 0 && !testing::Test::HasFailure()) {
      if (next < cmds.size() && twin_.out().cmd_ready && wait == 0) {
        // up to four after one look at ready: the last of the burst without looking
        const unsigned burst = 1 + (pause ? unsigned(rng() % 4) : 0);
        for (unsigned i = 0; i < burst && next < cmds.size(); ++i) clock(&cmds[next++]);
        wait = pause ? rng() % pause : 0;
      } else {
        wait -= wait > 0;
        clock();
      }
    }
    EXPECT_EQ(twin_.out().done, target);
    clock();
    clock();
  }

  float value(unsigned block, unsigned i) const {
    return numerics::from_bits(std::uint32_t(get_bits(mem.word(block * 4 + i / 8), 32 * (i % 8), 32)));
  }
  void set(unsigned block, unsigned i, float x) {
    reinterpret_cast<std::uint32_t*>(mem.word(block * 4 + i / 8).data())[i % 8] = numerics::bits(x);
  }
  std::vector<float> values(unsigned block, unsigned blocks) const {
    std::vector<float> x;
    for (unsigned i = 0; i < 32 * blocks; ++i) x.push_back(value(block + i / 32, i % 32));
    return x;
  }
  void set(unsigned block, std::span<const float> x) {
    for (unsigned i = 0; i < x.size(); ++i) set(block + i / 32, i % 32, x[i]);
  }

  /// A value of ordinary size, now and then an odd one.
  float number() {
    const unsigned kind = rng() % 64;
    const std::uint32_t r = rng();
    if (kind == 0) return numerics::from_bits(r);                   // any pattern
    if (kind == 1) return r & 1 ? 0.0f : -0.0f;
    if (kind == 2) return numerics::from_bits(r & 0x807fffffu);     // subnormal
    return numerics::from_bits((r & 0x807fffffu) | (115 + rng() % 24) << 23);
  }

  std::uint64_t chosen() const { return twin_.out().chosen; }
  std::uint8_t err() const { return twin_.out().err; }

  std::mt19937 rng;
  chip::Vmem mem;
  std::vector<pkg::act_write_t> sent;
  std::uint64_t now{};

 private:
  void edge() {
    rtl_->clk_i = 0;
    rtl_->eval();
    rtl_->clk_i = 1;
    rtl_->eval();
  }

  template <class P>
  void compare_one() {
    P g{}, r{};
    twin_.probe(g);
    verif::rtl_Vhtx_vector::read(*rtl_, 0, r);
    if (!verif::same(g, r)) ADD_FAILURE() << "clock " << now << '\n' << verif::differences(g, r);
  }
  void compare() {
    if (testing::Test::HasFailure()) return;
    compare_one<chip::probe::vector>();
    compare_one<chip::probe::vector_sumsq>();
    compare_one<chip::probe::vector_topk>();
    compare_one<chip::probe::vector_quant>();
    compare_one<chip::probe::vector_read>();
    compare_one<chip::probe::vector_pack>();
    compare_one<chip::probe::vector_write>();
  }

  VerilatedContext context_;
  std::unique_ptr<Vhtx_vector> rtl_;
  chip::Vector twin_;
  unsigned announced_{};
  std::mt19937 junk_;
};

/// A command; the flags are set by hand.
inline pkg::vec_cmd_t command(unsigned op, unsigned a, unsigned b, unsigned d, unsigned n, unsigned e = 1) {
  pkg::vec_cmd_t c;
  c.op = std::uint8_t(op);
  c.a = std::uint16_t(a);
  c.b = std::uint16_t(b);
  c.d = std::uint16_t(d);
  c.n = std::uint16_t(n);
  c.e = std::uint16_t(e);
  return c;
}

/// The same with element `elem` of block b for all.
inline pkg::vec_cmd_t scalar(unsigned op, unsigned a, unsigned b, unsigned elem, unsigned d, unsigned n) {
  pkg::vec_cmd_t c = command(op, a, b, d, n);
  c.bscalar = 1;
  c.elem = std::uint8_t(elem);
  return c;
}

/// Quantised block expected, from golden/numerics alone.
inline std::vector<pkg::act_write_t> expected_blocks(const pkg::vec_cmd_t& c, const std::vector<float>& x, float factor, bool& bad) {
  namespace nu = numerics;
  std::vector<pkg::act_write_t> blocks(c.n);
  std::vector<std::int8_t> q(x.size());
  for (unsigned first = 0; first < c.n; first += c.e) {
    const unsigned n = std::min<unsigned>(c.e, c.n - first);
    const std::span<const float> group(&x[32 * first], 32 * n);
    std::uint32_t scale{};
    if (c.qmode == pkg::Q_VAL) {
      const auto s = nu::quantise_value(group, &q[32 * first]);
      scale = std::uint8_t(s.exponent);
      bad |= s.bad;
    } else if (c.qmode == pkg::Q_KEY) {
      const auto s = nu::quantise_key(group, &q[32 * first]);
      scale = s.scale;
      bad |= s.bad;
    } else {
      const auto s = nu::quantise_activation(group, &q[32 * first]);
      scale = nu::bits(c.qmode == pkg::Q_QRY ? nu::mul(s.scale, factor) : s.scale);
      bad |= s.bad;
    }
    for (unsigned i = first; i < first + n; ++i) {
      blocks[i].kv = c.qmode == pkg::Q_KEY || c.qmode == pkg::Q_VAL;
      const unsigned number = first / c.e, columns = c.qmode == pkg::Q_QRY ? c.cols + 1U : 1;  // queries are dealt over the columns
      blocks[i].col = std::uint8_t(c.qmode == pkg::Q_QRY ? number % columns : c.qmode == pkg::Q_ACT ? c.cols : 0);
      blocks[i].addr = std::uint16_t((c.d + number / columns * c.e + i - first) % 1024);
      blocks[i].scale = scale;
      std::memcpy(&blocks[i].data, &q[32 * i], 32);
    }
  }
  return blocks;
}

}  // namespace htx::test
