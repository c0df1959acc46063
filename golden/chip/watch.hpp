// SPDX-License-Identifier: Apache-2.0
// Twin of htx_watch (docs/blocks/lane.md): a lane's performance counters.
#pragma once
#include <array>
#include <cstdint>

#include "htx/pkg.hpp"
#include "htx/probe/watch.hpp"

namespace htx::chip {

class Watch {
 public:
  using Counts = std::array<std::uint64_t, 4>;  ///< by lane_perf_e
  struct In {
    bool clear{}, count{};
    std::uint8_t vec_done{};
    const pkg::comp_cmd_t* taken{};  ///< the resolved command taken in this clock, if one
    bool starved{};                  ///< the compute side would take a beat and there is none
    bool read{}, write{};            ///< the channel begins a burst
  };

  const Counts& counts() const { return counts_; }
  void reset() { *this = {}; }
  /// Sets the counters: their upper bits would take days.
  void preload(const Counts& counts) { counts_ = counts; }
  void step(const In& in) {
    if (in.clear) counts_ = {};
    else if (in.count && events_ != 0)
      for (unsigned i = 0; i < counts_.size(); ++i) counts_[i] = (counts_[i] + (events_ >> i & 1)) & kMask;
    const bool waits = waiting_ && static_cast<std::int8_t>(in.vec_done - tag_) < 0;
    events_ = static_cast<std::uint8_t>(in.read << pkg::LPERF_READS | in.write << pkg::LPERF_WRITES | in.starved << pkg::LPERF_STARVED | waits << pkg::LPERF_WAITED);
    if (in.taken) {
      waiting_ = in.taken->wait_vec;
      tag_ = in.taken->vec_tag;
    }
  }
  void probe(probe::watch& p) const {
    p.wait_q = waiting_;
    p.tag_q = tag_;
    p.event_q = events_;
    p.reads_q = counts_[pkg::LPERF_READS];
    p.writes_q = counts_[pkg::LPERF_WRITES];
    p.starved_q = counts_[pkg::LPERF_STARVED];
    p.waited_q = counts_[pkg::LPERF_WAITED];
  }

 private:
  static constexpr std::uint64_t kMask = (std::uint64_t{1} << pkg::PERF_BITS) - 1;
  Counts counts_{};
  bool waiting_ = false;
  std::uint8_t tag_ = 0, events_ = 0;
};

}  // namespace htx::chip
