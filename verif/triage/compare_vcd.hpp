// SPDX-License-Identifier: Apache-2.0
// Golden and RTL side by side as waves: every compared signal twice, and one bit a block that is 1 where they differ.
#pragma once
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "htx/probe/all.hpp"

namespace htx::verif {

/// A VCD of a window. Clock N begins at time 10 N ns, as in the waves of the RTL.
class CompareVcd {
 public:
  /// Throws std::runtime_error when the file cannot be written.
  CompareVcd(const std::string& path, unsigned lanes, unsigned columns);

  /// One clock; only what changed is written.
  void record(std::uint64_t clock, const chip::probe::Chip& golden, const chip::probe::Chip& rtl);
  /// Throws std::runtime_error when not everything could be written.
  void close();

 private:
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  void declare();
  void put(const std::uint64_t* words, unsigned width, unsigned id);

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  unsigned lanes_, columns_;
  bool first_ = true;
  std::unique_ptr<chip::probe::Chip> golden_, rtl_;  ///< as last written
  std::vector<char> differ_;                         ///< a block each
};

}  // namespace htx::verif
