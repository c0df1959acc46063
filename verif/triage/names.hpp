// SPDX-License-Identifier: Apache-2.0
// How a compared block is called in waves.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "htx/probe/all.hpp"

namespace htx::verif {

/// The block's scope in compare.vcd: "seq", or with its lane "dot_3".
template <class P>
std::string scope_of(unsigned copy) {
  const std::string_view name = std::string_view(P::block).substr(4);  // without htx_
  const bool in_lane = std::string_view(chip::probe::instance<P>).find("[*]") != std::string_view::npos;
  return in_lane ? fmt::format("{}_{}", name, copy) : std::string(name);
}

/// The block's instance in the waves of the RTL: "TOP.htx_chip.g_lane[3].u_lane.u_stream".
template <class P>
std::string instance_of(unsigned copy) {
  std::string path = chip::probe::instance<P>;
  if (const auto star = path.find('*'); star != std::string::npos) path.replace(star, 1, std::to_string(copy));
  return "TOP.htx_chip." + path;
}

}  // namespace htx::verif
