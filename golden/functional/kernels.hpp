// SPDX-License-Identifier: Apache-2.0
// Products of 32 rows with quantised activations: plain C++ for any processor, and AVX2. Both give the same bits (tests/functional/kernels_test.cpp).
#pragma once
#include <cstddef>
#include <cstdint>

#include "htx/pkg.hpp"

namespace htx::functional {

/// A block of 32 quantised activations.
struct alignas(32) Activation {
  std::int8_t q[pkg::BLK] = {};
  float scale = 0;
};

/// Bytes of a tile of 32 x 32 weights: integers by columns, so that 32 rows are multiplied side by side, then 32 fp16 scales.
///   8 bits: value (row r, column 2p + i) at 64 p + 2 r + i
///   4 bits: value + 8 (row r, column 4c + i) at 128 (c mod 4) + 4 r + i, c of 0..3 in the low half of the byte, 4..7 in the high one
constexpr std::size_t tile_bytes(int bits) { return pkg::BLK * pkg::BLK * static_cast<std::size_t>(bits) / 8 + 2 * pkg::BLK; }

/// y[r] = the accumulation of docs/numerics.md over `tiles` tiles in ascending order, for 32 rows. sums: of each block's 32 activations.
using RowGroup = void (*)(const std::uint8_t* tile, std::uint32_t tiles, const Activation* x, const std::int32_t* sums, float* y);

struct Kernels {
  const char* name;
  RowGroup bits8, bits4;
  RowGroup of(int bits) const { return bits == 4 ? bits4 : bits8; }
};

extern const Kernels kPlain;
/// Null where the processor or the compiler lacks it.
const Kernels* avx2_kernels();
/// The quickest here.
const Kernels& kernels();

}  // namespace htx::functional
