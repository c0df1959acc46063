// SPDX-License-Identifier: Apache-2.0
#include "verif/tool/clocked.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <stdexcept>

#include "golden/chip/chip.hpp"
#include "golden/chip/driver.hpp"
#include "golden/compile/compile.hpp"
#include "golden/compile/layout.hpp"
#include "golden/compile/program.hpp"
#include "golden/functional/hash.hpp"
#include "golden/functional/kv_pages.hpp"
#include "verif/lockstep/lockstep.hpp"
#include "verif/rtl_library.hpp"
#include "verif/tool/output.hpp"
#include "verif/tool/timeline.hpp"

namespace htx::tool {
namespace {

constexpr unsigned kPollClocks = 512;  // between two looks at the token counter; far less than a token takes

/// Folder of this program: the Verilated chips lie beside it.
std::filesystem::path program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

std::filesystem::path rtl_library(unsigned lanes, const ClockedOptions& o) {
  return o.library.empty() ? program_folder() / (verif::library_name(lanes, o.columns) + ".so") : std::filesystem::path(o.library);
}

/// The Verilated chip: the one given, or the one beside this program, built first where it is absent or its RTL has changed.
std::unique_ptr<verif::RtlMachine> load_rtl(unsigned lanes, const ClockedOptions& o) {
  const std::filesystem::path path = rtl_library(lanes, o), folder = program_folder(), rtl = HTX_RTL_FOLDER;
  const std::string command = fmt::format("cmake --build '{}' --target {}", folder.string(), verif::library_name(lanes, o.columns));
  const auto fit = [&] {
    return std::filesystem::exists(path) && (!o.library.empty() || !std::filesystem::exists(rtl) || verif::is_current(path, rtl));
  };
  if (o.library.empty() && !fit() && std::filesystem::exists(folder / "build.ninja")) {
    say(fmt::format("building the chip with {} lane{}{} (a minute or two)\n", lanes, lanes == 1 ? "" : "s",
                    o.columns > 1 ? fmt::format(" of {} columns", o.columns) : ""));
    if (std::system((command + " >&2").c_str()) != 0) throw Error(fmt::format("{}: could not be built; try: {}", path.string(), command));
  }
  if (!fit()) {
    const char* why = std::filesystem::exists(path) ? "was made from other RTL than there is now" : "the Verilated chip is not built";
    throw Error(fmt::format("{}: {}; build it with: {}", path.string(), why, command));
  }
  std::unique_ptr<verif::RtlMachine> machine = verif::load_rtl(path, o.seed, o.plusarg);
  if (machine->columns() != o.columns) throw Error(fmt::format("{}: has {} columns, not {}", path.string(), machine->columns(), o.columns));
  if (machine->lanes() != lanes) throw Error(fmt::format("{}: has {} lanes, not {}", path.string(), machine->lanes(), lanes));
  return machine;
}

/// With a folder of its own for every run that fails.
verif::TriageOptions triage_options(const ClockedOptions& o) {
  verif::TriageOptions t = o.triage;
  if (t.folder.empty()) {
    const std::time_t now = std::time(nullptr);
    char text[32];
    std::strftime(text, sizeof(text), "%Y%m%d-%H%M%S", std::localtime(&now));
    t.folder = (program_folder() / "failures" / fmt::format("{}-{}", text, ::getpid())).string();
  }
  return t;
}

/// One decode on the machines of a mode: load, start, watch, collect.
class Session {
 public:
  Session(const compile::Image& image, ClockedMode mode, unsigned lanes, const ClockedOptions& options)
      : image_(image), lanes_(lanes), options_(options) {
    if (mode != ClockedMode::rtl) golden_ = std::make_unique<chip::Chip>(lanes, options.columns);
    if (mode != ClockedMode::cycle) rtl_ = load_rtl(lanes, options);
    if (mode == ClockedMode::lockstep && options.snapshots) triage_ = std::make_unique<verif::Triage>(triage_options(options), *rtl_);
    logits_.resize((image.vocab + 7) / 8 * 8);
  }

