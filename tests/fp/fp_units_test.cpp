// SPDX-License-Identifier: Apache-2.0
// Each unit of rtl/fp against its function in golden/numerics, bit for bit and clock for clock.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "Vfp_units_top.h"
#include "golden/numerics/numerics.hpp"

namespace {
using namespace htx::numerics;

/// An operand set a clock, valid or not; what each unit must show after its latency is queued when it goes in.
class Units {
 public:
  Units() : dut_(std::make_unique<Vfp_units_top>()) {
    dut_->clk_i = 0;
    dut_->eval();
    for (int u = 0; u < 8; ++u) latency_[u] = int((dut_->latency_o >> (8 * u)) & 255);
  }
  ~Units() { dut_->final(); }
  int latency(int unit) const { return latency_[unit]; }
  std::uint64_t checked() const { return checked_; }

  void step(std::uint32_t a, std::uint32_t b, std::uint64_t i, unsigned op, bool valid = true) {
    dut_->valid_i = valid ? 0xff : 0;
    dut_->a_i = a;
    dut_->b_i = b;
    dut_->i_i = i;
    dut_->op_i = op;
    const float fa = from_bits(a), fb = from_bits(b);
    const Int8Result q = f_to_i8(fa);
    const ScoreResult s = f_to_score(fa);
    const float f = op == 0 ? htx::numerics::exp2(fa) : op == 1 ? rcp(fa) : rsqrt(fa);
    // what is not valid changes nothing: the unit keeps its last result
    const Vector v{a, b, i, op,
                   {bits(mul(fa, fb)), bits(add(fa, fb)), bits(i32_to_f(std::int32_t(i))), bits(i64_to_f(std::int64_t(i))),
                    f2h(fa), std::uint8_t(q.value) | std::uint32_t(q.bad) << 8,
                    (std::uint32_t(s.value) & 0xffffffu) | std::uint32_t(s.bad) << 24, bits(f)}};
    expected_.push_front(valid ? v : expected_.front());
    dut_->clk_i = 1;
    dut_->eval();
    dut_->clk_i = 0;
    dut_->eval();
    const std::uint32_t got[8] = {dut_->fmul_o,  dut_->fadd_o,
                                  dut_->i2f32_o, dut_->i2f64_o,
                                  dut_->f2h_o,   dut_->f2i8_o | std::uint32_t(dut_->f2i8_bad_o) << 8,
                                  dut_->f2score_o | std::uint32_t(dut_->f2score_bad_o) << 24,
                                  dut_->func_o};
    for (int u = 0; u < 8; ++u) {
      const std::size_t age = std::size_t(latency_[u]) - 1;
      if (age >= expected_.size()) continue;
      const Vector& v = expected_[age];
      ++checked_;
      if (got[u] != v.y[u] && ++failures_ < 20)
        ADD_FAILURE() << fmt::format("{}: a {:08x} b {:08x} i {:016x} op {}: {:08x}, golden {:08x}", kName[u], v.a, v.b,
                                     v.i, v.op, got[u], v.y[u]);
    }
    if (expected_.size() > 8) expected_.pop_back();
  }
  void flush() {
    for (int n = 0; n < 8; ++n) step(0, 0, 0, 0);
    EXPECT_EQ(failures_, 0) << "all mismatches";
  }
  std::uint32_t h2f_of(std::uint16_t h) {
    dut_->a_i = h;
    dut_->eval();
    return dut_->h2f_o;
  }
  std::uint16_t rom_of(std::uint8_t f) {
    dut_->a_i = f;
    dut_->eval();
    return std::uint16_t(dut_->rom_o);
  }

