// SPDX-License-Identifier: Apache-2.0
// The lockstep check: every compared signal of every block, golden against RTL, at every clock.
#pragma once
#include <memory>
#include <string>

#include "golden/chip/chip.hpp"
#include "verif/lockstep/history.hpp"
#include "verif/lockstep/locator.hpp"
#include "verif/rtl_machine.hpp"

namespace htx::verif {

/// Compares and remembers; stops being used at the first divergence, so nothing cascades.
class Lockstep {
 public:
  Lockstep(const chip::Chip& golden, const RtlMachine& rtl, const compile::Image& image)
      : golden_(&golden), rtl_(&rtl), rtl_probe_(std::make_unique<chip::probe::Chip>()), locator_(image, rtl.lanes()) {}

  /// Compares the present clock. False at a divergence; report() then tells.
  bool compare();
  std::uint64_t clocks() const { return clock_; }  ///< compared so far

  /// The first divergence for a designer: block and signal, what was being computed, values, history.
  std::string report() const;
  /// What the chip was computing at the last compared clock, e.g. when an assertion of the RTL fired.
  std::string where() const { return locator_.chip(history_.slot(clock_ == 0 ? 0 : clock_ - 1)); }

 private:
  const chip::Chip* golden_;
  const RtlMachine* rtl_;
  History history_;
  std::unique_ptr<chip::probe::Chip> rtl_probe_;
  Locator locator_;
  std::uint64_t clock_ = 0;
};

}  // namespace htx::verif