  Outcome decode(const Request& request, const OnToken& on_token) {
    const double begin = cpu_seconds();
    Outcome out;
    return guarded([&] { run(request, on_token, out); }, out, begin);
  }

  /// Runs the image's program once, then `measured` alone.
  Outcome measure(const std::vector<pkg::instr_t>& measured) {
    const double begin = cpu_seconds();
    Outcome out;
    return guarded([&] {
      reset();
      Request nothing;
      nothing.prompt = {0};
      load(nothing);
      out.load_clocks = clock_;
      start_and_wait();
      driver_.write_program(0, measured);
      finish_driver();
      beats_ = streaming_ = 0;
      start_and_wait();
      if (figures(out)) stop_for_error();
    }, out, begin);
  }

 private:
  template <class F>
  Outcome guarded(F&& f, Outcome& out, double begin) {
    try {
      f();
    } catch (const Stop& stop) {
      if (triage_ && triage_->replaying()) triage_->end();
      out.ok = false;
      out.report = stop.what();
      out.positions = golden_ ? golden_->seq().out().pos : position_;
      if (stop.divergence) out.difference = lockstep_->difference();
      if (triage_) out.report += triage_->leave({clock_, stop.divergence, out.report, options_.replay}, lockstep_.get());
    }
    if (timeline_) timeline_->write(options_.timeline);
    out.seconds = cpu_seconds() - begin;
    out.clocks_compared = lockstep_ ? lockstep_->clocks() : 0;
    return out;
  }

  /// Ends a run early: divergence, assertion, error register, no progress.
  struct Stop : std::runtime_error {
    explicit Stop(const std::string& what, bool differ = false) : std::runtime_error(what), divergence(differ) {}
    bool divergence;
  };

  /// What ran, and the command that runs it again.
  std::string origin() const {
    std::string s;
    if (rtl_) s = fmt::format("  build       {}, RTL {}, registers from seed {}\n", rtl_library(lanes_, options_).string(),
                              verif::made_from(rtl_library(lanes_, options_)), options_.seed);
    return s + fmt::format("  replay      {}\n", options_.replay);
  }

  const chip::HostAnswer& answer() const { return rtl_ ? rtl_->answer() : golden_->answer(); }

  void step(bool rst_n = true) {
    if (triage_) triage_->begin(clock_);
    const bool same = !lockstep_ || lockstep_->compare();
    if (triage_ && triage_->replaying()) triage_->record(clock_, lockstep_.get(), same);
    else if (!same) throw Stop(lockstep_->report() + origin(), true);
    if (timeline_) {
      golden_->probe(probes_);
      timeline_->see(clock_, probes_);
    }
    const chip::HostPins pins = driver_.pins();
    driver_.step(answer());
    watch();
    if (golden_) golden_->step(pins, rst_n);
    if (rtl_) {
      try {
        rtl_->step(pins, rst_n);
      } catch (const verif::AssertionFailed& e) {
        if (triage_ && triage_->replaying()) triage_->end();
        throw Stop(fmt::format("ASSERTION of the RTL at clock {}: {}\n{}{}", clock_, e.what(),
                               lockstep_ ? lockstep_->around(e.scope) : "", origin()));
      }
    }
    ++clock_;
  }

  /// What pins show besides the host port: logits as they pass, and transfers on the memory channels.
  void watch() {
    if (rtl_) {
      if (rtl_->logits().valid) take_logits(rtl_->logits().addr, rtl_->logits().data);
      transfers(rtl_->transfers());
    } else {
      if (golden_->logits().valid) take_logits(golden_->logits().addr, golden_->logits().data);
      transfers(golden_->transfers());
    }
  }

  void take_logits(std::uint32_t word, const Bits<4>& data) {
    for (unsigned i = 0; i < 8; ++i) {
      const std::size_t at = 8 * static_cast<std::size_t>(word) + i;
      if (at < logits_.size()) logits_[at] = std::bit_cast<float>(static_cast<std::uint32_t>(data[i / 2] >> (32 * (i % 2))));
    }
  }

