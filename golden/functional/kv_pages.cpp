// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/kv_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "golden/compile/shard.hpp"

namespace htx::functional {
namespace {

constexpr std::uint32_t kExponents = 2 * pkg::BLK;  // bytes of a page's header before them: the key scales

/// First byte of token t in block b of a page: key blocks, then value blocks.
std::size_t row_at(std::uint32_t b, std::uint32_t t) { return std::size_t{pkg::PAGE_HDR_BURSTS + b * pkg::PAGE_TILE_BURSTS + t} * pkg::BURST_BYTES; }

std::uint32_t tokens_in(const KvCache& cache, const KvPage& page) { return std::min(cache.positions() - page.number * pkg::BLK, std::uint32_t{pkg::BLK}); }

}  // namespace

std::vector<KvPage> kv_pages(const compile::Image& image, std::uint32_t positions) {
  if (positions > image.context) throw Error(fmt::format("{} positions of keys and values; the image has room for {}", positions, image.context));
  std::vector<KvPage> pages;
  const std::uint32_t each = (positions + pkg::BLK - 1) / pkg::BLK, lanes = image.lanes_total();
  for (std::size_t s = 0; s < image.segments.size(); ++s) {
    const compile::Segment& segment = image.segments[s];
    if (segment.kind != compile::SegmentKind::pages) continue;
    const auto head = static_cast<std::uint32_t>(segment.kv_head);
    const compile::Dealing dealing = compile::deal_pages(head, each, lanes);
    for (std::uint32_t p = 0; p < each; ++p) {
      const unsigned lane = dealing.lane_of(p);
      pages.push_back({static_cast<std::uint32_t>(segment.layer), head, p, lane,
                       image.lane_images[lane].segments[s].addr + dealing.index_on_lane(p) * segment.unit_bursts, segment.unit_bursts});
    }
  }
  return pages;
}

std::vector<std::uint8_t> page_bytes(const KvCache& cache, const KvPage& page) {
  std::vector<std::uint8_t> bytes(std::size_t{page.bursts} * pkg::BURST_BYTES);
  const std::uint32_t blocks = cache.padded() / pkg::BLK;
  for (std::uint32_t t = 0; t < tokens_in(cache, page); ++t) {
    const KvEntry e = cache.at(page.layer, page.head, page.number * pkg::BLK + t);
    std::memcpy(&bytes[2 * std::size_t{t}], &e.key_scale, 2);
    bytes[kExponents + t] = static_cast<std::uint8_t>(e.exponent);
    for (std::uint32_t b = 0; b < blocks; ++b) {
      std::memcpy(&bytes[row_at(b, t)], &e.key[std::size_t{b} * pkg::BLK], pkg::BLK);
      std::memcpy(&bytes[row_at(blocks + b, t)], &e.value[std::size_t{b} * pkg::BLK], pkg::BLK);
    }
  }
  return bytes;
}

void take_page(KvCache& cache, const KvPage& page, std::span<const std::uint8_t> bytes) {
  const std::uint32_t blocks = cache.padded() / pkg::BLK;
  std::vector<std::int8_t> key(cache.padded()), value(cache.padded());
  for (std::uint32_t t = 0; t < tokens_in(cache, page); ++t) {
    KvEntry e;
    std::memcpy(&e.key_scale, &bytes[2 * std::size_t{t}], 2);
    e.exponent = static_cast<std::int8_t>(bytes[kExponents + t]);
    for (std::uint32_t b = 0; b < blocks; ++b) {
      std::memcpy(&key[std::size_t{b} * pkg::BLK], &bytes[row_at(b, t)], pkg::BLK);
      std::memcpy(&value[std::size_t{b} * pkg::BLK], &bytes[row_at(blocks + b, t)], pkg::BLK);
    }
    e.key = key;
    e.value = value;
    cache.set(page.layer, page.head, page.number * pkg::BLK + t, e);
  }
}

}  // namespace htx::functional
