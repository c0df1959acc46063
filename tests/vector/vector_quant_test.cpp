// SPDX-License-Identifier: Apache-2.0
// The quantisers on ordinary and extreme groups, against golden/numerics.
#include "tests/vector/bench.hpp"

using namespace htx;
using namespace htx::test;
namespace nu = htx::numerics;

namespace {

constexpr unsigned kX = 40, kScalar = 7;

/// Quantises and compares; returns whether a group was bad.
bool check(VectorBench& bench, const std::vector<float>& x, unsigned qmode, unsigned e, float factor) {
  const unsigned n = unsigned(x.size() / 32);
  bench.set(kX, x);
  bench.set(kScalar, 21, factor);
  auto c = command(pkg::OP_VQUANT, kX, kScalar, bench.rng() % 1024, n, e);
  c.qmode = std::uint8_t(qmode);
  c.elem = 21;
  bool bad = false;
  const auto want = expected_blocks(c, x, factor, bad);
  bench.sent.clear();
  bench.run({c});
  EXPECT_EQ(bench.sent.size(), want.size());
  for (std::size_t i = 0; i < std::min(want.size(), bench.sent.size()); ++i)
    EXPECT_TRUE(bench.sent[i] == want[i]) << "mode " << qmode << " e " << e << " block " << i << " scale " << bench.sent[i].scale << " for " << want[i].scale;
  return bad;
}

class QuantModes : public testing::TestWithParam<unsigned> {};

TEST_P(QuantModes, EveryExponentOfTheLargest) {
  // groups whose largest magnitude walks over all exponents, with mantissas on both sides of the rounding edges
  VectorBench bench(GetParam());
  const std::uint32_t mantissas[] = {0, 1, 0x7effff, 0x7f0000, 0x7fffff, 0x3fffff};
  bool bad = false;
  for (std::uint32_t m : mantissas) {
    std::vector<float> x;
    for (std::uint32_t e = 0; e < (GetParam() == pkg::Q_KEY ? 149u : 253u); ++e)
      for (unsigned i = 0; i < 32; ++i) {
        const float top = nu::from_bits(e << 23 | m), r = float(bench.rng() % 2001) / 1000.0f - 1.0f;
        x.push_back(i == 13 ? top : i % 5 ? nu::mul(top, r) : nu::from_bits(bench.rng() % (nu::bits(top) + 1) | bench.rng() << 31));
      }
    bad |= check(bench, x, GetParam(), 1, 0.125f);
  }
  EXPECT_FALSE(bad);
  EXPECT_EQ(bench.err(), pkg::ERR_NONE);
}

TEST_P(QuantModes, GroupsOfEverySize) {
  VectorBench bench(20 + GetParam());
  std::normal_distribution<float> normal;
  for (unsigned e = 1; e <= 9; ++e)
    for (unsigned n : {1u, 3u, 8u, 17u, 18u}) {
      std::vector<float> x(32 * n);
      for (auto& v : x) v = normal(bench.rng) * (bench.rng() % 4 ? 1.0f : 30.0f);
      if (n > 8) std::fill(x.begin() + 64, x.begin() + 256, 0.0f);
      EXPECT_FALSE(check(bench, x, GetParam(), e, -3.0f));
    }
}

TEST_P(QuantModes, LongGroups) {  // every bit of a group's size, with the last group whole, cut short, and alone
  VectorBench bench(80 + GetParam());
  for (const auto& [e, n] : {std::pair{16u, 40u}, {33u, 66u}, {64u, 100u}, {129u, 200u}, {100u, 60u}, {255u, 300u}, {512u, 520u}, {1023u, 1030u}}) {
    std::vector<float> x(32 * n);
    for (unsigned i = 0; i < x.size(); ++i) x[i] = float(int(bench.rng() % 2001) - 1000) * (i / 32 % 2 ? 0.001f : 0.01f);
    for (unsigned i = 0; i < n; i += e) x[32 * std::min(n - 1, i + e - 1) + 31] = 100.0f + float(i);  // the largest comes last
    EXPECT_FALSE(check(bench, x, GetParam(), e, 0.5f));
  }
}

TEST_P(QuantModes, EdgesOfZeroAndTooLarge) {
  VectorBench bench(40 + GetParam());
  const std::uint32_t edges[] = {0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x0d7fffff, 0x0d800000, 0x0d800001, 0x7e7fffff, 0x7e800000};
  for (std::uint32_t b : edges) {
    std::vector<float> x(64, 0.0f);
    x[5] = nu::from_bits(b);
    x[40] = 1.0f;
    check(bench, x, GetParam(), 1, 2.0f);
  }
}

TEST_P(QuantModes, NumericErrorIsStickyAndTheCommandEnds) {
  const std::uint32_t wrong[] = {0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f800001, 0x7e800001, 0x4b000000};
  for (std::uint32_t b : wrong) {
    VectorBench bench(60 + GetParam());
    std::vector<float> x(32 * 6, 1.5f);
    x[70] = nu::from_bits(b);
    const bool bad = check(bench, x, GetParam(), 2, 2.0f);
    const bool large = GetParam() == pkg::Q_KEY;
    EXPECT_EQ(bad, b == 0x4b000000 ? large : b == 0x7e800001 ? GetParam() != pkg::Q_VAL : true);
    EXPECT_EQ(bench.err(), bad ? pkg::ERR_QUANT : pkg::ERR_NONE);
    x[70] = 1.0f;
    check(bench, x, GetParam(), 1, 2.0f);
    EXPECT_EQ(bench.err(), bad ? pkg::ERR_QUANT : pkg::ERR_NONE);
  }
}
INSTANTIATE_TEST_SUITE_P(Modes, QuantModes, testing::Range(0u, 4u));

}  // namespace
