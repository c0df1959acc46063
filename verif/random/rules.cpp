// SPDX-License-Identifier: Apache-2.0
#include "verif/random/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <vector>

#include "golden/chip/seq.hpp"
#include "golden/compile/program.hpp"
#include "verif/random/hazards.hpp"

namespace htx::random {
namespace {

constexpr std::size_t kStates = 20000;  // ways to go on that are followed; more is a program too long to judge

/// All that decides how a program goes on: registers, loops, a SCORE that waits for its PV, what may still be at work.
struct State {
  std::uint16_t pc = 0;
  std::array<std::uint16_t, pkg::NREG> reg{};
  std::vector<std::pair<std::uint16_t, std::uint16_t>> loops;  ///< body, passes left
  int score = -1;                                              ///< segment of the open SCORE
  unsigned blocks = 0, columns = 0;                            ///< its n and cols
  unsigned units = 0;                                          ///< of the last EXPERT
  Hazards hazards;
  auto operator<=>(const State&) const = default;
};

/// The blocks from `first` on, round the end of the memory.
template <std::size_t N>
void mark(std::bitset<N>& memory, unsigned first, unsigned count) {
  for (unsigned i = 0; i < std::min<unsigned>(count, N); ++i) memory.set((first + i) % N);
}

bool flag(const pkg::instr_t& i, unsigned bit) { return compile::has_flag(i, bit); }

/// Whether a write from d on, n blocks, runs ahead of a read of the same length from a on (docs/blocks/vector.md).
bool ahead(unsigned d, unsigned a, unsigned n) {
  const unsigned by = (d - a) % pkg::VMEM_BLOCKS;
  return by != 0 && by < n;
}

class Follow {
 public:
  Follow(const Case& c, const Run& run, Reads& reads) : case_(c), run_(run), reads_(reads) {}

  std::string all() {
    push({});
    while (!open_.empty()) {
      if (seen_.size() > kStates) return "the program has too many ways to go on to follow them all";
      const State s = *open_.back();
      open_.pop_back();
      if (std::string why = one(s); !why.empty()) return fmt::format("instruction {}: {}", s.pc, why);
    }
    return "";
  }

 private:
  void push(State s) {
    const auto [at, fresh] = seen_.insert(std::move(s));
    if (fresh) open_.push_back(&*at);
  }

  std::string one(State s) {
    if (s.pc >= pkg::PROG_WORDS) return "";  // ERR_PC
    reads_.program.set(s.pc);
    pkg::instr_t i = s.pc < run_.program.size() ? run_.program[s.pc] : pkg::instr_t{};
    i.a = static_cast<std::uint16_t>(i.a + s.reg[i.ra]);
    i.b = static_cast<std::uint16_t>(i.b + s.reg[i.rb]);
    i.d = static_cast<std::uint16_t>(i.d + s.reg[i.rd]);
    if (!chip::in_range(i, case_.columns)) return "";  // ERR_OPCODE
    const bool stops = i.op == pkg::OP_HALT || i.op == pkg::OP_NEXT || i.op == pkg::OP_TOKEN;
    const bool open = s.score >= 0, matches = s.score == i.a && s.blocks == i.n && s.columns == i.cols;
    if (i.op == pkg::OP_PV ? !matches : open && (stops || i.op == pkg::OP_SCORE)) return "";  // ERR_ORDER
    std::string why;
    if (compile::is_lane(i)) why = lane(i, s);
    else if (compile::is_vector(i)) why = vector(i, s);
    if (!why.empty()) return why;
    go_on(i, std::move(s));
    return "";
  }