  void transfers(unsigned begun) {
    beats_ += 2 * begun;  // a burst occupies its channel for two clocks
    if (begun != 0) streaming_until_ = clock_ + 2;
    if (clock_ < streaming_until_) ++streaming_;
  }

  void finish_driver() {
    while (!driver_.idle()) step();
  }

  /// Loading takes long before the first word comes: a terminal sees it go on.
  void finish_loading() {
    const bool terminal = isatty(STDERR_FILENO) != 0;
    for (std::uint64_t n = 0; !driver_.idle(); ++n) {
      step();
      if (terminal && n % 16384 == 0) say(fmt::format("\rloading through the host port: clock {}", clock_));
    }
    if (terminal) say("\r\033[K");
  }
  std::uint32_t read_reg(std::uint32_t offset) {
    const auto ticket = driver_.read_reg(offset);
    finish_driver();
    return ticket->value;
  }

  void reset() {
    for (int i = 0; i < 4; ++i) step(false);
    if (golden_ && rtl_) lockstep_ = std::make_unique<verif::Lockstep>(*golden_, *rtl_, image_, clock_);
  }

  void load(const Request& request) {
    for (unsigned i = 0; i < lanes_; ++i) {
      const compile::LaneImage& lane = image_.lane_images[i];
      if (options_.load == "direct") {
        if (golden_) golden_->storage(i).write_bytes(0, lane.dram);
        if (rtl_) rtl_->storage(i).write_bytes(0, lane.dram);
      } else if (!lane.dram.empty()) {
        driver_.write_dram(i, 0, lane.dram);
      }
      driver_.write_segments(i, 0, lane.segments);
    }
    driver_.write_program(0, image_.program);
    const std::vector<std::uint32_t> tokens(request.prompt.begin(), request.prompt.end());
    driver_.write_tokens(0, tokens);
    driver_.write_reg(pkg::REG_VOCAB, image_.vocab);
    driver_.write_reg(pkg::REG_LANES_TOTAL, image_.lanes_total());
    if (request.from) load_kv(*request.from);
    const bool step_by_step = request.sampling.temperature != 0;
    driver_.write_reg(pkg::REG_POS, request.from ? request.from->positions() : 0);
    driver_.write_reg(pkg::REG_PROMPT, static_cast<std::uint32_t>(request.prompt.size()));
    driver_.write_reg(pkg::REG_LIMIT, static_cast<std::uint32_t>(request.prompt.size() + (step_by_step ? 1 : request.tokens)));
    driver_.write_reg(pkg::REG_EOS, request.eos < 0 || step_by_step ? 0 : 0x80000000U | static_cast<std::uint32_t>(request.eos));
    finish_loading();
  }

  void load_kv(const functional::KvCache& cache) {
    for (const functional::KvPage& page : functional::kv_pages(image_, cache.positions())) {
      std::vector<std::uint8_t> bytes = functional::page_bytes(cache, page);
      if (options_.load == "direct") {
        const std::uint64_t at = std::uint64_t{page.burst} * pkg::BURST_BYTES;
        if (golden_) golden_->storage(page.lane).write_bytes(at, bytes);
        if (rtl_) rtl_->storage(page.lane).write_bytes(at, bytes);
      } else {
        driver_.write_dram(page.lane, page.burst, std::move(bytes));
      }
    }
  }

  void save_kv(functional::KvCache& cache) {
    cache.resize(position_);
    for (const functional::KvPage& page : functional::kv_pages(image_, position_)) {
      std::vector<std::uint8_t> bytes(std::size_t{page.bursts} * pkg::BURST_BYTES);
      if (options_.load == "direct") {
        (rtl_ ? rtl_->storage(page.lane) : golden_->storage(page.lane)).read_bytes(std::uint64_t{page.burst} * pkg::BURST_BYTES, bytes);
      } else {
        const auto ticket = driver_.read_dram(page.lane, page.burst, bytes.size());
        finish_driver();
        bytes = ticket->bytes;
      }
      functional::take_page(cache, page, bytes);
    }
  }

