// SPDX-License-Identifier: Apache-2.0
// What a command trace says of its channel before the first command.
#pragma once

#include "htx/lpddr5.hpp"

namespace htx::dram {

struct Config {
  int density = 32;        // Gb a die
  int ranks = 2;           // 1 or 2
  int rl_set = 0;          // read latency: 0, 1, 2
  char wl_set = 'A';       // write latency: A, B
  bool odt = false;        // DQ terminated: RD to WR takes the controller's value
  bool always_on = false;  // WCK, once synced, runs on until it is switched off
  bool power_up = false;   // the trace begins with RESET_n low; else with a device that is ready and owes no refresh
  int raaimt = 0;          // 0: refresh management is not asked for
  int raammt = 0;          // 0: the table's factor times raaimt
  bool operator==(const Config&) const = default;
};

/// Values for a trace with this configuration.
constexpr Timings timings_of(const Config& c, Column column, bool hot) {
  return timings(column, {.density = c.density, .hot = hot, .rl_set = c.rl_set, .wl_set = c.wl_set});
}

}  // namespace htx::dram
