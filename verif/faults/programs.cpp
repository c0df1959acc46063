// SPDX-License-Identifier: Apache-2.0
// Programs that are not legal (docs/isa.md, "What ends a program"): the chip must stop with the code and the program counter of what
// is wrong, golden and RTL in the same clock.
#include <algorithm>
#include <array>
#include <optional>

#include "verif/faults/fault.hpp"

namespace htx::faults {
namespace {

using Program = std::vector<pkg::instr_t>;

/// A way to spoil a program: the code it has to end with, and what is written over it. Returns the program counter of the
/// instruction at fault, or nothing where this way does not fit the instruction at `pc`.
struct Way {
  const char* name;
  unsigned code;
  std::function<std::optional<unsigned>(Program&, unsigned pc, Random&)> spoil;
};

/// A field of one instruction that goes out of its range, whatever else the instruction says.
template <class F>
Way field(const char* name, std::initializer_list<unsigned> ops, F&& set) {
  return {name, pkg::ERR_OPCODE, [ops = std::vector<unsigned>(ops), set](Program& p, unsigned pc, Random& random) -> std::optional<unsigned> {
            if (std::find(ops.begin(), ops.end(), p[pc].op) == ops.end()) return std::nullopt;
            set(p[pc], random);
            return pc;
          }};
}

std::uint16_t from(Random& r, std::uint32_t least, std::uint32_t most = 0xffff) { return static_cast<std::uint16_t>(r.below(2) ? least : least + r.below(most - least + 1)); }

std::vector<Way> ways() {
  using namespace pkg;
  const auto at = [](auto&& set) {
    return [set](Program& p, unsigned pc, Random& r) -> std::optional<unsigned> {
      set(p[pc], r);
      return pc;
    };
  };
  std::vector<Way> all{
      {"unknown operation", ERR_OPCODE, at([](instr_t& i, Random& r) {
         do i.op = static_cast<std::uint8_t>(r.below(256));
         while (op_e_name(i.op) != nullptr);
       })},
      {"spare bit set", ERR_OPCODE, at([](instr_t& i, Random& r) { i.spare = static_cast<std::uint8_t>(1U << r.below(7)); })},
      {"unused flag set", ERR_OPCODE, at([](instr_t& i, Random& r) { i.flags = static_cast<std::uint16_t>(i.flags | 1U << (FLAG_EXPERT + 1 + r.below(15 - FLAG_EXPERT))); })},
      {"loop of no passes", ERR_LOOP, at([](instr_t& i, Random&) { i = {}; i.op = OP_LOOP; })},
      {"end without a loop", ERR_LOOP, [](Program& p, unsigned, Random&) -> std::optional<unsigned> {
         p[0] = {};
         p[0].op = OP_ENDL;
         return 0;
       }},
      {"loops nested too deep", ERR_LOOP, [](Program& p, unsigned, Random&) -> std::optional<unsigned> {
         for (unsigned i = 0; i <= LOOP_DEPTH; ++i) {
           p[i] = {};
           p[i].op = OP_LOOP;
           p[i].n = 2;
         }
         return LOOP_DEPTH;
       }},
      {"jump beyond the program memory", ERR_PC, [](Program& p, unsigned, Random& r) -> std::optional<unsigned> {
         std::optional<unsigned> target;
         for (auto& i : p)
           if (i.op == OP_NEXT) target = i.e = from(r, PROG_WORDS);
         return target;
       }},
  };
  all.push_back(field("segment beyond the table", {OP_MATVEC, OP_EMBED, OP_LOADV, OP_APPEND, OP_SCORE, OP_PV}, [](instr_t& i, Random& r) { i.ra = 0; i.a = from(r, SEG_ENTRIES); }));
  all.push_back(field("source beyond the vector memory", {OP_VADD, OP_VMUL, OP_VEXP2, OP_VRCP, OP_VRSQRT, OP_VSUMSQ, OP_VQUANT}, [](instr_t& i, Random& r) { i.ra = 0; i.a = from(r, VMEM_BLOCKS); }));
  all.push_back(field("second source beyond the vector memory", {OP_VADD, OP_VMUL}, [](instr_t& i, Random& r) { i.rb = 0; i.b = from(r, VMEM_BLOCKS); }));
  all.push_back(field("activation beyond its memory", {OP_MATVEC, OP_SCORE}, [](instr_t& i, Random& r) { i.rb = 0; i.b = from(r, ACT_BLOCKS); }));
  all.push_back(field("block beyond the append buffer", {OP_APPEND}, [](instr_t& i, Random& r) { i.rb = 0; i.b = from(r, KVBUF_BLOCKS); }));
  all.push_back(field("destination beyond the vector memory", {OP_MATVEC, OP_EMBED, OP_LOADV, OP_PV, OP_VADD, OP_VMUL, OP_VEXP2, OP_VRCP, OP_VRSQRT, OP_VSUMSQ},
                      [](instr_t& i, Random& r) { i.rd = 0; i.d = from(r, VMEM_BLOCKS); }));
  all.push_back(field("quantised beyond its memory", {OP_VQUANT}, [](instr_t& i, Random& r) { i.rd = 0; i.d = from(r, ACT_BLOCKS); }));
  all.push_back(field("head too long", {OP_APPEND, OP_SCORE, OP_PV}, [](instr_t& i, Random& r) { i.n = from(r, HEAD_BLOCKS + 1); }));
  all.push_back(field("no length", {OP_MATVEC, OP_EMBED, OP_APPEND, OP_SCORE, OP_PV, OP_VADD, OP_VMUL, OP_VEXP2, OP_VRCP, OP_VRSQRT, OP_VSUMSQ, OP_VQUANT},
                      [](instr_t& i, Random&) { i.n = 0; }));
  all.push_back(field("length beyond the vector memory", {OP_VADD, OP_VMUL, OP_VEXP2, OP_VRCP, OP_VRSQRT, OP_VSUMSQ, OP_VQUANT}, [](instr_t& i, Random& r) { i.n = from(r, VMEM_BLOCKS); }));
  all.push_back(field("too many tiles", {OP_MATVEC, OP_EMBED, OP_LOADV}, [](instr_t& i, Random& r) { i.n = from(r, 1024); }));
  all.push_back(field("period zero or too long", {OP_VADD, OP_VMUL}, [](instr_t& i, Random& r) {
    i.flags = static_cast<std::uint16_t>(i.flags | 1U << FLAG_BPERIOD);
    i.e = r.below(2) ? std::uint16_t{0} : from(r, VMEM_BLOCKS);
  }));
  all.push_back(field("pair at a distance of zero or too far", {OP_MATVEC}, [](instr_t& i, Random& r) {
    i.flags = static_cast<std::uint16_t>(i.flags | 1U << FLAG_PAIR);
    i.e = r.below(2) ? std::uint16_t{0} : from(r, VMEM_BLOCKS);
  }));
  all.push_back(field("group of no blocks", {OP_VQUANT}, [](instr_t& i, Random& r) { i.e = r.below(2) ? std::uint16_t{0} : from(r, VMEM_BLOCKS); }));
  return all;
}

/// Starts what stands in the chip and sees it stop with `code` at `pc` (any pc: -1), reported by the sequencer.
Result stops(Decode& d, const Reference& r, unsigned code, int pc) {
  try {
    d.start();
    for (std::uint64_t end = d.clock() + 2 * r.clocks + 10000; !d.done() && d.clock() < end;) d.step();
    const std::uint64_t clock = d.clock();
    const auto status = d.driver().read_reg(pkg::REG_STATUS), error = d.driver().read_reg(pkg::REG_ERROR);
    if (!d.settle()) return {Outcome::silent, clock, "no answer"};
    const std::string text = fmt::format("{} at {}", pkg::err_e_name(error->value & 255) ? pkg::err_e_name(error->value & 255) : "?", error->value >> 16);
    const bool right = (status->value & 7) == 4 && (error->value & 0xffff) == code && (pc < 0 || error->value >> 16 == static_cast<unsigned>(pc));
    return {right ? Outcome::chip : Outcome::silent, clock, right ? text : fmt::format("status {}, {}, expected {} at {}", status->value, text, pkg::err_e_name(code), pc)};
  } catch (const Noticed& n) {
    return {Outcome::silent, d.clock(), fmt::format("golden and RTL, given the same program, differ: {}", n.what())};
  }
}

}  // namespace

std::vector<Fault> programs(const Draw& draw) {
  std::vector<Fault> faults;
  const Program& legal = draw.decode.image().program;
  const auto all = ways();
  for (unsigned i = 0, tries = 0; i < std::max<std::size_t>(draw.count, all.size()) && tries < 100 * draw.count; ++tries) {
    const Way& way = all[i % all.size()];
    Program spoilt = legal;
    const auto at = way.spoil(spoilt, static_cast<unsigned>(draw.random.below(legal.size() - 1)), draw.random);  // the last one is HALT, never reached
    if (!at) continue;
    ++i;
    faults.push_back({"illegal program", fmt::format("{} at {}", way.name, *at), Fault::kBeforeStart,
                      [spoilt, code = way.code, pc = static_cast<int>(*at)](Decode& d, const Reference& r) {
                        d.driver().write_program(0, spoilt);
                        if (!d.settle(1000000)) return Result{Outcome::silent, d.clock(), "no answer"};
                        return stops(d, r, code, pc);
                      }});
  }
  const auto configured = [&](const char* name, unsigned code, auto&& change) {
    faults.push_back({"illegal position or token", name, Fault::kBeforeStart, [code, change](Decode& d, const Reference& r) {
                        change(d);
                        if (!d.settle()) return Result{Outcome::silent, d.clock(), "no answer"};
                        return stops(d, r, code, -1);
                      }});
  };
  for (unsigned i = 0; i < std::max(2U, draw.count / 10); ++i) {
    const auto position = static_cast<std::uint32_t>(draw.reference.tokens.size() + draw.random.below(100));
    const auto token = draw.decode.image().vocab + static_cast<std::uint32_t>(draw.random.below(1000));
    configured("start where no token is known", pkg::ERR_CONTEXT, [position](Decode& d) { d.driver().write_reg(pkg::REG_POS, position); });
    configured("start beyond the token memory", pkg::ERR_CONTEXT, [position](Decode& d) {
      d.driver().write_reg(pkg::REG_PROMPT, 0xffff);
      d.driver().write_reg(pkg::REG_POS, pkg::TOKEN_WORDS + position);
    });
    configured("token beyond the vocabulary", pkg::ERR_TOKEN, [token](Decode& d) { d.driver().write_tokens(0, std::array{token}); });
  }
  return faults;
}

}  // namespace htx::faults
