// SPDX-License-Identifier: Apache-2.0
#include "golden/float_ref/weights.hpp"

#include <fmt/format.h>

#include <utility>

#include "golden/model/model_file.hpp"

namespace htx::float_ref {
namespace {

Matrix dequantise(const model::QMatrix& from) {
  Matrix to(from.rows, from.cols);
  for (std::size_t r = 0; r < from.rows; ++r) {
    for (std::size_t c = 0; c < from.cols; ++c)
      to(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = from.weight(r, c);
  }
  return to;
}

// Builds the weights of a model, asking `matrix(name, quantised)` for each matrix.
template <typename MatrixOf>
Weights assemble(const model::Model& model, MatrixOf matrix) {
  Weights weights;
  weights.hyper = model.hyper;
  for (int pair = 0; pair < model.hyper.rope_dim / 2; ++pair)
    weights.rope_frequencies.push_back(rope_frequency(model, pair));
  weights.embedding = matrix("token_embd.weight", model.embedding);
  if (!model.tied_head) weights.output = matrix("output.weight", model.output);
  weights.output_norm = model.output_norm;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const model::Layer& from = model.layers[i];
    const auto part = [&](const char* name, const model::QMatrix& m) {
      return matrix(fmt::format("blk.{}.{}.weight", i, name), m);
    };
    LayerWeights layer;
    layer.attn_norm = from.attn_norm;
    layer.ffn_norm = from.ffn_norm;
    layer.attn_q = part("attn_q", from.attn_q);
    layer.attn_k = part("attn_k", from.attn_k);
    layer.attn_v = part("attn_v", from.attn_v);
    layer.attn_output = part("attn_output", from.attn_output);
    const bool experts = model.hyper.experts > 0;
    if (experts) layer.router = part("ffn_gate_inp", from.router);
    layer.ffn_gate = part(experts ? "ffn_gate_exps" : "ffn_gate", from.ffn_gate);
    layer.ffn_up = part(experts ? "ffn_up_exps" : "ffn_up", from.ffn_up);
    layer.ffn_down = part(experts ? "ffn_down_exps" : "ffn_down", from.ffn_down);
    weights.layers.push_back(std::move(layer));
  }
  return weights;
}

}  // namespace

Weights quantised_weights(const model::Model& model) {
  return assemble(model, [](const std::string&, const model::QMatrix& m) { return dequantise(m); });
}

namespace {

Weights stored_weights(const model::gguf::File& file) {
  const model::Model model = model::build_model(file, model::WeightFormat::q8_0);
  return assemble(model, [&](const std::string& tensor, const model::QMatrix& m) {
    Matrix to(m.rows, m.cols);
    const auto* whole = file.find_tensor(tensor);
    const std::size_t rows = whole ? m.rows : m.rows / static_cast<std::size_t>(model.hyper.experts);  // of a tensor: older files have one an expert
    for (std::size_t r = 0; r < m.rows; ++r) {
      const auto& from = whole ? *whole : *file.find_tensor(model::split_expert_name(tensor, static_cast<int>(r / rows)));
      model::read_row(from, r % rows, {to.row(static_cast<Eigen::Index>(r)).data(), m.cols});
    }
    return to;
  });
}

}  // namespace

Weights original_weights(std::span<const std::byte> bytes, const std::string& name) { return stored_weights(model::gguf::parse(bytes, name)); }

Weights original_weights(const std::filesystem::path& path) { return stored_weights(model::ModelFile(path).contents()); }

}  // namespace htx::float_ref
