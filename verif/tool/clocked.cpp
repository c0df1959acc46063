// SPDX-License-Identifier: Apache-2.0
#include "verif/tool/clocked.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "golden/chip/chip.hpp"
#include "golden/chip/driver.hpp"
#include "golden/compile/compile.hpp"
#include "golden/compile/layout.hpp"
#include "golden/functional/hash.hpp"
#include "verif/lockstep/lockstep.hpp"
#include "verif/rtl_machine.hpp"

namespace htx::tool {
namespace {

constexpr unsigned kPollClocks = 512;  // between two looks at the token counter; far less than a token takes

/// Folder of this program: the Verilated chips lie beside it.
std::filesystem::path program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

std::filesystem::path rtl_library(unsigned lanes, const ClockedOptions& o) {
  return o.library.empty() ? program_folder() / fmt::format("htx_rtl_L{}.so", lanes) : std::filesystem::path(o.library);
}

/// Names a build in a report: FNV-1a, 64 bits, over the Verilated chip's file.
std::string build_hash(const std::filesystem::path& library) {
  std::ifstream in(library, std::ios::binary);
  std::uint64_t h = functional::kHashSeed;
  for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) h = (h ^ static_cast<unsigned char>(*at)) * 0x100000001b3ULL;
  return fmt::format("{:016x}", h);
}

std::unique_ptr<verif::RtlMachine> load_rtl(unsigned lanes, const ClockedOptions& o) {
  const std::filesystem::path path = rtl_library(lanes, o);
  if (o.library.empty() && !std::filesystem::exists(path) && std::filesystem::exists(program_folder() / "build.ninja")) {
    fmt::print(stderr, "building the chip with {} lanes, once (a minute or two)\n", lanes);
    const std::string command = fmt::format("cmake --build '{}' --target htx_rtl_L{} >&2", program_folder().string(), lanes);
    if (std::system(command.c_str()) != 0) throw Error(fmt::format("{}: could not be built; try: {}", path.string(), command));
  }
  if (!std::filesystem::exists(path))
    throw Error(fmt::format("{}: the Verilated chip is not built; build it with: cmake --build {} --target htx_rtl_L{}", path.string(),
                            program_folder().string(), lanes));
  void* handle = dlopen(std::filesystem::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw Error(fmt::format("{}: {}", path.string(), dlerror()));
  const auto create = reinterpret_cast<verif::CreateRtl>(dlsym(handle, "htx_rtl_create"));
  if (create == nullptr) throw Error(fmt::format("{}: is no Verilated chip of this project", path.string()));
  std::unique_ptr<verif::RtlMachine> rtl(create(o.seed, o.plusarg.c_str()));
  if (rtl->lanes() != lanes) throw Error(fmt::format("{}: has {} lanes, not {}", path.string(), rtl->lanes(), lanes));
  return rtl;
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
    if (mode != ClockedMode::rtl) golden_ = std::make_unique<chip::Chip>(lanes);
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
      load({{0}, 0, -1});
      out.load_clocks = clock_;
      start_and_wait();
      driver_.write_program(0, measured);
      finish_driver();
      beats_ = streaming_ = 0;
      start_and_wait();
      finish(out);
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
      if (triage_) out.report += triage_->leave({clock_, stop.divergence, out.report, options_.replay}, lockstep_.get());
    }
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
    if (rtl_) s = fmt::format("  build       {} {}, registers from seed {}\n", rtl_library(lanes_, options_).string(),
                              build_hash(rtl_library(lanes_, options_)), options_.seed);
    return s + fmt::format("  replay      {}\n", options_.replay);
  }

  const chip::HostAnswer& answer() const { return rtl_ ? rtl_->answer() : golden_->answer(); }

