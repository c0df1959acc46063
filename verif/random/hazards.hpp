// SPDX-License-Identifier: Apache-2.0
// What lanes and vector unit may still be at work on, and where a WAIT is missing (docs/architecture.md): a memory must not be
// read in the clock in which the same word is written (asserted in the RTL).
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>

#include "verif/random/case.hpp"

namespace htx::random {

class Hazards {
 public:
  /// One instruction in program order, its index registers added; empty, or what may collide.
  std::string lane(const pkg::instr_t& i, const Segment& segment);
  std::string vector(const pkg::instr_t& i);
  /// NEXT: every lane has finished.
  void lanes_idle() { lane_ = {}; }
  auto operator<=>(const Hazards&) const = default;

 private:
  template <unsigned N>
  struct Blocks {
    static constexpr unsigned kBlocks = N;
    std::array<std::uint64_t, N / 64> bits{};
    /// Whether any of the blocks from `first` on, round the end, is among them.
    bool any(unsigned first, unsigned count) const {
      for (unsigned i = 0; i < count && i < N; ++i)
        if (bits[(first + i) % N / 64] >> (first + i) % 64 & 1) return true;
      return false;
    }
    void add(unsigned first, unsigned count) {
      for (unsigned i = 0; i < count && i < N; ++i) bits[(first + i) % N / 64] |= std::uint64_t{1} << (first + i) % 64;
    }
    auto operator<=>(const Blocks&) const = default;
  };
  /// Begun and not known to be over: what one side reads or writes of the other's.
  struct Side {
    Blocks<pkg::VMEM_BLOCKS> vmem;
    Blocks<pkg::ACT_BLOCKS> act;
    Blocks<pkg::KVBUF_BLOCKS> kv;
    auto operator<=>(const Side&) const = default;
  };
  Side lane_;    ///< vector memory written; activations and append buffer read
  Side vector_;  ///< vector memory read; activations and append buffer written
};

}  // namespace htx::random
