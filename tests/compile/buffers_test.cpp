// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/buffers.hpp"

#include <gtest/gtest.h>

#include "golden/compile/compile.hpp"
#include "tests/compile/models.hpp"

namespace htx::compile {
namespace {

Shape shape(int dim, int ffn, int vocab, int heads, int kv, int kt) {
  Shape s{.dim = dim, .ffn = ffn, .vocab = vocab, .layers = 1, .heads = heads, .kv_heads = kv, .head = {}};
  s.head.blocks = kt;
  return s;
}

// Shapes people run fit: Llama 3 8B, Llama 2 7B, TinyLlama.
TEST(Buffers, KnownModelsFit) {
  for (const Shape& s :
       {shape(128, 448, 4008, 32, 8, 4), shape(128, 344, 1000, 32, 32, 4), shape(64, 176, 1000, 32, 4, 2)}) {
    EXPECT_NO_THROW(map_vectors(s, {}));
    EXPECT_NO_THROW(map_quantised(s, {}));
  }
}

Shape with_experts(Shape s, int experts, int used) {
  s.router = (experts + 31) / 32;
  s.experts = experts;
  s.experts_used = used;
  return s;
}

// The gates of all chosen experts where there is room, else in rounds as equal as can be: Mixtral 8x7B one by one, many small ones at once.
TEST(Buffers, ExpertsInRounds) {
  EXPECT_EQ(map_vectors(with_experts(shape(128, 448, 1000, 32, 8, 4), 8, 2), {}).experts_at_once, 1);
  EXPECT_NO_THROW(map_quantised(with_experts(shape(128, 448, 1000, 32, 8, 4), 8, 2), {}));
  const Shape many = with_experts(shape(64, 24, 1000, 32, 4, 4), 128, 8);
  EXPECT_EQ(map_vectors(many, {}).experts_at_once, 8);
  Limits limits;
  for (const auto& [blocks, rounds] : {std::pair{2048u, 1}, {847u, 1}, {846u, 2}, {842u, 2}}) {
    limits.vmem_blocks = blocks;
    const VectorMap map = map_vectors(many, limits);
    EXPECT_EQ(map.experts_at_once, (8 + rounds - 1) / rounds) << blocks;
    EXPECT_LT(map.act + static_cast<std::uint32_t>(24 * map.experts_at_once), blocks);
  }
  limits.vmem_blocks = 400;
  EXPECT_THROW(map_vectors(many, limits), Error);
  limits.act_blocks = 64 + 8 * 24 - 1;
  EXPECT_THROW(map_quantised(many, limits), Error);
}

TEST(Buffers, LogitsAreStoredWhereTheyFit) {
  EXPECT_TRUE(map_vectors(shape(2, 3, 2047, 1, 1, 1), {}).store_logits);
  EXPECT_FALSE(map_vectors(shape(2, 3, 2048, 1, 1, 1), {}).store_logits);
}

// Only what is never alive together may share blocks.
TEST(Buffers, OnlyAttentionAndGateOverlap) {
  const VectorMap map = map_vectors(shape(7, 11, 9, 6, 3, 2), {});
  const auto phase = [](const std::string& name) {
    if (name == "q" || name == "k" || name == "v" || name == "swapped" || name == "attention" || name == "mixed")
      return 1;
    if (name == "gate" || name == "up" || name == "act") return 2;
    return name == "logits" ? 3 : 0;
  };
  for (const VectorSymbol& a : map.symbols) {
    for (const VectorSymbol& b : map.symbols) {
      if (a.name == b.name || (phase(a.name) != phase(b.name) && phase(a.name) && phase(b.name))) continue;
      if ((phase(a.name) == 3 || phase(b.name) == 3) && a.name != "constants" && b.name != "constants") continue;
      EXPECT_TRUE(a.block + a.blocks <= b.block || b.block + b.blocks <= a.block) << a.name << " and " << b.name;
    }
  }
}

}  // namespace
}  // namespace htx::compile
