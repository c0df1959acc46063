// SPDX-License-Identifier: Apache-2.0
// What the chip is computing at a clock, in the model's words: instruction, layer, tensor, tile, row, element.
#pragma once
#include <string>
#include <string_view>

#include "verif/lockstep/commands.hpp"

namespace htx::verif {

/// Follows the golden's probes clock by clock; it only watches, so a report never depends on the RTL.
class Locator {
 public:
  /// `image` must outlive this.
  Locator(const compile::Image& image, unsigned lanes) : image_(&image), lanes_(lanes), commands_(image, lanes) {}

  /// Takes note of one clock.
  void see(const chip::probe::Chip& p) { commands_.see(p); }

  /// Lines on what block `name` (htx_dot) of `lane` works on at the clock of `p`, then on sequencer and vector unit.
  std::string around(const chip::probe::Chip& p, std::string_view name, unsigned lane) const;

 private:
  std::string instruction(std::uint32_t pc) const;
  std::string line(const char* who, const Issued* i) const;
  std::string computing(const chip::probe::Chip& p, unsigned lane) const;
  std::string streaming(const chip::probe::Chip& p, unsigned lane) const;
  std::string attention(unsigned lane) const;
  std::string vector(const chip::probe::Chip& p) const;
  std::string tree(const chip::probe::Chip& p) const;
  std::string collecting(const chip::probe::Chip& p) const;
  /// "elements 8 to 15 of vm block 27" and the symbol that the block belongs to.
  std::string elements(std::uint32_t word) const;
  /// " = TENSOR row R, columns from C", " = padding", or nothing where the image has no such weight.
  std::string weight(std::uint32_t segment, std::uint32_t unit, std::uint32_t group, std::uint32_t tile, std::uint32_t row) const;

  const compile::Image* image_;
  unsigned lanes_;
  Commands commands_;
};

}  // namespace htx::verif
