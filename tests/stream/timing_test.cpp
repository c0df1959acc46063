// SPDX-License-Identifier: Apache-2.0
// The numbers docs/blocks/stream.md promises, with the real channel behind.
#include "tests/stream/bench.hpp"

using namespace htx;
using test::Bench;
using test::Order;

namespace {

chip::Storage random_image(unsigned bursts) {
  std::mt19937 rng(301);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(bursts) * 32);
  for (auto& b : bytes) b = static_cast<std::uint8_t>(rng());
  chip::Storage s;
  s.write_bytes(0, bytes);
  return s;
}

pkg::seg_t units(unsigned count) {
  pkg::seg_t s;
  s.count = count;
  return s;
}

Order matvec(unsigned kt, bool w8 = false) {
  Order o;
  o.op = pkg::L_MATVEC;
  o.kt = kt;
  o.w8 = w8;
  return o;
}

/// Channel clocks without a beat between the first and the last accepted request.
std::uint64_t idle_clocks(const Bench& bench) {
  return bench.accepted.back() - bench.accepted.front() + 2 - 2 * bench.accepted.size();
}

}  // namespace

TEST(StreamTiming, LongMatvecKeepsTheChannelFull) {
  Bench bench(1, 1, random_image(64 * 20 * 18), true);
  bench.segment(0, units(20));
  bench.order(matvec(64));
  ASSERT_TRUE(bench.drain(100000));
  ASSERT_EQ(bench.taken.size(), 64U * 20 * 18 * 2);
  const double clocks = static_cast<double>(bench.taken.back() - bench.accepted.front() + 1);
  EXPECT_GE(static_cast<double>(bench.taken.size()) / clocks, 0.99);
  EXPECT_EQ(idle_clocks(bench), 0U);
  EXPECT_EQ(bench.taken.back() - bench.taken.front() + 1, bench.taken.size()) << "a gap between beats";
}

TEST(StreamTiming, FirstRequestAndFirstBeat) {
  Bench bench(2, 1, random_image(18), true);
  bench.segment(0, units(1));
  bench.order(matvec(1));
  ASSERT_TRUE(bench.drain(1000));
  EXPECT_EQ(bench.accepted.front() - bench.sent.front(), 6U);
  EXPECT_EQ(bench.taken.front() - bench.accepted.front(), pkg::MEM_LATENCY + 3);
}

TEST(StreamTiming, NoSlotIsLostBetweenCommands) {
  Bench bench(3, 1, random_image(8 * 18), true);
  bench.segment(0, units(1));
  for (unsigned i = 0; i < 50; ++i) bench.order(matvec(1 + i % 3));
  ASSERT_TRUE(bench.drain(100000));
  EXPECT_EQ(idle_clocks(bench), 0U);
}

TEST(StreamTiming, NoSlotIsLostBetweenTwoBurstCommands) {
  Bench bench(4, 1, random_image(34), true);
  bench.segment(0, units(1));
  for (unsigned i = 0; i < 50; ++i) {
    Order o;
    o.op = pkg::L_EMBED;
    o.kt = 1;
    o.token = i % 32;
    bench.order(o);
  }
  ASSERT_TRUE(bench.drain(100000));
  EXPECT_EQ(idle_clocks(bench), 0U);
}

TEST(StreamTiming, EmptySharesHideBehindStreaming) {
  Bench bench(5, 1, random_image(18 * 4), true);
  bench.segment(0, units(1));
  bench.segment(1, units(0));
  for (unsigned i = 0; i < 30; ++i) {
    bench.order(matvec(4));
    for (unsigned e = 0; e < 3; ++e) {
      Order o = matvec(4);
      o.seg = 1;
      bench.order(o);
    }
  }
  ASSERT_TRUE(bench.drain(100000));
  EXPECT_EQ(idle_clocks(bench), 0U);
}

TEST(StreamTiming, ACommandAfterAnAppend) {
  Bench bench(6, 1, random_image(100), true);
  bench.segment(0, units(1));
  Order o;
  o.op = pkg::L_APPEND;
  o.kt = 1;
  o.token = 0;
  bench.order(o, std::vector<test::KvBlock>(2));
  bench.order(matvec(1));
  ASSERT_TRUE(bench.drain(10000));
  ASSERT_EQ(bench.accepted.size(), 6U + 18);
  EXPECT_EQ(bench.accepted[6] - bench.accepted[5], 7U);
}

TEST(StreamTiming, StallFillsTheFifoAndNoMore) {
  Bench bench(7, 1, random_image(18 * 64), true);
  bench.segment(0, units(1));
  bench.order(matvec(64));
  bench.pace.beat = 0;
  for (unsigned i = 0; i < 3000; ++i) ASSERT_TRUE(bench.clock());
  EXPECT_EQ(bench.accepted.size(), pkg::STREAM_BEATS / 2);
  EXPECT_EQ(bench.seen.credit, 0U);
  bench.pace.beat = 100;
  ASSERT_TRUE(bench.drain(100000));
}

TEST(StreamTiming, HostWritesEveryTwoClocks) {
  Bench bench(8, 1, {}, true);
  bench.pace.host = 100;
  for (unsigned i = 0; i < 100; ++i) bench.host({1, i, {i, i, i, i}});
  ASSERT_TRUE(bench.drain(10000));
  ASSERT_EQ(bench.host_done.size(), 100U);
  EXPECT_EQ(bench.host_done.back() - bench.host_done.front(), 2U * 99);
  bench.compare_storage(0, 101);
}

TEST(StreamTiming, ColdCommandsOfEveryTile) {
  // 8-bit tiles, and twice the row groups of a pair, at full rate.
  Bench bench(9, 1, random_image(34 * 2 * 3 * 2), true);
  bench.segment(0, units(3));
  Order o = matvec(2, true);
  o.pair = true;
  bench.order(o);
  ASSERT_TRUE(bench.drain(10000));
  EXPECT_EQ(bench.taken.size(), 34U * 2 * 3 * 2 * 2);
  EXPECT_EQ(idle_clocks(bench), 0U);
}
