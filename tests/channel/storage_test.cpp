// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/storage.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <stdexcept>

using namespace htx;
using chip::Burst;
using chip::Storage;

namespace {

Burst random_burst(std::mt19937_64& rng) { return {rng(), rng(), rng(), rng()}; }

}  // namespace

TEST(Storage, IsZeroUntilWrittenAndSparse) {
  Storage s;
  EXPECT_EQ(s.allocated(), 0U);
  EXPECT_EQ(s.read(0), Burst{});
  EXPECT_EQ(s.read((1U << pkg::ADDR_W) - 1), Burst{});
  EXPECT_EQ(s.allocated(), 0U);
  s.write((1U << pkg::ADDR_W) - 1, {1, 2, 3, 4});
  EXPECT_EQ(s.read((1U << pkg::ADDR_W) - 1), (Burst{1, 2, 3, 4}));
  EXPECT_LE(s.allocated(), 1U << 20);
}

TEST(Storage, HoldsWhatAMapHolds) {
  std::mt19937_64 rng(301);
  Storage s;
  std::map<std::uint32_t, Burst> truth;
  for (int i = 0; i < 20000; ++i) {
    const std::uint32_t addr = rng() % 4 * 0x2000000 + rng() % 40000;
    if (rng() % 2) s.write(addr, truth[addr] = random_burst(rng));
    else ASSERT_EQ(s.read(addr), truth.count(addr) ? truth[addr] : Burst{}) << "burst " << addr;
  }
}

TEST(Storage, BytesLieInBurstsLittleEndian) {
  Storage s;
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5};
  s.write_bytes(32 * 7 + 30, bytes);
  EXPECT_EQ(s.read(7)[3], 0x0201000000000000ULL);
  EXPECT_EQ(s.read(8)[0], 0x0000000000050403ULL);
}

TEST(Storage, ByteRunsCrossChunks) {
  std::mt19937_64 rng(302);
  Storage s;
  std::vector<std::uint8_t> in(1000003), out(in.size());
  for (auto& b : in) b = static_cast<std::uint8_t>(rng());
  s.write_bytes(123457, in);
  s.read_bytes(123457, out);
  EXPECT_EQ(in, out);
  std::vector<std::uint8_t> around(in.size() + 2, 0xff);
  s.read_bytes(123456, around);
  EXPECT_EQ(around.front(), 0);
  EXPECT_EQ(around.back(), 0);
}

TEST(Storage, CopiesPartOnWrite) {
  Storage a;
  a.write(5, {5, 5, 5, 5});
  Storage b = a;
  b.write(6, {6, 6, 6, 6});
  a.write(5, {7, 7, 7, 7});
  EXPECT_EQ(a.read(5)[0], 7U);
  EXPECT_EQ(a.read(6)[0], 0U);
  EXPECT_EQ(b.read(5)[0], 5U);
  EXPECT_EQ(b.read(6)[0], 6U);
}

TEST(Storage, RefusesBytesBeyondTheEnd) {
  Storage s;
  std::uint8_t b[2] = {};
  const std::uint64_t end = 32ULL << pkg::ADDR_W;
  EXPECT_NO_THROW(s.write_bytes(end - 2, b));
  EXPECT_THROW(s.write_bytes(end - 1, b), std::out_of_range);
  EXPECT_THROW(s.read_bytes(~0ULL, b), std::out_of_range);
}

TEST(StoragePort, KeepsTheLastRead) {
  Storage s;
  s.write(9, {1, 1, 1, 1});
  chip::StoragePort port(s);
  port.step(true, false, 9, {});
  EXPECT_EQ(port.rdata()[0], 1U);
  port.step(false, true, 9, {2, 2, 2, 2});
  EXPECT_EQ(port.rdata()[0], 1U);
  port.step(true, false, 9, {});
  EXPECT_EQ(port.rdata()[0], 2U);
}
