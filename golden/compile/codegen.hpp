// SPDX-License-Identifier: Apache-2.0
// Pass 6, codegen: the instructions of a position, looping over layers and heads. Without WAIT flags: see schedule.hpp.
#pragma once
#include "golden/compile/buffers.hpp"
#include "golden/compile/graph.hpp"
#include "golden/compile/program.hpp"

namespace htx::compile {

/// `rotation_blocks`: blocks a lane reserves for a position's rotation table. `columns` of the chip.
Program generate(const Graph& graph, const VectorMap& vectors, const QuantMap& quantised,
                 std::uint32_t rotation_blocks, unsigned columns);

}  // namespace htx::compile