  void run(const Request& request, const OnToken& on_token, Outcome& out) {
    reset();
    load(request);
    out.load_clocks = clock_;
    if (!options_.timeline.empty()) timeline_ = std::make_unique<Timeline>(image_, lanes_);
    beats_ = streaming_ = 0;
    const std::uint32_t first = request.from ? request.from->positions() : 0;
    if (request.from) out.logits_hash = request.from->logits_hash;
    position_ = first;
    functional::Sampler sampler(request.sampling);
    // A position that streams the whole image once at a hundredth of the memory's speed is no longer alive.
    std::uint64_t bytes = 0;
    for (const auto& lane : image_.lane_images) bytes = std::max<std::uint64_t>(bytes, lane.dram.size() + lane.kv_bytes);
    patience_ = 1000000 + 100 * bytes / 16;
    std::size_t known = request.prompt.size();
    const auto generated = [&](std::uint32_t token) {
      out.logits_hash = functional::hash_logits(std::span(logits_).first(image_.vocab), out.logits_hash.value_or(functional::kHashSeed));
      out.tokens.push_back(static_cast<int>(token));
      on_token(static_cast<int>(token));
      ++known;
    };
    bool error = false, more = true;
    while (more && !error) {
      driver_.start();
      watch_run(known, request.prompt.size() + request.tokens, [&](std::uint32_t token) {
        if (sampler.greedy()) return generated(token);
        // the chip has stopped behind the position: the host's choice takes the place of the largest logit's
        const std::uint32_t chosen = sampler.pick(std::span(logits_).first(image_.vocab), known);
        if (chosen != token) driver_.write_tokens(static_cast<unsigned>(known), std::array{chosen});
        generated(chosen);
      });
      error = figures(out);
      more = !sampler.greedy() && out.tokens.size() < request.tokens && (out.tokens.empty() || out.tokens.back() != request.eos);
      if (more && !error) {
        driver_.write_reg(pkg::REG_POS, position_);
        driver_.write_reg(pkg::REG_PROMPT, static_cast<std::uint32_t>(known));
        driver_.write_reg(pkg::REG_LIMIT, static_cast<std::uint32_t>(known + 1));
        finish_driver();
      }
    }
    out.positions = position_ - first;
    out.useful_bytes = image_.useful.over(first, position_, request.prompt.size(), compile::pass_tokens(image_.program));
    if (error) stop_for_error();
    if (request.keep) save_kv(*request.keep);
  }

  /// Sees a run to its interrupt; gives every token that stands behind the `known` ones, below `end` of them.
  template <class F>
  void watch_run(const std::size_t& known, std::size_t end, F&& token_came) {
    std::uint64_t progress = clock_;
    std::size_t seen = known;
    for (bool stopped = false; !stopped;) {
      for (unsigned i = 0; i < kPollClocks && !(driver_.idle() && answer().irq); ++i) step();
      stopped = driver_.idle() && answer().irq;
      const auto count = read_reg(pkg::REG_TOKENS);
      const auto now = read_reg(pkg::REG_POS);
      if (now != position_ || count != seen) progress = clock_;
      seen = count;
      position_ = now;
      if (count > known && count <= end) {
        const std::size_t before = known;
        const auto ticket = driver_.read_tokens(static_cast<unsigned>(before), count - before);
        finish_driver();
        for (std::size_t i = 0; i < count - before; ++i) {
          std::uint32_t token = 0;
          for (unsigned b = 0; b < 4; ++b) token |= static_cast<std::uint32_t>(ticket->bytes[32 * i + b]) << (8 * b);
          token_came(token);
        }
      }
      if (clock_ - progress > patience_)
        throw Stop(fmt::format("NO PROGRESS for {} clocks at position {}\n{}", clock_ - progress, position_, origin()));
    }
  }

