// SPDX-License-Identifier: Apache-2.0
// The functional golden: a whole decode step, bit-exact to docs/numerics.md, fast, without clocks.
//
// Rows and KV pages are dealt over lanes and chips by the compiler's own rules, so the split is really exercised; no
// bit of a logit depends on it.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "golden/compile/compile.hpp"
#include "golden/functional/attention.hpp"
#include "golden/functional/hash.hpp"
#include "golden/functional/matrix.hpp"
#include "golden/functional/numeric_error.hpp"
#include "golden/model/model.hpp"

namespace htx::functional {

class Decoder {
 public:
  /// Copies what it needs of the model. context: positions allowed, 0 as many as the model was trained for. threads: that
  /// share the work, no bit depends on them. Throws htx::Error for counts out of range.
  explicit Decoder(const model::Model& model, unsigned lanes = 1, unsigned chips = 1, std::uint32_t context = 0,
                   unsigned threads = 1);

  /// Takes the next token and returns the logits of its successor: [vocab], valid until the next call. Throws
  /// htx::Error for a token beyond the vocabulary and when the context is full, NumericError when NaN or infinity turns
  /// up.
  const std::vector<float>& step(int token);
  /// The same without the head, for a token whose successor is known.
  void skip(int token);

  /// Of the last step: by layer, the experts that the router chose, the likeliest first; empty without experts.
  const std::vector<std::vector<int>>& choices() const { return choices_; }

  int position() const { return static_cast<int>(position_); }  ///< tokens seen so far
  int context() const { return static_cast<int>(context_); }    ///< positions allowed
  /// Forgets the sequence.
  void reset();
  /// Keys and values of all positions seen.
  void export_kv(KvCache& to) const;
  /// Goes on where the decode that left `from` stopped; only after a reset.
  void import_kv(const KvCache& from);

 private:
  struct Layer {
    std::vector<float> attn_norm, ffn_norm;  ///< padded to blocks
    Matrix qkv, attn_output, router, gate_up, down;
    std::vector<KvHead> kv;
  };

  void run(int token);
  void attention(Layer& layer);
  void feed_forward(Layer& layer);
  /// Gate and up of the expert whose units begin at `expert` * ffn_blocks_ -> gate_, gated
  void gate(Layer& layer, std::uint32_t expert);
  void experts(Layer& layer);
  /// y_ = RMSNorm(x_), quantised into act_
  void norm(const std::vector<float>& weights, const char* where);
  /// Blocks of 32 into act_
  void quantise(const std::vector<float>& x, const char* where);
  void rotate(float* heads, int count);
  [[noreturn]] void fail(const std::string& where) const;

  std::uint32_t dim_, vocab_, context_;
  int heads_, kv_heads_;
  std::uint32_t experts_, experts_used_;
  std::uint32_t head_size_, padded_;
  float eps_;
  compile::Rotation rotation_;
  std::vector<float> rotation_row_;  ///< of the position at hand
  Matrix embedding_, head_;
  bool tied_head_;
  std::vector<float> output_norm_;
  std::vector<Layer> layers_;

  std::vector<float> x_, y_, qkv_, mixed_, gate_, up_, sum_, router_, logits_;
  std::vector<Activation> act_;
  std::vector<std::vector<int>> choices_;
  std::uint32_t position_ = 0;
  int layer_ = -1;  ///< at hand, for messages
  std::unique_ptr<Workers> workers_;
};

/// Feeds `prompt` (at least one token) to a decoder that is reset first, then follows the argmax for `count` tokens,
/// which it returns, or fewer when one ends the generation (that one is not returned) or the context is full.
std::vector<int> generate_greedy(Decoder& decoder, const model::Vocabulary& vocab, std::span<const int> prompt,
                                 int count);

}  // namespace htx::functional
