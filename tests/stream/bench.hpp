// SPDX-License-Identifier: Apache-2.0
// One lane's memory side on the bench: htx_stream and its twin in lockstep, with htx_channel and its twin, or with a
// memory of random pace, behind them; the order of everything is held against the reference.
#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "golden/chip/channel.hpp"
#include "golden/chip/storage.hpp"
#include "golden/chip/stream.hpp"
#include "tests/stream/reference.hpp"
#include "tests/stream/rtl_stream.hpp"

namespace htx::test {

class Bench {
 public:
  /// How the surroundings behave, in percent of clocks.
  struct Pace {
    unsigned cmd = 100, comp = 100, beat = 100, host = 0, vec = 100;
    unsigned req = 100, rsp = 100;  ///< random memory only
  };

  /// `image` is what all storages hold at first. With `channel` the real channel is behind, else a memory of random pace.
  Bench(unsigned seed, unsigned lanes, const chip::Storage& image, bool channel);

  /// Writes the lane's entry of the segment table (takes a clock).
  void segment(unsigned index, const pkg::seg_t& seg);
  /// Adds an order to those to be sent. APPEND brings its blocks; with wait they are written once it has been sent.
  void order(Order order, const std::vector<KvBlock>& kv = {});
  /// A host access, to be offered as soon as `pace.host` lets it.
  void host(const pkg::mem_req_t& req) { host_.push_back({req, false}); }
  /// A host's read of the segment table.
  void host_segment(unsigned entry);

  /// One clock. False once anything was wrong.
  bool clock();
  /// Clocks until all is done, at most `limit`; true if nothing went wrong.
  bool drain(unsigned limit);
  /// All three storages hold the same in [from, from + bursts).
  void compare_storage(std::uint32_t from, std::uint32_t bursts) const;
  /// Both sides through reset; orders in flight are forgotten.
  void reset();

  bool done() const;
  std::mt19937& rng() { return rng_; }
  bool chance(unsigned percent) { return rng_() % 100 < percent; }

  Pace pace;
  std::uint64_t now{};                          ///< the present clock
  std::vector<std::uint64_t> accepted;          ///< clocks of accepted requests
  std::vector<std::uint64_t> taken;             ///< clocks of tile beats taken
  std::vector<std::uint64_t> sent;              ///< clocks of command pulses
  std::vector<std::uint64_t> host_done;         ///< clocks of host_done_o
  chip::probe::stream seen{};                   ///< the present clock's signals

 private:
  struct Planned {
    Order order;
    std::vector<KvBlock> kv;
  };
  struct Vector {  // what the vector unit does next: a block, or the end of an instruction
    bool block;
    pkg::act_write_t write;
  };

  void check(const chip::Stream::Out& out);
  void memory(chip::Stream::In& in, const chip::Stream::Out& out);
  void blocks(const Planned& p);

  std::mt19937 rng_;
  bool channel_;
  unsigned lanes_;
  chip::Stream twin_;
  RtlStream rtl_;
  chip::Channel twin_channel_;
  RtlChannel rtl_channel_;
  chip::Storage twin_store_, rtl_store_;
  chip::StoragePort twin_port_{twin_store_}, rtl_port_{rtl_store_};
  Reference ref_;
  std::array<pkg::seg_t, pkg::SEG_ENTRIES> segments_{};

  chip::Stream::In in_;
  std::deque<Planned> planned_;
  std::deque<bool> ready_;                  // cmd_ready_o of the last clocks: the sender sees it late
  std::deque<Vector> vector_;
  unsigned issued_{}, finished_{};          // vector instructions
  struct HostAccess {
    pkg::mem_req_t req;
    bool seg{};
  };
  std::deque<HostAccess> host_;
  bool host_out_{};                         // the host's request is out or in work
  bool host_read_{};
  chip::Burst host_data_{};
  std::size_t comps_seen_{}, beats_seen_{}, writes_seen_{};
  std::deque<std::pair<std::size_t, unsigned>> waits_;  // writes up to and with an append, instructions it waits for
  std::deque<Bits<2>> answers_;             // random memory
};

}  // namespace htx::test