 private:
  struct Vector {
    std::uint32_t a, b;
    std::uint64_t i;
    unsigned op;
    std::uint32_t y[8];
  };
  static constexpr const char* kName[8] = {"fmul", "fadd", "i2f32", "i2f64", "f2h", "f2i8", "f2score", "func"};
  std::unique_ptr<Vfp_units_top> dut_;
  int latency_[8] = {};
  std::deque<Vector> expected_;
  std::uint64_t checked_ = 0;
  int failures_ = 0;
};

struct Random {  // splitmix64
  std::uint64_t state;
  std::uint64_t operator()() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
};

/// Values at every edge that a unit has: exponents where something changes, mantissas around them.
std::vector<std::uint32_t> edges() {
  std::vector<std::uint32_t> v;
  const std::uint32_t mantissas[] = {0,        1,        2,        3,        0x000fff, 0x001000, 0x001001, 0x003fff, 0x3fffff,
                                     0x400000, 0x400001, 0x555555, 0x7e0000, 0x7effff, 0x7f0000, 0x7ffffe, 0x7fffff};
  for (std::uint32_t e : {0u, 1u, 2u, 23u, 24u, 25u, 64u, 100u, 101u, 102u, 103u, 104u, 111u, 112u, 113u, 114u, 117u, 118u,
                          119u, 126u, 127u, 128u, 132u, 133u, 134u, 140u, 141u, 142u, 143u, 150u, 151u, 176u, 190u, 229u,
                          251u, 252u, 253u, 254u, 255u})
    for (std::uint32_t m : mantissas)
      for (std::uint32_t s : {0u, 1u}) v.push_back(s << 31 | e << 23 | m);
  return v;
}

/// Integers with interesting widths: runs of ones, ties at every position.
std::uint64_t integer(Random& rnd) {
  const std::uint64_t r = rnd();
  const unsigned width = unsigned(r & 63) + 1, shift = unsigned(r >> 6) & 63;
  std::uint64_t x = rnd();
  switch ((r >> 12) & 3) {
    case 0: x >>= 64 - width; break;
    case 1: x = (1ull << (width & 63)) + (1ull << shift); break;
    case 2: x = ((x >> 40) << (shift)) + ((r >> 14) & 1) - ((r >> 15) & 1); break;
    default: break;
  }
  return (r >> 16) & 1 ? 0 - x : x;
}

TEST(FpUnits, LatenciesAreThePublishedOnes) {
  Units u;
  const int expected[8] = {4, 5, 2, 3, 2, 2, 2, 6};
  for (int i = 0; i < 8; ++i) EXPECT_EQ(u.latency(i), expected[i]) << i;
}

TEST(FpUnits, EveryPairOfEdges) {
  Units u;
  Random rnd{1};
  const auto v = edges();
  unsigned op = 0;
  for (std::uint32_t a : v)
    for (std::uint32_t b : v) u.step(a, b, integer(rnd), op = op == 2 ? 0 : op + 1);
  u.flush();
  fmt::print("{} results compared, {} edge values\n", u.checked(), v.size());
}

TEST(FpUnits, OperandsThatAreNotValidChangeNothing) {
  Units u;
  Random rnd{7};
  u.step(0x3f800000, 0x40490fdb, 5, 1);
  for (int n = 0; n < 200'000; ++n) {
    const std::uint64_t r = rnd(), gap = (n / 1000) % 4;  // back to back, every other clock, rare, bursts
    const bool valid = gap == 0 || (gap == 1 ? n % 2 : gap == 2 ? r % 16 == 0 : (n / 8) % 2);
    u.step(std::uint32_t(r), std::uint32_t(r >> 32), integer(rnd), unsigned(rnd() % 3), valid);
  }
  u.flush();
}

TEST(FpUnits, RandomBits) {
  Units u;
  Random rnd{2};
  for (int n = 0; n < 1'000'000; ++n) {
    const std::uint64_t r = rnd();
    u.step(std::uint32_t(r), std::uint32_t(r >> 32), rnd(), unsigned(n % 3));
  }
  u.flush();
}

TEST(FpUnits, NearbyMagnitudesCancelAndCarry) {
  Units u;
  Random rnd{3};
  for (int n = 0; n < 1'000'000; ++n) {
    const std::uint64_t r = rnd();
    const std::uint32_t a = std::uint32_t(r);
    std::uint32_t b = 0;
    switch (n % 4) {
      case 0: b = a ^ 0x80000000u ^ (std::uint32_t(r >> 32) & ((1u << ((r >> 59) & 31)) - 1)); break;  // low bits differ
      case 1: b = (a ^ (std::uint32_t(r >> 32) & 0x807fffffu)) + ((std::uint32_t(r >> 56) & 63) << 23) - (32u << 23); break;
      case 2: b = std::uint32_t(r >> 32) & 0x80ffffffu; break;                         // subnormal or hardly normal
      default: b = (std::uint32_t(r >> 32) & 0x80000000u) | ((0xfe - ((a >> 23) & 255) + ((r >> 40) & 3)) << 23 & 0x7f800000u) |
                   (std::uint32_t(r >> 42) & 0x7ff000u);  // product near 1, short mantissa: ties
    }
    u.step(a, b, integer(rnd), unsigned(n % 3));
  }
  u.flush();
}

TEST(FpUnits, ProductsAroundTheSmallestNormal) {
  Units u;
  Random rnd{4};
  for (int n = 0; n < 1'000'000; ++n) {
    const std::uint64_t r = rnd();
    const std::uint32_t ea = std::uint32_t(r >> 8) & 127, eb = 127 + std::uint32_t(r & 31) - 27 - ea;  // sum about 2^-126
    std::uint32_t a = (ea << 23) | (std::uint32_t(r >> 16) & 0x807fffffu), b = (eb << 23) | (std::uint32_t(rnd()) & 0x807fffffu);
    if (r & 32) a &= ~0xfffu;  // ties
    if (r & 64) b &= ~0xfffu;
    if (r & 128) std::swap(a, b);
    u.step(a, b, integer(rnd), unsigned(n % 3));
  }
  u.flush();
}

TEST(FpUnits, ConversionRanges) {  // where int8, score and fp16 have their steps and ties
  Units u;
  Random rnd{5};
  for (int n = 0; n < 1'000'000; ++n) {
    const std::uint64_t r = rnd();
    std::uint32_t a = ((100 + std::uint32_t(r & 63) % 46) << 23) | (std::uint32_t(r >> 8) & 0x807fffffu);
    a &= ~((1u << ((r >> 40) % 24)) - 1);  // trailing zeros make ties
    a += std::uint32_t((r >> 46) & 3) - 1;
    u.step(a, std::uint32_t(rnd()), integer(rnd), unsigned(n % 3));
  }
  u.flush();
}

TEST(FpUnits, EveryMantissaOfRcpAndRsqrt) {
  Units u;
  for (std::uint32_t m = 0; m < 1u << 23; ++m) {
    u.step(0x3f800000u | m, 0, 0, 1);
    u.step(0x3f800000u | m, 0, 0, 2);
    u.step(0x40000000u | m, 0, 0, 2);
  }
  u.flush();
}

TEST(FpUnits, Exp2OverItsRange) {
  Units u;
  Random rnd{6};
  for (int n = 0; n < 1'000'000; ++n) {
    const std::uint64_t r = rnd();
    const std::uint32_t e = 96 + std::uint32_t(r & 63) % 39;
    u.step((e << 23) | (std::uint32_t(r >> 8) & 0x807fffffu), 0, 0, 0);
  }
  for (std::uint32_t k = 0; k < 4096; ++k)
    for (float at : {128.0f, -126.0f, 0.5f, -0.5f, 1.0f, -1.0f, 127.0f}) u.step(bits(at) + k - 2048, 0, 0, 0);
  u.flush();
}

TEST(FpUnits, EveryHalf) {
  Units u;
  for (std::uint32_t h = 0; h < 65536; ++h) {
    ASSERT_EQ(u.h2f_of(std::uint16_t(h)), bits(h2f(std::uint16_t(h)))) << fmt::format("{:04x}", h);
    const std::uint32_t x = bits(h2f(std::uint16_t(h)));
    for (std::uint32_t d : {0u, 0x0fffu, 0x1000u, 0x1001u}) u.step(x + d, 0, 0, 0);  // the value and around its upper tie
  }
  u.flush();
}

TEST(FpUnits, SoftmaxRom) {
  Units u;
  for (unsigned f = 0; f < 256; ++f) EXPECT_EQ(u.rom_of(std::uint8_t(f)), tables::kSoftmaxRom[f]) << f;
}

}  // namespace
