// SPDX-License-Identifier: Apache-2.0
// Choosing the next token from logits on the host: temperature, top-k, top-p, and random numbers of its own (docs/sampling.md).
//
// The same logits, seed and position give the same token on every machine and with every compiler: exponentials are the chip's own
// (numerics), weights are integers, and the random number of a position follows from seed and position alone, so that a decode that
// was interrupted goes on as if it had not been.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace htx::functional {

struct Sampling {
  float temperature = 0;   ///< 0: the largest logit, nothing is drawn
  std::uint32_t top_k = 0; ///< only the k largest, 0: all
  float top_p = 1;         ///< of these, the fewest largest whose probabilities reach p, in (0, 1]
  std::uint64_t seed = 1;
};

class Sampler {
 public:
  explicit Sampler(const Sampling& how) : how_(how) {}
  bool greedy() const { return how_.temperature == 0; }

  /// Token number `position` of a sequence. Logits are finite.
  std::uint32_t pick(std::span<const float> logits, std::uint64_t position);

 private:
  Sampling how_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint64_t> weights_;
};

}  // namespace htx::functional
