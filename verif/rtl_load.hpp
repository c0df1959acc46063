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

template <std::size_t N, class T, std::size_t D>
inline void load(Bits<N>& to, const VlUnpacked<T, D>& from) {
  static_assert(N == D, "entries wider than 64 bits are not probed as arrays");
  for (std::size_t i = 0; i < N; ++i) to[i] = static_cast<std::uint64_t>(from[i]);
}

}  // namespace htx::verif
