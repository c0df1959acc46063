// SPDX-License-Identifier: Apache-2.0
// One case on RTL and golden chip, every clock compared.
#pragma once
#include <memory>
#include <string>

#include "golden/chip/chip.hpp"
#include "golden/chip/driver.hpp"
#include "golden/compile/image.hpp"
#include "verif/lockstep/lockstep.hpp"
#include "verif/random/case.hpp"
#include "verif/random/failure.hpp"
#include "verif/random/rude_host.hpp"
#include "verif/random/statistics.hpp"
#include "verif/triage/triage.hpp"

namespace htx::random {

class Session {
 public:
  /// `rtl` is new. With `triage` a failure leaves its folder. `origin`: lines on build and replay, for the report.
  Session(const Case& c, verif::RtlMachine& rtl, const verif::TriageOptions* triage, std::string origin, std::string replay);

  Outcome run();

 private:
  struct Stop;
  void power_up();
  void one(const Run& run);
  void load(const Run& run);
  void load_program(const std::vector<pkg::instr_t>& program, const std::string& name);
  void registers(const Run& run);
  void wait(std::uint64_t clocks);
  void execute(const Run& run);
  void drain();
  void step(bool rst_n = true, const Run* rude = nullptr, std::uint64_t since = 0);
  void compare();
  void watch_progress();
  [[noreturn]] void stuck(const char* who);
  void access(const HostAccess& a);

  const Case& case_;
  verif::RtlMachine* rtl_;
  unsigned lanes_;
  std::string origin_, replay_;
  chip::Chip golden_;
  chip::Driver driver_;
  chip::Driver rescue_;  ///< its registers alone: a soft reset past an access that waits for a lane that an error left at work
  RudeHost rude_;
  compile::Image image_;
  std::unique_ptr<verif::Lockstep> lockstep_;
  std::unique_ptr<verif::Triage> triage_;
  Statistics statistics_;
  std::uint64_t clock_ = 0, progress_ = 0;
  std::uint16_t pc_ = 0;
  bool was_busy_ = false;
};

}  // namespace htx::random
