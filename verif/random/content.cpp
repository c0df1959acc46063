// SPDX-License-Identifier: Apache-2.0
#include "verif/random/content.hpp"

#include <cstring>
#include <iterator>

#include "verif/random/rng.hpp"

namespace htx::random {
namespace {

/// As fp32 and, in halves, as fp16: infinities, NaN, the smallest and the largest of either.
constexpr std::uint32_t kExtremes[] = {0x7f800000, 0xff800000, 0x7fc00000, 0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0xff7fffff, 0x7e800000,
                                       0x0d800000, 0x80000000, 0x43000000, 0xc2fc0000, 0x4b000000, 0x7c00fc00, 0x7bff0001, 0x040003ff, 0xfe00fbff};
/// NaN and infinities both ways.
constexpr std::uint32_t kPoison[] = {0x7fc07e00, 0x7f807c00, 0xff80fc00, 0xffffffff, 0x7fff7c01};
/// Magnitudes next to which a quantiser or a function changes its ways: the least and the most that is quantised; where a scale becomes
/// subnormal, zero or infinite as fp16, where a value's exponent changes or ends, the ends of exp2, of a score, of rcp.
constexpr std::uint32_t kLimits[] = {0x0d800000, 0x7e800000, 0x7f800000, 0x4afe0000, 0x4afdf020, 0x3afe0000, 0x36fe0000, 0x367e0000, 0x01ff0000, 0x02000000,
                                     0x027f0000, 0x02800000, 0x02ff0000, 0x3f7f0000, 0x437f0000, 0x7f7f0000, 0x42fc0000, 0x43000000, 0x47000000, 0x46fffffe,
                                     0x7e000000, 0x00800000, 0x01000000, 0x7f000000};
/// Exponents of values: the ends, and where the factor of a result leaves what fp32 holds.
constexpr std::uint8_t kExponents[] = {0x80, 0x81, 0x7f, 0x7e, 120, 121, 122, 0, 1, 8, 9, 59, 60, 61, 63, 64, 65, 0xff, 0xc0, 0xc1, 0xc4};

/// What a block of 32 words is made of.
enum Block : unsigned { zeros, subnormals, tiny, lowest, mixed_extremes, extremes, huge, limit, powers, ordinary };

Block draw(const Fill& fill, Random& random) {
  static constexpr Block small[] = {zeros, subnormals, tiny, lowest, limit, ordinary, ordinary, ordinary};
  static constexpr Block wild[] = {zeros, subnormals, tiny, lowest, mixed_extremes, extremes, huge, limit, limit, limit, limit, powers};
  if (fill.kind == "small") return small[random.below(std::size(small))];
  if (fill.kind != "wild") return ordinary;
  const unsigned kind = random.below(24);
  return kind < std::size(wild) ? wild[kind] : ordinary;
}

std::uint32_t word_of(Block kind, std::uint64_t r, std::uint32_t magnitude) {
  const auto any = static_cast<std::uint32_t>(r), usual = any & 0xbbffbbff;  // below 2, as fp32 and as two fp16
  switch (kind) {
    case zeros: return 0;
    case subnormals: return usual & 0x807fffff;
    case tiny: return (usual & 0x80ffffff) | 0x0c000000;
    case lowest: return any & 0x83ffffff;
    case mixed_extremes: return r >> 60 == 0 ? kExtremes[(r >> 40) % std::size(kExtremes)] : usual;
    case extremes: return r >> 63 == 0 ? kExtremes[(r >> 40) % std::size(kExtremes)] : usual;
    case huge: return (any & 0x87ffffff) | 0x78000000;
    case limit: return (any & 0x80000000) | (any & 0x7fffffff) % magnitude;  // all below it
    case powers: return (any & 0x80000000) | (0x3f000000 + (any & 0x01800000));  // products and sums that lie halfway
    default: return usual;
  }
}

}  // namespace

std::vector<std::uint8_t> content(const Fill& fill, unsigned lane, std::uint32_t bursts) {
  std::vector<std::uint8_t> bytes(std::size_t{bursts} * pkg::BURST_BYTES);
  if (fill.kind == "zero") return bytes;
  Random random(std::uint64_t{fill.seed} << 4 | lane);
  if (fill.kind == "exponents") {
    const unsigned few = random.one_in(2) ? 1 : 1 + random.below(4), first = random.below(std::size(kExponents));  // a few of them: equal ones, too
    for (auto& b : bytes) b = kExponents[(first + 5 * random.below(few)) % std::size(kExponents)];
    return bytes;
  }
  for (std::size_t at = 0; at < bytes.size(); at += 4 * pkg::BLK) {  // a block of fp32
    const Block kind = draw(fill, random);
    const std::uint32_t magnitude = kind == limit ? kLimits[random.below(random.one_in(4) ? 2 : std::size(kLimits))] + (random.one_in(2) ? 0 : 2 * random.below(2) - 1) : 0;
    const std::size_t largest = kind == limit ? random.below(pkg::BLK) : pkg::BLK;
    for (std::size_t i = 0; i < pkg::BLK && at + 4 * i < bytes.size(); ++i) {
      const auto r = random.bits();
      std::uint32_t word = fill.kind == "poison" ? kPoison[(r >> 32) % std::size(kPoison)] : word_of(kind, r, magnitude);
      if (i == largest) word = magnitude | (word & 0x80000000);
      std::memcpy(&bytes[at + 4 * i], &word, 4);
    }
  }
  return bytes;
}

void lay(const Region& region, unsigned lane, chip::Storage& storage) {
  const auto bytes = content(region.fill, lane, region.bursts);
  storage.write_bytes(std::uint64_t{region.first} * pkg::BURST_BYTES + region.skip, std::span(bytes).subspan(region.skip));
}

}  // namespace htx::random
