// SPDX-License-Identifier: Apache-2.0
// Matrices of the functional golden: tiles dealt over the lanes, kept so that 32 rows of a tile are multiplied side by
// side.
#pragma once
#include <cstdint>
#include <vector>

#include "golden/compile/graph.hpp"
#include "golden/compile/shard.hpp"

namespace htx::functional {

/// A block of 32 quantised activations.
struct alignas(32) Activation {
  std::int8_t q[pkg::BLK] = {};
  float scale = 0;
};

/// 32 x 32 weights by columns: value (row r, column 2p + i) at w[p][r][i], so that neighbouring products of a row add
/// up in one instruction. Sums of integers are exact in any order.
struct alignas(64) MatrixTile {
  std::int8_t w[pkg::BLK / 2][pkg::BLK][2];
  float scale[pkg::BLK];
};

class Matrix {
 public:
  Matrix() = default;
  Matrix(const compile::Tensor& tensor, const compile::Dealing& dealing);

  /// Every lane's share one after the other: y[unit block], and for pairs y2 (else unused), 32 rows a block.
  void multiply(const Activation* x, float* y, float* y2) const;
  /// A row of the matrix as fp32, padded to blocks.
  void row(std::uint32_t number, float* to) const;

 private:
  struct Lane {
    std::uint32_t first = 0, count = 0;
    std::vector<MatrixTile> tiles;
  };
  std::uint32_t tiles_ = 0, groups_ = 1, lanes_total_ = 1;
  compile::Dealing dealing_;
  std::vector<Lane> lanes_;
};

}  // namespace htx::functional
