// SPDX-License-Identifier: Apache-2.0
// Bit vectors as the hardware has them: little-endian 64-bit words, bit 0 in word 0.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace htx {

/// `N` 64-bit words holding a packed vector of up to 64 * N bits; unused high bits are zero.
template <std::size_t N>
using Bits = std::array<std::uint64_t, N>;

/// Writes the low `width` (1..64) bits of `value` at bit `lsb`. The target bits must be zero.
template <std::size_t N>
constexpr void put_bits(Bits<N>& v, unsigned lsb, unsigned width, std::uint64_t value) {
  const std::uint64_t mask = width == 64 ? ~0ULL : (1ULL << width) - 1;
  value &= mask;
  v[lsb / 64] |= value << (lsb % 64);
  if (lsb % 64 + width > 64) v[lsb / 64 + 1] |= value >> (64 - lsb % 64);
}

/// Reads `width` (1..64) bits from bit `lsb`.
template <std::size_t N>
constexpr std::uint64_t get_bits(const Bits<N>& v, unsigned lsb, unsigned width) {
  const std::uint64_t mask = width == 64 ? ~0ULL : (1ULL << width) - 1;
  std::uint64_t r = v[lsb / 64] >> (lsb % 64);
  if (lsb % 64 + width > 64) r |= v[lsb / 64 + 1] << (64 - lsb % 64);
  return r & mask;
}

/// Writes an `M`-word vector of `width` bits at bit `lsb`.
template <std::size_t N, std::size_t M>
constexpr void put_bits(Bits<N>& v, unsigned lsb, unsigned width, const Bits<M>& value) {
  for (unsigned done = 0; done < width; done += 64)
    put_bits(v, lsb + done, width - done < 64 ? width - done : 64, value[done / 64]);
}

/// Reads `width` bits from bit `lsb` into an `M`-word vector.
template <std::size_t M, std::size_t N>
constexpr Bits<M> get_wide(const Bits<N>& v, unsigned lsb, unsigned width) {
  Bits<M> r{};
  for (unsigned done = 0; done < width; done += 64)
    r[done / 64] = get_bits(v, lsb + done, width - done < 64 ? width - done : 64);
  return r;
}

}  // namespace htx
