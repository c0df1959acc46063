// SPDX-License-Identifier: Apache-2.0
// Attention's integers: terms by their definition, merges in any order, and the whole against binary64.
#include "golden/numerics/softmax.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/numerics/random.hpp"

namespace {
using namespace htx::numerics;
using htx::test::Random;

TEST(Softmax, RomIsTheRoundedPower) {
  for (int f = 0; f < 256; ++f)
    EXPECT_EQ(tables::kSoftmaxRom[f], std::lround(32768.0L * std::exp2(-(long double)(f) / 256)));
}

TEST(Softmax, SharesRoundOnce) {
  for (int uc : {-40000, -3, 0, 17, 40000})
    for (int d = 0; d < 256 * 80; ++d) {
      const int p = share(uc, 256 * uc - d), k = d >> 8;
      const double exact = 127.0 * tables::kSoftmaxRom[d & 255] * std::ldexp(1.0, -15 - k);
      ASSERT_EQ(p, k > 8 ? 0 : int(std::floor(exact + 0.5))) << d;
      ASSERT_TRUE(p >= 0 && p <= 127);
    }
  EXPECT_EQ(share(5, 1280), 127);
}

TEST(Softmax, DenominatorTerms) {
  EXPECT_EQ(denominator_term(3, 768), 1ull << 31);
  for (int d = 0; d < 256 * 70; ++d) {
    const int k = d >> 8;
    const std::uint64_t want = k > 60 ? 0 : std::uint64_t(std::floor(std::ldexp((long double)(tables::kSoftmaxRom[d & 255]), 16 - k)));
    ASSERT_EQ(denominator_term(-7, 256 * -7 - d), want) << d;
  }
}

TEST(Softmax, CeilingOfNegatives) {
  for (int x = -70000; x <= 70000; ++x) ASSERT_EQ(ceil256(x), int(std::ceil(x / 256.0))) << x;
}

TEST(Softmax, PageTermFloors) {
  EXPECT_EQ(page_term(-1, 0, 0), -(1ll << 24));
  EXPECT_EQ(page_term(-1, 25, 0), -1);
  EXPECT_EQ(page_term(-1, 1000, 0), -1);  // the shift stops at 60 and floors
  EXPECT_EQ(page_term(516128, 60, 0), 0);
  EXPECT_EQ(page_term(516128, 60000, -300), 0);
  // 131,072 tokens of 127 * 127 stay within 57 bits and the sign.
  EXPECT_LT(131072.0L / 32 * 516128 * 0x1p24L, 0x1p57L);
}

TEST(Softmax, ScoreFactor) {
  for (std::uint32_t hd : {8u, 32u, 64u, 80u, 96u, 128u, 192u, 256u})
    EXPECT_EQ(score_factor(hd), float(std::log2(std::exp(1.0L)) / std::sqrt((long double)(hd)))) << hd;
}

struct Token {
  std::int32_t s, ev;
  std::int8_t v;
};

struct Attention {
  std::int64_t o = 0;
  std::uint64_t l = 0;
  std::int32_t u = -(1 << 30), m = -(1 << 30);
};

/// One output channel over pages of 32, in the order given.
Attention attend(const std::vector<Token>& t, const std::vector<int>& pages) {
  Attention a;
  std::vector<std::int32_t> ucs(pages.size());
  for (std::size_t i = 0; i < pages.size(); ++i) {
    std::int32_t best = -(1 << 30);
    for (int j = 0; j < 32; ++j) {
      const Token& x = t[std::size_t(pages[i] * 32 + j)];
      best = std::max(best, folded(x.s, x.ev));
      a.m = std::max(a.m, ceil256(x.s));
    }
    ucs[i] = ceil256(best);
    a.u = std::max(a.u, ucs[i]);
  }
  for (std::size_t i = 0; i < pages.size(); ++i) {
    std::int32_t dot = 0;
    for (int j = 0; j < 32; ++j) {
      const Token& x = t[std::size_t(pages[i] * 32 + j)];
      dot += share(ucs[i], folded(x.s, x.ev)) * x.v;
      a.l += denominator_term(a.m, x.s);
    }
    a.o += page_term(dot, a.u, ucs[i]);
  }
  return a;
}

TEST(Softmax, AnyOrderOfPagesGivesTheSameBitsAndTheRightValue) {
  Random rnd{41};
  double worst = 0;
  for (int n = 0; n < 300; ++n) {
    const int pages = 1 + int(rnd() % 40);
    std::vector<Token> t(std::size_t(pages) * 32);
    const int spread = 1 << (8 + rnd() % 8);
    for (Token& x : t)
      x = {std::int32_t(rnd() % std::uint64_t(2 * spread)) - spread + 3000, std::int32_t(rnd() % 8) - 10,
           std::int8_t(int(rnd() % 255) - 127)};
    std::vector<int> order(static_cast<std::size_t>(pages));
    for (int i = 0; i < pages; ++i) order[std::size_t(i)] = i;
    const Attention a = attend(t, order);
    for (int i = pages - 1; i > 0; --i) std::swap(order[std::size_t(i)], order[rnd() % std::uint64_t(i + 1)]);
    const Attention b = attend(t, order);
    ASSERT_TRUE(a.o == b.o && a.l == b.l && a.u == b.u && a.m == b.m);

    double num = 0, den = 0, size = 0;
    for (const Token& x : t) {
      const double w = std::exp2(x.s / 256.0 - a.m);
      num += w * x.v * std::ldexp(1.0, x.ev);
      size += w * std::fabs(x.v) * std::ldexp(1.0, x.ev);
      den += w;
    }
    worst = std::max(worst, std::fabs(double(attention_out(a.o, a.l, a.u, a.m)) - num / den) / (size / den));
  }
  fmt::print("attention against binary64: {:.4f} of the mean magnitude at worst\n", worst);
  EXPECT_LT(worst, 0.1);
}

TEST(Softmax, OutputFactorIsClamped) {
  EXPECT_EQ(attention_out(127ll << 24, 1ull << 31, 0, 0), 127.0f * 0x1p24f * (0x1p-31f * kInv127) * 128.0f);
  EXPECT_EQ(attention_out(1ll << 50, 1ull << 31, 40000, 0), mul(mul(0x1p50f, mul(rcp(0x1p31f), kInv127)), 0x1p127f));
  EXPECT_EQ(attention_out(1ll << 50, 1ull << 31, -40000, 0), mul(mul(0x1p50f, mul(rcp(0x1p31f), kInv127)), 0x1p-126f));
  EXPECT_EQ(attention_out(0, 1ull << 31, 3, 0), 0.0f);
}

}  // namespace
