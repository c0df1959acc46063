// SPDX-License-Identifier: Apache-2.0
// Saved layouts for GTKWave: what differs first, then the rest of that block, with the marker on the failing clock.
#pragma once
#include <cstdint>
#include <string>

#include "htx/probe/all.hpp"

namespace htx::verif {

/// Writes rtl.gtkw and, with `golden`, compare.gtkw into `folder`. `rtl`: its probes at the failing clock. Without `golden`
/// the layout shows the sequencer. Throws std::runtime_error when a file cannot be written.
void write_layouts(const std::string& folder, std::uint64_t clock, unsigned lanes, unsigned columns, const chip::probe::Chip* golden,
                   const chip::probe::Chip& rtl);

/// Writes a text file whole, or throws std::runtime_error naming it.
void write_text(const std::string& path, const std::string& text);

}  // namespace htx::verif
