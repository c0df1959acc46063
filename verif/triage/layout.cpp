// SPDX-License-Identifier: Apache-2.0
#include "verif/triage/layout.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "verif/triage/names.hpp"

namespace htx::verif {
namespace {

constexpr const char* kHex = "@22\n";      // GTKWave's flags: hexadecimal, right justified
constexpr const char* kComment = "@200\n"; // a line of text

/// One file's layout as it grows.
struct Layout {
  std::string text, scope_open;
  Layout(const std::string& dump, std::uint64_t clock) {
    text = fmt::format("[dumpfile] \"{0}.{1}\"\n[savefile] \"{0}.gtkw\"\n*-7.0 {2} -1 -1 -1 -1 -1 -1 -1 -1\n", dump,
                       dump == "rtl" ? "fst" : "vcd", 10 * clock);
  }
  void comment(const std::string& s) { text += fmt::format("{}-{}\n", kComment, s); }
  void signal(const std::string& path, unsigned width) {
    text += fmt::format("{}{}{}\n", kHex, path, width > 1 ? fmt::format("[{}:0]", width - 1) : "");
  }
};

/// The signals of one block: those that differ, or the others.
template <class P>
void add(Layout& rtl, Layout& compare, unsigned lanes, unsigned copy, const std::uint64_t* golden, const std::uint64_t* actual, bool differing) {
  for (const auto& f : P::fields) {
    const unsigned step = (f.width + 63) / 64;
    for (unsigned i = 0; i < std::max(f.depth, 1U); ++i) {
      const unsigned at = f.word + i * step;
      if ((std::memcmp(golden + at, actual + at, 8 * step) != 0) != differing) continue;
      rtl.signal(instance_of<P>(copy) + "." + f.name + (f.depth ? fmt::format("[{}]", i) : ""), f.lane ? lanes * f.width : f.width);
      const std::string name = f.name + (f.depth ? fmt::format("({})", i) : "");
      for (const char* side : {"golden", "rtl"}) compare.signal(fmt::format("compare.{}.{}.{}", scope_of<P>(copy), side, name), f.width);
    }
  }
}

}  // namespace

void write_layouts(const std::string& folder, std::uint64_t clock, unsigned lanes, unsigned columns, const chip::probe::Chip* golden,
                   const chip::probe::Chip& rtl) {
  Layout waves("rtl", clock), compare("compare", clock);
  waves.signal("TOP.htx_chip.clk_i", 1);
  bool first = true;
  chip::probe::Chip::each(rtl, lanes, columns, [&](const auto& r, unsigned copy) {
    using P = std::remove_cvref_t<decltype(r)>;
    const auto at = reinterpret_cast<const char*>(&r) - reinterpret_cast<const char*>(&rtl);
    const auto words = [at](const chip::probe::Chip& c) { return reinterpret_cast<const std::uint64_t*>(reinterpret_cast<const char*>(&c) + at); };
    const bool chosen = golden ? std::memcmp(words(*golden), words(rtl), sizeof(P)) != 0 : std::string_view(P::block) == "htx_seq";
    if (!chosen) return;
    if (golden) {
      for (Layout* l : {&waves, &compare}) l->comment(fmt::format("{}{}: differs at clock {}", P::block, scope_of<P>(copy).substr(std::strlen(P::block) - 4), clock));
      add<P>(waves, compare, lanes, copy, words(*golden), words(rtl), true);
    }
    if (first) {
      for (Layout* l : {&waves, &compare}) l->comment(fmt::format("the rest of {}", P::block));
      add<P>(waves, compare, lanes, copy, golden ? words(*golden) : words(rtl), words(rtl), false);
    }
    first = false;
  });
  write_text(folder + "/rtl.gtkw", waves.text);
  if (golden) write_text(folder + "/compare.gtkw", compare.text);
}

void write_text(const std::string& path, const std::string& text) {
  std::FILE* f = std::fopen(path.c_str(), "w");
  const bool written = f != nullptr && std::fwrite(text.data(), 1, text.size(), f) == text.size();
  if ((f != nullptr && std::fclose(f) != 0) || !written) throw std::runtime_error(path + ": cannot be written");
}

}  // namespace htx::verif
