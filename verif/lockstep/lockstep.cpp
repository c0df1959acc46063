// SPDX-License-Identifier: Apache-2.0
#include "verif/lockstep/lockstep.hpp"

#include <type_traits>

#include "verif/lockstep/value.hpp"

namespace htx::verif {
namespace {

/// The differing signals of one block, a line each.
template <class P>
std::string signals(const P& golden, const P& rtl) {
  const auto* g = reinterpret_cast<const std::uint64_t*>(&golden);
  const auto* r = reinterpret_cast<const std::uint64_t*>(&rtl);
  std::string text;
  for (const auto& f : P::fields) {
    const unsigned step = (f.width + 63) / 64;
    for (unsigned i = 0; i < (f.depth ? f.depth : 1); ++i) {
      const unsigned at = f.word + i * step;
      if (std::memcmp(g + at, r + at, 8 * step) == 0) continue;
      text += fmt::format("    {:<18}{}{}\n", f.name, f.depth ? fmt::format("[{}] ", i) : "",
                          show_difference(g + at, r + at, f.width, f.fp32));
    }
  }
  return text;
}

/// Blocks that stand once in every lane.
template <class P>
bool in_lane() {
  return std::strstr(chip::probe::instance<P>, "[*]") != nullptr;
}

}  // namespace

bool Lockstep::compare() {
  chip::probe::Chip& golden = history_.slot(clock_);
  golden_->probe(golden);
  rtl_->read(*rtl_probe_);
  locator_.see(golden);
  ++clock_;
  return std::memcmp(&golden, rtl_probe_.get(), sizeof(golden)) == 0;
}

std::string Lockstep::report() const {
  const std::uint64_t clock = clock_ - 1;
  const chip::probe::Chip& golden = history_.slot(clock);
  std::string text, others;
  chip::probe::Chip::each(golden, rtl_->lanes(), [&](const auto& g, unsigned copy) {
    const auto offset = reinterpret_cast<const char*>(&g) - reinterpret_cast<const char*>(&golden);
    using P = std::remove_cvref_t<decltype(g)>;
    const auto& r = *reinterpret_cast<const P*>(reinterpret_cast<const char*>(rtl_probe_.get()) + offset);
    if (same(g, r)) return;
    const bool lane = in_lane<P>();
    const std::string name = fmt::format("{}{}", P::block, lane ? fmt::format(" of lane {}", copy) : "");
    if (!text.empty()) {
      others += fmt::format("  also {}\n{}", name, signals(g, r));
      return;
    }
    text = fmt::format("DIVERGENCE at clock {} in {}\n  signals\n{}", clock, name, signals(g, r));
    text += lane ? locator_.lane(golden, copy) : "";
    text += locator_.chip(golden);
    text += fmt::format("  last events of {} (golden)\n", name);
    text += history_.events(clock, 16, [offset](const chip::probe::Chip& c) -> const P& {
      return *reinterpret_cast<const P*>(reinterpret_cast<const char*>(&c) + offset);
    });
  });
  return text + others;
}

std::string Lockstep::events() const {
  std::string text;
  const chip::probe::Chip& golden = history_.slot(clock_ - 1);
  chip::probe::Chip::each(golden, rtl_->lanes(), [&](const auto& g, unsigned copy) {
    const auto offset = reinterpret_cast<const char*>(&g) - reinterpret_cast<const char*>(&golden);
    using P = std::remove_cvref_t<decltype(g)>;
    text += fmt::format("{}{}\n", P::block, in_lane<P>() ? fmt::format(" of lane {}", copy) : "");
    text += history_.events(clock_ - 1, History::kClocks, [offset](const chip::probe::Chip& c) -> const P& {
      return *reinterpret_cast<const P*>(reinterpret_cast<const char*>(&c) + offset);
    });
  });
  return text;
}

}  // namespace htx::verif
