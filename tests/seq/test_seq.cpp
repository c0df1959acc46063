// SPDX-License-Identifier: Apache-2.0
// The sequencer: RTL and twin in lockstep at every clock, and the twin's commands against expectations written by hand.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>

#include "Vhtx_seq.h"
#include "golden/chip/seq.hpp"
#include "htx/rtl/htx_rtl_seq.hpp"
#include "verif/block_lockstep.hpp"

namespace {

using namespace htx;
using chip::Seq;
constexpr unsigned kColumns = 5;  // as tests/seq/CMakeLists.txt builds it
constexpr std::uint32_t kPosMask = (1U << pkg::POS_W) - 1;
constexpr unsigned kLanes = 3;

/// Twin and RTL side by side; clock() compares them after every edge.
class Bench {
 public:
  explicit Bench(unsigned seed) {
    context_.threads(1);
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed + 1));
    rtl_ = std::make_unique<Vhtx_seq>(&context_, "htx_seq");
    rtl_->clk_i = 0;
    for (const bool rst_n : {false, true, false})  // twice, the second time out of an idle state
      for (int i = 0; i < 3; ++i) edge({}, rst_n);
    twin_.reset();
  }
  ~Bench() { rtl_->final(); }

  /// One clock; false at the first difference, which is reported.
  bool clock(const Seq::In& in, bool rst_n = true) {
    edge(in, rst_n);
    if (rst_n) twin_.step(in);
    else twin_.reset();
    ++cycle_;
    return same<chip::probe::seq>() && same<chip::probe::seq_mem>();
  }
  const Seq& twin() const { return twin_; }
  const Seq::Out& out() const { return twin_.out(); }
  std::uint64_t cycle() const { return cycle_; }

 private:
  template <class P>
  bool same() {
    P golden{}, actual{};
    twin_.probe(golden);
    verif::rtl_Vhtx_seq::read(*rtl_, 0, actual);
    if (verif::same(golden, actual)) return true;
    ADD_FAILURE() << "clock " << cycle_ << "\n" << verif::differences(golden, actual);
    return false;
  }
  void edge(const Seq::In& in, bool rst_n) {
    auto& t = *rtl_;
    t.rst_ni = rst_n;
    t.start_i = in.start;
    t.cfg_pos_i = in.cfg_pos;
    t.cfg_prompt_i = in.cfg_prompt;
    t.cfg_limit_i = in.cfg_limit;
    t.cfg_eos_en_i = in.cfg_eos_en;
    t.cfg_eos_i = in.cfg_eos;
    t.cfg_vocab_i = in.cfg_vocab;
    t.lanes_total_i = in.lanes_total;
    const auto ctl = in.ctl.pack();
    for (int i = 0; i < 4; ++i) t.ctl_i[i] = static_cast<std::uint32_t>(ctl[i / 2] >> 32 * (i % 2));
    t.hm_valid_i = in.hm_valid;
    t.hm_tok_i = in.hm_tok;
    t.hm_we_i = in.hm_we;
    t.hm_addr_i = in.hm_addr;
    for (int i = 0; i < 4; ++i) t.hm_wdata_i[i] = static_cast<std::uint32_t>(in.hm_wdata[i / 2] >> 32 * (i % 2));
    t.lane_ready_i = in.lane_ready & ((1U << kLanes) - 1);
    t.tree_ready_i = in.tree_ready;
    t.vec_ready_i = in.vec_ready;
    t.lane_done_i = static_cast<std::uint32_t>(in.lane_done);
    t.tree_done_i = in.tree_done;
    t.vec_done_i = in.vec_done;
    t.chosen_i = in.chosen;
    t.best_i = in.best;
    t.collect_busy_i = in.collect_busy;
    t.vec_err_i = in.vec_err;
    t.collect_err_i = in.collect_err;
    t.lane_err_i = static_cast<std::uint32_t>(in.lane_err);
    t.clk_i = 0;
    t.eval();
    t.clk_i = 1;
    t.eval();
  }
  VerilatedContext context_;
  std::unique_ptr<Vhtx_seq> rtl_;
  Seq twin_{kLanes, kColumns};
  std::uint64_t cycle_ = 0;
};

pkg::instr_t op(unsigned code, unsigned a = 0, unsigned b = 0, unsigned d = 0, unsigned n = 0, unsigned e = 0, unsigned flags = 0) {
  pkg::instr_t i;
  i.op = static_cast<std::uint8_t>(code);
  i.a = static_cast<std::uint16_t>(a);
  i.b = static_cast<std::uint16_t>(b);
  i.d = static_cast<std::uint16_t>(d);
  i.n = static_cast<std::uint16_t>(n);
  i.e = static_cast<std::uint16_t>(e);
  i.flags = static_cast<std::uint16_t>(flags);
  return i;
}

/// VTOPK: k of `experts` in n blocks.
pkg::instr_t top(unsigned a, unsigned k, unsigned experts, unsigned n, unsigned flags = 0) {
  auto i = op(pkg::OP_VTOPK, a, 0, 1, n, experts, flags);
  i.elem = static_cast<decltype(i.elem)>(k);
  return i;
}

/// A chip around the sequencer that finishes commands after `delay` clocks, in order, and everybody is ready.
class World {
 public:
  explicit World(Bench& bench, unsigned delay = 4) : bench_(bench), delay_(delay) {
    in.lane_ready = 0xff;
    in.tree_ready = in.vec_ready = true;
    in.cfg_limit = 100;
    in.cfg_prompt = 1;
    in.cfg_vocab = 1 << 17;
  }
  void write(bool tok, unsigned addr, const Bits<2>& data) {
    in.hm_valid = in.hm_we = true;
    in.hm_tok = tok;
    in.hm_addr = addr;
    in.hm_wdata = data;
    clock();
    in.hm_valid = in.hm_we = false;
  }
  void load(const std::vector<pkg::instr_t>& program) {
    for (unsigned i = 0; i < program.size(); ++i) write(false, i, program[i].pack());
  }
  bool clock() {
    const bool ok = bench_.clock(in);
    const auto& o = bench_.out();
    if (o.lane_cmd_valid) {
      lane.push_back(o.lane_cmd);
      when.push_back(bench_.cycle());
      due_.push_back({bench_.cycle() + delay_, true, o.lane_cmd.op == pkg::L_PV});
    }
    if (o.vec_cmd_valid) {
      vec.push_back(o.vec_cmd);
      when.push_back(bench_.cycle());
      due_.push_back({bench_.cycle() + delay_, false, false});
    }
    clears += o.argmax_clear;
    while (!due_.empty() && due_.front().at <= bench_.cycle()) {
      if (due_.front().lane) in.lane_done = 0x010101 * ((in.lane_done + 1) & 0xff);
      else ++in.vec_done;
      in.tree_done = static_cast<std::uint8_t>(in.tree_done + due_.front().pv);
      due_.erase(due_.begin());
    }
    return ok;
  }
  /// Starts and runs until the program stops; returns the clocks it was busy.
  unsigned run(unsigned limit = 400'000) {
    in.start = true;
    clock();
    in.start = false;
    unsigned n = 0;
    while (bench_.out().busy && n < limit && clock()) ++n;
    EXPECT_LT(n, limit) << "still busy";
    return n;
  }
  Seq::In in;
  std::vector<pkg::lane_cmd_t> lane;
  std::vector<pkg::vec_cmd_t> vec;
  std::vector<std::uint64_t> when;
  unsigned clears = 0;

 private:
  struct Due {
    std::uint64_t at;
    bool lane, pv;
  };
  Bench& bench_;
  unsigned delay_;
  std::vector<Due> due_;
};

