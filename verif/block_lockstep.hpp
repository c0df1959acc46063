// SPDX-License-Identifier: Apache-2.0
// Comparison of a block's two probes, golden and RTL, and the words for a difference.
#pragma once
#include <fmt/format.h>

#include <cstring>
#include <string>

#include "golden/common/bits.hpp"
#include "golden/common/probe.hpp"

namespace htx::verif {

/// True when every compared signal of the block agrees.
template <class P>
bool same(const P& golden, const P& rtl) {
  return std::memcmp(&golden, &rtl, sizeof(P)) == 0;
}

/// A signal's value in hex, most significant word first.
inline std::string hex(const std::uint64_t* words, unsigned width) {
  std::string s;
  for (unsigned i = (width + 63) / 64; i-- > 0;) {
    const unsigned bits = width - 64 * i < 64 ? width - 64 * i : 64;
    s += fmt::format("{:0{}x}", words[i], (bits + 3) / 4);
  }
  return s;
}

/// One line for each differing signal: block, signal, entry, expected (golden) and actual (RTL) value; empty when same.
template <class P>
std::string differences(const P& golden, const P& rtl) {
  const auto* g = reinterpret_cast<const std::uint64_t*>(&golden);
  const auto* r = reinterpret_cast<const std::uint64_t*>(&rtl);
  std::string text;
  for (const auto& f : P::fields) {
    const unsigned step = (f.width + 63) / 64;
    for (unsigned i = 0; i < (f.depth ? f.depth : 1); ++i) {
      const unsigned at = f.word + i * step;
      if (std::memcmp(g + at, r + at, 8 * step) == 0) continue;
      text += fmt::format("{}.{}{} expected {} actual {}\n", P::block, f.name, f.depth ? fmt::format("[{}]", i) : "",
                          hex(g + at, f.width), hex(r + at, f.width));
    }
  }
  return text;
}

}  // namespace htx::verif
