// SPDX-License-Identifier: Apache-2.0
// Products by every kind of instruction, on every split and number of threads: the same bits.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

#include "golden/functional/decoder.hpp"
#include "golden/functional/kernels.hpp"
#include "golden/numerics/numerics.hpp"
#include "tests/compile/models.hpp"

namespace htx::functional {
namespace {

struct Case {
  std::vector<std::uint8_t> tiles;
  std::vector<Activation> x;
  std::vector<std::int32_t> sums;
};

/// Random tiles; extreme: integers at their ends, so that the narrow sums within a tile are as large as they get.
Case draw(std::mt19937& r, int bits, std::uint32_t tiles, bool extreme) {
  Case c;
  c.x.resize(tiles);
  for (std::uint32_t t = 0; t < tiles; ++t) {
    std::int32_t sum = 0;
    const std::uint8_t row = extreme ? (r() & 1 ? (bits == 4 ? 0xff : 0x80) : (bits == 4 ? 0 : 0x7f)) : 0;
    for (std::size_t i = 0; i + 64 < tile_bytes(bits); ++i) c.tiles.push_back(extreme ? row : std::uint8_t(r()));
    for (int i = 0; i < 32; ++i) {  // scales of every kind, subnormal and negative too, but finite
      std::uint16_t h;
      do h = std::uint16_t(r());
      while ((h & 0x7c00) == 0x7c00);
      c.tiles.push_back(std::uint8_t(h)), c.tiles.push_back(std::uint8_t(h >> 8));
    }
    for (std::int8_t& q : c.x[t].q) sum += q = extreme ? (r() & 1 ? -128 : 127) : std::int8_t(r());
    if (extreme && r() & 1) {
      sum = 32 * -128;
      std::memset(c.x[t].q, -128, 32);
    }
    c.x[t].scale = numerics::from_bits(std::uint32_t(90 + r() % 60) << 23 | (std::uint32_t(r()) & 0x7fffffu));
    c.sums.push_back(sum);
  }
  return c;
}

TEST(Kernels, PlainIsTheDefinition) {
  std::mt19937 r{1};
  for (const int bits : {4, 8}) {
    const Case c = draw(r, bits, 5, false);
    float y[32];
    kPlain.of(bits)(c.tiles.data(), 5, c.x.data(), c.sums.data(), y);
    for (std::uint32_t row = 0; row < 32; ++row) {
      float acc = 0;
      for (std::uint32_t t = 0; t < 5; ++t) {
        const std::uint8_t* tile = c.tiles.data() + t * tile_bytes(bits);
        std::int32_t dot = 0;
        for (std::uint32_t j = 0; j < 32; ++j) {
          const int w = bits == 8 ? std::int8_t(tile[64 * (j / 2) + 2 * row + j % 2])
                                  : (j < 16 ? tile[128 * (j / 4) + 4 * row + j % 4] & 15 : tile[128 * (j / 4 - 4) + 4 * row + j % 4] >> 4) - 8;
          dot += w * c.x[t].q[j];
        }
        const std::uint8_t* h = tile + tile_bytes(bits) - 64 + 2 * row;
        acc = numerics::accumulate(acc, dot, c.x[t].scale, numerics::h2f(std::uint16_t(h[0] | h[1] << 8)));
      }
      ASSERT_EQ(numerics::bits(acc), numerics::bits(y[row])) << bits << " bits, row " << row;
    }
  }
}

TEST(Kernels, Avx2GivesTheSameBits) {
  const Kernels* avx2 = avx2_kernels();
  if (!avx2) GTEST_SKIP() << "this processor has no AVX2";
  std::mt19937 r{2};
  for (int n = 0; n < 20'000; ++n) {
    const int bits = n & 1 ? 4 : 8;
    const std::uint32_t tiles = 1 + std::uint32_t(r() % 6);
    const Case c = draw(r, bits, tiles, n % 10 < 4);
    std::array<float, 32> plain, quick;
    kPlain.of(bits)(c.tiles.data(), tiles, c.x.data(), c.sums.data(), plain.data());
    avx2->of(bits)(c.tiles.data(), tiles, c.x.data(), c.sums.data(), quick.data());
    for (std::size_t i = 0; i < 32; ++i) ASSERT_EQ(numerics::bits(plain[i]), numerics::bits(quick[i])) << bits << " bits, vector " << n << ", row " << i;
  }
}

TEST(Threads, ChangeNoBit) {
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    const model::Model m = test::make_model(named);
    std::uint64_t one = 0;
    for (const unsigned threads : {1u, 2u, 3u, 5u}) {
      Decoder decoder(m, 3, 1, 0, threads);
      std::uint64_t hash = kHashSeed;
      for (int t = 0; t < 40; ++t) hash = hash_logits(decoder.step(t % m.hyper.vocab), hash);
      if (threads == 1) one = hash;
      ASSERT_EQ(hash, one) << threads << " threads";
    }
  }
}

TEST(Threads, EveryItemOnce) {
  for (const unsigned threads : {1u, 2u, 4u, 7u}) {
    Workers workers(threads);
    EXPECT_EQ(workers.count(), threads);
    for (const std::uint32_t items : {0u, 1u, 2u, 5u, 64u, 1000u})
      for (int round = 0; round < 50; ++round) {
        std::vector<int> seen(items);
        workers.share(items, [&](std::uint32_t first, std::uint32_t last) {
          for (std::uint32_t i = first; i < last; ++i) ++seen[i];
        });
        ASSERT_EQ(std::count(seen.begin(), seen.end(), 1), items);
      }
  }
}

}  // namespace
}  // namespace htx::functional
