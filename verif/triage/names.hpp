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

/// Whether it stands once in every column of a lane; its copies are numbered 8 * lane + column.
template <class P>
constexpr bool in_column() {
  return std::string_view(chip::probe::instance<P>).find("[@]") != std::string_view::npos;
}

template <class P>
constexpr unsigned lane_of(unsigned copy) {
  return in_column<P>() ? copy / 8 : copy;
}

/// "htx_seq", "htx_dot of lane 3", "htx_accum of lane 3, column 1"; column 0 is not said.
template <class P>
std::string name_of(unsigned copy) {
  std::string s = in_lane<P>() ? fmt::format("{} of lane {}", P::block, lane_of<P>(copy)) : P::block;
  if (in_column<P>() && copy % 8 != 0) s += fmt::format(", column {}", copy % 8);
  return s;
}

/// The block's scope in compare.vcd: "seq", with its lane "dot_3", with its column "accum_3_1"; column 0 is "accum_3".
template <class P>
std::string scope_of(unsigned copy) {
  std::string s(std::string_view(P::block).substr(4));  // without htx_
  if (in_lane<P>()) s += fmt::format("_{}", lane_of<P>(copy));
  if (in_column<P>() && copy % 8 != 0) s += fmt::format("_{}", copy % 8);
  return s;
}

/// The block's instance in the waves of the RTL: "TOP.htx_chip.g_lane[3].u_lane.u_stream".
template <class P>
std::string instance_of(unsigned copy) {
  std::string path = chip::probe::instance<P>;
  if (path.front() == '.') return "TOP.htx_chip";  // the chip itself, or a lane's part of its pins
  if (const auto star = path.find('*'); star != std::string::npos) path.replace(star, 1, std::to_string(lane_of<P>(copy)));
  if (const auto hash = path.find('@'); hash != std::string::npos) path.replace(hash, 1, std::to_string(copy % 8));
  return "TOP.htx_chip." + path;
}

}  // namespace htx::verif
