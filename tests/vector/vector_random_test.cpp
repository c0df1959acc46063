// SPDX-License-Identifier: Apache-2.0
// Random command sequences: RTL and twin in lockstep, and the memory afterwards against golden/numerics in order.
#include "tests/vector/bench.hpp"

using namespace htx;
using namespace htx::test;
namespace nu = htx::numerics;

namespace {

constexpr unsigned kBlocks = 96;  // small, so that operands overlap often

bool apart(unsigned d, unsigned n, unsigned s, unsigned len) { return d + n <= s || s + len <= d; }

/// The overlap rule of docs/blocks/vector.md.
bool legal(const pkg::vec_cmd_t& c) {
  if (c.op == pkg::OP_VSUMSQ || c.op == pkg::OP_VQUANT || c.op == pkg::OP_VTOPK) return true;
  const auto source = [&](unsigned s) { return c.d <= s || c.d >= s + c.n; };
  if (!source(c.a)) return false;
  if ((c.op != pkg::OP_VADD && c.op != pkg::OP_VMUL) || c.bscalar) return true;
  if (c.bperiod && c.n > c.e) return apart(c.d, c.n, c.b, c.e);
  return source(c.b);
}

pkg::vec_cmd_t random_command(std::mt19937& rng, unsigned blocks = kBlocks, unsigned most = 40) {
  static constexpr unsigned ops[] = {pkg::OP_VADD,   pkg::OP_VMUL,   pkg::OP_VEXP2, pkg::OP_VRCP,
                                     pkg::OP_VRSQRT, pkg::OP_VSUMSQ, pkg::OP_VQUANT, pkg::OP_VTOPK};
  for (;;) {
    const unsigned n = rng() % 8 ? 1 + rng() % 6 : 1 + rng() % most;
    auto c = command(ops[rng() % 8], rng() % (blocks - n + 1), rng() % (blocks - n + 1), rng() % (blocks - n + 1), n, 1 + rng() % 5);
    if (rng() % 3 == 0) c.d = c.a;
    if (rng() % 8 == 0) c.b = c.a;
    c.bscalar = rng() % 3 == 0;
    c.bperiod = rng() % 3 == 0;
    c.swap = rng() % 3 == 0;
    c.elem = std::uint8_t(rng() % 32);
    c.qmode = std::uint8_t(rng() % 4);
    if (c.op == pkg::OP_VTOPK) {
      c.n = std::uint16_t(std::min(n, 8u));
      c.e = std::uint16_t(32 * c.n - rng() % 32);
      c.elem = std::uint8_t(1 + rng() % std::min<unsigned>(c.e, pkg::TOP_K));
    }
    if (c.op == pkg::OP_VQUANT) {
      c.d = std::uint16_t(rng() % 2048);
      c.cols = std::uint8_t(rng() % pkg::MAX_COLUMNS);
      if (rng() % 2) c.e = 1;
    }
    if (legal(c)) return c;
  }
}

/// The command on a plain array of values.
void execute(const pkg::vec_cmd_t& c, std::vector<float>& mem, std::vector<pkg::act_write_t>& sent, bool& bad, bool& router) {
  const std::vector<float> x(mem.begin() + 32 * c.a, mem.begin() + 32 * (c.a + c.n));
  if (c.op == pkg::OP_VTOPK) {
    const nu::Choice choice = nu::choose(std::span<const float>(x).first(c.e), c.elem);
    router = router || choice.bad;
    for (unsigned i = 0; i < 32; ++i) mem[32 * c.d + i] = i < pkg::TOP_K ? choice.below[i] : nu::kInf;
    return;
  }
  const float scalar = mem[32 * c.b + c.elem];
  if (c.op == pkg::OP_VQUANT) {
    for (const auto& b : expected_blocks(c, x, scalar, bad)) sent.push_back(b);
    return;
  }
  if (c.op == pkg::OP_VSUMSQ) {
    for (unsigned i = 0; i < 32; ++i) mem[32 * c.d + i] = i ? 0.0f : nu::sum_squares(x);
    return;
  }
  std::vector<float> y(x.size());
  for (unsigned i = 0; i < y.size(); ++i) {
    const float a = x[c.swap ? i ^ 1 : i];
    const unsigned block = c.bperiod ? (i / 32) % c.e : i / 32;
    const float b = c.bscalar ? scalar : mem[32 * (c.b + block) % mem.size() + i % 32];
    y[i] = c.op == pkg::OP_VADD ? nu::add(a, b) : c.op == pkg::OP_VMUL ? nu::mul(a, b) : c.op == pkg::OP_VEXP2 ? nu::exp2(a)
         : c.op == pkg::OP_VRCP ? nu::rcp(a) : nu::rsqrt(a);
  }
  std::copy(y.begin(), y.end(), mem.begin() + 32 * c.d);
}

class VectorSeeds : public testing::TestWithParam<unsigned> {};

TEST_P(VectorSeeds, RandomCommands) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  VectorBench bench(GetParam());
  bool router = false;
  for (int round = 0; round < 100 && !HasFailure(); ++round) {
    const unsigned at = round % 2 ? bench.rng() % (pkg::VMEM_BLOCKS - kBlocks + 1) : 0;  // so that no address bit stands still
    for (unsigned i = 0; i < 32 * kBlocks; ++i) bench.set(at + i / 32, i % 32, bench.number());
    std::vector<pkg::vec_cmd_t> cmds(1 + bench.rng() % 30);
    for (auto& c : cmds) c = random_command(bench.rng);
    auto mem = bench.values(at, kBlocks);
    std::vector<pkg::act_write_t> sent;
    bool bad = bench.err() == pkg::ERR_QUANT;
    router = router || bench.err() == pkg::ERR_ROUTER;
    for (const auto& c : cmds) execute(c, mem, sent, bad, router);
    bench.sent.clear();
    for (auto& c : cmds) {
      c.a += at;
      c.b += at;
      if (c.op != pkg::OP_VQUANT) c.d += at;
    }
    bench.run(cmds, round % 3 * 40);
    EXPECT_EQ(bench.sent.size(), sent.size());
    EXPECT_TRUE(bench.sent == sent);
    EXPECT_EQ(bench.err(), bad ? pkg::ERR_QUANT : router ? pkg::ERR_ROUTER : pkg::ERR_NONE);
    const auto got = bench.values(at, kBlocks);
    for (unsigned i = 0; i < got.size(); ++i)
      ASSERT_EQ(nu::bits(got[i]), nu::bits(mem[i])) << "round " << round << " block " << i / 32 << " element " << i % 32;
  }
}
TEST_P(VectorSeeds, ResetInTheMiddle) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  VectorBench bench(200 + GetParam());
  for (unsigned i = 0; i < 32 * kBlocks; ++i) bench.set(i / 32, i % 32, bench.number());
  for (int round = 0; round < 150 && !HasFailure(); ++round) {
    for (unsigned i = bench.rng() % 8; i > 0; --i) {
      const auto c = random_command(bench.rng);
      bench.clock(&c);
    }
    for (unsigned i = bench.rng() % 250; i > 0; --i) bench.clock();
    bench.reset();
    if (round % 4 == 0) bench.run({random_command(bench.rng), random_command(bench.rng)});
  }
}
/// Operands anywhere in the vector memory and as long as it, so that every bit of a length and of an address counts.
class VectorMemory : public testing::TestWithParam<unsigned> {};

