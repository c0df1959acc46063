// SPDX-License-Identifier: Apache-2.0
// What random_programs was asked for.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "verif/random/generate.hpp"

namespace htx::random {

struct Options {
  std::string library;  ///< Verilated chip; empty: htx_rtl_L<lanes>.so beside this program
  unsigned lanes = 1;
  std::string plusarg;
  std::uint32_t seed = 1;
  std::uint64_t clocks = 200000;
  unsigned cases = 0;               ///< 0: as many as the clocks take
  Wishes wishes;
  std::vector<std::string> replay;  ///< case files, or folders of them
  std::string write;                ///< write the cases here, run nothing
  std::string failures;
  bool statistics = false, shrink = true, waves = true;
  unsigned shrink_seconds = 60, seconds = 120;
};

}  // namespace htx::random
