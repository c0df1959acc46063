// SPDX-License-Identifier: Apache-2.0
// What the chip is computing at a clock, in the model's words: instruction, layer, tensor, tile, row, element.
#pragma once
#include <array>
#include <string>

#include "golden/compile/image.hpp"
#include "htx/probe/all.hpp"

namespace htx::verif {

/// Follows the golden's probes clock by clock; it only watches, so a report never depends on the RTL.
class Locator {
 public:
  /// `image` must outlive this.
  Locator(const compile::Image& image, unsigned lanes) : image_(&image), lanes_(lanes) {}

  /// Takes note of one clock.
  void see(const chip::probe::Chip& p) {
    if (p.seq_.lane_cmd_valid_o) issue(p);
    if (p.seq_.vec_cmd_valid_o) issue_vector(p);
    for (unsigned i = 0; i < lanes_; ++i)
      if (p.stream_[i].comp_valid_o && p.dot_[i].comp_ready_o) ++computing_[i];
  }

  /// One or more lines on what the compute side of `lane` works on at the clock of `p`.
  std::string lane(const chip::probe::Chip& p, unsigned lane) const;
  /// On what the sequencer has in hand, and the last vector command.
  std::string chip(const chip::probe::Chip& p) const;

 private:
  struct Issued {
    pkg::lane_cmd_t cmd;
    std::uint32_t pc = 0;
  };
  void issue(const chip::probe::Chip& p);
  void issue_vector(const chip::probe::Chip& p);
  std::string instruction(std::uint32_t pc) const;
  /// " = TENSOR row R, columns from C", " = padding", or nothing where the image has no such weight.
  std::string weight(std::uint32_t segment, std::uint32_t unit, std::uint32_t group, std::uint32_t tile, std::uint32_t row) const;

  const compile::Image* image_;
  unsigned lanes_;
  std::array<Issued, 256> issued_{};         ///< the last lane commands, by number modulo 256
  std::uint64_t count_ = 0;                  ///< lane commands issued
  std::array<std::uint64_t, 8> computing_{}; ///< lane commands each compute side has begun
  std::uint32_t vector_pc_ = 0;
  int layer_ = -1;                           ///< of the last lane command
};

}  // namespace htx::verif
