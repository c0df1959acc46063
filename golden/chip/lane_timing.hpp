// SPDX-License-Identifier: Apache-2.0
// Clocks and depths of a lane's compute side and of the tree (docs/blocks/dot.md, accum.md, attn.md, tree.md).
#pragma once
#include "htx/fp_pkg.hpp"
#include "htx/lane_pkg.hpp"

namespace htx::chip::lane_timing {

inline constexpr unsigned kI2f = fp_pkg::I2F32_LATENCY, kI2f64 = fp_pkg::I2F64_LATENCY, kMul = fp_pkg::FMUL_LATENCY,
                          kAdd = fp_pkg::FADD_LATENCY, kScore = fp_pkg::F2SCORE_LATENCY;

inline constexpr unsigned kResultWords = lane_pkg::RESQ_WORDS;  // result queue of a lane
inline constexpr unsigned kStarted = lane_pkg::FIN_DEPTH;       // commands started and not finished
inline constexpr unsigned kScaleSeen = 2;     // a row's scales after the beat that completes it
inline constexpr unsigned kDotSeen = 5;       // its dot product, or its tile's column 0
inline constexpr unsigned kDotLag = lane_pkg::DOT_LAG;
static_assert(kDotLag == kDotSeen - kScaleSeen);
inline constexpr unsigned kDrain = kI2f + kMul + kAdd + 4;

inline constexpr unsigned kScaled = kI2f + kMul + 1;        // a score after its dot product
inline constexpr unsigned kAccWrite = kI2f + kMul + kAdd;   // the accumulator's write after the dot product

}  // namespace htx::chip::lane_timing