TEST(Seq, LoopsAndIndexRegisters) {
  Bench bench(1);
  World w(bench);
  auto add = op(pkg::OP_VADD, 10, 20, 30, 2);
  add.ra = 1;
  add.rd = 2;
  auto step1 = op(pkg::OP_ADDI, 3);
  step1.rd = 1;
  auto step2 = op(pkg::OP_ADDI, 0xffff);
  step2.rd = 2;
  auto set2 = op(pkg::OP_LDI, 7);
  set2.rd = 2;
  auto zero = op(pkg::OP_LDI, 99);  // R0 stays 0
  w.load({zero, set2, op(pkg::OP_LOOP, 0, 0, 0, 2), op(pkg::OP_LOOP, 0, 0, 0, 3), add, step1, op(pkg::OP_ENDL), step2,
          op(pkg::OP_ENDL), op(pkg::OP_HALT)});
  w.run();
  EXPECT_TRUE(bench.out().done);
  ASSERT_EQ(w.vec.size(), 6U);
  for (unsigned i = 0; i < 6; ++i) {
    EXPECT_EQ(w.vec[i].a, 10 + 3 * i);
    EXPECT_EQ(w.vec[i].b, 20);
    EXPECT_EQ(w.vec[i].d, 37 - i / 3);
  }
}

TEST(Seq, ThreeClocksAnInstruction) {
  Bench bench(2);
  World w(bench);
  std::vector<pkg::instr_t> p(8, op(pkg::OP_VADD, 1, 2, 3, 1));
  p.push_back(op(pkg::OP_HALT));
  w.load(p);
  w.run();
  ASSERT_EQ(w.when.size(), 8U);
  for (unsigned i = 1; i < 8; ++i) EXPECT_EQ(w.when[i] - w.when[i - 1], 3U);
}

TEST(Seq, PositionIsSplitOverTheLanes) {
  for (const unsigned lanes : {1U, 2U, 7U, 8U, 48U, 63U}) {
    Bench bench(3);
    World w(bench);
    w.in.lanes_total = static_cast<std::uint8_t>(lanes);
    w.in.cfg_pos = 8001;
    w.in.cfg_prompt = 8002;
    const unsigned token = 131071 - 77;
    w.load({op(pkg::OP_TOKEN), op(pkg::OP_EMBED, 5, 0, 6, 9), op(pkg::OP_APPEND, 7, 3, 0, 4),
            op(pkg::OP_LOADV, 1, 0, 2, 5, 0, 1 << pkg::FLAG_POS), op(pkg::OP_LOADV, 1, 0, 2, 5), op(pkg::OP_HALT)});
    w.write(true, 8001, {token, 0});
    w.run();
    ASSERT_EQ(w.lane.size(), 4U);
    EXPECT_EQ(w.lane[0].quot, token / 32 / lanes);
    EXPECT_EQ(w.lane[0].rem, token / 32 % lanes);
    EXPECT_EQ(w.lane[0].low, token % 32);
    EXPECT_EQ(w.lane[1].quot, 8001 / 32 / lanes);
    EXPECT_EQ(w.lane[1].rem, 8001 / 32 % lanes);
    EXPECT_EQ(w.lane[1].low, 8001 % 32);
    EXPECT_EQ(w.lane[2].off, 8001U * 5 * 4);
    EXPECT_EQ(w.lane[3].off, 0U);
  }
}

/// An expert's units are [x * e, x * e + e) of the stack; both ends are split over the lanes.
TEST(Seq, ExpertIsSplitOverTheLanes) {
  for (const unsigned lanes : {1U, 2U, 7U, 8U, 48U, 63U}) {
    Bench bench(14);
    World w(bench);
    w.in.lanes_total = static_cast<std::uint8_t>(lanes);
    w.in.chosen = 0x01'02'ff'80'7f'05'00'11;
    for (const unsigned units : {1U, 3U, 12U, 255U, 2047U})
      for (unsigned choice = 0; choice < pkg::TOP_K; ++choice) {
        auto pick = op(pkg::OP_EXPERT, choice - 3, 0, 0, 0, units), set = op(pkg::OP_LDI, 3);
        set.rd = 1;
        pick.ra = 1;
        const auto flags = 1 << pkg::FLAG_EXPERT | 1 << pkg::FLAG_W8;
        w.load({set, pick, op(pkg::OP_MATVEC, 5, 1, 6, 9, 0, flags), op(pkg::OP_MATVEC, 5, 1, 6, 9), op(pkg::OP_HALT)});
        w.lane.clear();
        w.run();
        ASSERT_EQ(w.lane.size(), 2U);
        const unsigned x = w.in.chosen >> 8 * choice & 0xff, first = x * units & 0xffff, end = (x + 1) * units & 0xffff;
        EXPECT_TRUE(w.lane[0].expert);
        EXPECT_EQ(w.lane[0].quot, first / lanes);
        EXPECT_EQ(w.lane[0].rem, first % lanes);
        EXPECT_EQ(w.lane[0].off, end % lanes << 16 | end / lanes);
        EXPECT_EQ(w.lane[1].expert | w.lane[1].quot | w.lane[1].rem | w.lane[1].off, 0U);
      }
  }
}

/// EXPERT waits for the VTOPK and for nothing else; then MATVECs follow each other 23 clocks apart.
TEST(Seq, ExpertWaitsForTheChoiceAlone) {
  for (const unsigned delay : {1U, 40U, 400U}) {
    Bench bench(15);
    World w(bench, delay);
    const auto pick = op(pkg::OP_EXPERT, 0, 0, 0, 0, 4), product = op(pkg::OP_MATVEC, 5, 1, 6, 9, 0, 1 << pkg::FLAG_EXPERT);
    const auto add = op(pkg::OP_VADD, 1, 2, 3, 1);
    w.load({op(pkg::OP_LOADV, 1, 0, 4), top(1, 2, 8, 1), add, add, pick, product, pick, product, add, pick, product, op(pkg::OP_HALT)});
    w.run();
    ASSERT_EQ(w.when.size(), 8U);
    const auto chosen = w.when[1] + delay;  // the choice counts as finished
    if (delay > 10) EXPECT_EQ(w.when[4], chosen + 1 + 1 + 16 + 4);  // seen, loaded, divided; MATVEC is fetched, decoded, executed, shown
    EXPECT_EQ(w.when[5] - w.when[4], 23U);
    EXPECT_EQ(w.when[7] - w.when[6], 23U);  // the VADD before it is not waited for
  }
}

/// Until its first TOKEN a program finds quotients, remainders and tokens within 32 zero, whatever ran before it, and after a reset.
TEST(Seq, LaneCommandsBeforeAnyToken) {
  Bench bench(13);
  World w(bench);
  w.in.lanes_total = 63;
  w.in.cfg_pos = 8189;
  w.in.cfg_prompt = 8190;
  const auto embed = op(pkg::OP_EMBED, 5, 0, 6, 9), append = op(pkg::OP_APPEND, 7, 3, 0, 4);
  w.write(true, 8189, {131071, 0});
  for (const char* before : {"a reset", "a program", "a program and a reset"}) {
    SCOPED_TRACE(before);
    w.load({embed, append, op(pkg::OP_TOKEN), embed, append, op(pkg::OP_HALT)});
    w.lane.clear();
    w.run();
    ASSERT_EQ(w.lane.size(), 4U);
    for (unsigned i = 0; i < 2; ++i) EXPECT_EQ(w.lane[i].quot | w.lane[i].rem | w.lane[i].low, 0) << i;
    EXPECT_EQ(w.lane[2].rem, 131071 / 32 % 63);
    EXPECT_EQ(w.lane[3].rem, 8189 / 32 % 63);
    if (before != std::string("a program")) continue;
    w.in.lane_done = 0;
    ASSERT_TRUE(bench.clock(w.in, false));
  }
}

