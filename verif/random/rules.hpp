// SPDX-License-Identifier: Apache-2.0
// What a program must not do because nobody said what then happens (docs/isa.md, docs/blocks). An error code is no such thing:
// the chip has to refuse what isa.md refuses.
#pragma once
#include <array>
#include <bitset>
#include <string>

#include "verif/random/case.hpp"

namespace htx::random {

/// What a run reads of memories that are undefined at power-up.
struct Reads {
  std::bitset<pkg::VMEM_BLOCKS> vmem;
  std::array<std::bitset<pkg::ACT_BLOCKS>, pkg::MAX_COLUMNS> act;  ///< by column
  std::bitset<pkg::KVBUF_BLOCKS> kv;
  std::bitset<pkg::PROG_WORDS> program;
};

/// Follows every way that a run's program can go. Empty when all of them are defined, else the first that is not, in words.
/// `reads`, if given, is filled in.
std::string undefined(const Case& c, const Run& run, Reads* reads = nullptr);

/// The same for all runs and for what they share.
std::string undefined(const Case& c);

}  // namespace htx::random
