// SPDX-License-Identifier: Apache-2.0
// Twin of htx_channel (docs/blocks/channel.md): the ideal-latency memory channel of one lane.
#pragma once
#include <array>
#include <cstdint>

#include "golden/common/bits.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/channel.hpp"

namespace htx::chip {

/// Accepts a burst every two clocks at most; MEM_LATENCY clocks later a read's first beat comes out.
class Channel {
 public:
  /// Inputs of one clock. `req` counts with `req_valid`.
  struct In {
    bool req_valid{};
    pkg::mem_req_t req;
    Bits<4> dev_rdata{};
  };
  /// Outputs of one clock.
  struct Out {
    bool req_ready{};
    bool rsp_valid{};
    Bits<2> rsp_data{};
    bool dev_rd{}, dev_wr{};
    std::uint32_t dev_addr{};
    Bits<4> dev_wdata{};
  };

  Channel() { reset(); }

  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in);
  /// As after a clock with rst_ni low.
  void reset();
  void probe(probe::channel& p) const;

 private:
  static constexpr unsigned kPlaces = 32;  // power of two above MEM_LATENCY / 2 + 1
  static_assert(pkg::MEM_LATENCY >= 4 && pkg::MEM_LATENCY < 2 * kPlaces - 4);

  struct Waiting {
    std::uint64_t access;  // clock of its storage access
    pkg::mem_req_t req;
  };

  Out out_;
  std::uint64_t now_{};                    // the present clock
  std::array<Waiting, kPlaces> line_;      // accepted and not yet at the storage, oldest at head_
  std::uint64_t head_{}, tail_{};
  std::uint64_t data_clock_{};             // clock in which dev_rdata answers the last read
  Bits<4> burst_{};                        // the burst whose beats go out
};

}  // namespace htx::chip