TEST(Seq, WaitOrdersTheTwoSides) {
  Bench bench(4);
  World w(bench, 50);
  const unsigned wait = 1 << pkg::FLAG_WAIT;
  w.load({op(pkg::OP_VADD, 1, 1, 1, 1), op(pkg::OP_MATVEC, 1, 1, 1, 1, 0, wait), op(pkg::OP_SCORE, 1, 0, 0, 1), op(pkg::OP_PV, 1, 0, 1, 1),
          op(pkg::OP_VADD, 1, 1, 1, 1), op(pkg::OP_VADD, 1, 1, 1, 1, 0, wait), op(pkg::OP_HALT)});
  w.run();
  ASSERT_EQ(w.when.size(), 6U);
  EXPECT_EQ(w.lane[0].wait_vec, 1);
  EXPECT_EQ(w.lane[0].vec_tag, 1);
  EXPECT_EQ(w.when[4] - w.when[3], 3U) << "a vector instruction without WAIT is not held";
  EXPECT_GE(w.when[5], w.when[3] + 50) << "one with WAIT is held until the lanes and the tree have finished";
}

TEST(Seq, GeneratesUntilLimitAndEos) {
  Bench bench(5);
  World w(bench);
  const auto head = op(pkg::OP_MATVEC, 1, 1, 1, 1, 0, 1 << pkg::FLAG_ARGMAX);
  w.load({op(pkg::OP_TOKEN), op(pkg::OP_SKIP, 0, 0, 0, 0, 3), head, op(pkg::OP_NEXT)});
  for (unsigned i = 0; i < 3; ++i) w.write(true, i, {40 + i, 0});
  w.in.cfg_prompt = 3;
  w.in.cfg_limit = 7;
  w.in.best = 1234;
  w.run();
  EXPECT_TRUE(bench.out().done);
  EXPECT_EQ(bench.out().count, 7);
  EXPECT_EQ(bench.out().pos, 6);
  EXPECT_EQ(bench.out().last, 1234U);
  EXPECT_EQ(w.clears, 4U) << "one argmax for each generated token, none for the prompt";
  auto tokens = bench.twin();
  EXPECT_EQ(tokens.tokens()[3], 1234U);
  EXPECT_EQ(tokens.tokens()[6], 1234U);
  // and on, until the end-of-sequence token
  w.in.cfg_pos = 6;
  w.in.cfg_prompt = 7;
  w.in.cfg_limit = 100;
  w.in.cfg_eos_en = true;
  w.in.cfg_eos = 1234;
  w.run();
  EXPECT_TRUE(bench.out().done);
  EXPECT_EQ(bench.out().count, 8);
}

/// Several positions in one pass: TOKEN names each, SKIP sees whether the token behind them is known, NEXT ends them all.
TEST(Seq, SeveralPositionsAPass) {
  Bench bench(25);
  World w(bench);
  const auto embed = op(pkg::OP_EMBED, 5, 0, 6, 9), append = op(pkg::OP_APPEND, 7, 3, 0, 4), load = op(pkg::OP_LOADV, 1, 0, 0, 5, 0, 1 << pkg::FLAG_POS);
  // while three tokens and the one behind them are known: three positions a pass; else one, without a head while its successor is known
  w.load({op(pkg::OP_SKIP, 2, 0, 0, 0, 6), op(pkg::OP_TOKEN), embed, op(pkg::OP_SKIP, 0, 0, 0, 0, 5), op(pkg::OP_MATVEC, 1, 1, 1, 1, 0, 1 << pkg::FLAG_ARGMAX), op(pkg::OP_NEXT),
          op(pkg::OP_TOKEN, 2), embed, append, load, op(pkg::OP_TOKEN, 1), embed, append, load, op(pkg::OP_NEXT, 2)});
  w.in.lanes_total = 3;
  w.in.best = 77;
  for (const unsigned prompt : {3u, 4u, 7u, 9u, 10u, 71u}) {
    SCOPED_TRACE(prompt);
    for (unsigned i = 0; i < prompt; ++i) w.write(true, i, {400 + i, 0});
    w.in.cfg_prompt = prompt;
    w.in.cfg_limit = prompt + 2;
    w.lane.clear();
    w.clears = 0;
    w.run();
    EXPECT_TRUE(bench.out().done);
    EXPECT_EQ(bench.out().count, prompt + 2);
    EXPECT_EQ(bench.out().pos, prompt + 1);
    EXPECT_EQ(w.clears, 2U);
    std::size_t n = 0;
    for (unsigned pos = 0; pos < prompt + 1;) {
      const auto at = [&](unsigned position, bool whole) {
        ASSERT_LE(n + (whole ? 3 : 1), w.lane.size());
        const unsigned token = position < prompt ? 400 + position : 77;
        EXPECT_EQ(w.lane[n].quot, token / 32 / 3) << position;
        EXPECT_EQ(w.lane[n].rem, token / 32 % 3);
        EXPECT_EQ(w.lane[n++].low, token % 32);
        if (!whole) return;
        EXPECT_EQ(w.lane[n].quot, position / 32 / 3) << position;
        EXPECT_EQ(w.lane[n].rem, position / 32 % 3);
        EXPECT_EQ(w.lane[n++].low, position % 32);
        EXPECT_EQ(w.lane[n++].off, position * 20);
      };
      if (pos + 3 < prompt) {
        at(pos + 2, true);
        at(pos + 1, true);
        pos += 3;
      } else {
        at(pos, false);
        n += pos + 1 >= prompt;  // the head
        ++pos;
      }
    }
    EXPECT_EQ(n, w.lane.size());
  }
}

