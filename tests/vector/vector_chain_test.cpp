// SPDX-License-Identifier: Apache-2.0
// The chains a decoder layer is made of, command by command, against golden/numerics' functions of the whole.
#include "tests/vector/bench.hpp"

using namespace htx;
using namespace htx::test;
namespace nu = htx::numerics;

namespace {

constexpr unsigned kX = 0, kW = 64, kT = 128, kU = 192, kC = 256, kY = 300;  // blocks; kC holds constants

std::vector<float> ordinary(std::mt19937& rng, unsigned n) {
  std::normal_distribution<float> normal;
  std::vector<float> x(n);
  for (auto& v : x) v = normal(rng);
  return x;
}

void expect_bits(const std::vector<float>& got, const std::vector<float>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (unsigned i = 0; i < got.size(); ++i) ASSERT_EQ(nu::bits(got[i]), nu::bits(want[i])) << "element " << i;
}

TEST(VectorChain, SumOfSquaresOfEveryLength) {
  VectorBench bench(1);
  for (unsigned n = 1; n <= 40; ++n) {
    const auto x = ordinary(bench.rng, 32 * n);
    bench.set(kX, x);
    for (unsigned i = 0; i < 32; ++i) bench.set(kT, i, 5.0f);
    bench.run({command(pkg::OP_VSUMSQ, kX, 0, kT, n)});
    std::vector<float> want(32, 0.0f);
    want[0] = nu::sum_squares(x);
    expect_bits(bench.values(kT, 1), want);
  }
}

TEST(VectorChain, RmsNorm) {
  VectorBench bench(2);
  for (unsigned n : {1u, 2u, 9u, 24u}) {
    const auto x = ordinary(bench.rng, 32 * n), w = ordinary(bench.rng, 32 * n);
    const float eps = 1e-5f;
    bench.set(kX, x);
    bench.set(kW, w);
    bench.set(kC, 3, 1.0f / float(32 * n));
    bench.set(kC, 17, eps);
    bench.run({command(pkg::OP_VSUMSQ, kX, 0, kT, n), scalar(pkg::OP_VMUL, kT, kC, 3, kT, 1), scalar(pkg::OP_VADD, kT, kC, 17, kT, 1),
               command(pkg::OP_VRSQRT, kT, 0, kT, 1), scalar(pkg::OP_VMUL, kX, kT, 0, kY, n), command(pkg::OP_VMUL, kY, kW, kY, n)});
    std::vector<float> want(x.size());
    nu::rmsnorm(x, w, eps, want.data());
    expect_bits(bench.values(kY, n), want);
  }
}

TEST(VectorChain, Rope) {
  VectorBench bench(3);
  for (unsigned heads : {1u, 5u}) {
    for (unsigned kt : {1u, 2u, 4u}) {
      const unsigned n = heads * kt;
      const auto x = ordinary(bench.rng, 32 * n);
      std::vector<nu::CosSin> row(16 * kt);
      nu::rope_row(bench.rng() % 5000, 32 * kt, 10000.0, {}, row.data());
      bench.set(kX, x);
      for (unsigned i = 0; i < 16 * kt; ++i) {  // tables: c c, -s s for every pair
        bench.set(kW + i / 16, 2 * i % 32, row[i].c);
        bench.set(kW + i / 16, 2 * i % 32 + 1, row[i].c);
        bench.set(kW + kt + i / 16, 2 * i % 32, -row[i].s);
        bench.set(kW + kt + i / 16, 2 * i % 32 + 1, row[i].s);
      }
      auto cos = command(pkg::OP_VMUL, kX, kW, kT, n, kt), sin = command(pkg::OP_VMUL, kX, kW + kt, kU, n, kt);
      cos.bperiod = sin.bperiod = sin.swap = 1;
      bench.run({cos, sin, command(pkg::OP_VADD, kT, kU, kX, n)});
      std::vector<float> want(x.size());
      for (unsigned i = 0; i < x.size() / 2; ++i) {
        const auto& cs = row[i % row.size()];
        const auto p = nu::rotate(x[2 * i], x[2 * i + 1], cs.c, cs.s);
        want[2 * i] = p.x0;
        want[2 * i + 1] = p.x1;
      }
      expect_bits(bench.values(kX, n), want);
    }
  }
}

TEST(VectorChain, GatedSilu) {
  VectorBench bench(4);
  const unsigned n = 11;
  auto g = ordinary(bench.rng, 32 * n), u = ordinary(bench.rng, 32 * n);
  for (unsigned i = 0; i < g.size(); i += 7) g[i] *= 40.0f;
  bench.set(kX, g);
  bench.set(kU, u);
  bench.set(kC, 0, nu::kNegLog2e);
  bench.set(kC, 1, 1.0f);
  bench.run({scalar(pkg::OP_VMUL, kX, kC, 0, kT, n), command(pkg::OP_VEXP2, kT, 0, kT, n), scalar(pkg::OP_VADD, kT, kC, 1, kT, n),
             command(pkg::OP_VRCP, kT, 0, kT, n), command(pkg::OP_VMUL, kX, kT, kT, n), command(pkg::OP_VMUL, kT, kU, kT, n)});
  std::vector<float> want(g.size());
  for (unsigned i = 0; i < g.size(); ++i) want[i] = nu::swiglu(g[i], u[i]);
  expect_bits(bench.values(kT, n), want);
}

TEST(VectorChain, ScalarOverwrittenByItsOwnCommand) {
  VectorBench bench(5);
  const auto x = ordinary(bench.rng, 32 * 6);
  bench.set(kX, x);
  bench.run({scalar(pkg::OP_VMUL, kX, kX + 2, 9, kX, 6)});
  std::vector<float> want;
  for (float v : x) want.push_back(nu::mul(v, x[2 * 32 + 9]));
  expect_bits(bench.values(kX, 6), want);
}

TEST(VectorChain, LargestCommands) {
  VectorBench bench(6);
  const auto x = ordinary(bench.rng, 32 * 2047);
  bench.set(1, x);
  auto add = scalar(pkg::OP_VADD, 1, 1, 0, 0, 2047);
  bench.run({add});
  std::vector<float> want;
  for (float v : x) want.push_back(nu::add(v, x[0]));
  expect_bits(bench.values(0, 2047), want);
  bench.sent.clear();
  bool bad = false;
  for (unsigned e : {1u, 2047u}) {
    const auto q = command(pkg::OP_VQUANT, 0, 0, 0, 2047, e);
    bench.sent.clear();
    bench.run({q});
    EXPECT_TRUE(bench.sent == expected_blocks(q, want, 0, bad));
  }
  EXPECT_FALSE(bad);
  bench.run({command(pkg::OP_VSUMSQ, 0, 0, 2047, 2047)});
  EXPECT_EQ(nu::bits(bench.value(2047, 0)), nu::bits(nu::sum_squares(want)));
  bench.run({command(pkg::OP_VADD, 0, 0, 1, 1)});  // and of the small one behind it every field
  for (unsigned i = 0; i < 32; ++i) EXPECT_EQ(nu::bits(bench.value(1, i)), nu::bits(nu::add(want[i], want[i])));
}

}  // namespace
