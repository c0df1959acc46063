// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "golden/compile/program.hpp"

namespace htx::compile {
namespace {

// Commands are numbered from 1 on each side; 0 stands for none.
using Time = std::uint64_t;

struct Use {
  Time vec_read = 0, vec_write = 0, lane_read = 0, lane_write = 0;
};

struct Range {
  std::uint64_t first = 0, count = 0;
};

// The blocks an instruction touches.
struct Effects {
  std::vector<Range> vmem_reads, vmem_writes;
  Range act_read, act_write, kvbuf_read, kvbuf_write;
};

// `expert`: units of the last EXPERT.
Effects effects_of(const pkg::instr_t& i, const Operands& at, const std::vector<Segment>& segments, std::uint32_t expert) {
  Effects fx;
  switch (i.op) {
    case pkg::OP_MATVEC:
      fx.act_read = {at.b, i.n};
      if (!has_flag(i, pkg::FLAG_NOSTORE)) {
        const std::uint64_t parts = (i.cols + 1u) * (has_flag(i, pkg::FLAG_PAIR) ? 2 : 1);  // results at the same distance from each other
        for (std::uint64_t p = 0; p < parts; ++p) fx.vmem_writes.push_back({at.d + p * i.e, has_flag(i, pkg::FLAG_EXPERT) ? expert : segments[at.a].units});
      }
      break;
    case pkg::OP_EMBED:
      fx.vmem_writes.push_back({at.d, i.n});
      break;
    case pkg::OP_LOADV:
      fx.vmem_writes.push_back({at.d, segments[at.a].units});
      break;
    case pkg::OP_APPEND:
      fx.kvbuf_read = {at.b, std::uint64_t{2} * i.n};
      break;
    case pkg::OP_SCORE:
      fx.act_read = {at.b, i.n};
      break;
    case pkg::OP_PV:
      fx.vmem_writes.push_back({at.d, (std::uint64_t{i.n} + 1) * (i.cols + 1u)});
      break;
    default:
      if (!is_vector(i)) break;
      fx.vmem_reads.push_back({at.a, i.n});
      if (reads_b(i)) {
        const bool scalar = has_flag(i, pkg::FLAG_BSCALAR) || i.op == pkg::OP_VQUANT;
        fx.vmem_reads.push_back({at.b, scalar ? 1u : has_flag(i, pkg::FLAG_BPERIOD) ? i.e : i.n});
      }
      if (i.op != pkg::OP_VQUANT) {
        fx.vmem_writes.push_back({at.d, i.op == pkg::OP_VSUMSQ || i.op == pkg::OP_VTOPK ? 1u : i.n});
      } else if (quant_mode(i) == pkg::Q_KEY || quant_mode(i) == pkg::Q_VAL) {
        fx.kvbuf_write = {at.d, i.n};
      } else if (quant_mode(i) == pkg::Q_QRY) {  // all columns alike: a block of one stands for that of each
        const std::uint64_t groups = (i.n + i.e - 1u) / i.e;
        fx.act_write = {at.d, (groups + i.cols) / (i.cols + 1u) * i.e};
      } else {
        fx.act_write = {at.d, i.n};
      }
  }
  return fx;
}

class Tracker {
 public:
  Tracker() : vmem_(pkg::VMEM_BLOCKS), act_(pkg::ACT_BLOCKS), kvbuf_(pkg::KVBUF_BLOCKS) {}

  // The end of a position waits until the lanes have finished.
  void end_of_position() { vec_knows_lane_ = lanes_; }

  // The order the instruction needs does not hold without a WAIT.
  bool needs_wait(const pkg::instr_t& i, const Effects& fx) const {
    bool hazard = false;
    if (is_lane(i)) {
      const Time knows = i.op == pkg::OP_APPEND ? append_knows_vec_ : lane_knows_vec_;
      each(act_, fx.act_read, [&](const Use& u) { hazard |= u.vec_write > knows; });
      each(kvbuf_, fx.kvbuf_read, [&](const Use& u) { hazard |= u.vec_write > knows; });
      for (const Range& r : fx.vmem_writes)
        each(vmem_, r, [&](const Use& u) { hazard |= std::max(u.vec_read, u.vec_write) > knows; });
      return hazard;
    }
    const auto written = [&](const Use& u) { hazard |= std::max(u.lane_read, u.lane_write) > vec_knows_lane_; };
    for (const Range& r : fx.vmem_reads)
      each(vmem_, r, [&](const Use& u) { hazard |= u.lane_write > vec_knows_lane_; });
    for (const Range& r : fx.vmem_writes) each(vmem_, r, written);
    each(act_, fx.act_write, written);
    each(kvbuf_, fx.kvbuf_write, written);
    return hazard;
  }

