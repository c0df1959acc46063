// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/program.hpp"

#include <fmt/format.h>

namespace htx::compile {

Operands Walker::operands() const {
  const pkg::instr_t& i = instruction();
  return {static_cast<std::uint16_t>(i.a + regs_[i.ra]), static_cast<std::uint16_t>(i.b + regs_[i.rb]),
          static_cast<std::uint16_t>(i.d + regs_[i.rd])};
}

std::uint32_t pass_tokens(const std::vector<pkg::instr_t>& code) {
  for (const pkg::instr_t& i : code)
    if (i.op == pkg::OP_SKIP) return i.a + 1U;
  return 1;
}

void Walker::advance(std::uint32_t known) {
  const pkg::instr_t& i = instruction();
  std::uint32_t next = pc_ + 1;
  switch (i.op) {
    case pkg::OP_HALT:
      next = pc_;
      break;
    case pkg::OP_LDI:
      regs_[i.rd] = static_cast<std::uint16_t>(operands().a);
      break;
    case pkg::OP_ADDI:
      regs_[i.rd] = static_cast<std::uint16_t>(regs_[i.rd] + operands().a);
      break;
    case pkg::OP_LOOP:
      if (loops_.size() == pkg::LOOP_DEPTH || i.n == 0)
        throw Error(fmt::format("instruction {}: a loop too deep or of no pass", pc_));
      loops_.push_back({pc_ + 1, i.n});
      break;
    case pkg::OP_ENDL:
      if (loops_.empty()) throw Error(fmt::format("instruction {}: end of no loop", pc_));
      if (--loops_.back().left > 0) {
        next = loops_.back().body;
      } else {
        loops_.pop_back();
      }
      break;
    case pkg::OP_SKIP:
      if (known > operands().a) next = i.e;
      break;
    case pkg::OP_NEXT:
      next = i.e;
      break;
    default:
      break;
  }
  regs_[0] = 0;
  pc_ = next;
  if (pc_ >= code_->size()) throw Error(fmt::format("instruction {}: beyond the program", pc_));
}

}  // namespace htx::compile
