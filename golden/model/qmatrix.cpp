// SPDX-License-Identifier: Apache-2.0
#include "golden/model/qmatrix.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

namespace htx::model {
namespace {

// 1/d as fp32, 0 where d is 0 or so small that 1/d overflows: such a block's fp16 scale is 0 either way.
float inverse_or_zero(float d) {
  const float inverse = d != 0.0f ? 1.0f / d : 0.0f;
  return std::isfinite(inverse) ? inverse : 0.0f;
}

}  // namespace

std::string_view to_string(WeightFormat format) { return format == WeightFormat::q4_0 ? "Q4_0" : "Q8_0"; }

QMatrix::QMatrix(std::size_t row_count, std::size_t col_count, WeightFormat format)
    : rows(row_count), cols(col_count), bits(format == WeightFormat::q4_0 ? 4 : 8) {
  scales.resize(rows * blocks());
  values.resize(rows * blocks() * kBlock);
}

QBlock quantise_q8_0(std::span<const float> x) {
  float amax = 0.0f;
  for (const float v : x) amax = std::max(amax, std::fabs(v));
  const float d = amax / 127.0f;
  const float inverse = inverse_or_zero(d);
  QBlock block;
  block.scale = float_to_half(d);
  for (std::size_t i = 0; i < x.size(); ++i) block.values[i] = static_cast<std::int8_t>(std::round(x[i] * inverse));
  return block;
}

QBlock quantise_q4_0(std::span<const float> x) {
  float largest = 0.0f;
  for (const float v : x) {
    if (std::fabs(v) > std::fabs(largest)) largest = v;
  }
  const float d = largest / -8.0f;
  const float inverse = inverse_or_zero(d);
  QBlock block;
  block.scale = float_to_half(d);
  for (std::size_t i = 0; i < x.size(); ++i) {
    block.values[i] = static_cast<std::int8_t>(std::min(15, static_cast<int>(x[i] * inverse + 8.5f)) - 8);
  }
  return block;
}

bool quantise_row(std::span<const float> x, QMatrix& to, std::size_t row) {
  for (std::size_t b = 0; b < to.blocks(); ++b) {
    const auto part = x.subspan(b * kBlock, std::min(kBlock, x.size() - b * kBlock));
    const QBlock block = to.bits == 4 ? quantise_q4_0(part) : quantise_q8_0(part);
    if (!half_is_finite(block.scale)) return false;
    to.scales[row * to.blocks() + b] = block.scale;
    std::ranges::copy(block.values, to.values.begin() + static_cast<std::ptrdiff_t>((row * to.blocks() + b) * kBlock));
  }
  return true;
}

namespace {

// The fp16 scale of a Q5_0 or MXFP4 block's integers; nothing where fp16 does not hold it.
std::optional<std::uint16_t> own_scale(gguf::TensorType type, const std::byte* block) {
  std::uint16_t bits;
  if (type == gguf::TensorType::q5_0) {
    std::memcpy(&bits, block, 2);
    return half_is_finite(bits) ? std::optional(bits) : std::nullopt;
  }
  const int exponent = std::to_integer<int>(block[0]) - 128;  // of the smallest difference: half of the block's power of two
  if (exponent < -24 || exponent > 15) return std::nullopt;
  return float_to_half(std::ldexp(1.0f, exponent));
}

}  // namespace

bool keep_row(gguf::TensorType type, std::span<const std::byte> row_bytes, QMatrix& to, std::size_t row) {
  if (to.bits != 8 || (type != gguf::TensorType::q5_0 && type != gguf::TensorType::mxfp4)) return false;
  const gguf::BlockFormat& format = gguf::format_of(type);
  for (std::size_t b = 0; b < to.blocks(); ++b) {
    const std::byte* from = &row_bytes[b * format.bytes];
    const auto scale = own_scale(type, from);
    if (!scale) return false;
    float values[kBlock];
    format.decode(from, values);
    const float unit = half_to_float(*scale);
    to.scales[row * to.blocks() + b] = *scale;
    for (std::size_t i = 0; i < kBlock; ++i)  // exact: a small integer times the unit, divided by the unit
      to.values[(row * to.blocks() + b) * kBlock + i] = static_cast<std::int8_t>(unit == 0.0f ? 0.0f : values[i] / unit);
  }
  return true;
}

}  // namespace htx::model
