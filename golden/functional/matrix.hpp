// SPDX-License-Identifier: Apache-2.0
// Matrices of the functional golden: tiles dealt over the lanes, kept so that 32 rows of a tile are multiplied side by
// side, in the bits of the model: 4-bit weights stay 4-bit, as reading them is what a token's time goes into.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "golden/compile/graph.hpp"
#include "golden/compile/shard.hpp"
#include "golden/functional/kernels.hpp"
#include "golden/functional/workers.hpp"

namespace htx::functional {

class Matrix {
 public:
  Matrix() = default;
  Matrix(const compile::Tensor& tensor, const compile::Dealing& dealing);

  /// Every lane's share one after the other: y[unit block], and for pairs y2 (else unused), 32 rows a block. Threads share a
  /// lane's units.
  void multiply(const Activation* x, float* y, float* y2, Workers& workers, const Kernels& how = kernels()) const;
  /// The same for `count` units from `from` on, an expert's: y and y2 begin with its first.
  void multiply(const Activation* x, std::uint32_t from, std::uint32_t count, float* y, float* y2, Workers& workers, const Kernels& how = kernels()) const;
  /// A row of the matrix as fp32, padded to blocks.
  void row(std::uint32_t number, float* to) const;

 private:
  struct Lane {
    std::uint32_t first = 0, count = 0;
    std::vector<std::uint8_t> tiles;
  };
  std::uint32_t units_ = 0, tiles_ = 0, groups_ = 1, lanes_total_ = 1;
  int bits_ = 8;
  compile::Dealing dealing_;
  std::vector<Lane> lanes_;
};

}  // namespace htx::functional