  void start_and_wait() {
    driver_.start();
    finish_driver();
    while (!answer().irq) step();
  }

  /// Adds the figures of a run that has stopped; whether it stopped with an error.
  bool figures(Outcome& out) {
    out.streaming_clocks = streaming_;
    out.bus_beats = beats_;
    const std::uint64_t low = read_reg(pkg::REG_CYCLES);
    out.clocks += low | static_cast<std::uint64_t>(read_reg(pkg::REG_CYCLES_HI)) << 32;
    out.counters.lanes.resize(lanes_);
    for (unsigned i = 0; i < out.counters.chip.size(); ++i) out.counters.chip[i] += read_counter(pkg::REG_PERF + 8 * i);
    for (unsigned l = 0; l < lanes_; ++l)
      for (unsigned i = 0; i < 4; ++i) out.counters.lanes[l][i] += read_counter(pkg::REG_LANE + 32 * l + 8 * i);
    return (read_reg(pkg::REG_STATUS) & 4) != 0;
  }

  std::uint64_t read_counter(std::uint32_t offset) {
    const std::uint64_t low = read_reg(offset);
    return low | static_cast<std::uint64_t>(read_reg(offset + 4)) << 32;
  }

  [[noreturn]] void stop_for_error() {
    const std::uint32_t error = read_reg(pkg::REG_ERROR);
    const char* name = pkg::err_e_name(error & 0xff);
    throw Stop(fmt::format("ERROR {} at position {}, program counter {}, source {}\n{}", name ? name : "?", read_reg(pkg::REG_POS),
                           error >> 16, error >> 8 & 0xff, origin()));
  }

  const compile::Image& image_;
  unsigned lanes_;
  const ClockedOptions& options_;
  std::unique_ptr<chip::Chip> golden_;
  std::unique_ptr<verif::RtlMachine> rtl_;
  std::unique_ptr<verif::Lockstep> lockstep_;
  std::unique_ptr<verif::Triage> triage_;
  std::unique_ptr<Timeline> timeline_;
  chip::probe::Chip probes_;  ///< for the timeline
  chip::Driver driver_;
  std::vector<float> logits_;
  std::uint64_t clock_ = 0, beats_ = 0, streaming_ = 0, streaming_until_ = 0;
  std::uint32_t position_ = 0;  ///< that the chip ran when last asked
  std::uint64_t patience_ = 0;  ///< clocks without a new position or token
};

class ClockedEngine final : public Engine {
 public:
  ClockedEngine(compile::Image image, ClockedMode mode, ClockedOptions options)
      : image_(std::move(image)), mode_(mode), options_(std::move(options)) {
    if (mode != ClockedMode::cycle) load_rtl(image_.lanes, options_);  // refuse early
  }
  Outcome decode(const Request& request, const OnToken& on_token) override {
    return Session(image_, mode_, image_.lanes, options_).decode(request, on_token);
  }

