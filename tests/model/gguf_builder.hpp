// SPDX-License-Identifier: Apache-2.0
// Complete random llama models of any shape, as GGUF. The same options and seed give the same bytes everywhere.
//
//   const auto bytes = htx::test::build_llama({.dim = 48, .heads = 6, .kv_heads = 2, .ffn = 100});
//   const auto model = htx::model::parse_model(bytes, "odd.gguf", htx::model::WeightFormat::q8_0);
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "golden/model/half.hpp"
#include "tests/model/gguf_document.hpp"

namespace htx::test {

struct LlamaOptions {
  int dim = 64;
  int layers = 2;
  int heads = 4;
  int kv_heads = 2;
  int head_size = 0;  ///< 0: dim / heads, and the file carries no key_length and value_length
  int ffn = 96;
  int vocab = 300;  ///< at least 3; from 259 on with all byte tokens, from 312 on with all letters
  int context = 128;
  GgmlType type = kTensorF32;  ///< of the matrices; a quantised type becomes F16 where 32 does not divide the columns
  bool tied = false;           ///< no output.weight
  std::uint64_t seed = 1;
  float eps = 1e-5f;
  float rope_base = 10000.0f;
  float rope_factor = 0.0f;  ///< linear rope scaling; 0: the file carries none
  bool rope_freqs = false;   ///< with a tensor rope_freqs.weight of factors from 1 to 8
  int experts = 0;           ///< of a layer, each of width ffn; 0: none
  int experts_used = 2;      ///< chosen for a token
  bool split_experts = false;  ///< a tensor an expert, as older files have them
};

/// SplitMix64: the same numbers with every compiler and library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t limit) { return bits() % limit; }
  /// In [low, high), a multiple of (high - low) / 2^24.
  float uniform(float low, float high) { return low + (high - low) * (static_cast<float>(bits() >> 40) * 0x1p-24f); }

 private:
  std::uint64_t state_;
};

namespace detail {

/// Values spread evenly within +-amplitude, stored as `type` (Q8_0 and Q4_0 blocks are drawn as such, not rounded).
inline Bytes random_values(Random& random, std::uint64_t count, GgmlType type, float amplitude) {
  Bytes out;
  if (type == kTensorQ8_0 || type == kTensorQ4_0) {
    const bool four = type == kTensorQ4_0;
    for (std::uint64_t block = 0; block < count / 32; ++block) {
      const float scale = random.uniform(0.5f, 1.0f) * amplitude / (four ? -8.0f : 127.0f);
      append_scalar(out, model::float_to_half(scale));
      for (int i = 0; i < (four ? 16 : 32); ++i) {
        const std::uint64_t value = four ? random.below(256) : random.below(255) - 127;
        append_scalar(out, static_cast<std::uint8_t>(value));
      }
    }
    return out;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    const float value = random.uniform(-amplitude, amplitude);
    if (type == kTensorF16) {
      append_scalar(out, model::float_to_half(value));
    } else {
      append_scalar(out, value);
    }
  }
  return out;
}

class LlamaBuilder {
 public:
  explicit LlamaBuilder(const LlamaOptions& options) : o_(options), random_(options.seed) {}

  Document run() {
    hyperparameters();
    vocabulary();
    const int head_size = o_.head_size != 0 ? o_.head_size : o_.dim / o_.heads;
    const int q_rows = o_.heads * head_size, kv_rows = o_.kv_heads * head_size;
    matrix("token_embd.weight", o_.dim, o_.vocab, 3.0f);
    norm("output_norm.weight");
    if (!o_.tied) matrix("output.weight", o_.dim, o_.vocab, 3.0f);
    for (int i = 0; i < o_.layers; ++i) {
      const std::string at = "blk." + std::to_string(i) + ".";
      norm(at + "attn_norm.weight");
      matrix(at + "attn_q.weight", o_.dim, q_rows, 2.0f);
      matrix(at + "attn_k.weight", o_.dim, kv_rows, 2.0f);
      matrix(at + "attn_v.weight", o_.dim, kv_rows, 1.0f);
      matrix(at + "attn_output.weight", q_rows, o_.dim, 1.0f);
      norm(at + "ffn_norm.weight");
      if (o_.experts > 0) {
        router(at + "ffn_gate_inp.weight");
        experts(at + "ffn_gate", o_.dim, o_.ffn);
        experts(at + "ffn_up", o_.dim, o_.ffn);
        experts(at + "ffn_down", o_.ffn, o_.dim);
        continue;
      }
      matrix(at + "ffn_gate.weight", o_.dim, o_.ffn, 1.0f);
      matrix(at + "ffn_up.weight", o_.dim, o_.ffn, 1.0f);
      matrix(at + "ffn_down.weight", o_.ffn, o_.dim, 1.0f);
    }
    if (o_.rope_freqs) rope_freqs(head_size / 2);
    return std::move(file_);
  }

