// SPDX-License-Identifier: Apache-2.0
// A llama-architecture model in memory, neutral to who runs it: shape, vocabulary, norms in fp32, matrices as QMatrix.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "golden/model/error.hpp"
#include "golden/model/gguf.hpp"
#include "golden/model/hyper.hpp"
#include "golden/model/qmatrix.hpp"
#include "golden/model/vocabulary.hpp"

namespace htx::model {

/// One transformer block. Matrices map columns (inputs) to rows (outputs).
struct Layer {
  std::vector<float> attn_norm;  ///< [dim], finite
  QMatrix attn_q;                ///< [heads * head_size][dim]; rows 2i, 2i+1 of a head rotate together
  QMatrix attn_k;                ///< [kv_heads * head_size][dim], rows as in attn_q
  QMatrix attn_v;                ///< [kv_heads * head_size][dim]
  QMatrix attn_output;           ///< [dim][heads * head_size]
  std::vector<float> ffn_norm;   ///< [dim], finite
  QMatrix router;                ///< [experts][dim], 8 bits; empty without experts
  QMatrix ffn_gate;              ///< [ffn][dim]; with experts one after another: [experts * ffn][dim]
  QMatrix ffn_up;                ///< likewise
  QMatrix ffn_down;              ///< [dim][ffn], with experts [experts * dim][ffn]
};

/// What importing one matrix cost.
struct ImportError {
  std::string tensor;
  gguf::TensorType source{};
  WeightFormat target{};
  std::size_t rows = 0, cols = 0;
  double rms_relative = 0;  ///< sqrt(sum (stored - original)^2 / sum original^2); 0 for a tensor kept exactly
};

struct Model {
  std::string name;  ///< general.name, may be empty
  Hyper hyper;
  Vocabulary vocab;   ///< vocab.size() == hyper.vocab
  QMatrix embedding;  ///< [vocab][dim]
  bool tied_head = false;
  QMatrix output;                  ///< [vocab][dim]; empty when tied_head
  std::vector<float> output_norm;  ///< [dim], finite
  /// Divisors of RoPE's frequencies, one a pair: [head_size / 2], positive; empty when all are 1. Whoever runs the
  /// model must honour them and hyper.rope_scale, or refuse.
  std::vector<float> rope_factors;
  std::vector<Layer> layers;
  std::vector<ImportError> imports;  ///< one a matrix, in the order they were read

  const QMatrix& head() const { return tied_head ? embedding : output; }
};

/// Angle in radians that pair `pair` of a head (elements 2*pair, 2*pair + 1) turns a position, in float64:
/// rope_scale * rope_base^(-2*pair/rope_dim) / rope_factors[pair].
double rope_frequency(const Model& model, int pair);

/// What older files call expert x of the stack `name` ("blk.0.ffn_up_exps.weight" -> "blk.0.ffn_up.3.weight").
std::string split_expert_name(std::string_view name, int x);

/// Builds the model from a GGUF file in memory; `name` is what errors call it. Matrices stored as Q8_0 or Q4_0 are
/// kept bit for bit, whatever `format` says; all others are quantised to `format`, but embedding and head always to
/// Q8_0. Throws htx::Error, one line naming file, tensor or key, and reason, for anything malformed or unsupported.
Model parse_model(std::span<const std::byte> bytes, const std::string& name, WeightFormat format);

/// The same from a file parsed already.
Model build_model(const gguf::File& file, WeightFormat format);

/// The same from a path, of one file or of the first of several parts (model_file.hpp); also throws when one cannot be read.
Model load_model(const std::filesystem::path& path, WeightFormat format);

/// One row of a tensor as fp32, exactly what is stored (docs/gguf.md has each type's rule).
/// `out` has shape[0] elements; row is below the product of the other dimensions.
void read_row(const gguf::Tensor& tensor, std::size_t row, std::span<float> out);

}  // namespace htx::model
