// SPDX-License-Identifier: Apache-2.0
// Profiles: what a case leans towards, so that different seeds stress different corners.
#pragma once
#include <span>
#include <utility>
#include <vector>

namespace htx::random {

struct Profile {
  const char* name;
  const char* what;
  std::vector<std::pair<const char*, unsigned>> weights;  ///< of kinds (kinds.hpp) that differ from the usual
  unsigned runs[2] = {1, 2};     ///< starts of the chip, least and most
  unsigned things[2] = {4, 14};  ///< kinds a program, least and most
  unsigned clocks = 30000;       ///< a run may take about
  unsigned illegal = 20;         ///< percent of runs with an instruction that has to be refused
  unsigned rude = 15;            ///< percent of runs with the rude host
  unsigned host = 30;            ///< percent of runs with accesses of the polite host
  unsigned hurry = 25;           ///< percent of the WAITs that a result needs but the chip does not
  unsigned extreme = 15;         ///< percent of memory regions with extreme numbers
  unsigned deep = 10;            ///< percent of runs at a position far out
  unsigned widest = 1;           ///< percent of the products and embeddings of the largest sizes
  unsigned eager = 40;           ///< percent of the rude hosts that leave no pause
  unsigned often = 12;           ///< weight among the profiles
};

std::span<const Profile> profiles();
/// By name; nullptr when there is none.
const Profile* profile(const char* name);

}  // namespace htx::random
