// SPDX-License-Identifier: Apache-2.0
// What a failing run leaves for the engineer: it runs again from its last snapshot and records the window of the failure.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "verif/lockstep/lockstep.hpp"
#include "verif/rtl_machine.hpp"
#include "verif/triage/compare_vcd.hpp"
#include "verif/triage/snapshots.hpp"

namespace htx::verif {

struct TriageOptions {
  std::string folder;             ///< made when a run fails; empty: nothing is kept, no snapshots
  std::uint64_t window = 1000;    ///< clocks recorded up to the failure
  std::uint64_t interval = 32768; ///< clocks between snapshots, at least `window`
};

/// A failure as the run saw it.
struct Failure {
  std::uint64_t clock = 0;   ///< in which it showed
  bool divergence = false;   ///< golden and RTL differ in that clock
  std::string report;        ///< in words
  std::string replay;        ///< the command that runs it again
};

/// Beside one run. The run calls begin() at the start of every clock and recorded() once golden and RTL are compared.
class Triage {
 public:
  /// `rtl` must outlive this.
  Triage(TriageOptions options, RtlMachine& rtl) : options_(std::move(options)), rtl_(&rtl), snapshots_(options_.interval) {}

  /// Takes a snapshot when one is due. In a woken snapshot this returns a second time, and replaying() is true from then on.
  void begin(std::uint64_t clock) {
    if (const Order* order = snapshots_.at(clock)) order_ = *order, replaying_ = true;
  }
  bool replaying() const { return replaying_; }

  /// In a woken snapshot: takes note of this clock, and ends the process behind the window. `lockstep` may be null.
  void record(std::uint64_t clock, const Lockstep* lockstep, bool same);
  /// In a woken snapshot: the run cannot go on; closes the files and ends the process.
  [[noreturn]] void end();

  /// Wakes a snapshot and writes the folder. Says in a line or two what lies there, or why nothing does. Never throws.
  std::string leave(const Failure& failure, const Lockstep* lockstep);

 private:
  std::string write(const Failure& failure, const Lockstep* lockstep);

  TriageOptions options_;
  RtlMachine* rtl_;
  Snapshots snapshots_;
  Order order_;
  bool replaying_ = false, recording_ = false;
  std::uint64_t differed_ = 0;  ///< first clock that differed in the replay
  std::unique_ptr<CompareVcd> compare_;
};

}  // namespace htx::verif
