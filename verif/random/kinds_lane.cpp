// SPDX-License-Identifier: Apache-2.0
// Products, embeddings and loads: what streams from memory through the lanes.
#include <algorithm>

#include "verif/random/kinds.hpp"

namespace htx::random {

void add_product(Maker& m) {
  const bool wide = m.one_in(2);
  const unsigned tile = wide ? pkg::TILE8_BURSTS : pkg::TILE4_BURSTS;
  const bool tall = m.passes == 1 && (m.one_in(24) || m.percent(m.profile.widest / 4));
  const unsigned n = tall ? 1 : m.passes == 1 && m.percent(m.profile.widest) ? 1023 - m.below(m.one_in(3) ? 1000 : 60) : m.length(1023, 4 * tile);
  const unsigned room = static_cast<unsigned>(std::clamp<std::int64_t>(m.budget / (std::int64_t{m.passes} * 2 * n * tile), 1, tall ? 400 : 40));
  const unsigned seg = tall ? m.new_segment(tile, std::max(room / 2, 70U) * m.c.lanes) : m.segment(n * tile, room * m.c.lanes);
  unsigned flags = m.wait();
  if (wide) flags |= 1U << pkg::FLAG_W8;
  if (m.one_in(5)) flags |= 1U << pkg::FLAG_NOSTORE;
  const bool argmax = m.one_in(tall ? 2 : 6), pair = m.one_in(tall ? 2 : 4);
  if (argmax && tall && m.one_in(2)) {  // indices as far up as they go
    flags |= 1U << pkg::FLAG_NOSTORE;
    m.run.vocab = (1U << 18) - 1 - m.below(3);
  }
  if (argmax) flags |= 1U << pkg::FLAG_ARGMAX;
  if (pair) flags |= 1U << pkg::FLAG_PAIR;
  const unsigned clocks = 2 * n * tile * (pair ? 2 : 1) * (m.entry(seg).units / m.total() + 1);
  auto product = op(pkg::OP_MATVEC, seg, m.edge(0, pkg::ACT_BLOCKS - 1), argmax && m.one_in(2) ? m.logits() : m.target(), n, pair ? m.edge(1, pkg::VMEM_BLOCKS - 1) : 0, flags);
  if (!argmax) m.spread(product);
  if (product.cols != 0 && !pair) product.e = static_cast<std::uint16_t>(m.edge(1, pkg::VMEM_BLOCKS - 1));
  m.put(product, clocks);
}

void add_embed(Maker& m) {
  const unsigned n = m.passes == 1 && m.percent(2 * m.profile.widest) ? 200 + m.below(824) : m.length(16, 40);
  const unsigned seg = m.segment(pkg::TILE8_BURSTS * std::min(n, 16U) * 8, 40);
  if (!m.run.tokens.empty()) m.region(m.entry(seg).addr + m.run.tokens[0] / pkg::BLK / m.total() * n * pkg::TILE8_BURSTS, n * pkg::TILE8_BURSTS);
  m.put(op(pkg::OP_EMBED, seg, 0, m.target(), n, 0, m.wait()), 40 * n);
}

void add_load(Maker& m) {
  const unsigned seg = m.segment(4, m.one_in(16) ? 280 * m.c.lanes : 12);
  const bool by_position = m.one_in(3);
  const unsigned n = by_position ? m.edge(0, m.one_in(6) ? 1023 : 9) : 0;
  if (by_position) m.region(m.entry(seg).addr + 4 * m.run.position * n, 16);
  m.put(op(pkg::OP_LOADV, seg, 0, m.target(), n, 0, m.wait() | (by_position ? 1U << pkg::FLAG_POS : 0)), 60 + 8 * m.entry(seg).units);
}

void add_short_loads(Maker& m) {
  const unsigned seg = m.segment(4, 3);
  for (unsigned i = 3 + m.below(16); i > 0; --i) m.p.push_back(op(pkg::OP_LOADV, m.one_in(3) ? m.segment(4, 3) : seg, 0, m.target()));
  m.budget -= 300 * std::int64_t{m.passes};
}

/// Results that have to wait: the vector unit writes in every clock while lanes and tree have words to write, too.
void add_pressure(Maker& m) {
  constexpr unsigned kBusy = 1300;  // nothing else reads or writes there
  const auto press = [&m](unsigned flags = 0) { m.p.push_back(op(pkg::OP_VMUL, kBusy, kBusy, kBusy, 40 + m.below(440), 0, flags)); };
  m.p.push_back(op(pkg::OP_LOADV, m.segment(4, 3), 0, 0, 0, 0, 1U << pkg::FLAG_WAIT));  // both sides have nothing to do
  press(1U << pkg::FLAG_WAIT);
  for (unsigned i = m.below(4); i > 0; --i) press();
  for (unsigned i = 2 + m.below(5); i > 0; --i) {
    const unsigned d = m.below(600);
    switch (m.below(5)) {
      case 0: {
        const unsigned n = 1 + m.below(pkg::HEAD_BLOCKS), seg = m.pages(n);
        m.p.push_back(op(pkg::OP_SCORE, seg, m.edge(0, pkg::ACT_BLOCKS - 1), 0, n));
        m.spread(m.p.back());
        const auto columns = m.p.back().cols;
        if (m.one_in(2)) press();
        m.p.push_back(op(pkg::OP_PV, seg, 0, d, n));
        m.p.back().cols = columns;
        break;
      }
      case 1: m.p.push_back(op(pkg::OP_LOADV, m.segment(4, 8 * m.c.lanes), 0, d)); break;
      case 2: m.p.push_back(op(pkg::OP_EMBED, m.segment(pkg::TILE8_BURSTS, 40), 0, d, 1 + m.below(6))); break;
      default: m.p.push_back(op(pkg::OP_MATVEC, m.segment(pkg::TILE4_BURSTS, 8 * m.c.lanes), m.edge(0, pkg::ACT_BLOCKS - 1), d, 1)); break;
    }
  }
  m.budget -= 6000 * std::int64_t{m.passes};
}

}  // namespace htx::random
