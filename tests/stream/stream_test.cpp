// SPDX-License-Identifier: Apache-2.0
// Random programs through htx_stream and its twin, with the channel and with a memory of random pace.
#include <fmt/format.h>

#include "tests/stream/bench.hpp"

using namespace htx;
using test::Bench;
using test::KvBlock;
using test::Order;

namespace {

/// Where a random lane keeps what, and random orders on it.
class Scene {
 public:
  Scene(unsigned seed, unsigned lanes) : rng_(seed), lanes_(lanes), lane_(rng_() % lanes), heads_(1 + rng_() % 4) {
    // Near the top of the channel now and then, so that no address bit stands still.
    base_ = rng_() % 2 ? (1U << pkg::ADDR_W) - kBursts : rng_() % 0x8000000;
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kBursts) * 32);
    for (auto& b : bytes) b = static_cast<std::uint8_t>(rng_());
    image_.write_bytes(static_cast<std::uint64_t>(base_) * 32, bytes);

    std::uint32_t at = base_;
    for (unsigned i = 0; i < kMatrices; ++i) {  // 2 x 6 units x 8 tiles x 34 bursts at most
      kt_[i] = 1 + rng_() % 8;
      add(i, at, units(stack_[i] = rng_() % 12));
      at += 2 * segs_[i].count * kt_[i] * 34;
    }
    embed_kt_ = 1 + rng_() % 8;
    add(kEmbed, at, units(kRows));
    at += segs_[kEmbed].count * embed_kt_ * 34;
    for (unsigned i = 0; i < kVectors; ++i) {
      add(kVector0 + i, at, units(rng_() % 9));
      at += 4 * segs_[kVector0 + i].count + kOff;
    }
    for (unsigned h = 0; h < kKvHeads; ++h) {
      segs_[kKv0 + h].addr = at;
      segs_[kKv0 + h].count = rng_();  // unused for pages
      segs_[kKv0 + h].first = (lane_ + 8 * lanes_ - h) % lanes_;
      at += kPages * (4 + 64 * heads_);
    }
    used_ = at - base_;
    EXPECT_LE(used_, kBursts);
  }

  void load(Bench& bench) {
    for (unsigned i = 0; i < kSegments; ++i) bench.segment(index(i), segs_[i]);
  }

  void random_order(Bench& bench) {
    Order o;
    o.op = static_cast<pkg::lane_op_e>(rng_() % 6);
    o.argmax = rng_() % 2;
    o.cols = rng_() % pkg::MAX_COLUMNS;
    o.nostore = rng_() % 2;
    o.wait = rng_() % 2;
    o.act = rng_() % 512;
    o.out = rng_() % 1024;
    o.pstride = rng_() % 1024;
    std::vector<KvBlock> kv;
    switch (o.op) {
      case pkg::L_MATVEC: {
        const unsigned i = rng_() % kMatrices;
        o.seg = index(i);
        o.kt = kt_[i];
        o.w8 = rng_() % 2;
        o.pair = rng_() % 2;
        if (o.expert = rng_() % 2 && stack_[i] > 0; o.expert) {
          o.units = 1 + rng_() % stack_[i];
          o.from = rng_() % (stack_[i] - o.units + 1);
        }
        break;
      }
      case pkg::L_EMBED:
        o.seg = index(kEmbed);
        o.kt = embed_kt_;
        o.token = rng_() % (32 * kRows);
        break;
      case pkg::L_LOADV:
        o.seg = index(kVector0 + rng_() % kVectors);
        o.off = rng_() % kOff;
        break;
      default:
        o.seg = index(kKv0 + rng_() % kKvHeads);
        o.kt = heads_;
        o.token = rng_() % (32 * kPages * lanes_);
        if (rng_() % 4 == 0) o.token &= ~31U;
        break;
    }
    if (o.op == pkg::L_APPEND) {
      o.act = region_++ % 16 * 16 + rng_() % (17 - 2 * heads_);
      kv.resize(2 * heads_);
      for (auto& k : kv) {
        k.scale = static_cast<std::uint16_t>(rng_());
        for (auto& b : k.data) b = static_cast<std::uint8_t>(rng_());
      }
    }
    bench.order(o, kv);
  }

  pkg::mem_req_t random_host() {
    pkg::mem_req_t req;
    req.write = rng_() % 2;
    req.addr = base_ + rng_() % used_;
    for (auto& w : req.wdata) w = static_cast<std::uint64_t>(rng_()) << 32 | rng_();
    return req;
  }

  unsigned random_segment() { return index(rng_() % kSegments); }

  const chip::Storage& image() const { return image_; }
  std::uint32_t base() const { return base_; }
  std::uint32_t used() const { return used_; }
  std::string name() const { return fmt::format("lane {} of {}, heads of {} blocks", lane_, lanes_, heads_); }

 private:
  static constexpr unsigned kMatrices = 4, kVectors = 3, kKvHeads = 3, kPages = 3, kRows = 20, kOff = 16;
  static constexpr unsigned kEmbed = kMatrices, kVector0 = kEmbed + 1, kKv0 = kVector0 + kVectors, kSegments = kKv0 + kKvHeads;
  static constexpr std::uint32_t kBursts = 50000;

  static unsigned index(unsigned i) { return (i * 187 + 5) % pkg::SEG_ENTRIES; }

  /// This lane's share of `n` units dealt from a random start: {first, count}.
  std::pair<unsigned, unsigned> units(unsigned n) {
    const unsigned start = rng_() % lanes_;
    const unsigned first = (lane_ + lanes_ - start) % lanes_;
    return {first, first < n ? (n - first + lanes_ - 1) / lanes_ : 0};
  }

  void add(unsigned i, std::uint32_t at, std::pair<unsigned, unsigned> share) {
    segs_[i].addr = at;
    segs_[i].first = share.first;
    segs_[i].count = share.second;
  }

  std::mt19937 rng_;
  unsigned lanes_, lane_, heads_;
  chip::Storage image_;
  std::uint32_t base_{}, used_{};
  unsigned kt_[kMatrices]{}, stack_[kMatrices]{}, embed_kt_{}, region_{};
  std::array<pkg::seg_t, kSegments> segs_{};
};

