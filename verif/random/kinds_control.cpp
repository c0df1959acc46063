// SPDX-License-Identifier: Apache-2.0
// Index registers and loops.
#include <algorithm>

#include "verif/random/kinds.hpp"

namespace htx::random {
namespace {

pkg::instr_t load(unsigned reg, unsigned value) {
  auto i = op(pkg::OP_LDI, value);
  i.rd = static_cast<std::uint8_t>(reg);
  return i;
}

pkg::instr_t add(unsigned reg, unsigned value) {
  auto i = op(pkg::OP_ADDI, value);
  i.rd = static_cast<std::uint8_t>(reg);
  return i;
}

}  // namespace

void add_registers(Maker& m) {
  const unsigned reg = m.below(pkg::NREG);  // register 0 too, which stays 0
  m.p.push_back(load(reg, m.one_in(4) ? 0xffff : m.edge(0, 0x4000)));
  for (unsigned i = m.below(3); i > 0; --i) {
    auto more = add(reg, m.one_in(3) ? 0xffff - m.below(2) : m.below(100));
    if (m.one_in(3)) more.ra = static_cast<std::uint8_t>(reg);  // doubles what stands there
    m.p.push_back(more);
  }
}

void add_loop(Maker& m) {
  if (m.depth == pkg::LOOP_DEPTH) return;
  const unsigned most = static_cast<unsigned>(std::clamp<std::int64_t>(m.budget / (400 * std::int64_t{m.passes}), 1, 40));
  const unsigned n = m.edge(1, most);
  m.p.push_back(op(pkg::OP_LOOP, 0, 0, 0, n));
  m.passes *= n;
  ++m.depth;
  for (unsigned i = m.below(3); i > 0; --i) m.one_in(3) ? add_loop(m) : add_any(m);
  --m.depth;
  m.passes /= n;
  m.p.push_back(op(pkg::OP_ENDL));
}

void add_stride(Maker& m) {
  if (m.depth == pkg::LOOP_DEPTH) return;
  const unsigned from = 1 + m.below(pkg::NREG - 1), to = 1 + from % (pkg::NREG - 1), n = 1 + m.below(5);
  const unsigned step = m.one_in(3) ? 0xffff : m.edge(1, 33);  // down, too
  m.p.push_back(load(from, m.edge(8, 600)));
  m.p.push_back(load(to, m.edge(8, 600)));
  m.p.push_back(op(pkg::OP_LOOP, 0, 0, 0, n));
  m.passes *= n;
  auto body = m.one_in(2) ? op(pkg::OP_VMUL, 0, m.source(), 1000, 1 + m.below(4), 0, m.wait()) : op(pkg::OP_VADD, 0, m.source(), 1200, 1 + m.below(4), 0, m.wait());
  body.ra = static_cast<std::uint8_t>(from);
  if (m.one_in(3)) body = op(pkg::OP_LOADV, m.segment(4, 8), 0, 1400, 0, 0, m.wait());
  body.rd = static_cast<std::uint8_t>(to);
  m.p.push_back(body);
  m.p.push_back(add(from, step));
  m.p.push_back(add(to, step));
  m.p.push_back(op(pkg::OP_ENDL));
  m.passes /= n;
  m.budget -= 100 * n * std::int64_t{m.passes};
}

/// Another position of the pass, forwards or back; now and then one where nothing is known.
void add_token(Maker& m) {
  const auto known = static_cast<unsigned>(m.run.tokens.size());
  if (known == 0 || m.run.position >= pkg::TOKEN_WORDS) return;
  m.put(op(pkg::OP_TOKEN, m.one_in(12) ? m.edge(0, 0xffff) : m.below(known)), 20);
}

/// Loops that only count: as many passes as the rules follow.
void add_long_loop(Maker& m) {
  if (m.depth == pkg::LOOP_DEPTH || m.passes > 1 || m.budget < 20000) return;
  const unsigned n = m.one_in(3) ? 4095 + m.below(3) : m.edge(200, 5000);
  m.p.push_back(op(pkg::OP_LOOP, 0, 0, 0, n));
  if (n < 2500 && m.one_in(2)) m.p.push_back(add(1 + m.below(pkg::NREG - 1), m.edge(0, 0xffff)));
  m.p.push_back(op(pkg::OP_ENDL));
  m.budget -= 7 * n;
}

/// A loop that is left before its end, so that it stays open: over a jump, or with the program.
void add_open_loop(Maker& m) {
  if (m.depth == pkg::LOOP_DEPTH) return;
  m.p.push_back(op(pkg::OP_LOOP, 0, 0, 0, 1 + m.below(4)));
  m.p.push_back(op(pkg::OP_SKIP, 0, 0, 0, 0, static_cast<unsigned>(m.p.size()) + 2));
  m.p.push_back(op(pkg::OP_ENDL));
}

/// Counts of commands that wrap while a lane waits for them.
void add_many_waits(Maker& m) {
  if (m.depth == pkg::LOOP_DEPTH || m.budget < 8000 * std::int64_t{m.passes}) return;
  const unsigned each = 2 + m.below(4), n = 256 / each + m.below(20), seg = m.segment(4, 2 * m.c.lanes);
  const bool append = m.one_in(3);
  const unsigned pages = append ? m.pages(1) : 0;
  m.p.push_back(op(pkg::OP_LOOP, 0, 0, 0, n));
  for (unsigned i = 0; i < each; ++i) m.p.push_back(op(pkg::OP_VMUL, 1300, 1300, 1300, 1));
  m.p.push_back(append ? op(pkg::OP_APPEND, pages, 0, 0, 1, 0, 1U << pkg::FLAG_WAIT) : op(pkg::OP_LOADV, seg, 0, 600, 0, 0, 1U << pkg::FLAG_WAIT));
  m.p.push_back(op(pkg::OP_ENDL));
  m.budget -= 100 * std::int64_t{n} * m.passes;
}

}  // namespace htx::random