  void step(bool rst_n = true) {
    if (triage_) triage_->begin(clock_);
    const bool same = !lockstep_ || lockstep_->compare();
    if (triage_ && triage_->replaying()) triage_->record(clock_, lockstep_.get(), same);
    else if (!same) throw Stop(lockstep_->report() + origin(), true);
    const chip::HostPins pins = driver_.pins();
    driver_.step(answer());
    watch();
    if (golden_) golden_->step(pins, rst_n);
    if (rtl_) {
      try {
        rtl_->step(pins, rst_n);
      } catch (const std::runtime_error& e) {
        if (triage_ && triage_->replaying()) triage_->end();
        throw Stop(fmt::format("ASSERTION of the RTL at clock {}: {}\n{}{}", clock_, e.what(),
                               lockstep_ ? lockstep_->where() : "", origin()));
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
      if (terminal && n % 16384 == 0) fmt::print(stderr, "\rloading through the host port: clock {}", clock_);
    }
    if (terminal) fmt::print(stderr, "\r\033[K");
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
    driver_.write_reg(pkg::REG_POS, 0);
    driver_.write_reg(pkg::REG_PROMPT, static_cast<std::uint32_t>(request.prompt.size()));
    driver_.write_reg(pkg::REG_LIMIT, static_cast<std::uint32_t>(request.prompt.size() + request.tokens));
    driver_.write_reg(pkg::REG_EOS, request.eos < 0 ? 0 : 0x80000000U | static_cast<std::uint32_t>(request.eos));
    finish_loading();
  }

  void run(const Request& request, const OnToken& on_token, Outcome& out) {
    reset();
    load(request);
    out.load_clocks = clock_;
    beats_ = streaming_ = 0;
    driver_.start();
    std::size_t known = request.prompt.size();
    // A position that streams the whole image once at a hundredth of the memory's speed is no longer alive.
    std::uint64_t bytes = 0;
    for (const auto& lane : image_.lane_images) bytes = std::max<std::uint64_t>(bytes, lane.dram.size() + lane.kv_bytes);
    const std::uint64_t patience = 1000000 + 100 * bytes / 16;
    std::uint64_t progress = clock_;
    std::uint32_t position = 0;
    bool stopped = false;
    while (!stopped) {
      for (unsigned i = 0; i < kPollClocks && !answer().irq; ++i) step();
      stopped = answer().irq;
      const auto count = read_reg(pkg::REG_TOKENS);
      const auto now = read_reg(pkg::REG_POS);
      if (now != position || count != known) progress = clock_;
      position = now;
      if (count > known && count <= request.prompt.size() + request.tokens) {
        const auto ticket = driver_.read_tokens(static_cast<unsigned>(known), count - known);
        finish_driver();
        for (std::size_t i = 0; i < count - known; ++i) {
          std::uint32_t token = 0;
          for (unsigned b = 0; b < 4; ++b) token |= static_cast<std::uint32_t>(ticket->bytes[32 * i + b]) << (8 * b);
          out.logits_hash = functional::hash_logits(std::span(logits_).first(image_.vocab), out.logits_hash.value_or(functional::kHashSeed));
          out.tokens.push_back(static_cast<int>(token));
          on_token(static_cast<int>(token));
        }
        known = count;
      }
      if (clock_ - progress > patience)
        throw Stop(fmt::format("NO PROGRESS for {} clocks at position {}\n{}", clock_ - progress, position, origin()));
    }
    const std::size_t positions = known - 1;
    for (std::size_t i = 0; i < positions; ++i) out.useful_bytes += image_.useful.at(i, i + 1 >= request.prompt.size());
    finish(out);
  }

  void start_and_wait() {
    driver_.start();
    finish_driver();
    while (!answer().irq) step();
  }

  /// The figures behind a run, and its error if it had one.
  void finish(Outcome& out) {
    out.streaming_clocks = streaming_;
    out.bus_beats = beats_;
    const std::uint32_t status = read_reg(pkg::REG_STATUS);
    const std::uint64_t low = read_reg(pkg::REG_CYCLES);
    out.clocks = low | static_cast<std::uint64_t>(read_reg(pkg::REG_CYCLES_HI)) << 32;
    if (status & 4) {
      const std::uint32_t error = read_reg(pkg::REG_ERROR);
      const char* name = pkg::err_e_name(error & 0xff);
      throw Stop(fmt::format("ERROR {} at position {}, program counter {}, source {}\n{}", name ? name : "?", read_reg(pkg::REG_POS),
                             error >> 16, error >> 8 & 0xff, origin()));
    }
  }

  const compile::Image& image_;
  unsigned lanes_;
  const ClockedOptions& options_;
  std::unique_ptr<chip::Chip> golden_;
  std::unique_ptr<verif::RtlMachine> rtl_;
  std::unique_ptr<verif::Lockstep> lockstep_;
  std::unique_ptr<verif::Triage> triage_;
  chip::Driver driver_;
  std::vector<float> logits_;
  std::uint64_t clock_ = 0, beats_ = 0, streaming_ = 0, streaming_until_ = 0;
};

class ClockedEngine final : public Engine {
 public:
  ClockedEngine(const model::Model& m, ClockedMode mode, unsigned lanes, std::uint32_t context, ClockedOptions options)
      : mode_(mode), lanes_(lanes), options_(std::move(options)) {
    compile::Options o;
    o.lanes = lanes;
    o.context = context;
    image_ = compile::compile(m, o);
    if (mode != ClockedMode::cycle) load_rtl(lanes, options_);  // refuse early
  }
  Outcome decode(const Request& request, const OnToken& on_token) override {
    return Session(image_, mode_, lanes_, options_).decode(request, on_token);
  }

 private:
  ClockedMode mode_;
  unsigned lanes_;
  ClockedOptions options_;
  compile::Image image_;
};

/// Constants and a matrix in segments of their own, and the program that quantises the vector.
compile::Image product_image(const model::QMatrix& matrix, const std::vector<float>& x, unsigned lanes) {
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
  image.program = {load, quantise, pkg::instr_t{}};
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
  const compile::Image image = product_image(matrix, x, lanes);
  pkg::instr_t product;
  product.op = pkg::OP_MATVEC;
  product.flags = static_cast<std::uint16_t>(1U << pkg::FLAG_WAIT | (bits == 8 ? 1U << pkg::FLAG_W8 : 0U));
  product.a = 1;
  product.d = static_cast<std::uint16_t>(cols / pkg::BLK);
  product.n = static_cast<std::uint16_t>(cols / pkg::BLK);
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

std::unique_ptr<Engine> make_clocked_engine(const model::Model& m, ClockedMode mode, unsigned lanes, std::uint32_t context,
                                            const ClockedOptions& options) {
  return std::make_unique<ClockedEngine>(m, mode, lanes, context, options);
}

}  // namespace htx::tool
