// SPDX-License-Identifier: Apache-2.0
#include "verif/random/programs.hpp"

namespace htx::random {

pkg::instr_t op(unsigned code, unsigned a, unsigned b, unsigned d, unsigned n, unsigned e, unsigned flags) {
  pkg::instr_t i;
  i.op = static_cast<std::uint8_t>(code);
  i.a = static_cast<std::uint16_t>(a);
  i.b = static_cast<std::uint16_t>(b);
  i.d = static_cast<std::uint16_t>(d);
  i.n = static_cast<std::uint16_t>(n);
  i.e = static_cast<std::uint16_t>(e);
  i.flags = static_cast<std::uint16_t>(flags);
  return i;
}

void add_random(std::vector<pkg::instr_t>& p, Random& random_) {
  constexpr unsigned wait = 1U << pkg::FLAG_WAIT;
  const auto pick = [&](unsigned n) { return random_.below(n); };
  const unsigned n = 1 + pick(6), from = pick(900), to = 1000 + pick(900);
  switch (pick(13)) {
    case 0: p.push_back(op(pkg::OP_MATVEC, 1 + pick(7), pick(1000), to, n, 0, wait | pick(2) << pkg::FLAG_W8)); break;
    case 1: p.push_back(op(pkg::OP_MATVEC, 1 + pick(7), pick(1000), 1000 + pick(400), n, 100 + pick(300), wait | 1U << pkg::FLAG_PAIR)); break;
    case 2: p.push_back(op(pkg::OP_EMBED, 1, 0, to, n, 0, wait)); break;
    case 3: p.push_back(op(pkg::OP_LOADV, 8 + pick(4), 0, to, pick(3), 0, wait | pick(2) << pkg::FLAG_POS)); break;
    case 4:  // many short commands: the queues of the lanes fill, or that of the vector unit behind a long one
      if (pick(2)) {
        p.push_back(op(pkg::OP_VADD, from, pick(900), to, 40 + pick(40)));
        for (unsigned i = 12 + pick(12); i > 0; --i) p.push_back(op(pick(2) ? pkg::OP_VADD : pkg::OP_VMUL, pick(900), pick(900), to, 1));
        break;
      }
      for (unsigned i = 4 + pick(16); i > 0; --i) p.push_back(op(pkg::OP_LOADV, 8 + pick(4), 0, 1000 + pick(900)));
      break;
    case 5:
    case 6: {
      const unsigned kt = 1 + pick(3), seg = 12 + kt;  // a segment's pages all have one size
      p.push_back(op(pkg::OP_VQUANT, from, pick(900), 0, kt, kt, wait | pkg::Q_KEY << pkg::FLAG_QMODE));
      p.push_back(op(pkg::OP_VQUANT, from + 10, 0, kt, kt, kt, wait | pkg::Q_VAL << pkg::FLAG_QMODE));
      auto query = op(pkg::OP_VQUANT, from + 20, pick(900), 7, kt, kt, wait | pkg::Q_QRY << pkg::FLAG_QMODE);
      query.elem = static_cast<std::uint8_t>(pick(32));
      p.push_back(query);
      p.push_back(op(pkg::OP_APPEND, seg, 0, 0, kt, 0, wait));
      p.push_back(op(pkg::OP_SCORE, seg, 7, 0, kt, 0, wait));
      p.push_back(op(pkg::OP_PV, seg, 0, to, kt, 0, wait));
      // the same query again and again without a wait: the queues of lanes and tree fill with attention
      for (unsigned i = pick(2) * pick(12); i > 0; --i) {
        p.push_back(op(pkg::OP_SCORE, seg, 7, 0, kt));
        p.push_back(op(pkg::OP_PV, seg, 0, to, kt));
      }
      break;
    }
    case 7: p.push_back(op(pkg::OP_VQUANT, from, 0, pick(900), n, 1 + pick(4), wait)); break;
    case 8: {
      auto add = op(pick(2) ? pkg::OP_ADDI : pkg::OP_LDI, pick(3));
      add.rd = static_cast<std::uint8_t>(pick(8));
      p.push_back(add);
      break;
    }
    case 9:
      p.push_back(op(pkg::OP_LOOP, 0, 0, 0, 1 + pick(3)));
      if (pick(2)) add_random(p, random_);
      p.push_back(op(pkg::OP_ENDL));
      break;
    default: {
      static constexpr unsigned ops[] = {pkg::OP_VADD, pkg::OP_VMUL, pkg::OP_VEXP2, pkg::OP_VRCP, pkg::OP_VRSQRT, pkg::OP_VSUMSQ};
      const unsigned code = ops[pick(6)];
      auto v = op(code, from, pick(900), to, n + pick(20), 1 + pick(4), wait * pick(2));
      if (code == pkg::OP_VADD || code == pkg::OP_VMUL)
        v.flags |= static_cast<std::uint16_t>(pick(8) << pkg::FLAG_BSCALAR & ~(pick(2) << pkg::FLAG_BPERIOD));
      v.elem = static_cast<std::uint8_t>(pick(32));
      p.push_back(v);
    }
  }
}

std::vector<pkg::instr_t> program(bool illegal, Random& random_) {
  constexpr unsigned wait = 1U << pkg::FLAG_WAIT;
  std::vector<pkg::instr_t> p;
  if (random_.one_in(3)) p = {op(pkg::OP_LOADV, 0), op(pkg::OP_VADD, 0, 0, 1990, 1, 0, wait)};  // what fill_storage left there
  const auto top = static_cast<unsigned>(p.size());
  p.push_back(op(pkg::OP_TOKEN));
  for (unsigned i = 8 + random_.below(12); i > 0; --i) add_random(p, random_);
  if (illegal) spoil(p[top + 1 + random_.below(static_cast<unsigned>(p.size()) - top - 1)], random_);
  const auto skip = static_cast<unsigned>(p.size());
  p.push_back(op(pkg::OP_SKIP, 0, 0, 0, 0, skip + 2));
  p.push_back(op(pkg::OP_MATVEC, 1 + random_.below(7), random_.below(1000), 0, 1 + random_.below(3), 0,
                 wait | 1U << pkg::FLAG_W8 | 1U << pkg::FLAG_ARGMAX | 1U << pkg::FLAG_NOSTORE));
  p.push_back(op(pkg::OP_NEXT, 0, 0, 0, 0, illegal && random_.one_in(4) ? pkg::PROG_WORDS - 1 + random_.below(3) : top));
  return p;
}

}  // namespace htx::random
