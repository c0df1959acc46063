// SPDX-License-Identifier: Apache-2.0
#include "verif/random/content.hpp"

#include <cstring>
#include <iterator>

#include "verif/random/rng.hpp"

namespace htx::random {
namespace {

constexpr std::uint32_t kExtremes[] = {0x7f800000, 0xff800000, 0x7fc00000, 0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0xff7fffff,
                                       0x7e800000, 0x0d800000, 0x80000000, 0x43000000, 0xc2fc0000, 0x4b000000};

}  // namespace

std::vector<std::uint8_t> content(const Fill& fill, unsigned lane, std::uint32_t bursts) {
  std::vector<std::uint8_t> bytes(std::size_t{bursts} * pkg::BURST_BYTES);
  if (fill.kind == "zero") return bytes;
  const bool small = fill.kind == "small", wild = fill.kind == "wild";
  Random random(std::uint64_t{fill.seed} << 4 | lane);
  for (std::size_t at = 0; at < bytes.size(); at += 4 * pkg::BLK) {  // a block of fp32
    const unsigned kind = small || wild ? random.below(small ? 6 : 48) : 63;
    for (std::size_t i = 0; i < pkg::BLK && at + 4 * i < bytes.size(); ++i) {
      const auto r = random.bits();
      auto word = static_cast<std::uint32_t>(r) & 0xbbffbbff;  // below 2, as fp32 and as two fp16
      if (kind == 0) word = 0;
      else if (kind == 1) word &= 0x807fffff;
      else if (kind == 2) word = (word & 0x80ffffff) | 0x0c000000;
      else if (wild && kind == 3 && (r >> 60) == 0) word = kExtremes[(r >> 40) % std::size(kExtremes)];
      std::memcpy(&bytes[at + 4 * i], &word, 4);
    }
  }
  return bytes;
}

void lay(const Region& region, unsigned lane, chip::Storage& storage) {
  storage.write_bytes(std::uint64_t{region.first} * pkg::BURST_BYTES, content(region.fill, lane, region.bursts));
}

}  // namespace htx::random
