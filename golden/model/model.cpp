// SPDX-License-Identifier: Apache-2.0
#include "golden/model/model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <set>
#include <utility>

#include "golden/model/model_file.hpp"
#include "golden/model/utf8.hpp"

namespace htx::model {
namespace {

using gguf::Tensor;
using gguf::TensorType;

// The types whose blocks are the model's own.
bool is_kept(TensorType type) { return type == TensorType::q8_0 || type == TensorType::q4_0; }

QBlock stored_block(const std::byte* from, TensorType type) {
  QBlock block;
  std::memcpy(&block.scale, from, 2);
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (type == TensorType::q8_0) {
      block.values[i] = static_cast<std::int8_t>(from[2 + i]);
    } else {
      const auto both = std::to_integer<unsigned>(from[2 + i % 16]);
      block.values[i] = static_cast<std::int8_t>(static_cast<int>(i < 16 ? both & 15 : both >> 4) - 8);
    }
  }
  return block;
}

std::string shape_text(const std::array<std::uint64_t, 4>& shape) {
  std::size_t used = 4;
  while (used > 1 && shape[used - 1] == 1) --used;
  return fmt::format("[{}]", fmt::join(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(used), ", "));
}

class Importer {
 public:
  Importer(const gguf::File& file, WeightFormat format) : file_(file), format_(format) {}

  Model run() {
    model_.name = file_.string("general.name").value_or("");
    model_.vocab = read_vocabulary(file_);
    model_.hyper = read_hyper(file_, model_.vocab.size());
    const Hyper& h = model_.hyper;
    model_.embedding = matrix("token_embd.weight", h.vocab, h.dim, WeightFormat::q8_0);
    model_.tied_head = !file_.find_tensor("output.weight");
    if (!model_.tied_head) model_.output = matrix("output.weight", h.vocab, h.dim, WeightFormat::q8_0);
    model_.output_norm = vector("output_norm.weight", h.dim);
    if (file_.find_tensor("rope_freqs.weight")) model_.rope_factors = rope_factors();
    for (int i = 0; i < h.layers; ++i) model_.layers.push_back(layer(i));
    refuse_unused_tensors();
    return std::move(model_);
  }

 private:
  Layer layer(int index) {
    const Hyper& h = model_.hyper;
    const auto name = [index](const char* part) { return fmt::format("blk.{}.{}.weight", index, part); };
    Layer layer;
    layer.attn_norm = vector(name("attn_norm"), h.dim);
    layer.attn_q = matrix(name("attn_q"), h.q_rows(), h.dim, format_);
    layer.attn_k = matrix(name("attn_k"), h.kv_rows(), h.dim, format_);
    layer.attn_v = matrix(name("attn_v"), h.kv_rows(), h.dim, format_);
    layer.attn_output = matrix(name("attn_output"), h.dim, h.q_rows(), format_);
    layer.ffn_norm = vector(name("ffn_norm"), h.dim);
    if (h.experts == 0) {
      layer.ffn_gate = matrix(name("ffn_gate"), h.ffn, h.dim, format_);
      layer.ffn_up = matrix(name("ffn_up"), h.ffn, h.dim, format_);
      layer.ffn_down = matrix(name("ffn_down"), h.dim, h.ffn, format_);
      return layer;
    }
    layer.router = matrix(name("ffn_gate_inp"), h.experts, h.dim, WeightFormat::q8_0);
    layer.ffn_gate = stack(name("ffn_gate_exps"), h.ffn, h.dim);
    layer.ffn_up = stack(name("ffn_up_exps"), h.ffn, h.dim);
    layer.ffn_down = stack(name("ffn_down_exps"), h.dim, h.ffn);
    return layer;
  }

  // All experts of a layer: one tensor of three dimensions or, in older files, one an expert.
  QMatrix stack(const std::string& name, int rows, int cols) {
    const int experts = model_.hyper.experts;
    if (file_.find_tensor(name) || !file_.find_tensor(split_expert_name(name, 0))) return matrix(name, rows, cols, format_, experts);
    QMatrix all;
    for (int x = 0; x < experts; ++x) {
      const std::string part = split_expert_name(name, x);
      QMatrix one = matrix(part, rows, cols, format_);
      if (x == 0) {
        all = std::move(one);
        continue;
      }
      if (one.bits != all.bits) file_.fail_tensor(part, fmt::format("becomes {}, but expert 0 {}", to_string(one.format()), to_string(all.format())));
      all.rows += one.rows;
      all.scales.insert(all.scales.end(), one.scales.begin(), one.scales.end());
      all.values.insert(all.values.end(), one.values.begin(), one.values.end());
    }
    return all;
  }

  const Tensor& take(const std::string& name, int cols, int rows, int experts = 1) {
    const Tensor* tensor = file_.find_tensor(name);
    if (!tensor) file_.fail_tensor(name, "missing");
    const std::array<std::uint64_t, 4> expected = {static_cast<std::uint64_t>(cols), static_cast<std::uint64_t>(rows),
                                                   static_cast<std::uint64_t>(experts), 1};
    if (tensor->shape != expected) {
      file_.fail_tensor(name, fmt::format("shape {}, expected {}", shape_text(tensor->shape), shape_text(expected)));
    }
    used_.insert(tensor->name);
    return *tensor;
  }

