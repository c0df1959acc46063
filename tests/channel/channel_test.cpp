// SPDX-License-Identifier: Apache-2.0
// htx_channel and its twin in lockstep, and both against the rules of docs/blocks/channel.md.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

#include "golden/chip/channel.hpp"
#include "golden/chip/storage.hpp"
#include "tests/channel/rtl_channel.hpp"
#include "verif/block_lockstep.hpp"

using namespace htx;

namespace {

/// RTL and twin, each with storage of its own, and the expected beats by acceptance alone.
class Bench {
 public:
  explicit Bench(unsigned seed) : rng_(seed), rtl_(seed) {
    rtl_.reset();
    rtl_.probe(r_);
  }

  /// One clock; `req` is offered if `valid`. Returns whether it was accepted.
  bool clock(bool valid, const pkg::mem_req_t& req) {
    twin_.probe(g_);
    rtl_.probe(r_);
    if (!verif::same(g_, r_)) {
      ADD_FAILURE() << "clock " << now_ << '\n' << verif::differences(g_, r_);
      return false;
    }
    const auto out = twin_.out();
    check_beat(out);

    const bool accept = valid && out.req_ready;
    if (accept) {
      if (req.write) truth_[req.addr] = req.wdata;
      else due_.push_back({now_ + pkg::MEM_LATENCY, truth_.count(req.addr) ? truth_[req.addr] : Bits<4>{}});
    }
    twin_.step({valid, req, twin_port_.rdata()});
    rtl_.step({valid, req, rtl_port_.rdata()});
    twin_port_.step(g_.dev_rd_o, g_.dev_wr_o, g_.dev_addr_o, g_.dev_wdata_o);
    rtl_port_.step(r_.dev_rd_o, r_.dev_wr_o, r_.dev_addr_o, r_.dev_wdata_o);
    ++now_;
    return accept;
  }

  void reset() {
    twin_.reset();
    rtl_.reset();
    due_.clear();
    ++now_;
  }

  pkg::mem_req_t random_request(unsigned addresses) {
    pkg::mem_req_t req;
    req.write = rng_() % 2;
    req.addr = rng_() % addresses * 0x0fffff1U % (1U << pkg::ADDR_W);
    for (auto& w : req.wdata) w = static_cast<std::uint64_t>(rng_()) << 32 | rng_();
    return req;
  }

  std::mt19937& rng() { return rng_; }
  std::uint64_t beats() const { return beats_; }
  std::uint64_t now() const { return now_; }
  bool quiet() const { return due_.empty(); }
  /// Copies what was written so far into the truth again after a reset dropped commands.
  void resync() {
    for (auto& [addr, data] : truth_) data = twin_store_.read(addr);
  }

 private:
  struct Due {
    std::uint64_t clock;
    Bits<4> data;
  };

  void check_beat(const chip::Channel::Out& out) {
    const bool first = !due_.empty() && due_.front().clock == now_;
    const bool second = !due_.empty() && due_.front().clock + 1 == now_;
    ASSERT_EQ(out.rsp_valid, first || second) << "clock " << now_;
    if (!out.rsp_valid) return;
    ++beats_;
    const Bits<4>& d = due_.front().data;
    ASSERT_EQ(out.rsp_data, (first ? Bits<2>{d[0], d[1]} : Bits<2>{d[2], d[3]})) << "clock " << now_;
    if (second) due_.pop_front();
  }

  std::mt19937 rng_;
  chip::Channel twin_;
  test::RtlChannel rtl_;
  chip::Storage twin_store_, rtl_store_;
  chip::StoragePort twin_port_{twin_store_}, rtl_port_{rtl_store_};
  chip::probe::channel g_{}, r_{};
  std::map<std::uint32_t, Bits<4>> truth_;
  std::deque<Due> due_;
  std::uint64_t now_{}, beats_{};
};

class ChannelSeeds : public testing::TestWithParam<unsigned> {};

}  // namespace

TEST_P(ChannelSeeds, LockstepUnderRandomTraffic) {
  const unsigned seed = GetParam();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Bench bench(seed);
  unsigned chance = 100;
  bool valid = false;
  pkg::mem_req_t req;
  for (int i = 0; i < 30000 && !testing::Test::HasFailure(); ++i) {
    if (i % 500 == 0) chance = bench.rng()() % 3 == 0 ? 100 : bench.rng()() % 100;
    if (!valid) {
      valid = bench.rng()() % 100 < chance;
      req = bench.random_request(seed % 2 ? 4 : 1000);
    }
    if (bench.clock(valid, req)) valid = false;
  }
  EXPECT_GT(bench.beats(), 3000U);
}
INSTANTIATE_TEST_SUITE_P(Seeds, ChannelSeeds, testing::Range(1U, 7U));

TEST(Channel, ReadsBackToBackGiveABeatEveryClock) {
  Bench bench(11);
  pkg::mem_req_t req;
  unsigned accepted = 0;
  for (unsigned i = 0; i < pkg::MEM_LATENCY; ++i) accepted += bench.clock(true, req);
  EXPECT_EQ(bench.beats(), 0U);
  const auto from = bench.now();
  for (int i = 0; i < 1000; ++i) accepted += bench.clock(true, req);
  EXPECT_EQ(bench.beats(), bench.now() - from);
  EXPECT_EQ(accepted, (1000 + pkg::MEM_LATENCY) / 2);
}

TEST(Channel, ReadBeforeWriteSeesTheOldBurst) {
  Bench bench(12);  // its truth changes in the order of acceptance
  pkg::mem_req_t write{1, 77, {1, 2, 3, 4}}, read{0, 77, {}};
  for (int i = 0; i < 40; ++i) {
    write.wdata[0] = static_cast<std::uint64_t>(i) + 100;
    for (const auto* r : {&read, &write, &read})
      while (!bench.clock(true, *r) && !testing::Test::HasFailure()) {}
  }
  for (unsigned i = 0; i < pkg::MEM_LATENCY + 4; ++i) bench.clock(false, read);
  EXPECT_TRUE(bench.quiet());
  EXPECT_EQ(bench.beats(), 160U);
}

TEST(Channel, ResetEmptiesTheLine) {
  Bench bench(13);
  for (int round = 0; round < 20; ++round) {
    const unsigned n = bench.rng()() % 100;
    for (unsigned i = 0; i < n; ++i) bench.clock(true, bench.random_request(8));
    bench.reset();
    bench.resync();
  }
  for (unsigned i = 0; i < 2 * pkg::MEM_LATENCY; ++i) bench.clock(false, {});
}
