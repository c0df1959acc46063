// SPDX-License-Identifier: Apache-2.0
// The cells of one channel, by row: memory is taken for rows that were written, so eight gigabytes cost what is used of them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "htx/lpddr5.hpp"

namespace htx::dram {

using Burst = std::array<std::uint8_t, kBurstBytes>;

struct Page {
  std::array<std::uint8_t, kColumns * kBurstBytes> bytes;
  std::int64_t charged;  // CK at which its cells were last written, opened or refreshed by an access; REF is told elsewhere
};

/// Every byte of a row that was never written.
inline constexpr std::uint8_t kUnwritten = 0xa5;
/// Every byte of an answer to a command that had no right to one.
inline constexpr std::uint8_t kGarbage = 0xdb;

class Storage {
 public:
  explicit Storage(int density) : rows_(std::size_t{1} << row_bits(density)) {}

  std::size_t rows() const { return rows_; }
  /// The row, or nullptr while it was never written.
  Page* find(int rank, int bank, std::size_t row) {
    auto& b = banks_[static_cast<std::size_t>(rank * kBanks + bank)];
    return b.empty() ? nullptr : b[row].get();
  }
  /// The row, made of kUnwritten if it is new.
  Page& take(int rank, int bank, std::size_t row, std::int64_t ck) {
    auto& b = banks_[static_cast<std::size_t>(rank * kBanks + bank)];
    if (b.empty()) b.resize(rows_);
    if (!b[row]) {
      b[row] = std::make_unique<Page>();
      b[row]->bytes.fill(kUnwritten);
      b[row]->charged = ck;
      ++pages_;
    }
    return *b[row];
  }
  /// Rows that take memory, 2 KB each.
  std::size_t pages() const { return pages_; }

 private:
  std::size_t rows_, pages_ = 0;
  std::array<std::vector<std::unique_ptr<Page>>, static_cast<std::size_t>(kRanks* kBanks)> banks_;
};

}  // namespace htx::dram