void random_pace(Bench& bench, bool host) {
  const auto percent = [&]() -> unsigned { return bench.chance(50) ? 100 : 1 + bench.rng()() % 100; };
  bench.pace = {percent(), percent(), percent(), host ? percent() : 0, percent(), percent(), percent()};
}

/// lanes over all chips, channel or random memory, seed
class StreamRandom : public testing::TestWithParam<std::tuple<unsigned, bool, unsigned>> {};

}  // namespace

TEST_P(StreamRandom, DeliversWhatTheOrdersSay) {
  const auto [lanes, channel, n] = GetParam();
  const unsigned seed = 1000 * n + 10 * lanes + channel;
  Scene scene(seed, lanes);
  SCOPED_TRACE(fmt::format("seed {}: {}", seed, scene.name()));
  Bench bench(seed, lanes, scene.image(), channel);
  scene.load(bench);
  for (int burst = 0; burst < 12 && !HasFailure(); ++burst) {
    random_pace(bench, true);
    for (unsigned i = 0; i < 12; ++i) scene.random_order(bench);
    for (unsigned i = 0; i < 8; ++i) {
      bench.host(scene.random_host());
      bench.host_segment(scene.random_segment());
    }
    for (unsigned i = 0; i < 2000 && !bench.done() && bench.clock(); ++i)
      if (i % 400 == 399) random_pace(bench, true);
    bench.pace = {};
    bench.pace.host = 100;
    ASSERT_TRUE(bench.drain(200000));
  }
  bench.compare_storage(scene.base(), scene.used());
}
INSTANTIATE_TEST_SUITE_P(All, StreamRandom, testing::Combine(testing::Range(1U, 9U), testing::Bool(), testing::Range(1U, 4U)));

TEST(Stream, ResetInTheMiddleLeavesNothingBehind) {
  for (unsigned seed = 1; seed <= 8 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Scene scene(seed, 1 + seed % 3);
    Bench bench(seed, 1 + seed % 3, scene.image(), true);
    scene.load(bench);
    for (int round = 0; round < 10 && !HasFailure(); ++round) {
      for (unsigned i = 0; i < 10; ++i) scene.random_order(bench);
      bench.host(scene.random_host());
      random_pace(bench, true);
      for (unsigned i = bench.rng()() % 600; i != 0; --i) bench.clock();
      bench.reset();
    }
    bench.pace = {};
    for (unsigned i = 0; i < 10; ++i) scene.random_order(bench);
    ASSERT_TRUE(bench.drain(100000));
    bench.compare_storage(scene.base(), scene.used());
  }
}

TEST(Stream, AppendsEveryTokenOfAPage) {
  // Token by token as a decode does it; SCORE and PV of the same page follow at once.
  for (unsigned kt = 1; kt <= pkg::HEAD_BLOCKS; ++kt) {
    chip::Storage image;
    std::vector<std::uint8_t> dirt(2 * (4 + 64 * kt) * 32, 0xa5);  // what another sequence left
    image.write_bytes(0, dirt);
    Bench bench(kt, 1, image, true);
    bench.segment(0, {});
    for (unsigned pos = 0; pos < 40; ++pos) {
      std::vector<KvBlock> kv(2 * kt);
      for (auto& k : kv) {
        k.scale = static_cast<std::uint16_t>(bench.rng()());
        for (auto& b : k.data) b = static_cast<std::uint8_t>(bench.rng()());
      }
      Order o;
      o.op = pkg::L_APPEND;
      o.kt = kt;
      o.act = pos % 16 * 16;
      o.token = pos;
      o.wait = true;
      bench.order(o, kv);
      o.op = pkg::L_SCORE;
      bench.order(o);
      o.op = pkg::L_PV;
      bench.order(o);
    }
    ASSERT_TRUE(bench.drain(400000));
    bench.compare_storage(0, 2 * (4 + 64 * kt) + 1);
    if (HasFailure()) break;
  }
}
