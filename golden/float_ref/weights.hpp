// SPDX-License-Identifier: Apache-2.0
// The reference's weights: plain fp32 matrices, either what a Model's integers mean or what the file said before.
#pragma once

#include <Eigen/Dense>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "golden/model/model.hpp"

namespace htx::float_ref {

/// fp32 storage is exact for every source: F32, F16, and scale times integer. Sums are float64.
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct LayerWeights {
  std::vector<float> attn_norm, ffn_norm;                                  ///< [dim]
  Matrix attn_q, attn_k, attn_v, attn_output, ffn_gate, ffn_up, ffn_down;  ///< [outputs][inputs], experts one after another
  Matrix router;                                                           ///< [experts][dim]; empty without experts
};

struct Weights {
  model::Hyper hyper;
  std::vector<double> rope_frequencies;  ///< radians a position, one a pair: [head_size / 2]
  Matrix embedding;                      ///< [vocab][dim]
  Matrix output;                         ///< [vocab][dim]; empty when the embedding is the head
  std::vector<float> output_norm;        ///< [dim]
  std::vector<LayerWeights> layers;

  const Matrix& head() const { return output.size() == 0 ? embedding : output; }
};

/// The weights the model's integers and scales stand for: the same network every other golden runs.
Weights quantised_weights(const model::Model& model);

/// The weights as stored in the file, F32 and F16 unrounded: the yardstick for what quantisation costs. Refuses what
/// model::parse_model() refuses, with the same messages.
Weights original_weights(std::span<const std::byte> bytes, const std::string& name);
Weights original_weights(const std::filesystem::path& path);

}  // namespace htx::float_ref
