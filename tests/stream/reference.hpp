// SPDX-License-Identifier: Apache-2.0
// What a lane must deliver, straight from docs/architecture.md: units, pages and tokens are walked one by one, with no
// notion of clocks, jobs or runs.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "golden/chip/storage.hpp"
#include "htx/pkg.hpp"

namespace htx::test {

/// A lane command before the sequencer has divided anything.
struct Order {
  pkg::lane_op_e op{};
  unsigned seg{}, kt{}, act{}, out{}, pstride{};
  bool w8{}, pair{}, argmax{}, nostore{}, wait{};
  std::uint8_t tag{}, cols{};
  unsigned token{};     ///< EMBED: token; APPEND, SCORE, PV: position
  std::uint32_t off{};  ///< LOADV
  bool expert{};        ///< MATVEC: units `from` to `from` + `units` of the segment
  unsigned from{}, units{};
};

/// The lane command as the sequencer sends it to chips of `lanes` lanes in all.
pkg::lane_cmd_t command(const Order& order, unsigned lanes);

/// One quantised block of the append buffer.
struct KvBlock {
  std::array<std::uint8_t, 32> data{};
  std::uint16_t scale{};
};

/// Memory and results of one lane.
class Reference {
 public:
  Reference(unsigned lanes, const chip::Storage& image) : storage(image), lanes_(lanes) {}

  /// Carries out one order: appends what it yields to comps and beats, changes storage (APPEND).
  void run(const Order& order, const pkg::seg_t& seg, const std::vector<KvBlock>& kv);

  chip::Storage storage;
  std::vector<pkg::comp_cmd_t> comps;
  std::vector<Bits<2>> beats;
  std::vector<std::size_t> beat_owner;  ///< order of each beat
  std::vector<std::size_t> writes;      ///< bursts written up to and with each order

 private:
  void burst(std::uint64_t addr);
  void append(const Order& order, std::uint64_t page, const std::vector<KvBlock>& kv);

  unsigned lanes_;
  std::size_t written_{};
};

}  // namespace htx::test
