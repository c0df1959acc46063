// SPDX-License-Identifier: Apache-2.0
// The engines with a clock: the cycle golden, the Verilated RTL, and both in lockstep.
#pragma once
#include <memory>
#include <string>

#include "verif/tool/engine.hpp"
#include "verif/triage/triage.hpp"

namespace htx::tool {

enum class ClockedMode { cycle, rtl, lockstep };

struct ClockedOptions {
  std::uint32_t seed = 1;     ///< of the registers' initial values
  std::string load = "port";  ///< "port" or "direct"
  unsigned columns = 1;       ///< of each lane
  std::string library;        ///< Verilated chip; empty: htx_rtl_L<lanes>.so, with more columns htx_rtl_L<lanes>C<columns>.so, beside this program
  std::string plusarg;
  std::string replay;         ///< command that repeats the run, for reports
  verif::TriageOptions triage;  ///< what a failing run leaves; its folder empty: in failures/ beside this program
  std::string timeline;         ///< file for what each unit does in each clock (verif/tool/timeline.hpp); empty: none
  bool snapshots = true;        ///< false: a failing run leaves its report alone
};

/// "cycle", "rtl" or "lockstep".
ClockedMode clocked_mode(const std::string& engine);

/// For an image compiled for one chip. Throws htx::Error when the Verilated chip with its lanes is not built.
std::unique_ptr<Engine> make_clocked_engine(compile::Image image, ClockedMode mode, const ClockedOptions& options);

/// One product of a rows x cols matrix (random weights of `bits` 4 or 8) with a random vector, timed alone: its vector stands
/// quantised in the lanes before the first weight is asked for. Outcome.positions is 1, tokens are empty.
Outcome clock_product(unsigned rows, unsigned cols, int bits, ClockedMode mode, unsigned lanes, const ClockedOptions& options);

}  // namespace htx::tool
