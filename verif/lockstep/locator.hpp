// SPDX-License-Identifier: Apache-2.0
// What the chip is computing at a clock, in the model's words: instruction, layer, tensor, tile, row, element.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "golden/compile/image.hpp"
#include "htx/probe/all.hpp"

namespace htx::verif {

/// Follows the golden's probes clock by clock; it only watches, so a report never depends on the RTL.
class Locator {
 public:
  /// `image` must outlive this.
  Locator(const compile::Image& image, unsigned lanes) : image_(&image), lanes_(lanes) {}

  /// Takes note of one clock.
  void see(const chip::probe::Chip& p);

  /// Lines on what block `name` (htx_dot) of `lane` works on at the clock of `p`, then on sequencer and vector unit.
  std::string around(const chip::probe::Chip& p, std::string_view name, unsigned lane) const;

 private:
  /// An issued command and what the sequencer knew then.
  struct Issued {
    pkg::lane_cmd_t lane;
    pkg::vec_cmd_t vector;
    std::uint32_t pc = 0, position = 0;
    int layer = -1;
  };
  /// The last commands of one kind, by number modulo 256.
  struct Commands {
    std::array<Issued, 256> last;
    std::uint64_t count = 0;
    void push(const Issued& i) { last[count++ % last.size()] = i; }
    const Issued* number(std::uint64_t n) const { return n < count && count - n <= last.size() ? &last[n % last.size()] : nullptr; }
    /// The oldest that is not among the first `done` (modulo 256), or nullptr when all are.
    const Issued* oldest_open(std::uint64_t done) const { return number(count - ((count - done) & 0xff)); }
  };

  Issued issued(const chip::probe::Chip& p) const;
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
  Commands lane_, vector_, pv_;
  std::array<std::uint64_t, 8> computing_{};  ///< lane commands each compute side has begun
  std::array<std::uint64_t, 8> attending_{};  ///< number of the SCORE or PV each lane began last, plus 1; 0: none yet
};

}  // namespace htx::verif
