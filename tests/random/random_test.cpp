// SPDX-License-Identifier: Apache-2.0
// The generator, its rules, its files and its shrinker, without any RTL.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "golden/chip/seq.hpp"
#include "golden/compile/program.hpp"
#include "golden/model/error.hpp"
#include "verif/random/assembler.hpp"
#include "verif/random/case_file.hpp"
#include "verif/random/content.hpp"
#include "verif/random/generate.hpp"
#include "verif/random/kinds.hpp"
#include "verif/random/rules.hpp"
#include "verif/random/setup.hpp"
#include "verif/random/shrink.hpp"

namespace {

using namespace htx;
using namespace htx::random;

htx::random::Run run_of(std::initializer_list<const char*> program) {
  htx::random::Run r;
  for (const char* text : program) r.program.push_back(parse_instruction(text));
  return r;
}

Case case_of(std::initializer_list<const char*> program) {
  Case c;
  c.segments = {{1, 0x2000, 0, 2}, {2, 0x3000, 0, 2}};
  c.runs = {run_of(program)};
  return c;
}

TEST(Generator, OneSeedGivesOneCase) {
  for (unsigned n = 0; n < 20; ++n) {
    EXPECT_EQ(generate(5, n, 3), generate(5, n, 3));
    EXPECT_FALSE(generate(5, n, 3).runs == generate(6, n, 3).runs);
  }
}

TEST(Generator, EveryCaseIsDefined) {
  for (const unsigned lanes : {1U, 3U, 8U})
    for (const Profile& p : profiles())
      for (unsigned n = 0; n < 6; ++n) {
        Wishes w;
        w.profile = p.name;
        const Case c = generate(9, n, lanes, w);
        EXPECT_EQ(undefined(c), "") << p.name << " " << n;
        EXPECT_EQ(c.profile, p.name);
        EXPECT_GE(c.runs.size(), p.runs[0]);
      }
}

TEST(Generator, WithoutIllegalEveryInstructionIsTaken) {
  Wishes w;
  w.illegal = 0;
  for (unsigned n = 0; n < 60; ++n)
    for (const htx::random::Run& r : generate(3, n, 2, w).runs)
      for (const auto& i : r.program)
        if (i.ra == 0 && i.rb == 0 && i.rd == 0) EXPECT_TRUE(chip::in_range(i)) << assemble(i);
}

TEST(Generator, EveryInstructionAndModeComes) {
  std::set<std::string> seen;
  for (unsigned n = 0; n < 300; ++n)
    for (const htx::random::Run& r : generate(1, n, 3).runs)
      for (const auto& i : r.program) {
        std::istringstream words(assemble(i));
        std::string name, word;
        words >> name;
        seen.insert(name);
        while (words >> word)
          if (word.find('=') == std::string::npos) seen.insert(name + " " + word);
        if (i.ra != 0) seen.insert("register a");
        if (i.rb != 0) seen.insert("register b");
        if (i.rd != 0) seen.insert("register d");
      }
  for (unsigned code = 0; code < 256; ++code)
    if (const char* name = pkg::op_e_name(code)) EXPECT_TRUE(seen.count(name + 3)) << name;
  for (const char* what : {"MATVEC W8", "MATVEC PAIR", "MATVEC ARGMAX", "MATVEC NOSTORE", "MATVEC WAIT", "LOADV POS", "VADD BSCALAR", "VADD BPERIOD", "VMUL BSCALAR",
                           "VMUL BPERIOD", "VADD SWAP", "VEXP2 SWAP", "VQUANT ACT", "VQUANT QRY", "VQUANT KEY", "VQUANT VAL", "register a", "register b", "register d"})
    EXPECT_TRUE(seen.count(what)) << what;
}

TEST(Assembler, AnyBitsComeBack) {
  Random random(1);
  for (unsigned n = 0; n < 5000; ++n) {
    const auto i = pkg::instr_t::unpack({random.bits(), random.bits()});
    EXPECT_EQ(parse_instruction(assemble(i)), i) << assemble(i);
  }
  EXPECT_EQ(assemble(parse_instruction("MATVEC a=4+r1 d=19 n=4 WAIT W8")), "MATVEC a=4+r1 d=19 n=4 WAIT W8");
  for (const char* bad : {"", "MATVEK", "MATVEC a", "MATVEC a=", "MATVEC a=65536", "MATVEC a=1+r8", "MATVEC n=1+r1", "MATVEC W9", "VADD elem=32", "?5", "MATVEC a=-1", "MATVEC a=1x"})
    EXPECT_THROW(parse_instruction(bad), Error) << bad;
}

TEST(CaseFile, ComesBack) {
  for (unsigned n = 0; n < 40; ++n) {
    Case c = generate(2, n, 8);
    EXPECT_EQ(from_json(nlohmann::ordered_json::parse(case_text(c))), c);
    c.unchecked = true;
    EXPECT_EQ(from_json(to_json(c)), c);
  }
}

TEST(CaseFile, BrokenFilesAreRefusedInOneLine) {
  const auto path = std::filesystem::temp_directory_path() / ("htx_case_" + std::to_string(::getpid()) + ".json");
  const std::string good = case_text(case_of({"VADD n=1"}));
  const auto refused = [&](const std::string& text, const std::string& word) {
    std::ofstream(path) << text;
    try {
      load_case(path);
      ADD_FAILURE() << "taken: " << text;
    } catch (const Error& e) {
      const std::string said = e.what();
      EXPECT_EQ(said.rfind(path.string() + ": ", 0), 0U) << said;
      EXPECT_EQ(said.find('\n'), std::string::npos) << said;
      EXPECT_NE(said.find(word), std::string::npos) << said;
    }
  };
  const auto with = [&](const std::string& was, const std::string& now) {
    std::string t = good;
    EXPECT_NE(t.find(was), std::string::npos) << was;
    return t.replace(t.find(was), was.size(), now);
  };
  refused("", "no JSON");
  refused("[]", "no object");
  refused(good.substr(0, good.size() / 2), "no JSON");
  refused(with("\"format\": 1", "\"format\": 2"), "'format' is not 1");
  refused(with("\"lanes\": 1", "\"lanes\": 9"), "'lanes'");
  refused(with("\"lanes\": 1", "\"lane\": 1"), "nothing is called 'lane'");
  refused(with("\"values\"", "\"value\""), "'value'");
  refused(with("VADD n=1", "VADO n=1"), "runs 0, program 0: 'VADO n=1'");
  refused(with("\"entry\":1", "\"entry\":2048"), "segments 0: 'entry'");
  refused(with("\"limit\": 1", "\"limit\": -1"), "runs 0: 'limit'");
  std::filesystem::remove(path);
  EXPECT_THROW(load_case(path), Error);
}

TEST(Rules, WhatIsNotDefinedIsNamed) {
  const auto why = [](std::initializer_list<const char*> program) { return undefined(case_of(program)); };
  EXPECT_EQ(why({"VADD n=1"}), "");
  EXPECT_EQ(why({"LOADV a=7"}), "run 0, instruction 0: segment 7 is not in the table");
  EXPECT_NE(why({"VADD d=1 n=2"}).find("d lies above a"), std::string::npos);
  EXPECT_NE(why({"VADD b=8 d=9 a=20 n=2"}).find("d lies above b"), std::string::npos);
  EXPECT_EQ(why({"VADD b=8 d=9 a=20 n=2 BSCALAR"}), "");
  EXPECT_NE(why({"VADD a=90 b=8 d=9 n=4 e=2 BPERIOD"}).find("again and again"), std::string::npos);
  EXPECT_NE(why({"VQUANT d=255 n=2 e=1 KEY"}).find("append buffer"), std::string::npos);
  for (const auto& p : {std::initializer_list<const char*>{"PV a=1 n=1"}, {"SCORE a=1 n=1", "SCORE a=1 n=1"}, {"SCORE a=1 n=1", "PV a=2 n=1"}, {"SCORE a=1 n=1", "HALT"}})
    EXPECT_EQ(why(p), "");  // ERR_ORDER, so nothing behind it is looked at
  EXPECT_EQ(why({"PV a=1 n=1", "LOADV a=7"}), "");
  EXPECT_EQ(why({"SCORE a=1 n=1", "PV a=1 n=9"}), "");  // refused by the chip, and that is defined
  EXPECT_EQ(why({"LOOP n=2", "SCORE a=1 n=1", "ENDL", "LOADV a=7"}), "");
  EXPECT_NE(why({"LDI a=1 rd=1", "LOADV a=2+r1"}).find("segment 3"), std::string::npos);
}

TEST(Rules, AMissingWaitIsNamed) {
  const auto why = [](std::initializer_list<const char*> program) { return undefined(case_of(program)); };
  EXPECT_NE(why({"LOADV a=1", "VADD n=1 d=9 b=9"}).find("WAIT"), std::string::npos);
  EXPECT_EQ(why({"LOADV a=1", "VADD n=1 d=9 b=9 WAIT"}), "");
  EXPECT_NE(why({"VADD n=1", "LOADV a=1"}).find("WAIT"), std::string::npos);
  EXPECT_EQ(why({"VADD n=1", "LOADV a=1 WAIT"}), "");
  EXPECT_EQ(why({"VADD n=1", "LOADV a=1 d=100"}), "");
  EXPECT_NE(why({"VQUANT n=1 e=1", "MATVEC a=1 n=1 d=50"}).find("WAIT"), std::string::npos);
  EXPECT_EQ(why({"VQUANT n=1 e=1", "MATVEC a=1 n=1 d=50 WAIT"}), "");
  EXPECT_NE(why({"MATVEC a=1 n=1 d=50", "VQUANT n=1 e=1"}).find("WAIT"), std::string::npos);
  EXPECT_NE(why({"VQUANT n=1 e=1 KEY", "APPEND a=1 n=1"}).find("WAIT"), std::string::npos);
  EXPECT_NE(why({"LOOP n=2", "VADD n=1 d=50 b=50", "LOADV a=1", "ENDL"}).find("WAIT"), std::string::npos);
}

TEST(Setup, LoadsWhatIsReadAndNothingElse) {
  const Case c = case_of({"VADD a=5 b=9 d=20 n=2", "MATVEC a=1 b=1023 n=2 d=40"});
  const auto s = htx::random::setup(c, c.runs[0]);
  unsigned loads = 0, quantised = 0;
  for (const auto& i : s.program) {
    EXPECT_TRUE(chip::in_range(i)) << assemble(i);
    loads += i.op == pkg::OP_LOADV;
    if (i.op == pkg::OP_VQUANT) quantised += i.n;
  }
  EXPECT_EQ(loads, 2U);      // blocks 5 to 10 in one, and what activations are made from
  EXPECT_EQ(quantised, 2U);  // activations 1023 and 0
  EXPECT_TRUE(setup(c, run_of({"HALT"})).program.empty());
}

TEST(Setup, SegmentsAreDealtFromTheirStart) {
  const Segment s{3, 0x100, 1, 5};
  EXPECT_EQ(dealt(s, 1, 3).first, 0);
  EXPECT_EQ(dealt(s, 1, 3).count, 2);
  EXPECT_EQ(dealt(s, 0, 3).first, 2);
  EXPECT_EQ(dealt(s, 0, 3).count, 1);
}

TEST(Content, FollowsFromItsSeed) {
  EXPECT_EQ(content({"wild", 3}, 1, 64), content({"wild", 3}, 1, 64));
  EXPECT_NE(content({"wild", 3}, 1, 64), content({"wild", 3}, 2, 64));
  EXPECT_EQ(content({"zero", 3}, 1, 2), std::vector<std::uint8_t>(64));
}

/// Fails while the program has a VMUL of 3 blocks at least, as a bug would.
std::optional<Failure> judge(const Case& c) {
  for (const htx::random::Run& r : c.runs)
    for (const auto& i : r.program)
      if (i.op == pkg::OP_VMUL && i.n >= 3) return Failure{"divergence", "htx_vector", "wdata_o", 7, ""};
  return {};
}

Case with_vmul() {
  for (unsigned n = 0;; ++n) {
    Wishes w;
    w.illegal = 0;
    Case c = generate(4, n, 3, w);
    if (judge(c) && c.instructions() > 30) return c;
  }
}

TEST(Shrink, LeavesWhatFails) {
  ShrinkOptions o;
  o.judge = judge;
  const Shrunk s = shrink(with_vmul(), *judge(with_vmul()), o);
  EXPECT_TRUE(s.finished);
  ASSERT_EQ(s.smallest.instructions(), 1U);
  EXPECT_EQ(assemble(s.smallest.runs[0].program[0]), "VMUL n=3");
  EXPECT_TRUE(s.smallest.segments.empty() && s.smallest.regions.empty() && s.smallest.lanes == 1);
  EXPECT_EQ(undefined(s.smallest), "");
}

TEST(Shrink, KeepsTheKindOfFailure) {
  ShrinkOptions o;
  o.judge = [](const Case& c) -> std::optional<Failure> {  // smaller cases fail in another way
    auto f = judge(c);
    if (f && c.instructions() < 5) f->signal = "done_o";
    return f;
  };
  const Shrunk s = shrink(with_vmul(), *judge(with_vmul()), o);
  EXPECT_EQ(s.smallest.instructions(), 5U);
  EXPECT_EQ(s.failure.signal, "wdata_o");
}

TEST(Shrink, StopsWhenTold) {
  ShrinkOptions o;
  unsigned asked = 0;
  o.judge = [&](const Case& c) {
    ++asked;
    return judge(c);
  };
  o.stop = [&] { return asked >= 3; };
  const Shrunk s = shrink(with_vmul(), *judge(with_vmul()), o);
  EXPECT_FALSE(s.finished);
  EXPECT_EQ(asked, 3U);
  EXPECT_TRUE(judge(s.smallest));
}

TEST(Shrink, NeverTriesWhatIsNotDefined) {
  ShrinkOptions o;
  o.judge = [](const Case& c) -> std::optional<Failure> {
    EXPECT_EQ(undefined(c), "");
    for (const auto& i : c.runs[0].program)
      if (i.op == pkg::OP_PV && chip::in_range(i)) return Failure{"divergence", "htx_tree", "res_o", 7, ""};
    return {};
  };
  const Case c = case_of({"LOOP n=3", "SCORE a=1 n=2 WAIT", "LOADV a=2 d=9", "PV a=1 n=2 d=40", "ENDL", "VADD n=4"});
  const Shrunk s = shrink(c, *o.judge(c), o);
  ASSERT_EQ(s.smallest.instructions(), 1U);
  EXPECT_EQ(s.smallest.runs[0].program[0].op, pkg::OP_PV);  // refused without its SCORE, which is defined
}

TEST(Shrink, JumpsKeepTheirTargets) {
  auto p = run_of({"TOKEN", "VADD n=1", "SKIP e=4", "VADD n=2", "NEXT"}).program;
  remove_instructions(p, 1, 2);
  EXPECT_EQ(p[1].e, 3);
  remove_instructions(p, 2, 4);
  EXPECT_EQ(p[1].e, 2);
}

}  // namespace
