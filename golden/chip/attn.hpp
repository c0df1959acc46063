// SPDX-License-Identifier: Apache-2.0
// Twin of htx_attn (docs/blocks/attn.md): scores, shares and 64-bit sums of a column.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "golden/chip/accum.hpp"
#include "golden/chip/dot.hpp"
#include "golden/chip/lane_timing.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/attn.hpp"

namespace htx::chip {

/// Attention of a column, clock by clock.
class Attn {
 public:
  /// Inputs of one clock: what htx_dot and the column's htx_accum show in it, and the tree; ready when it is the column's turn.
  struct In {
    const Dot::Out* dot{};
    unsigned column{};
    const Accum::Out* accum{};
    bool red_ready{};
    bool max_valid{};
    std::int32_t max_m{}, max_u{};
  };
  /// Outputs of one clock, named as the ports.
  struct Out {
    bool share_we{}, share_ok{}, max_ok{};
    std::uint8_t share_addr{}, share{};
    bool red_valid{}, red_kind{}, red_end{}, red_last{}, red_fin{};
    std::uint64_t red_data{};
    std::uint8_t err{};
  };

  Attn() { reset(); }

  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in);
  /// As after a clock with rst_ni low; memories keep their content.
  void reset();
  void probe(probe::attn& p) const;

 private:
  enum Pv : std::uint8_t { kIdle, kRun, kDrain };
  enum Gen : std::uint8_t { kGenIdle, kGenRead, kGenShift, kGenToken };
  struct Token {
    std::int32_t s{};
    std::int8_t ev{};
  };
  /// Things due at a clock: a queue by clock modulo N.
  template <class T>
  using Due = std::array<T, 8>;
  struct ScoreDue {
    bool due{};
    std::uint8_t ev{};
    std::uint32_t x{};
  };
  struct ShareDue {
    bool due{};
    std::uint8_t addr{}, share{};
    std::uint64_t term{};
  };
  struct SumDue {
    bool due{}, first{}, last{};
    std::uint8_t addr{};
    std::int64_t term{};
  };

  static bool starts(const In& in);
  void step_scores(const In& in, bool taken_max);
  void step_shares(const In& in);
  void step_sums(const In& in, bool taken);

  Out out_;
  std::uint64_t now_{};

  // SCORE
  unsigned s_count_{}, s_low_{}, s_tok_{}, s_page_{};
  Due<ScoreDue> score_due_{};
  bool score_we_{};                        // the write of the present clock
  unsigned score_addr_{};
  Token score_;
  bool score_bad_{};
  struct Maxima {                          // of a token, one clock after its write
    bool v{}, ok{}, first{}, page_end{}, end{};
    std::int32_t m{}, u{};
    unsigned page{};
  } token_max_;
  bool page_we_{}, page_last_{};
  unsigned page_addr_{};
  std::int32_t page_max_{}, run_m_{}, run_u_{};
  bool pending_{}, max_last_{};

  // PV
  Pv pv_{};
  unsigned pages_{}, kt_{}, low_{};
  std::int32_t max_m_{}, max_u_{}, uc_{};
  Gen gen_{};
  unsigned gen_page_{}, gen_tok_{};
  bool gen_ahead_{};
  std::array<std::uint8_t, 4> shift_{};
  Due<ShareDue> share_due_{};
  Due<std::uint64_t> term_due_{};
  std::uint64_t den_{};
  Due<SumDue> sum_due_{};
  bool sum_we_{}, sum_last_{};
  std::uint8_t sum_addr_{};
  std::int64_t sum_{};
  unsigned drain_{};
  bool out_v_{}, out_den_{}, pv_last_{};
  std::uint64_t shown_{};                  // the sum on the message port

  static constexpr unsigned kPages = pkg::SCORE_TOKENS / 32;
  std::vector<Token> scores_ = std::vector<Token>(pkg::SCORE_TOKENS);
  std::vector<std::int32_t> page_u_ = std::vector<std::int32_t>(kPages);
  std::array<std::int64_t, pkg::HEAD_BLOCKS * 32> sums_{};
};

}  // namespace htx::chip
