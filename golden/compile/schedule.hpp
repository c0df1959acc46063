// SPDX-License-Identifier: Apache-2.0
// Pass 7, schedule: WAIT flags. The program is walked as it runs, position after position, while for every block of
// vector memory, activation memory and append buffer its last readers and writers are remembered; an instruction gets
// WAIT when the order it needs is not already known to hold in some pass over it.
#pragma once
#include <vector>

#include "golden/compile/image.hpp"

namespace htx::compile {

/// Sets WAIT where data or the reuse of a buffer needs it, and nowhere else: first come, first served. Throws
/// std::logic_error for an order that no WAIT can give. `segments` by segment number.
void set_waits(std::vector<pkg::instr_t>& code, const std::vector<Segment>& segments);

/// The instructions that would need a WAIT and have none, by number; empty for a right program.
std::vector<std::uint32_t> missing_waits(const std::vector<pkg::instr_t>& code, const std::vector<Segment>& segments);

}  // namespace htx::compile
