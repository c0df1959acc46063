// SPDX-License-Identifier: Apache-2.0
// Clocks and depths of a lane's compute side and of the tree (docs/blocks/dot.md, accum.md, attn.md, tree.md).
#pragma once

namespace htx::chip::lane_timing {

inline constexpr unsigned kI2f = 2, kMul = 4, kAdd = 5, kScore = 2, kI2f64 = 3;  // htx_fp_pkg; lockstep fails if they differ

inline constexpr unsigned kResultWords = 16;  // result queue of a lane
inline constexpr unsigned kStarted = 4;       // commands started and not finished
inline constexpr unsigned kScaleSeen = 2;     // a row's scales after the beat that completes it
inline constexpr unsigned kDotSeen = 5;       // its dot product, or its tile's column 0
inline constexpr unsigned kDotLag = kDotSeen - kScaleSeen;
inline constexpr unsigned kDrain = kI2f + kMul + kAdd + 4;

inline constexpr unsigned kScaled = kI2f + kMul + 1;        // a score after its dot product
inline constexpr unsigned kAccWrite = kI2f + kMul + kAdd;   // the accumulator's write after the dot product

}  // namespace htx::chip::lane_timing
