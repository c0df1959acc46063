// SPDX-License-Identifier: Apache-2.0
// VTOPK: RTL and twin in lockstep; what it leaves against golden/numerics; its clocks; its error.
#include "tests/vector/bench.hpp"

using namespace htx;
using namespace htx::test;
namespace nu = htx::numerics;

namespace {

pkg::vec_cmd_t choice(unsigned a, unsigned d, unsigned experts, unsigned k) {
  auto c = command(pkg::OP_VTOPK, a, 0, d, (experts + 31) / 32, experts);
  c.elem = std::uint8_t(k);
  return c;
}

void expect(const VectorBench& bench, unsigned d, const nu::Choice& want) {
  EXPECT_EQ(bench.chosen(), std::bit_cast<std::uint64_t>(want.expert));
  for (unsigned i = 0; i < 32; ++i)
    ASSERT_EQ(nu::bits(bench.value(d, i)), nu::bits(i < pkg::TOP_K ? want.below[i] : nu::kInf)) << "element " << i;
}

/// Every number of experts, every k, logits with and without ties; over its own source now and then.
TEST(Topk, EveryNumberOfExperts) {
  VectorBench bench(501);
  for (unsigned experts = 1; experts <= pkg::TOP_EXPERTS && !HasFailure(); ++experts)
    for (unsigned k = 1; k <= std::min(experts, pkg::TOP_K); ++k) {
      SCOPED_TRACE(fmt::format("{} of {}", k, experts));
      const bool ties = bench.rng() % 2;
      std::vector<float> x(256);
      for (float& v : x) v = ties ? float(int(bench.rng() % 7) - 3) * (bench.rng() % 2 ? 1.0f : -1.0f) : nu::from_bits((bench.rng() & 0x80ffffff) | 0x3f000000);
      bench.set(4, x);
      const unsigned d = bench.rng() % 3 ? 20 : 4 + bench.rng() % 8;
      const auto start = bench.now;
      bench.run({choice(4, d, experts, k)});
      EXPECT_EQ(bench.now - start, experts + 13 + 4);  // two until its first read, two after done_o counted
      expect(bench, d, nu::choose(std::span<const float>(x).first(experts), k));
    }
  EXPECT_EQ(bench.err(), pkg::ERR_NONE);
}

/// Any bits at all: the order holds for what is no number, too, and the error says so, from its command on.
TEST(Topk, AnyBitsAndTheError) {
  for (unsigned seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    VectorBench bench(600 + seed);
    bool bad = false;
    for (unsigned round = 0; round < 8; ++round) {
      const unsigned experts = 1 + bench.rng() % 256, k = 1 + bench.rng() % std::min(experts, pkg::TOP_K);
      std::vector<float> x(256);
      for (float& v : x) v = bench.rng() % 200 ? bench.number() : nu::from_bits(bench.rng() | 0x7f800000);
      bench.set(0, x);
      bench.run({choice(0, 9, experts, k)}, 3);
      const auto want = nu::choose(std::span<const float>(x).first(experts), k);
      bad = bad || want.bad;
      expect(bench, 9, want);
      EXPECT_EQ(bench.err(), bad ? pkg::ERR_ROUTER : pkg::ERR_NONE);
    }
  }
}

/// A quantiser's error is told before a router's, whichever came first.
TEST(Topk, TwoErrors) {
  for (const bool router_first : {false, true}) {
    VectorBench bench(700);
    for (unsigned i = 0; i < 32; ++i) bench.set(1, i, nu::kNan);
    const auto top = choice(1, 5, 8, 2), quant = command(pkg::OP_VQUANT, 1, 0, 0, 1, 1);
    bench.run({router_first ? top : quant});
    EXPECT_EQ(bench.err(), router_first ? pkg::ERR_ROUTER : pkg::ERR_QUANT);
    bench.run({router_first ? quant : top});
    EXPECT_EQ(bench.err(), pkg::ERR_QUANT);
    bench.reset();
    EXPECT_EQ(bench.err(), pkg::ERR_NONE);
    EXPECT_EQ(bench.chosen(), 0u);
  }
}

/// Weights of the chosen as the compiler forms them are those of numerics::expert_weights.
TEST(Topk, SharesByTheInstructionsOfAProgram) {
  VectorBench bench(800);
  for (unsigned round = 0; round < 50 && !HasFailure(); ++round) {
    const unsigned experts = 1 + bench.rng() % 64, k = 1 + bench.rng() % std::min(experts, pkg::TOP_K);
    std::vector<float> x(64);
    for (float& v : x) v = nu::from_bits((bench.rng() & 0x81ffffff) | 0x3e000000);
    bench.set(0, x);
    bench.set(3, 0, nu::kNegHalfLog2e);
    bench.run({choice(0, 2, experts, k), scalar(pkg::OP_VMUL, 2, 3, 0, 2, 1), command(pkg::OP_VEXP2, 2, 0, 2, 1), command(pkg::OP_VSUMSQ, 2, 0, 4, 1),
               command(pkg::OP_VRCP, 4, 0, 4, 1), command(pkg::OP_VMUL, 2, 2, 2, 1), scalar(pkg::OP_VMUL, 2, 4, 0, 2, 1)});
    const auto want = nu::expert_weights(nu::choose(std::span<const float>(x).first(experts), k));
    for (unsigned i = 0; i < 32; ++i) ASSERT_EQ(nu::bits(bench.value(2, i)), nu::bits(i < pkg::TOP_K ? want[i] : 0.0f)) << i;
  }
}

}  // namespace
