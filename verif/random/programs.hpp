// SPDX-License-Identifier: Apache-2.0
// Random programs of 128-bit instructions, and instructions spoilt so that the chip has to refuse them.
#pragma once
#include <vector>

#include "htx/pkg.hpp"
#include "verif/random/rng.hpp"

namespace htx::random {

pkg::instr_t op(unsigned code, unsigned a = 0, unsigned b = 0, unsigned d = 0, unsigned n = 0, unsigned e = 0, unsigned flags = 0);

/// Appends one thing a program may do: an instruction, a loop, an attention, a burst of short commands.
void add_random(std::vector<pkg::instr_t>& p, Random& random_);

/// One field of one instruction next to, or beyond, what it may hold.
void spoil(pkg::instr_t& i, Random& random_);

/// A whole program of some positions; `illegal`: with one instruction spoilt.
std::vector<pkg::instr_t> program(bool illegal, Random& random_);

}  // namespace htx::random