TEST(Seq, EveryErrorIsPrecise) {
  const auto loop = op(pkg::OP_LOOP, 0, 0, 0, 2), nop = op(pkg::OP_LDI), score = op(pkg::OP_SCORE, 1, 1, 0, 1), pv = op(pkg::OP_PV, 1, 0, 4, 1);
  auto spare = op(pkg::OP_HALT);
  spare.spare = 1;
  struct Case {
    std::vector<pkg::instr_t> program;
    unsigned pc, code;
  };
  const std::vector<Case> cases = {
      {{nop, op(0xff)}, 1, pkg::ERR_OPCODE},
      {{op(pkg::OP_EXPERT + 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_VTOPK + 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_EXPERT, 8, 0, 0, 0, 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_EXPERT, 0, 0, 0, 0, 0)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_EXPERT, 0, 0, 0, 0, 2048)}, 0, pkg::ERR_OPCODE},
      {{nop, top(0, 8, 0, 0)}, 1, pkg::ERR_OPCODE},
      {{top(1, 9, 10, 1)}, 0, pkg::ERR_OPCODE},    // more than TOP_K
      {{top(1, 3, 2, 1)}, 0, pkg::ERR_OPCODE},     // more than there are
      {{top(1, 2, 33, 1)}, 0, pkg::ERR_OPCODE},    // more than in n blocks
      {{top(1, 2, 32, 2)}, 0, pkg::ERR_OPCODE},    // fewer
      {{top(1, 2, 257, 9)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_MATVEC, 1, 1, 1, 1, 0, 1 << pkg::FLAG_EXPERT | 1 << pkg::FLAG_ARGMAX)}, 0, pkg::ERR_OPCODE},
      {{nop, nop, spare}, 2, pkg::ERR_OPCODE},
      {{op(pkg::OP_HALT, 0, 0, 0, 0, 0, 0x1000)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_VADD, 1, 1, 1, 0)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_VADD, 2048, 1, 1, 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_VADD, 1, 2048, 1, 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_VADD, 1, 1, 1, 1, 0, 1 << pkg::FLAG_BPERIOD)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_VQUANT, 1, 1, 1, 1, 0)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_VQUANT, 1, 1, 256, 1, 1, pkg::Q_KEY << pkg::FLAG_QMODE)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_MATVEC, 2048, 1, 1, 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_MATVEC, 1, 1024, 1, 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_MATVEC, 1, 1, 1, 1024)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_MATVEC, 1, 1, 1, 1, 0, 1 << pkg::FLAG_PAIR)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_APPEND, 1, 256, 0, 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_SCORE, 1, 1, 0, 9)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_PV, 1, 1, 2048, 1)}, 0, pkg::ERR_OPCODE},
      {{op(pkg::OP_ENDL)}, 0, pkg::ERR_LOOP},
      {{op(pkg::OP_LOOP)}, 0, pkg::ERR_LOOP},
      {{loop, loop, loop, loop, loop}, 4, pkg::ERR_LOOP},
      {{op(pkg::OP_SKIP, 0, 0, 0, 0, 1024)}, 1024, pkg::ERR_PC},
      {{op(pkg::OP_SKIP, 0, 0, 0, 0, 0xffff)}, 0xffff, pkg::ERR_PC},
      {{op(pkg::OP_SKIP, 0, 0, 0, 0, 1023)}, 1024, pkg::ERR_PC},
      {{op(pkg::OP_TOKEN)}, 0, pkg::ERR_TOKEN},
      {{pv}, 0, pkg::ERR_ORDER},
      {{score, score}, 1, pkg::ERR_ORDER},
      {{score, nop, pv, pv}, 3, pkg::ERR_ORDER},
      {{score, op(pkg::OP_HALT)}, 1, pkg::ERR_ORDER},
      {{score, op(pkg::OP_PV, 2, 0, 4, 1)}, 1, pkg::ERR_ORDER},     // another segment
      {{score, op(pkg::OP_PV, 1025, 0, 4, 1)}, 1, pkg::ERR_ORDER},
      {{score, op(pkg::OP_PV, 1, 0, 4, 2)}, 1, pkg::ERR_ORDER},     // another size
      {{score, op(pkg::OP_NEXT)}, 1, pkg::ERR_ORDER},
      {{score, nop, op(pkg::OP_TOKEN)}, 2, pkg::ERR_ORDER},
      {{op(pkg::OP_PV, 1, 1, 2048, 1)}, 0, pkg::ERR_OPCODE},  // its operand comes first
  };
  Bench bench(6);
  World w(bench);
  w.in.cfg_prompt = 2;
  w.in.cfg_vocab = 1000;
  w.write(true, 0, {1000, 0});
  w.write(false, 1023, nop.pack());
  for (const auto& c : cases) {
    w.load(c.program);
    w.run();
    EXPECT_TRUE(bench.out().error && !bench.out().done);
    EXPECT_EQ(bench.out().error_word, c.pc << 16 | c.code);
  }
  w.load({op(pkg::OP_TOKEN)});
  for (const auto [pos, prompt] : {std::pair{2U, 2U}, {pkg::TOKEN_WORDS, pkg::TOKEN_WORDS + 9}, {kPosMask, kPosMask}}) {
    w.in.cfg_pos = pos;
    w.in.cfg_prompt = prompt;
    w.run();
    EXPECT_EQ(bench.out().error_word, pkg::ERR_CONTEXT);
  }
  // a token further on, and positions ended, that are not known; the last that are
  for (const auto& [program, wrong] : {std::pair{std::vector{op(pkg::OP_TOKEN, 4), op(pkg::OP_HALT)}, false}, {{op(pkg::OP_TOKEN, 5)}, true}, {{op(pkg::OP_TOKEN, 0xffff)}, true},
                                       {{op(pkg::OP_NEXT, 4, 0, 0, 0, 1), op(pkg::OP_HALT)}, false}, {{op(pkg::OP_NEXT, 5)}, true}, {{op(pkg::OP_NEXT, 0xffff)}, true}}) {
    w.load(program);
    w.in.cfg_pos = 10;
    w.in.cfg_prompt = 15;
    w.in.cfg_limit = 15;
    w.write(true, 14, {1});
    w.run();
    EXPECT_EQ(bench.out().error_word, wrong ? pkg::ERR_CONTEXT : 0U);
    if (!wrong) EXPECT_EQ(bench.out().count, program[0].op == pkg::OP_NEXT ? 16U : 15U);
  }
  w.load({op(pkg::OP_TOKEN, 3)});  // beyond the token memory
  w.in.cfg_pos = pkg::TOKEN_WORDS - 3;
  w.in.cfg_prompt = pkg::TOKEN_WORDS + 9;
  w.run();
  EXPECT_EQ(bench.out().error_word, pkg::ERR_CONTEXT);
  // more pages than the score memories hold
  const unsigned most = pkg::SCORE_TOKENS * w.in.lanes_total;
  w.write(true, most - 1, {1});
  w.write(true, most, {1});
  w.load({op(pkg::OP_TOKEN), op(pkg::OP_SCORE, 0, 0, 0, 1), op(pkg::OP_PV, 0, 0, 0, 1), op(pkg::OP_HALT)});
  for (const bool beyond : {false, true}) {
    w.in.cfg_pos = most - !beyond;
    w.in.cfg_prompt = most + 9;
    w.run();
    EXPECT_EQ(bench.out().error, beyond);
    if (beyond) EXPECT_EQ(bench.out().error_word, 1U << 16 | pkg::ERR_CONTEXT);
  }
  w.load({nop, op(pkg::OP_NEXT)});  // generating beyond the token memory
  w.in.cfg_pos = pkg::TOKEN_WORDS - 1;
  w.in.cfg_prompt = pkg::TOKEN_WORDS;
  w.in.cfg_limit = pkg::TOKEN_WORDS + 9;
  w.run();
  EXPECT_EQ(bench.out().error_word, 1U << 16 | pkg::ERR_CONTEXT);
  // other blocks' errors, by priority
  w.load({op(pkg::OP_LOOP, 0, 0, 0, 9000), op(pkg::OP_ENDL)});
  const auto strike = [&](auto set, unsigned expected) {
    w.in.start = true;
    w.clock();
    w.in.start = false;
    for (int i = 0; i < 30; ++i) w.clock();
    set();
    w.clock();
    EXPECT_EQ(bench.out().error_word & 0xffff, expected);
    EXPECT_FALSE(bench.out().busy);
  };
  strike([&] { w.in.lane_err = pkg::ERR_SCORE << 16; }, 18 << 8 | pkg::ERR_SCORE);
  bench.clock(w.in, false);
  strike([&] { w.in.lane_err |= pkg::ERR_SCORE << 8; w.in.collect_err = 0; }, 18 << 8 | pkg::ERR_SCORE);
}

/// Four loops begin at places that have every bit of a program address between them; the last of 1,024 begins a body beyond the program.
TEST(Seq, LoopsAnywhere) {
  Bench bench(12);
  World w(bench);
  w.in.cfg_prompt = 2;
  for (const unsigned base : {1020U, 1021U, 1022U, 1023U, 1U, 0x155U, 0x2a8U, 0x2aaU, 1U}) {
    w.load({op(pkg::OP_SKIP, 0, 0, 0, 0, base)});
    unsigned pc = base;
    for (unsigned i = 0; i < 4 && pc < pkg::PROG_WORDS; ++i, ++pc) w.write(false, pc, op(pkg::OP_LOOP, 0, 0, 0, 2).pack());
    if (pc < pkg::PROG_WORDS) {
      for (unsigned i = 0; i < 4; ++i, ++pc) w.write(false, pc, op(pkg::OP_ENDL).pack());
      w.write(false, pc, op(pkg::OP_HALT).pack());
    }
    w.run();
    EXPECT_EQ(bench.out().done, base < 1020U) << base;
    if (!bench.out().done) EXPECT_EQ(bench.out().error_word, pkg::PROG_WORDS << 16 | pkg::ERR_PC) << base;
  }
}

