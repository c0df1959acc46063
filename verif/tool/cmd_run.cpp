// SPDX-License-Identifier: Apache-2.0
// htx run: decode a prompt with one of the engines, stream the text, print the figures.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "golden/compile/compile.hpp"
#include "golden/model/tokenizer.hpp"
#include "verif/tool/clocked.hpp"
#include "verif/tool/commands.hpp"
#include "verif/tool/engine.hpp"
#include "verif/tool/output.hpp"

namespace htx::tool {
namespace {

struct Options {
  std::string model;
  std::string prompt = "Once upon a time";
  unsigned tokens = 64;
  std::string engine = "golden";
  unsigned lanes = 1, chips = 1, threads = 1;
  model::WeightFormat format = model::WeightFormat::q8_0;
  bool ignore_eos = false;
  bool special = false;
  bool json = false;
  std::string save_kv, load_kv;  ///< files, empty: none
  functional::Sampling sampling;
  ClockedOptions clocked;
};

double percent(std::uint64_t part, std::uint64_t of) { return of == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(of); }

/// A model's name for a person who reads a replay command: quoted for a shell where needed.
std::string shell_word(const std::string& s) {
  if (!s.empty() && s.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,") == std::string::npos) return s;
  std::string r = "'";
  for (const char c : s) r += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return r + "'";
}

std::string replay_command(const Options& o) {
  std::string s = fmt::format("build/htx run {} --prompt {} --tokens {} --engine {} --lanes {} --weights {} --seed {}", shell_word(o.model),
                              shell_word(o.prompt), o.tokens, o.engine, o.lanes,
                              o.format == model::WeightFormat::q8_0 ? "q8_0" : "q4_0", o.clocked.seed);
  if (o.ignore_eos) s += " --ignore-eos";
  if (o.special) s += " --special";
  if (!o.load_kv.empty()) s += " --load-kv " + shell_word(o.load_kv);
  if (o.sampling.temperature != 0) s += fmt::format(" --temperature {} --top-k {} --top-p {}", o.sampling.temperature, o.sampling.top_k, o.sampling.top_p);
  if (o.clocked.columns != 1) s += fmt::format(" --columns {}", o.clocked.columns);
  if (o.clocked.load != "port") s += " --load " + o.clocked.load;
  if (!o.clocked.library.empty()) s += " --rtl-lib " + shell_word(o.clocked.library);
  if (!o.clocked.plusarg.empty()) s += " --plusarg " + shell_word(o.clocked.plusarg);
  return s;
}

double share(const Outcome& r, unsigned lanes, std::uint64_t clocks) {
  return clocks == 0 ? 0.0 : static_cast<double>(r.useful_bytes) / (16.0 * lanes * static_cast<double>(clocks));
}

/// Figures over the positions run are of a whole decode: one that was stopped has counts alone (docs/performance.md).
nlohmann::json to_json(const Options& o, const Request& request, const Outcome& r, const std::string& text) {
  nlohmann::json j{{"model", o.model}, {"engine", o.engine}, {"lanes", o.lanes}, {"columns", o.clocked.columns}, {"chips", o.chips}, {"prompt", o.prompt},
                   {"prompt_tokens", request.prompt.size()}, {"positions", r.positions},
                   {"text", text}, {"tokens", r.tokens}, {"ok", r.ok}, {"cpu_seconds", r.seconds}};
  if (r.wall_seconds > 0) j["wall_seconds"] = r.wall_seconds;
  if (o.engine == "golden") j["threads"] = o.threads;
  if (r.logits_hash) j["logits_hash"] = fmt::format("{:016x}", *r.logits_hash);
  if (!r.report.empty()) j["report"] = r.report;
  if (r.difference) j["divergence"] = json_of(*r.difference);
  if (o.engine == "lockstep") j["clocks_compared"] = r.clocks_compared;
  if (r.load_clocks != 0) j["load_clocks"] = r.load_clocks;
  if (r.clocks != 0) {
    j["clocks"] = r.clocks;
    j["streaming_clocks"] = r.streaming_clocks;
    j["bus_beats"] = r.bus_beats;
    j["clocks_per_cpu_second"] = static_cast<double>(r.clocks + r.load_clocks) / r.seconds;
  }
  if (!r.counters.lanes.empty()) {
    nlohmann::json lanes = nlohmann::json::array();
    for (const auto& l : r.counters.lanes)
      lanes.push_back({{"reads", l[pkg::LPERF_READS]}, {"writes", l[pkg::LPERF_WRITES]}, {"starved", l[pkg::LPERF_STARVED]}, {"waited", l[pkg::LPERF_WAITED]}});
    const auto& c = r.counters.chip;
    j["counters"] = {{"lanes_busy", c[pkg::PERF_LANES]}, {"vector_busy", c[pkg::PERF_VECTOR]}, {"both_busy", c[pkg::PERF_BOTH]}, {"lanes", lanes}};
  }
  if (r.clocks != 0 && r.ok) {
    j["clocks_per_token"] = static_cast<double>(r.clocks) / static_cast<double>(r.positions);
    j["useful_bytes"] = r.useful_bytes;
    j["useful_share_streaming"] = share(r, o.lanes, r.streaming_clocks);
    j["useful_share_token"] = share(r, o.lanes, r.clocks);
    j["bus_occupancy_token"] = static_cast<double>(r.bus_beats) / (o.lanes * static_cast<double>(r.clocks));
  }
  return j;
}

void print_summary(const Options& o, const Request& request, const Outcome& r) {
  const std::size_t from = request.from ? request.from->positions() : 0;
  const std::size_t prompt = request.prompt.size() - from, prompt_run = std::min(r.positions, prompt);
  std::string s = "\n";
  const auto line = [&s](std::string_view name, const std::string& value) { s += fmt::format("{:<27}{}\n", name, value); };
  line("engine", fmt::format("{}, {} lane{}{}", o.engine, o.lanes, o.lanes == 1 ? "" : "s",
                             o.chips == 1 ? "" : fmt::format(" x {} chips", o.chips)));
  line("tokens", fmt::format("{} generated after {} of the prompt{}", r.tokens.size(), prompt_run,
                             prompt_run < prompt ? fmt::format("'s {}", prompt) : "") + (from ? fmt::format(" and {} positions loaded", from) : ""));
  if (r.logits_hash) line("logits", fmt::format("{:016x} (FNV-1a over every generated position)", *r.logits_hash));
  if (r.clocks != 0) line("clocks", fmt::format("{} decoding, {} loading", r.clocks, r.load_clocks));
  if (o.engine == "lockstep")
    line("clocks compared", fmt::format("{}{}", r.clocks_compared, r.ok ? ", every one matched" : r.difference ? ", the last one differs" : ""));
  if (r.clocks != 0 && r.ok) {
    line("clocks per token", fmt::format("{:.0f} (over {} positions; {:.1f} tokens a second at 800 MHz)",
                                         static_cast<double>(r.clocks) / static_cast<double>(r.positions), r.positions,
                                         800e6 * static_cast<double>(r.positions) / static_cast<double>(r.clocks)));
    line("share of the memory peak", fmt::format("{:.1f} % while streaming, {:.1f} % over the whole token",
                                                 100 * share(r, o.lanes, r.streaming_clocks), 100 * share(r, o.lanes, r.clocks)));
  }
  if (r.clocks != 0 && r.ok) {
    const auto& c = r.counters.chip;
    std::uint64_t starved = 0, waited = 0;
    for (const auto& l : r.counters.lanes) {
      starved += l[pkg::LPERF_STARVED];
      waited += l[pkg::LPERF_WAITED];
    }
    line("at work", fmt::format("lanes {:.1f} % of the clocks, vector unit {:.1f} %, both {:.1f} %", percent(c[pkg::PERF_LANES], r.clocks),
                                percent(c[pkg::PERF_VECTOR], r.clocks), percent(c[pkg::PERF_BOTH], r.clocks)));
    line("lanes wait", fmt::format("for beats {:.1f} % of the clocks, for the vector unit {:.1f} %", percent(starved, r.clocks * o.lanes), percent(waited, r.clocks * o.lanes)));
  }
  if (r.clocks != 0) line("simulated clocks", fmt::format("{:.0f} a CPU second", static_cast<double>(r.clocks + r.load_clocks) / r.seconds));
  else if (r.ok && r.seconds > 0) line("speed", fmt::format("{:.1f} tokens a CPU second", static_cast<double>(r.positions) / r.seconds));
  if (!r.ok) s += fmt::format("\n{}\n", r.report);
  say(s);
}

int run(Options& o) {
  const model::Model m = model::load_model(o.model, o.format);
  const model::Tokenizer tokenizer(m.vocab);
  Request request;
  functional::KvCache from, keep;
  if (!o.load_kv.empty()) {
    from = functional::KvCache::load(o.load_kv, m);
    request.from = &from;
    request.prompt.assign(from.tokens.begin(), from.tokens.end());
  } else {
    request.prompt = naming(o.model, [&] { return tokenizer.encode(o.prompt, o.special ? model::Special::token : model::Special::literal); });
  }
  for (const std::string& file : {o.save_kv, o.clocked.timeline})  // before the work, not after it
    if (const auto folder = std::filesystem::path(file).parent_path(); !folder.empty() && !std::filesystem::is_directory(folder))
      throw Error(fmt::format("{}: cannot be written: there is no such folder", model::printable(file)));
  if (!o.save_kv.empty()) {
    keep = functional::KvCache(m);
    request.keep = &keep;
  }
  request.sampling = o.sampling;
  request.sampling.seed = o.clocked.seed;
  if (request.prompt.empty()) throw Error(fmt::format("{}: the prompt is empty and the model has no beginning-of-sequence token", model::printable(o.model)));
  request.tokens = o.tokens;
  request.eos = o.ignore_eos ? -1 : m.vocab.eos;
  const std::size_t positions = request.prompt.size() + o.tokens - 1;
  if (positions > static_cast<std::size_t>(m.hyper.context))
    throw Error(fmt::format("{}: {} tokens of prompt and {} to generate exceed its context of {}", model::printable(o.model),
                            request.prompt.size(), o.tokens, m.hyper.context));

  if (o.engine != "float" && o.engine != "golden" && positions + 1 > pkg::TOKEN_WORDS)  // what is generated last is kept, too
    throw Error(fmt::format("{}: {} tokens are more than the {} of the token memory", model::printable(o.model), positions + 1, pkg::TOKEN_WORDS));

  o.clocked.replay = replay_command(o);
  std::unique_ptr<Engine> engine;
  if (o.engine == "float") engine = make_float_engine(m);
  else if (o.engine == "golden") engine = naming(o.model, [&] { return make_golden_engine(m, o.lanes, o.chips, o.threads); });
  else engine = make_clocked_engine(naming(o.model, [&] {
    compile::Options c;
    c.lanes = o.lanes;
    c.columns = o.clocked.columns;
    c.context = static_cast<std::uint32_t>(positions);
    return compile::compile(m, c);
  }), clocked_mode(o.engine), o.clocked);

  model::StreamDecoder stream(tokenizer, request.from != nullptr);
  std::string text;
  const bool print = !o.json;
  const auto put_text = [&](const std::string& s, bool generated) {
    if (generated) text += s;
    if (!print) return;
    std::fwrite(s.data(), 1, s.size(), stdout);
    if (std::fflush(stdout) != 0) throw Error("standard output could not be written");
  };
  if (request.from) {  // the text so far stands where else the prompt does
    o.prompt.clear();
    for (const int token : request.prompt) o.prompt += stream.push(token);
  }
  std::string opening = o.prompt;  // shown with the first token, so that a terminal's progress line does not run over it
  Outcome r = engine->decode(request, [&](int token) {
    put_text(std::exchange(opening, {}), false);
    if (token != request.eos) put_text(stream.push(token), true);
  });
  put_text(std::exchange(opening, {}), false);
  put_text(stream.finish(), true);
  if (request.keep && r.ok) {
    keep.tokens.assign(request.prompt.begin(), request.prompt.end());
    keep.tokens.insert(keep.tokens.end(), r.tokens.begin(), r.tokens.end());
    keep.logits_hash = r.logits_hash;
    keep.save(o.save_kv);
  }
  if (!r.ok && (o.engine == "float" || o.engine == "golden")) r.report = fmt::format("{}: {}", model::printable(o.model), r.report);
  if (o.json) {
    print_json(to_json(o, request, r, text));
  } else {
    put_text("\n", false);
    print_summary(o, request, r);
  }
  return r.ok ? 0 : 1;
}

}  // namespace

void add_run(CLI::App& app, int& code) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("run", "decode a prompt; the text goes to standard output, the figures to standard error");
  c->add_option("model", o->model, "GGUF file")->required();
  auto* prompt = c->add_option("--prompt", o->prompt, "text to continue")->capture_default_str();
  c->add_option("--tokens", o->tokens, "tokens to generate at most (fewer when the model ends its text)")
      ->check(CLI::Range(1, 131072))->capture_default_str();
  c->add_option("--engine", o->engine,
                "float: float64 reference; golden: bit-exact, no clocks; cycle: golden model clock by clock; "
                "rtl: Verilated RTL; lockstep: RTL and cycle golden compared at every clock")
      ->check(CLI::IsMember({"float", "golden", "cycle", "rtl", "lockstep"}))->capture_default_str();
  c->add_option("--lanes", o->lanes, "lanes of the chip; the result does not depend on it")->check(CLI::Range(1, 8))->capture_default_str();
  c->add_option("--columns", o->clocked.columns, "columns of a lane: activation vectors that meet a weight in one clock (cycle, rtl, lockstep); the result does not depend on it")
      ->check(CLI::Range(1U, pkg::MAX_COLUMNS))->capture_default_str();
  c->add_option("--chips", o->chips, "chips (engine golden alone)")->check(CLI::IsMember({1, 2, 3, 6}))->capture_default_str();
  c->add_option("--threads", o->threads, "threads (engine golden alone); the result does not depend on them")->check(CLI::Range(1, 64))->capture_default_str();
  add_weights(*c, o->format);
  c->add_flag("--special", o->special, "texts of special tokens in the prompt, <|im_start|> say, are those tokens");
  c->add_flag("--ignore-eos", o->ignore_eos, "go on after the end-of-sequence token");
  c->add_option("--temperature", o->sampling.temperature, "draw each token from its probability at this temperature; 0: the likeliest")
      ->check(CLI::Range(0.0, 1000.0))->capture_default_str();
  c->add_option("--top-k", o->sampling.top_k, "draw from the K likeliest tokens alone; 0: from all")->capture_default_str();
  c->add_option("--top-p", o->sampling.top_p, "draw from the likeliest tokens that together have probability P")->check(CLI::Range(0.0, 1.0))->capture_default_str();
  c->add_option("--save-kv", o->save_kv, "write keys, values and tokens to this file, for --load-kv to go on from");
  auto* load_kv = c->add_option("--load-kv", o->load_kv, "go on from this file instead of a prompt, on any engine and any number of lanes");
  c->add_option("--seed", o->clocked.seed, "seed of what is drawn, and of the registers' initial values (rtl, lockstep)")->capture_default_str();
  c->add_option("--load", o->clocked.load, "port: load the image through the host port; direct: place it in the storage")
      ->check(CLI::IsMember({"port", "direct"}))->capture_default_str();
  c->add_option("--timeline", o->clocked.timeline, "write what each unit works on in each clock, for Perfetto's viewer (cycle, lockstep)");
  c->add_option("--rtl-lib", o->clocked.library, "Verilated chip to use instead of the one beside this program (scripts/build_rtl)");
  c->add_option("--plusarg", o->clocked.plusarg, "passed to the RTL, e.g. +htx_mutant=3");
  c->add_option("--failures", o->clocked.triage.folder,
                "folder for what a failing lockstep run leaves: report, waves of its last clocks, events "
                "(default: a new one in failures/ beside this program)");
  c->add_option("--window", o->clocked.triage.window, "clocks of waves up to the failure")->check(CLI::Range(1, 1000000))->capture_default_str();
  c->add_flag("!--no-waves", o->clocked.snapshots, "take no snapshots: a failing run leaves its report alone");
  c->add_option("--snapshots", o->clocked.triage.interval, "clocks between snapshots, from which a failing run goes again")
      ->check(CLI::Range(1000, 100000000))->capture_default_str();
  c->add_flag("--json", o->json, "print one JSON object instead of text and summary");
  load_kv->excludes(prompt);
  c->callback([o, &code] {
    if (o->threads != 1 && o->engine != "golden") throw Error("--threads goes with --engine golden");
    if (o->engine == "float" && !(o->load_kv.empty() && o->save_kv.empty())) throw Error("--save-kv and --load-kv go with the bit-exact engines, not with float");
    if (o->sampling.temperature == 0 && (o->sampling.top_k != 0 || o->sampling.top_p != 1)) throw Error("--top-k and --top-p need a --temperature above 0");
    if (o->sampling.top_p == 0) throw Error("--top-p is above 0 and at most 1");
    if (!o->clocked.timeline.empty() && o->engine != "cycle" && o->engine != "lockstep") throw Error("--timeline goes with --engine cycle or lockstep: the golden is watched");
    if (o->chips != 1 && o->engine != "golden") throw Error("--chips goes with --engine golden: one chip is built in RTL");
    o->clocked.triage.interval = std::max(o->clocked.triage.interval, o->clocked.triage.window);
    code = run(*o);
  });
}

}  // namespace htx::tool
