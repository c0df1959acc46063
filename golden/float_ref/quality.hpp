// SPDX-License-Identifier: Apache-2.0
// How well one stream of logits agrees with a text, or with another stream.
//
// A stream holds one vector [vocab] a position, natural-log units, unnormalised. All functions are pure and throw
// htx::Error for empty streams, unequal lengths or widths, and logits that are not finite.
#pragma once

#include <Eigen/Dense>
#include <span>

namespace htx::float_ref {

/// ln of the softmax: [vocab], each at most 0.
Eigen::VectorXd log_softmax(const Eigen::VectorXd& logits);

/// exp of the mean negative log-likelihood; next[i] is the token that followed position i.
double perplexity(std::span<const Eigen::VectorXd> logits, std::span<const int> next);

/// Mean over positions of KL(softmax(reference) || softmax(test)), in nats; 0 when they agree, never below.
double kl_divergence(std::span<const Eigen::VectorXd> reference, std::span<const Eigen::VectorXd> test);

/// Share of positions, 0 to 1, at which both have the same argmax (lowest index on ties).
double top1_agreement(std::span<const Eigen::VectorXd> reference, std::span<const Eigen::VectorXd> test);

/// All of it for a text whose token next[i] followed position i.
struct Quality {
  double reference_perplexity = 0;
  double test_perplexity = 0;
  double kl_nats = 0;
  double top1 = 0;
  std::size_t positions = 0;
};
Quality compare(std::span<const Eigen::VectorXd> reference, std::span<const Eigen::VectorXd> test,
                std::span<const int> next);

}  // namespace htx::float_ref
