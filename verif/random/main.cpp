// SPDX-License-Identifier: Apache-2.0
// random_programs: what a decode never does. Random and illegal programs over random memory, a host that interferes on both
// of its ports, soft resets in the middle; RTL and golden chip compared at every clock.
//
// Exit codes are those of `htx run`: 0 every clock matched, 1 a difference or an assertion (its report in the JSON on standard
// output), 2 could not run. Everything follows from --seed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "verif/random/bench.hpp"
#include "verif/rtl_library.hpp"

using namespace htx;
using random::Bench, random::Caught;

int main(int argc, char** argv) {
  CLI::App app{"Random programs and host accesses, RTL and golden chip compared at every clock."};
  std::string library, plusarg;
  std::uint32_t seed = 1;
  std::uint64_t clocks = 200000;
  app.add_option("--rtl-lib", library, "Verilated chip (scripts/build_rtl)")->required();
  app.add_option("--plusarg", plusarg, "passed to the RTL, e.g. +htx_mutant=3");
  app.add_option("--seed", seed, "of everything")->capture_default_str();
  app.add_option("--clocks", clocks, "clocks to run at least")->capture_default_str();
  nlohmann::json j;
  try {
    app.parse(argc, argv);
    Bench bench(verif::load_rtl(library, seed, plusarg), seed);
    j["ok"] = true;
    try {
      bench.run(clocks);
    } catch (const Caught& e) {
      j["ok"] = false;
      j["report"] = e.what();
    }
    j["clocks"] = bench.clock();
    j["ends"] = bench.ends();
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const std::exception& e) {
    fmt::print(stderr, "random_programs: {}\n", e.what());
    return 2;
  }
  fmt::print("{}\n", j.dump(2));
  return j["ok"] ? 0 : 1;
}
