// SPDX-License-Identifier: Apache-2.0
// The lockstep check: every compared signal of every block, golden against RTL, at every clock.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "golden/chip/chip.hpp"
#include "verif/lockstep/first_difference.hpp"
#include "verif/lockstep/history.hpp"
#include "verif/lockstep/locator.hpp"
#include "verif/rtl_machine.hpp"

namespace htx::verif {

/// Compares and remembers; stops being used at the first divergence, so nothing cascades.
class Lockstep {
 public:
  /// `first`: number of the first clock that will be compared.
  Lockstep(const chip::Chip& golden, const RtlMachine& rtl, const compile::Image& image, std::uint64_t first)
      : golden_(&golden), rtl_(&rtl), rtl_probe_(std::make_unique<chip::probe::Chip>()), locator_(image, rtl.lanes()), first_(first), clock_(first) {}

  /// Compares the present clock. False at a divergence; report() then tells.
  bool compare();
  std::uint64_t clocks() const { return clock_ - first_; }  ///< compared so far
  /// Both sides at the last compared clock.
  const chip::probe::Chip& golden() const { return history_.slot(clock_ - 1); }
  const chip::probe::Chip& rtl() const { return *rtl_probe_; }
  /// What changed in every block over the last clocks (golden).
  std::string events() const;

  /// The first divergence for a designer: block and signal, what was being computed, values, history.
  std::string report() const;
  /// The signal on top of the report; nothing when the last compared clock matched.
  std::optional<FirstDifference> difference() const;
  /// The same words about the last compared clock for an assertion that fired in instance `scope` ("htx_chip.u_seq").
  std::string around(const std::string& scope) const;

 private:
  const chip::Chip* golden_;
  const RtlMachine* rtl_;
  History history_;
  std::unique_ptr<chip::probe::Chip> rtl_probe_;
  Locator locator_;
  std::uint64_t first_, clock_;  ///< clock_: the next one to compare
};

}  // namespace htx::verif
