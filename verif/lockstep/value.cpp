// SPDX-License-Identifier: Apache-2.0
#include "verif/lockstep/value.hpp"

#include <fmt/format.h>

#include <bit>

#include "verif/block_lockstep.hpp"

namespace htx::verif {

std::uint64_t ulp_distance(std::uint32_t a, std::uint32_t b) {
  const auto place = [](std::uint32_t v) {  // position on the number line, 0 for both zeros
    const auto magnitude = static_cast<std::int64_t>(v & 0x7fffffffU);
    return v >> 31 ? -magnitude : magnitude;
  };
  const std::int64_t d = place(a) - place(b);
  return static_cast<std::uint64_t>(d < 0 ? -d : d);
}

std::string show_difference(const std::uint64_t* golden, const std::uint64_t* rtl, unsigned width, bool fp32) {
  if (!fp32) {
    std::string s = fmt::format("expected {} actual {}", hex(golden, width), hex(rtl, width));
    if (width <= 64 && width > 1) s += fmt::format("  ({} / {})", golden[0], rtl[0]);
    return s;
  }
  std::string s;
  for (unsigned i = 0; i < width / 32; ++i) {
    const auto g = static_cast<std::uint32_t>(golden[i / 2] >> (32 * (i % 2)));
    const auto r = static_cast<std::uint32_t>(rtl[i / 2] >> (32 * (i % 2)));
    if (g == r) continue;
    if (!s.empty()) s += "\n                        ";
    s += fmt::format("{}expected {:08x} actual {:08x}  ({:.9g} / {:.9g}, {} ulp)", width > 32 ? fmt::format("element {}: ", i) : "",
                     g, r, std::bit_cast<float>(g), std::bit_cast<float>(r), ulp_distance(g, r));
  }
  return s;
}

}  // namespace htx::verif
