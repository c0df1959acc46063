// SPDX-License-Identifier: Apache-2.0
// Cycle twin of the sequencer htx_seq, written from docs/blocks/seq.md.
#pragma once
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "htx/pkg.hpp"
#include "htx/probe/seq.hpp"
#include "htx/probe/seq_mem.hpp"

namespace htx::chip {

/// Whether the sequencer takes an instruction: op, unused bits and operands (index registers added) as docs/isa.md asks for.
bool in_range(const pkg::instr_t& i, unsigned columns = pkg::MAX_COLUMNS);

/// The sequencer: runs the program, issues commands, keeps the position. One step() is one clock edge.
class Seq {
 public:
  /// What the sequencer reads at a clock edge. Per-lane bytes are packed, lane 0 in the low byte.
  struct In {
    bool start{};                     ///< pulse, looked at while idle
    std::uint32_t cfg_pos{}, cfg_prompt{}, cfg_limit{};  ///< POS_W bits
    bool cfg_eos_en{};
    std::uint32_t cfg_eos{}, cfg_vocab{};
    std::uint8_t lanes_total{1};      ///< 1..63
    pkg::run_ctl_t ctl{.watchdog = 0xffffffff};
    bool hm_valid{}, hm_tok{}, hm_we{};
    std::uint32_t hm_addr{};          ///< instruction or token
    Bits<2> hm_wdata{};               ///< instruction, or token in the low bits
    std::uint8_t lane_ready{};        ///< a bit a lane
    bool tree_ready{}, vec_ready{};
    std::uint64_t lane_done{};        ///< a byte a lane
    std::uint8_t tree_done{}, vec_done{};
    std::uint64_t chosen{};           ///< experts of the last VTOPK, a byte a choice
    std::uint32_t best{};
    bool collect_busy{};
    std::uint8_t vec_err{}, collect_err{};
    std::uint64_t lane_err{};         ///< a byte a lane
  };

  /// Outputs, functions of the registers.
  struct Out {
    bool busy{}, done{}, error{};
    std::uint32_t error_word{};       ///< {pc, source, err_e}
    std::uint32_t pos{}, count{};     ///< POS_W bits
    std::uint32_t last{};
    bool paused{};
    bool hm_done{};
    Bits<2> hm_rdata{};
    bool lane_cmd_valid{};
    pkg::lane_cmd_t lane_cmd{};
    bool vec_cmd_valid{};
    pkg::vec_cmd_t vec_cmd{};
    bool argmax_clear{};
  };

  /// A sequencer for a chip of `lanes` (1..8) lanes, in reset.
  explicit Seq(unsigned lanes, unsigned columns = 1);
  const Out& out() const { return out_; }
  void step(const In& in);
  /// The state after a clock edge with rst_ni low; memories keep their contents.
  void reset();
  void probe(probe::seq& p) const;
  void probe(probe::seq_mem& p) const;

  /// Where the sequencer is, for reports: pc of the instruction in hand and the instruction with its registers added.
  /// Every lane command issued is finished, and every vector command.
  bool lanes_idle() const { return lanes_idle_; }
  bool vec_idle() const { return vec_idle_; }
  std::uint16_t pc() const { return pc_; }
  const pkg::instr_t& instr() const { return instr_; }

  /// Storage behind the host's back, for fast loading.
  std::vector<Bits<2>>& program() { return program_; }
  std::vector<std::uint32_t>& tokens() { return tokens_; }

 private:
  Seq(unsigned lanes, unsigned columns, std::vector<Bits<2>> program, std::vector<std::uint32_t> tokens)
      : lanes_(lanes), columns_(columns), program_(std::move(program)), tokens_(std::move(tokens)) {}
  enum class State : std::uint8_t { idle, fetch, decode, exec, tread, tcheck, div, next, stop, hold, xload, xdiv };
  struct Loop {
    std::uint16_t body{}, left{};
  };
  struct Split {  // a number dealt over the lanes
    std::uint16_t quot{};
    std::uint8_t rem{};
  };
  std::uint16_t fault(const In& in) const;
  std::uint8_t own_fault(const In& in) const;
  bool in_order() const;
  bool at_break(const pkg::run_ctl_t& ctl) const;
  bool counts_time() const { return state_ != State::idle && state_ != State::hold; }
  void execute(bool choice_was_open);
  static Split split(unsigned number, unsigned lanes) { return {static_cast<std::uint16_t>(number / lanes), static_cast<std::uint8_t>(number % lanes)}; }
  void issue_lane();
  void issue_vector();
  void end_position(const In& in);

  unsigned lanes_, columns_;
  Out out_;
  State state_{};
  std::uint16_t pc_{};
  pkg::instr_t instr_{};
  std::array<std::uint16_t, pkg::NREG> index_{};
  std::array<Loop, pkg::LOOP_DEPTH> loops_{};
  unsigned level_{};
  std::uint8_t lane_issued_{}, pv_issued_{}, vec_issued_{};
  bool lanes_idle_{}, quiet_{}, vec_idle_{}, lane_ready_{}, tree_ready_{}, vec_ready_{};
  bool argmax_live_{};
  bool score_open_{};               // a SCORE whose PV has not been issued
  std::uint16_t score_seg_{};       // the last SCORE's segment
  std::uint8_t score_n_{};          // its blocks
  std::uint8_t score_cols_{};       // and its columns, less one
  bool hold_{};                     // pause before the next instruction
  bool pass_{};                     // but not before this one
  std::uint32_t watch_{};           // clocks of this position
  unsigned div_left_{};
  std::uint32_t at_{};              // position of the last TOKEN, or the present one before it
  std::uint8_t tok_low_{}, pos_low_{};
  Split tok_split_{}, pos_split_{};
  Split expert_split_{}, end_split_{};  // units of the last EXPERT: its first, and the one after its last
  bool choice_open_{};              // a VTOPK that is not yet seen finished
  std::uint8_t choice_tag_{};       // vector commands issued up to it
  std::uint8_t choice_{};           // the expert of EXPERT's choice
  std::uint32_t token_{};           // what the token memory's output register holds after TREAD
  Bits<2> fetched_{};               // what the program memory's output register holds after FETCH
  bool read_pending_{}, read_tok_{};
  std::uint32_t read_addr_{};
  std::vector<Bits<2>> program_;
  std::vector<std::uint32_t> tokens_;
};

}  // namespace htx::chip
