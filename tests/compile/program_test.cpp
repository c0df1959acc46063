// SPDX-License-Identifier: Apache-2.0
// The program: its text, its operands, and that its WAIT flags are enough and none is idle.
#include "golden/compile/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "golden/compile/compile.hpp"
#include "golden/compile/schedule.hpp"
#include "tests/compile/models.hpp"

namespace htx::compile {
namespace {

Image plain() { return compile(test::make_model(test::odd_models()[0]), {.lanes = 8, .context = 64}); }

// plain.disasm is what `htx disasm` prints; a change of the generator shows here line by line.
TEST(Program, Text) {
  std::ifstream in(HTX_COMPILE_TESTS "/plain.disasm");
  ASSERT_TRUE(in);
  std::istringstream actual(disassemble(plain()));
  std::string expected_line, actual_line;
  for (int number = 1; std::getline(actual, actual_line); ++number) {
    ASSERT_TRUE(std::getline(in, expected_line)) << "line " << number << " is new: " << actual_line;
    ASSERT_EQ(actual_line, expected_line) << "line " << number;
  }
  EXPECT_FALSE(std::getline(in, expected_line)) << "missing: " << expected_line;
}

TEST(Program, UnknownInstructionsAreShown) {
  pkg::instr_t i;
  i.op = 0x7f;
  EXPECT_EQ(disassemble(i), "?7f");
}

// The ranges that the sequencer accepts (docs/isa.md), for every instruction as it runs.
TEST(Program, OperandsAreInRange) {
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    const Image image = compile(test::make_model(named), {.lanes = 3, .chips = 2, .context = 64});
    Walker walker(image.program);
    for (int positions = 0; positions < 2;) {
      const pkg::instr_t& i = walker.instruction();
      const Operands at = walker.operands();
      SCOPED_TRACE(disassemble(i));
      ASSERT_EQ(i.spare, 0);
      if (is_lane(i)) {
        ASSERT_LT(at.a, image.segments.size());
        ASSERT_LT(i.n, 1024);
        const Segment& s = image.segments[at.a];
        switch (i.op) {
          case pkg::OP_MATVEC:
            ASSERT_EQ(s.kind, SegmentKind::matrix);
            ASSERT_EQ(s.tiles(), i.n);
            ASSERT_EQ(s.bits == 8, has_flag(i, pkg::FLAG_W8));
            ASSERT_EQ(s.pair, has_flag(i, pkg::FLAG_PAIR));
            if (has_flag(i, pkg::FLAG_ARGMAX)) ASSERT_EQ(at.d, 0u) << "a result's address is its token number";
            break;
          case pkg::OP_EMBED:
            ASSERT_EQ(s.name, "token_embd");
            ASSERT_TRUE(s.bits == 8 && s.tiles() == i.n && has_flag(i, pkg::FLAG_W8));
            break;
          case pkg::OP_LOADV:
            ASSERT_TRUE(s.kind == SegmentKind::norm || s.kind == SegmentKind::constants ||
                        s.kind == SegmentKind::rotation);
            ASSERT_EQ(s.kind == SegmentKind::rotation, has_flag(i, pkg::FLAG_POS));
            break;
          default:
            ASSERT_EQ(s.kind, SegmentKind::pages);
            ASSERT_EQ(s.unit_bursts, 4 + 64u * i.n);
        }
      } else if (is_vector(i)) {
        ASSERT_TRUE(i.n > 0 && at.a + i.n <= pkg::VMEM_BLOCKS);
        if (i.op != pkg::OP_VQUANT) {
          // A result may stand where its operand does, or below it.
          const std::uint32_t n = i.op == pkg::OP_VSUMSQ ? 1 : i.n;
          ASSERT_LE(at.d + n, pkg::VMEM_BLOCKS);
          ASSERT_TRUE(at.d <= at.a || at.d >= at.a + i.n);
          if (has_flag(i, pkg::FLAG_BPERIOD)) ASSERT_TRUE(i.e > 0 && (at.d >= at.b + i.e || at.b >= at.d + n));
        } else {
          ASSERT_TRUE(i.e > 0 && i.n % i.e == 0);
        }
      }
      positions += i.op == pkg::OP_NEXT;
      walker.advance(i.op == pkg::OP_NEXT);
    }
  }
}

TEST(Waits, AreEnoughAndNoneIsIdle) {
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    const Image image = compile(test::make_model(named), {.lanes = 4, .context = 64});
    EXPECT_TRUE(missing_waits(image.program, image.segments).empty());
    for (std::uint32_t pc = 0; pc < image.program.size(); ++pc) {
      if (!has_flag(image.program[pc], pkg::FLAG_WAIT)) continue;
      std::vector<pkg::instr_t> without = image.program;
      without[pc].flags = static_cast<std::uint16_t>(without[pc].flags & ~(1u << pkg::FLAG_WAIT));
      bool missed = false;
      try {
        missed = !missing_waits(without, image.segments).empty();
      } catch (const std::logic_error&) {  // results of two lane commands that only this WAIT had ordered
        missed = true;
      }
      EXPECT_TRUE(missed) << pc;
    }
  }
}

