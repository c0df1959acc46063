// SPDX-License-Identifier: Apache-2.0
#include "golden/float_ref/quality.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "golden/float_ref/decoder.hpp"
#include "golden/model/error.hpp"

namespace htx::float_ref {
namespace {

using Eigen::VectorXd;

void check_pair(std::span<const VectorXd> reference, std::span<const VectorXd> test) {
  if (reference.empty()) throw Error("logits: no position to compare");
  if (reference.size() != test.size()) {
    throw Error(fmt::format("logits: {} positions against {}", reference.size(), test.size()));
  }
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i].size() != test[i].size()) {
      throw Error(fmt::format("logits: at position {}, {} against {}", i, reference[i].size(), test[i].size()));
    }
  }
}

}  // namespace

VectorXd log_softmax(const VectorXd& logits) {
  if (logits.size() == 0 || !logits.allFinite()) throw Error("logits: empty, infinite or NaN");
  const double largest = logits.maxCoeff();
  const double log_sum = std::log((logits.array() - largest).exp().sum());
  return (logits.array() - largest - log_sum).matrix();
}

double perplexity(std::span<const VectorXd> logits, std::span<const int> next) {
  if (logits.empty() || logits.size() != next.size()) {
    throw Error(fmt::format("logits: {} positions for {} tokens", logits.size(), next.size()));
  }
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (next[i] < 0 || next[i] >= logits[i].size()) {
      throw Error(fmt::format("token {}: the logits of position {} are {}", next[i], i, logits[i].size()));
    }
    sum -= log_softmax(logits[i])[next[i]];
  }
  return std::exp(sum / static_cast<double>(logits.size()));
}

double kl_divergence(std::span<const VectorXd> reference, std::span<const VectorXd> test) {
  check_pair(reference, test);
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const VectorXd p = log_softmax(reference[i]);
    const VectorXd q = log_softmax(test[i]);
    // Rounding may leave -1e-17 where the distributions agree.
    sum += std::max(0.0, (p.array().exp() * (p - q).array()).sum());
  }
  return sum / static_cast<double>(reference.size());
}

double top1_agreement(std::span<const VectorXd> reference, std::span<const VectorXd> test) {
  check_pair(reference, test);
  std::size_t same = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (!reference[i].allFinite() || !test[i].allFinite()) throw Error("logits: empty, infinite or NaN");
    if (argmax(reference[i]) == argmax(test[i])) ++same;
  }
  return static_cast<double>(same) / static_cast<double>(reference.size());
}

Quality compare(std::span<const VectorXd> reference, std::span<const VectorXd> test, std::span<const int> next) {
  return {perplexity(reference, next), perplexity(test, next), kl_divergence(reference, test),
          top1_agreement(reference, test), reference.size()};
}

}  // namespace htx::float_ref
