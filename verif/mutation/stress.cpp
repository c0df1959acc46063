// SPDX-License-Identifier: Apache-2.0
// mutation_stress: what a decode never does. Random and illegal programs over random memory, a host that interferes on both
// of its ports, soft resets in the middle; RTL and golden chip compared at every clock.
//
// Exit codes are those of `htx run`: 0 every clock matched, 1 a difference or an assertion (its report in the JSON on standard
// output), 2 could not run. Everything follows from --seed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "golden/chip/chip.hpp"
#include "golden/chip/driver.hpp"
#include "verif/block_lockstep.hpp"
#include "verif/rtl_library.hpp"

namespace {

using namespace htx;

struct Caught : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t bits() { return engine_(); }
  unsigned below(unsigned n) { return static_cast<unsigned>(engine_() % n); }
  bool one_in(unsigned n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

/// A host without manners: legal and illegal accesses on both ports at once, any order of address and data, slow answers.
class RudeHost {
 public:
  RudeHost(Random& random, unsigned lanes) : random_(&random), lanes_(lanes) {}

  const chip::HostPins& pins() const { return pins_; }
  bool quiet() const { return !lite_write_ && !lite_read_ && !write_ && !read_; }

  /// Many soft resets, until told otherwise.
  void storm(bool on) { storm_ = on; }

  /// One clock edge; begins nothing new unless `more`, and starts a program only where that `may_start`: an error may have
  /// left a SCORE without its PV, which only a soft reset clears.
  void step(const chip::HostAnswer& a, bool more, bool may_start) {
    may_start_ = may_start;
    step_lite(a, more);
    step_write(a, more);
    step_read(a, more);
  }

 private:
  bool soon() { return random_->one_in(3); }

  std::uint16_t offset() {
    if (storm_ && random_->one_in(2)) return pkg::REG_CTRL;
    const unsigned kind = random_->below(16);
    return static_cast<std::uint16_t>(kind == 0 ? random_->below(4096) : 4 * random_->below(kind == 1 ? 1024 : 17));
  }

  /// Values that keep the stored data legal: what they mean while running is the chip's business.
  std::uint32_t value(std::uint16_t at) {
    const bool wild = random_->one_in(4);
    switch (at) {
      case pkg::REG_CTRL: return random_->one_in(storm_ ? 2 : 40) ? 2 : may_start_ ? random_->below(2) : 0;
      case pkg::REG_LANES_TOTAL: return random_->one_in(2) ? 0 : lanes_;
      case pkg::REG_VOCAB: return 1 + random_->below(224);
      case pkg::REG_EOS: return static_cast<std::uint32_t>(random_->bits());
      case pkg::REG_POS: return random_->below(wild ? 400 : 40);
      case pkg::REG_PROMPT: return random_->below(wild ? 400 : 40);
      default: return random_->below(wild ? 0x80000 : 400);
    }
  }

  void step_lite(const chip::HostAnswer& a, bool more) {
    auto& p = pins_;
    if (p.l_awvalid && a.l_awready) p.l_awvalid = false;
    if (p.l_wvalid && a.l_wready) p.l_wvalid = false;
    if (a.l_bvalid && p.l_bready) lite_write_ = false;
    if (!lite_write_ && more && random_->one_in(30)) {
      lite_write_ = lite_address_ = lite_data_ = true;
    }
    if (lite_address_ && soon()) {
      lite_address_ = false;
      p.l_awvalid = true;
      if (lite_data_) p.l_awaddr = offset();
      p.l_wdata = lite_data_ ? value(p.l_awaddr) : p.l_wdata;
    }
    if (lite_data_ && !lite_address_ && soon()) {  // the word goes with the address that was chosen
      lite_data_ = false;
      p.l_wvalid = true;
      p.l_wstrb = random_->one_in(8) ? static_cast<std::uint8_t>(random_->below(16)) : 15;
    }
    p.l_bready = soon();
    if (p.l_arvalid && a.l_arready) p.l_arvalid = false;
    if (a.l_rvalid && p.l_rready) lite_read_ = false;
    if (!lite_read_ && more && random_->one_in(20)) {
      lite_read_ = p.l_arvalid = true;
      p.l_araddr = offset();
    }
    p.l_rready = soon();
  }

  struct Burst {
    std::uint64_t addr;
    std::uint8_t id, len, size, burst;
  };

  Burst burst(bool write) {
    Burst b{};
    b.id = static_cast<std::uint8_t>(random_->below(16));
    b.len = static_cast<std::uint8_t>(random_->below(random_->one_in(6) ? 24 : 4));
    b.size = random_->one_in(12) ? static_cast<std::uint8_t>(random_->below(8)) : 5;
    b.burst = random_->one_in(12) ? static_cast<std::uint8_t>(random_->below(4)) : 1;
    const unsigned pick = random_->below(16);
    const std::uint64_t window = pick < 6 ? 0 : pick < 9 ? 1 : pick < 12 ? 2 : pick < 15 ? 3 : random_->below(16);
    // addresses next to every limit; what a program needs is never written
    std::uint64_t index = 0;
    const bool edge = random_->one_in(4);
    switch (window) {
      case 0: index = static_cast<std::uint64_t>(random_->below(lanes_ + (edge ? 2 : 0))) << 28 | (0x20000 + random_->below(512)); break;
      case 1: index = edge ? 1020 + random_->below(8) : write ? 512 + random_->below(500) : random_->below(1024); break;
      case 2: index = static_cast<std::uint64_t>(random_->below(lanes_ + (edge ? 2 : 0))) << 12 | (edge ? 2048 + random_->below(8) : 1024 + random_->below(900)); break;
      case 3: index = edge ? 8188 + random_->below(8) : write ? 4096 + random_->below(4000) : random_->below(8192); break;
      default: index = random_->below(1U << 20);
    }
    if (edge && random_->one_in(6)) index |= 1ULL << (15 + random_->below(16));
    b.addr = window << 36 | (index << 5 & 0xfffffffffULL) | (random_->one_in(16) ? random_->below(32) : 0);
    return b;
  }

  void step_write(const chip::HostAnswer& a, bool more) {
    auto& p = pins_;
    if (p.awvalid && a.awready) p.awvalid = false;
    if (p.wvalid && a.wready) {
      p.wvalid = false;
      ++sent_;
    }
    if (a.bvalid && p.bready) write_ = false;
    if (!write_ && more && random_->one_in(20)) {
      const Burst b = burst(true);
      write_ = p.awvalid = true;
      p.awid = b.id;
      p.awaddr = b.addr;
      p.awlen = b.len;
      p.awsize = b.size;
      p.awburst = b.burst;
      sent_ = 0;
    }
    if (write_ && !p.wvalid && sent_ <= p.awlen && soon()) {
      p.wvalid = true;
      p.wlast = (sent_ == p.awlen) != random_->one_in(40);
      p.wstrb = random_->one_in(10) ? static_cast<std::uint32_t>(random_->bits()) : 0xffffffffU;
      for (auto& w : p.wdata) w = random_->bits();
    }
    p.bready = soon();
  }

  void step_read(const chip::HostAnswer& a, bool more) {
    auto& p = pins_;
    if (p.arvalid && a.arready) p.arvalid = false;
    if (a.rvalid && p.rready && a.rlast) read_ = false;
    if (!read_ && more && random_->one_in(20)) {
      const Burst b = burst(false);
      read_ = p.arvalid = true;
      p.arid = b.id;
      p.araddr = b.addr;
      p.arlen = b.len;
      p.arsize = b.size;
      p.arburst = b.burst;
    }
    p.rready = soon();
  }

  Random* random_;
  unsigned lanes_;
  chip::HostPins pins_;
  bool lite_write_ = false, lite_read_ = false, lite_address_ = false, lite_data_ = false, write_ = false, read_ = false;
  bool may_start_ = false, storm_ = false;
  unsigned sent_ = 0;
};

/// Both chips, stepped together and compared.
class Bench {
 public:
  Bench(std::unique_ptr<verif::RtlMachine> rtl, std::uint64_t seed)
      : random_(seed), rtl_(std::move(rtl)), lanes_(rtl_->lanes()), golden_(lanes_), host_(random_, lanes_) {}

  void run(std::uint64_t clocks) {
    hard_reset();
    fill_memories();
    while (clock_ < clocks) {
      limits();
      for (unsigned i = 0; i < 5; ++i) round();
    }
  }
  std::uint64_t clock() const { return clock_; }
  const std::map<std::string, unsigned>& ends() const { return ends_; }  ///< how the programs ended

 private:
  void step(const chip::HostPins& pins, bool rst_n) {
    golden_.step(pins, rst_n);
    try {
      rtl_->step(pins, rst_n);
    } catch (const std::runtime_error& e) {
      throw Caught(fmt::format("ASSERTION of the RTL at clock {}: {}", clock_, e.what()));
    }
  }

  void compare() {
    golden_.probe(*expected_);
    rtl_->read(*actual_);
    if (std::memcmp(expected_.get(), actual_.get(), sizeof(chip::probe::Chip)) == 0) return;
    std::string text;
    chip::probe::Chip::each(*expected_, lanes_, [&](const auto& block, unsigned copy) {
      using P = std::remove_cvref_t<decltype(block)>;
      const auto at = reinterpret_cast<const char*>(&block) - reinterpret_cast<const char*>(expected_.get());
      const auto& other = *reinterpret_cast<const P*>(reinterpret_cast<const char*>(actual_.get()) + at);
      if (!text.empty() || verif::same(block, other)) return;
      const std::string all = verif::differences(block, other);
      text = fmt::format("DIVERGENCE at clock {} in {} of lane {}\n  signals\n    {}", clock_, P::block, copy,
                         all.substr(std::strlen(P::block) + 1));
    });
    throw Caught(text);
  }

  /// One compared clock; the driver has the pins while it has work, else the rude host, who begins nothing unless `rude`.
  void tick(bool rude = false) {
    const bool drive = !driver_.idle() && host_.quiet();
    const chip::HostPins pins = drive ? driver_.pins() : host_.pins();
    const chip::HostAnswer seen = rtl_->answer();
    if (drive) driver_.step(seen);
    else host_.step(seen, rude && driver_.idle(), !golden_.seq().out().busy && !golden_.seq().out().error);
    step(pins, true);
    ++clock_;
    compare();
  }

  void drain() {
    while (!driver_.idle() || !host_.quiet()) tick();
    tick();
  }

  void hard_reset() {
    for (int i = 0; i < 4; ++i) step({}, false);
  }

  /// fp32 and fp16 patterns below 2 in magnitude; `wild`: among them zeros, blocks of very small values, and every extreme.
  void fill_storage(bool wild) {
    static constexpr std::uint32_t extremes[] = {0x7f800000, 0xff800000, 0x7fc00000, 0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff,
                                                 0xff7fffff, 0x7e800000, 0x0d800000, 0x80000000, 0x43000000, 0xc2fc0000, 0x4b000000};
    std::vector<std::uint32_t> data(0x18000 * pkg::BURST_BYTES / 4);
    for (unsigned l = 0; l < lanes_; ++l) {
      for (std::size_t i = 0; i < data.size(); i += 32) {  // a block of fp32
        const unsigned kind = wild ? random_.below(64) : 63;
        for (std::size_t j = i; j < i + 32; ++j) {
          const auto r = random_.bits();
          data[j] = static_cast<std::uint32_t>(r) & 0xbbffbbff;
          if (kind == 0) data[j] = 0;
          else if (kind == 1) data[j] &= 0x807fffff;
          else if (kind == 2) data[j] = (data[j] & 0x80ffffff) | 0x0c000000;
          else if (kind == 3 && (r >> 60) == 0) data[j] = extremes[(r >> 40) % std::size(extremes)];
        }
      }
      golden_.storage(l).write_bytes(0, {reinterpret_cast<const std::uint8_t*>(data.data()), 4 * data.size()});
      rtl_->storage(l) = golden_.storage(l);
    }
  }

  /// Memories start with unknown contents; a program may read what was never written only where that is no matter.
  void fill_memories() {
    driver_.write_program(0, std::vector<pkg::instr_t>(pkg::PROG_WORDS));
    std::vector<std::uint32_t> tokens(pkg::TOKEN_WORDS);
    for (auto& t : tokens) t = random_.below(224);
    driver_.write_tokens(0, tokens);
    fill_storage(false);
    load_segments();
    constexpr unsigned wait = 1U << pkg::FLAG_WAIT;
    driver_.write_program(0, std::vector{
        op(pkg::OP_LOADV, 0), op(pkg::OP_VQUANT, 0, 0, 0, pkg::ACT_BLOCKS, 4, wait),
        op(pkg::OP_VQUANT, 0, 0, 0, pkg::KVBUF_BLOCKS / 2, 2, pkg::Q_KEY << pkg::FLAG_QMODE),
        op(pkg::OP_VQUANT, 0, 0, pkg::KVBUF_BLOCKS / 2, pkg::KVBUF_BLOCKS / 2, 2, pkg::Q_VAL << pkg::FLAG_QMODE)});
    driver_.start();
    drain();
    while (!golden_.answer().irq) tick();
  }

  pkg::seg_t dealt(unsigned lane, unsigned units, std::uint32_t addr) const {
    pkg::seg_t s;
    s.addr = addr;
    s.first = static_cast<std::uint8_t>(lane);
    s.count = static_cast<std::uint16_t>(units > lane ? (units - lane + lanes_ - 1) / lanes_ : 0);
    return s;
  }

  void load_segments() {
    for (unsigned l = 0; l < lanes_; ++l) {
      std::vector<pkg::seg_t> s;
      s.push_back(dealt(l, pkg::VMEM_BLOCKS, 0));
      for (unsigned i = 1; i < 8; ++i) s.push_back(dealt(l, 1 + below_[i % 4], 0x2000 + 34 * (7 * i % 16)));
      for (unsigned i = 8; i < 12; ++i) s.push_back(dealt(l, (5 * i) % 9, 4 * (i * 11 % 100)));
      for (unsigned h = 0; h < 4; ++h) {
        pkg::seg_t page;
        page.addr = 0x8000 + h * 0x4000;
        page.first = static_cast<std::uint8_t>((l + lanes_ - h % lanes_) % lanes_);
        s.push_back(page);
      }
      driver_.write_segments(l, 0, s);
      driver_.write_segments(l, pkg::SEG_ENTRIES - 1, std::vector{dealt(l, 2, 0x40)});
    }
  }

  static pkg::instr_t op(unsigned code, unsigned a = 0, unsigned b = 0, unsigned d = 0, unsigned n = 0, unsigned e = 0, unsigned flags = 0) {
    pkg::instr_t i;
    i.op = static_cast<std::uint8_t>(code);
    i.a = static_cast<std::uint16_t>(a);
    i.b = static_cast<std::uint16_t>(b);
    i.d = static_cast<std::uint16_t>(d);
    i.n = static_cast<std::uint16_t>(n);
    i.e = static_cast<std::uint16_t>(e);
    i.flags = static_cast<std::uint16_t>(flags);
    return i;
  }

  void add_random(std::vector<pkg::instr_t>& p) {
    constexpr unsigned wait = 1U << pkg::FLAG_WAIT;
    const auto pick = [this](unsigned n) { return random_.below(n); };
    const unsigned n = 1 + pick(6), from = pick(900), to = 1000 + pick(900);
    switch (pick(13)) {
      case 0: p.push_back(op(pkg::OP_MATVEC, 1 + pick(7), pick(1000), to, n, 0, wait | pick(2) << pkg::FLAG_W8)); break;
      case 1: p.push_back(op(pkg::OP_MATVEC, 1 + pick(7), pick(1000), 1000 + pick(400), n, 100 + pick(300), wait | 1U << pkg::FLAG_PAIR)); break;
      case 2: p.push_back(op(pkg::OP_EMBED, 1, 0, to, n, 0, wait)); break;
      case 3: p.push_back(op(pkg::OP_LOADV, 8 + pick(4), 0, to, pick(3), 0, wait | pick(2) << pkg::FLAG_POS)); break;
      case 4:  // many short commands: queues fill
        for (unsigned i = 4 + pick(16); i > 0; --i) p.push_back(op(pkg::OP_LOADV, 8 + pick(4), 0, 1000 + pick(900)));
        break;
      case 5:
      case 6: {
        const unsigned kt = 1 + pick(3), seg = 12 + kt;  // a segment's pages all have one size
        p.push_back(op(pkg::OP_VQUANT, from, pick(900), 0, kt, kt, wait | pkg::Q_KEY << pkg::FLAG_QMODE));
        p.push_back(op(pkg::OP_VQUANT, from + 10, 0, kt, kt, kt, wait | pkg::Q_VAL << pkg::FLAG_QMODE));
        auto query = op(pkg::OP_VQUANT, from + 20, pick(900), 7, kt, kt, wait | pkg::Q_QRY << pkg::FLAG_QMODE);
        query.elem = static_cast<std::uint8_t>(pick(32));
        p.push_back(query);
        p.push_back(op(pkg::OP_APPEND, seg, 0, 0, kt, 0, wait));
        p.push_back(op(pkg::OP_SCORE, seg, 7, 0, kt, 0, wait));
        p.push_back(op(pkg::OP_PV, seg, 0, to, kt, 0, wait));
        // the same query again and again without a wait: the queues of lanes and tree fill with attention
        for (unsigned i = pick(2) * pick(12); i > 0; --i) {
          p.push_back(op(pkg::OP_SCORE, seg, 7, 0, kt));
          p.push_back(op(pkg::OP_PV, seg, 0, to, kt));
        }
        break;
      }
      case 7: p.push_back(op(pkg::OP_VQUANT, from, 0, pick(900), n, 1 + pick(4), wait)); break;
      case 8: {
        auto add = op(pick(2) ? pkg::OP_ADDI : pkg::OP_LDI, pick(3));
        add.rd = static_cast<std::uint8_t>(pick(8));
        p.push_back(add);
        break;
      }
      case 9:
        p.push_back(op(pkg::OP_LOOP, 0, 0, 0, 1 + pick(3)));
        if (pick(2)) add_random(p);
        p.push_back(op(pkg::OP_ENDL));
        break;
      default: {
        static constexpr unsigned ops[] = {pkg::OP_VADD, pkg::OP_VMUL, pkg::OP_VEXP2, pkg::OP_VRCP, pkg::OP_VRSQRT, pkg::OP_VSUMSQ};
        const unsigned code = ops[pick(6)];
        auto v = op(code, from, pick(900), to, n + pick(20), 1 + pick(4), wait * pick(2));
        if (code == pkg::OP_VADD || code == pkg::OP_VMUL)
          v.flags |= static_cast<std::uint16_t>(pick(8) << pkg::FLAG_BSCALAR & ~(pick(2) << pkg::FLAG_BPERIOD));
        v.elem = static_cast<std::uint8_t>(pick(32));
        p.push_back(v);
      }
    }
  }

  /// One field of one instruction next to, or beyond, what it may hold.
  void spoil(pkg::instr_t& i) {
    static constexpr unsigned limits[] = {0, 1, pkg::HEAD_BLOCKS, pkg::KVBUF_BLOCKS, pkg::ACT_BLOCKS, pkg::VMEM_BLOCKS, 0x8000, 0xffff};
    const auto v = static_cast<std::uint16_t>(limits[random_.below(8)] + random_.below(3) - 1);
    const bool lane = i.op >= pkg::OP_MATVEC && i.op <= pkg::OP_PV;
    switch (random_.below(6)) {
      case 0: i.a = lane && v < pkg::SEG_ENTRIES ? pkg::SEG_ENTRIES : v; break;
      case 1: i.b = v; break;
      case 2: i.d = v; break;
      case 3: i.n = lane && v < pkg::ACT_BLOCKS && v > 8 ? pkg::ACT_BLOCKS : lane && v > 0 && i.op >= pkg::OP_APPEND ? 9 : v; break;
      case 4: i.e = v; break;
      default: i.op = static_cast<std::uint8_t>(random_.below(256)); break;
    }
    if (i.op == pkg::OP_LOOP && i.n > 4) i.n = 0;
    // keys and values never run past the append buffer (asserted in htx_stream_append)
    const bool appends = i.op == pkg::OP_VQUANT && (i.flags >> pkg::FLAG_QMODE & 3) >= pkg::Q_KEY;
    if (appends && i.d < pkg::KVBUF_BLOCKS && i.d + i.n > pkg::KVBUF_BLOCKS) i.d = pkg::KVBUF_BLOCKS;
    if (i.op >= pkg::OP_MATVEC && i.op <= pkg::OP_PV && !lane) i.n = 0x8000;  // a lane instruction by accident: refused
  }

  std::vector<pkg::instr_t> program(bool illegal) {
    constexpr unsigned wait = 1U << pkg::FLAG_WAIT;
    std::vector<pkg::instr_t> p;
    if (random_.one_in(3)) p = {op(pkg::OP_LOADV, 0), op(pkg::OP_VADD, 0, 0, 1990, 1, 0, wait)};  // what fill_storage left there
    const auto top = static_cast<unsigned>(p.size());
    p.push_back(op(pkg::OP_TOKEN));
    for (unsigned i = 8 + random_.below(12); i > 0; --i) add_random(p);
    if (illegal) spoil(p[top + 1 + random_.below(static_cast<unsigned>(p.size()) - top - 1)]);
    const auto skip = static_cast<unsigned>(p.size());
    p.push_back(op(pkg::OP_SKIP, 0, 0, 0, 0, skip + 2));
    p.push_back(op(pkg::OP_MATVEC, 1 + random_.below(7), random_.below(1000), 0, 1 + random_.below(3), 0,
                   wait | 1U << pkg::FLAG_W8 | 1U << pkg::FLAG_ARGMAX | 1U << pkg::FLAG_NOSTORE));
    p.push_back(op(pkg::OP_NEXT, 0, 0, 0, 0, illegal && random_.one_in(4) ? pkg::PROG_WORDS - 1 + random_.below(3) : top));
    return p;
  }

  /// Single instructions with one operand at a limit, a program each: most stop at once with their error.
  void limits() {
    driver_.soft_reset();
    load_segments();
    for (unsigned i = 0; i < 100; ++i) {
      std::vector<pkg::instr_t> p;
      while (p.empty()) add_random(p);
      p = {p[random_.below(static_cast<unsigned>(p.size()))], op(pkg::OP_HALT)};
      spoil(p[0]);
      if (p[0].op >= pkg::OP_APPEND && p[0].op <= pkg::OP_PV) p[0].n = random_.one_in(2) ? 0 : 9;  // alone they would wait for ever
      driver_.write_program(0, p);
      driver_.start();
      drain();
      for (unsigned left = 2000; left > 0 && !golden_.answer().irq; --left) tick();
      if (!golden_.answer().irq) {  // a long one
        driver_.soft_reset();
        drain();
      }
    }
  }

  void round() {
    for (auto& b : below_) b = random_.below(7);
    const bool illegal = random_.one_in(2);
    if (random_.one_in(4)) fill_storage(random_.one_in(3));
    driver_.soft_reset();
    load_segments();
    driver_.write_program(0, program(illegal));
    driver_.write_reg(pkg::REG_VOCAB, random_.one_in(8) ? 100 : 224);
    const unsigned first = random_.one_in(12) ? pkg::TOKEN_WORDS - 2 : random_.below(3) * 32 * lanes_ + random_.below(2) * 30;
    const unsigned prompt = first + (random_.one_in(10) ? 0 : 1 + random_.below(3));
    driver_.write_reg(pkg::REG_POS, first);
    driver_.write_reg(pkg::REG_PROMPT, prompt);
    driver_.write_reg(pkg::REG_LIMIT, prompt + random_.below(3));
    driver_.write_reg(pkg::REG_EOS, random_.one_in(2) ? 0 : 0x80000000U | random_.below(8));
    drain();
    driver_.start();
    drain();
    const bool rude = random_.one_in(2);
    for (unsigned left = 2000 + random_.below(30000); left > 0 && !golden_.answer().irq; --left) tick(rude);
    host_.storm(rude && random_.one_in(2));
    if (rude)
      for (unsigned left = 2000; left > 0; --left) tick(true);
    host_.storm(false);
    const auto* error = golden_.seq().out().error ? pkg::err_e_name(golden_.seq().out().error_word & 0xff) : nullptr;
    ++ends_[golden_.seq().out().done ? "done" : error ? error : "running"];
    for (unsigned at = 0; at <= pkg::REG_LAST; at += 4) driver_.read_reg(at);
    drain();
  }

  Random random_;
  std::unique_ptr<verif::RtlMachine> rtl_;
  unsigned lanes_;
  chip::Chip golden_;
  RudeHost host_;
  chip::Driver driver_;
  unsigned below_[4] = {};
  std::map<std::string, unsigned> ends_;
  std::unique_ptr<chip::probe::Chip> expected_ = std::make_unique<chip::probe::Chip>(), actual_ = std::make_unique<chip::probe::Chip>();
  std::uint64_t clock_ = 0;
};

}  // namespace

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
    fmt::print(stderr, "mutation_stress: {}\n", e.what());
    return 2;
  }
  fmt::print("{}\n", j.dump(2));
  return j["ok"] ? 0 : 1;
}
