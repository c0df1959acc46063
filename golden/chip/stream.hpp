// SPDX-License-Identifier: Apache-2.0
// Twin of htx_stream (docs/blocks/stream.md): the memory side of one lane.
#pragma once
#include <array>
#include <cstdint>

#include "golden/common/bits.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/stream.hpp"

namespace htx::chip {

/// The bursts that one command asks for: `runs` runs of `len` bursts.
struct StreamJob {
  std::uint32_t addr{};  ///< first burst (APPEND: the page)
  std::uint16_t runs{};  ///< may be 0: nothing on this lane
  std::uint16_t len{};   ///< bursts in a run
  std::uint16_t step{};  ///< to the next burst of a run
  std::uint16_t jump{};  ///< from a run's last burst to the next run
  bool append{};         ///< this lane holds the page to append to
};

/// A lane command worked out for one lane.
struct Resolved {
  StreamJob job;
  pkg::comp_cmd_t comp;
};

/// What `cmd` becomes on the lane whose segment entry is `seg`; lanes over all chips.
Resolved resolve(const pkg::lane_cmd_t& cmd, const pkg::seg_t& seg, unsigned lanes_total);

/// Queue, resolver, request engine, tile FIFO, KV append and host access, clock by clock.
class Stream {
 public:
  /// Inputs of one clock; data count with their valid only.
  struct In {
    bool cmd_valid{};
    pkg::lane_cmd_t cmd;
    std::uint8_t vec_done{};
    bool act_we{};
    pkg::act_write_t act;
    bool host_valid{};
    pkg::mem_req_t host;
    bool host_seg{};  ///< it reads the segment table
    bool seg_we{};
    std::uint16_t seg_addr{};
    std::uint64_t seg_data{};
    bool req_ready{};
    bool rsp_valid{};
    Bits<2> rsp_data{};
    bool comp_ready{};
    bool beat_ready{};
    std::uint8_t lanes_total{1};
  };
  /// Outputs of one clock.
  struct Out {
    bool cmd_ready{};
    bool host_ready{}, host_done{};
    Bits<4> host_rdata{};
    bool req_valid{};
    pkg::mem_req_t req;
    bool comp_valid{};
    pkg::comp_cmd_t comp;
    bool beat_valid{};
    Bits<2> beat{};
  };

  Stream() { reset(); }

  /// Outputs in the present clock.
  const Out& out() const { return out_; }
  /// One clock edge.
  void step(const In& in);
  /// As after a clock with rst_ni low: the segment table and the append buffer keep their content.
  void reset();
  void probe(probe::stream& p) const;

  /// Nothing queued, in work, asked for or stored.
  bool idle() const;

 private:
  /// A small queue without allocation; N is a power of two.
  template <class T, unsigned N>
  class Ring {
   public:
    unsigned size() const { return tail_ - head_; }
    bool empty() const { return head_ == tail_; }
    const T& front() const { return items_[head_ % N]; }
    T& push() { return items_[tail_++ % N]; }
    void pop() { ++head_; }
    void clear() { head_ = tail_ = 0; }

   private:
    static_assert((N & (N - 1)) == 0);
    std::array<T, N> items_{};
    unsigned head_{}, tail_{};
  };
  struct Block {
    std::uint16_t scale{};
    Bits<4> data{};
  };
  struct Beat {
    std::uint64_t due;  // first clock in which it may stand at the output
    Bits<2> data;
  };
  enum Phase : std::uint8_t { kIdle, kSeg, kCalc, kPut, kAppend };
  enum Append : std::uint8_t { kRest, kReadK, kReadV, kWait, kFetch, kRow, kHeader, kEnd };
  enum Host : std::uint8_t { kNone, kWrite, kLow, kHigh };

  static constexpr unsigned kComps = 4;

  void ask_read(std::uint32_t addr);
  void ask_write(std::uint32_t addr, const Bits<4>& data);
  void step_engine();
  void step_append(const In& in, bool fill, bool free);
  void step_resolver(bool running, bool appending, bool room);
  void write_header();
  const Block& buffered(unsigned row) const { return buffer_[(cmd_.act + row) % pkg::KVBUF_BLOCKS]; }

  Out out_;
  std::uint64_t now_{};
  Ring<pkg::lane_cmd_t, pkg::LCMD_DEPTH> commands_;
  Ring<pkg::comp_cmd_t, kComps> comps_;
  Ring<Beat, pkg::STREAM_BEATS> beats_;

  Phase phase_{};        // resolver
  pkg::lane_cmd_t cmd_;  // command in work
  Resolved work_;        // what it becomes

  bool running_{};       // engine
  StreamJob run_;        // its job; addr is the next burst's
  std::uint16_t left_{}, runs_{};
  unsigned credit_{}, due_{};

  Append append_{};
  unsigned row_{}, header_burst_{}, header_beats_{};
  Block block_;          // read from the buffer for the row to come
  std::uint16_t k_scale_{};
  std::uint8_t v_exp_{};

  Host host_{};
  bool seg_shown_ = false;  // host_rdata is a segment table entry
  Bits<8> side_{};       // the last four beats that were not tile beats, oldest first

  std::array<std::uint64_t, pkg::SEG_ENTRIES> segments_{};
  std::array<Block, pkg::KVBUF_BLOCKS> buffer_{};
};

}  // namespace htx::chip
