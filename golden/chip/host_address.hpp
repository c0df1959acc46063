// SPDX-License-Identifier: Apache-2.0
// What an address of the host's windows says, and the answers that AXI has; for the parts of the twin of htx_host.
#pragma once
#include <cstdint>

#include "htx/pkg.hpp"

namespace htx::chip {

inline constexpr unsigned kOkay = 0, kSlverr = 2, kDecerr = 3;

inline unsigned window(std::uint64_t addr) { return static_cast<unsigned>(addr >> 36 & 15); }
inline bool in_lane(std::uint64_t addr) { return window(addr) == pkg::WIN_DRAM || window(addr) == pkg::WIN_SEG; }
/// Lane of a DRAM or SEG address.
inline unsigned lane_of(std::uint64_t addr) { return static_cast<unsigned>(addr >> (window(addr) == pkg::WIN_SEG ? 17 : 33) & 7); }

/// Writes that a lane may owe at once: one more is not asked for.
inline constexpr unsigned kMaxOutstanding = 63;

}  // namespace htx::chip
