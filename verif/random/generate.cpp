// SPDX-License-Identifier: Apache-2.0
#include "verif/random/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "golden/compile/program.hpp"
#include "verif/random/kinds.hpp"
#include "verif/random/rules.hpp"

namespace htx::random {
namespace {

constexpr std::uint32_t kPosMask = (1U << pkg::POS_W) - 1;

constexpr unsigned kWait = 1U << pkg::FLAG_WAIT;

/// Adds one thing; where a WAIT is missing with it, else nothing.
void add_defined(Maker& m) {
  const auto before = static_cast<long>(m.p.size());
  add_any(m);
  if (undefined(m.c, m.run).empty()) return;
  for (const bool all : {false, true}) {  // the first of either side, then all
    bool lane = false, vector = false;
    for (auto i = m.p.begin() + before; i != m.p.end(); ++i) {
      bool& had = compile::is_lane(*i) ? lane : vector;
      if (!compile::is_lane(*i) && !compile::is_vector(*i)) continue;
      if (!had || all) i->flags |= kWait;
      had = true;
    }
    if (undefined(m.c, m.run).empty()) return;
  }
  m.p.resize(static_cast<std::size_t>(before));
}

/// Where this run stands in its text, and how much of it is known.
void place(Maker& m) {
  Run& r = m.run;
  const unsigned page = pkg::BLK * m.total();
  const unsigned last = std::min(pkg::SCORE_TOKENS * m.total(), pkg::TOKEN_WORDS);  // what the score memories hold
  if (!m.percent(m.profile.deep)) r.position = m.below(3) * page + (m.one_in(3) ? 0 : m.one_in(2) ? 31 : m.below(pkg::BLK));
  else if (m.one_in(3)) r.position = last - 2 + m.below(last < pkg::TOKEN_WORDS ? 36 : 2);
  else if (m.one_in(3)) r.position = pkg::TOKEN_WORDS - 3 + m.below(4);
  else if (m.one_in(4)) r.position = kPosMask - m.below(3);
  else r.position = std::min(m.edge(0, pkg::TOKEN_WORDS - 8), 1023 * m.total());
  r.position = std::min(r.position, kPosMask);
  constexpr unsigned most = 1U << 18;
  r.vocab = m.one_in(8) ? 100 : m.one_in(5) ? most - m.below(3) : m.one_in(4) ? 1 + m.below(512) : m.one_in(6) ? 1 + m.below(most) : 224;
  for (unsigned i = m.one_in(12) ? 0 : 1 + m.below(m.one_in(4) ? 12 : 3); i > 0; --i)
    r.tokens.push_back(m.one_in(24) ? std::min(r.vocab + m.below(3) - 1, most - 1) : m.one_in(4) ? r.vocab - 1 - m.below(std::min(r.vocab, 40U)) : m.below(r.vocab));
  const unsigned known = r.position + static_cast<unsigned>(r.tokens.size());
  r.limit = std::min(known + (m.one_in(10) ? m.below(40) : m.below(3)), kPosMask);
  r.eos = m.one_in(2) ? 0 : 0x80000000U | m.below(8);
}

/// Somebody looks on: breakpoints at instructions of the program, a watchdog that may be short.
void watch(Maker& m, Run& r) {
  std::uint64_t clock = 0;
  const auto write = [&](unsigned at, std::uint32_t value) {
    HostAccess a;
    a.clock = clock += m.below(10);
    a.kind = HostAccess::Kind::write_reg;
    a.at = at;
    a.value = value;
    r.host.push_back(a);
  };
  for (unsigned i = 1 + m.below(pkg::BREAKS); i > 0; --i)
    write(pkg::REG_BREAK + 4 * m.below(pkg::BREAKS), (m.one_in(8) ? 0 : 0x80000000U) | m.below(static_cast<unsigned>(r.program.size()) + 1));
  if (m.one_in(3)) write(pkg::REG_WATCHDOG, m.edge(1, 4000));
}

void interfere(Maker& m) {
  Run& r = m.run;
  if (m.percent(m.profile.rude)) {
    const auto from = m.one_in(2) ? 0 : m.below(2000);
    r.rude = Rude{1 + m.below(100000), from, from + 200 + m.below(m.one_in(4) ? 12000 : 3000), 1 + m.below(7), m.one_in(3), m.percent(m.profile.eager)};
    if (m.one_in(2)) r.rude->ports = Rude::kLite | Rude::kWrite | Rude::kRead;
  }
  if (m.one_in(6)) watch(m, r);
  if (!m.percent(m.profile.host)) return;
  std::uint64_t clock = m.below(400);
  for (unsigned i = 1 + m.below(6); i > 0; --i, clock += m.below(600)) {
    HostAccess a;
    a.clock = clock;
    a.kind = static_cast<HostAccess::Kind>(m.below(4));
    a.lane = m.below(m.c.lanes);
    a.bursts = m.edge(1, 16);
    a.value = m.below(1000);
    if (a.kind == HostAccess::Kind::read_reg) a.at = 4 * m.below(25);
    else if (a.kind != HostAccess::Kind::write_reg) a.at = m.one_in(2) ? 0x20000 + m.below(100) : 0x2000 + m.below(0x1000);
    else if (m.one_in(6)) a.at = pkg::REG_CTRL, a.value = 2;
    else if (m.one_in(3)) a.at = pkg::REG_CTRL, a.value = m.one_in(2) ? 4 : m.one_in(2) ? 8 : 12;
    else if (m.one_in(4)) a.at = pkg::REG_BREAK + 4 * m.below(pkg::BREAKS), a.value = 0x80000000U | m.below(static_cast<unsigned>(r.program.size()) + 1);
    else if (m.one_in(8)) a.at = pkg::REG_BAD, a.value = m.below(2);
    else if (m.one_in(8)) a.at = pkg::REG_WATCHDOG, a.value = m.one_in(2) ? m.below(2000) : 0x80000000U >> m.below(12);
    else a.at = m.one_in(2) ? pkg::REG_LIMIT : pkg::REG_EOS, a.value = m.one_in(2) ? r.limit + m.below(2) : 0x80000000U | m.below(8);
    r.host.push_back(a);
  }
}

/// Half of a pair of SCORE and PV is taken away or ends the program.
void part(Maker& m) {
  std::vector<unsigned> places;
  for (unsigned i = 0; i < m.p.size(); ++i)
    if (m.p[i].op == pkg::OP_SCORE || m.p[i].op == pkg::OP_PV) places.push_back(i);
  if (places.empty()) return;
  pkg::instr_t& i = m.p[places[m.below(static_cast<unsigned>(places.size()))]];
  const pkg::instr_t before = i;
  if (m.one_in(3)) i.n = 1 + i.n % pkg::HEAD_BLOCKS;
  else i = op(m.one_in(2) ? pkg::OP_LDI : pkg::OP_HALT);
  if (!undefined(m.c, m.run).empty()) i = before;
}

/// One instruction that has to be refused, if a few tries find one that is defined.
void spoil_one(Maker& m) {
  if (m.p.empty()) return;
  for (unsigned tries = 30; tries > 0; --tries) {
    const unsigned at = m.below(static_cast<unsigned>(m.p.size()));
    const pkg::instr_t before = m.p[at];
    spoil(m.p[at], m.random);
    if (!(m.p[at] == before) && undefined(m.c, m.run).empty()) return;
    m.p[at] = before;
  }
}

void program(Maker& m) {
  const bool text = !m.one_in(8);  // positions one after another, or just a program
  const auto top = static_cast<unsigned>(m.p.size());
  if (text && (m.run.position < pkg::TOKEN_WORDS || m.one_in(4))) m.p.push_back(op(pkg::OP_TOKEN));
  const unsigned things = m.profile.things[0] + m.below(m.profile.things[1] - m.profile.things[0] + 1);
  for (unsigned i = 0; i < things && m.budget > 0 && m.p.size() < 400; ++i) add_defined(m);
  if (m.one_in(12)) m.p.push_back(op(pkg::OP_LOOP, 0, 0, 0, 2));  // the program ends within it
  if (text && !m.one_in(6)) {
    const auto skip = static_cast<unsigned>(m.p.size());
    const unsigned ahead = m.one_in(3) ? m.below(4) : 0;  // several positions a pass
    m.p.push_back(op(pkg::OP_SKIP, m.one_in(3) ? m.below(4) : ahead, 0, 0, 0, skip + 2));
    const unsigned d = m.one_in(3) ? m.below(100) : m.logits();
    m.p.push_back(op(pkg::OP_MATVEC, m.segment(pkg::TILE8_BURSTS * 3, 2 * m.total() + 1), m.edge(0, pkg::ACT_BLOCKS - 1), d, 1 + m.below(3), 0,
                     kWait | 1U << pkg::FLAG_W8 | 1U << pkg::FLAG_ARGMAX | (m.one_in(4) ? 0 : 1U << pkg::FLAG_NOSTORE)));
    if (m.one_in(3)) m.run.limit = std::min(m.run.limit + 2, kPosMask), m.run.eos = 0x80000000U | (pkg::BLK * d + (m.one_in(2) ? 0 : 8192 * m.below(32)) & 0x3ffff);  // what wins when all are equal
    m.p.push_back(op(pkg::OP_NEXT, ahead, 0, 0, 0, top));
  } else if (m.one_in(2)) {
    m.p.push_back(op(pkg::OP_HALT));
  }
}

const Profile& any_profile(Random& random) {
  unsigned all = 0;
  for (const Profile& p : profiles()) all += p.often;
  unsigned drawn = random.below(all);
  for (const Profile& p : profiles()) {
    if (drawn < p.often) return p;
    drawn -= p.often;
  }
  return profiles()[0];
}

}  // namespace

Case generate(std::uint32_t seed, unsigned number, unsigned lanes, const Wishes& wishes) {
  Random random(std::uint64_t{seed} << 32 | number);
  Profile p = wishes.profile.empty() ? any_profile(random) : *profile(wishes.profile.c_str());
  if (wishes.illegal) p.illegal = *wishes.illegal;
  if (wishes.rude) p.rude = *wishes.rude;
  Case c;
  c.comment = fmt::format("seed {}, case {}", seed, number);
  c.profile = p.name;
  c.lanes = lanes;
  c.columns = wishes.columns;
  if (random.one_in(10)) c.others = random.one_in(2) ? 1 + random.below(4) : 55 - random.below(3);
  c.registers = seed;
  c.memories = {random.below(100) < p.extreme ? (random.one_in(2) ? "small" : "wild") : "values", 1 + random.below(1000)};
  const unsigned runs = p.runs[0] + random.below(p.runs[1] - p.runs[0] + 1);
  c.runs.reserve(runs);
  for (unsigned i = 0; i < runs; ++i) {
    Run& run = c.runs.emplace_back();
    Maker m{random, p, c, run, run.program, p.clocks, 1, 0, {}};
    run.reset = i > 0 && random.one_in(3);
    place(m);
    program(m);
    if (m.percent(p.illegal)) m.one_in(6) ? part(m) : spoil_one(m);
    if (!undefined(c, run).empty()) run.program.clear();
    interfere(m);
    run.clocks = m.one_in(8) ? 200 + m.below(p.clocks) : 4 * p.clocks;
  }
  return c;
}

}  // namespace htx::random
