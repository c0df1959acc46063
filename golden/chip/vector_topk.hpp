// SPDX-License-Identifier: Apache-2.0
// Twin of the sorted list in htx_vector_topk (docs/blocks/vector.md): a VTOPK's logits so far, largest first.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "golden/numerics/numerics.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/vector_topk.hpp"

namespace htx::chip {

class TopList {
 public:
  /// A VTOPK of `count` logits starts in this clock.
  void begin(int count) { *this = {.count_ = count}; }

  /// Clock `t` since its first read; `logits` that have arrived. A logit joins three clocks after the read that would be its own
  /// if each word were read element by element.
  void at(int t, std::span<const float> logits) {
    const int due = std::clamp(t - 2, 0, count_);
    for (; joined_ < due; ++joined_) {
      const float x = logits[static_cast<std::size_t>(joined_)];
      bad_ = bad_ || !numerics::is_finite(x);
      const Entry mine{numerics::order_key(x), static_cast<std::uint8_t>(joined_)};
      const auto behind = std::find_if(list_.begin(), list_.end(), [&](const Entry& e) { return e.key < mine.key; });
      list_.insert(behind, mine);
      if (list_.size() > pkg::TOP_K) list_.pop_back();
    }
    live_ = t >= 2 && t < count_ + 2;
  }

  bool bad() const { return bad_; }

  void fill(probe::vector_topk& p) const {
    p.live_q = live_;
    p.left_q = static_cast<unsigned>(count_ - joined_);
    p.number_q = static_cast<std::uint8_t>(joined_);
    p.bad_q = bad_;
    p.key_q = {};
    p.expert_q = 0;
    p.valid_q = (1U << list_.size()) - 1;
    for (unsigned i = 0; i < list_.size(); ++i) {
      put_bits(p.key_q, 32 * i, 32, list_[i].key);
      p.expert_q |= std::uint64_t{list_[i].expert} << 8 * i;
    }
  }

  struct Entry {
    std::uint32_t key;
    std::uint8_t expert;
  };
  int count_ = 0, joined_ = 0;
  bool live_ = false, bad_ = false;
  std::vector<Entry> list_{};
};

}  // namespace htx::chip