  void go_on(const pkg::instr_t& i, State s) {
    ++s.pc;
    switch (i.op) {
      case pkg::OP_HALT: return;
      case pkg::OP_LDI: s.reg[i.rd] = i.a; break;
      case pkg::OP_EXPERT: s.units = i.e; break;
      case pkg::OP_ADDI: s.reg[i.rd] = static_cast<std::uint16_t>(s.reg[i.rd] + i.a); break;
      case pkg::OP_LOOP:
        if (i.n == 0 || s.loops.size() == pkg::LOOP_DEPTH) return;  // ERR_LOOP
        s.loops.emplace_back(s.pc, i.n);
        break;
      case pkg::OP_ENDL:
        if (s.loops.empty()) return;
        if (s.loops.back().second > 1) --s.loops.back().second, s.pc = s.loops.back().first;
        else s.loops.pop_back();
        break;
      case pkg::OP_SKIP: {
        State jumped = s;
        jumped.pc = i.e;
        push(std::move(jumped));
        break;
      }
      case pkg::OP_NEXT:
        s.hazards.lanes_idle();
        s.pc = i.e;
        break;
      default: break;
    }
    s.reg[0] = 0;
    push(std::move(s));
  }

  std::string lane(const pkg::instr_t& i, State& s) {
    const auto entry = std::find_if(case_.segments.begin(), case_.segments.end(), [&](const Segment& e) { return e.entry == i.a; });
    if (entry == case_.segments.end()) return fmt::format("segment {} is not in the table", i.a);
    switch (i.op) {
      case pkg::OP_MATVEC:
        for (unsigned c = 0; c <= i.cols; ++c) mark(reads_.act[c], i.b, i.n);
        break;
      case pkg::OP_APPEND: mark(reads_.kv, i.b, 2U * i.n); break;
      case pkg::OP_SCORE:
        for (unsigned c = 0; c <= i.cols; ++c) mark(reads_.act[c], i.b, i.n);
        s.score = i.a;
        s.blocks = i.n;
        s.columns = i.cols;
        break;
      case pkg::OP_PV:
        s.score = -1;
        s.blocks = s.columns = 0;
        break;
      default: break;
    }
    Segment written = *entry;
    if (i.op == pkg::OP_MATVEC && flag(i, pkg::FLAG_EXPERT)) written.units = s.units;  // whichever expert it is
    return s.hazards.lane(i, written);
  }

  std::string vector(const pkg::instr_t& i, State& s) {
    if (std::string why = s.hazards.vector(i); !why.empty()) return why;
    mark(reads_.vmem, i.a, i.n);
    if (i.op == pkg::OP_VQUANT) {
      if (compile::quant_mode(i) == pkg::Q_QRY) mark(reads_.vmem, i.b, 1);
      if (compile::quant_mode(i) >= pkg::Q_KEY && i.d + i.n > pkg::KVBUF_BLOCKS) return "keys or values run past the append buffer";
      return "";
    }
    if (i.op == pkg::OP_VSUMSQ || i.op == pkg::OP_VTOPK) return "";
    if (ahead(i.d, i.a, i.n)) return "d lies above a by less than n";
    if (!compile::reads_b(i)) return "";
    if (flag(i, pkg::FLAG_BSCALAR)) {
      mark(reads_.vmem, i.b, 1);
      return "";
    }
    const bool period = flag(i, pkg::FLAG_BPERIOD) && i.e < i.n;
    mark(reads_.vmem, i.b, period ? i.e : i.n);
    if (!period) return ahead(i.d, i.b, i.n) ? "d lies above b by less than n" : "";
    const bool touches = (i.d - i.b) % pkg::VMEM_BLOCKS < i.e || (i.b - i.d) % pkg::VMEM_BLOCKS < i.n;
    return touches ? "d touches the b that is read again and again" : "";
  }

  const Case& case_;
  const Run& run_;
  Reads& reads_;
  std::set<State> seen_;
  std::vector<const State*> open_;
};

}  // namespace

std::string undefined(const Case& c, const Run& run, Reads* reads) {
  Reads mine;
  return Follow(c, run, reads != nullptr ? *reads : mine).all();
}

std::string undefined(const Case& c) {
  if (c.unchecked) return "";
  if (c.runs.empty()) return "the case has no run";
  for (std::size_t i = 0; i < c.segments.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (c.segments[i].entry == c.segments[j].entry) return fmt::format("segment {} stands twice in the table", c.segments[i].entry);
  for (std::size_t r = 0; r < c.runs.size(); ++r)
    if (std::string why = undefined(c, c.runs[r]); !why.empty()) return fmt::format("run {}, {}", r, why);
  return "";
}

}  // namespace htx::random
