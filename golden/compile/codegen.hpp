// SPDX-License-Identifier: Apache-2.0
// Pass 6, codegen: the instructions of a position, looping over layers and heads, and those of a pass over several known
// tokens, a column each. Without WAIT flags: see schedule.hpp.
#pragma once
#include "golden/compile/buffers.hpp"
#include "golden/compile/graph.hpp"
#include "golden/compile/program.hpp"

namespace htx::compile {

/// Where a pass over `vectors.tokens` tokens keeps what it works on.
struct Pass {
  VectorMap vectors;
  QuantMap quantised;
};

/// `several`: the pass that a prompt takes while more tokens than it works on are known, may be null; at most `columns` of
/// them. `rotation_blocks`: blocks a lane reserves for a position's rotation table. `columns` of the chip.
Program generate(const Graph& graph, const Pass& single, const Pass* several, std::uint32_t rotation_blocks, unsigned columns);

}  // namespace htx::compile
