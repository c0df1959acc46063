// SPDX-License-Identifier: Apache-2.0
// What the chip offers, by name. The package's sizes are the defaults; tests plan for smaller ones.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "golden/model/error.hpp"
#include "htx/pkg.hpp"

namespace htx::compile {

struct Limits {
  std::uint64_t lane_bytes = (std::uint64_t{1} << pkg::ADDR_W) * pkg::BURST_BYTES;
  std::uint64_t vmem_blocks = pkg::VMEM_BLOCKS;
  std::uint64_t act_blocks = pkg::ACT_BLOCKS;
  std::uint64_t kvbuf_blocks = pkg::KVBUF_BLOCKS;
  std::uint64_t segments = pkg::SEG_ENTRIES;
  std::uint64_t score_tokens = pkg::SCORE_TOKENS;
  std::uint64_t program = pkg::PROG_WORDS;
  std::uint64_t tokens = pkg::TOKEN_WORDS;
  std::uint64_t vocab = std::uint64_t{1} << 18;  ///< token numbers are 18 bits
  std::uint64_t tiles_a_row = (1u << 10) - 1;    ///< field n of a lane command
  std::uint64_t units_a_lane = (1u << 16) - 1;   ///< field count of a segment entry
  std::uint64_t gate_in_parts = 64;              ///< blocks of a gate from which on it is computed in parts (docs/compiler.md)
  std::uint64_t stack_units = (1u << 16) - 1;    ///< an expert's place in the stack of all
};

/// Throws htx::Error "too big: WHAT: NEED of LIMIT UNIT".
inline void require(std::uint64_t need, std::uint64_t limit, std::string_view unit, std::string_view what) {
  if (need > limit) throw Error(fmt::format("too big: {}: {} of {} {}", what, need, limit, unit));
}

}  // namespace htx::compile
