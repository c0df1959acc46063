// SPDX-License-Identifier: Apache-2.0
// Instructions as words, fields by name: "MATVEC a=4+r1 d=19 n=4 WAIT W8". Nothing is lost: any 128 bits can be said.
#pragma once
#include <string>

#include "htx/pkg.hpp"

namespace htx::random {

/// Fields that are zero are left out; a flag without a name shows in flags=.
std::string assemble(const pkg::instr_t& i);

/// The opposite. Throws htx::Error with the word that is wrong.
pkg::instr_t parse_instruction(const std::string& text);

}  // namespace htx::random
