// SPDX-License-Identifier: Apache-2.0
#include "golden/model/tensor_type.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <vector>

#include "golden/model/half.hpp"

namespace htx::model::gguf {
namespace {

unsigned u8(const std::byte* at) { return std::to_integer<unsigned>(*at); }

float half(const std::byte* at) {
  std::uint16_t bits;
  std::memcpy(&bits, at, 2);
  return half_to_float(bits);
}

unsigned nibble(const std::byte* from, int i, int half_way) {  // values below half_way in the low halves, the rest in the high ones
  return i < half_way ? u8(from + i) & 15 : u8(from + i - half_way) >> 4;
}

// --- one number a block --------------------------------------------------------------------------------------------
void f32(const std::byte* b, float* y) { std::memcpy(y, b, 4); }
void f16(const std::byte* b, float* y) { *y = half(b); }
void bf16(const std::byte* b, float* y) { *y = std::bit_cast<float>((u8(b) | u8(b + 1) << 8) << 16); }

// --- 32 numbers with one scale, or a scale and a minimum -------------------------------------------------------------
void q8_0(const std::byte* b, float* y) {
  for (int i = 0; i < 32; ++i) y[i] = static_cast<float>(static_cast<std::int8_t>(b[2 + i])) * half(b);
}

void q4_0(const std::byte* b, float* y) {
  for (int i = 0; i < 32; ++i) y[i] = static_cast<float>(static_cast<int>(nibble(b + 2, i, 16)) - 8) * half(b);
}

void q4_1(const std::byte* b, float* y) {
  for (int i = 0; i < 32; ++i) y[i] = static_cast<float>(nibble(b + 4, i, 16)) * half(b) + half(b + 2);
}

unsigned fifth(const std::byte* bits, int i) { return (u8(bits + i / 8) >> (i % 8) & 1) << 4; }

void q5_0(const std::byte* b, float* y) {
  for (int i = 0; i < 32; ++i) y[i] = static_cast<float>(static_cast<int>(nibble(b + 6, i, 16) | fifth(b + 2, i)) - 16) * half(b);
}

void q5_1(const std::byte* b, float* y) {
  for (int i = 0; i < 32; ++i) y[i] = static_cast<float>(nibble(b + 8, i, 16) | fifth(b + 4, i)) * half(b) + half(b + 2);
}

// FP4 (a sign, two bits of exponent, one of mantissa) times a power of two; an exponent of 255 is not a number.
void mxfp4(const std::byte* b, float* y) {
  static constexpr std::array<float, 16> code = {0.0f, 0.5f,  1.0f,  1.5f,  2.0f,  3.0f,  4.0f,  6.0f,
                                                 0.0f, -0.5f, -1.0f, -1.5f, -2.0f, -3.0f, -4.0f, -6.0f};
  const unsigned e = u8(b);
  const float scale = e == 255 ? std::numeric_limits<float>::quiet_NaN()
                               : e == 0 ? 0x1p-127f : std::bit_cast<float>(e << 23);
  for (int i = 0; i < 32; ++i) y[i] = code[nibble(b + 1, i, 16)] * scale;
}

// --- 256 numbers: small scales and minima under a common pair ----------------------------------------------------------
void q2_k(const std::byte* b, float* y) {  // 16 bytes (scale, minimum), 64 of values, d, dmin
  const float d = half(b + 80), dmin = half(b + 82);
  for (int i = 0; i < 256; ++i) {
    const unsigned both = u8(b + i / 16), q = u8(b + 16 + i / 128 * 32 + i % 32) >> (i / 32 % 4 * 2) & 3;
    const float scale = d * static_cast<float>(both & 15), least = dmin * static_cast<float>(both >> 4);
    y[i] = scale * static_cast<float>(q) - least;
  }
}

void q3_k(const std::byte* b, float* y) {  // 32 bytes of third bits, 64 of low bits, 12 of scales, d
  const float d = half(b + 108);
  const std::byte* scales = b + 96;
  for (int i = 0; i < 256; ++i) {
    const int s = i / 16;
    const unsigned low = s < 8 ? u8(scales + s) & 15 : u8(scales + s - 8) >> 4, high = u8(scales + 8 + s % 4) >> (s / 4 * 2) & 3;
    const float scale = d * static_cast<float>(static_cast<int>(low | high << 4) - 32);
    const int q = static_cast<int>(u8(b + 32 + i / 128 * 32 + i % 32) >> (i / 32 % 4 * 2) & 3);
    const bool third = (u8(b + i % 32) >> (i / 32) & 1) != 0;
    y[i] = scale * static_cast<float>(third ? q : q - 4);
  }
}

struct ScaleAndMinimum {
  unsigned scale, minimum;
};

// The j-th of eight pairs of 6 bits in 12 bytes: the upper bits of the later four lie above the earlier ones.
ScaleAndMinimum pair_of(const std::byte* packed, int j) {
  if (j < 4) return {u8(packed + j) & 63, u8(packed + j + 4) & 63};
  return {(u8(packed + j + 4) & 15) | (u8(packed + j - 4) >> 6) << 4, (u8(packed + j + 4) >> 4) | (u8(packed + j) >> 6) << 4};
}

// d, dmin, 12 bytes of pairs, and values of 4 bits from byte `low` on; `fifth_bits` has one plane a pair, or is nullptr.
void with_pairs(const std::byte* b, const std::byte* low, const std::byte* fifth_bits, float* y) {
  const float d = half(b), dmin = half(b + 2);
  for (int i = 0; i < 256; ++i) {
    const int j = i / 32;
    const auto [scale, minimum] = pair_of(b + 4, j);
    unsigned q = nibble(low + i / 64 * 32, i % 64, 32);
    if (fifth_bits != nullptr) q |= (u8(fifth_bits + i % 32) >> j & 1) << 4;
    y[i] = d * static_cast<float>(scale) * static_cast<float>(q) - dmin * static_cast<float>(minimum);
  }
}

void q4_k(const std::byte* b, float* y) { with_pairs(b, b + 16, nullptr, y); }
void q5_k(const std::byte* b, float* y) { with_pairs(b, b + 48, b + 16, y); }

void q6_k(const std::byte* b, float* y) {  // 128 bytes of low halves, 64 of high pairs, 16 scales, d
  const float d = half(b + 208);
  for (int i = 0; i < 256; ++i) {
    const int n = i / 128, r = i % 128;
    const unsigned low = nibble(b + n * 64, r, 64), high = u8(b + 128 + n * 32 + r % 32) >> (r / 32 * 2) & 3;
    const auto scale = static_cast<float>(static_cast<std::int8_t>(b[192 + i / 16]));
    y[i] = d * scale * static_cast<float>(static_cast<int>(low | high << 4) - 32);
  }
}

constexpr std::array kFormats = {
    BlockFormat{TensorType::f32, "F32", 1, 4, f32},       BlockFormat{TensorType::f16, "F16", 1, 2, f16},
    BlockFormat{TensorType::q4_0, "Q4_0", 32, 18, q4_0},  BlockFormat{TensorType::q4_1, "Q4_1", 32, 20, q4_1},
    BlockFormat{TensorType::q5_0, "Q5_0", 32, 22, q5_0},  BlockFormat{TensorType::q5_1, "Q5_1", 32, 24, q5_1},
    BlockFormat{TensorType::q8_0, "Q8_0", 32, 34, q8_0},  BlockFormat{TensorType::q2_k, "Q2_K", 256, 84, q2_k},
    BlockFormat{TensorType::q3_k, "Q3_K", 256, 110, q3_k}, BlockFormat{TensorType::q4_k, "Q4_K", 256, 144, q4_k},
    BlockFormat{TensorType::q5_k, "Q5_K", 256, 176, q5_k}, BlockFormat{TensorType::q6_k, "Q6_K", 256, 210, q6_k},
    BlockFormat{TensorType::bf16, "BF16", 1, 2, bf16},    BlockFormat{TensorType::mxfp4, "MXFP4", 32, 17, mxfp4},
};

}  // namespace

std::span<const BlockFormat> block_formats() { return kFormats; }

const BlockFormat* find_format(std::uint32_t number) {
  for (const BlockFormat& f : kFormats) {
    if (static_cast<std::uint32_t>(f.type) == number) return &f;
  }
  return nullptr;
}

const BlockFormat& format_of(TensorType type) { return *find_format(static_cast<std::uint32_t>(type)); }

std::string type_name(std::uint32_t number) {
  if (const BlockFormat* known = find_format(number)) return std::string(known->name);
  struct Other {
    std::uint32_t number;
    std::string_view name;
  };
  static constexpr std::array others = {
      Other{9, "Q8_1"},    Other{15, "Q8_K"},   Other{16, "IQ2_XXS"}, Other{17, "IQ2_XS"}, Other{18, "IQ3_XXS"}, Other{19, "IQ1_S"},
      Other{20, "IQ4_NL"}, Other{21, "IQ3_S"},  Other{22, "IQ2_S"},   Other{23, "IQ4_XS"}, Other{24, "I8"},      Other{25, "I16"},
      Other{26, "I32"},    Other{27, "I64"},    Other{28, "F64"},     Other{29, "IQ1_M"},  Other{34, "TQ1_0"},   Other{35, "TQ2_0"},
  };
  for (const Other& o : others) {
    if (o.number == number) return std::string(o.name);
  }
  return fmt::format("number {}", number);
}

std::string readable_types() {
  std::vector<std::string_view> names;
  for (const BlockFormat& f : kFormats) names.push_back(f.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace htx::model::gguf
