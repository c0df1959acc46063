// SPDX-License-Identifier: Apache-2.0
// Runs cases, each in a process of its own that starts from the chip at power-up, so that one ends like the other whatever
// ran before, and a crash or an endless clock is a verdict like the others.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <tuple>

#include "verif/random/case.hpp"
#include "verif/random/failure.hpp"
#include "verif/rtl_machine.hpp"
#include "verif/triage/triage.hpp"

namespace htx::random {

struct JudgeOptions {
  std::function<std::string(unsigned lanes, unsigned columns)> library;  ///< of the Verilated chip; empty where there is none
  std::string plusarg;
  unsigned seconds = 60;  ///< a case may take
};

class Judge {
 public:
  explicit Judge(JudgeOptions options) : options_(std::move(options)) {}

  bool has(unsigned lanes, unsigned columns) const { return !options_.library(lanes, columns).empty(); }
  /// Runs on `c.lanes` lanes of `c.columns` columns. With `triage` a failure leaves its folder; `replay` is the command in it. Throws htx::Error
  /// when it cannot be run at all.
  Outcome run(const Case& c, const verif::TriageOptions* triage = nullptr, const std::string& replay = "");

 private:
  verif::RtlMachine& machine(const Case& c);
  JudgeOptions options_;
  /// By lanes, columns and seed, never stepped here. They end with the process: Verilator 5.006 cannot take down one model of several.
  std::map<std::tuple<unsigned, unsigned, std::uint32_t>, verif::RtlMachine*> machines_;
};

}  // namespace htx::random
