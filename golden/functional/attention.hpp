// SPDX-License-Identifier: Apache-2.0
// Keys and values of one KV head in pages of 32 tokens, dealt over the lanes, and attention to them in two passes.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "golden/compile/shard.hpp"
#include "golden/functional/kv_cache.hpp"

namespace htx::functional {

/// A query head as quantised: padded integers and the scale times the score factor.
struct Query {
  std::span<const std::int8_t> q;
  float scale = 0;
};

class KvHead {
 public:
  /// Heads of `padded` elements; page p of head `kv_head` lies on lane (kv_head + p) mod lanes.
  KvHead(std::uint32_t kv_head, std::uint32_t padded, std::uint32_t lanes);

  void clear();
  /// The next position's quantised key and value.
  void append(std::span<const std::int8_t> key, float key_scale, std::span<const std::int8_t> value,
              std::int32_t exponent);
  /// What a position (below those appended) holds.
  KvEntry entry(std::uint32_t position) const;
  /// One query's result, `padded` elements: lanes work on their own pages, then join by maximum and integer sum.
  /// Returns the position of a score that is NaN or infinite, else -1; then `out` is not written.
  std::int64_t attend(const Query& query, float* out);

 private:
  struct Page {
    std::vector<std::int8_t> keys, values;  ///< [token][padded]
    float key_scale[pkg::BLK] = {};
    std::int32_t exponent[pkg::BLK] = {};
    std::int32_t scores[pkg::BLK] = {};  ///< of the query at hand
    std::int32_t uc = 0;
    std::uint32_t number = 0, tokens = 0;
  };
  std::int64_t score(Page& page, const Query& query, std::int32_t& m) const;

  compile::Dealing dealing_;  ///< only lane_of() is asked: pages come as they come
  std::uint32_t padded_, length_ = 0;
  std::vector<std::vector<Page>> lanes_;
};

}  // namespace htx::functional
