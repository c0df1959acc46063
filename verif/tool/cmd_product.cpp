// SPDX-License-Identifier: Apache-2.0
// htx product: one matrix-vector product on the chip, timed alone.
#include <fmt/format.h>

#include "verif/tool/clocked.hpp"
#include "verif/tool/commands.hpp"
#include "verif/tool/output.hpp"

namespace htx::tool {
namespace {

struct Options {
  unsigned rows = 4096, cols = 4096, lanes = 8;
  int bits = 4;
  std::string engine = "rtl";
  bool json = false;
  ClockedOptions clocked;
};

int product(Options& o) {
  if (o.rows % 32 != 0 || o.cols % 32 != 0) throw Error("--rows and --cols take multiples of 32");
  o.clocked.load = "direct";
  o.clocked.replay = fmt::format("build/htx product --rows {} --cols {} --bits {} --engine {} --lanes {} --columns {} --seed {}", o.rows, o.cols, o.bits,
                                 o.engine, o.lanes, o.clocked.columns, o.clocked.seed);
  const Outcome r = clock_product(o.rows, o.cols, o.bits, clocked_mode(o.engine), o.lanes, o.clocked);
  const double peak = 16.0 * o.lanes * static_cast<double>(r.clocks);
  const double share = r.ok ? static_cast<double>(r.useful_bytes) / peak : 0;
  if (o.json) {
    nlohmann::json j{{"rows", o.rows}, {"cols", o.cols}, {"bits", o.bits}, {"engine", o.engine}, {"lanes", o.lanes}, {"columns", o.clocked.columns}, {"ok", r.ok},
                     {"clocks_compared", r.clocks_compared}, {"cpu_seconds", r.seconds}, {"report", r.report}};
    if (r.difference) j["divergence"] = json_of(*r.difference);
    if (r.ok) {
      j["clocks"] = r.clocks;
      j["useful_bytes"] = r.useful_bytes;
      j["useful_share"] = share;
      j["bus_occupancy"] = 16.0 * static_cast<double>(r.bus_beats) / peak;
      j["mac_slots"] = 32.0 * o.lanes * o.clocked.columns * static_cast<double>(r.clocks);
      j["simulated_clocks"] = r.clocks + r.load_clocks;
    }
    print_json(j);
  } else if (r.ok) {
    fmt::print("{} x {} {}-bit product on {} lane(s): {} clocks, useful share of the memory peak {:.2f} %\n", o.rows, o.cols, o.bits, o.lanes,
               r.clocks, 100 * share);
  } else {
    say(fmt::format("{}\n", r.report));
  }
  return r.ok ? 0 : 1;
}

}  // namespace

void add_product(CLI::App& app, int& code) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("product", "time one matrix-vector product on the chip, random weights");
  c->add_option("--rows", o->rows, "outputs, a multiple of 32")->check(CLI::Range(32, 32768))->capture_default_str();
  c->add_option("--cols", o->cols, "inputs, a multiple of 32")->check(CLI::Range(32, 16384))->capture_default_str();
  c->add_option("--bits", o->bits, "weights: 4 or 8")->check(CLI::IsMember({4, 8}))->capture_default_str();
  c->add_option("--lanes", o->lanes, "lanes of the chip")->check(CLI::Range(1, 8))->capture_default_str();
  c->add_option("--columns", o->clocked.columns, "columns of a lane: so many vectors are multiplied at once")->check(CLI::Range(1U, pkg::MAX_COLUMNS))->capture_default_str();
  c->add_option("--engine", o->engine, "cycle, rtl or lockstep")->check(CLI::IsMember({"cycle", "rtl", "lockstep"}))->capture_default_str();
  c->add_option("--seed", o->clocked.seed, "seed of weights, vector and initial register values")->capture_default_str();
  c->add_option("--rtl-lib", o->clocked.library, "Verilated chip to use instead of the one beside this program");
  c->add_flag("--json", o->json, "print JSON");
  c->callback([o, &code] { code = product(*o); });
}

}  // namespace htx::tool
