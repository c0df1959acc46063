// SPDX-License-Identifier: Apache-2.0
// A program under construction: instructions with their symbols.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "golden/compile/image.hpp"

namespace htx::compile {

constexpr bool has_flag(const pkg::instr_t& i, unsigned flag) { return (i.flags >> flag & 1) != 0; }
constexpr void set_flag(pkg::instr_t& i, unsigned flag) { i.flags = static_cast<std::uint16_t>(i.flags | 1u << flag); }
constexpr pkg::quant_e quant_mode(const pkg::instr_t& i) {
  return static_cast<pkg::quant_e>(i.flags >> pkg::FLAG_QMODE & 3);
}

constexpr bool is_lane(const pkg::instr_t& i) { return i.op >= pkg::OP_MATVEC && i.op <= pkg::OP_PV; }
constexpr bool is_vector(const pkg::instr_t& i) { return i.op >= pkg::OP_VADD && i.op <= pkg::OP_VTOPK; }
/// Instructions that read block b of vector memory as second operand.
constexpr bool reads_b(const pkg::instr_t& i) {
  return i.op == pkg::OP_VADD || i.op == pkg::OP_VMUL || (i.op == pkg::OP_VQUANT && quant_mode(i) == pkg::Q_QRY);
}

/// Known tokens that a program works on in one pass over the weights where so many are left: 1, or what its first SKIP asks for.
std::uint32_t pass_tokens(const std::vector<pkg::instr_t>& code);

struct Program {
  std::vector<pkg::instr_t> code;
  std::vector<InstructionSymbol> symbols;
};

/// The operands of an instruction with its index registers added.
struct Operands {
  std::uint32_t a = 0, b = 0, d = 0;
};

/// Index registers, loops and jumps as the sequencer has them, for passes that walk a program as it runs.
class Walker {
 public:
  explicit Walker(const std::vector<pkg::instr_t>& code) : code_(&code) {}

  std::uint32_t pc() const { return pc_; }
  const pkg::instr_t& instruction() const { return (*code_)[pc_]; }
  Operands operands() const;
  std::uint16_t reg(unsigned index) const { return regs_[index]; }
  /// Goes to the next instruction. `known`: tokens behind the present position's that are known, for SKIP. NEXT jumps, HALT stays.
  void advance(std::uint32_t known);

 private:
  struct Loop {
    std::uint32_t body;
    std::uint32_t left;
  };
  const std::vector<pkg::instr_t>* code_;
  std::uint32_t pc_ = 0;
  std::uint16_t regs_[pkg::NREG] = {};
  std::vector<Loop> loops_;
};

}  // namespace htx::compile
