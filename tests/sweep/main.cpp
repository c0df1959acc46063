// SPDX-License-Identifier: Apache-2.0
// numerics_sweep: the arithmetic of the RTL against golden/numerics, any number of vectors a unit, or whole domains.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "tests/numerics/random.hpp"
#include "tests/sweep/state.hpp"
#include "tests/sweep/sweep.hpp"

namespace htx::sweep {
namespace {

volatile std::sig_atomic_t stopped = 0;

/// The seed of a block: nothing but the run's seed, the job and the block's number decide it.
std::uint64_t block_seed(std::uint64_t seed, std::string_view job, std::uint64_t block) {
  std::uint64_t h = 0xcbf29ce484222325ull ^ seed;
  for (char c : job) h = (h ^ std::uint8_t(c)) * 0x100000001b3ull;
  return test::Random{h ^ block * 0x9e3779b97f4a7c15ull}();
}

struct Options {
  std::uint64_t vectors = 1'000'000, seed = 1;
  std::int64_t block = -1;
  std::vector<std::string> only;
  std::string state;
  bool every = false, list = false;
};

std::uint64_t wanted(const Job& job, const Options& o) { return job.domain() ? job.domain() : (o.vectors + job.parts() - 1) / job.parts(); }

/// Runs what is left of a job; false if it was stopped.
bool run(Job& job, const Options& o, Progress& p, const StateFile& state) {
  const std::uint64_t total = wanted(job, o), blocks = (total + kBlock - 1) / kBlock;
  const bool terminal = isatty(STDERR_FILENO);
  auto shown = std::chrono::steady_clock::now(), start = shown;
  for (std::uint64_t b = o.block >= 0 ? std::uint64_t(o.block) : p.blocks; b < blocks; ++b) {
    if (stopped) return false;
    const std::uint64_t first = b * kBlock, failed = p.tally.failures;
    job.run(first, std::min(kBlock, total - first), block_seed(o.seed, job.name(), b), p.tally);
    p.blocks = b + 1;
    const auto now = std::chrono::steady_clock::now();
    p.seconds += std::chrono::duration<double>(now - start).count();
    start = now;
    if (p.tally.failures != failed) {
      for (const std::string& f : p.tally.first) fmt::print("{}\n", f);
      fmt::print("again: numerics_sweep --only {} --seed {} --vectors {} --block {}\n", job.name(), o.seed, o.vectors, b);
      return true;  // one block of differences says enough
    }
    if (now - shown > std::chrono::seconds(terminal ? 1 : 60)) {
      fmt::print(stderr, "{}{}: {} of {} million vectors{}", terminal ? "\r" : "", job.name(), (p.blocks * kBlock) / 1'000'000, total / 1'000'000, terminal ? "\033[K" : "\n");
      shown = now;
      state.save(o.seed, o.vectors);
    }
    if (o.block >= 0) break;
  }
  if (terminal) fmt::print(stderr, "\r\033[K");
  state.save(o.seed, o.vectors);
  return true;
}

/// What came up; false if a class or a segment never did.
bool report(const Job& job, const Progress& p, bool whole) {
  const Tally& t = p.tally;
  fmt::print("{:<18} {:>12} vectors ({}), {:.0f} s, {} different\n", job.name(), t.vectors, job.what(), p.seconds, t.failures);
  bool all = true;
  const auto names = job.classes();
  for (std::size_t c = 0; c < names.size(); ++c) {
    fmt::print("    {:>12} {}\n", t.classes[c], names[c]);
    if (t.classes[c] == 0) all = false;
  }
  if (job.segments()) {
    const auto least = *std::min_element(t.segments.begin(), t.segments.end());
    fmt::print("    {:>12} in the rarest of {} segments\n", least, job.segments());
    if (least == 0) all = false;
  }
  if (!all && whole) fmt::print("{}: a class never came up\n", job.name());
  return all || !whole;
}

int sweep(const Options& o) {
  Jobs jobs;
  add_fp_jobs(jobs);
  add_lane_jobs(jobs);
  add_quant_jobs(jobs);
  add_host_jobs(jobs);
  for (const std::string& name : o.only)
    if (std::none_of(jobs.begin(), jobs.end(), [&](const auto& j) { return j->name() == name; })) throw std::runtime_error(fmt::format("no sweep is called '{}' (--list has them)", name));
  std::erase_if(jobs, [&](const auto& j) {
    if (!o.only.empty()) return std::find(o.only.begin(), o.only.end(), j->name()) == o.only.end();
    return j->domain() > (1u << 22) && !o.every && !o.list;
  });
  if (o.list) {
    for (const auto& j : jobs) fmt::print("{:<18} {:>12}  {}\n", j->name(), j->domain() ? fmt::format("{}", j->domain()) : "", j->what());
    return 0;
  }
  if (o.block >= 0 && jobs.size() != 1) throw std::runtime_error("--block needs --only with one name");
  StateFile state(o.state, o.seed, o.vectors);
  std::uint64_t vectors = 0, failures = 0;
  bool covered = true;
  for (const auto& j : jobs) {
    Progress& p = state.of(*j);
    const bool ended = run(*j, o, p, state);
    covered &= report(*j, p, ended && o.block < 0);
    std::fflush(stdout);
    vectors += p.tally.vectors;
    failures += p.tally.failures;
    if (!ended) break;
  }
  if (stopped) {
    state.save(o.seed, o.vectors);
    fmt::print("stopped: {} vectors so far, {} different{}\n", vectors, failures, o.state.empty() ? "" : "; the same command goes on from here");
    return failures ? 1 : 130;
  }
  fmt::print("{} vectors in {} sweeps, {} different{}\n", vectors, jobs.size(), failures, covered ? "" : "; classes are missing");
  return failures || !covered ? 1 : 0;
}

}  // namespace
}  // namespace htx::sweep

int main(int argc, char** argv) {
  htx::sweep::Options o;
  CLI::App app{"The arithmetic of the RTL against golden/numerics, with a count of every class of operands that came up."};
  app.add_option("--vectors", o.vectors, "directed and random vectors a unit (default 1000000)")->check(CLI::Range(std::uint64_t(1), std::uint64_t(1) << 50));
  app.add_option("--seed", o.seed, "of the random vectors (default 1)");
  app.add_option("--only", o.only, "these sweeps");
  app.add_option("--block", o.block, "this block of 2^20 vectors alone")->check(CLI::NonNegativeNumber);
  app.add_option("--state", o.state, "file that keeps what is done: the same command goes on from there");
  app.add_flag("--every", o.every, "whole domains, too, as far as they have more than 2^22 vectors");
  app.add_flag("--list", o.list, "say what there is");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    fmt::print(stderr, "numerics_sweep: {}\n", e.what());
    return 2;
  }
  std::signal(SIGINT, [](int) { htx::sweep::stopped = 1; });
  std::signal(SIGTERM, [](int) { htx::sweep::stopped = 1; });
  try {
    return htx::sweep::sweep(o);
  } catch (const std::exception& e) {
    fmt::print(stderr, "numerics_sweep: {}\n", e.what());
    return 2;
  }
}
