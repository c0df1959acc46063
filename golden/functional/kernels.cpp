// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/kernels.hpp"

#include <algorithm>

#include "golden/numerics/numerics.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace htx::functional {
namespace {

constexpr std::uint32_t kBlk = pkg::BLK;

// acc[r] += float(dot) * (x.scale * scale[r]), as numerics::accumulate, 32 rows side by side. A NaN's payload may
// differ from the chip's, but none is ever seen: it is found where it is next quantised or becomes a logit.
void accumulate(const std::int32_t* dots, const std::uint8_t* scales, float scale, float* acc) {
  for (std::uint32_t r = 0; r < kBlk; ++r) {
    const auto h = static_cast<std::uint16_t>(scales[2 * r] | scales[2 * r + 1] << 8);
    acc[r] += static_cast<float>(dots[r]) * (scale * numerics::h2f(h));
  }
}

void plain8(const std::uint8_t* tile, std::uint32_t tiles, const Activation* x, const std::int32_t*, float* y) {
  std::fill_n(y, kBlk, 0.0f);
  for (std::uint32_t t = 0; t < tiles; ++t, tile += tile_bytes(8)) {
    std::int32_t dots[kBlk] = {};
    for (std::uint32_t p = 0; p < kBlk / 2; ++p)
      for (std::uint32_t r = 0; r < kBlk; ++r)
        for (std::uint32_t i = 0; i < 2; ++i) dots[r] += static_cast<std::int8_t>(tile[64 * p + 2 * r + i]) * x[t].q[2 * p + i];
    accumulate(dots, tile + kBlk * kBlk, x[t].scale, y);
  }
}

void plain4(const std::uint8_t* tile, std::uint32_t tiles, const Activation* x, const std::int32_t*, float* y) {
  std::fill_n(y, kBlk, 0.0f);
  for (std::uint32_t t = 0; t < tiles; ++t, tile += tile_bytes(4)) {
    std::int32_t dots[kBlk] = {};
    for (std::uint32_t c = 0; c < 8; ++c)
      for (std::uint32_t r = 0; r < kBlk; ++r)
        for (std::uint32_t i = 0; i < 4; ++i) {
          const int byte = tile[128 * (c % 4) + 4 * r + i];
          dots[r] += ((c < 4 ? byte & 15 : byte >> 4) - 8) * x[t].q[4 * c + i];
        }
    accumulate(dots, tile + kBlk * kBlk / 2, x[t].scale, y);
  }
}

#if defined(__x86_64__)
#define HTX_AVX2 [[gnu::target("avx2,f16c")]]

HTX_AVX2 inline __m256 scaled(__m256 acc, __m256i dots, __m256 scale, const std::uint8_t* halves) {
  const __m256 w = _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(halves)));  // exact
  return _mm256_add_ps(acc, _mm256_mul_ps(_mm256_cvtepi32_ps(dots), _mm256_mul_ps(scale, w)));
}

HTX_AVX2 void avx2_8(const std::uint8_t* tile, std::uint32_t tiles, const Activation* x, const std::int32_t*, float* y) {
  __m256 acc[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
  for (std::uint32_t t = 0; t < tiles; ++t, tile += tile_bytes(8)) {
    __m256i sum[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
    for (std::uint32_t p = 0; p < kBlk / 2; ++p) {
      const auto low = static_cast<std::uint16_t>(x[t].q[2 * p]), high = static_cast<std::uint16_t>(x[t].q[2 * p + 1]);
      const __m256i pair = _mm256_set1_epi32(static_cast<std::int32_t>(low | std::uint32_t{high} << 16));
      for (int g = 0; g < 4; ++g) {  // 8 rows: products of two int8 are added as int32
        const __m256i w = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(tile + 64 * p + 16 * g)));
        sum[g] = _mm256_add_epi32(sum[g], _mm256_madd_epi16(w, pair));
      }
    }
    const __m256 scale = _mm256_set1_ps(x[t].scale);
    for (int g = 0; g < 4; ++g) acc[g] = scaled(acc[g], sum[g], scale, tile + kBlk * kBlk + 16 * g);
  }
  for (int g = 0; g < 4; ++g) _mm256_storeu_ps(y + 8 * g, acc[g]);
}

/// 8 rows times 4 columns of the low halves and 4 of the high ones.
HTX_AVX2 inline __m256i quarter(const std::uint8_t* tile, __m256i low, __m256i high) {
  const __m256i nibble = _mm256_set1_epi8(15), w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(tile));
  return _mm256_add_epi16(_mm256_maddubs_epi16(_mm256_and_si256(w, nibble), low),
                          _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(w, 4), nibble), high));
}

// Values lie 8 too high, 0..15, unsigned: two products and seven more such sums stay within 16 bits, 8 * 2 * 15 * 128 = 30720. The
// 8 too many of each are 8 times the sum of the activations.
HTX_AVX2 void avx2_4(const std::uint8_t* tile, std::uint32_t tiles, const Activation* x, const std::int32_t* sums, float* y) {
  const __m256i ones = _mm256_set1_epi16(1);
  __m256 acc[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
  for (std::uint32_t t = 0; t < tiles; ++t, tile += tile_bytes(4)) {
    __m256i sum[4];
    const __m256i all = _mm256_load_si256(reinterpret_cast<const __m256i*>(x[t].q));
    const __m256i low = _mm256_permute2x128_si256(all, all, 0x00), high = _mm256_permute2x128_si256(all, all, 0x11);
    for (int g = 0; g < 4; ++g) {
      const std::uint8_t* const w = tile + 32 * g;
      __m256i s = quarter(w, _mm256_shuffle_epi32(low, 0x00), _mm256_shuffle_epi32(high, 0x00));
      s = _mm256_add_epi16(s, quarter(w + 128, _mm256_shuffle_epi32(low, 0x55), _mm256_shuffle_epi32(high, 0x55)));
      s = _mm256_add_epi16(s, quarter(w + 256, _mm256_shuffle_epi32(low, 0xaa), _mm256_shuffle_epi32(high, 0xaa)));
      sum[g] = _mm256_add_epi16(s, quarter(w + 384, _mm256_shuffle_epi32(low, 0xff), _mm256_shuffle_epi32(high, 0xff)));
    }
    const __m256 scale = _mm256_set1_ps(x[t].scale);
    const __m256i bias = _mm256_set1_epi32(8 * sums[t]);
    for (int g = 0; g < 4; ++g)
      acc[g] = scaled(acc[g], _mm256_sub_epi32(_mm256_madd_epi16(sum[g], ones), bias), scale, tile + kBlk * kBlk / 2 + 16 * g);
  }
  for (int g = 0; g < 4; ++g) _mm256_storeu_ps(y + 8 * g, acc[g]);
}
#endif

}  // namespace

const Kernels kPlain{"plain C++", plain8, plain4};

const Kernels* avx2_kernels() {
#if defined(__x86_64__)
  static constexpr Kernels avx2{"AVX2", avx2_8, avx2_4};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c")) return &avx2;
#endif
  return nullptr;
}

const Kernels& kernels() {
  static const Kernels& best = avx2_kernels() ? *avx2_kernels() : kPlain;
  return best;
}

}  // namespace htx::functional
