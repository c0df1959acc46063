// SPDX-License-Identifier: Apache-2.0
// What programs exercised, counted on the golden chip as it ran: a reader sees that a run does not idle.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "golden/chip/chip.hpp"
#include "htx/probe/all.hpp"

namespace htx::random {

class Statistics {
 public:
  /// One compared clock.
  void see(const chip::probe::Chip& p, const chip::Chip& chip);
  void count(const std::string& what, std::uint64_t n = 1) { counts_[what] += n; }
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

  /// The table that --stats prints.
  static std::string table(const std::map<std::string, std::uint64_t>& counts);

 private:
  void lane(const pkg::lane_cmd_t& c);
  void vector(const pkg::vec_cmd_t& c);
  void corners(const chip::probe::Chip& p, unsigned lanes);
  std::map<std::string, std::uint64_t> counts_;
  bool busy_ = false, reset_ = false, writes_ = false, sums_ = false, due_ = false;  ///< a clock ago
  unsigned bad_ = 0;  ///< lanes with an error, a clock ago
};

}  // namespace htx::random
