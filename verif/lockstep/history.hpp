// SPDX-License-Identifier: Apache-2.0
// The golden's probes of the last clocks, and what changed in one block on the way to a divergence.
#pragma once
#include <fmt/format.h>

#include <string>
#include <vector>

#include "htx/probe/all.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::verif {

/// Ring of whole-chip probes; slot(clock) is filled in place at every clock.
class History {
 public:
  static constexpr std::uint64_t kClocks = 64;  ///< power of two

  History() : ring_(kClocks) {}
  chip::probe::Chip& slot(std::uint64_t clock) { return ring_[clock % kClocks]; }
  const chip::probe::Chip& slot(std::uint64_t clock) const { return ring_[clock % kClocks]; }

  /// The last `count` clocks before and at `clock` in which signals of one block changed, oldest first, a line each.
  /// `pick` returns that block's probe of a chip.
  template <class Pick>
  std::string events(std::uint64_t clock, unsigned count, Pick&& pick) const {
    std::vector<std::string> lines;
    for (std::uint64_t t = clock; t > 0 && clock - t + 1 < kClocks && lines.size() < count; --t) {
      const auto& now = pick(slot(t));
      const auto& before = pick(slot(t - 1));
      std::string line = changes(before, now);
      if (!line.empty()) lines.push_back(fmt::format("    clock {:>9} {}\n", t, line));
    }
    std::string text;
    for (auto it = lines.rbegin(); it != lines.rend(); ++it) text += *it;
    return text;
  }

 private:
  template <class P>
  static std::string changes(const P& before, const P& now) {
    const auto* a = reinterpret_cast<const std::uint64_t*>(&before);
    const auto* b = reinterpret_cast<const std::uint64_t*>(&now);
    std::string line;
    for (const auto& f : P::fields) {
      const unsigned step = (f.width + 63) / 64;
      for (unsigned i = 0; i < (f.depth ? f.depth : 1); ++i) {
        const unsigned at = f.word + i * step;
        if (std::memcmp(a + at, b + at, 8 * step) == 0) continue;
        if (line.size() > 160) return line + " ...";
        line += fmt::format(" {}{}={}", f.name, f.depth ? fmt::format("[{}]", i) : "", hex(b + at, f.width));
      }
    }
    return line;
  }

  std::vector<chip::probe::Chip> ring_;
};

}  // namespace htx::verif
