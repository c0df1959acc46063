// SPDX-License-Identifier: Apache-2.0
// The Verilated chip as a machine that is stepped clock by clock; scripts/build_rtl puts one in a shared library.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "golden/chip/host_pins.hpp"
#include "golden/chip/storage.hpp"
#include "htx/probe/all.hpp"

namespace htx::verif {

/// The logit pins in one clock: 8 fp32 of the head's result, word `addr` (elements 8*addr..8*addr+7).
struct LogitPins {
  bool valid = false;
  std::uint16_t addr = 0;
  Bits<4> data{};
};

/// An assertion of the RTL failed: file, line and text; `scope` is the instance, "htx_chip.u_seq", or empty.
struct AssertionFailed : std::runtime_error {
  AssertionFailed(const std::string& what, std::string where) : std::runtime_error(what), scope(std::move(where)) {}
  std::string scope;
};

/// A variable that this build left writable, to plant faults in (verif/faults); ordinary builds have none. Entry i stands at
/// data + i * stride, bit 0 lowest.
struct Variable {
  std::string name;  ///< "htx_chip.u_vmem.copy_a.mem"
  unsigned width, depth, stride;
  std::uint8_t* data;
};

/// Outputs are those of the present clock; step() is one clock edge and throws AssertionFailed.
class RtlMachine {
 public:
  virtual ~RtlMachine() = default;
  virtual unsigned lanes() const = 0;
  virtual unsigned columns() const = 0;
  virtual chip::Storage& storage(unsigned lane) = 0;
  virtual const chip::HostAnswer& answer() const = 0;
  virtual const LogitPins& logits() const = 0;
  virtual unsigned transfers() const = 0;  ///< lanes whose channel begins a burst in this clock
  virtual void step(const chip::HostPins& pins, bool rst_n) = 0;
  virtual void read(chip::probe::Chip& probes) const = 0;

  /// Records every signal from now on as FST; the present clock gets number `clock`, and clock N begins at time 10 N ns.
  /// Throws std::runtime_error when the file cannot be opened.
  virtual void trace(const std::string& file, std::uint64_t clock) = 0;
  virtual void end_trace() = 0;

  /// Before _exit() in a process forked from the one that made the machine: a coverage build writes what it counted there.
  virtual void leave() = 0;

  /// What faults can be planted in, in the order of the names.
  virtual std::vector<Variable> variables() = 0;
  /// Turns a bit of a variable over for the next clock edge alone.
  virtual void glitch(const Variable& v, unsigned bit) = 0;
};

/// A new chip, registers random by `seed`, in no defined state until reset. `plusargs`: "+name=value" or empty.
extern "C" RtlMachine* htx_rtl_create(std::uint32_t seed, const char* plusargs);
using CreateRtl = decltype(&htx_rtl_create);

/// "htx-stamps RTL HARNESS": what a library was made from (scripts/gen/stamp.py), to be found in its file without loading it.
extern "C" const char htx_rtl_stamps[];

}  // namespace htx::verif
