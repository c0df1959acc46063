// SPDX-License-Identifier: Apache-2.0
// plant_faults: faults in one decode, each in a copy of the process forked where it strikes, and tells what became of every one.
//
// Exit codes: 0 every fault was reported or shown to be harmless, 1 one was silent, 2 could not run.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

#include "golden/compile/compile.hpp"
#include "golden/model/error.hpp"
#include "golden/model/model.hpp"
#include "golden/model/tokenizer.hpp"
#include "verif/faults/fault.hpp"
#include "verif/rtl_library.hpp"

namespace {

using namespace htx;
using namespace htx::faults;

struct Options {
  std::string model, library, points, prompt = "A", only;
  unsigned lanes = 1, tokens = 2, count = 40, jobs = 2;
  std::uint32_t seed = 1;
};

/// A child's answer, in memory that it shares with its parent.
struct Slot {
  Outcome outcome;
  std::uint64_t clock;
  char text[120];
};

Reference undisturbed(Decode& d) {
  Reference r;
  r.before = d.contents();
  d.start();
  while (!d.done()) {
    if (d.running() > 50000000) throw Error("the decode without faults does not end");
    d.step();
  }
  r.clocks = d.running();
  r.results = d.results();
  r.after = d.contents();
  r.dram = d.dram_hash();
  r.tokens = d.tokens();
  return r;
}

/// Strikes every fault at its clock; the decode itself runs once, undisturbed.
class Strikes {
 public:
  Strikes(std::vector<Fault> faults, unsigned jobs) : faults_(std::move(faults)), jobs_(jobs) {
    std::sort(faults_.begin(), faults_.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
    slots_ = static_cast<Slot*>(mmap(nullptr, faults_.size() * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    if (slots_ == MAP_FAILED) throw Error("no memory for the results");
  }

  void run(Decode& d, const Reference& r) {
    bool started = false;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
      if (faults_[i].at != Fault::kBeforeStart) {
        if (!started) d.start();
        started = true;
        while (d.running() < faults_[i].at) d.step();
      }
      while (running_ >= jobs_) reap();
      const pid_t child = fork();
      if (child < 0) throw Error("cannot fork");
      if (child == 0) {
        strike(d, r, i);
        _exit(0);  // no destructor, no flush: the parent's
      }
      ++running_;
      if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r{} of {} faults planted ", i + 1, faults_.size());
    }
    while (running_ > 0) reap();
    if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K");
  }

  const std::vector<Fault>& faults() const { return faults_; }
  const Slot& slot(std::size_t i) const { return slots_[i]; }

 private:
  void strike(Decode& d, const Reference& r, std::size_t i) {
    Slot& s = slots_[i];
    try {
      const Result result = faults_[i].strike(d, r);
      s.clock = result.clock;
      std::strncpy(s.text, result.text.c_str(), sizeof(s.text) - 1);
      s.outcome = result.outcome;
    } catch (const std::exception& e) {
      std::strncpy(s.text, e.what(), sizeof(s.text) - 1);
    }
  }
  void reap() {
    if (wait(nullptr) > 0) --running_;
  }

  std::vector<Fault> faults_;
  unsigned jobs_, running_ = 0;
  Slot* slots_;
};

int campaign(const Options& o) {
  const model::Model model = model::load_model(o.model, model::WeightFormat::q8_0);
  compile::Options c;
  c.lanes = o.lanes;
  const compile::Image image = compile::compile(model, c);
  const std::vector<Point> points = read_points(o.points);
  Prompt prompt;
  for (const int t : model::Tokenizer(model.vocab).encode(o.prompt)) prompt.tokens.push_back(static_cast<std::uint32_t>(t));
  prompt.wanted = o.tokens;
  const auto fresh = [&] { return Decode(image, verif::load_rtl(o.library, o.seed, ""), prompt); };

  Reference reference;
  {  // a machine goes before the next one comes: Verilator's library knows one at a time
    Decode first = fresh();
    if (first.rtl().lanes() != o.lanes) throw Error(fmt::format("{}: has {} lanes, not {}", o.library, first.rtl().lanes(), o.lanes));
    first.prepare();
    reference = undisturbed(first);
  }
  Decode d = fresh();
  d.prepare();
  Random random(o.seed);
  const Draw draw{d, reference, points, o.count, random};
  std::vector<Fault> faults;
  using Maker = std::vector<Fault> (*)(const Draw&);
  static constexpr std::array<std::pair<const char*, Maker>, 7> kMakers{{{"dram", dram_flips}, {"memories", memory_flips}, {"handshakes", handshakes},
      {"storms", storms}, {"resets", resets}, {"programs", programs}, {"addresses", addresses}}};
  for (const auto& [name, make] : kMakers)
    if (o.only.empty() || o.only == name) std::ranges::move(make(draw), std::back_inserter(faults));

  Strikes strikes(std::move(faults), o.jobs);
  strikes.run(d, reference);

  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  unsigned silent = 0, lost = 0;
  for (std::size_t i = 0; i < strikes.faults().size(); ++i) {
    const Fault& f = strikes.faults()[i];
    const Slot& s = strikes.slot(i);
    silent += s.outcome == Outcome::silent;
    lost += s.outcome == Outcome::none;
    list.push_back({{"class", f.klass}, {"where", f.text}, {"at", f.at}, {"outcome", to_string(s.outcome)}, {"clock", s.clock}, {"text", s.text}});
  }
  fmt::print("{}\n", nlohmann::ordered_json{{"lanes", o.lanes}, {"seed", o.seed}, {"clocks", reference.clocks}, {"points", points.size()},
                                            {"memories", d.memories().size()}, {"faults", list}}.dump());
  if (lost != 0) fmt::print(stderr, "plant_faults: {} faults have no result: their processes died\n", lost);
  return lost != 0 ? 2 : silent != 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Plants faults into a decode on the RTL in lockstep and tells, as JSON, what became of each (scripts/faults runs it)."};
  Options o;
  app.add_option("model", o.model, "GGUF file to decode with")->required();
  app.add_option("--rtl-lib", o.library, "Verilated chip made for faults")->required();
  app.add_option("--points", o.points, "its control inputs, as verif/faults/points.py lists them")->required();
  app.add_option("--lanes", o.lanes)->check(CLI::Range(1, 8))->capture_default_str();
  app.add_option("--prompt", o.prompt)->capture_default_str();
  app.add_option("--tokens", o.tokens, "to generate")->check(CLI::Range(1, 64))->capture_default_str();
  app.add_option("--count", o.count, "faults of each class")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--only", o.only, "one kind alone")->check(CLI::IsMember({"dram", "memories", "handshakes", "storms", "resets", "programs", "addresses"}));
  app.add_option("--seed", o.seed)->capture_default_str();
  app.add_option("--jobs", o.jobs, "processes beside each other")->check(CLI::Range(1, 256))->capture_default_str();
  try {
    app.parse(argc, argv);
    return campaign(o);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    fmt::print(stderr, "plant_faults: {}\n", e.what());
  } catch (const Noticed& e) {
    fmt::print(stderr, "plant_faults: without a fault, golden and RTL differ: {}\n", e.what());
  } catch (const std::exception& e) {
    fmt::print(stderr, "plant_faults: {}\n", e.what());
  }
  return 2;
}
