// SPDX-License-Identifier: Apache-2.0
// Copies a signal of a Verilated model into the 64-bit words of a probe struct.
#pragma once
#include <verilated.h>

#include "golden/common/bits.hpp"

namespace htx::verif {

template <class T>
  requires std::is_integral_v<T>
inline void load(std::uint64_t& to, const T& from) { to = static_cast<std::uint64_t>(from); }

template <std::size_t N, std::size_t W>
inline void load(Bits<N>& to, const VlWide<W>& from) {
  for (std::size_t i = 0; i < N; ++i)
    to[i] = from[2 * i] | (2 * i + 1 < W ? static_cast<std::uint64_t>(from[2 * i + 1]) << 32 : 0);
}

/// Bits lsb .. lsb + width - 1 of a vector that holds the lanes side by side.
template <class T>
  requires std::is_integral_v<T>
inline void load_part(std::uint64_t& to, const T& from, unsigned lsb, unsigned width) {
  to = static_cast<std::uint64_t>(from) >> lsb & ~0ULL >> (64 - width);
}

template <std::size_t N, std::size_t W>
inline void load_part(Bits<N>& to, const VlWide<W>& from, unsigned lsb, unsigned width) {
  const auto word = [&](unsigned i) { return i < W ? static_cast<std::uint64_t>(from[i]) : 0; };
  for (unsigned i = 0; i < N; ++i) {
    const unsigned at = lsb + 64 * i, left = width - 64 * i, low = at % 32;
    std::uint64_t v = (word(at / 32) | word(at / 32 + 1) << 32) >> low;
    if (low != 0) v |= word(at / 32 + 2) << (64 - low);
    to[i] = left < 64 ? v & ~0ULL >> (64 - left) : v;
  }
}

template <std::size_t W>
inline void load_part(std::uint64_t& to, const VlWide<W>& from, unsigned lsb, unsigned width) {
  Bits<1> one;
  load_part(one, from, lsb, width);
  to = one[0];
}

template <std::size_t N, class T, std::size_t D>
inline void load(Bits<N>& to, const VlUnpacked<T, D>& from) {
  static_assert(N == D, "entries wider than 64 bits are not probed as arrays");
  for (std::size_t i = 0; i < N; ++i) to[i] = static_cast<std::uint64_t>(from[i]);
}

}  // namespace htx::verif
