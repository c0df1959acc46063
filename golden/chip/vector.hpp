// SPDX-License-Identifier: Apache-2.0
// Twin of htx_vector (docs/blocks/vector.md): the vector unit. Every event of a command happens at a clock counted from
// its first read, so the twin keeps that one count and computes results with golden/numerics when their words arrive.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "golden/common/bits.hpp"
#include "golden/chip/vector_topk.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/vector.hpp"
#include "htx/probe/vector_pack.hpp"
#include "htx/probe/vector_quant.hpp"
#include "htx/probe/vector_read.hpp"
#include "htx/probe/vector_sumsq.hpp"
#include "htx/probe/vector_write.hpp"

namespace htx::chip {

/// Executes queued vector commands one after another on the vector memory.
class Vector {
 public:
  /// Inputs of one clock.
  struct In {
    bool cmd_valid{};
    pkg::vec_cmd_t cmd;
    Bits<4> rdata_a{}, rdata_b{};
  };
  /// Outputs of one clock.
  struct Out {
    bool cmd_ready{}, re_a{}, re_b{}, we_pre{}, we{}, act_we{};
    std::uint8_t done{}, err{};
    std::uint64_t chosen{};  ///< a byte a choice
    std::uint16_t raddr_a{}, raddr_b{}, waddr{};
    Bits<4> wdata{};
    pkg::act_write_t act;
  };

  Vector();

  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in);
  /// As after a clock with rst_ni low.
  void reset();
  void probe(probe::vector& p) const;
  void probe(probe::vector_sumsq& p) const;
  void probe(probe::vector_quant& p) const;
  void probe(probe::vector_read& p) const;
  void probe(probe::vector_pack& p) const;
  void probe(probe::vector_write& p) const;
  void probe(probe::vector_topk& p) const { top_.fill(p); p.err_o = router_bad_; }

  /// Clocks from a command's first read to the first read of a command waiting behind it.
  static int clocks(const pkg::vec_cmd_t& c);

 private:
  enum class Kind { pair, function, sumsq, quant, topk };
  /// What a quantiser group is found to be.
  struct Group {
    std::uint32_t scale{}, factor{};  // as act_write_t and id_q have them
    bool twice{}, bad{};
  };

  void begin(const pkg::vec_cmd_t& c);
  void arrive(const In& in);          // words read in the clock before
  void schedule();                    // outputs of clock t_
  void schedule_words();
  void schedule_sumsq();
  void schedule_quant();
  void schedule_topk();
  void finish_group(int group);
  void read_a(int word);
  void write(int word, const Bits<4>& data);

  Out out_;
  std::array<pkg::vec_cmd_t, pkg::VCMD_DEPTH> queue_;
  unsigned head_{}, level_{};

  bool busy_{};
  pkg::vec_cmd_t cmd_;
  Kind kind_{};
  int t_{};                           // clocks since the command's first read
  int words_{}, length_{}, stride_{}, first_write_{};
  int period_{}, behind_{};           // words of e blocks; port B's delay when quantising
  int group_{}, groups_{}, filled_{}; // quantiser: group arriving, groups, words of it that have arrived
  int b_word_{};                      // word of b read with a
  std::uint32_t scalar_{};

  std::array<Bits<4>, 16> ring_;      // results on their way, by word
  std::vector<float> x_;              // words that have arrived, for the sum and the quantisers
  std::vector<std::int8_t> q_;
  std::vector<Group> group_info_;

  // registers that the probes show
  std::array<std::uint32_t, 8> word_max_{};
  std::uint32_t amax_{}, factor_{};
  unsigned scales_{}, level_of_tree_{}, left_{};
  unsigned summed_read_{}, summed_written_{};  // words of the sum's level
  bool full_{}, summing_{};           // every accumulator was read; a tree level reads
  bool twice_{}, bad_{};
  TopList top_;
  bool router_bad_{};
  struct {                            // port A and B: words to read after this one, and the place in the period
    unsigned a_left, b_left, period_left, phase;
    bool second_pass;                 // port B has begun to read what is quantised
  } read_{};
  struct {                            // blocks to send: the next one's place, those after it in command and group
    unsigned word, addr, col, left, group;
  } pack_{};
  /// Where block `n` of the command goes: queries deal their groups over columns.
  struct Place {
    unsigned column, addr;
  };
  Place place(unsigned n) const;
  struct {                            // writes: next word, words after it
    unsigned next, left;
  } write_{};
};

}  // namespace htx::chip
