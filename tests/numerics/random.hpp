// SPDX-License-Identifier: Apache-2.0
// A small generator for tests: the same numbers with every compiler and library.
#pragma once
#include <cstdint>

#include "golden/numerics/fp.hpp"

namespace htx::test {

struct Random {  // splitmix64
  std::uint64_t state;
  std::uint64_t operator()() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  /// Any of the 2^32 fp32 bit patterns.
  float any() { return numerics::from_bits(std::uint32_t((*this)() >> 32)); }
  /// Uniform in [-1, 1).
  float unit() { return float(std::int64_t((*this)()) >> 40) * 0x1p-23f; }
};

/// FNV-1a over 32-bit words: freezes a long list of results in one number.
struct Hash {
  std::uint64_t value = 0xcbf29ce484222325ull;
  void add(std::uint32_t x) { value = (value ^ x) * 0x100000001b3ull; }
  void add(float x) { add(numerics::bits(x)); }
};

}  // namespace htx::test
