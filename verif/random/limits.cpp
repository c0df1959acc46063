// SPDX-License-Identifier: Apache-2.0
// Operands next to, or beyond, what an instruction may hold (docs/isa.md).
#include "verif/random/programs.hpp"

namespace htx::random {

void spoil(pkg::instr_t& i, Random& random_) {
  static constexpr unsigned limits[] = {0, 1, pkg::HEAD_BLOCKS, pkg::KVBUF_BLOCKS, pkg::ACT_BLOCKS, pkg::VMEM_BLOCKS, 0x8000, 0xffff};
  const auto v = static_cast<std::uint16_t>(limits[random_.below(8)] + random_.below(3) - 1);
  const bool lane = i.op >= pkg::OP_MATVEC && i.op <= pkg::OP_PV;
  switch (random_.below(6)) {
    case 0: i.a = lane && v < pkg::SEG_ENTRIES ? pkg::SEG_ENTRIES : v; break;
    case 1: i.b = v; break;
    case 2: i.d = v; break;
    case 3: i.n = lane && v < pkg::ACT_BLOCKS && v > 8 ? pkg::ACT_BLOCKS : lane && v > 0 && i.op >= pkg::OP_APPEND ? 9 : v; break;
    case 4: i.e = v; break;
    default: i.op = static_cast<std::uint8_t>(random_.below(256)); break;
  }
  if (i.op == pkg::OP_LOOP && i.n > 4) i.n = 0;
  // keys and values never run past the append buffer (asserted in htx_stream_append)
  const bool appends = i.op == pkg::OP_VQUANT && (i.flags >> pkg::FLAG_QMODE & 3) >= pkg::Q_KEY;
  if (appends && i.d < pkg::KVBUF_BLOCKS && i.d + i.n > pkg::KVBUF_BLOCKS) i.d = pkg::KVBUF_BLOCKS;
  if (i.op >= pkg::OP_MATVEC && i.op <= pkg::OP_PV && !lane) i.n = 0x8000;  // a lane instruction by accident: refused
}

}  // namespace htx::random
