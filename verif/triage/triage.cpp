// SPDX-License-Identifier: Apache-2.0
#include "verif/triage/triage.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "verif/triage/layout.hpp"

namespace htx::verif {
namespace {

constexpr std::uint64_t kBehind = 8;  // clocks recorded behind the failure, to see what it does to its neighbours
constexpr unsigned kPatience = 60;    // seconds a replay may take

// How a replay ended.
constexpr int kDone = 0, kOtherRun = 3, kNotWritten = 4;

}  // namespace

void Triage::record(std::uint64_t clock, const Lockstep* lockstep, bool same) {
  if (!same && differed_ == 0) differed_ = clock;
  if (clock < order_.from) return;
  try {
    if (!recording_) {
      rtl_->trace(fmt::format("{}/rtl.fst", order_.folder), clock);
      if (lockstep != nullptr) compare_ = std::make_unique<CompareVcd>(fmt::format("{}/compare.vcd", order_.folder), rtl_->lanes(), rtl_->columns());
      recording_ = true;
    }
    if (compare_) compare_->record(clock, lockstep->golden(), lockstep->rtl());
  } catch (const std::exception&) {
    ::_exit(kNotWritten);
  }
  if (clock + 1 >= order_.until) end();
}

void Triage::end() {
  try {
    if (recording_) rtl_->end_trace();
    if (compare_) compare_->close();
  } catch (const std::exception&) {
    ::_exit(kNotWritten);
  }
  ::_exit(order_.differs == 0 || order_.differs == differed_ ? kDone : kOtherRun);
}

std::string Triage::leave(const Failure& failure, const Lockstep* lockstep) {
  if (options_.folder.empty()) return "";
  try {
    return write(failure, lockstep);
  } catch (const std::exception& e) {
    return fmt::format("  waves       none: {}\n", e.what());
  }
}

std::string Triage::write(const Failure& failure, const Lockstep* lockstep) {
  std::filesystem::create_directories(options_.folder);
  const std::string& folder = options_.folder;
  Order order;
  order.until = failure.clock + 1 + kBehind;
  order.from = failure.clock > options_.window ? failure.clock - options_.window : 0;
  order.differs = failure.divergence ? failure.clock : 0;
  if (folder.size() >= sizeof(order.folder)) throw std::runtime_error(folder + ": too long a name");
  std::memcpy(order.folder, folder.c_str(), folder.size() + 1);
  const int ended = snapshots_.wake(order, kPatience);
  std::string waves = fmt::format("  waves       {0}/rtl.fst and compare.vcd, clocks {1} to {2}; gtkwave {0}/rtl.gtkw\n", folder, order.from, order.until - 1);
  if (ended == kOtherRun) waves += "  the rerun went another way: something in the simulation does not follow from its seed\n";
  else if (ended == kNotWritten) waves = fmt::format("  waves       none: {} could not be written\n", folder);
  else if (ended != kDone) waves = "  waves       none: no snapshot could run again\n";
  write_layouts(folder, failure.clock, rtl_->lanes(), rtl_->columns(), failure.divergence ? &lockstep->golden() : nullptr,
                lockstep != nullptr ? lockstep->rtl() : chip::probe::Chip{});
  if (lockstep != nullptr) write_text(folder + "/events.txt", lockstep->events());
  write_text(folder + "/report.txt", failure.report + waves);
  write_text(folder + "/replay.sh", fmt::format("#!/bin/sh\n# The same run once more, from the repository's root.\n{}\n", failure.replay));
  ::chmod((folder + "/replay.sh").c_str(), 0755);
  return waves;
}

}  // namespace htx::verif
