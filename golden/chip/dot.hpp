// SPDX-License-Identifier: Apache-2.0
// Twin of htx_dot (docs/blocks/dot.md): commands, beats, and the columns' activation memories and multipliers.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "golden/chip/lane_timing.hpp"
#include "golden/common/bits.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/dot.hpp"
#include "htx/probe/dot_col.hpp"
#include "htx/probe/finish.hpp"

namespace htx::chip {

/// The front of a lane's compute side, clock by clock.
class Dot {
 public:
  /// Inputs of one clock. A null pointer is a low valid.
  struct In {
    std::uint8_t lanes_total{}, vec_done{};
    const pkg::comp_cmd_t* comp{};    ///< a resolved command is offered
    const Bits<2>* beat{};            ///< a beat is offered
    const pkg::act_write_t* act{};    ///< a quantised block (kv = 1 is ignored)
    bool res_free{}, res_fin{};
    bool share_we{};
    std::uint8_t share_addr{};
    std::array<std::uint8_t, pkg::MAX_COLUMNS> share{};
    bool share_ok{}, red_fin{};
    std::uint8_t max_ok{};            ///< by column, 0 lowest
  };
  /// What a column shows of its own.
  struct Column {
    bool row_valid{}, dot_valid{}, col_valid{};
    std::uint32_t row_sa{};            ///< bits of fp32
    std::int32_t dot{}, col{};
  };
  /// Outputs of one clock, named as the ports.
  struct Out {
    bool comp_ready{}, beat_ready{};
    std::uint8_t done{};
    std::array<Column, pkg::MAX_COLUMNS> column{};
    std::uint32_t row_sw{};            ///< bits of fp32
    bool dot_score{}, dot_first{}, dot_last{};
    std::uint8_t dot_row{}, dot_ev{};
    bool grp_valid{}, grp_argmax{}, grp_nostore{}, grp_end{};
    std::uint8_t grp_cols{};
    std::uint16_t grp_addr{}, grp_step{};
    bool ld_valid{};
    Bits<2> ld_data{};
    bool at_valid{}, at_pv{};
    std::uint16_t at_count{};
    std::uint8_t at_cols{}, at_kt{}, at_low{};
    bool page{};
    bool col_first{}, col_last{};
    std::uint8_t col_addr{}, col_page{};
  };

  explicit Dot(unsigned columns = 1) : columns_(columns), column_(columns) { reset(); }

  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in);
  /// As after a clock with rst_ni low; memories keep their content.
  void reset();
  void probe(probe::dot& p) const;
  void probe(probe::finish& p) const;
  void probe(probe::dot_col& p, unsigned column) const;
  /// The command at work, or the last one.
  const pkg::comp_cmd_t& command() const { return cmd_; }

 private:
  enum State : std::uint8_t { kIdle, kWait, kRun };
  enum End : std::uint8_t { kNothing, kResult, kMessage };  // what finishes a command
  struct Block {
    std::uint32_t scale{};
    std::array<std::int8_t, 32> q{};
  };
  struct Row {  // due on row_* and dot_*: what belongs to all columns, of which `columns` take part
    bool due{}, valid{}, score{}, first{}, last{};
    std::uint8_t row{}, ev{}, columns{};
    std::uint32_t sw{};
  };
  struct Lot {  // what a column holds
    Block act;                             // the tile's activation block
    std::uint32_t sa{};
    std::int32_t share{};                  // of the token
    std::array<std::int32_t, 32> part{};   // SCORE: sums over a page's earlier tiles
    std::array<std::int32_t, 32> cols[2]{};
    std::array<std::uint32_t, 8> sa_due{};  // by clock modulo 8
    std::array<std::int32_t, 8> dot_due{};
    std::array<Block, pkg::ACT_BLOCKS> acts{};
    std::array<std::uint8_t, 64> shares{};
  };

  void start(bool& restarted);
  void take(const Bits<2>& beat);
  void complete_row(const Bits<2>& beat);
  void finish(const In& in, bool started, End end);
  bool held_back() const;
  bool max_ok(std::uint8_t columns) const;

  Out out_;
  std::uint64_t now_{};  // the present clock

  State st_{};
  pkg::comp_cmd_t cmd_;
  bool hdr_{}, odd_{}, share_ok_{};
  unsigned pos_{}, tile_{}, unit_{}, credit_{}, emit_{}, drain_{};
  std::uint16_t base_{};
  bool wide_{}, one_tile_{};             // of the command's op
  unsigned hdr_end_{}, body_end_{};
  std::uint8_t lanes_total_{};           // of the present clock
  bool operands_{};                      // a row was completed in the last clock

  std::array<std::uint16_t, 32> scales_{};
  std::array<std::uint8_t, 32> exponents_{};
  Bits<2> low_half_{};
  std::array<std::int8_t, 32> row_{};    // EMBED: the row whose elements go out
  std::uint32_t row_scale_{};
  unsigned filling_{};                   // columns being summed
  std::uint64_t col_start_{};            // clock of column 0 of the finished ones
  std::uint8_t col_tile_{}, col_page_{};
  bool col_first_{}, col_last_{};
  unsigned col_columns_{};

  std::array<Row, 8> scales_due_{};      // by clock modulo 8
  std::array<Row, 8> product_due_{};

  std::array<End, lane_timing::kStarted> ends_{};
  unsigned ends_head_{}, ends_level_{}, results_{}, messages_{};

  unsigned columns_;
  std::vector<Lot> column_;
};

}  // namespace htx::chip
