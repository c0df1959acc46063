// SPDX-License-Identifier: Apache-2.0
// The DRAM cells of one channel, outside the chip: sparse, cheap to copy, and a synchronous port to it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "golden/common/bits.hpp"
#include "htx/pkg.hpp"

namespace htx::chip {

/// A burst as the hardware sees it: byte 0 in the low bits of word 0.
using Burst = Bits<pkg::BURST_BYTES / 8>;

/// Up to 2^ADDR_W bursts (8 GiB). Memory is allocated chunk by chunk as it is written; what was never written reads as
/// zero. A copy shares all chunks with its original until one of the two writes to them, so that one loaded image can
/// serve the RTL and the golden at the cost of their differences. Not safe against writing from several threads.
class Storage {
 public:
  Storage();

  /// Burst `addr` (taken modulo 2^ADDR_W).
  Burst read(std::uint32_t addr) const;
  void write(std::uint32_t addr, const Burst& data);

  /// Any run of bytes; throws std::out_of_range beyond the end.
  void read_bytes(std::uint64_t at, std::span<std::uint8_t> to) const;
  void write_bytes(std::uint64_t at, std::span<const std::uint8_t> from);

  /// Bytes allocated (shared chunks count here as well as there).
  std::uint64_t allocated() const;

 private:
  static constexpr unsigned kChunkBits = 18;  // 256 KiB: one page-table walk a weight tensor, little waste at its ends
  static constexpr std::uint64_t kChunk = 1ULL << kChunkBits;
  static constexpr std::uint64_t kBytes = static_cast<std::uint64_t>(pkg::BURST_BYTES) << pkg::ADDR_W;
  using Chunk = std::shared_ptr<std::uint8_t[]>;

  std::uint8_t* own(std::uint64_t at);  // the chunk of byte `at`, ours alone

  std::vector<Chunk> chunks_;
};

/// The synchronous RAM port of htx_channel (`dev_*`) on a Storage: what is read in one clock shows in the next.
class StoragePort {
 public:
  explicit StoragePort(Storage& storage) : storage_(&storage) {}

  /// Data of the last read (zero before the first).
  const Burst& rdata() const { return rdata_; }

  /// One clock edge with the port's outputs of the clock before it.
  void step(bool rd, bool wr, std::uint32_t addr, const Burst& wdata) {
    if (rd) rdata_ = storage_->read(addr);
    if (wr) storage_->write(addr, wdata);
  }

 private:
  Storage* storage_;
  Burst rdata_{};
};

}  // namespace htx::chip
