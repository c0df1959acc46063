// SPDX-License-Identifier: Apache-2.0
// random_programs: what a decode never does. Random and illegal programs over random memory, a host that interferes on both
// of its ports, soft resets in the middle; RTL and golden chip compared at every clock. docs/random.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "golden/model/error.hpp"
#include "verif/random/campaign.hpp"
#include "verif/random/profiles.hpp"
#include "verif/random/statistics.hpp"
#include "verif/rtl_library.hpp"

namespace {

using namespace htx;
using htx::random::Options;

void describe(CLI::App& app, Options& o) {
  app.add_option("--rtl-lib", o.library, "Verilated chip (scripts/build_rtl) instead of htx_rtl_L<lanes>.so beside this program");
  auto* lanes = app.add_option("--lanes", o.lanes, "lanes of the chip (default 1, or what the name of --rtl-lib says: ..._L3.so)")->check(CLI::Range(1, 8));
  auto* columns = app.add_option("--columns", o.wishes.columns, "columns of a lane (default 1, or what the name of --rtl-lib says: ..._L3C4.so)")->check(CLI::Range(1U, pkg::MAX_COLUMNS));
  app.add_option("--plusarg", o.plusarg, "passed to the RTL, e.g. +htx_mutant=3");
  app.add_option("--seed", o.seed, "of everything")->capture_default_str();
  app.add_option("--clocks", o.clocks, "clocks to run at least")->capture_default_str();
  app.add_option("--cases", o.cases, "cases to run, instead of clocks");
  std::string names;
  for (const auto& p : random::profiles()) names += fmt::format("\n{:>14}: {}", p.name, p.what);
  app.add_option("--profile", o.wishes.profile, "what cases lean towards, instead of one drawn for each:" + names);
  app.add_option("--illegal", o.wishes.illegal, "percent of runs with an instruction that has to be refused")->check(CLI::Range(0, 100));
  app.add_option("--rude", o.wishes.rude, "percent of runs with a host that interferes on all ports")->check(CLI::Range(0, 100));
  app.add_option("--case", o.replay, "run these cases (files, or folders of *.json) instead of drawing any");
  app.add_option("--write", o.write, "write the drawn cases (--cases) into this folder and run nothing");
  app.add_option("--failures", o.failures, "folder for what a failure leaves (default: a new one in failures/ beside this program)");
  app.add_flag("--stats", o.statistics, "print what was exercised");
  app.add_flag("!--no-shrink", o.shrink, "leave a failing case as it is");
  app.add_flag("!--no-waves", o.waves, "leave no folder: the report alone");
  app.add_option("--shrink-seconds", o.shrink_seconds, "time for shrinking")->capture_default_str();
  app.add_option("--limit", o.seconds, "seconds that one case may take")->check(CLI::Range(1, 86400))->capture_default_str();
  app.callback([&o, lanes, columns] {
    if (!o.wishes.profile.empty() && random::profile(o.wishes.profile.c_str()) == nullptr)
      throw CLI::ValidationError("--profile", fmt::format("there is no '{}'", o.wishes.profile));
    for (unsigned l = 1; l <= 8; ++l)
      for (unsigned c = 1; c <= pkg::MAX_COLUMNS; ++c)
        if (o.library.ends_with(verif::library_name(l, c).substr(verif::library_name(l, c).rfind('_')) + ".so")) {  // _L3C4.so
          if (lanes->count() == 0) o.lanes = l;
          if (columns->count() == 0) o.wishes.columns = c;
        }
  });
}

int run(const Options& o) {
  random::Campaign campaign(o);
  const auto j = !o.write.empty() ? campaign.write() : !o.replay.empty() ? campaign.replay() : campaign.draw();
  if (o.statistics && j.contains("counts"))
    fmt::print(stderr, "{}", random::Statistics::table(j["counts"].get<std::map<std::string, std::uint64_t>>()));
  if (j.contains("report")) fmt::print(stderr, "{}", j["report"].get<std::string>());
  fmt::print("{}\n", j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  if (std::fflush(stdout) != 0) throw Error("standard output could not be written");
  return !j["ok"] ? 1 : random::interrupted() ? 130 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Random programs, RTL and golden chip compared at every clock. Exit code 0: every clock matched; 1: a failure; 2: could not run."};
  Options o;
  describe(app, o);
  try {
    app.parse(argc, argv);
    return run(o);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);
    fmt::print(stderr, "random_programs: {}\n", e.what());
  } catch (const std::exception& e) {
    fmt::print(stderr, "random_programs: {}\n", e.what());
  }
  return 2;
}
