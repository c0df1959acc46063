// SPDX-License-Identifier: Apache-2.0
#include "verif/faults/fault.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "golden/model/error.hpp"

namespace htx::faults {

std::vector<Point> read_points(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw Error(file + ": cannot be read");
  std::vector<Point> points;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    Point p{};
    if (!(words >> p.bit >> p.width >> p.module >> p.instance >> p.port >> p.handshake) || p.width == 0) throw Error(fmt::format("{}: cannot read: {}", file, line));
    std::getline(words >> std::ws, p.net);
    points.push_back(p);
  }
  if (points.empty()) throw Error(file + ": no points");
  return points;
}

Result run_out(Decode& d, const Reference& r, const std::vector<Flip>& planted, const std::string& memory) {
  try {
    while (d.running() < r.clocks) d.step();
  } catch (const Noticed& n) {
    return {n.how, d.clock(), n.what()};
  }
  if (!d.done()) return {Outcome::silent, d.clock(), "not done when it should be"};
  std::vector<Flip> left = d.differences(r.after);
  const std::size_t all = left.size();
  std::erase_if(left, [&](const Flip& f) {
    const bool inside = !memory.empty() && f.memory < d.memories().size() && d.memories()[f.memory].name.find(memory) != std::string::npos;
    return inside || std::find(planted.begin(), planted.end(), f) != planted.end();
  });
  if (!left.empty()) {
    const std::size_t m = left.front().memory, chip = d.memories().size();
    return {Outcome::silent, d.clock(), fmt::format("{} entry {} bit {} differs", m < chip ? d.memories()[m].name : fmt::format("DRAM of lane {}", m - chip), left.front().entry, left.front().bit)};
  }
  if (d.results() != r.results) return {Outcome::silent, d.clock(), "other logits"};
  return {all != 0 ? Outcome::unused : planted.empty() ? Outcome::no_effect : Outcome::overwritten, d.clock(), ""};
}

}  // namespace htx::faults
