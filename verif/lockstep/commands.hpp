// SPDX-License-Identifier: Apache-2.0
// Which command each unit of the chip has in hand, followed from the golden's probes clock by clock.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "golden/compile/image.hpp"
#include "htx/probe/all.hpp"

namespace htx::verif {

/// An issued command and what the sequencer knew then.
struct Issued {
  pkg::lane_cmd_t lane;
  pkg::vec_cmd_t vector;
  std::uint32_t pc = 0, position = 0;
  int layer = -1;
};

/// The last commands of one kind, by number modulo 256.
struct Issues {
  std::array<Issued, 256> last;
  std::uint64_t count = 0;
  void push(const Issued& i) { last[count++ % last.size()] = i; }
  const Issued* number(std::uint64_t n) const { return n < count && count - n <= last.size() ? &last[n % last.size()] : nullptr; }
  /// The number of the oldest that is not among the first `done` (modulo 256); `count` when all are.
  std::uint64_t oldest(std::uint64_t done) const { return count - ((count - done) & 0xff); }
  /// That one, or nullptr when all are done.
  const Issued* oldest_open(std::uint64_t done) const { return number(oldest(done)); }
};

/// All units' commands. Numbers count from the first that was seen.
class Commands {
 public:
  /// `image` must outlive this.
  Commands(const compile::Image& image, unsigned lanes) : image_(&image), lanes_(lanes) {}

  /// Takes note of one clock.
  void see(const chip::probe::Chip& p) {
    if (p.seq_.lane_cmd_valid_o) {
      Issued i = issued(p);
      i.lane = pkg::lane_cmd_t::unpack(p.seq_.lane_cmd_o);
      lane_.push(i);
      if (i.lane.op == pkg::L_PV) pv_.push(i);
    }
    if (p.seq_.vec_cmd_valid_o) {
      Issued i = issued(p);
      i.vector = pkg::vec_cmd_t::unpack(p.seq_.vec_cmd_o);
      vector_.push(i);
    }
    for (unsigned l = 0; l < lanes_; ++l) {
      if (p.dot_[l].at_valid_o) attending_[l] = computing_[l];
      if (p.stream_[l].comp_valid_o && p.dot_[l].comp_ready_o) ++computing_[l];
    }
  }

  const Issues& lane() const { return lane_; }      ///< commands of the lanes
  const Issues& vector() const { return vector_; }  ///< of the vector unit
  const Issues& pv() const { return pv_; }          ///< the PV commands alone, as the tree counts them
  /// How many commands a lane's stream has taken.
  std::uint64_t streamed(const chip::probe::Chip& p, unsigned lane) const { return lane_.count - std::min<std::uint64_t>(lane_.count, p.stream_[lane].cmd_level); }
  /// How many a lane's compute side has begun.
  std::uint64_t computing(unsigned lane) const { return computing_[lane]; }
  /// Number of the SCORE or PV that a lane began last, plus 1; 0: none yet.
  std::uint64_t attending(unsigned lane) const { return attending_[lane]; }

 private:
  Issued issued(const chip::probe::Chip& p) const {
    Issued i;
    i.pc = static_cast<std::uint32_t>(p.seq_.pc_q - 1) & 0xffff;  // the sequencer has moved on when its command shows
    i.position = static_cast<std::uint32_t>(p.seq_.pos_o);
    const bool in_layers = i.pc < image_->symbols.size() && image_->symbols[i.pc].in_layers;
    if (in_layers && image_->layer_stride > 0) i.layer = static_cast<int>((p.seq_.index_q[0] >> 16 & 0xffff) / image_->layer_stride);
    return i;
  }

  const compile::Image* image_;
  unsigned lanes_;
  Issues lane_, vector_, pv_;
  std::array<std::uint64_t, 8> computing_{}, attending_{};
};

}  // namespace htx::verif
