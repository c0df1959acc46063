// SPDX-License-Identifier: Apache-2.0
// One decode in lockstep that faults are planted into: load, start, step, and what stands in all memories at its end.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "golden/chip/chip.hpp"
#include "golden/chip/driver.hpp"
#include "golden/compile/image.hpp"
#include "verif/lockstep/lockstep.hpp"
#include "verif/rtl_machine.hpp"

namespace htx::faults {

/// What came of a fault. `silent` is the one that must not happen; `none` is no result at all.
enum class Outcome : std::uint8_t {
  none,
  lockstep,     ///< reported: golden and RTL differed
  assertion,    ///< reported: an assertion of the RTL fired
  chip,         ///< reported: the chip's own error register or bus response said so
  recovered,    ///< the next decode gave every token and logit as if nothing had been
  same_result,  ///< it changed when things happened, and every token, logit, key and value came out the same
  overwritten,  ///< harmless, shown: written over before anything read it
  unused,       ///< harmless, shown: still there at the end, and nothing else is different
  no_effect,    ///< harmless, shown: nothing differed in any clock, nor in any memory at the end
  silent,       ///< something is different, and nobody said so
};
const char* to_string(Outcome o);

/// A check noticed that golden and RTL are no longer the same.
struct Noticed : std::runtime_error {
  Noticed(Outcome how, const std::string& what) : std::runtime_error(what), how(how) {}
  Outcome how;
};

/// A bit that was turned over: of a memory of the chip, or of a lane's DRAM (`memory` beyond the chip's).
struct Flip {
  std::size_t memory, entry;
  unsigned bit;
  bool operator==(const Flip&) const = default;
};

struct Prompt {
  std::vector<std::uint32_t> tokens;
  unsigned wanted = 0;  ///< to generate
};

class Decode {
 public:
  Decode(const compile::Image& image, std::unique_ptr<verif::RtlMachine> rtl, Prompt prompt);

  /// Reset, and everything in its place but the start.
  void prepare();
  /// Registers and prompt again, as after a reset.
  void configure();
  void start();

  /// One clock edge of both; throws Noticed. `rtl_reset`: a reset that reaches the RTL alone.
  void step(bool rst_n = true, bool rtl_reset = false);
  /// The driver's queue played out; false when the chip does not answer within `limit` clocks.
  bool settle(unsigned limit = 4000);
  bool done() const { return rtl_->answer().irq; }
  /// From here on the RTL alone: for what changes the clock in which things happen.
  void alone() { lockstep_.reset(); }

  std::uint64_t clock() const { return clock_; }
  std::uint64_t running() const { return clock_ - started_; }  ///< clocks since the start was answered
  std::uint64_t results() const { return results_; }  ///< a number over every logit, in whatever order they came
  void forget_results();
  std::vector<std::uint32_t> tokens();  ///< read through the host port
  chip::Driver& driver() { return driver_; }
  verif::RtlMachine& rtl() { return *rtl_; }
  const compile::Image& image() const { return *image_; }

  const std::vector<verif::Variable>& memories() const { return memories_; }
  const verif::Variable& turn() const { return turn_; }
  const verif::Variable& low() const { return low_; }
  void flip(const Flip& f);
  std::uint64_t dram_bytes(unsigned lane) const;
  /// Contents of every memory of the chip, one after another.
  std::vector<std::uint8_t> contents() const;
  /// Bits in which the memories differ from `reference` (contents()), and the RTL's DRAM from the golden's; at most 64 of them.
  std::vector<Flip> differences(const std::vector<std::uint8_t>& reference);
  std::uint64_t dram_hash();

 private:
  void take_logits();

  const compile::Image* image_;
  Prompt prompt_;
  chip::Chip golden_;
  std::unique_ptr<verif::RtlMachine> rtl_;
  std::unique_ptr<verif::Lockstep> lockstep_;
  chip::Driver driver_;
  std::vector<verif::Variable> memories_;
  verif::Variable turn_, low_;
  std::map<unsigned, unsigned> seen_;  ///< how often each word of logits has passed
  std::uint64_t clock_ = 0, started_ = 0, results_ = 0;
};

}  // namespace htx::faults
