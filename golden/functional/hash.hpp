// SPDX-License-Identifier: Apache-2.0
// A hash of logits, to compare decodes bit for bit.
#pragma once
#include <bit>
#include <cstdint>
#include <span>

namespace htx::functional {

inline constexpr std::uint64_t kHashSeed = 0xcbf29ce484222325u;

/// FNV-1a, 64 bits, over the fp32 bytes, little endian. Feed the last result as `seed` to go on.
inline std::uint64_t hash_logits(std::span<const float> logits, std::uint64_t seed = kHashSeed) {
  for (const float v : logits) {
    const auto word = std::bit_cast<std::uint32_t>(v);
    for (unsigned byte = 0; byte < 4; ++byte) seed = (seed ^ (word >> (8 * byte) & 255)) * 0x100000001b3u;
  }
  return seed;
}

}  // namespace htx::functional
