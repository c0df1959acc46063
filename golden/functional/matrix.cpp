// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/matrix.hpp"

#include <algorithm>
#include <numeric>

#include "golden/compile/layout.hpp"
#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

constexpr std::uint32_t kBlk = pkg::BLK;
constexpr std::size_t kHalf = std::size_t{kBlk} * kBlk / 2;

/// Where value (r, j) of a tile lies, and whether in the high half of the byte.
struct Place {
  std::size_t byte;
  bool high;
};
Place place(int bits, std::uint32_t r, std::uint32_t j) {
  if (bits == 8) return {std::size_t{64} * (j / 2) + 2 * r + j % 2, false};
  return {std::size_t{128} * (j / 4 % 4) + 4 * r + j % 4, j >= kBlk / 2};
}

std::size_t scales_at(int bits) { return bits == 4 ? kHalf : 2 * kHalf; }

void store(const compile::Tile& from, int bits, std::uint8_t* to) {
  for (std::uint32_t r = 0; r < kBlk; ++r) {
    for (std::uint32_t j = 0; j < kBlk; ++j) {
      const Place p = place(bits, r, j);
      const int v = from.rows[r].values[j];
      if (bits == 8) to[p.byte] = static_cast<std::uint8_t>(v);
      else to[p.byte] |= static_cast<std::uint8_t>((v + 8) << (p.high ? 4 : 0));
    }
    to[scales_at(bits) + 2 * r] = static_cast<std::uint8_t>(from.rows[r].scale);
    to[scales_at(bits) + 2 * r + 1] = static_cast<std::uint8_t>(from.rows[r].scale >> 8);
  }
}

}  // namespace

Matrix::Matrix(const compile::Tensor& tensor, const compile::Dealing& dealing)
    : units_(dealing.units),
      tiles_(tensor.symbol.tiles()),
      groups_(tensor.symbol.groups_per_unit()),
      lanes_total_(dealing.lanes),
      bits_(tensor.symbol.bits),
      dealing_(dealing) {
  for (std::uint32_t l = 0; l < dealing.lanes; ++l) {
    const compile::Share share = dealing.share(l);
    Lane& lane = lanes_.emplace_back();
    lane.first = share.first;
    lane.count = share.count;
    lane.tiles.resize(std::size_t{share.count} * groups_ * tiles_ * tile_bytes(bits_));
    std::uint8_t* to = lane.tiles.data();
    for (std::uint32_t u = 0; u < share.count; ++u)
      for (std::uint32_t g = 0; g < groups_; ++g)
        for (std::uint32_t t = 0; t < tiles_; ++t, to += tile_bytes(bits_))
          store(compile::tile_at(tensor, share.first + u * lanes_total_, g, t), bits_, to);
  }
}

void Matrix::multiply(const Activation* x, float* y, float* y2, Workers& workers, const Kernels& how) const {
  multiply(x, 0, units_, y, y2, workers, how);
}

void Matrix::multiply(const Activation* x, std::uint32_t from, std::uint32_t count, float* y, float* y2, Workers& workers, const Kernels& how) const {
  std::vector<std::int32_t> sums(tiles_);
  for (std::uint32_t t = 0; t < tiles_; ++t) sums[t] = std::accumulate(x[t].q, x[t].q + kBlk, 0);
  const RowGroup row_group = how.of(bits_);
  const std::size_t group_bytes = tiles_ * tile_bytes(bits_);
  for (const Lane& lane : lanes_) {
    // units of the lane below a unit of the whole
    const auto below = [&](std::uint32_t unit) { return unit > lane.first ? (unit - lane.first + lanes_total_ - 1) / lanes_total_ : 0; };
    const std::uint32_t begin = below(from);
    workers.share(below(from + count) - begin, [&](std::uint32_t first, std::uint32_t last) {
      for (std::uint32_t u = begin + first; u < begin + last; ++u)
        for (std::uint32_t g = 0; g < groups_; ++g)
          row_group(lane.tiles.data() + (std::size_t{u} * groups_ + g) * group_bytes, tiles_, x, sums.data(),
                    (g == 0 ? y : y2) + std::size_t{lane.first + u * lanes_total_ - from} * kBlk);
    });
  }
}

void Matrix::row(std::uint32_t number, float* to) const {
  const std::uint32_t unit = number / kBlk, r = number % kBlk;
  const std::uint8_t* tile = lanes_[dealing_.lane_of(unit)].tiles.data() + std::size_t{dealing_.index_on_lane(unit)} * tiles_ * tile_bytes(bits_);
  for (std::uint32_t t = 0; t < tiles_; ++t, tile += tile_bytes(bits_)) {
    const std::uint8_t* h = tile + scales_at(bits_) + 2 * r;
    const float scale = numerics::h2f(static_cast<std::uint16_t>(h[0] | h[1] << 8));
    for (std::uint32_t j = 0; j < kBlk; ++j) {
      const Place p = place(bits_, r, j);
      const int byte = tile[p.byte], v = bits_ == 8 ? static_cast<std::int8_t>(byte) : (p.high ? byte >> 4 : byte & 15) - 8;
      *to++ = numerics::mul(numerics::i32_to_f(v), scale);
    }
  }
}

}  // namespace htx::functional
