// SPDX-License-Identifier: Apache-2.0
// Draws a case from a seed.
#pragma once
#include <optional>
#include <string>

#include "verif/random/case.hpp"

namespace htx::random {

struct Wishes {
  unsigned columns = 1;               ///< of the chip
  std::string profile;              ///< empty: drawn
  std::optional<unsigned> illegal;  ///< percent of runs with an instruction to refuse; else as the profile has it
  std::optional<unsigned> rude;     ///< percent of runs with the rude host
};

/// Case `number` of a seed, made for a chip of so many lanes; equal arguments give equal cases.
Case generate(std::uint32_t seed, unsigned number, unsigned lanes, const Wishes& wishes = {});

}  // namespace htx::random
