// SPDX-License-Identifier: Apache-2.0
// Twin of htx_collect with its htx_argmax (docs/blocks/collect.md): results into vector memory, and the argmax.
#pragma once
#include <array>
#include <cstdint>

#include "golden/common/bits.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/argmax.hpp"
#include "htx/probe/collect.hpp"

namespace htx::chip {

/// Asks `lanes` + 1 sources in turn, writes what it takes one clock later, and keeps the argmax five clocks after that.
class Collect {
 public:
  /// Inputs of one clock.
  struct In {
    std::uint32_t src_valid{};             ///< bit k: source k has a word
    const pkg::res_word_t* src{};          ///< lanes + 1 words; read where the valid bit is set
    std::uint32_t vocab{};
    bool argmax_clear{};
    bool vec_we_pre{};
  };
  /// Outputs of one clock. `word` is waddr/wdata and logit_addr/logit_data at once.
  struct Out {
    std::uint32_t src_ready{};
    std::uint32_t best{};
    bool busy{}, we{}, logit_valid{};
    std::uint16_t addr{};                  ///< the whole address; waddr is its low 13 bits
    Bits<4> data{};
    std::uint8_t err{};
  };

  explicit Collect(unsigned lanes) : sources_(lanes + 1) { reset(); }

  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in);
  /// As after a clock with rst_ni low.
  void reset();
  void probe(probe::collect& p) const;
  void probe(probe::argmax& p) const;

 private:
  static constexpr unsigned kDelay = 4;    // clocks from a word's reduction's start to the comparison with the best

  struct Largest {                         // of one word: order key (0: nothing counts) and index
    std::uint32_t key{}, index{};
  };

  void take_argmax_word(std::uint32_t vocab);

  unsigned sources_;
  unsigned slot_{};
  bool hold_{}, valid_{}, bad_{};           // valid: a word in the register, whatever becomes of it
  std::uint64_t now_{};
  Out out_;
  std::array<Largest, kDelay> flight_{};   // by clock modulo kDelay
  std::uint32_t flying_{};                 // bit i: a word leaves in i + 1 clocks
  Largest best_;
};

}  // namespace htx::chip
