// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/decoder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "golden/compile/graph.hpp"
#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

namespace num = htx::numerics;
using compile::Graph;

constexpr std::uint32_t kBlk = pkg::BLK;

std::size_t elements(std::uint32_t blocks) { return std::size_t{blocks} * kBlk; }

}  // namespace

Decoder::Decoder(const model::Model& model, unsigned lanes, unsigned chips, std::uint32_t context, unsigned threads)
    : dim_(static_cast<std::uint32_t>(model.hyper.dim)),
      vocab_(static_cast<std::uint32_t>(model.hyper.vocab)),
      context_(compile::checked_context(model, context)),
      heads_(model.hyper.heads),
      kv_heads_(model.hyper.kv_heads),
      experts_(static_cast<std::uint32_t>(model.hyper.experts)),
      experts_used_(static_cast<std::uint32_t>(model.hyper.experts_used)),
      head_size_(static_cast<std::uint32_t>(model.hyper.head_size)),
      padded_(static_cast<std::uint32_t>(compile::lay_out_heads(model.hyper).padded())),
      eps_(model.hyper.eps),
      rotation_(model, compile::lay_out_heads(model.hyper)),
      tied_head_(model.tied_head),
      workers_(std::make_unique<Workers>(threads)) {
  if (threads == 0) throw Error("a decoder needs a thread");
  compile::check_lanes(lanes, chips);
  Graph graph = compile::build_graph(model, context_);
  const std::vector<compile::Dealing> dealings = compile::shard(graph, lanes * chips);
  const auto matrix = [&](std::uint32_t segment) { return Matrix(graph.tensors[segment], dealings[segment]); };
  embedding_ = matrix(compile::kSegEmbedding);
  if (!tied_head_) head_ = matrix(graph.head_segment);
  output_norm_ = graph.tensors[graph.output_norm()].values;
  for (int i = 0; i < model.hyper.layers; ++i) {
    const auto segment = [&](compile::LayerSegment which) { return graph.layer_segment(i, which); };
    Layer layer;
    layer.attn_norm = graph.tensors[segment(compile::kAttnNorm)].values;
    layer.ffn_norm = graph.tensors[segment(compile::kFfnNorm)].values;
    layer.qkv = matrix(segment(compile::kQkv));
    layer.attn_output = matrix(segment(compile::kAttnOutput));
    if (experts_) layer.router = matrix(graph.router_segment(i));
    layer.gate_up = matrix(segment(compile::kGateUp));
    layer.down = matrix(segment(compile::kDown));
    for (int h = 0; h < kv_heads_; ++h) layer.kv.emplace_back(static_cast<std::uint32_t>(h), padded_, lanes * chips);
    layers_.push_back(std::move(layer));
  }
  const compile::Shape& shape = graph.shape;
  const auto blocks = [](int n) { return elements(static_cast<std::uint32_t>(n)); };
  x_.resize(blocks(shape.dim));
  y_.resize(blocks(shape.dim));
  qkv_.resize(static_cast<std::size_t>(heads_ + 2 * kv_heads_) * padded_);
  mixed_.resize(static_cast<std::size_t>(heads_) * padded_);
  gate_.resize(blocks(shape.ffn));
  up_.resize(blocks(shape.ffn));
  sum_.resize(experts_ ? x_.size() : 0);
  choices_.resize(experts_ ? layers_.size() : 0);
  router_.resize(blocks(shape.router));
  logits_.resize(blocks(shape.vocab));
  act_.resize(std::max({x_.size(), mixed_.size(), gate_.size()}) / kBlk);
}

const std::vector<float>& Decoder::step(int token) {
  logits_.resize((vocab_ + kBlk - 1) / kBlk * elements(1));
  run(token);
  norm(output_norm_, "the last norm");
  (tied_head_ ? embedding_ : head_).multiply(act_.data(), logits_.data(), nullptr, *workers_);
  logits_.resize(vocab_);
  const auto bad = std::find_if_not(logits_.begin(), logits_.end(), num::is_finite);
  if (bad != logits_.end()) fail(fmt::format("the logit of token {}", bad - logits_.begin()));
  ++position_;
  return logits_;
}

