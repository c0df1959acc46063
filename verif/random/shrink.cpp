// SPDX-License-Identifier: Apache-2.0
#include "verif/random/shrink.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "golden/compile/program.hpp"
#include "verif/random/rules.hpp"

namespace htx::random {
namespace {

class Shrinker {
 public:
  Shrinker(Case c, const Failure& f, const ShrinkOptions& o) : o_(o), best_{std::move(c), f, 0, false} {}

  Shrunk run() {
    for (bool better = true; better && !stopped_;) {
      const Case before = best_.smallest;
      lanes();
      runs();
      hosts();
      programs();
      memory();
      fields();
      better = !(best_.smallest == before);
    }
    best_.finished = !stopped_;
    return best_;
  }

 private:
  const Case& now() const { return best_.smallest; }

  /// True when the case with this change still fails in the same way; it is the best from then on.
  template <class Change>
  bool attempt(Change&& change) {
    if (stopped_) return false;
    Case c = now();
    change(c);
    if (c == now() || (!c.unchecked && !undefined(c).empty())) return false;
    if (o_.stop()) {
      stopped_ = true;
      return false;
    }
    ++best_.tries;
    const auto failure = o_.judge(c);
    if (!failure || !failure->like(best_.failure)) return false;
    best_.smallest = std::move(c);
    best_.failure = *failure;
    o_.say(fmt::format("{} ({} tries)", size_of(now()), best_.tries));
    return true;
  }

  /// Removes as much as can be of a list: halves, quarters, ... single entries. `remove(case, first, end)`.
  template <class Count, class Remove>
  void thin(Count&& count, Remove&& remove) {
    for (std::size_t chunk = std::max<std::size_t>(1, count(now()) / 2);; chunk /= 2) {
      for (std::size_t at = count(now()); at > 0 && !stopped_;) {  // from the end: what comes late is rarely needed
        const std::size_t first = at > chunk ? at - chunk : 0;
        attempt([&](Case& c) { remove(c, first, at); });
        at = std::min(first, count(now()));
      }
      if (chunk <= 1 || stopped_) return;
    }
  }

  /// A number towards `least`.
  template <class Get>
  void lower(Get&& get, std::uint64_t least = 0) {
    for (bool better = true; better && !stopped_;) {
      better = false;
      Case copy = now();
      const auto at = static_cast<std::uint64_t>(get(copy));
      if (at <= least) return;
      for (const std::uint64_t to : {least, at / 2, at - 1}) {
        if (to < least || to >= at) continue;
        better = attempt([&](Case& c) { get(c) = static_cast<std::remove_reference_t<decltype(get(c))>>(to); });
        if (better) break;
      }
    }
  }

  void lanes() {
    if (now().others != 0) attempt([](Case& c) { c.others = 0; });
    for (unsigned n = 1; n < now().lanes; ++n)
      if (o_.has_lanes(n) && attempt([&](Case& c) { c.lanes = n; })) return;
    for (std::size_t r = 0; r < now().runs.size(); ++r)
      attempt([&](Case& c) {
        for (auto& i : c.runs[r].program) i.cols = 0;
      });
  }

  void runs() {
    thin([](const Case& c) { return c.runs.size(); },
         [](Case& c, std::size_t first, std::size_t end) { c.runs.erase(c.runs.begin() + static_cast<long>(first), c.runs.begin() + static_cast<long>(end)); });
    for (std::size_t r = 0; r < now().runs.size(); ++r) attempt([&](Case& c) { c.runs[r].reset = false; });
  }

  void hosts() {
    for (std::size_t r = 0; r < now().runs.size(); ++r) {
      thin([r](const Case& c) { return c.runs[r].host.size(); },
           [r](Case& c, std::size_t first, std::size_t end) {
             auto& h = c.runs[r].host;
             h.erase(h.begin() + static_cast<long>(first), h.begin() + static_cast<long>(end));
           });
      attempt([&](Case& c) { c.runs[r].rude.reset(); });
      if (!now().runs[r].rude) continue;
      attempt([&](Case& c) { c.runs[r].rude->storm = false; });
      attempt([&](Case& c) { c.runs[r].rude->eager = false; });
      for (const unsigned port : {Rude::kLite, Rude::kWrite, Rude::kRead})
        attempt([&](Case& c) { c.runs[r].rude->ports &= ~port; });
      lower([r](Case& c) -> std::uint64_t& { return c.runs[r].rude->until; });
      lower([r](Case& c) -> std::uint64_t& { return c.runs[r].clocks; }, 100);
    }
  }

  void programs() {
    for (std::size_t r = 0; r < now().runs.size(); ++r) {
      const auto program = [r](Case& c) -> std::vector<pkg::instr_t>& { return c.runs[r].program; };
      thin([r](const Case& c) { return c.runs[r].program.size(); },
           [&](Case& c, std::size_t first, std::size_t end) { remove_instructions(program(c), first, end); });
      pairs(r);
    }
  }

  /// What can only go together: a loop without its body, a SCORE and its PV, any other two.
  void pairs(std::size_t r) {
    const auto size = [&] { return now().runs[r].program.size(); };
    for (std::size_t i = size(); i-- > 0 && !stopped_;) {
      if (i >= size()) continue;
      const unsigned op = now().runs[r].program[i].op;
      if (op != pkg::OP_LOOP && op != pkg::OP_SCORE) continue;
      const unsigned other = op == pkg::OP_LOOP ? pkg::OP_ENDL : pkg::OP_PV;
      for (std::size_t j = i + 1; j < size(); ++j) {
        if (now().runs[r].program[j].op != other) continue;
        if (attempt([&](Case& c) {
              remove_instructions(c.runs[r].program, j, j + 1);
              remove_instructions(c.runs[r].program, i, i + 1);
            }))
          break;
      }
    }
  }

