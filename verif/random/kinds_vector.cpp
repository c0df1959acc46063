// SPDX-License-Identifier: Apache-2.0
// The vector unit: every operation, every mode of the second operand, every quantiser.
#include <algorithm>
#include <iterator>

#include "verif/random/kinds.hpp"

namespace htx::random {
namespace {

constexpr unsigned kOps[] = {pkg::OP_VADD, pkg::OP_VMUL, pkg::OP_VEXP2, pkg::OP_VRCP, pkg::OP_VRSQRT, pkg::OP_VSUMSQ};

bool two_operands(unsigned code) { return code == pkg::OP_VADD || code == pkg::OP_VMUL; }
bool function(unsigned code) { return code >= pkg::OP_VEXP2 && code <= pkg::OP_VRSQRT; }

}  // namespace

void add_vector(Maker& m) {
  const unsigned code = kOps[m.below(std::size(kOps))];
  const unsigned clocks = function(code) ? 16 : 4;
  const unsigned n = m.length(pkg::VMEM_BLOCKS - 1, clocks), a = m.source(), b = m.source();
  unsigned flags = m.wait(), e = 0;
  if (two_operands(code)) {
    if (m.one_in(3)) flags |= 1U << pkg::FLAG_BSCALAR;
    if (m.one_in(3)) flags |= 1U << pkg::FLAG_BPERIOD, e = m.edge(1, n + 2);
  }
  if (m.one_in(4) && code != pkg::OP_VSUMSQ) flags |= 1U << pkg::FLAG_SWAP;
  auto i = op(code, a, two_operands(code) ? b : 0, m.target(a, two_operands(code) ? b : a, n), n, e, flags);
  i.elem = static_cast<std::uint8_t>(m.below(32));
  m.put(i, clocks * n + 80);
}

void add_vector_chain(Maker& m) {
  unsigned at = m.source();
  const unsigned n = m.length(12, 40);
  for (unsigned i = 3 + m.below(18); i > 0; --i) {  // each reads what the one before has just written
    const unsigned code = kOps[m.below(std::size(kOps))];
    const unsigned d = m.target(at, at, n);
    m.put(op(code, at, two_operands(code) ? at : 0, d, n, 0, m.one_in(8) ? 1U << pkg::FLAG_WAIT : 0), (function(code) ? 16 : 4) * n + 20);
    at = d;
  }
}

void add_vector_burst(Maker& m) {
  m.put(op(pkg::OP_VADD, m.source(), m.source(), 1300, 40 + m.below(40)), 400);  // a long one, behind which the queue fills
  for (unsigned i = 12 + m.below(12); i > 0; --i) m.put(op(m.one_in(2) ? pkg::OP_VADD : pkg::OP_VMUL, m.source(), m.source(), 1300, 1), 12);
}

void add_quantise(Maker& m) {
  const unsigned n = m.length(pkg::ACT_BLOCKS, 8), e = m.one_in(3) ? m.edge(1, 64) : m.one_in(2) ? n : 1 + m.below(n);
  auto i = op(pkg::OP_VQUANT, m.source(), 0, m.edge(0, pkg::ACT_BLOCKS - 1), n, e, m.wait());
  if (m.one_in(3)) {
    i.flags = static_cast<std::uint16_t>(i.flags | pkg::Q_QRY << pkg::FLAG_QMODE);
    i.b = static_cast<std::uint16_t>(m.source());
    i.elem = static_cast<std::uint8_t>(m.below(32));
  }
  else if (m.one_in(3)) {  // into the append buffer
    i.n = static_cast<std::uint16_t>(std::min(n, 64U));
    i.d = static_cast<std::uint16_t>(m.below(pkg::KVBUF_BLOCKS - i.n + 1));
    i.flags = static_cast<std::uint16_t>(i.flags | (m.one_in(2) ? pkg::Q_KEY : pkg::Q_VAL) << pkg::FLAG_QMODE);
  }
  if ((i.flags >> pkg::FLAG_QMODE & 3) <= pkg::Q_QRY) m.spread(i);
  m.put(i, 4 * n + 4 * e + 25);
}

}  // namespace htx::random
