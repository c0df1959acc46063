// SPDX-License-Identifier: Apache-2.0
// What every kind of a generated program works with: numbers, places in memory, and a budget of clocks.
#pragma once
#include <vector>

#include "verif/random/case.hpp"
#include "verif/random/profiles.hpp"
#include "verif/random/programs.hpp"
#include "verif/random/rng.hpp"

namespace htx::random {

struct Maker {
  Random& random;
  const Profile& profile;
  Case& c;
  Run& run;
  std::vector<pkg::instr_t>& p;  ///< the program so far
  std::int64_t budget = 0;       ///< clocks left
  unsigned passes = 1;           ///< how often what is added now runs
  unsigned depth = 0;            ///< loops around it
  std::vector<unsigned> blocks;  ///< of vector memory that hold something worth reading

  unsigned total() const { return c.lanes + c.others; }  ///< lanes over all chips
  unsigned below(unsigned n) { return random.below(n); }
  bool one_in(unsigned n) { return random.one_in(n); }
  bool percent(unsigned n) { return below(100) < n; }
  /// A number of [least, most], most often a power of two or its neighbour, small more often than large.
  unsigned edge(unsigned least, unsigned most);
  /// A length of at most `most` whose `clocks` a unit the budget can bear.
  unsigned length(unsigned most, unsigned clocks);

  /// WAIT, or nothing where this program is in a hurry.
  unsigned wait() { return percent(profile.hurry) ? 0 : 1U << pkg::FLAG_WAIT; }
  /// Gives it columns, most often all there are.
  void spread(pkg::instr_t& i);
  /// Adds an instruction; sometimes an operand goes through an index register that is loaded before.
  void put(pkg::instr_t i, unsigned clocks = 8);

  unsigned source();                     ///< block to read
  unsigned target();                     ///< block to write
  unsigned logits();                     ///< block to write whose elements may count in the argmax
  /// A target that no source of n blocks at a or b is overrun from.
  unsigned target(unsigned a, unsigned b, unsigned n);
  Fill fill();
  void region(std::uint32_t first, std::uint32_t bursts);
  /// A segment of weights with row groups of `unit` bursts, or of fp32 blocks (4): a known one or a new one. Its place in the table.
  unsigned segment(unsigned unit, unsigned most_units);
  /// A new one of so many.
  unsigned new_segment(unsigned unit, unsigned units);
  /// The segment of pages with heads of n blocks. What no token has written yet may hold anything, and so may what is not used.
  unsigned pages(unsigned n);
  const Segment& entry(unsigned number) const;
};

}  // namespace htx::random