  void check_finite(const Tensor& tensor, std::span<const float> row, std::size_t index) const {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (!std::isfinite(row[c])) {
        file_.fail_tensor(tensor.name, fmt::format("the value in row {}, column {} is {}", index, c, row[c]));
      }
    }
  }

  std::vector<float> vector(const std::string& name, int size) {
    const Tensor& tensor = take(name, size, 1);
    if (gguf::is_quantised(tensor.type)) {
      file_.fail_tensor(name, fmt::format("type {} is not supported for a vector (F32, F16 and BF16 are)", to_string(tensor.type)));
    }
    std::vector<float> values(static_cast<std::size_t>(size));
    read_row(tensor, 0, values);
    check_finite(tensor, values, 0);
    return values;
  }

  std::vector<float> rope_factors() {
    std::vector<float> factors = vector("rope_freqs.weight", model_.hyper.rope_dim / 2);
    bool all_one = true;
    for (std::size_t i = 0; i < factors.size(); ++i) {
      if (!(factors[i] > 0.0f))
        file_.fail_tensor("rope_freqs.weight", fmt::format("factor {} is {}, not positive", i, factors[i]));
      all_one = all_one && factors[i] == 1.0f;
    }
    return all_one ? std::vector<float>{} : factors;
  }

  // `experts`: matrices one after another in the tensor, and in the result.
  QMatrix matrix(const std::string& name, int rows, int cols, WeightFormat format, int experts = 1) {
    const Tensor& tensor = take(name, cols, rows, experts);
    if (is_kept(tensor.type)) return keep(tensor);
    QMatrix result(static_cast<std::size_t>(rows) * static_cast<std::size_t>(experts), static_cast<std::size_t>(cols), format);
    std::vector<float> row(result.cols);
    double noise = 0, power = 0;
    for (std::size_t r = 0; r < result.rows; ++r) {
      read_row(tensor, r, row);
      check_finite(tensor, row, r);
      if (!keep_row(tensor.type, tensor.row(r), result, r) && !quantise_row(row, result, r)) {
        file_.fail_tensor(tensor.name, fmt::format("row {} has values too large for an fp16 block scale", r));
      }
      for (std::size_t c = 0; c < result.cols; ++c) {
        const double x = row[c], error = double{result.weight(r, c)} - x;
        noise += error * error;
        power += x * x;
      }
    }
    model_.imports.push_back({name, tensor.type, format, result.rows, result.cols, power > 0 ? std::sqrt(noise / power) : 0.0});
    return result;
  }

  QMatrix keep(const Tensor& tensor) {
    const WeightFormat format = tensor.type == TensorType::q4_0 ? WeightFormat::q4_0 : WeightFormat::q8_0;
    const std::size_t block_bytes = gguf::format_of(tensor.type).bytes;
    QMatrix result(tensor.shape[1] * tensor.shape[2], tensor.shape[0], format);
    for (std::size_t i = 0; i < result.scales.size(); ++i) {
      const QBlock block = stored_block(tensor.data.data() + i * block_bytes, tensor.type);
      if (!half_is_finite(block.scale)) {
        file_.fail_tensor(tensor.name, fmt::format("the scale of row {}, block {} is {}", i / result.blocks(),
                                                   i % result.blocks(), half_to_float(block.scale)));
      }
      result.scales[i] = block.scale;
      std::memcpy(result.values.data() + i * kBlock, block.values, kBlock);
    }
    model_.imports.push_back({std::string(tensor.name), tensor.type, format, result.rows, result.cols, 0.0});
    return result;
  }

  // A tensor nobody asked for is a part of the computation that would be left out (a bias, an expert, a 33rd layer).
  void refuse_unused_tensors() const {
    for (const Tensor& tensor : file_.tensors()) {
      if (!used_.contains(tensor.name)) file_.fail_tensor(tensor.name, "not part of a llama model as supported here");
    }
  }

  const gguf::File& file_;
  WeightFormat format_;
  Model model_;
  std::set<std::string_view> used_;
};

}  // namespace

void read_row(const Tensor& tensor, std::size_t row, std::span<float> out) {
  const gguf::BlockFormat& format = gguf::format_of(tensor.type);
  const std::byte* from = tensor.row(row).data();
  for (std::size_t i = 0; i < out.size(); i += format.values, from += format.bytes) format.decode(from, &out[i]);
}

std::string split_expert_name(std::string_view name, int x) {
  constexpr std::string_view kStack = "_exps";
  const std::size_t at = name.find(kStack);
  return fmt::format("{}.{}{}", name.substr(0, at), x, name.substr(at + kStack.size()));
}

double rope_frequency(const Model& model, int pair) {
  const Hyper& h = model.hyper;
  const double plain = std::pow(double{h.rope_base}, -2.0 * pair / h.rope_dim);
  const double factor = model.rope_factors.empty() ? 1.0 : double{model.rope_factors[static_cast<std::size_t>(pair)]};
  return plain * double{h.rope_scale} / factor;
}

Model parse_model(std::span<const std::byte> bytes, const std::string& name, WeightFormat format) {
  return build_model(gguf::parse(bytes, name), format);
}

Model build_model(const gguf::File& file, WeightFormat format) { return Importer(file, format).run(); }

Model load_model(const std::filesystem::path& path, WeightFormat format) {
  const ModelFile file(path);
  return build_model(file.contents(), format);
}

}  // namespace htx::model
