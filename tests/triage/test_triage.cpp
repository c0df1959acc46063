// SPDX-License-Identifier: Apache-2.0
// Snapshots go on where they were taken; the waves beside each other show which signal of which block differs.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "verif/triage/compare_vcd.hpp"
#include "verif/triage/layout.hpp"
#include "verif/triage/snapshots.hpp"

namespace htx::verif {
namespace {

struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / ("htx_triage_" + std::to_string(::getpid()))).string();
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string read(const std::string& name) const {
    std::ifstream in(path + "/" + name);
    std::stringstream s;
    s << in.rdbuf();
    return s.str();
  }
};

Order order_for(const Folder& folder, std::uint64_t from, std::uint64_t until) {
  Order o;
  o.from = from;
  o.until = until;
  std::snprintf(o.folder, sizeof(o.folder), "%s", folder.path.c_str());
  return o;
}

/// A run of `clocks` whose state is a sum; a woken copy writes the clocks and sums of its order's window and ends.
void run(Snapshots& snapshots, std::uint64_t clocks) {
  std::uint64_t sum = 0;
  Order order;
  for (std::uint64_t clock = 0; clock < clocks; ++clock) {
    if (const Order* o = snapshots.at(clock)) order = *o;
    if (order.until != 0 && clock >= order.from) {
      std::ofstream(std::string(order.folder) + "/window", std::ios::app) << clock << ' ' << sum << '\n';
      if (clock + 1 == order.until) ::_exit(7);
    }
    sum += clock * clock;
  }
}

TEST(Snapshots, AWokenCopyRunsTheWindowAgain) {
  Folder folder;
  Snapshots snapshots(100);
  run(snapshots, 1050);
  EXPECT_EQ(snapshots.taken(), 11U);
  EXPECT_EQ(snapshots.wake(order_for(folder, 950, 953), 10), 7);
  const auto sum = [](std::uint64_t n) { return (n - 1) * n * (2 * n - 1) / 6; };
  std::stringstream expected;
  for (std::uint64_t c = 950; c < 953; ++c) expected << c << ' ' << sum(c) << '\n';
  EXPECT_EQ(folder.read("window"), expected.str());
}

TEST(Snapshots, ATooYoungCopyIsNotWoken) {
  Folder folder;
  Snapshots snapshots(100);
  run(snapshots, 1001);  // copies of clocks 900 and 1000
  EXPECT_EQ(snapshots.wake(order_for(folder, 999, 1001), 10), 7);
  EXPECT_EQ(folder.read("window").substr(0, 4), "999 ");
  EXPECT_EQ(snapshots.wake(order_for(folder, 999, 1001), 10), -1) << "each copy runs once";
}

TEST(Snapshots, WithoutACopyNothingRuns) {
  Folder folder;
  Snapshots snapshots(100);
  EXPECT_EQ(snapshots.wake(order_for(folder, 0, 1), 1), -1);
}

TEST(Snapshots, ACopyThatHangsIsKilled) {
  Folder folder;
  Snapshots snapshots(100);
  for (std::uint64_t clock = 0; clock < 10; ++clock)
    if (snapshots.at(clock)) for (;;) ::pause();
  EXPECT_EQ(snapshots.wake(order_for(folder, 0, 1), 1), -2);
}

TEST(Snapshots, ACopyThatDiedIsSaid) {
  Folder folder;
  Snapshots snapshots(100);
  if (snapshots.at(0)) ::raise(SIGKILL);
  EXPECT_EQ(snapshots.wake(order_for(folder, 0, 1), 10), -2);
}

TEST(CompareVcd, ShowsBothSidesAndWhereTheyDiffer) {
  Folder folder;
  auto golden = std::make_unique<chip::probe::Chip>(), rtl = std::make_unique<chip::probe::Chip>();
  CompareVcd vcd(folder.path + "/compare.vcd", 2, 1);
  vcd.record(70, *golden, *rtl);
  golden->dot_col_[8].dot_o = 5;
  rtl->dot_col_[8].dot_o = 6;
  vcd.record(71, *golden, *rtl);
  rtl->dot_col_[8].dot_o = 5;
  vcd.record(72, *golden, *rtl);
  vcd.close();
  const std::string text = folder.read("compare.vcd");
  // identifiers as declared
  const auto identifier = [&](const std::string& scope, const std::string& side, const std::string& name) {
    auto at = text.find("$scope module " + scope + " $end");
    if (!side.empty()) at = text.find("$scope module " + side + " $end", at);
    const auto end = text.find(" " + name, at), begin = text.rfind(' ', end - 1);
    return text.substr(begin + 1, end - begin - 1);
  };
  const std::string last = text.substr(text.find("#710"));
  EXPECT_NE(last.find("\n1" + identifier("dot_col_1", "", "differs") + "\n"), std::string::npos) << last;
  EXPECT_NE(last.find("000101 " + identifier("dot_col_1", "golden", "dot_o") + "\n"), std::string::npos) << last;
  EXPECT_NE(last.find("000110 " + identifier("dot_col_1", "rtl", "dot_o") + "\n"), std::string::npos) << last;
  const std::string after = last.substr(last.find("#720"));
  EXPECT_EQ(after, fmt::format("#720\n0{}\nb{:024b} {}\n", identifier("dot_col_1", "", "differs"), 5, identifier("dot_col_1", "rtl", "dot_o")));
}

TEST(CompareVcd, SaysWhenItCannotWrite) {
  EXPECT_THROW(CompareVcd("/nonexistent/compare.vcd", 1, 1), std::runtime_error);
  auto probes = std::make_unique<chip::probe::Chip>();
  const auto write = [&] {  // whichever write comes to the end of the disk
    CompareVcd full("/dev/full", 1, 1);
    full.record(0, *probes, *probes);
    full.close();
  };
  EXPECT_THROW(write(), std::runtime_error);
}

TEST(Layout, WhatDiffersComesFirst) {
  Folder folder;
  auto golden = std::make_unique<chip::probe::Chip>(), rtl = std::make_unique<chip::probe::Chip>();
  rtl->accum_[8 * 3].res_fin_o = 1;
  write_layouts(folder.path, 1234, 4, 1, golden.get(), *rtl);
  for (const auto& [name, first] : {std::pair{"rtl.gtkw", "TOP.htx_chip.g_lane[3].u_lane.u_compute.g_column[0].u_accum.res_fin_o"},
                                    {"compare.gtkw", "compare.accum_3.golden.res_fin_o"}}) {
    const std::string text = folder.read(name);
    const auto at = text.find(first), rest = text.find("the rest of htx_accum");
    EXPECT_NE(text.find(" 12340 "), std::string::npos) << "the marker stands on the failing clock";
    ASSERT_NE(at, std::string::npos) << text;
    EXPECT_LT(at, rest);
    EXPECT_NE(text.find("htx_accum_3: differs at clock 1234"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace htx::verif
