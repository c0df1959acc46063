// SPDX-License-Identifier: Apache-2.0
// Resets in the middle of a decode.
#include "verif/faults/fault.hpp"

namespace htx::faults {
namespace {

/// Another decode from the beginning must give what the undisturbed one gave.
Result again(Decode& d, const Reference& r) {
  d.configure();
  if (!d.settle(100000)) return {Outcome::silent, d.clock(), "does not take its configuration"};
  d.forget_results();
  d.start();
  for (std::uint64_t end = d.clock() + 2 * r.clocks + 10000; !d.done() && d.clock() < end;) d.step();
  if (!d.done()) return {Outcome::silent, d.clock(), "never done"};
  const std::vector<std::uint32_t> tokens = d.tokens();
  const bool same = tokens == r.tokens && d.results() == r.results;
  return {same ? Outcome::recovered : Outcome::silent, d.clock(), same ? "" : tokens == r.tokens ? "other logits" : fmt::format("other tokens: {} not {}", fmt::join(tokens, " "), fmt::join(r.tokens, " "))};
}

/// What diverges although both sides were reset alike is no report but a finding.
template <class F>
Result alike(F&& f) {
  try {
    return f();
  } catch (const Noticed& n) {
    return {Outcome::silent, 0, fmt::format("golden and RTL, reset alike, differ: {}", n.what())};
  }
}

Result soft(Decode& d, const Reference& r) {
  return alike([&] {
    d.driver().soft_reset();
    if (!d.settle()) return Result{Outcome::silent, d.clock(), "no answer"};
    for (unsigned i = 0; i < 16; ++i) d.step();
    return again(d, r);
  });
}

}  // namespace

std::vector<Fault> resets(const Draw& draw) {
  std::vector<Fault> faults;
  for (unsigned i = 0; i < std::max(6U, draw.count / 2); ++i) {
    const std::uint64_t at = 1 + draw.random.below(draw.reference.clocks - 1);
    const auto clocks = static_cast<unsigned>(1 + draw.random.below(5));
    switch (i % 3) {
      case 0: faults.push_back({"reset by register", "", at, soft}); break;
      case 1:
        faults.push_back({"reset pin", fmt::format("{} clocks", clocks), at, [clocks](Decode& d, const Reference& r) {
                            return alike([&] {
                              for (unsigned c = 0; c < clocks; ++c) d.step(false);
                              for (unsigned c = 0; c < 4; ++c) d.step();
                              return again(d, r);
                            });
                          }});
        break;
      default:
        faults.push_back({"reset of the RTL alone", fmt::format("{} clocks", clocks), at, [clocks](Decode& d, const Reference& r) {
                            try {
                              for (unsigned c = 0; c < clocks; ++c) d.step(true, true);
                            } catch (const Noticed& n) {
                              return Result{n.how, d.clock(), n.what()};
                            }
                            return run_out(d, r, {});
                          }});
    }
  }
  return faults;
}

}  // namespace htx::faults