void Decoder::skip(int token) {
  run(token);
  ++position_;
}

void Decoder::reset() {
  position_ = 0;
  for (Layer& layer : layers_)
    for (KvHead& head : layer.kv) head.clear();
}

void Decoder::export_kv(KvCache& to) const {
  to.resize(position_);
  for (std::uint32_t l = 0; l < to.layers(); ++l)
    for (std::uint32_t h = 0; h < to.kv_heads(); ++h)
      for (std::uint32_t p = 0; p < position_; ++p) to.set(l, h, p, layers_[l].kv[h].entry(p));
}

void Decoder::import_kv(const KvCache& from) {
  if (from.positions() > context_) throw Error(fmt::format("{} positions to go on from; there is room for {}", from.positions(), context_));
  for (std::uint32_t l = 0; l < from.layers(); ++l)
    for (std::uint32_t h = 0; h < from.kv_heads(); ++h)
      for (std::uint32_t p = 0; p < from.positions(); ++p) {
        const KvEntry e = from.at(l, h, p);
        layers_[l].kv[h].append(e.key, num::h2f(e.key_scale), e.value, e.exponent);
      }
  position_ = from.positions();
}

void Decoder::run(int token) {
  if (token < 0 || static_cast<std::uint32_t>(token) >= vocab_)
    throw Error(fmt::format("token {} is not below the vocabulary of {}", token, vocab_));
  if (position_ >= context_) throw Error(fmt::format("the context of {} positions is full", context_));
  embedding_.row(static_cast<std::uint32_t>(token), x_.data());
  rotation_row_ = rotation_.row(position_);
  for (layer_ = 0; layer_ < static_cast<int>(layers_.size()); ++layer_) {
    attention(layers_[static_cast<std::size_t>(layer_)]);
    feed_forward(layers_[static_cast<std::size_t>(layer_)]);
  }
  layer_ = -1;
}

void Decoder::attention(Layer& layer) {
  norm(layer.attn_norm, "the input of attention");
  layer.qkv.multiply(act_.data(), qkv_.data(), nullptr, *workers_);
  float* const q = qkv_.data();
  float* const k = q + static_cast<std::size_t>(heads_) * padded_;
  float* const v = k + static_cast<std::size_t>(kv_heads_) * padded_;
  rotate(q, heads_ + kv_heads_);
  std::vector<std::int8_t> first(padded_), second(padded_);
  for (int h = 0; h < kv_heads_; ++h) {
    const std::size_t at = static_cast<std::size_t>(h) * padded_;
    const num::KeyScale key = num::quantise_key({k + at, padded_}, first.data());
    if (key.bad) fail(fmt::format("the key of head {}", h));
    const num::ValueScale value = num::quantise_value({v + at, padded_}, second.data());
    if (value.bad) fail(fmt::format("the value of head {}", h));
    layer.kv[static_cast<std::size_t>(h)].append(first, num::h2f(key.scale), second, value.exponent);
  }
  // a KV head's queries one after the other, as they use its pages for their scores
  struct Bad {
    bool query = false;
    std::int64_t score = -1;
  };
  std::vector<Bad> bad(static_cast<std::size_t>(heads_));
  const int each = heads_ / kv_heads_;
  workers_->share(static_cast<std::uint32_t>(kv_heads_), [&](std::uint32_t from, std::uint32_t to) {
    std::vector<std::int8_t> integers(padded_);
    for (int h = static_cast<int>(from) * each; h < static_cast<int>(to) * each; ++h) {
      const std::size_t at = static_cast<std::size_t>(h) * padded_;
      Bad& b = bad[static_cast<std::size_t>(h)];
      const num::QuantScale s = num::quantise_activation({q + at, padded_}, integers.data());
      b.query = s.bad;
      if (!s.bad) b.score = layer.kv[static_cast<std::size_t>(h / each)].attend({integers, num::query_scale(s.scale, head_size_)}, mixed_.data() + at);
    }
  });
  for (int h = 0; h < heads_; ++h) {
    const Bad& b = bad[static_cast<std::size_t>(h)];
    if (b.query) fail(fmt::format("the query of head {}", h));
    if (b.score >= 0) fail(fmt::format("the score of head {} for position {}", h, b.score));
  }
  quantise(mixed_, "the result of attention");
  layer.attn_output.multiply(act_.data(), y_.data(), nullptr, *workers_);
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] += y_[i];
}

