// SPDX-License-Identifier: Apache-2.0
// The host as a bus master: queued register and window accesses, played out on the host port's pins clock by clock.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "golden/chip/host_pins.hpp"
#include "htx/pkg.hpp"

namespace htx::chip {

/// Plays accesses one after another, in the order queued. Each clock: take pins(), step() with what the chip answers
/// in that clock, give the pins to the chip's step. Works alike for the golden chip and for the RTL's pins.
class Driver {
 public:
  /// What became of an access; filled in when `finished`.
  struct Result {
    bool finished = false;
    unsigned resp = 0;                ///< worst AXI response: 0 OKAY, 2 SLVERR, 3 DECERR
    std::uint32_t value = 0;          ///< of a register read
    std::vector<std::uint8_t> bytes;  ///< of a window read
  };
  using Ticket = std::shared_ptr<const Result>;

  Ticket write_reg(std::uint32_t offset, std::uint32_t value);
  Ticket read_reg(std::uint32_t offset);
  /// Window accesses: `addr` as the AXI port sees it (window in bits 39:36), a multiple of 32 as is the size. Split into
  /// bursts that stay within 4 KiB.
  Ticket write_window(std::uint64_t addr, std::vector<std::uint8_t> bytes);
  Ticket read_window(std::uint64_t addr, std::size_t bytes);

  /// The common uses of the windows.
  Ticket write_dram(unsigned lane, std::uint32_t burst, std::vector<std::uint8_t> bytes);
  Ticket read_dram(unsigned lane, std::uint32_t burst, std::size_t bytes);
  Ticket write_program(unsigned first, std::span<const pkg::instr_t> instructions);
  Ticket write_segments(unsigned lane, unsigned first, std::span<const pkg::seg_t> entries);
  Ticket write_tokens(unsigned first, std::span<const std::uint32_t> tokens);
  Ticket read_tokens(unsigned first, std::size_t count);  ///< 32 bytes a token, the low four count
  Ticket start() { return write_reg(pkg::REG_CTRL, 1); }
  Ticket soft_reset() { return write_reg(pkg::REG_CTRL, 2); }

  /// Everything queued is done.
  bool idle() const { return queue_.empty(); }
  /// Changes whenever an access is done or more of one is moved.
  std::pair<std::size_t, std::size_t> progress() const { return {queue_.size(), at_}; }
  /// What the host drives in the present clock.
  const HostPins& pins() const { return pins_; }
  /// One clock edge.
  void step(const HostAnswer& seen);

 private:
  struct Access {
    bool reg{}, write{};
    std::uint64_t addr{};
    std::uint32_t value{};
    std::vector<std::uint8_t> bytes;  // to write
    std::size_t size{};               // of a window access
    std::shared_ptr<Result> result;
  };
  Ticket queue(Access access);
  void step_register(Access& a, const HostAnswer& seen);
  void step_window(Access& a, const HostAnswer& seen);
  void begin_burst(const Access& a);
  void show_beat(const Access& a);
  void finish();

  HostPins pins_;
  std::deque<Access> queue_;
  bool begun_ = false;          // the front access is on the pins
  bool in_burst_ = false;
  std::size_t at_ = 0;          // bytes moved
  std::size_t burst_end_ = 0;   // of the burst on the pins
};

}  // namespace htx::chip
