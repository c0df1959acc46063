// SPDX-License-Identifier: Apache-2.0
#include "verif/random/campaign.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>

#include "golden/model/error.hpp"
#include "verif/random/case_file.hpp"
#include "verif/random/progress.hpp"
#include "verif/random/rules.hpp"
#include "verif/random/shrink.hpp"
#include "verif/rtl_library.hpp"

namespace htx::random {
namespace {

namespace fs = std::filesystem;

fs::path program_folder() { return fs::read_symlink("/proc/self/exe").parent_path(); }

/// A word for a shell.
std::string quoted(const std::string& s) {
  if (s.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,") == std::string::npos) return s;
  std::string r = "'";
  for (const char c : s) r += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return r + "'";
}

volatile std::sig_atomic_t stop_asked = 0;

std::vector<fs::path> case_files(const std::vector<std::string>& given) {
  std::vector<fs::path> files;
  for (const std::string& g : given) {
    if (!fs::exists(g)) throw Error(fmt::format("{}: does not exist", g));
    if (!fs::is_directory(g)) {
      files.emplace_back(g);
      continue;
    }
    const auto before = files.size();
    for (const auto& f : fs::directory_iterator(g))
      if (f.path().extension() == ".json") files.push_back(f.path());
    if (files.size() == before) throw Error(fmt::format("{}: holds no case (*.json)", g));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

bool interrupted() { return stop_asked != 0; }

Campaign::Campaign(const Options& options)
    : options_(options), judge_({[this](unsigned lanes, unsigned columns) { return library(lanes, columns); }, options.plusarg, options.seconds}) {
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction a{};
    a.sa_handler = [](int) { stop_asked = 1; };
    ::sigaction(s, &a, nullptr);
  }
}

/// The library given, or its sister of other lanes or columns made from the same RTL; without one, the one beside this program.
std::string Campaign::library(unsigned lanes, unsigned columns) const {
  const std::string own = verif::library_name(options_.lanes, options_.wishes.columns) + ".so";
  const fs::path given = options_.library.empty() ? program_folder() / own : fs::path(options_.library);
  if (lanes == options_.lanes && columns == options_.wishes.columns) return given.string();
  if (given.filename() != own) return "";
  const fs::path other = given.parent_path() / (verif::library_name(lanes, columns) + ".so");
  return fs::exists(other) && verif::made_from(other) == verif::made_from(given) ? other.string() : "";
}

std::string Campaign::command(const std::string& file, const Case& c) const {
  std::string s = fmt::format("{} --rtl-lib {} --lanes {} --columns {} --case {}", "build/random_programs", quoted(library(c.lanes, c.columns)), c.lanes, c.columns, quoted(file));
  if (!options_.plusarg.empty()) s += " --plusarg " + quoted(options_.plusarg);
  return s;
}

std::string Campaign::drawn(unsigned number) const {
  std::string s = fmt::format("build/random_programs --rtl-lib {} --lanes {} --columns {} --seed {} --cases {}",
                              quoted(library(options_.lanes, options_.wishes.columns)), options_.lanes, options_.wishes.columns, options_.seed, number + 1);
  const Wishes& w = options_.wishes;
  if (!w.profile.empty()) s += " --profile " + w.profile;
  if (w.illegal) s += fmt::format(" --illegal {}", *w.illegal);
  if (w.rude) s += fmt::format(" --rude {}", *w.rude);
  if (!options_.plusarg.empty()) s += " --plusarg " + quoted(options_.plusarg);
  return s;
}

std::string Campaign::folder() const {
  if (!options_.failures.empty()) return options_.failures;
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof(text), "%Y%m%d-%H%M%S", std::localtime(&now));
  return (program_folder() / "failures" / fmt::format("{}-{}", text, ::getpid())).string();
}

void Campaign::take(const Outcome& o) {
  ++cases_;
  clocks_ += o.clocks;
  for (const auto& [what, n] : o.counts) counts_[what] += n;
}

nlohmann::ordered_json Campaign::result(bool ok) const {
  nlohmann::ordered_json j{{"ok", ok}, {"cases", cases_}, {"clocks", clocks_}};
  if (interrupted()) j["interrupted"] = true;
  j["counts"] = counts_;
  return j;
}

nlohmann::ordered_json Campaign::draw() {
  Progress progress;
  for (unsigned n = 0; !interrupted() && (options_.cases != 0 ? n < options_.cases : clocks_ < options_.clocks); ++n) {
    const Case c = generate(options_.seed, n, options_.lanes, options_.wishes);
    const Outcome o = judge_.run(c, nullptr, drawn(n));
    if (interrupted()) break;
    take(o);
    progress.show(fmt::format("seed {}, case {} ({}): {} clocks", options_.seed, n, c.profile, clocks_));
    if (!o.failure) continue;
    progress.line(fmt::format("seed {}, case {} ({}): {} at clock {}", options_.seed, n, c.profile, o.failure->name(), o.failure->clock));
    auto j = result(false);
    j["found"] = {{"seed", options_.seed}, {"case", n}, {"clocks", clocks_}};
    failed(c, *o.failure, j);
    return j;
  }
  return result(true);
}

nlohmann::ordered_json Campaign::replay() {
  Progress progress;
  std::vector<std::pair<fs::path, Case>> cases;  // read and judged before anything runs
  for (const fs::path& f : case_files(options_.replay)) {
    cases.emplace_back(f, load_case(f));
    cases.back().second.columns = options_.wishes.columns;
    if (const std::string why = undefined(cases.back().second); !why.empty()) throw Error(fmt::format("{}: {}", f.string(), why));
  }
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  const Failure* first = nullptr;
  Case failing;
  Outcome o;
  for (auto& [file, c] : cases) {
    c.lanes = options_.lanes;
    o = judge_.run(c, nullptr, command(file.string(), c));
    if (interrupted()) break;
    take(o);
    files.push_back({{"file", file.string()}, {"ok", !o.failure.has_value()}});
    progress.line(fmt::format("{}: {}", file.string(), o.failure ? o.failure->name() : fmt::format("{} clocks, every one matched", o.clocks)));
    if (o.failure) {
      first = &*o.failure;
      failing = c;
      break;
    }
  }
  auto j = result(first == nullptr);
  j["files"] = files;
  if (first != nullptr) failed(failing, *first, j);
  return j;
}

nlohmann::ordered_json Campaign::write() const {
  fs::create_directories(options_.write);
  const unsigned cases = std::max(1U, options_.cases);
  for (unsigned n = 0; n < cases; ++n)
    save_case(generate(options_.seed, n, options_.lanes, options_.wishes), fs::path(options_.write) / fmt::format("seed{}-case{}.json", options_.seed, n));
  return {{"ok", true}, {"cases", cases}, {"written", options_.write}};
}

Case Campaign::smaller(const Case& c, const Failure& f, nlohmann::ordered_json& j) {
  Progress progress;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options_.shrink_seconds);
  ShrinkOptions o;
  o.judge = [this](const Case& trial) {
    const Outcome out = judge_.run(trial);
    return interrupted() ? std::nullopt : out.failure;
  };
  o.has_lanes = [this, &c](unsigned lanes) { return judge_.has(lanes, c.columns); };
  o.stop = [end] { return interrupted() || std::chrono::steady_clock::now() > end; };
  o.say = [&progress](const std::string& words) { progress.show("shrinking: " + words); };
  Shrunk s = shrink(c, f, o);
  const std::string words = fmt::format("{} -> {}", size_of(c), size_of(s.smallest));
  progress.line(fmt::format("shrunk: {} in {} tries{}", words, s.tries, s.finished ? "" : ", stopped before the end"));
  j["shrunk"] = {{"before", size_of(c)}, {"after", size_of(s.smallest)}, {"tries", s.tries}, {"finished", s.finished}};
  s.smallest.comment = fmt::format("{}; shrunk from {}", c.comment, size_of(c));
  return s.smallest;
}

void Campaign::failed(const Case& c, const Failure& f, nlohmann::ordered_json& j) {
  const Case small = options_.shrink ? smaller(c, f, j) : c;
  Failure last = f;
  if (options_.waves) {
    verif::TriageOptions t;
    t.folder = folder();
    fs::create_directories(t.folder);
    save_case(small, fs::path(t.folder) / "case.json");
    if (options_.shrink) save_case(c, fs::path(t.folder) / "unshrunk.json");
    const Outcome o = judge_.run(small, &t, command(t.folder + "/case.json", small));
    if (o.failure) last = *o.failure;
    else last.report += "  the shrunk case did not fail again\n";
    j["folder"] = t.folder;
  }
  j["failure"] = last.name();
  j["report"] = last.report;
}

}  // namespace htx::random