void Decoder::gate(Layer& layer, std::uint32_t expert) {
  const auto units = static_cast<std::uint32_t>(gate_.size() / kBlk);
  layer.gate_up.multiply(act_.data(), expert * units, units, gate_.data(), up_.data(), *workers_);
  workers_->share(static_cast<std::uint32_t>(gate_.size()), [&](std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t i = first; i < last; ++i) gate_[i] = num::swiglu(gate_[i], up_[i]);
  });
}

void Decoder::feed_forward(Layer& layer) {
  norm(layer.ffn_norm, "the input of the feed-forward");
  if (experts_) return experts(layer);
  gate(layer, 0);
  quantise(gate_, "the gate");
  layer.down.multiply(act_.data(), y_.data(), nullptr, *workers_);
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] += y_[i];
}

void Decoder::experts(Layer& layer) {
  layer.router.multiply(act_.data(), router_.data(), nullptr, *workers_);
  const num::Choice choice = num::choose({router_.data(), experts_}, experts_used_);
  if (choice.bad) fail("a logit of the router");
  choices_[static_cast<std::size_t>(layer_)].assign(choice.expert.begin(), choice.expert.begin() + experts_used_);
  const auto weights = num::expert_weights(choice);
  const auto units = static_cast<std::uint32_t>(y_.size() / kBlk);
  const std::vector<Activation> input = act_;  // every expert reads it, and each leaves its gate in act_
  for (unsigned j = 0; j < experts_used_; ++j) {
    std::copy_n(input.begin(), units, act_.begin());
    gate(layer, choice.expert[j]);
    quantise(gate_, "the gate");
    layer.down.multiply(act_.data(), choice.expert[j] * units, units, y_.data(), nullptr, *workers_);
    for (std::size_t i = 0; i < y_.size(); ++i) sum_[i] = j == 0 ? y_[i] * weights[j] : sum_[i] + y_[i] * weights[j];
  }
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] += sum_[i];
}

void Decoder::norm(const std::vector<float>& weights, const char* where) {
  // The padding is zeros and changes no sum; the mean is over the true width.
  const float r = num::rms_factor(num::sum_squares(x_), 1.0f / static_cast<float>(dim_), eps_);
  for (std::size_t i = 0; i < x_.size(); ++i) y_[i] = (x_[i] * r) * weights[i];
  quantise(y_, where);
}

void Decoder::quantise(const std::vector<float>& x, const char* where) {
  for (std::size_t b = 0; b < x.size() / kBlk; ++b) {
    const num::QuantScale s = num::quantise_activation({x.data() + b * kBlk, kBlk}, act_[b].q);
    if (s.bad) fail(fmt::format("{}, block {}", where, b));
    act_[b].scale = s.scale;
  }
}

void Decoder::rotate(float* heads, int count) {
  const float *c = rotation_row_.data(), *s = c + padded_;
  for (int h = 0; h < count; ++h, heads += padded_) {
    for (std::uint32_t i = 0; i < padded_; i += 2) {
      const num::Pair turned = num::rotate(heads[i], heads[i + 1], c[i], s[i + 1]);
      heads[i] = turned.x0;
      heads[i + 1] = turned.x1;
    }
  }
}

void Decoder::fail(const std::string& where) const {
  throw NumericError(fmt::format("position {}{}: {} is not finite", position_,
                                 layer_ >= 0 ? fmt::format(", layer {}", layer_) : "", where));
}

std::vector<int> generate_greedy(Decoder& decoder, const model::Vocabulary& vocab, std::span<const int> prompt,
                                 int count) {
  decoder.reset();
  for (const int token : prompt.first(prompt.size() - 1)) decoder.skip(token);
  std::vector<int> result;
  int token = prompt.back();
  while (static_cast<int>(result.size()) < count && decoder.position() < decoder.context()) {
    token = static_cast<int>(num::argmax(decoder.step(token)));
    if (vocab.ends_generation(token)) break;
    result.push_back(token);
  }
  return result;
}

}  // namespace htx::functional
