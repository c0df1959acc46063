// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/sampler.hpp"

#include <algorithm>
#include <numeric>

#include "golden/numerics/numerics.hpp"

namespace htx::functional {

namespace num = htx::numerics;

namespace {

/// SplitMix64's number `index` from `seed` on.
std::uint64_t random_number(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

std::uint32_t Sampler::pick(std::span<const float> logits, std::uint64_t position) {
  if (greedy()) return static_cast<std::uint32_t>(num::argmax(logits));
  order_.resize(logits.size());
  std::iota(order_.begin(), order_.end(), 0U);
  const std::size_t k = how_.top_k == 0 ? order_.size() : std::min<std::size_t>(how_.top_k, order_.size());
  const auto larger = [&](std::uint32_t a, std::uint32_t b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; };
  std::partial_sort(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(k), order_.end(), larger);
  // probabilities relative to the largest, in units of 2^-32: the sum of 2^18 of them stays below 2^51
  const float factor = num::mul(-num::kNegLog2e, 1.0f / how_.temperature), top = logits[order_[0]];
  weights_.resize(k);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < k; ++i) {
    const float y = num::mul(num::sub(logits[order_[i]], top), factor);
    sum += weights_[i] = static_cast<std::uint64_t>(static_cast<double>(num::exp2(num::is_nan(y) ? 0.0f : y)) * 0x1p32);
  }
  // the fewest whose sum reaches p
  std::size_t n = k;
  if (how_.top_p < 1) {
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(sum) * static_cast<double>(how_.top_p));
    std::uint64_t reached = 0;
    for (n = 0; n < k && (n == 0 || reached < wanted);) reached += weights_[n++];
    sum = reached;
  }
  // a number below the sum, its bias less than 2^-13 of a weight's unit
  auto left = static_cast<std::uint64_t>(static_cast<unsigned __int128>(random_number(how_.seed, position)) * sum >> 64);
  for (std::size_t i = 0; i + 1 < n; ++i) {
    if (left < weights_[i]) return order_[i];
    left -= weights_[i];
  }
  return order_[n - 1];
}

}  // namespace htx::functional
