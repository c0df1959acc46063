// SPDX-License-Identifier: Apache-2.0
// Control signals that say the wrong thing for one edge, and handshakes that are stalled.
#include <algorithm>
#include <map>
#include <memory>

#include "verif/faults/fault.hpp"

namespace htx::faults {

std::vector<Fault> handshakes(const Draw& draw) {
  std::vector<Fault> faults;
  // at least twice everywhere, so that the table is one of all handshakes and not of a sample
  const std::size_t count = std::max<std::size_t>(draw.count, 2 * draw.points.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Point& p = draw.points[i % draw.points.size()];
    const unsigned bit = p.bit + static_cast<unsigned>(draw.random.below(p.width));
    // a word that was written by mistake and never read stays where it was written: in a memory of that instance, and only there
    const bool writes = p.port.ends_with("we_i") || p.port.ends_with("push_i");
    faults.push_back({"control input, one edge", fmt::format("{}.{} {} ({})", p.module, p.instance, p.port, p.net), 1 + draw.random.below(draw.reference.clocks - 1),
                      [bit, memory = writes ? "." + p.instance + "." : ""](Decode& d, const Reference& r) {
                        d.rtl().glitch(d.turn(), bit);
                        return run_out(d, r, {}, memory);
                      }});
  }
  return faults;
}

std::vector<Fault> storms(const Draw& draw) {
  std::map<std::string, std::vector<unsigned>> bits;  // of both sides of a handshake
  for (const Point& p : draw.points)
    if (p.handshake != "-")
      for (unsigned i = 0; i < p.width; ++i) bits[p.handshake].push_back(p.bit + i);
  std::vector<std::pair<std::string, std::vector<std::vector<unsigned>>>> targets;  // each alone, and all together
  std::vector<std::vector<unsigned>> all;
  for (const auto& [name, b] : bits) {
    targets.push_back({name, {b}});
    all.push_back(b);
  }
  if (!all.empty()) targets.push_back({"all of them", all});
  std::vector<Fault> faults;
  for (unsigned i = 0; i < std::max<std::size_t>(draw.count / 4, 2 * targets.size()); ++i) {
    const auto& [name, groups] = targets[i % targets.size()];
    const unsigned one_in = 2U << i / targets.size() % 4;  // every 2nd to every 16th clock
    const std::uint64_t seed = draw.random.below(~0ULL);
    faults.push_back({"back-pressure storm", fmt::format("{}, one clock in {}", name, one_in), 1, [groups = groups, one_in, seed](Decode& d, const Reference& r) {
                        Random random(seed);
                        d.alone();
                        std::uint64_t stalled = 0;
                        for (std::uint64_t end = d.clock() + 40 * r.clocks + 100000; !d.done() && d.clock() < end;) {
                          for (const auto& group : groups) {
                            if (random.below(one_in) != 0) continue;
                            for (const unsigned bit : group) d.rtl().glitch(d.low(), bit);
                            ++stalled;
                          }
                          d.step();
                        }
                        if (!d.done()) return Result{Outcome::silent, d.clock(), "never done"};
                        const std::uint64_t clocks = d.clock();
                        const bool same = d.tokens() == r.tokens && d.results() == r.results && d.dram_hash() == r.dram;
                        return Result{same ? Outcome::same_result : Outcome::silent, clocks, fmt::format("{} stalls", stalled)};
                      }});
  }
  return faults;
}

}  // namespace htx::faults
