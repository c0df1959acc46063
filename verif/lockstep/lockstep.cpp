// SPDX-License-Identifier: Apache-2.0
#include "verif/lockstep/lockstep.hpp"

#include <type_traits>

#include "verif/block_lockstep.hpp"
#include "verif/lockstep/value.hpp"
#include "verif/triage/names.hpp"

namespace htx::verif {
namespace {

/// Calls f(field, entry, golden words, RTL words) for every signal of a block that differs, in the order of its list.
template <class P, class F>
void each_difference(const P& golden, const P& rtl, F&& f) {
  const auto* g = reinterpret_cast<const std::uint64_t*>(&golden);
  const auto* r = reinterpret_cast<const std::uint64_t*>(&rtl);
  for (const auto& field : P::fields) {
    const unsigned step = (field.width + 63) / 64;
    for (unsigned i = 0; i < (field.depth ? field.depth : 1); ++i) {
      const unsigned at = field.word + i * step;
      if (std::memcmp(g + at, r + at, 8 * step) != 0) f(field, i, g + at, r + at);
    }
  }
}

/// The differing signals of one block, a line each.
template <class P>
std::string signals(const P& golden, const P& rtl) {
  std::string text;
  each_difference(golden, rtl, [&](const auto& f, unsigned i, const std::uint64_t* g, const std::uint64_t* r) {
    text += signal_lines(f, i, g, r);
  });
  return text;
}

}  // namespace

bool Lockstep::compare() {
  chip::probe::Chip& golden = history_.slot(clock_);
  golden_->probe(golden);
  rtl_->read(*rtl_probe_);
  locator_.see(golden);
  ++clock_;
  return chip::probe::Chip::same(golden, *rtl_probe_, rtl_->lanes(), rtl_->columns());
}

std::string Lockstep::report() const {
  const std::uint64_t clock = clock_ - 1;
  const chip::probe::Chip& golden = history_.slot(clock);
  std::string text, others;
  chip::probe::Chip::each(golden, rtl_->lanes(), rtl_->columns(), [&](const auto& g, unsigned copy) {
    const auto offset = reinterpret_cast<const char*>(&g) - reinterpret_cast<const char*>(&golden);
    using P = std::remove_cvref_t<decltype(g)>;
    const auto& r = *reinterpret_cast<const P*>(reinterpret_cast<const char*>(rtl_probe_.get()) + offset);
    if (same(g, r)) return;
    const std::string name = name_of<P>(copy);
    if (!text.empty()) {
      others += fmt::format("  also {}\n{}", name, signals(g, r));
      return;
    }
    text = fmt::format("DIVERGENCE at clock {} in {}\n  signals\n{}", clock, name, signals(g, r));
    text += locator_.around(golden, P::block, lane_of<P>(copy));
    text += fmt::format("  last events of {} (golden)\n", name);
    text += history_.events(clock, 16, [offset](const chip::probe::Chip& c) -> const P& {
      return *reinterpret_cast<const P*>(reinterpret_cast<const char*>(&c) + offset);
    });
  });
  return text + others;
}

std::optional<FirstDifference> Lockstep::difference() const {
  std::optional<FirstDifference> first;
  const chip::probe::Chip& golden = history_.slot(clock_ - 1);
  chip::probe::Chip::each(golden, rtl_->lanes(), rtl_->columns(), [&](const auto& g, unsigned copy) {
    const auto offset = reinterpret_cast<const char*>(&g) - reinterpret_cast<const char*>(&golden);
    using P = std::remove_cvref_t<decltype(g)>;
    const auto& r = *reinterpret_cast<const P*>(reinterpret_cast<const char*>(rtl_probe_.get()) + offset);
    if (first) return;
    each_difference(g, r, [&](const auto& f, unsigned i, const std::uint64_t* expected, const std::uint64_t* actual) {
      if (first) return;
      first = FirstDifference{clock_ - 1, P::block, {}, {}, fmt::format("{}{}", f.name, f.depth ? fmt::format("[{}]", i) : ""),
                              hex(expected, f.width), hex(actual, f.width)};
      if (in_lane<P>()) first->lane = lane_of<P>(copy);
      if (in_column<P>()) first->column = copy % 8;
    });
  });
  return first;
}

std::string Lockstep::around(const std::string& scope) const {
  const std::uint64_t clock = clock_ - 1;
  const chip::probe::Chip& golden = history_.slot(clock);
  std::string text;
  std::size_t longest = 0;  // the innermost compared block that holds the instance
  chip::probe::Chip::each(golden, rtl_->lanes(), rtl_->columns(), [&](const auto& g, unsigned copy) {
    using P = std::remove_cvref_t<decltype(g)>;
    const std::string path = instance_of<P>(copy).substr(std::strlen("TOP."));
    if (path.size() <= longest || scope.compare(0, path.size(), path) != 0) return;
    longest = path.size();
    const auto offset = reinterpret_cast<const char*>(&g) - reinterpret_cast<const char*>(&golden);
    const std::string name = name_of<P>(copy);
    text = fmt::format("  in {}, {}\n", name, scope) + locator_.around(golden, P::block, lane_of<P>(copy));
    text += fmt::format("  last events of {} (golden)\n", name);
    text += history_.events(clock, 16, [offset](const chip::probe::Chip& c) -> const P& {
      return *reinterpret_cast<const P*>(reinterpret_cast<const char*>(&c) + offset);
    });
  });
  return text.empty() ? locator_.around(golden, "", 0) : text;
}

std::string Lockstep::events() const {
  std::string text;
  const chip::probe::Chip& golden = history_.slot(clock_ - 1);
  chip::probe::Chip::each(golden, rtl_->lanes(), rtl_->columns(), [&](const auto& g, unsigned copy) {
    const auto offset = reinterpret_cast<const char*>(&g) - reinterpret_cast<const char*>(&golden);
    using P = std::remove_cvref_t<decltype(g)>;
    text += name_of<P>(copy) + "\n";
    text += history_.events(clock_ - 1, History::kClocks, [offset](const chip::probe::Chip& c) -> const P& {
      return *reinterpret_cast<const P*>(reinterpret_cast<const char*>(&c) + offset);
    });
  });
  return text;
}

}  // namespace htx::verif
