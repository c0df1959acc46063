// SPDX-License-Identifier: Apache-2.0
#include "verif/lockstep/value.hpp"

#include <fmt/format.h>

#include <bit>
#include <vector>

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

namespace {

using chip::probe::Show;

/// "2 ulp", or what stands in the way of counting.
std::string distance(std::uint32_t golden, std::uint32_t rtl) {
  const auto nan = [](std::uint32_t v) { return (v & 0x7fffffffU) > 0x7f800000U; };
  if (nan(golden) || nan(rtl)) return nan(golden) && nan(rtl) ? "another NaN" : "NaN";
  const std::uint64_t ulp = ulp_distance(golden, rtl);
  return ulp == 0 ? "different sign" : fmt::format("{} ulp", ulp);
}

std::int64_t as_signed(std::uint64_t value, unsigned width) {
  return static_cast<std::int64_t>(value << (64 - width)) >> (64 - width);
}

}  // namespace

std::string show_difference(const std::uint64_t* golden, const std::uint64_t* rtl, unsigned width, Show show) {
  if (show != Show::fp32) {
    std::string s = fmt::format("expected {} actual {}", hex(golden, width), hex(rtl, width));
    if (show == Show::signed_number && width <= 64) s += fmt::format("  ({} / {})", as_signed(golden[0], width), as_signed(rtl[0], width));
    else if (width <= 64 && width > 1) s += fmt::format("  ({} / {})", golden[0], rtl[0]);
    return s;
  }
  std::string s;
  for (unsigned i = 0; i < width / 32; ++i) {
    const auto g = static_cast<std::uint32_t>(golden[i / 2] >> (32 * (i % 2)));
    const auto r = static_cast<std::uint32_t>(rtl[i / 2] >> (32 * (i % 2)));
    if (g == r) continue;
    if (!s.empty()) s += "\n                        ";
    s += fmt::format("{}expected {:08x} actual {:08x}  ({:.9g} / {:.9g}, {})", width > 32 ? fmt::format("element {}: ", i) : "",
                     g, r, std::bit_cast<float>(g), std::bit_cast<float>(r), distance(g, r));
  }
  return s;
}

std::string signal_lines(const chip::probe::Field& field, unsigned index, const std::uint64_t* golden, const std::uint64_t* rtl) {
  const auto line = [](const std::string& name, const std::string& value) { return fmt::format("    {:<17} {}\n", name, value); };
  if (field.parts.empty())
    return line(field.depth ? fmt::format("{}[{}]", field.name, index) : field.name, show_difference(golden, rtl, field.width, field.show));
  std::string text;
  for (const auto& part : field.parts) {
    const auto take = [&](const std::uint64_t* words) {
      std::vector<std::uint64_t> v((part.width + 63) / 64);
      for (unsigned bit = 0; bit < part.width; ++bit)
        v[bit / 64] |= (words[(part.lsb + bit) / 64] >> (part.lsb + bit) % 64 & 1) << bit % 64;
      return v;
    };
    const auto g = take(golden), r = take(rtl);
    if (g != r) text += line(fmt::format("{}.{}", field.name, part.name), show_difference(g.data(), r.data(), part.width, part.show));
  }
  return text;
}

}  // namespace htx::verif
