// SPDX-License-Identifier: Apache-2.0
// Weights as the chip holds them: 8- or 4-bit integers with one fp16 scale a row and block of 32 columns.
//
// The content is exactly that of GGUF's Q8_0 and Q4_0; only widths that are no multiple of 32 are new: their last
// block is filled with zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "golden/model/half.hpp"
#include "golden/model/tensor_type.hpp"

namespace htx::model {

/// What tensors that are not yet 8- or 4-bit are quantised to.
enum class WeightFormat { q8_0, q4_0 };

/// "Q8_0" or "Q4_0".
std::string_view to_string(WeightFormat format);

inline constexpr std::size_t kBlock = 32;

/// Row-major; row = output, column = input. Weight (r, c) is value(r, c) * scale(r, c / 32).
struct QMatrix {
  std::size_t rows = 0;
  std::size_t cols = 0;               ///< without the padding
  int bits = 8;                       ///< 8: values in [-128, 127]; 4: values in [-8, 7]
  std::vector<std::uint16_t> scales;  ///< fp16 bits, finite, may be negative: [rows][blocks()]
  std::vector<std::int8_t> values;    ///< [rows][blocks() * 32], zero from column `cols` on

  QMatrix() = default;
  /// All zeros.
  QMatrix(std::size_t row_count, std::size_t col_count, WeightFormat format);

  bool empty() const { return rows == 0; }
  std::size_t blocks() const { return (cols + kBlock - 1) / kBlock; }  ///< a row
  WeightFormat format() const { return bits == 4 ? WeightFormat::q4_0 : WeightFormat::q8_0; }

  std::uint16_t scale_bits(std::size_t row, std::size_t block) const { return scales[row * blocks() + block]; }
  float scale(std::size_t row, std::size_t block) const { return half_to_float(scale_bits(row, block)); }
  std::int8_t value(std::size_t row, std::size_t col) const { return values[row * blocks() * kBlock + col]; }
  /// The 32 values of a block.
  std::span<const std::int8_t, kBlock> block(std::size_t row, std::size_t index) const {
    return std::span<const std::int8_t, kBlock>(values.data() + (row * blocks() + index) * kBlock, kBlock);
  }
  /// The weight; exact in fp32 (11 bits of scale times 8 bits of value).
  float weight(std::size_t row, std::size_t col) const {
    return static_cast<float>(value(row, col)) * scale(row, col / kBlock);
  }
};

/// One block as stored: the scale's fp16 bits and the integers.
struct QBlock {
  std::uint16_t scale = 0;
  std::int8_t values[kBlock] = {};
};

/// llama.cpp's rule for Q8_0: d = amax/127, q = round half away from zero(x * (1/d)), d stored as fp16.
/// x: at most 32 finite values, the rest counts as zero. The scale is infinite when amax/127 exceeds fp16.
QBlock quantise_q8_0(std::span<const float> x);

/// llama.cpp's rule for Q4_0: d = (the value largest in magnitude, first on ties)/-8,
/// q = min(15, int(x * (1/d) + 8.5)) - 8, d stored as fp16. x as above.
QBlock quantise_q4_0(std::span<const float> x);

/// Quantises one row of `to.cols` finite values into `to`. Returns false, with the row unusable, when a scale
/// overflows fp16.
bool quantise_row(std::span<const float> x, QMatrix& to, std::size_t row);

/// Stores a row of Q5_0 or MXFP4 blocks in `to`, 8 bits, without any loss: their integers are its own, MXFP4's after doubling
/// (a multiple of a half, at most 6). False, with the row unusable, for another type, another target, and for an MXFP4 block
/// whose power of two is beyond fp16.
bool keep_row(gguf::TensorType type, std::span<const std::byte> row_bytes, QMatrix& to, std::size_t row);

}  // namespace htx::model
