// SPDX-License-Identifier: Apache-2.0
#include "golden/float_ref/decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "golden/model/error.hpp"

namespace htx::float_ref {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

// Rows from `first` on.
VectorXd multiply(const Matrix& matrix, const VectorXd& x, Index first, Index rows) {
  VectorXd result(rows);
  for (Index r = 0; r < rows; ++r) result[r] = matrix.row(first + r).cast<double>().dot(x);
  return result;
}

VectorXd multiply(const Matrix& matrix, const VectorXd& x) { return multiply(matrix, x, 0, matrix.rows()); }

VectorXd rms_norm(const VectorXd& x, const std::vector<float>& weight, float eps) {
  const Eigen::Map<const Eigen::VectorXf> w(weight.data(), static_cast<Index>(weight.size()));
  const double mean_square = x.squaredNorm() / static_cast<double>(x.size());
  return (x.array() * w.cast<double>().array() / std::sqrt(mean_square + double{eps})).matrix();
}

VectorXd swiglu(const VectorXd& gate, const VectorXd& up) {
  return (gate.array() / (1.0 + (-gate.array()).exp()) * up.array()).matrix();
}

}  // namespace

Decoder::Decoder(Weights weights) : weights_(std::move(weights)), caches_(weights_.layers.size()) {}

void Decoder::reset() {
  caches_.assign(weights_.layers.size(), {});
  position_ = 0;
}

// RoPE on every head of the vector: elements 2i and 2i+1 turn by position * frequency[i].
void Decoder::rotate(VectorXd& heads) const {
  const auto pairs = static_cast<Index>(weights_.rope_frequencies.size());
  for (Index i = 0; i < heads.size() / 2; ++i) {
    const double angle = position_ * weights_.rope_frequencies[static_cast<std::size_t>(i % pairs)];
    const double c = std::cos(angle), s = std::sin(angle);
    const double x0 = heads[2 * i], x1 = heads[2 * i + 1];
    heads[2 * i] = x0 * c - x1 * s;
    heads[2 * i + 1] = x0 * s + x1 * c;
  }
}

VectorXd Decoder::attend(const VectorXd& query, const Cache& cache) const {
  const model::Hyper& h = weights_.hyper;
  const int group = h.heads / h.kv_heads;
  const auto tokens = static_cast<Index>(cache.keys.size());
  VectorXd out = VectorXd::Zero(query.size());
  for (int head = 0; head < h.heads; ++head) {
    const Index q_at = Index{head} * h.head_size;
    const Index kv_at = Index{head / group} * h.head_size;
    VectorXd weight(tokens);
    for (Index t = 0; t < tokens; ++t) {
      weight[t] =
          query.segment(q_at, h.head_size).dot(cache.keys[static_cast<std::size_t>(t)].segment(kv_at, h.head_size));
    }
    weight = ((weight.array() - weight.maxCoeff()) / std::sqrt(double{1} * h.head_size)).exp();
    weight /= weight.sum();
    for (Index t = 0; t < tokens; ++t) {
      out.segment(q_at, h.head_size) +=
          weight[t] * cache.values[static_cast<std::size_t>(t)].segment(kv_at, h.head_size);
    }
  }
  return out;
}

// Without experts one; else the sum of those with the largest logits, the lower number on ties, or of those given, weighted by a softmax over them.
VectorXd Decoder::feed_forward(const LayerWeights& layer, const VectorXd& x, const std::vector<int>* choice) {
  const model::Hyper& h = weights_.hyper;
  if (h.experts == 0) return multiply(layer.ffn_down, swiglu(multiply(layer.ffn_gate, x), multiply(layer.ffn_up, x)));
  const VectorXd logits = multiply(layer.router, x);
  std::vector<Index> order(static_cast<std::size_t>(h.experts));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return logits[a] > logits[b]; });
  if (choice) {
    const auto given = [&](Index e) { return std::find(choice->begin(), choice->end(), e) != choice->end(); };
    const auto left_out = std::find_if_not(order.begin(), order.end(), given);  // the largest logit not given
    if (left_out != order.end())
      for (const int e : *choice) worst_choice_ = std::max(worst_choice_, logits[*left_out] - logits[e]);
    order.assign(choice->begin(), choice->end());
  }
  order.resize(static_cast<std::size_t>(h.experts_used));
  VectorXd sum = VectorXd::Zero(x.size());
  double weights = 0;
  for (const Index e : order) {
    const VectorXd gate = multiply(layer.ffn_gate, x, e * h.ffn, h.ffn), up = multiply(layer.ffn_up, x, e * h.ffn, h.ffn);
    const double weight = std::exp(logits[e] - logits[order.front()]);
    sum += weight * multiply(layer.ffn_down, swiglu(gate, up), e * h.dim, h.dim);
    weights += weight;
  }
  return sum / weights;
}

VectorXd Decoder::step(int token, const std::vector<std::vector<int>>& choices) {
  const model::Hyper& h = weights_.hyper;
  if (token < 0 || token >= h.vocab) throw Error(fmt::format("token {}: the vocabulary has {} tokens", token, h.vocab));
  if (position_ >= h.context)
    throw Error(fmt::format("position {}: the context of {} tokens is full", position_, h.context));

  VectorXd x = weights_.embedding.row(token).transpose().cast<double>();
  for (std::size_t i = 0; i < weights_.layers.size(); ++i) {
    const LayerWeights& layer = weights_.layers[i];
    Cache& cache = caches_[i];
    const VectorXd a = rms_norm(x, layer.attn_norm, h.eps);
    VectorXd query = multiply(layer.attn_q, a);
    VectorXd key = multiply(layer.attn_k, a);
    rotate(query);
    rotate(key);
    cache.keys.push_back(std::move(key));
    cache.values.push_back(multiply(layer.attn_v, a));
    x += multiply(layer.attn_output, attend(query, cache));

    const VectorXd f = rms_norm(x, layer.ffn_norm, h.eps);
    x += feed_forward(layer, f, choices.empty() ? nullptr : &choices.at(i));
  }
  ++position_;
  return multiply(weights_.head(), rms_norm(x, weights_.output_norm, h.eps));
}

int argmax(const VectorXd& logits) {
  Index best = 0;
  for (Index i = 1; i < logits.size(); ++i) {
    if (logits[i] > logits[best]) best = i;
  }
  return static_cast<int>(best);
}

std::vector<int> generate_greedy(Decoder& decoder, const model::Vocabulary& vocab, std::span<const int> prompt,
                                 int count) {
  if (prompt.empty()) throw Error("prompt: no token to start from");
  decoder.reset();
  VectorXd logits;
  for (const int token : prompt) logits = decoder.step(token);
  std::vector<int> out;
  while (static_cast<int>(out.size()) < count) {
    const int token = argmax(logits);
    if (vocab.ends_generation(token)) break;
    out.push_back(token);
    if (static_cast<int>(out.size()) < count) logits = decoder.step(token);
  }
  return out;
}

}  // namespace htx::float_ref
