// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/attention.hpp"

#include <algorithm>
#include <limits>

#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

namespace num = htx::numerics;
constexpr std::int32_t kNothing = std::numeric_limits<std::int32_t>::min();  // what an empty lane says

}  // namespace

KvHead::KvHead(std::uint32_t kv_head, std::uint32_t padded, std::uint32_t lanes)
    : dealing_(compile::deal_pages(kv_head, 0, lanes)), padded_(padded), lanes_(lanes) {}

void KvHead::clear() {
  length_ = 0;
  for (std::vector<Page>& pages : lanes_) pages.clear();
}

void KvHead::append(std::span<const std::int8_t> key, float key_scale, std::span<const std::int8_t> value,
                    std::int32_t exponent) {
  const std::uint32_t number = length_ / pkg::BLK, token = length_ % pkg::BLK;
  std::vector<Page>& pages = lanes_[dealing_.lane_of(number)];
  if (token == 0) {
    Page& page = pages.emplace_back();
    page.keys.resize(std::size_t{pkg::BLK} * padded_);
    page.values.resize(std::size_t{pkg::BLK} * padded_);
    page.number = number;
  }
  Page& page = pages.back();
  std::copy(key.begin(), key.end(), page.keys.begin() + std::ptrdiff_t{token} * padded_);
  std::copy(value.begin(), value.end(), page.values.begin() + std::ptrdiff_t{token} * padded_);
  page.key_scale[token] = key_scale;
  page.exponent[token] = exponent;
  page.tokens = token + 1;
  ++length_;
}

KvEntry KvHead::entry(std::uint32_t position) const {
  const std::uint32_t number = position / pkg::BLK, token = position % pkg::BLK;
  const Page& page = lanes_[dealing_.lane_of(number)].at(dealing_.index_on_lane(number));
  const std::size_t at = std::size_t{token} * padded_;
  return {num::f2h(page.key_scale[token]), static_cast<std::int8_t>(page.exponent[token]), std::span(page.keys).subspan(at, padded_), std::span(page.values).subspan(at, padded_)};
}

std::int64_t KvHead::score(Page& page, const Query& query, std::int32_t& m) const {
  std::int32_t folded = kNothing;
  for (std::uint32_t t = 0; t < page.tokens; ++t) {
    const std::int8_t* key = page.keys.data() + std::size_t{t} * padded_;
    std::int32_t dot = 0;
    for (std::uint32_t j = 0; j < padded_; ++j) dot += key[j] * query.q[j];
    const num::ScoreResult s = num::score(dot, query.scale, page.key_scale[t]);
    if (s.bad) return std::int64_t{page.number} * pkg::BLK + t;
    page.scores[t] = s.value;
    folded = std::max(folded, num::folded(s.value, page.exponent[t]));
    m = std::max(m, num::ceil256(s.value));
  }
  page.uc = num::ceil256(folded);
  return -1;
}

std::int64_t KvHead::attend(const Query& query, float* out) {
  std::int32_t m = kNothing, u = kNothing;
  for (std::vector<Page>& pages : lanes_) {
    std::int32_t lane_m = kNothing, lane_u = kNothing;
    for (Page& page : pages) {
      if (const std::int64_t bad = score(page, query, lane_m); bad >= 0) return bad;
      lane_u = std::max(lane_u, page.uc);
    }
    m = std::max(m, lane_m);
    u = std::max(u, lane_u);
  }
  std::vector<std::int64_t> total(padded_, 0), lane_sum(padded_);
  std::vector<std::int32_t> dots(padded_);
  std::uint64_t l = 0;
  for (const std::vector<Page>& pages : lanes_) {
    std::fill(lane_sum.begin(), lane_sum.end(), 0);
    for (const Page& page : pages) {
      std::fill(dots.begin(), dots.end(), 0);
      for (std::uint32_t t = 0; t < page.tokens; ++t) {
        l += num::denominator_term(m, page.scores[t]);
        const std::int32_t p = num::share(page.uc, num::folded(page.scores[t], page.exponent[t]));
        if (p == 0) continue;
        const std::int8_t* value = page.values.data() + std::size_t{t} * padded_;
        for (std::uint32_t j = 0; j < padded_; ++j) dots[j] += p * value[j];
      }
      for (std::uint32_t j = 0; j < padded_; ++j) lane_sum[j] += num::page_term(dots[j], u, page.uc);
    }
    for (std::uint32_t j = 0; j < padded_; ++j) total[j] += lane_sum[j];
  }
  for (std::uint32_t j = 0; j < padded_; ++j) out[j] = num::attention_out(total[j], l, u, m);
  return -1;
}

}  // namespace htx::functional
