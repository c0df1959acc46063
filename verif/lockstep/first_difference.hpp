// SPDX-License-Identifier: Apache-2.0
// Where golden and RTL first differ, for programs: what stands on top of the report, in parts.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace htx::verif {

struct FirstDifference {
  std::uint64_t clock = 0;
  std::string block;              ///< its module, e.g. htx_accum
  std::optional<unsigned> lane;   ///< of a block that stands once in every lane
  std::optional<unsigned> column; ///< of one that stands once in every column of a lane
  std::string signal;             ///< with its entry, e.g. index_q[2], where it has several
  std::string expected, actual;   ///< golden and RTL, in hex
};

}  // namespace htx::verif
