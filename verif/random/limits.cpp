// SPDX-License-Identifier: Apache-2.0
// Operands next to, or beyond, what an instruction may hold (docs/isa.md).
#include <iterator>

#include "verif/random/programs.hpp"

namespace htx::random {

void spoil(pkg::instr_t& i, Random& random) {
  static constexpr unsigned limits[] = {0, 1, pkg::HEAD_BLOCKS, pkg::KVBUF_BLOCKS, pkg::ACT_BLOCKS, pkg::VMEM_BLOCKS, pkg::SEG_ENTRIES, 0x8000, 0xffff};
  const auto v = static_cast<std::uint16_t>(limits[random.below(std::size(limits))] + random.below(3) - 1);
  switch (random.below(11)) {
    case 0: i.a = v; break;
    case 1: i.b = v; break;
    case 2: i.d = v; break;
    case 3: i.n = v; break;
    case 4: i.e = v; break;
    case 5: i.flags = static_cast<std::uint16_t>(i.flags ^ 1U << random.below(16)); break;
    case 6: i.spare = static_cast<std::uint8_t>(1U << random.below(7)); break;
    case 8: i.cols = static_cast<std::uint8_t>(random.below(pkg::MAX_COLUMNS)); break;
    case 7:  // loops that have no beginning, or no pass
      i.op = random.one_in(2) ? pkg::OP_ENDL : pkg::OP_LOOP;
      i.n = 0;
      break;
    default: i.op = static_cast<std::uint8_t>(random.one_in(2) ? random.below(256) : random.below(40)); break;
  }
}

}  // namespace htx::random
