// SPDX-License-Identifier: Apache-2.0
#include "verif/dram/command.hpp"

#include <fmt/format.h>

namespace htx::dram {
namespace {

constexpr const char* kNames[] = {"bg", "ba", "row", "col", "ma", "op", "ap", "ab", "sb", "rfm", "ws_wr", "ws_rd", "ws_fs", "dsm", "pd"};

unsigned value(const Fields& f, int i) {
  const unsigned all[] = {f.bg, f.ba, f.row, f.col, f.ma, f.op, f.ap, f.ab, f.sb, f.rfm, f.ws_wr, f.ws_rd, f.ws_fs, f.dsm, f.pd};
  return all[i];
}

std::string ranks_of(unsigned ranks) { return ranks == 3 ? "all" : ranks == 2 ? "1" : ranks == 1 ? "0" : "none"; }

}  // namespace

std::string name_of(const Command& c) {
  if (c.op == Op::REF) return std::string(c.f.rfm ? "RFM" : "REF") + (c.f.ab ? "ab" : "pb");
  if (c.op == Op::PRE) return c.f.ab ? "PREab" : "PREpb";
  return kOpNames[static_cast<std::size_t>(c.op)];
}

std::string brief(const Command& c) {
  std::string s = fmt::format("{} r{}", name_of(c), ranks_of(c.ranks));
  const unsigned fields = kFieldsOf[static_cast<std::size_t>(c.op)];
  if (((fields & 3) == 3 && !c.f.ab) || c.op == Op::ACT2) s += fmt::format(" bg{} ba{}", c.f.bg, c.f.ba);
  return c.f.ap ? s + " ap" : s;
}

std::string trace_line(const Command& c) {
  std::string s = fmt::format("{} {} rank={}", c.ck, name_of(c), ranks_of(c.ranks));
  const unsigned fields = kFieldsOf[static_cast<std::size_t>(c.op)];
  for (int i = 0; i < 15; ++i) {
    if (!(fields >> i & 1) || (c.f.ab && i < 2)) continue;
    if (i < 6) s += fmt::format(" {}={}", kNames[i], value(c.f, i));
    else if (i != 7 && i != 9 && value(c.f, i)) s += fmt::format(" {}", kNames[i]);  // ab and rfm are in the name
  }
  return s;
}

}  // namespace htx::dram
