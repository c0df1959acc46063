// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "golden/compile/compile.hpp"
#include "golden/compile/program.hpp"

namespace htx::compile {
namespace {

std::string indexed(std::string_view what, unsigned value, unsigned reg) {
  return reg ? fmt::format("{} {}+r{}", what, value, reg) : fmt::format("{} {}", what, value);
}

std::string vector_operands(const pkg::instr_t& i) {
  static constexpr const char* kModes[] = {"act", "qry", "key", "val"};
  std::string s = indexed("vm", i.a, i.ra);
  if (has_flag(i, pkg::FLAG_SWAP)) s += " swapped";
  if (reads_b(i)) {
    s += ", " + indexed("vm", i.b, i.rb);
    if (has_flag(i, pkg::FLAG_BSCALAR)) s += fmt::format("[{}]", i.elem);
    if (has_flag(i, pkg::FLAG_BPERIOD)) s += fmt::format(" every {}", i.e);
  }
  if (i.op == pkg::OP_VTOPK) return s + fmt::format(" -> {}, {} of {}", indexed("vm", i.d, i.rd), i.elem, i.e);
  if (i.op == pkg::OP_VQUANT)
    return s + fmt::format(" -> {}, n {} by {}", indexed(kModes[quant_mode(i)], i.d, i.rd), i.n, i.e);
  return s + fmt::format(" -> {}, n {}", indexed("vm", i.d, i.rd), i.n);
}

std::string operands(const pkg::instr_t& i) {
  const std::string segment = indexed("seg", i.a, i.ra), to = " -> " + indexed("vm", i.d, i.rd);
  switch (i.op) {
    case pkg::OP_LDI:
    case pkg::OP_ADDI:
      return fmt::format("r{}, {}", i.rd, static_cast<std::int16_t>(i.a));
    case pkg::OP_LOOP:
      return fmt::format("{}", i.n);
    case pkg::OP_EXPERT:
      return fmt::format("{}, units {}", indexed("choice", i.a, i.ra), i.e);
    case pkg::OP_TOKEN:
      return i.a || i.ra ? indexed("ahead", i.a, i.ra) : "";
    case pkg::OP_SKIP:
    case pkg::OP_NEXT:
      return fmt::format("{}{}", i.e, i.a || i.ra ? ", " + indexed("ahead", i.a, i.ra) : "");
    case pkg::OP_MATVEC:
      return fmt::format("{}, {}{}{}, n {}", segment, indexed("act", i.b, i.rb), to,
                         has_flag(i, pkg::FLAG_PAIR) ? fmt::format(" and +{}", i.e) : "", i.n);
    case pkg::OP_EMBED:
    case pkg::OP_LOADV:
      return fmt::format("{}{}, n {}", segment, to, i.n);
    case pkg::OP_APPEND:
      return fmt::format("{}, {}, n {}", segment, indexed("kv", i.b, i.rb), i.n);
    case pkg::OP_SCORE:
      return fmt::format("{}, {}, n {}", segment, indexed("act", i.b, i.rb), i.n);
    case pkg::OP_PV:
      return fmt::format("{}{}, n {}", segment, to, i.n);
    default:
      return is_vector(i) ? vector_operands(i) : "";
  }
}

}  // namespace

std::string disassemble(const pkg::instr_t& i) {
  static constexpr std::pair<unsigned, const char*> kFlags[] = {
      {pkg::FLAG_WAIT, "WAIT"},       {pkg::FLAG_W8, "W8"},     {pkg::FLAG_ARGMAX, "ARGMAX"},
      {pkg::FLAG_NOSTORE, "NOSTORE"}, {pkg::FLAG_PAIR, "PAIR"}, {pkg::FLAG_POS, "POS"}, {pkg::FLAG_EXPERT, "EXPERT"}};
  const char* name = pkg::op_e_name(i.op);
  std::string s = name ? fmt::format("{:<7}", name + 3) : fmt::format("?{:02x}    ", i.op);  // without "OP_"
  if (const std::string o = operands(i); !o.empty()) s += " " + o;
  for (const auto& [flag, word] : kFlags)
    if (has_flag(i, flag)) s += fmt::format(" {}", word);
  const bool names_one = i.op == pkg::OP_VQUANT && quant_mode(i) == pkg::Q_ACT;
  if (i.cols) s += names_one ? fmt::format(" column {}", i.cols) : fmt::format(" columns {}", i.cols + 1);
  while (s.back() == ' ') s.pop_back();
  return s;
}

std::string disassemble(const Image& image) {
  std::string text;
  unsigned depth = 0;
  for (std::size_t pc = 0; pc < image.program.size(); ++pc) {
    const pkg::instr_t& i = image.program[pc];
    if (i.op == pkg::OP_ENDL && depth > 0) --depth;
    const std::string code = std::string(2 * depth, ' ') + disassemble(i);
    if (i.op == pkg::OP_LOOP) ++depth;
    std::string what = pc < image.symbols.size() ? image.symbols[pc].text : "";
    if (is_lane(i) && i.a < image.segments.size()) {
      const Segment& s = image.segments[i.a];
      what += fmt::format(": {}{}", s.name, i.ra ? " .." : "");
    }
    text += fmt::format("{:4}  {:<64}  ; {}\n", pc, code, what);
  }
  return text;
}

}  // namespace htx::compile
