// SPDX-License-Identifier: Apache-2.0
// htx lpddr5-check: a command trace of an LPDDR5 channel against the protocol's rules (docs/lpddr5.md).
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <vector>

#include "golden/model/error.hpp"
#include "golden/model/utf8.hpp"
#include "verif/dram/checker.hpp"
#include "verif/tool/commands.hpp"
#include "verif/tool/output.hpp"

namespace htx::tool {
namespace {

struct Options {
  std::string trace;
  std::uint64_t limit = 20;
  bool rules = false, json = false;
};

struct Told {
  std::int64_t line;
  dram::Finding finding;
};

std::atomic<bool> stopped{false};

void stop(int) { stopped = true; }

nlohmann::json json_of(const Told& t) {
  const dram::Finding& f = t.finding;
  nlohmann::json j = {{"rule", dram::info(f.rule).id}, {"line", t.line}, {"ck", f.ck}, {"command", f.command}, {"message", f.message}};
  if (!f.other.empty()) j["against"] = {{"ck", f.other_ck}, {"command", f.other}};
  if (!f.parameter.empty()) j.update({{"parameter", f.parameter}, {"have", f.have}, {"need", f.need}});
  return j;
}

/// On a terminal, at most once a second.
class Progress {
 public:
  void at(std::int64_t line, std::uint64_t findings) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || now - last_ < std::chrono::seconds(1)) return;
    last_ = now;
    told_ = true;
    say(fmt::format("\r{} lines, {} findings ", line, findings));
  }
  void done() {
    if (told_) say("\n");
  }

 private:
  bool terminal_ = isatty(2) != 0, told_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

int check(const Options& o) {
  const std::string name = o.trace == "-" ? "standard input" : model::printable(o.trace);
  dram::TraceReader reader(name, dram::file_source(o.trace));
  std::vector<Told> first;
  dram::Checker checker(reader.config(), [&](const dram::Finding& f) { first.push_back({reader.line(), f}); }, o.limit);
  std::signal(SIGINT, stop);
  std::signal(SIGTERM, stop);
  Progress progress;
  dram::Event e;
  std::uint64_t events = 0;
  while (!stopped && reader.next(e)) {
    checker.event(e);
    if ((++events & 0xfff) == 0) progress.at(reader.line(), checker.findings());
  }
  progress.done();
  checker.finish(reader.ck());
  const std::string upto = stopped ? fmt::format("interrupted after line {}", reader.line()) : "";
  if (o.json) {
    nlohmann::json j = {{"ok", !stopped && checker.findings() == 0}, {"commands", checker.commands()}, {"last_ck", reader.ck()}, {"findings", checker.findings()},
                        {"by_rule", nlohmann::json::object()}, {"first", nlohmann::json::array()}};
    for (std::size_t i = 0; i < dram::kRules; ++i)
      if (checker.by_rule()[i]) j["by_rule"][std::string(dram::info(static_cast<dram::Rule>(i)).id)] = checker.by_rule()[i];
    for (const Told& t : first) j["first"].push_back(json_of(t));
    if (stopped) j["error"] = upto;
    print_json(j);
  } else {
    for (const Told& t : first) fmt::print("{}:{}: {}: {}\n", name, t.line, dram::info(t.finding.rule).id, t.finding.message);
    if (checker.findings() > first.size()) fmt::print("and {} more (--limit)\n", checker.findings() - first.size());
    fmt::print("{}: {} commands to CK {}: {}\n", name, checker.commands(), reader.ck(),
               checker.findings() ? fmt::format("{} finding{}", checker.findings(), checker.findings() == 1 ? "" : "s") : "nothing found");
    for (std::size_t i = 0; i < dram::kRules; ++i)
      if (checker.by_rule()[i]) {
        const dram::RuleInfo& r = dram::info(static_cast<dram::Rule>(i));
        fmt::print("{:>10}  {:<11} {}\n", checker.by_rule()[i], r.id, r.text);
      }
    if (stopped) say(fmt::format("htx: {}: {}\n", name, upto));
  }
  return stopped ? 130 : checker.findings() ? 1 : 0;
}

}  // namespace

void add_lpddr5_check(CLI::App& app, int& code) {
  auto* const c = app.add_subcommand("lpddr5-check", "Check a trace of LPDDR5 commands against the protocol. Exit code 0: nothing found, 1: findings, 2: a trace that\n"
                                                     "cannot be read, 130: interrupted (what was found so far is said). The format and every rule: docs/lpddr5.md");
  auto options = std::make_shared<Options>();
  c->add_option("trace", options->trace, "A trace; - for standard input");
  c->add_option("--limit", options->limit, "Findings told in full; all are counted")->capture_default_str();
  c->add_flag("--rules", options->rules, "Print the rules as a table (Markdown) and stop");
  c->add_flag("--json", options->json, "One JSON object on standard output");
  c->callback([options, &code] {
    if (options->rules) {
      fmt::print("{}", dram::rules_table());
      return;
    }
    if (options->trace.empty()) throw CLI::RequiredError("trace");
    code = check(*options);
  });
}

}  // namespace htx::tool
