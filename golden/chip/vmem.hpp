// SPDX-License-Identifier: Apache-2.0
// Twin of htx_vmem (docs/blocks/vmem.md): the vector memory.
#pragma once
#include <cstdint>
#include <vector>

#include "golden/common/bits.hpp"
#include "htx/pkg.hpp"

namespace htx::chip {

/// Two synchronous read ports and one write port of words of VW fp32; a write is seen by reads of the next clock.
class Vmem {
 public:
  static constexpr unsigned kWords = pkg::VMEM_BLOCKS * pkg::BLK / pkg::VW;

  /// Inputs of one clock. At most one of `vec_we` and `col_we` is set.
  struct In {
    bool a_re{}, b_re{}, vec_we{}, col_we{};
    std::uint16_t a_raddr{}, b_raddr{}, vec_waddr{}, col_waddr{};
    Bits<4> vec_wdata{}, col_wdata{};
  };
  /// The word of each port's last read.
  struct Out {
    Bits<4> a_rdata{}, b_rdata{};
  };

  Vmem() : words_(kWords) {}

  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in) {
    if (in.a_re) out_.a_rdata = words_[in.a_raddr];
    if (in.b_re) out_.b_rdata = words_[in.b_raddr];
    if (in.vec_we) words_[in.vec_waddr] = in.vec_wdata;
    if (in.col_we) words_[in.col_waddr] = in.col_wdata;
  }
  /// Nothing: the memory has no reset.
  void reset() {}

  /// The stored word, for debugging and for tests.
  const Bits<4>& word(unsigned address) const { return words_[address]; }
  Bits<4>& word(unsigned address) { return words_[address]; }

 private:
  std::vector<Bits<4>> words_;
  Out out_;
};

}  // namespace htx::chip
