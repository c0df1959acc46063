// SPDX-License-Identifier: Apache-2.0
// How GGUF stores numbers: one table of the tensor types that are read, with the layout of a block and what it decodes to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace htx::model::gguf {

/// As numbered in the file; every other type is refused.
enum class TensorType : std::uint32_t {
  f32 = 0, f16 = 1, q4_0 = 2, q4_1 = 3, q5_0 = 6, q5_1 = 7, q8_0 = 8,
  q2_k = 10, q3_k = 11, q4_k = 12, q5_k = 13, q6_k = 14, bf16 = 30, mxfp4 = 39
};

/// A block is the smallest piece that is stored on its own: its scales and their values lie together.
struct BlockFormat {
  TensorType type;
  std::string_view name;  ///< "Q4_K", as the ecosystem writes it
  std::uint32_t values;   ///< in a block; divides a row's columns
  std::uint32_t bytes;    ///< of a block
  /// `values` numbers as fp32, multiplied and subtracted in the order of the format's definition (docs/gguf.md).
  void (*decode)(const std::byte* block, float* out);
};

/// All types, in the order of their numbers.
std::span<const BlockFormat> block_formats();

/// nullptr when the type is not read.
const BlockFormat* find_format(std::uint32_t number);

/// The entry of a type that is read.
const BlockFormat& format_of(TensorType type);

/// "Q4_K".
inline std::string_view to_string(TensorType type) { return format_of(type).name; }

/// The name of any number that a file may hold, also of types that are not read: "IQ4_XS", or "number 77".
std::string type_name(std::uint32_t number);

/// "F32, F16, Q4_0 ...": what a message offers.
std::string readable_types();

/// True for types of one scale a block: too coarse for vectors.
inline bool is_quantised(TensorType type) {
  return type != TensorType::f32 && type != TensorType::f16 && type != TensorType::bf16;
}

}  // namespace htx::model::gguf
