// SPDX-License-Identifier: Apache-2.0
// Image files: what was written comes back; anything else is refused in one line, and nothing else happens.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "golden/compile/compile.hpp"
#include "tests/compile/models.hpp"

namespace htx::compile {
namespace {

Image small() {
  return compile(
      test::make_model({.dim = 4, .layers = 1, .heads = 1, .kv_heads = 1, .head_size = 2, .ffn = 3, .vocab = 3}),
      {.lanes = 2, .context = 3});
}

std::string refusal(std::span<const std::uint8_t> bytes) {
  try {
    deserialise(bytes, "x.htx");
  } catch (const Error& e) {
    const std::string text = e.what();
    EXPECT_TRUE(text.starts_with("x.htx: ")) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos);
    return text;
  }
  return "accepted";
}

// The checksum of a changed file, bit by bit and not by the table of the code under test.
std::vector<std::uint8_t> with_checksum(std::vector<std::uint8_t> file) {
  std::uint32_t c = ~0u;
  for (std::size_t i = 24; i < file.size(); ++i) {
    c ^= file[i];
    for (int k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
  }
  c = ~c;
  const std::uint64_t size = file.size() - 24;
  std::memcpy(file.data() + 12, &c, 4);
  std::memcpy(file.data() + 16, &size, 8);
  return file;
}

TEST(File, RoundTrip) {
  for (const test::NamedModel& named : test::odd_models()) {
    const Image image = compile(test::make_model(named), {.lanes = 3, .chips = 2, .context = 33});
    const std::vector<std::uint8_t> bytes = serialise(image);
    EXPECT_EQ(bytes, with_checksum(bytes));
    EXPECT_TRUE(deserialise(bytes, "x.htx") == image) << named.name;
  }
}

TEST(File, SaveAndLoad) {
  const std::filesystem::path path = testing::TempDir() + "small.htx";
  const Image image = small();
  save(image, path);
  EXPECT_TRUE(load(path) == image);
  std::filesystem::remove(path);
  EXPECT_THROW(load(path), Error);
  EXPECT_THROW(save(image, path / "below"), Error);
}

TEST(File, SameModelSameBytes) { EXPECT_EQ(serialise(small()), serialise(small())); }

TEST(File, EveryTruncationIsRefused) {
  const std::vector<std::uint8_t> bytes = serialise(small());
  for (std::size_t n = 0; n < bytes.size(); n += n < 256 ? 1 : 97) {
    ASSERT_NE(refusal({bytes.data(), n}), "accepted") << n;
    // With a matching header, the reader itself has to notice.
    if (n >= 24)
      ASSERT_NE(refusal(with_checksum({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n)})), "accepted")
          << n;
  }
  std::vector<std::uint8_t> longer = bytes;
  longer.push_back(0);
  EXPECT_NE(refusal(longer), "accepted");
  EXPECT_EQ(refusal(with_checksum(longer)), "x.htx: has bytes behind its end");
}

TEST(File, EveryFlippedByteIsRefused) {
  std::vector<std::uint8_t> bytes = serialise(small());
  for (std::size_t i = 0; i < bytes.size(); i += i < 256 ? 1 : 53) {
    bytes[i] ^= 0x10;
    ASSERT_NE(refusal(bytes), "accepted") << i;
    bytes[i] ^= 0x10;
  }
}

TEST(File, HeaderMessages) {
  const std::vector<std::uint8_t> good = serialise(small());
  EXPECT_EQ(refusal({}), "x.htx: is no HTX301 image");
  std::vector<std::uint8_t> bytes = good;
  bytes[8] = 9;
  EXPECT_EQ(refusal(bytes), "x.htx: image version 9 is not supported (1 is)");
  bytes = good;
  bytes[12] ^= 1;
  EXPECT_EQ(refusal(bytes), "x.htx: the checksum is wrong");
  EXPECT_TRUE(
      refusal({good.data(), good.size() - 1}).starts_with("x.htx: " + std::to_string(good.size() - 25) + " bytes of "));
}

// Files bent behind the checksum: each is refused, or is an image that keeps every promise the reader makes.
TEST(File, BentContentNeverGetsThrough) {
  const std::vector<std::uint8_t> good = serialise(small());
  const std::size_t weights = 2 * (small().lane_images[0].dram.size() + 1024);
  test::Random random(5);
  int accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::uint8_t> bytes = good;
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      const std::size_t at = 24 + random.below(bytes.size() - 24 - (random.below(4) ? weights : 0));
      bytes[at] = static_cast<std::uint8_t>(random.below(3) ? random.bits() : 255);
    }
    try {
      const Image image = deserialise(with_checksum(bytes), "x.htx");
      ++accepted;
      ASSERT_EQ(image.lane_images.size(), image.lanes_total());
      disassemble(image);
      for (unsigned lane = 0; lane < image.lanes_total(); ++lane)
        for (std::uint64_t burst = 0; burst < image.lane_images[lane].dram.size() / 32 + 4; burst += 3)
          image.describe(lane, burst);
    } catch (const Error&) {
    }
  }
  EXPECT_GT(accepted, 100);  // names, weights and flags may be anything
}

}  // namespace
}  // namespace htx::compile
