// SPDX-License-Identifier: Apache-2.0
// Keys and values appended, then scores and shares over every page so far.
#include "verif/random/kinds.hpp"

namespace htx::random {
namespace {

constexpr unsigned kWait = 1U << pkg::FLAG_WAIT;

unsigned head(Maker& m) { return m.one_in(5) ? 1 + m.below(pkg::HEAD_BLOCKS) : 1 + m.below(3); }

unsigned clocks(const Maker& m, unsigned n) { return 200 + ((m.run.position / pkg::BLK) / m.total() + 1) * (8 + 128 * n) + 64 * n; }

/// SCORE, sometimes something else, and its PV.
void score(Maker& m, unsigned seg, unsigned query, unsigned n, unsigned flags) {
  auto scores = op(pkg::OP_SCORE, seg, query, 0, n, 0, flags);
  m.spread(scores);
  m.put(scores, clocks(m, n));
  if (m.one_in(6)) m.one_in(2) ? add_load(m) : add_vector(m);
  auto values = op(pkg::OP_PV, seg, 0, m.target(), n, 0, m.wait());
  values.cols = scores.cols;
  m.put(values);
  if (m.one_in(4))  // finished before its sums are all away
    for (unsigned i = 2 + m.below(3); i > 0; --i) m.put(op(pkg::OP_LOADV, m.segment(4, 3), 0, m.target()));
}

}  // namespace

void add_attention(Maker& m) {
  const unsigned n = head(m), seg = m.pages(n), query = m.edge(0, pkg::ACT_BLOCKS - 1);
  if (m.budget < std::int64_t{clocks(m, n)} * m.passes) return;
  if (!m.one_in(4)) {  // key and value of this position; the buffer goes round
    const unsigned key = m.one_in(4) ? pkg::KVBUF_BLOCKS - 2 * n + m.below(n + 1) : m.below(pkg::KVBUF_BLOCKS - 2 * n);
    const unsigned value = (key + n) % pkg::KVBUF_BLOCKS;
    m.put(op(pkg::OP_VQUANT, m.source(), 0, key, n, m.one_in(3) ? m.edge(1, 20) : n, kWait | pkg::Q_KEY << pkg::FLAG_QMODE), 60);
    if (value + n <= pkg::KVBUF_BLOCKS)
      m.put(op(pkg::OP_VQUANT, m.source(), 0, value, n, m.one_in(3) ? m.edge(1, 20) : n, kWait | pkg::Q_VAL << pkg::FLAG_QMODE), 60);
    m.put(op(pkg::OP_APPEND, seg, key, 0, n, 0, kWait), 40 + 8 * n);
  }
  auto make = op(pkg::OP_VQUANT, m.source(), m.source(), query, n, m.one_in(3) ? m.edge(1, 20) : n, m.wait() | pkg::Q_QRY << pkg::FLAG_QMODE);
  make.elem = static_cast<std::uint8_t>(m.below(32));
  m.spread(make);
  if (!m.one_in(6)) m.put(make, 60);
  score(m, seg, query, n, m.wait());
}

void add_attention_again(Maker& m) {
  const unsigned n = head(m), seg = m.pages(n), query = m.edge(0, pkg::ACT_BLOCKS - 1);
  for (unsigned i = 2 + m.below(10); i > 0 && m.budget > 2 * std::int64_t{clocks(m, n)} * m.passes; --i) score(m, seg, query, n, 0);
}

}  // namespace htx::random
