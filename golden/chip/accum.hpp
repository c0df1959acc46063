// SPDX-License-Identifier: Apache-2.0
// Twin of htx_accum (docs/blocks/accum.md): the slow unit and the result words of a column.
#pragma once
#include <array>
#include <cstdint>

#include "golden/chip/dot.hpp"
#include "golden/chip/lane_timing.hpp"
#include "golden/common/bits.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/accum.hpp"

namespace htx::chip {

/// fp32 scale and accumulate, one row a clock, and the queue of result words.
class Accum {
 public:
  /// Inputs of one clock: what htx_dot shows in it, of which this column is meant, and ready when it is the column's turn.
  struct In {
    const Dot::Out* dot{};
    unsigned column{};
    bool res_ready{};
  };
  /// Outputs of one clock, named as the ports.
  struct Out {
    bool res_free{}, res_fin{};
    bool sc_valid{};
    std::uint8_t sc_ev{};
    std::uint32_t sc_x{};  ///< bits of fp32
    bool res_valid{};
    bool res_last{};       ///< of the command's last column; looked at with its valid
    pkg::res_word_t res;   ///< zero while not valid
  };

  Accum() { reset(); }

  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in);
  /// As after a clock with rst_ni low; the accumulators keep their content.
  void reset();
  void probe(probe::accum& p) const;

 private:
  static constexpr unsigned kSpan = 16;  // clocks looked ahead, a power of two
  struct Value {                         // due at the score port or at the accumulator
    bool due{}, score{}, first{}, last{};
    std::uint8_t row{}, ev{};
    float u{};
  };
  struct Scales {
    std::uint32_t sa{}, sw{};
  };
  struct Group {
    std::uint16_t block{};
    bool argmax{}, nostore{}, end{}, last{};
  };
  struct Word {
    pkg::res_word_t word;
    bool fin{}, last{};
  };

  void push_word();

  Out out_;
  std::uint64_t now_{};
  std::array<Scales, 4> scales_{};         // of the last clocks, by clock modulo 4
  std::array<Value, kSpan> scores_{};      // by clock modulo kSpan
  std::array<Value, kSpan> sums_{};
  unsigned in_flight_{};                   // values in the two arrays
  std::array<float, 32> acc_{};
  bool acc_we_{};                          // the write of the present clock
  std::uint8_t acc_row_{};
  float acc_sum_{};
  bool acc_last_{};

  Bits<4> word_{};
  bool half_{}, push_{};
  unsigned part_{};
  std::array<Group, lane_timing::kResultWords / 4> groups_{};
  unsigned groups_head_{}, groups_level_{};
  std::array<Word, lane_timing::kResultWords> words_{};
  unsigned words_head_{}, level_{};
};

}  // namespace htx::chip