// Small programs with one hazard each.
class Hazard : public testing::Test {
 protected:
  Hazard() {
    Segment s;
    s.kind = SegmentKind::matrix;
    s.units = 2;
    segments_.push_back(s);
  }
  void add(pkg::op_e op, unsigned a, unsigned b, unsigned d, unsigned n, unsigned flags = 0) {
    pkg::instr_t i;
    i.op = op;
    i.a = static_cast<std::uint16_t>(a);
    i.b = static_cast<std::uint16_t>(b);
    i.d = static_cast<std::uint16_t>(d);
    i.n = static_cast<std::uint16_t>(n);
    i.e = 1;
    i.flags = static_cast<std::uint16_t>(flags);
    code_.push_back(i);
  }
  std::vector<std::uint32_t> waits() {
    add(pkg::OP_NEXT, 0, 0, 0, 0);
    code_.back().e = 0;
    set_waits(code_, segments_);
    std::vector<std::uint32_t> found;
    for (std::uint32_t pc = 0; pc < code_.size(); ++pc)
      if (has_flag(code_[pc], pkg::FLAG_WAIT)) found.push_back(pc);
    return found;
  }
  using Pcs = std::vector<std::uint32_t>;
  std::vector<pkg::instr_t> code_;
  std::vector<Segment> segments_;
};

TEST_F(Hazard, VectorReadsALaneResult) {
  add(pkg::OP_MATVEC, 0, 0, 10, 1);
  add(pkg::OP_VADD, 10, 20, 30, 1);  // 0 waits in the next position, because of this read
  add(pkg::OP_VADD, 11, 20, 31, 1);
  EXPECT_EQ(waits(), (Pcs{0, 1}));
}

TEST_F(Hazard, VectorOverwritesALaneResult) {
  add(pkg::OP_MATVEC, 0, 0, 10, 1);
  add(pkg::OP_VADD, 20, 21, 11, 1);
  EXPECT_EQ(waits(), (Pcs{0, 1}));
}

TEST_F(Hazard, LaneReadsQuantisedBlocks) {
  add(pkg::OP_VQUANT, 40, 0, 3, 1);  // in later positions the end of the position has ordered it after the lanes
  add(pkg::OP_MATVEC, 0, 3, 10, 1);
  EXPECT_EQ(waits(), (Pcs{1}));
}

TEST_F(Hazard, QuantiserOverwritesWhatALaneReads) {
  add(pkg::OP_MATVEC, 0, 2, 10, 2, 1u << pkg::FLAG_NOSTORE);
  add(pkg::OP_VQUANT, 40, 0, 3, 1);
  EXPECT_EQ(waits(), (Pcs{0, 1}));
}

TEST_F(Hazard, AppendWaitsForItself) {
  add(pkg::OP_VQUANT, 40, 0, 3, 1);
  add(pkg::OP_VQUANT, 40, 0, 5, 2, unsigned{pkg::Q_KEY} << pkg::FLAG_QMODE);
  add(pkg::OP_MATVEC, 0, 3, 10, 1);
  add(pkg::OP_APPEND, 0, 5, 0, 1);  // the wait of 2 is one of the compute side
  EXPECT_EQ(waits(), (Pcs{2, 3}));
}

TEST_F(Hazard, NothingInCommonNothingToWaitFor) {
  add(pkg::OP_MATVEC, 0, 0, 10, 1);
  add(pkg::OP_VADD, 12, 13, 14, 2);
  add(pkg::OP_VQUANT, 14, 0, 1, 1);
  EXPECT_EQ(waits(), Pcs{});
}

TEST_F(Hazard, TwoLaneResultsNeedAVectorBetween) {
  add(pkg::OP_MATVEC, 0, 0, 10, 1);
  add(pkg::OP_MATVEC, 0, 0, 11, 1);
  EXPECT_THROW(waits(), std::logic_error);
}

TEST(Walker, LoopsAndRegisters) {
  std::vector<pkg::instr_t> code(7);
  code[0].op = pkg::OP_LDI, code[0].rd = 3, code[0].a = 65535;
  code[1].op = pkg::OP_LOOP, code[1].n = 3;
  code[2].op = pkg::OP_LOOP, code[2].n = 2;
  code[3].op = pkg::OP_ADDI, code[3].rd = 3, code[3].a = 2;
  code[4].op = pkg::OP_ENDL;
  code[5].op = pkg::OP_ENDL;
  Walker w(code);
  int steps = 0;
  for (; w.instruction().op != pkg::OP_HALT; ++steps) w.advance(false);
  EXPECT_EQ(w.reg(3), 11);
  EXPECT_EQ(steps, 2 + 3 * (1 + 2 * 2 + 1));
}

TEST(Walker, RefusesBrokenPrograms) {
  std::vector<pkg::instr_t> code(1);
  code[0].op = pkg::OP_ENDL;
  EXPECT_THROW(Walker(code).advance(false), Error);
  code[0].op = pkg::OP_LOOP;
  EXPECT_THROW(Walker(code).advance(false), Error);
  code[0].op = pkg::OP_TOKEN;
  EXPECT_THROW(Walker(code).advance(false), Error);
}

}  // namespace
}  // namespace htx::compile
