// SPDX-License-Identifier: Apache-2.0
// How a case failed.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace htx::random {

struct Failure {
  std::string kind;           ///< "divergence", "assertion", "no progress", "crash", "timeout"
  std::string block, signal;  ///< of a divergence; an assertion's file and line stand in `signal`, a crash's name too
  std::uint64_t clock = 0;
  std::string report;

  /// Whether it is most likely the same bug: where it shows, not when.
  bool like(const Failure& o) const { return kind == o.kind && block == o.block && signal == o.signal; }
  std::string name() const { return block.empty() ? signal.empty() ? kind : kind + " " + signal : kind + " in " + block + "." + signal; }
};

/// What running a case came to.
struct Outcome {
  std::optional<Failure> failure;
  std::uint64_t clocks = 0;
  std::map<std::string, std::uint64_t> counts;  ///< what it exercised: instructions as issued, how runs ended, ...
};

}  // namespace htx::random