/// Each operand of each instruction at every power of two and its neighbours, said and by an index register; each flag, each spare bit.
TEST(Seq, EveryOperandAtEveryLimit) {
  static constexpr unsigned ops[] = {pkg::OP_HALT,  pkg::OP_LDI,   pkg::OP_ADDI, pkg::OP_LOOP, pkg::OP_ENDL, pkg::OP_TOKEN, pkg::OP_SKIP,  pkg::OP_NEXT,
                                     pkg::OP_MATVEC, pkg::OP_EMBED, pkg::OP_LOADV, pkg::OP_APPEND, pkg::OP_SCORE, pkg::OP_PV, pkg::OP_VADD,
                                     pkg::OP_VMUL,  pkg::OP_VEXP2, pkg::OP_VRCP, pkg::OP_VRSQRT, pkg::OP_VSUMSQ, pkg::OP_VQUANT, pkg::OP_EXPERT, pkg::OP_VTOPK};
  Bench bench(10);
  World w(bench, 1);
  w.in.cfg_prompt = 2;
  for (unsigned i = 0; i < pkg::PROG_WORDS; ++i) w.write(false, i, op(pkg::OP_HALT).pack());
  for (unsigned i = 0; i < 4; ++i) w.write(true, i, {i, 0});
  std::set<unsigned> values{0};
  for (unsigned k = 0; k < 16; ++k) values.insert({(1U << k) - 1, 1U << k, (1U << k) + 1});
  unsigned refused = 0, taken = 0;
  const auto run = [&](const pkg::instr_t& i, unsigned r1 = 0) {
    auto ldi = op(pkg::OP_LDI, r1);
    ldi.rd = 1;
    const auto halt = op(pkg::OP_HALT);
    auto other = i;  // the other half of a SCORE or PV, with operands that are none of this test's
    other.op = i.op == pkg::OP_PV ? pkg::OP_SCORE : i.op == pkg::OP_SCORE ? pkg::OP_PV : pkg::OP_HALT;
    other.b = other.d = other.flags = other.spare = other.rb = other.rd = 0;
    if (i.op == pkg::OP_PV) w.load({ldi, other, i, halt});
    else w.load({ldi, i, other.op == pkg::OP_PV ? other : halt, halt});
    w.run();
    ++(bench.out().error ? refused : taken);
  };
  for (const unsigned code : ops) {
    SCOPED_TRACE(pkg::op_e_name(static_cast<std::uint8_t>(code)));
    for (const unsigned mode : {0u, 1u, 2u, 3u}) {
      auto legal = op(code, 0, 0, 0, 1, code == pkg::OP_SKIP || code == pkg::OP_NEXT ? 2 : 1, code == pkg::OP_VQUANT ? mode << pkg::FLAG_QMODE : mode == 1 ? 1 << pkg::FLAG_PAIR : mode == 2 ? 1 << pkg::FLAG_BPERIOD : 0);
      if (mode == 3 && code != pkg::OP_VQUANT) continue;
      if (code == pkg::OP_VTOPK) legal.elem = 1, legal.n = mode == 2 ? 8 : 1, legal.e = mode == 2 ? 256 : 32;
      if (code == pkg::OP_MATVEC && mode == 2) legal.flags = 1 << pkg::FLAG_EXPERT;
      for (const unsigned v : values) {
        for (auto field : {&pkg::instr_t::a, &pkg::instr_t::b, &pkg::instr_t::d, &pkg::instr_t::n, &pkg::instr_t::e}) {
          auto i = legal;
          i.*field = static_cast<std::uint16_t>(v);
          if (code != pkg::OP_SKIP || i.e > 1) run(i);  // else it jumps back for ever
        }
        for (auto index : {&pkg::instr_t::ra, &pkg::instr_t::rb, &pkg::instr_t::rd}) {
          auto i = legal;
          i.*index = 1;
          run(i, v);
        }
      }
      for (unsigned k = 0; k < 16; ++k) {
        auto i = legal;
        i.flags = static_cast<std::uint16_t>(i.flags ^ 1u << k);
        run(i);
        i = legal;
        i.spare = static_cast<decltype(i.spare)>(1u << k % 7);
        i.elem = static_cast<decltype(i.elem)>(1u << k % 5);
        run(i);
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
  for (unsigned code = 0; code < 256; ++code) run(op(code, 0, 0, 0, 1, 2));
  EXPECT_GT(refused, 3000U);
  EXPECT_GT(taken, 3000U);
}

/// Every instruction behind every other: each pair is a program of its own, inside two loops, so that ENDL may stand anywhere.
TEST(Seq, EveryOrderedPair) {
  static constexpr unsigned ops[] = {pkg::OP_LDI,   pkg::OP_ADDI, pkg::OP_LOOP, pkg::OP_ENDL, pkg::OP_TOKEN, pkg::OP_SKIP,  pkg::OP_NEXT,
                                     pkg::OP_MATVEC, pkg::OP_EMBED, pkg::OP_LOADV, pkg::OP_APPEND, pkg::OP_SCORE, pkg::OP_PV, pkg::OP_VADD,
                                     pkg::OP_VMUL,  pkg::OP_VEXP2, pkg::OP_VRCP, pkg::OP_VRSQRT, pkg::OP_VSUMSQ, pkg::OP_VQUANT, pkg::OP_EXPERT, pkg::OP_VTOPK, pkg::OP_HALT};
  Bench bench(8);
  World w(bench);
  for (unsigned i = 0; i < 4; ++i) w.write(true, i, {i, 0});
  const auto make = [](unsigned code, unsigned next) {
    const bool plain = code == pkg::OP_LOOP || code >= pkg::OP_MATVEC;
    if (code == pkg::OP_VTOPK) return top(0, 1, 1, 1);
    return op(code, 0, 0, 0, plain ? 1 : 0, code == pkg::OP_NEXT || code == pkg::OP_SKIP ? next : code == pkg::OP_VQUANT || code == pkg::OP_EXPERT ? 1 : 0);
  };
  for (const unsigned first : ops)
    for (const unsigned second : ops) {
      if (first == pkg::OP_HALT || ::testing::Test::HasFailure()) continue;
      SCOPED_TRACE(fmt::format("{} then {}", pkg::op_e_name(static_cast<std::uint8_t>(first)), pkg::op_e_name(static_cast<std::uint8_t>(second))));
      const auto loop = op(pkg::OP_LOOP, 0, 0, 0, 1);
      std::vector<pkg::instr_t> p{loop, loop};
      const auto put = [&](unsigned code) { p.push_back(make(code, static_cast<unsigned>(p.size()) + 1)); };
      // a PV's SCORE stands before both
      if (first == pkg::OP_PV || (second == pkg::OP_PV && first != pkg::OP_SCORE)) put(pkg::OP_SCORE);
      put(first);
      put(second);
      bool open = false, ordered = true;
      const auto follow = [&](unsigned code) {
        const bool pv = code == pkg::OP_PV, score = code == pkg::OP_SCORE;
        if (pv || score || code == pkg::OP_TOKEN || code == pkg::OP_NEXT || code == pkg::OP_HALT) ordered &= pv == open;
        if (pv || score) open = score;
      };
      for (const auto& i : p) follow(i.op);
      if (open) put(pkg::OP_PV);
      put(pkg::OP_HALT);
      w.load(p);
      w.run();
      EXPECT_EQ(bench.out().done, ordered);
      if (!ordered) EXPECT_EQ(bench.out().error_word & 0xff, pkg::ERR_ORDER);
    }
}

/// What a paused program's host writes.
void pulse(World& w, bool stop, bool go) {
  w.in.ctl.stop = stop;
  w.in.ctl.go = go;
  w.clock();
  w.in.ctl.stop = w.in.ctl.go = false;
}

/// A loop with lane and vector instructions.
std::vector<pkg::instr_t> looping() {
  auto add = op(pkg::OP_VADD, 1, 2, 3, 1, 0, 1 << pkg::FLAG_WAIT);
  return {op(pkg::OP_LOOP, 0, 0, 0, 3), op(pkg::OP_LOADV, 1, 0, 4), add, op(pkg::OP_ENDL), op(pkg::OP_LOADV, 1, 0, 4), op(pkg::OP_HALT)};
}
const unsigned kOrder[] = {0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 5};  // in which these are executed

TEST(Seq, StepsOneInstructionAtATime) {
  Bench bench(31);
  World w(bench);
  w.load(looping());
  w.in.start = w.in.ctl.stop = true;
  w.clock();
  w.in.start = w.in.ctl.stop = false;
  std::vector<unsigned> order;
  for (unsigned n = 0; n < 400 && bench.out().busy; ++n) {
    w.clock();
    if (!bench.out().paused) continue;
    chip::probe::seq p{};
    bench.twin().probe(p);
    EXPECT_EQ(w.in.vec_done, p.vec_issued_q) << "paused while a command is at work";
    order.push_back(bench.twin().pc());
    for (unsigned i = 0; i < order.size() % 4; ++i) w.clock();  // as long as the host likes
    pulse(w, true, true);
    EXPECT_FALSE(bench.out().paused);
  }
  EXPECT_TRUE(bench.out().done);
  EXPECT_EQ(order, std::vector<unsigned>(std::begin(kOrder), std::end(kOrder)));
  EXPECT_EQ(w.lane.size(), 4U);
  EXPECT_EQ(w.vec.size(), 3U);
}

TEST(Seq, PausesAtBreakpoints) {
  for (unsigned which = 0; which < pkg::BREAKS; ++which) {
    Bench bench(32 + which);
    World w(bench);
    w.load(looping());
    w.in.ctl.break_en = static_cast<std::uint8_t>(1U << which | 1U << (which + 1) % pkg::BREAKS);
    w.in.ctl.break_pc = std::uint64_t{2} << 16 * which | std::uint64_t{5} << 16 * ((which + 1) % pkg::BREAKS);
    w.in.start = true;
    w.clock();
    w.in.start = false;
    std::vector<unsigned> order;
    for (unsigned n = 0; n < 400 && bench.out().busy; ++n) {
      w.clock();
      if (!bench.out().paused) continue;
      order.push_back(bench.twin().pc());
      pulse(w, false, true);
    }
    EXPECT_TRUE(bench.out().done);
    EXPECT_EQ(order, (std::vector<unsigned>{2, 2, 2, 5}));
  }
}

TEST(Seq, StopsAnywhereAndGoesOnAsIfNothingHadBeen) {
  std::vector<pkg::lane_cmd_t> lane;
  for (unsigned when = 0; when < 120; ++when) {
    Bench bench(40 + when);
    World w(bench, 9);
    w.load(looping());
    w.in.start = true;
    w.clock();
    w.in.start = false;
    bool paused = false;
    for (unsigned n = 0; n < 400 && bench.out().busy; ++n) {
      w.in.ctl.stop = n == when;
      w.in.ctl.go = bench.out().paused && n > when + 40;
      paused |= bench.out().paused;
      w.clock();
    }
    EXPECT_TRUE(bench.out().done);
    EXPECT_EQ(w.vec.size(), 3U);
    if (when == 0) lane = w.lane;
    EXPECT_EQ(w.lane, lane);
    if (when < 30) EXPECT_TRUE(paused) << when;
  }
}

TEST(Seq, WatchdogEndsWhatWouldNeverEnd) {
  const auto pc_of = [](const Seq::Out& o) { return o.error_word >> 16; };
  for (const unsigned bound : {0U, 1U, 20U, 1000U, 300'000U}) {
    Bench bench(50);
    World w(bench);
    w.in.ctl.watchdog = bound;
    w.in.cfg_prompt = 9;
    w.load({op(pkg::OP_SKIP, 0, 0, 0, 0, 0)});  // for ever
    EXPECT_EQ(w.run(), bound + 1);
    EXPECT_EQ(bench.out().error_word, pkg::ERR_WATCHDOG);
  }
  Bench bench(51);
  World hung(bench, 1'000'000);  // nobody finishes anything
  hung.in.ctl.watchdog = 500;
  hung.load({op(pkg::OP_LOADV, 1, 0, 4), op(pkg::OP_VADD, 1, 2, 3, 1, 0, 1 << pkg::FLAG_WAIT)});
  hung.run();
  EXPECT_EQ(bench.out().error_word & 0xffff, pkg::ERR_WATCHDOG);
  EXPECT_EQ(pc_of(bench.out()), 1U);
  bench.clock(hung.in, false);
  // a position each, and none longer than the bound; a pause does not count
  World w(bench);
  w.in.lane_done = 0;
  w.in.cfg_prompt = 50;
  w.in.cfg_limit = 50;
  w.in.ctl.watchdog = 60;
  for (unsigned i = 0; i < 50; ++i) w.write(true, i, {1});
  w.load({op(pkg::OP_TOKEN), op(pkg::OP_LOADV, 1, 0, 4), op(pkg::OP_NEXT)});
  w.in.ctl.break_en = 1;
  w.in.ctl.break_pc = 1;
  w.in.start = true;
  w.clock();
  w.in.start = false;
  for (unsigned n = 0; n < 9000 && bench.out().busy; ++n) {
    if (bench.out().paused) {
      for (unsigned i = 0; i < 80; ++i) w.clock();
      pulse(w, false, true);
    }
    w.clock();
  }
  EXPECT_TRUE(bench.out().done) << std::hex << bench.out().error_word;
}

/// Random instruction: mostly legal, operands near the limits now and then.
pkg::instr_t random_instr(std::mt19937& rng, unsigned length, bool clean, const pkg::instr_t& before) {
  static constexpr unsigned ops[] = {pkg::OP_LDI,    pkg::OP_ADDI,  pkg::OP_ADDI, pkg::OP_LOOP, pkg::OP_ENDL,   pkg::OP_TOKEN, pkg::OP_SKIP,
                                     pkg::OP_NEXT,   pkg::OP_MATVEC, pkg::OP_MATVEC, pkg::OP_EMBED, pkg::OP_LOADV, pkg::OP_APPEND, pkg::OP_SCORE,
                                     pkg::OP_PV,     pkg::OP_PV,    pkg::OP_VADD, pkg::OP_VMUL, pkg::OP_VEXP2, pkg::OP_VRCP, pkg::OP_VRSQRT,
                                     pkg::OP_VSUMSQ, pkg::OP_VQUANT, pkg::OP_VQUANT, pkg::OP_VTOPK, pkg::OP_EXPERT, pkg::OP_EXPERT};
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(rng() % n); };
  auto i = op(ops[pick(std::size(ops))], pick(120), pick(120), pick(120), 1 + pick(8), 1 + pick(5), rng() & (pick(4) ? 0x7ff : 0xfff));
  // most scores have their values behind them, or programs would end there
  if (pick(30)) {
    if (before.op == pkg::OP_SCORE) i.op = pkg::OP_PV;
    else if (i.op == pkg::OP_PV) i.op = pkg::OP_SCORE;
  }
  i.elem = pick(32);
  if (i.op == pkg::OP_VTOPK) i.e = 1 + pick(256), i.n = (i.e + 31) / 32, i.elem = 1 + pick(std::min<unsigned>(i.e, 8));
  if (i.op == pkg::OP_EXPERT) i.a = pick(8);
  if (i.op == pkg::OP_MATVEC && (i.flags >> pkg::FLAG_EXPERT & 1)) i.flags &= ~(1u << pkg::FLAG_ARGMAX);
  i.ra = pick(4) || i.op == pkg::OP_EXPERT ? 0 : pick(8);
  i.rb = pick(4) ? 0 : pick(8);
  i.rd = pick(3) ? pick(8) : 0;
  if (i.op == pkg::OP_PV && pick(30)) i.a = before.a, i.n = before.n, i.ra = before.ra;
  if (i.op == pkg::OP_ADDI || i.op == pkg::OP_LDI) i.a = pick(3) ? pick(20) : static_cast<std::uint16_t>(rng());
  if (i.op == pkg::OP_LOOP) i.n = 1 + pick(3);
  if (i.op == pkg::OP_SKIP || i.op == pkg::OP_NEXT) i.e = pick(length);
  if (i.op == pkg::OP_TOKEN || i.op == pkg::OP_SKIP || i.op == pkg::OP_NEXT) i.a = pick(3) ? 0 : pick(5), i.ra = pick(20) ? 0 : i.ra;
  if (clean || pick(40)) return i;
  switch (pick(8)) {
    case 0: i.op = static_cast<std::uint8_t>(rng()); break;
    case 1: i.a = static_cast<std::uint16_t>(rng()); break;
    case 2: i.b = static_cast<std::uint16_t>(1 << pick(16)); break;
    case 3: i.d = static_cast<std::uint16_t>(255 << pick(8)); break;
    case 4: i.n = static_cast<std::uint16_t>(pick(2) ? rng() : 0); break;
    case 5: i.e = static_cast<std::uint16_t>(pick(2) ? 1020 + pick(8) : 0); break;
    case 6: i.spare = pick(2); break;
    default: i.flags = static_cast<std::uint16_t>(rng()); break;
  }
  return i;
}

/// Short programs whose fields, tokens, configuration and errors take any value.
TEST(Seq, EveryBitInLockstep) {
  static constexpr unsigned ops[] = {pkg::OP_LDI,  pkg::OP_ADDI,   pkg::OP_LOOP,  pkg::OP_ENDL,  pkg::OP_TOKEN,  pkg::OP_TOKEN, pkg::OP_TOKEN, pkg::OP_SKIP,
                                     pkg::OP_NEXT, pkg::OP_MATVEC, pkg::OP_EMBED, pkg::OP_LOADV, pkg::OP_APPEND, pkg::OP_SCORE, pkg::OP_PV,    pkg::OP_VADD,
                                     pkg::OP_VMUL, pkg::OP_VQUANT, pkg::OP_VEXP2, pkg::OP_VTOPK, pkg::OP_EXPERT, pkg::OP_EXPERT};
  std::mt19937 rng(9);
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(rng() % n); };
  const auto instr = [&](unsigned next) {
    auto i = op(ops[pick(std::size(ops))], pick(2048), pick(1024), pick(2048), 1 + pick(1023), pick(4) ? 1 + pick(2047) : 0, rng() & (pick(4) ? 0x7ff : 0xfff));
    if (i.op == pkg::OP_APPEND || i.op == pkg::OP_SCORE || i.op == pkg::OP_PV) i.n = 1 + pick(8), i.b = pick(256);
    if (i.op == pkg::OP_VQUANT) i.d = pick(256);
    if (i.op >= pkg::OP_VADD) i.b = pick(2048), i.n = 1 + pick(2047), i.e = 1 + pick(2047);
    if (i.op == pkg::OP_LOOP || i.op == pkg::OP_LDI || i.op == pkg::OP_ADDI) i.a = rng() & 0xffff, i.n = rng() & 0xffff;
    if (i.op == pkg::OP_SKIP || i.op == pkg::OP_NEXT) i.e = pick(4) ? next : rng() & 0xffff;
    if (i.op == pkg::OP_TOKEN || i.op == pkg::OP_SKIP || i.op == pkg::OP_NEXT) i.a = pick(3) ? 0 : (rng() & 0xffff) >> pick(17);
    i.elem = pick(32);
    if (i.op == pkg::OP_VTOPK) i.e = 1 + pick(256), i.n = (i.e + 31) / 32, i.elem = 1 + pick(std::min<unsigned>(i.e, 8));
    if (i.op == pkg::OP_EXPERT) i.a = pick(8), i.e = 1 + pick(2047);
    if (i.op == pkg::OP_MATVEC && (i.flags >> pkg::FLAG_EXPERT & 1)) i.flags &= ~(1u << pkg::FLAG_ARGMAX);
    i.ra = pick(8) ? 0 : pick(8);
    i.rb = pick(8) ? 0 : pick(8);
    i.rd = i.op == pkg::OP_LDI || i.op == pkg::OP_ADDI ? pick(8) : pick(8) ? 0 : pick(8);
    if (pick(30) == 0) i.spare = rng() & 0x7f;
    i.cols = pick(3) ? 0 : pick(30) ? pick(kColumns) : pick(8);
    if (pick(30) == 0) i.op = rng() & 0xff;
    if (pick(30) == 0) i.flags = rng() & 0xffff;
    return i;
  };
  Bench bench(9);
  Seq::In in;
  unsigned done = 0, errors = 0;
  const auto clock = [&](bool rst_n = true) { return bench.clock(in, rst_n); };
  const auto write = [&](bool tok, unsigned addr, Bits<2> data) {
    in.hm_valid = in.hm_we = true;
    in.hm_tok = tok;
    in.hm_addr = addr;
    in.hm_wdata = data;
    ASSERT_TRUE(clock());
    in.hm_valid = in.hm_we = false;
  };
  const auto any64 = [&] { return rng() | std::uint64_t{rng()} << 32; };
  for (unsigned i = 0; i < pkg::PROG_WORDS; ++i) write(false, i, instr(i + 1).pack());
  for (unsigned i = 0; i < pkg::TOKEN_WORDS; ++i) write(true, i, {rng() & 0x3ffff, 0});
  for (unsigned round = 0; round < 6000 && !HasFailure(); ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    const unsigned base = pick(3) ? 0 : pkg::PROG_WORDS - 8;
    for (unsigned i = 0; i < 8; ++i) write(false, base + i, instr(base + i + 1).pack());
    if (round % 20 == 0)  // loops in loops, of any length
      for (unsigned i = 4; i < 8; ++i) {
        write(false, base + i, op(pkg::OP_LOOP, 0, 0, 0, 1 + pick(65535)).pack());
        write(false, base + i - 4, op(pkg::OP_LDI).pack());
      }
    if (base) write(false, 0, op(pkg::OP_SKIP, 0, 0, 0, 0, base).pack());
    write(false, 512, {any64(), any64()});  // for the host to read
    in.cfg_pos = pick(5) ? pick(pkg::TOKEN_WORDS) : rng() & kPosMask;
    in.cfg_prompt = (pick(4) ? in.cfg_pos + 1 + pick(3) : rng()) & kPosMask;
    in.cfg_limit = rng() & kPosMask;
    in.cfg_vocab = pick(2) ? 0x3ffff - pick(100) : rng() & 0x3ffff;
    in.cfg_eos_en = pick(2);
    in.cfg_eos = rng() & 0x3ffff;
    in.best = rng() & 0x3ffff;
    in.lanes_total = static_cast<std::uint8_t>(pick(3) ? 1 + pick(2) : 1 + pick(63));
    in.ctl.break_en = static_cast<std::uint8_t>(pick(4) ? 0 : rng() & 15);
    in.ctl.break_pc = pick(2) ? rng() | std::uint64_t{rng()} << 32 : 0x0003000200010000U;
    in.ctl.watchdog = pick(4) ? ~0U : rng() >> pick(32);
    for (unsigned i = 0; i < 3; ++i) write(true, (in.cfg_pos + i) % pkg::TOKEN_WORDS, {rng() & 0x3ffff, 0});
    const unsigned strike = pick(3) ? 0 : 1 + pick(40);
    bool reading = false;
    in.start = true;
    for (unsigned n = 0; n < 120; ++n) {
      chip::probe::seq p{};
      bench.twin().probe(p);
      if (pick(4)) {
        in.lane_done = 0x010101U * static_cast<unsigned>(p.lane_issued_q);
        in.tree_done = static_cast<std::uint8_t>(p.pv_issued_q);
        in.vec_done = static_cast<std::uint8_t>(p.vec_issued_q);
      }
      in.lane_ready = static_cast<std::uint8_t>(pick(8) ? 7 : pick(8));
      in.tree_ready = pick(8);
      in.vec_ready = pick(8);
      in.chosen = any64();
      in.collect_busy = pick(8) == 0;
      in.ctl.stop = pick(40) == 0;
      in.ctl.go = pick(4) == 0;
      if (strike && n == strike) {
        if (pick(2)) in.vec_err = static_cast<std::uint8_t>(rng());
        if (pick(2)) in.collect_err = static_cast<std::uint8_t>(rng());
        for (unsigned l = 0; l < kLanes; ++l)
          if (pick(2)) in.lane_err |= std::uint64_t{rng() & 0xff} << 8 * l;
      }
      reading = reading && !bench.out().hm_done;
      if (!reading && pick(4) == 0) {
        in.hm_valid = reading = true;
        in.hm_tok = pick(2);
        in.hm_addr = in.hm_tok ? in.cfg_pos % pkg::TOKEN_WORDS : 512;
      }
      ASSERT_TRUE(clock());
      in.hm_valid = in.start = false;
      if (!bench.out().busy && n > strike && !reading) break;
    }
    done += bench.out().done;
    errors += bench.out().error;
    in.vec_err = in.collect_err = 0;
    in.lane_err = 0;
    if (pick(4) == 0 || bench.out().busy) {
      ASSERT_TRUE(clock(false));
      in.lane_done = 0;
      in.tree_done = in.vec_done = 0;
    }
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(clock());
  }
  EXPECT_GT(done, 20U);
  EXPECT_GT(errors, 500U);
}

TEST(Seq, RandomProgramsInLockstep) {
  unsigned done = 0, pauses = 0, errors[12] = {};
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 rng(seed);
    const auto chance = [&](unsigned percent) { return rng() % 100 < percent; };
    Bench bench(seed);
    Seq::In in;
    in.cfg_vocab = 512;
    const auto clock = [&](bool rst_n = true) {
      const bool ok = bench.clock(in, rst_n);
      in.hm_valid = false;
      in.start = false;
      return ok;
    };
    const auto write = [&](bool tok, unsigned addr, Bits<2> data) {
      in.hm_valid = in.hm_we = true;
      in.hm_tok = tok;
      in.hm_addr = addr;
      in.hm_wdata = data;
      return clock();
    };
    pkg::instr_t before;
    const auto next = [&](unsigned length, bool clean) {
      const auto i = random_instr(rng, length, clean, before);
      before = i;
      return i.pack();
    };
    for (unsigned i = 0; i < pkg::PROG_WORDS; ++i) ASSERT_TRUE(write(false, i, next(1024, true)));
    for (unsigned i = 0; i < pkg::TOKEN_WORDS; ++i) ASSERT_TRUE(write(true, i, {rng() % 512, 0}));
    for (unsigned round = 0; round < 40; ++round) {
      const unsigned length = 4 + rng() % 60, base = chance(10) ? pkg::PROG_WORDS - length : 0;
      for (unsigned i = 0; i < length; ++i) ASSERT_TRUE(write(false, base + i, next(length, false)));
      if (base) ASSERT_TRUE(write(false, 0, op(pkg::OP_SKIP, 0, 0, 0, 0, base).pack()));
      if (chance(50)) ASSERT_TRUE(write(false, rng() % length, op(pkg::OP_HALT).pack()));
      for (int i = 0; i < 20; ++i) ASSERT_TRUE(write(true, rng() % 200, {chance(98) ? rng() % 512 : rng() & 0x3ffff, 0}));
      in.cfg_pos = chance(10) ? pkg::TOKEN_WORDS - 2 + rng() % 3 : rng() % 100;
      in.cfg_prompt = in.cfg_pos + rng() % 8 + !chance(5);
      in.cfg_limit = in.cfg_prompt + rng() % 5;
      in.cfg_eos_en = chance(50);
      in.cfg_eos = rng() % 4;
      in.lanes_total = static_cast<std::uint8_t>(1 + rng() % 63);
      const unsigned ready = chance(50) ? 100 : 20 + rng() % 80, speed = chance(50) ? 60 : 5 + rng() % 90, busy = rng() % 60;
      const bool strike = chance(10);
      in.ctl.watchdog = chance(10) ? rng() % 400 : chance(50) ? ~0U : 1500 + rng() % 5000;
      in.ctl.break_en = static_cast<std::uint8_t>(chance(30) ? rng() : 0) & 15;
      in.ctl.break_pc = 0;
      for (int i = 0; i < 4; ++i) in.ctl.break_pc |= std::uint64_t{chance(90) ? base + rng() % length : rng() & 0xffff} << 16 * i;
      const unsigned stops = chance(30) ? 5 : 0;
      in.start = true;
      std::uint8_t lane[kLanes];
      for (unsigned l = 0; l < kLanes; ++l) lane[l] = static_cast<std::uint8_t>(in.lane_done >> 8 * l);
      bool reading = false;
      for (unsigned n = 0; n < 1500; ++n) {
        chip::probe::seq p{};
        bench.twin().probe(p);
        for (unsigned l = 0; l < kLanes; ++l)
          if (lane[l] != p.lane_issued_q && chance(speed)) ++lane[l];
        in.lane_done = lane[0] | lane[1] << 8 | lane[2] << 16;
        if (in.tree_done != p.pv_issued_q && chance(speed)) ++in.tree_done;
        if (in.vec_done != p.vec_issued_q && chance(speed)) ++in.vec_done;
        in.lane_ready = static_cast<std::uint8_t>((chance(ready) ? 7 : rng() & 7) | (rng() & 0xf8));
        in.tree_ready = chance(ready);
        in.vec_ready = chance(ready);
        if (chance(5)) in.chosen = rng() | std::uint64_t{rng()} << 32;
        in.collect_busy = chance(busy);
        in.ctl.stop = chance(stops);
        in.ctl.go = bench.out().paused ? chance(30) : chance(stops);
        pauses += bench.out().paused && in.ctl.go;
        in.best = rng() % 4 ? rng() % 512 : rng() % 4;
        if (strike && n > 30 && chance(2)) {
          if (chance(40)) in.vec_err = pkg::ERR_QUANT;
          if (chance(40)) in.collect_err = pkg::ERR_LOGIT;
          if (chance(40)) in.lane_err = static_cast<std::uint64_t>(pkg::ERR_SCORE) << 8 * (rng() % 3);
        }
        reading = reading && !bench.out().hm_done;
        if (!reading && chance(10)) {
          in.hm_valid = true;
          in.hm_we = chance(30) && bench.out().busy;  // dropped
          in.hm_tok = chance(50);
          in.hm_addr = rng() % (in.hm_tok ? pkg::TOKEN_WORDS : pkg::PROG_WORDS);
          reading = !in.hm_we;
        }
        if (chance(1)) in.start = true;
        if (!clock()) return;
        if (!bench.out().busy && n > 3 && chance(50) && !reading) break;
      }
      done += bench.out().done;
      if (bench.out().error) ++errors[std::min(bench.out().error_word & 0xff, 11U)];
      in.start = false;
      in.vec_err = in.collect_err = 0;
      in.lane_err = 0;
      if (bench.out().busy || bench.out().error) {
        ASSERT_TRUE(clock(false));
        in.lane_done = in.tree_done = in.vec_done = 0;
      }
      for (int i = 0; i < 4; ++i) ASSERT_TRUE(clock());
    }
  }
  // the generator reaches every way a program ends
  EXPECT_GT(done, 20U);
  EXPECT_GT(pauses, 200U);
  for (const unsigned code : {pkg::ERR_QUANT, pkg::ERR_SCORE, pkg::ERR_LOGIT, pkg::ERR_OPCODE, pkg::ERR_LOOP, pkg::ERR_PC, pkg::ERR_CONTEXT,
                              pkg::ERR_TOKEN, pkg::ERR_ORDER, pkg::ERR_WATCHDOG})
    EXPECT_GT(errors[code], 0U) << pkg::err_e_name(code);
}

}  // namespace
