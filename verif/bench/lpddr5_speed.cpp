// SPDX-License-Identifier: Apache-2.0
// How fast the LPDDR5 checker and device model are: a saturated read stream, refresh and all, and an idle channel. Prints one JSON object.
#include <fmt/format.h>

#include <ctime>
#include <vector>

#include "verif/dram/checker.hpp"
#include "verif/dram/device.hpp"

namespace {

using namespace htx::dram;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// A round of 3,125 CK without a finding: REFab, then rows of two bank groups read in turn, one burst every two CK.
std::vector<Command> round_of_reads() {
  std::vector<Command> all;
  const auto put = [&](std::int64_t ck, Op op, int bank, int col, bool Fields::*flag = nullptr) {
    Fields f;
    f.bg = static_cast<std::uint8_t>(bank / kBanksPerGroup);
    f.ba = static_cast<std::uint8_t>(bank % kBanksPerGroup);
    f.col = static_cast<std::uint8_t>(col);
    if (flag) f.*flag = true;
    all.push_back({ck, op, 1, f});
  };
  put(0, Op::REF, 0, 0, &Fields::ab);
  std::int64_t ck = 320;
  for (const int bank : {0, 4}) put(ck, Op::ACT1, bank, 0), put(ck + 1, Op::ACT2, 0, 0), ck += 10;
  put(ck += 10, Op::CAS, 0, 0, &Fields::ws_fs);
  for (int i = 0; (ck += 2) < 3080; ++i) put(ck, Op::RD16, i % 2 * 4, i / 2 % kColumns);
  put(ck + 20, Op::PRE, 0, 0, &Fields::ab);
  return all;
}

}  // namespace

int main() {
  const Config config{.ranks = 1};
  const std::vector<Command> round = round_of_reads();
  constexpr int kRounds = 20000;
  Checker checker(config);
  double start = cpu_seconds();
  for (std::int64_t i = 0; i < kRounds; ++i)
    for (Command c : round) {
      c.ck += 3125 * i;
      checker.command(c);
    }
  const double checked = static_cast<double>(checker.commands()) / (cpu_seconds() - start);

  const auto step_all = [&](bool busy, int rounds) {
    Device device({.channel = config});
    std::vector<ToDevice> pins(3125);
    if (busy)
      for (const Command& c : round) pins[static_cast<std::size_t>(c.ck)] = {1, static_cast<std::uint16_t>(encode(c.op, c.f)), false, {}, 0};
    std::uint64_t beats = 0;
    const double from = cpu_seconds();
    for (int i = 0; i < rounds; ++i)
      for (const ToDevice& in : pins) beats += device.step(in).dq_valid;
    const double rate = 3125.0 * rounds / (cpu_seconds() - from);
    if ((beats > 0) != busy || device.faults() != 0) fmt::print(stderr, "lpddr5_speed: {} beats, {} faults\n", beats, device.faults());
    return rate;
  };
  const double idle = step_all(false, 40000), busy = step_all(true, 4000);
  fmt::print("{{\"checker_commands_per_cpu_second\": {:.0f}, \"checker_findings\": {}, \"device_idle_ck_per_cpu_second\": {:.0f}, \"device_read_ck_per_cpu_second\": {:.0f}}}\n",
             checked, checker.findings(), idle, busy);
  return checker.findings() ? 1 : 0;
}