  // Issues the instruction, with WAIT if it has the flag.
  void issue(const pkg::instr_t& i, const Effects& fx) {
    const bool waits = has_flag(i, pkg::FLAG_WAIT);
    if (is_lane(i)) {
      // The memory part of APPEND runs ahead of the compute parts of commands before it, so it knows less than they do.
      if (waits) (i.op == pkg::OP_APPEND ? append_knows_vec_ : lane_knows_vec_) = vecs_;
      const Time now = ++lanes_;
      each(act_, fx.act_read, [&](Use& u) { u.lane_read = now; });
      each(kvbuf_, fx.kvbuf_read, [&](Use& u) { u.lane_read = now; });
      for (const Range& r : fx.vmem_writes) {
        each(vmem_, r, [&](Use& u) {
          // Lanes drift apart: only a vector instruction that waited for them all orders two results.
          if (u.lane_write > vec_knows_lane_) throw std::logic_error("two lane results for one block without order");
          u.lane_write = now;
        });
      }
    } else {
      if (waits) vec_knows_lane_ = lanes_;
      const Time now = ++vecs_;
      for (const Range& r : fx.vmem_reads) each(vmem_, r, [&](Use& u) { u.vec_read = now; });
      for (const Range& r : fx.vmem_writes) each(vmem_, r, [&](Use& u) { u.vec_write = now; });
      each(act_, fx.act_write, [&](Use& u) { u.vec_write = now; });
      each(kvbuf_, fx.kvbuf_write, [&](Use& u) { u.vec_write = now; });
    }
  }

 private:
  template <typename Memory, typename Visit>
  static void each(Memory& memory, const Range& range, Visit visit) {
    if (range.first + range.count > memory.size()) throw std::logic_error("an operand beyond its memory");
    for (std::uint64_t i = 0; i < range.count; ++i) visit(memory[range.first + i]);
  }

  std::vector<Use> vmem_, act_, kvbuf_;
  Time vecs_ = 0, lanes_ = 0;  // issued so far
  Time lane_knows_vec_ = 0;    // every vector command up to it is finished before the next lane command computes
  Time append_knows_vec_ = 0;  // or before the next append writes
  Time vec_knows_lane_ = 0;    // every lane command up to it is finished before the next vector command
};

// Runs the program over passes of a prompt's tokens and positions with and without the head, each behind each, and calls
// missing(pc) for each instruction that lacks a WAIT, before it is issued.
template <typename Missing>
void walk(const std::vector<pkg::instr_t>& code, const std::vector<Segment>& segments, Missing missing) {
  constexpr std::uint32_t kMany = pkg::MAX_COLUMNS, kKnown[] = {kMany, kMany, 1, 1, 0, 0, 1, kMany, 0, kMany, 1, 0};
  Tracker tracker;
  Walker walker(code);
  std::uint32_t expert = 0;
  for (const std::uint32_t known : kKnown) {
    for (bool in_position = true; in_position;) {
      const pkg::instr_t& i = walker.instruction();
      if (i.op == pkg::OP_EXPERT) expert = i.e;
      if (is_lane(i) || is_vector(i)) {
        const Effects fx = effects_of(i, walker.operands(), segments, expert);
        if (!has_flag(i, pkg::FLAG_WAIT) && tracker.needs_wait(i, fx)) missing(walker.pc());
        tracker.issue(i, fx);
      }
      if (i.op == pkg::OP_NEXT) {
        tracker.end_of_position();
        in_position = false;
      }
      walker.advance(known);
    }
  }
}

}  // namespace

void set_waits(std::vector<pkg::instr_t>& code, const std::vector<Segment>& segments) {
  walk(code, segments, [&](std::uint32_t pc) { set_flag(code[pc], pkg::FLAG_WAIT); });
  if (!missing_waits(code, segments).empty()) throw std::logic_error("a WAIT is missing after all were set");
}

std::vector<std::uint32_t> missing_waits(const std::vector<pkg::instr_t>& code, const std::vector<Segment>& segments) {
  std::set<std::uint32_t> missing;
  walk(code, segments, [&](std::uint32_t pc) { missing.insert(pc); });
  return {missing.begin(), missing.end()};
}

}  // namespace htx::compile
