// SPDX-License-Identifier: Apache-2.0
// The random numbers of a generated program: one named generator, so that a seed means the same everywhere.
#pragma once
#include <cstdint>
#include <random>

namespace htx::random {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t bits() { return engine_(); }
  unsigned below(unsigned n) { return static_cast<unsigned>(engine_() % n); }
  bool one_in(unsigned n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace htx::random
