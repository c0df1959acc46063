// SPDX-License-Identifier: Apache-2.0
// Products, embeddings and loads: what streams from memory through the lanes.
#include <algorithm>

#include "verif/random/kinds.hpp"

namespace htx::random {

void add_product(Maker& m) {
  const bool wide = m.one_in(2);
  const unsigned tile = wide ? pkg::TILE8_BURSTS : pkg::TILE4_BURSTS;
  const unsigned n = m.length(1023, 4 * tile);
  const unsigned room = static_cast<unsigned>(std::clamp<std::int64_t>(m.budget / (std::int64_t{m.passes} * 2 * n * tile), 1, 40));
  const unsigned seg = m.segment(n * tile, room * m.c.lanes);
  unsigned flags = m.wait();
  if (wide) flags |= 1U << pkg::FLAG_W8;
  if (m.one_in(5)) flags |= 1U << pkg::FLAG_NOSTORE;
  if (m.one_in(8)) flags |= 1U << pkg::FLAG_ARGMAX;
  const bool pair = m.one_in(4);
  if (pair) flags |= 1U << pkg::FLAG_PAIR;
  const unsigned clocks = 2 * n * tile * (pair ? 2 : 1) * (m.entry(seg).units / m.c.lanes + 1);
  m.put(op(pkg::OP_MATVEC, seg, m.edge(0, pkg::ACT_BLOCKS - 1), m.target(), n, pair ? m.edge(1, pkg::VMEM_BLOCKS - 1) : 0, flags), clocks);
}

void add_embed(Maker& m) {
  const unsigned n = m.length(16, 40);
  const unsigned seg = m.segment(pkg::TILE8_BURSTS * n * 8, 40);
  m.put(op(pkg::OP_EMBED, seg, 0, m.target(), n, 0, m.wait()), 40 * n);
}

void add_load(Maker& m) {
  const unsigned seg = m.segment(4, 12);
  const bool by_position = m.one_in(3);
  const unsigned n = by_position ? m.edge(0, 9) : 0;
  if (by_position) m.region(m.entry(seg).addr + 4 * m.run.position * n, 16);
  m.put(op(pkg::OP_LOADV, seg, 0, m.target(), n, 0, m.wait() | (by_position ? 1U << pkg::FLAG_POS : 0)), 60 + 8 * m.entry(seg).units);
}

void add_short_loads(Maker& m) {
  const unsigned seg = m.segment(4, 3);
  for (unsigned i = 3 + m.below(16); i > 0; --i) m.p.push_back(op(pkg::OP_LOADV, m.one_in(3) ? m.segment(4, 3) : seg, 0, m.target()));
  m.budget -= 300 * std::int64_t{m.passes};
}

}  // namespace htx::random
