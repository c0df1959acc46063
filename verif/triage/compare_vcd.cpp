// SPDX-License-Identifier: Apache-2.0
#include "verif/triage/compare_vcd.hpp"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

#include "verif/block_lockstep.hpp"
#include "verif/triage/names.hpp"

namespace htx::verif {
namespace {

/// Short identifier of a variable: digits in base 94 of the printable characters.
std::string identifier(unsigned n) {
  std::string s;
  for (; s.empty() || n > 0; n /= 94) s += static_cast<char>('!' + n % 94);
  return s;
}

}  // namespace

CompareVcd::CompareVcd(const std::string& path, unsigned lanes, unsigned columns)
    : path_(path), file_(std::fopen(path.c_str(), "w")), lanes_(lanes), columns_(columns), golden_(std::make_unique<chip::probe::Chip>()),
      rtl_(std::make_unique<chip::probe::Chip>()) {
  if (!file_) throw std::runtime_error(path + ": cannot be written");
  declare();
}

void CompareVcd::declare() {
  fmt::print(file_.get(), "$timescale 1ns $end\n$scope module compare $end\n");
  unsigned id = 0;
  chip::probe::Chip::each(*golden_, lanes_, columns_, [&](const auto& block, unsigned copy) {
    using P = std::remove_cvref_t<decltype(block)>;
    fmt::print(file_.get(), "$scope module {} $end\n$var wire 1 {} differs $end\n", scope_of<P>(copy), identifier(id++));
    for (const char* side : {"golden", "rtl"}) {
      fmt::print(file_.get(), "$scope module {} $end\n", side);
      for (const auto& f : P::fields)
        for (unsigned i = 0; i < std::max(f.depth, 1U); ++i)
          fmt::print(file_.get(), "$var wire {} {} {}{} $end\n", f.width, identifier(id++), f.depth ? fmt::format("{}({})", f.name, i) : f.name,
                     f.width > 1 ? fmt::format(" [{}:0]", f.width - 1) : "");
      fmt::print(file_.get(), "$upscope $end\n");
    }
    fmt::print(file_.get(), "$upscope $end\n");
    differ_.push_back(0);
  });
  fmt::print(file_.get(), "$upscope $end\n$enddefinitions $end\n");
}

void CompareVcd::put(const std::uint64_t* words, unsigned width, unsigned id) {
  std::string bits;
  for (unsigned i = width; i-- > 0;) bits += static_cast<char>('0' + (words[i / 64] >> i % 64 & 1));
  if (width > 1) fmt::print(file_.get(), "b{} {}\n", bits, identifier(id));
  else fmt::print(file_.get(), "{}{}\n", bits, identifier(id));
}

void CompareVcd::record(std::uint64_t clock, const chip::probe::Chip& golden, const chip::probe::Chip& rtl) {
  fmt::print(file_.get(), "#{}\n", 10 * clock);
  unsigned id = 0, number = 0;
  chip::probe::Chip::each(golden, lanes_, columns_, [&](const auto& g, unsigned) {
    using P = std::remove_cvref_t<decltype(g)>;
    const auto at = reinterpret_cast<const char*>(&g) - reinterpret_cast<const char*>(&golden);
    const auto part = [at](const chip::probe::Chip& c) { return reinterpret_cast<const std::uint64_t*>(reinterpret_cast<const char*>(&c) + at); };
    const bool differ = std::memcmp(part(golden), part(rtl), sizeof(P)) != 0;
    if (first_ || differ != (differ_[number] != 0)) fmt::print(file_.get(), "{}{}\n", differ ? 1 : 0, identifier(id));
    differ_[number++] = differ;
    ++id;
    for (const auto& [now, before] : {std::pair{part(golden), part(*golden_)}, {part(rtl), part(*rtl_)}})
      for (const auto& f : P::fields) {
        const unsigned step = (f.width + 63) / 64;
        for (unsigned i = 0; i < std::max(f.depth, 1U); ++i, ++id)
          if (first_ || std::memcmp(now + f.word + i * step, before + f.word + i * step, 8 * step) != 0) put(now + f.word + i * step, f.width, id);
      }
  });
  *golden_ = golden;
  *rtl_ = rtl;
  first_ = false;
}

void CompareVcd::close() {
  const bool bad = std::ferror(file_.get()) != 0;
  if (std::fclose(file_.release()) != 0 || bad) throw std::runtime_error(path_ + ": could not be written whole");
}

}  // namespace htx::verif
