// SPDX-License-Identifier: Apache-2.0
// The float64 reference: what the network computes when nothing but the weights is rounded.
//
// It shares no arithmetic with the bit-exact golden, so it judges its quality and its structure, never its bits.
#pragma once

#include <Eigen/Dense>
#include <span>
#include <vector>

#include "golden/float_ref/weights.hpp"

namespace htx::float_ref {

/// Decodes one sequence token by token, keeping keys and values of every position.
class Decoder {
 public:
  explicit Decoder(Weights weights);
  /// The model's quantised weights.
  explicit Decoder(const model::Model& model) : Decoder(quantised_weights(model)) {}

  const model::Hyper& hyper() const { return weights_.hyper; }
  int position() const { return position_; }  ///< tokens seen so far

  /// Takes the next token and returns the logits of its successor: [vocab], natural-log units, unnormalised. Throws
  /// htx::Error for a token beyond the vocabulary and when the context is full.
  Eigen::VectorXd step(int token) { return step(token, {}); }
  /// The same through given experts, by layer, instead of those with the largest logits: where two logits nearly tie,
  /// rounding decides between experts that have nothing in common, and only with one choice is the arithmetic compared.
  Eigen::VectorXd step(int token, const std::vector<std::vector<int>>& choices);

  /// Over all steps: the most that the logit of a given expert fell short of one that was not given. 0: each was the
  /// choice of this arithmetic, too.
  double worst_choice() const { return worst_choice_; }

  /// Forgets the sequence.
  void reset();

 private:
  struct Cache {
    std::vector<Eigen::VectorXd> keys, values;  ///< by position: [kv_heads * head_size]
  };

  void rotate(Eigen::VectorXd& heads) const;
  Eigen::VectorXd feed_forward(const LayerWeights& layer, const Eigen::VectorXd& x, const std::vector<int>* choice);
  Eigen::VectorXd attend(const Eigen::VectorXd& query, const Cache& cache) const;

  Weights weights_;
  std::vector<Cache> caches_;  ///< by layer
  int position_ = 0;
  double worst_choice_ = 0;
};

/// Index of the largest logit, the lowest on ties.
int argmax(const Eigen::VectorXd& logits);

/// Feeds `prompt` (at least one token) to a decoder that is reset first, then follows the argmax for `count` tokens,
/// which it returns, or fewer when one ends the generation (`vocab.ends_generation`; that one is not returned).
std::vector<int> generate_greedy(Decoder& decoder, const model::Vocabulary& vocab, std::span<const int> prompt,
                                 int count);

}  // namespace htx::float_ref
