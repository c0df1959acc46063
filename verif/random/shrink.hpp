// SPDX-License-Identifier: Apache-2.0
// Makes a failing case small: what can be left out or made smaller while it still fails in the same way is.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "verif/random/case.hpp"
#include "verif/random/failure.hpp"

namespace htx::random {

struct ShrinkOptions {
  std::function<std::optional<Failure>(const Case&)> judge;  ///< nothing: the case passes
  std::function<bool(unsigned)> has_lanes = [](unsigned) { return true; };
  std::function<bool()> stop = [] { return false; };         ///< asked before each try: time is over, or a person's Ctrl-C
  std::function<void(const std::string&)> say = [](const std::string&) {};
};

struct Shrunk {
  Case smallest;
  Failure failure;      ///< of the smallest
  unsigned tries = 0;
  bool finished = false;  ///< nothing more can be left out, as far as this knows
};

Shrunk shrink(Case c, const Failure& failure, const ShrinkOptions& options);

/// How large a case is, for a line of progress: "12 instructions, 2 runs, 3 segments, 1 lane".
std::string size_of(const Case& c);

/// Takes instructions [first, end) out of a program; jumps keep their targets.
void remove_instructions(std::vector<pkg::instr_t>& program, std::size_t first, std::size_t end);

}  // namespace htx::random
