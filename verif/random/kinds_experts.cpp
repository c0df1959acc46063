// SPDX-License-Identifier: Apache-2.0
// Experts: a choice among logits of any content, and products of what was chosen, back to back.
#include <algorithm>

#include "verif/random/kinds.hpp"

namespace htx::random {

void add_experts(Maker& m) {
  const unsigned experts = m.edge(1, m.one_in(3) ? pkg::TOP_EXPERTS : 24), k = 1 + m.below(std::min(experts, pkg::TOP_K));
  if (!m.one_in(6)) {  // else the choice of an earlier one, or of none
    auto top = op(pkg::OP_VTOPK, m.source(), 0, m.target(), (experts + pkg::BLK - 1) / pkg::BLK, experts, m.wait());
    top.elem = static_cast<std::uint8_t>(k);
    m.put(top, experts + 40);
  }
  const bool wide = m.one_in(2), pair = m.one_in(2);
  const unsigned n = 1 + m.below(4), row = n * (wide ? pkg::TILE8_BURSTS : pkg::TILE4_BURSTS);
  // fewer units than lanes, as many, and more
  const unsigned room = static_cast<unsigned>(std::clamp<std::int64_t>(m.budget / (std::int64_t{m.passes} * 2 * row * k), 1, 3 * m.total()));
  const unsigned units = m.one_in(20) ? m.edge(1, pkg::VMEM_BLOCKS - 1) : 1 + m.below(room);
  const unsigned seg = m.new_segment(row, std::min(experts * units, 40 * m.total()));
  const unsigned act = m.edge(0, pkg::ACT_BLOCKS - 1);
  for (unsigned i = 1 + m.below(k + 1); i > 0; --i) {
    m.put(op(pkg::OP_EXPERT, m.one_in(8) ? m.below(pkg::TOP_K) : m.below(k), 0, 0, 0, units), 24);
    unsigned flags = 1U << pkg::FLAG_EXPERT | m.wait();
    if (wide) flags |= 1U << pkg::FLAG_W8;
    if (pair) flags |= 1U << pkg::FLAG_PAIR;
    if (m.one_in(8)) flags |= 1U << pkg::FLAG_NOSTORE;
    for (unsigned again = m.one_in(6) ? 2 : 1; again > 0; --again)
      m.put(op(pkg::OP_MATVEC, seg, act, m.target(), n, pair ? m.edge(1, pkg::VMEM_BLOCKS - 1) : 0, flags), 2 * row * (units / m.total() + 1));
    if (m.one_in(6)) m.put(op(pkg::OP_VADD, m.source(), m.source(), m.target(), 1), 12);  // not waited for by the next EXPERT
  }
}

}  // namespace htx::random
