// SPDX-License-Identifier: Apache-2.0
// A lane's performance counters, RTL and twin in lockstep: every event, and the carry into every bit of a count.
#include <gtest/gtest.h>

#include <random>

#include "golden/chip/watch.hpp"
#include "htx/rtl/rtl_watch.hpp"
#include "tests/lane/rtl_model.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::test {
namespace {

class Bench {
 public:
  explicit Bench(unsigned seed) : model_(seed), rng_(seed) {
    for (int i = 0; i < 3; ++i) clock({}, false);
  }
  bool chance(unsigned percent) { return rng_() % 100 < percent; }
  std::uint64_t any() { return (std::uint64_t{rng_()} << 32 | rng_()) & ((std::uint64_t{1} << pkg::PERF_BITS) - 1); }
  chip::Watch::In events(unsigned percent) {
    chip::Watch::In in;
    in.clear = chance(1);
    in.count = chance(90);
    in.vec_done = static_cast<std::uint8_t>(vec_done_ += chance(20));
    command_.wait_vec = chance(50);
    command_.vec_tag = static_cast<std::uint8_t>(vec_done_ + rng_() % 6);
    in.taken = chance(10) ? &command_ : nullptr;
    in.starved = chance(percent);
    in.read = chance(percent);
    in.write = chance(percent);
    return in;
  }
  void preload(const chip::Watch::Counts& counts) {
    twin_.preload(counts);
    auto& r = *model_->rootp;
    r.htx_watch__DOT__reads_q = counts[pkg::LPERF_READS];
    r.htx_watch__DOT__writes_q = counts[pkg::LPERF_WRITES];
    r.htx_watch__DOT__starved_q = counts[pkg::LPERF_STARVED];
    r.htx_watch__DOT__waited_q = counts[pkg::LPERF_WAITED];
  }
  void clock(const chip::Watch::In& in, bool rst_n = true) {
    model_.low();
    auto& m = *model_;
    m.rst_ni = rst_n;
    m.clear_i = in.clear;
    m.count_i = in.count;
    m.vec_done_i = in.vec_done;
    const bool valid = in.taken != nullptr || chance(30);
    m.comp_valid_i = valid;
    m.comp_ready_i = in.taken != nullptr || (!valid && chance(50));
    m.wait_vec_i = in.taken ? in.taken->wait_vec : chance(50);
    m.vec_tag_i = in.taken ? in.taken->vec_tag : static_cast<std::uint8_t>(rng_());
    m.beat_ready_i = in.starved || chance(50);
    m.beat_valid_i = !in.starved && (m.beat_ready_i || chance(50));
    m.read_i = in.read;
    m.write_i = in.write;
    model_.high();
    rst_n ? twin_.step(in) : twin_.reset();
    chip::probe::watch golden, rtl;
    twin_.probe(golden);
    verif::rtl_Vhtx_watch::read(*model_, 0, rtl);
    EXPECT_TRUE(verif::same(golden, rtl)) << "clock " << clock_ << ": " << verif::differences(golden, rtl);
    ++clock_;
  }

 private:
  RtlModel<Vhtx_watch> model_;
  chip::Watch twin_;
  std::mt19937 rng_;
  pkg::comp_cmd_t command_;
  unsigned vec_done_ = 0;
  std::uint64_t clock_ = 0;
};

TEST(Watch, EventsInEveryClock) {
  Bench b(1);
  for (int i = 0; i < 20000 && !::testing::Test::HasFailure(); ++i) b.clock(b.events(i % 3 ? 50 : 95));
}

TEST(Watch, EveryBitCarries) {
  Bench b(2);
  for (unsigned bit = 0; bit < pkg::PERF_BITS && !::testing::Test::HasFailure(); ++bit) {
    const std::uint64_t below = (std::uint64_t{1} << bit) - 1;
    for (int n = 0; n < 8; ++n) {
      chip::Watch::Counts counts;
      for (auto& c : counts) c = (n % 2 ? b.any() & ~below << 1 : 0) | below;
      b.preload(counts);
      for (int i = 0; i < 12; ++i) {
        auto in = b.events(70);
        in.clear = false;
        b.clock(in);
      }
    }
  }
}

}  // namespace
}  // namespace htx::test
