// SPDX-License-Identifier: Apache-2.0
// Instructions as plain values, and instructions spoilt so that the chip has to refuse them.
#pragma once
#include "htx/pkg.hpp"
#include "verif/random/rng.hpp"

namespace htx::random {

inline pkg::instr_t op(unsigned code, unsigned a = 0, unsigned b = 0, unsigned d = 0, unsigned n = 0, unsigned e = 0, unsigned flags = 0) {
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

/// One field of one instruction next to, or beyond, what it may hold. What comes out may be anything, undefined too.
void spoil(pkg::instr_t& i, Random& random);

}  // namespace htx::random
