// SPDX-License-Identifier: Apache-2.0
// Clocks of the vector unit's schedule (docs/blocks/vector.md), from the units' latencies in htx_fp_pkg.
#pragma once
#include "htx/fp_pkg.hpp"

namespace htx::chip::vector_timing {

inline constexpr int kMul = fp_pkg::FMUL_LATENCY, kAdd = fp_pkg::FADD_LATENCY, kFunc = fp_pkg::FUNC_LATENCY,
                     kToInt8 = fp_pkg::F2I8_LATENCY, kToHalf = fp_pkg::F2H_LATENCY;

inline constexpr int kMulWrite = 3 + kMul, kAddWrite = 3 + kAdd, kFuncWrite = 6 + kFunc;  // first write after the first read

// sum of squares
inline constexpr int kSquares = 16;                       // accumulators, in words
inline constexpr int kSquareRead = 1 + kMul;              // an accumulator is read, after its word's read
inline constexpr int kSquareWritten = 3 + kMul + kAdd;    // and was written
inline constexpr int kLevel = 2 + kAdd, kFold = 1 + kAdd; // a tree level beyond its additions; a fold
/// Clock in which level 1..8 of the tree begins; level 8 is the write of the sum. words = 4n.
constexpr int level_start(int words, int level) {
  int t = words + kSquareWritten;
  for (int l = 1; l < level && l <= 4; ++l) t += (16 >> l) + kLevel;
  for (int l = 5; l < level; ++l) t += kFold;
  return t;
}

// choice of experts: clocks from the last logit's place in its word's eight to the first write, and to the choice being shown
inline constexpr int kTopWrite = 4 + kAdd, kTopShown = 3;

// quantiser, from the clock in which a group's maximum stands in its register
inline constexpr int kAmax = 6;                           // ... which is this long after the group's last read
inline constexpr int kScaleAct = 1 + kMul, kScaleKey = kScaleAct + kToHalf, kScaleQuery = 2 + 2 * kMul;
inline constexpr int kFactor = 2 + kFunc + kMul;
inline constexpr int kBehind = kAmax - 1 + kFactor - 1;   // port B behind port A, beyond 4e clocks
inline constexpr int kSent = 6 + kMul + kToInt8;          // a block after its first word's read on port B

}  // namespace htx::chip::vector_timing
