// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/shard.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/compile/models.hpp"

namespace htx::compile {
namespace {

TEST(Shard, EveryUnitHasOnePlace) {
  for (std::uint32_t lanes = 1; lanes <= 48; ++lanes) {
    for (const std::uint32_t units : {0u, 1u, 2u, 7u, 8u, 9u, 48u, 100u}) {
      for (std::uint32_t start = 0; start < lanes; ++start) {
        const Dealing d{lanes, start, units};
        std::vector<int> seen(units, 0);
        for (std::uint32_t lane = 0; lane < lanes; ++lane) {
          const Share s = d.share(lane);
          ASSERT_LT(s.first, lanes);
          for (std::uint32_t i = 0; i < s.count; ++i) {
            const std::uint32_t unit = s.first + i * lanes;
            ASSERT_LT(unit, units);
            ASSERT_EQ(d.lane_of(unit), lane);
            ASSERT_EQ(d.index_on_lane(unit), i);
            ++seen[unit];
          }
        }
        ASSERT_TRUE(std::ranges::all_of(seen, [](int n) { return n == 1; }));
      }
    }
  }
}

TEST(Shard, NextSegmentStartsWhereTheLastStopped) {
  const model::Model model = test::make_model(test::odd_models()[1]);
  Graph graph = build_graph(model, 64);
  const std::vector<Dealing> dealings = shard(graph, 5);
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < dealings.size(); ++i) {
    const Segment& s = graph.tensors[i].symbol;
    EXPECT_EQ(s.start, dealings[i].start);
    if (s.kind == SegmentKind::rotation) {
      EXPECT_EQ(s.start, 0u);
    } else if (s.kind == SegmentKind::pages) {
      EXPECT_EQ(s.start, static_cast<std::uint32_t>(s.kv_head) % 5);
    } else {
      EXPECT_EQ(s.start, next) << s.name;
      next = (next + s.units) % 5;
    }
  }
}

// No lane carries more than one unit more than another over a whole image: nothing is padded per tensor.
TEST(Shard, LoadsBalanceOverTheImage) {
  const model::Model model = test::make_model(test::odd_models()[0]);
  Graph graph = build_graph(model, 64);
  std::vector<std::uint32_t> units(7, 0);
  const std::vector<Dealing> dealings = shard(graph, 7);
  for (std::size_t i = 0; i < dealings.size(); ++i) {
    const SegmentKind kind = graph.tensors[i].symbol.kind;
    if (kind == SegmentKind::pages || kind == SegmentKind::rotation) continue;
    for (std::uint32_t lane = 0; lane < 7; ++lane) units[lane] += dealings[i].share(lane).count;
  }
  const auto [least, most] = std::ranges::minmax(units);
  EXPECT_LE(most - least, 1u);
}

}  // namespace
}  // namespace htx::compile