 private:
  compile::Image image_;
  ClockedMode mode_;
  ClockedOptions options_;
};

/// Constants and a matrix in segments of their own, and the program that quantises the vector for every column.
compile::Image product_image(const model::QMatrix& matrix, const std::vector<float>& x, unsigned lanes, unsigned columns) {
  compile::Graph graph;
  const auto units = static_cast<std::uint32_t>(matrix.rows / pkg::BLK), tiles = static_cast<std::uint32_t>(matrix.cols / pkg::BLK);
  compile::Tensor vector, weights;
  vector.symbol.kind = compile::SegmentKind::norm;
  vector.symbol.name = "x";
  vector.symbol.units = tiles;
  vector.symbol.unit_bursts = 4;
  vector.values = x;
  weights.symbol.kind = compile::SegmentKind::matrix;
  weights.symbol.name = "w";
  weights.symbol.bits = matrix.bits;
  weights.symbol.units = units;
  weights.symbol.unit_bursts = tiles * weights.symbol.tile_bursts();
  weights.symbol.parts.push_back({"w", {}});
  for (std::size_t r = 0; r < matrix.rows; ++r) weights.symbol.parts[0].rows.push_back(static_cast<std::int32_t>(r));
  for (std::size_t c = 0; c < matrix.cols; ++c) weights.symbol.cols.push_back(static_cast<std::int32_t>(c));
  weights.matrices.push_back(&matrix);
  graph.tensors.push_back(std::move(vector));
  graph.tensors.push_back(std::move(weights));
  const auto dealings = compile::shard(graph, lanes);
  const auto maps = compile::map_memory(graph, dealings, lanes, {});
  compile::Image image;
  image.lanes = lanes;
  image.chips = 1;
  image.vocab = 1;
  for (unsigned i = 0; i < lanes; ++i) image.lane_images.push_back({compile::lane_dram(graph, dealings, maps[i], i), 0, maps[i].segments});
  for (auto& t : graph.tensors) image.segments.push_back(t.symbol);
  pkg::instr_t load, quantise;
  load.op = pkg::OP_LOADV;
  load.n = 1;
  quantise.op = pkg::OP_VQUANT;
  quantise.flags = 1U << pkg::FLAG_WAIT;
  quantise.n = static_cast<std::uint16_t>(tiles);
  quantise.e = 1;
  image.program = {load};
  for (unsigned c = 0; c < columns; ++c) {
    quantise.cols = static_cast<std::uint8_t>(c);
    image.program.push_back(quantise);
  }
  image.program.push_back(pkg::instr_t{});
  image.symbols.resize(image.program.size());
  return image;
}

}  // namespace

Outcome clock_product(unsigned rows, unsigned cols, int bits, ClockedMode mode, unsigned lanes, const ClockedOptions& options) {
  model::QMatrix matrix(rows, cols, bits == 4 ? model::WeightFormat::q4_0 : model::WeightFormat::q8_0);
  std::mt19937_64 rng(options.seed);
  const int top = bits == 4 ? 8 : 127;
  for (auto& v : matrix.values) v = static_cast<std::int8_t>(static_cast<int>(rng() % static_cast<unsigned>(2 * top)) - top);
  for (auto& s : matrix.scales) s = static_cast<std::uint16_t>(0x2000 + rng() % 0x400);  // 2^-7 to 2^-6
  std::vector<float> x(cols);
  for (auto& v : x) v = static_cast<float>(static_cast<double>(rng() >> 11) * 0x1p-52 - 1.0);
  const compile::Image image = product_image(matrix, x, lanes, options.columns);
  pkg::instr_t product;
  product.op = pkg::OP_MATVEC;
  product.flags = static_cast<std::uint16_t>(1U << pkg::FLAG_WAIT | (bits == 8 ? 1U << pkg::FLAG_W8 : 0U));
  product.a = 1;
  product.d = static_cast<std::uint16_t>(cols / pkg::BLK);
  product.n = static_cast<std::uint16_t>(cols / pkg::BLK);
  product.cols = static_cast<std::uint8_t>(options.columns - 1);
  product.e = static_cast<std::uint16_t>(rows / pkg::BLK);
  Outcome out = Session(image, mode, lanes, options).measure({product, pkg::instr_t{}});
  out.positions = 1;
  out.useful_bytes = static_cast<std::uint64_t>(rows) * cols * static_cast<unsigned>(bits) / 8 + static_cast<std::uint64_t>(rows) * (cols / pkg::BLK) * 2;
  return out;
}

ClockedMode clocked_mode(const std::string& engine) {
  if (engine == "cycle") return ClockedMode::cycle;
  if (engine == "rtl") return ClockedMode::rtl;
  return ClockedMode::lockstep;
}

std::unique_ptr<Engine> make_clocked_engine(compile::Image image, ClockedMode mode, const ClockedOptions& options) {
  return std::make_unique<ClockedEngine>(std::move(image), mode, options);
}

}  // namespace htx::tool
