// SPDX-License-Identifier: Apache-2.0
// How a compared block is called in reports and waves.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "htx/probe/all.hpp"

namespace htx::verif {

/// Whether the block stands once in every lane.
template <class P>
constexpr bool in_lane() {
  return std::string_view(chip::probe::instance<P>).find("[*]") != std::string_view::npos;
}

/// "htx_seq", "htx_dot of lane 3".
template <class P>
std::string name_of(unsigned copy) {
  return in_lane<P>() ? fmt::format("{} of lane {}", P::block, copy) : P::block;
}

/// The block's scope in compare.vcd: "seq", or with its lane "dot_3".
template <class P>
std::string scope_of(unsigned copy) {
  const std::string_view name = std::string_view(P::block).substr(4);  // without htx_
  return in_lane<P>() ? fmt::format("{}_{}", name, copy) : std::string(name);
}

/// The block's instance in the waves of the RTL: "TOP.htx_chip.g_lane[3].u_lane.u_stream".
template <class P>
std::string instance_of(unsigned copy) {
  std::string path = chip::probe::instance<P>;
  if (path.front() == '.') return "TOP.htx_chip";  // the chip itself, or a lane's part of its pins
  if (const auto star = path.find('*'); star != std::string::npos) path.replace(star, 1, std::to_string(copy));
  return "TOP.htx_chip." + path;
}

}  // namespace htx::verif
