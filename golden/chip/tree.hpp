// SPDX-License-Identifier: Apache-2.0
// Twin of htx_tree (docs/blocks/tree.md): joins the lanes' maxima and sums.
#pragma once
#include <array>
#include <cstdint>

#include "golden/common/bits.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/tree.hpp"

namespace htx::chip {

class Tree {
 public:
  /// Inputs of one clock; per-lane bits have lane 0 lowest.
  struct In {
    std::uint8_t red_valid{}, red_kind{}, red_last{};
    std::array<std::uint64_t, 8> red_data{};  ///< looked at with its valid bit
    const pkg::lane_cmd_t* cmd{};             ///< null: none
    bool res_ready{};
  };
  /// Outputs of one clock.
  struct Out {
    std::uint8_t red_ready{};
    bool cmd_ready{}, max_valid{}, res_valid{};
    std::uint8_t max_col{};
    std::int32_t max_m{}, max_u{};
    pkg::res_word_t res;  ///< zero while not valid
    std::uint8_t done{};
  };

  explicit Tree(unsigned lanes) : lanes_(lanes) { reset(); }
  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in);
  /// As after a clock with rst_ni low.
  void reset();
  void probe(probe::tree& p) const;

 private:
  static constexpr unsigned kWords = 4;     // result queue
  static constexpr unsigned kInFlight = 8;  // at most one a clock for its whole way
  struct Message {
    bool sum{}, last{};
    std::uint64_t data{};
  };
  struct Command {
    std::uint16_t out{}, kt{};
  };
  /// Something taken, on its way: `due` is the clock whose end completes it.
  struct Flight {
    std::uint64_t due{};
    std::uint64_t data{};
    std::uint16_t addr{};
    std::uint8_t element{}, column{};
    bool last{}, fin{};  ///< the column's last; the command's last
  };
  struct Word {
    pkg::res_word_t word;
    bool last{};
  };

  bool take(bool& sum) const;
  void join(bool sum);
  void land();

  unsigned lanes_;
  std::uint64_t now_ = 0;
  std::array<std::array<Message, 2>, 8> queue_{};
  std::array<std::uint8_t, 8> level_{};
  std::array<Command, pkg::LCMD_DEPTH> commands_{};
  unsigned command_head_ = 0, command_level_ = 0;
  std::array<Flight, kInFlight> maxima_{}, sums_{};  // rings, by taking order
  unsigned maxima_head_ = 0, maxima_tail_ = 0, sums_head_ = 0, sums_shown_ = 0, sums_tail_ = 0;
  std::array<Word, kWords> words_{};
  unsigned word_head_ = 0, word_level_ = 0;
  std::array<std::uint32_t, 8> packed_{};
  std::uint16_t item_ = 0, column_out_ = 0;  ///< blocks from a command's results to the column's
  std::uint8_t column_ = 0;
  struct Maxima {
    std::int32_t m{}, u{};
  };
  std::array<Maxima, pkg::MAX_COLUMNS> maximum_{};
  std::uint8_t credit_ = kWords;
  std::uint64_t sum_ = 0;
  std::uint32_t f_ = 0;
  Out out_;
};

}  // namespace htx::chip
