// SPDX-License-Identifier: Apache-2.0
// exp2, rcp and rsqrt: special cases, and the error in ulp over every mantissa.
#include "golden/numerics/func.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/numerics/random.hpp"

namespace {
using namespace htx::numerics;
using htx::test::Hash;
using htx::test::Random;

/// Largest |f - exact| over the fp32 numbers from first to last, in ulp of the exact value's binade.
struct Worst {
  double ulp = 0;
  std::uint32_t at = 0;
  template <class F, class G>
  void sweep(F f, G exact, float first, float last) {
    for (std::uint32_t b = bits(first); b < bits(last); ++b) {
      const double e = exact(double(from_bits(b)));
      const int exponent = int((std::bit_cast<std::uint64_t>(e) >> 52) & 2047) - 1023;
      const double unit = std::bit_cast<double>(std::uint64_t(exponent - 23 + 1023) << 52);
      const double d = std::fabs(double(f(from_bits(b))) - e) / unit;
      if (d > ulp) ulp = d, at = b;
    }
  }
};

float exp2_f(float x) { return htx::numerics::exp2(x); }

TEST(Func, RcpOverEveryMantissa) {
  Worst w;
  w.sweep(rcp, [](double x) { return 1 / x; }, 1.0f, 2.0f);
  fmt::print("rcp   {:.4f} ulp at {:08x}\n", w.ulp, w.at);
  EXPECT_LE(w.ulp, 0.81);
}

TEST(Func, RsqrtOverEveryMantissa) {
  Worst w;
  w.sweep(rsqrt, [](double x) { return 1 / std::sqrt(x); }, 1.0f, 4.0f);
  fmt::print("rsqrt {:.4f} ulp at {:08x}\n", w.ulp, w.at);
  EXPECT_LE(w.ulp, 1.15);
}

TEST(Func, Exp2OverEveryFraction) {
  Worst w;
  w.sweep(exp2_f, [](double x) { return std::exp2(x); }, 0x1p-8f, 2.0f);
  w.sweep(exp2_f, [](double x) { return std::exp2(x); }, -0x1p-8f, -2.0f);
  fmt::print("exp2  {:.4f} ulp at {:08x}\n", w.ulp, w.at);
  EXPECT_LE(w.ulp, 1.36);
}

TEST(Func, ErrorIsTheSameAtEveryExponent) {  // a binade is moved by its exponent alone
  for (std::uint32_t m = 0; m < 1u << 23; m += 4099) {
    for (std::uint32_t e = 2; e <= 252; ++e)
      ASSERT_EQ(bits(rcp(from_bits(e << 23 | m))), bits(rcp(from_bits(127u << 23 | m))) + ((127 - e) << 23)) << e << ' ' << m;
    for (std::uint32_t e = 1; e <= 254; ++e) {
      const std::uint32_t near = e & 1 ? 127 : 128;  // the binade of the same parity
      const int steps = (int(e) - int(near)) / 2;
      ASSERT_EQ(std::int32_t(bits(rsqrt(from_bits(e << 23 | m)))),
                std::int32_t(bits(rsqrt(from_bits(near << 23 | m)))) - steps * (1 << 23)) << e << ' ' << m;
    }
  }
  for (int i = -126; i < 128; ++i)
    for (int f = 0; f < 1 << 16; f += 251)
      ASSERT_EQ(exp2_f(float(i) + float(f) * 0x1p-16f), std::ldexp(exp2_f(float(f) * 0x1p-16f), i));
}

TEST(Func, PowersOfTwo) {
  for (int n = -126; n <= 127; ++n) EXPECT_EQ(exp2_f(float(n)), std::ldexp(1.0f, n));
  for (int n = -127; n <= 126; ++n) EXPECT_EQ(rcp(std::ldexp(1.0f, -n)), n < -126 ? 0.0f : std::ldexp(1.0f, n));
}

TEST(Func, SpecialCases) {
  const float sub = from_bits(0x007fffffu), max = from_bits(0x7f7fffffu);
  // exp2
  EXPECT_EQ(exp2_f(128.0f), kInf);
  EXPECT_EQ(exp2_f(kInf), kInf);
  EXPECT_EQ(bits(exp2_f(-kInf)), 0u);
  EXPECT_EQ(bits(exp2_f(from_bits(0xc2fc0001u))), 0u);
  EXPECT_EQ(exp2_f(-126.0f), 0x1p-126f);
  EXPECT_EQ(exp2_f(0.0f), 1.0f);
  EXPECT_EQ(exp2_f(-0.0f), 1.0f);
  EXPECT_EQ(exp2_f(-sub), 1.0f);
  EXPECT_EQ(bits(exp2_f(-kNan)), kNanBits);
  EXPECT_TRUE(is_finite(exp2_f(from_bits(0x42ffffffu))));
  // rcp
  EXPECT_EQ(rcp(0.0f), kInf);
  EXPECT_EQ(rcp(-0.0f), -kInf);
  EXPECT_EQ(rcp(sub), kInf);
  EXPECT_EQ(rcp(-sub), -kInf);
  EXPECT_EQ(bits(rcp(kInf)), 0u);
  EXPECT_EQ(bits(rcp(-kInf)), 0x80000000u);
  EXPECT_EQ(bits(rcp(max)), 0u);
  EXPECT_EQ(bits(rcp(-0x1p127f)), 0x80000000u);
  EXPECT_EQ(rcp(0x1p126f), 0x1p-126f);
  EXPECT_EQ(rcp(0x1p-126f), 0x1p126f);
  EXPECT_EQ(bits(rcp(from_bits(0xff800001u))), kNanBits);
  // rsqrt
  EXPECT_EQ(rsqrt(0.0f), kInf);
  EXPECT_EQ(rsqrt(-0.0f), kInf);
  EXPECT_EQ(rsqrt(-sub), kInf);
  EXPECT_EQ(bits(rsqrt(kInf)), 0u);
  EXPECT_EQ(bits(rsqrt(-kInf)), kNanBits);
  EXPECT_EQ(bits(rsqrt(-1.0f)), kNanBits);
  EXPECT_EQ(bits(rsqrt(kNan)), kNanBits);
  EXPECT_NEAR(double(rsqrt(max)) * 0x1p64, 1.0, 1e-6);
}

TEST(Func, FrozenHash) {
  Random rnd{21};
  Hash h;
  for (int n = 0; n < 300'000; ++n) {
    const float x = rnd.any();
    h.add(exp2_f(rnd.unit() * 130.0f));
    h.add(exp2_f(x));
    h.add(rcp(x));
    h.add(rsqrt(x));
  }
  EXPECT_EQ(h.value, 0xb30a935598e08b41ull);
}

}  // namespace
