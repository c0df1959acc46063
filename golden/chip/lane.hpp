// SPDX-License-Identifier: Apache-2.0
// Twins of htx_compute and htx_lane (docs/blocks/lane.md): compositions, without behaviour of their own.
#pragma once
#include <cstdint>

#include "golden/chip/accum.hpp"
#include "golden/chip/attn.hpp"
#include "golden/chip/channel.hpp"
#include "golden/chip/dot.hpp"
#include "golden/chip/stream.hpp"
#include "golden/chip/turns.hpp"
#include "golden/chip/watch.hpp"

namespace htx::chip {

/// The compute side of a lane: dot engine, and for each column a slow unit with result words and attention.
class Compute {
 public:
  explicit Compute(unsigned columns = 1) : dot_(columns), accum_(columns), attn_(columns) {}
  /// Inputs of one clock. A null pointer is a low valid.
  struct In {
    std::uint8_t lanes_total{}, vec_done{};
    const pkg::comp_cmd_t* comp{};
    const Bits<2>* beat{};
    const pkg::act_write_t* act{};
    bool res_ready{}, red_ready{};
    bool max_valid{};
    std::uint8_t max_col{};
    std::int32_t max_m{}, max_u{};
  };
  /// Outputs of one clock.
  struct Out {
    bool comp_ready{}, beat_ready{};
    bool res_valid{};
    const pkg::res_word_t* res{};  ///< zero while not valid
    bool red_valid{}, red_kind{}, red_last{};
    std::uint64_t red_data{};
    std::uint8_t done{}, err{};
  };

  /// Outputs in the present clock.
  Out out() const;
  /// One clock edge.
  void step(const In& in);
  void reset();

  const Dot& dot() const { return dot_; }
  const Accum& accum(unsigned column = 0) const { return accum_[column]; }
  const Attn& attn(unsigned column = 0) const { return attn_[column]; }
  const Turns& turns() const { return turns_; }

 private:
  Dot dot_;
  std::vector<Accum> accum_;
  std::vector<Attn> attn_;
  Turns turns_;
};

/// A lane: memory channel, stream and compute side.
class Lane {
 public:
  explicit Lane(unsigned columns = 1) : compute_(columns) {}
  /// Inputs of one clock. A null pointer is a low valid.
  struct In {
    std::uint8_t lanes_total{}, vec_done{};
    const pkg::lane_cmd_t* cmd{};
    const pkg::act_write_t* act{};
    const pkg::mem_req_t* host{};
    bool host_seg{};
    bool perf_clear{}, perf_count{};
    bool seg_we{};
    std::uint16_t seg_addr{};
    std::uint64_t seg_data{};
    bool res_ready{}, red_ready{};
    bool max_valid{};
    std::uint8_t max_col{};
    std::int32_t max_m{}, max_u{};
    const Bits<4>* dev_rdata{};  ///< always given
  };
  /// Outputs of one clock.
  struct Out {
    bool cmd_ready{}, host_ready{}, host_done{};
    const Bits<4>* host_rdata{};
    bool res_valid{};
    const pkg::res_word_t* res{};  ///< zero while not valid
    bool red_valid{}, red_kind{}, red_last{};
    std::uint64_t red_data{};
    std::uint8_t done{}, err{};
    bool dev_rd{}, dev_wr{};
    std::uint32_t dev_addr{};
    const Bits<4>* dev_wdata{};
  };

  /// Outputs in the present clock. Pointers hold until the next step.
  Out out() const;
  /// One clock edge.
  void step(const In& in);
  void reset();

  const Channel& channel() const { return channel_; }
  const Stream& stream() const { return stream_; }
  const Watch& watch() const { return watch_; }
  const Compute& compute() const { return compute_; }

 private:
  Channel channel_;
  Stream stream_;
  Compute compute_;
  Watch watch_;
  Channel::In channel_in_;  // kept, so that wide fields are copied only when they count
  Stream::In stream_in_;
};

}  // namespace htx::chip
