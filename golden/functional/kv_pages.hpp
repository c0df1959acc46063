// SPDX-License-Identifier: Apache-2.0
// Where a KV cache stands in the lanes' DRAMs of an image (docs/architecture.md, KV page), and its bytes there.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "golden/compile/image.hpp"
#include "golden/functional/kv_cache.hpp"

namespace htx::functional {

/// A page that holds some of a cache's positions.
struct KvPage {
  std::uint32_t layer, head, number;  ///< positions 32 * number to 32 * number + 31
  unsigned lane;                      ///< global
  std::uint32_t burst, bursts;        ///< of its DRAM
};

/// All pages that `positions` positions need, in any order. Throws htx::Error for more than the image has room for.
std::vector<KvPage> kv_pages(const compile::Image& image, std::uint32_t positions);

/// Content of a page: entries of its positions, all else zero.
std::vector<std::uint8_t> page_bytes(const KvCache& cache, const KvPage& page);
/// The reverse.
void take_page(KvCache& cache, const KvPage& page, std::span<const std::uint8_t> bytes);

}  // namespace htx::functional
