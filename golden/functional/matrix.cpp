// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/matrix.hpp"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include <algorithm>

#include "golden/compile/layout.hpp"
#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

constexpr std::uint32_t kBlk = pkg::BLK;

// dots[r] = the exact sum over the tile's columns of row r times x.
#ifdef __AVX2__
void dot_tile(const MatrixTile& tile, const Activation& x, std::int32_t* dots) {
  __m256i sum[4] = {};
  for (std::uint32_t p = 0; p < kBlk / 2; ++p) {
    const auto low = static_cast<std::uint16_t>(x.q[2 * p]), high = static_cast<std::uint16_t>(x.q[2 * p + 1]);
    const __m256i pair = _mm256_set1_epi32(static_cast<std::int32_t>(low | std::uint32_t{high} << 16));
    for (int g = 0; g < 4; ++g) {  // 8 rows: products of two int8 are added as int32
      const __m256i w = _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(tile.w[p][8 * g])));
      sum[g] = _mm256_add_epi32(sum[g], _mm256_madd_epi16(w, pair));
    }
  }
  for (int g = 0; g < 4; ++g) _mm256_store_si256(reinterpret_cast<__m256i*>(dots + 8 * g), sum[g]);
}
#else
void dot_tile(const MatrixTile& tile, const Activation& x, std::int32_t* dots) {
  std::fill_n(dots, kBlk, 0);
  for (std::uint32_t p = 0; p < kBlk / 2; ++p)
    for (std::uint32_t r = 0; r < kBlk; ++r) dots[r] += tile.w[p][r][0] * x.q[2 * p] + tile.w[p][r][1] * x.q[2 * p + 1];
}
#endif

// acc[r] += float(dot) * (x.scale * scale[r]), as numerics::accumulate, 32 rows side by side. A NaN's payload may
// differ from the chip's, but none is ever seen: it is found where it is next quantised or becomes a logit.
void accumulate_tile(const MatrixTile& tile, const Activation& x, float* acc) {
  alignas(64) std::int32_t dots[kBlk];
  dot_tile(tile, x, dots);
  for (std::uint32_t r = 0; r < kBlk; ++r) acc[r] += static_cast<float>(dots[r]) * (x.scale * tile.scale[r]);
}

}  // namespace

Matrix::Matrix(const compile::Tensor& tensor, const compile::Dealing& dealing)
    : tiles_(tensor.symbol.tiles()),
      groups_(tensor.symbol.groups_per_unit()),
      lanes_total_(dealing.lanes),
      dealing_(dealing) {
  for (std::uint32_t l = 0; l < dealing.lanes; ++l) {
    const compile::Share share = dealing.share(l);
    Lane& lane = lanes_.emplace_back();
    lane.first = share.first;
    lane.count = share.count;
    lane.tiles.reserve(std::size_t{share.count} * groups_ * tiles_);
    for (std::uint32_t u = 0; u < share.count; ++u) {
      for (std::uint32_t g = 0; g < groups_; ++g) {
        for (std::uint32_t t = 0; t < tiles_; ++t) {
          const compile::Tile from = compile::tile_at(tensor, share.first + u * lanes_total_, g, t);
          MatrixTile& to = lane.tiles.emplace_back();
          for (std::uint32_t r = 0; r < kBlk; ++r) {
            to.scale[r] = numerics::h2f(from.rows[r].scale);
            for (std::uint32_t j = 0; j < kBlk; ++j) to.w[j / 2][r][j % 2] = from.rows[r].values[j];
          }
        }
      }
    }
  }
}

void Matrix::multiply(const Activation* x, float* y, float* y2) const {
  for (const Lane& lane : lanes_) {
    const MatrixTile* tile = lane.tiles.data();
    for (std::uint32_t u = 0; u < lane.count; ++u) {
      for (std::uint32_t g = 0; g < groups_; ++g) {
        alignas(64) float acc[kBlk] = {};
        for (std::uint32_t t = 0; t < tiles_; ++t) accumulate_tile(*tile++, x[t], acc);
        std::copy_n(acc, kBlk, (g == 0 ? y : y2) + std::size_t{lane.first + u * lanes_total_} * kBlk);
      }
    }
  }
}

void Matrix::row(std::uint32_t number, float* to) const {
  const std::uint32_t unit = number / kBlk, r = number % kBlk;
  const MatrixTile* tile =
      lanes_[dealing_.lane_of(unit)].tiles.data() + std::size_t{dealing_.index_on_lane(unit)} * tiles_;
  for (std::uint32_t t = 0; t < tiles_; ++t, ++tile)
    for (std::uint32_t j = 0; j < kBlk; ++j)
      *to++ = numerics::mul(numerics::i32_to_f(tile->w[j / 2][r][j % 2]), tile->scale[r]);
}

}  // namespace htx::functional