 private:
  void hyperparameters() {
    const auto count = [&](const char* name, int value) { file_.set(name, static_cast<std::uint32_t>(value)); };
    file_.set("general.architecture", "llama");
    file_.set("general.name", "random llama");
    count("llama.context_length", o_.context);
    count("llama.embedding_length", o_.dim);
    count("llama.block_count", o_.layers);
    count("llama.feed_forward_length", o_.ffn);
    count("llama.attention.head_count", o_.heads);
    count("llama.attention.head_count_kv", o_.kv_heads);
    if (o_.head_size != 0) {
      count("llama.attention.key_length", o_.head_size);
      count("llama.attention.value_length", o_.head_size);
    }
    if (o_.experts > 0) {
      count("llama.expert_count", o_.experts);
      count("llama.expert_used_count", o_.experts_used);
    }
    file_.set("llama.attention.layer_norm_rms_epsilon", o_.eps);
    file_.set("llama.rope.freq_base", o_.rope_base);
    if (o_.rope_factor != 0) {
      file_.set("llama.rope.scaling.type", "linear");
      file_.set("llama.rope.scaling.factor", o_.rope_factor);
    }
  }

  void vocabulary() {
    add_piece("<unk>", 2);
    add_piece("<s>", 3);
    add_piece("</s>", 3);
    if (o_.vocab >= 259) {
      for (int byte = 0; byte < 256; ++byte) {
        const char* digits = "0123456789ABCDEF";
        add_piece(std::string("<0x") + digits[byte / 16] + digits[byte % 16] + ">", 6);
      }
    }
    // Then U+2581 (the space), the letters, and every longer word over these, shorter ones first.
    std::vector<std::string> words = {"\xe2\x96\x81"};
    for (char c = 'a'; c <= 'z'; ++c) words.emplace_back(1, c);
    for (char c = 'A'; c <= 'Z'; ++c) words.emplace_back(1, c);
    for (std::size_t i = 0; static_cast<int>(texts_.size()) < o_.vocab; ++i) {
      if (i == words.size()) words.push_back(words[(i - 53) / 26] + static_cast<char>('a' + (i - 53) % 26));
      add_piece(words[i], 1);
    }
    file_.set("tokenizer.ggml.model", "llama");
    file_.set("tokenizer.ggml.tokens", texts_);
    file_.set("tokenizer.ggml.scores", scores_);
    file_.set("tokenizer.ggml.token_type", types_);
    file_.set("tokenizer.ggml.bos_token_id", 1u);
    file_.set("tokenizer.ggml.eos_token_id", 2u);
    file_.set("tokenizer.ggml.unknown_token_id", 0u);
  }

  void add_piece(const std::string& text, std::int32_t type) {
    scores_.push_back(type == 1 ? -static_cast<float>(texts_.size()) : 0.0f);
    texts_.push_back(text);
    types_.push_back(type);
  }

  // Outputs of normalised inputs have a standard deviation of about `gain`.
  void matrix(const std::string& name, int cols, int rows, float gain, int count = 1) {
    const bool quantised = o_.type == kTensorQ8_0 || o_.type == kTensorQ4_0;
    const GgmlType type = quantised && cols % 32 != 0 ? kTensorF16 : o_.type;
    std::vector<std::uint64_t> shape = {static_cast<std::uint64_t>(cols), static_cast<std::uint64_t>(rows)};
    const float amplitude = gain * std::sqrt(3.0f / static_cast<float>(cols));
    Bytes values = random_values(random_, shape[0] * shape[1] * static_cast<std::uint64_t>(count), type, amplitude);
    if (count > 1) shape.push_back(static_cast<std::uint64_t>(count));
    file_.tensors.push_back({name, shape, type, std::move(values), {}});
  }

  // Routers are fp32 in every file; logits spread by about one, so that what a layer's rounding costs is not blown up by the shares.
  void router(const std::string& name) {
    Bytes values = random_values(random_, static_cast<std::uint64_t>(o_.dim) * static_cast<std::uint64_t>(o_.experts), kTensorF32, std::sqrt(3.0f / static_cast<float>(o_.dim)));
    file_.tensors.push_back({name, {static_cast<std::uint64_t>(o_.dim), static_cast<std::uint64_t>(o_.experts)}, kTensorF32, std::move(values), {}});
  }

  void experts(const std::string& name, int cols, int rows) {
    if (!o_.split_experts) return matrix(name + "_exps.weight", cols, rows, 1.0f, o_.experts);
    for (int x = 0; x < o_.experts; ++x) matrix(name + "." + std::to_string(x) + ".weight", cols, rows, 1.0f);
  }

  void norm(const std::string& name) {
    Bytes data;
    for (int i = 0; i < o_.dim; ++i) append_scalar(data, random_.uniform(0.5f, 1.5f));
    file_.tensors.push_back({name, {static_cast<std::uint64_t>(o_.dim)}, kTensorF32, std::move(data), {}});
  }

  void rope_freqs(int pairs) {
    Bytes data;
    for (int i = 0; i < pairs; ++i) append_scalar(data, random_.uniform(1.0f, 8.0f));
    file_.tensors.push_back(
        {"rope_freqs.weight", {static_cast<std::uint64_t>(pairs)}, kTensorF32, std::move(data), {}});
  }

  LlamaOptions o_;
  Random random_;
  Document file_;
  std::vector<std::string> texts_;
  std::vector<float> scores_;
  std::vector<std::int32_t> types_;
};

}  // namespace detail

/// The model as a document that a test may still bend.
inline Document make_llama(const LlamaOptions& options = {}) { return detail::LlamaBuilder(options).run(); }

/// The bytes of a GGUF file.
inline Bytes build_llama(const LlamaOptions& options = {}) { return make_llama(options).serialise(); }

}  // namespace htx::test