  void memory() {
    const auto fill = [this](auto&& get) {
      for (const char* kind : {"zero", "values"}) {
        Case copy = now();
        if (get(copy).kind == kind || attempt([&](Case& c) { get(c) = {kind, std::string_view(kind) == "zero" ? 0 : get(c).seed}; })) break;
      }
      lower([&](Case& c) -> std::uint32_t& { return get(c).seed; });
    };
    thin([](const Case& c) { return c.regions.size(); }, [](Case& c, std::size_t first, std::size_t end) {
      c.regions.erase(c.regions.begin() + static_cast<long>(first), c.regions.begin() + static_cast<long>(end));
    });
    for (std::size_t i = 0; i < now().regions.size(); ++i) {
      fill([i](Case& c) -> Fill& { return c.regions[i].fill; });
      lower([i](Case& c) -> std::uint32_t& { return c.regions[i].bursts; }, 1);
      lower([i](Case& c) -> std::uint32_t& { return c.regions[i].skip; });
      attempt([i](Case& c) { c.regions[i].lane = -1; });
    }
    fill([](Case& c) -> Fill& { return c.memories; });
    thin([](const Case& c) { return c.segments.size(); }, [](Case& c, std::size_t first, std::size_t end) {
      c.segments.erase(c.segments.begin() + static_cast<long>(first), c.segments.begin() + static_cast<long>(end));
    });
    for (std::size_t i = 0; i < now().segments.size(); ++i) {
      lower([i](Case& c) -> unsigned& { return c.segments[i].units; });
      lower([i](Case& c) -> unsigned& { return c.segments[i].start; });
    }
  }

  void fields() {
    for (std::size_t r = 0; r < now().runs.size(); ++r) {
      for (std::size_t i = 0; i < now().runs[r].program.size() && !stopped_; ++i) instruction(r, i);
      lower([r](Case& c) -> unsigned& { return c.runs[r].position; });
      thin([r](const Case& c) { return c.runs[r].tokens.size(); }, [r](Case& c, std::size_t first, std::size_t end) {
        auto& t = c.runs[r].tokens;
        t.erase(t.begin() + static_cast<long>(first), t.begin() + static_cast<long>(end));
      });
      for (std::size_t t = 0; t < now().runs[r].tokens.size(); ++t) lower([r, t](Case& c) -> std::uint32_t& { return c.runs[r].tokens[t]; });
      lower([r](Case& c) -> unsigned& { return c.runs[r].limit; });
      lower([r](Case& c) -> std::uint32_t& { return c.runs[r].eos; });
    }
  }

  void instruction(std::size_t r, std::size_t i) {
    const auto at = [r, i](Case& c) -> pkg::instr_t& { return c.runs[r].program[i]; };
    const auto is = [&] { return now().runs[r].program[i]; };
    for (unsigned bit = 0; bit < 16; ++bit)
      if (is().flags >> bit & 1) attempt([&](Case& c) { at(c).flags = static_cast<std::uint16_t>(at(c).flags & ~(1U << bit)); });
    lower([&](Case& c) -> std::uint16_t& { return at(c).n; });
    lower([&](Case& c) -> std::uint8_t& { return at(c).ra; });
    lower([&](Case& c) -> std::uint8_t& { return at(c).rb; });
    lower([&](Case& c) -> std::uint8_t& { return at(c).rd; });
    lower([&](Case& c) -> std::uint8_t& { return at(c).elem; });
    if (!compile::is_lane(is())) lower([&](Case& c) -> std::uint16_t& { return at(c).a; });
    lower([&](Case& c) -> std::uint16_t& { return at(c).b; });
    lower([&](Case& c) -> std::uint16_t& { return at(c).d; });
    if (is().op != pkg::OP_NEXT && is().op != pkg::OP_SKIP) lower([&](Case& c) -> std::uint16_t& { return at(c).e; });
  }

  const ShrinkOptions& o_;
  Shrunk best_;
  bool stopped_ = false;
};

}  // namespace

void remove_instructions(std::vector<pkg::instr_t>& program, std::size_t first, std::size_t end) {
  program.erase(program.begin() + static_cast<long>(first), program.begin() + static_cast<long>(end));
  for (pkg::instr_t& i : program)
    if ((i.op == pkg::OP_SKIP || i.op == pkg::OP_NEXT) && i.e > first && i.e < pkg::PROG_WORDS - 1)
      i.e = static_cast<std::uint16_t>(i.e - (std::min<std::size_t>(i.e, end) - first));
}

std::string size_of(const Case& c) {
  const auto some = [](std::size_t n, const char* what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); };
  return fmt::format("{}, {}, {}, {}", some(c.instructions(), "instruction"), some(c.runs.size(), "run"), some(c.segments.size(), "segment"), some(c.lanes, "lane"));
}

Shrunk shrink(Case c, const Failure& failure, const ShrinkOptions& options) { return Shrinker(std::move(c), failure, options).run(); }

}  // namespace htx::random