TEST_P(VectorMemory, WholeMemory) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  VectorBench bench(400 + GetParam());
  for (unsigned i = 0; i < 32 * pkg::VMEM_BLOCKS; ++i) bench.set(i / 32, i % 32, bench.number());
  auto mem = bench.values(0, pkg::VMEM_BLOCKS);
  std::vector<pkg::vec_cmd_t> cmds(24);
  for (auto& c : cmds) c = random_command(bench.rng, pkg::VMEM_BLOCKS, pkg::VMEM_BLOCKS - 1);
  std::vector<pkg::act_write_t> sent;
  bool bad = false, router = false;
  for (const auto& c : cmds) execute(c, mem, sent, bad, router);
  bench.run(cmds, 20);
  EXPECT_TRUE(bench.sent == sent);
  const auto got = bench.values(0, pkg::VMEM_BLOCKS);
  for (unsigned i = 0; i < got.size(); ++i) ASSERT_EQ(nu::bits(got[i]), nu::bits(mem[i])) << "block " << i / 32 << " element " << i % 32;
}
INSTANTIATE_TEST_SUITE_P(Random, VectorMemory, testing::Range(1u, 3u));
INSTANTIATE_TEST_SUITE_P(Random, VectorSeeds, testing::Range(1u, 9u));

TEST(Vector, ClocksPerCommandAsDocumented) {
  VectorBench bench(77);
  for (unsigned i = 0; i < 32 * kBlocks; ++i) bench.set(i / 32, i % 32, 1.0f + float(i % 7));
  const auto took = [&](pkg::vec_cmd_t c) {  // two in a row: between their ends lies one command
    const auto start = bench.now;
    bench.run({c});
    const auto one = bench.now - start, next = bench.now;
    bench.run({c, c});
    return unsigned(bench.now - next - one);
  };
  for (unsigned n : {1u, 2u, 3u, 4u, 9u, 40u}) {
    EXPECT_EQ(took(command(pkg::OP_VMUL, 0, 1, 0, n)), 4 * n + 7);
    EXPECT_EQ(took(command(pkg::OP_VADD, 0, 1, 0, n)), 4 * n + 8);
    EXPECT_EQ(took(command(pkg::OP_VRCP, 0, 0, 0, n)), 16 * n + 9);
    EXPECT_EQ(took(command(pkg::OP_VSUMSQ, 0, 0, 60, n)), 4 * n + 77);
    for (unsigned e : {1u, 2u, 5u}) EXPECT_EQ(took(command(pkg::OP_VQUANT, 0, 0, 0, n, e)), 4 * n + 4 * e + 25);
  }
}

}  // namespace
