// SPDX-License-Identifier: Apache-2.0
// A sweep's parts: jobs of numbered blocks, each block the same whenever and wherever it runs, and what was counted.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sweep/classes.hpp"

namespace htx::sweep {

inline constexpr std::uint64_t kBlock = 1 << 20;  // vectors

/// What came up in some vectors, and what differed.
struct Tally {
  std::vector<std::uint64_t> classes, segments;
  std::uint64_t vectors = 0, failures = 0;
  std::vector<std::string> first;  // of the failures
  void count(Classes c) {
    for (; c; c &= c - 1) ++classes[std::size_t(std::countr_zero(c))];
  }
  void fail(std::string text) {
    if (++failures <= 5) first.push_back(std::move(text));
  }
};

class Job {
 public:
  virtual ~Job() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view what() const = 0;
  /// Vectors of its whole domain, or 0: directed and random, as many as are asked for.
  virtual std::uint64_t domain() const { return 0; }
  /// A directed job takes this part of the vectors that are asked for: the quantiser's four modes are one unit.
  virtual std::uint64_t parts() const { return 1; }
  /// Every class, and every segment where there are any, has to come up.
  virtual std::span<const std::string_view> classes() const = 0;
  virtual std::size_t segments() const { return 0; }
  /// Vectors first .. first + count - 1. A directed job draws them from `seed`, which is the block's own.
  virtual void run(std::uint64_t first, std::uint64_t count, std::uint64_t seed, Tally& tally) = 0;
};

using Jobs = std::vector<std::unique_ptr<Job>>;
void add_fp_jobs(Jobs& jobs);
void add_lane_jobs(Jobs& jobs);
void add_quant_jobs(Jobs& jobs);
void add_host_jobs(Jobs& jobs);

}  // namespace htx::sweep
