// SPDX-License-Identifier: Apache-2.0
// A host that does on the pins of the host port whatever the protocol lets it do, and some of what it does not.
#pragma once
#include "golden/chip/host_pins.hpp"
#include "htx/pkg.hpp"
#include "verif/random/case.hpp"
#include "verif/random/rng.hpp"

namespace htx::random {

/// A host without manners: legal and illegal accesses on both ports at once, any order of address and data, slow answers. An
/// eager one leaves no pauses, has two accesses of a kind on their way, and writes starts and resets in flurries.
class RudeHost {
 public:
  explicit RudeHost(unsigned lanes) : lanes_(lanes) {}

  /// What it does from now on follows from `how` and from the chip's answers. `total`: lanes over all chips.
  void begin(const Rude& how, unsigned total) {
    random_ = Random(how.seed);
    ports_ = how.ports;
    storm_ = how.storm;
    eager_ = how.eager;
    total_ = total;
    flurry_ = 0;
  }

  const chip::HostPins& pins() const { return pins_; }
  bool quiet_lite() const { return lite_writes_ == 0 && lite_reads_ == 0; }
  bool quiet() const { return quiet_lite() && writes_ == 0 && reads_ == 0; }

  /// One clock edge; begins nothing new unless `more`, and starts a program only where that `may_start`: an error may have
  /// left a SCORE without its PV, which only a soft reset clears. `event`: something happens inside that is worth meeting.
  void step(const chip::HostAnswer& a, bool more, bool may_start, bool event) {
    may_start_ = may_start;
    event_ = event && eager_;
    if (more || !quiet()) {
      step_lite(a, more && (ports_ & Rude::kLite) != 0);
      step_write(a, more && (ports_ & Rude::kWrite) != 0);
      step_read(a, more && (ports_ & Rude::kRead) != 0);
    }
  }

 private:
  static constexpr unsigned kStarting = 8;  // clocks from the answer to a start until the chip shows what came of it

  bool soon() { return eager_ ? !random_.one_in(6) : random_.one_in(3); }
  bool begins(unsigned pause) { return event_ ? random_.one_in(2) : random_.one_in(eager_ ? 3 : pause); }
  unsigned most() const { return eager_ ? 2 : 1; }  // accesses of a kind on their way

  std::uint16_t offset() {
    if (flurry_ > 0 || (storm_ && random_.one_in(2))) return pkg::REG_CTRL;
    const unsigned kind = random_.below(16);
    return static_cast<std::uint16_t>(kind == 0 ? random_.below(4096) : 4 * random_.below(kind == 1 ? 1024 : 17));
  }

  /// A start only where nothing is half done: none on its way, and idle in order, or a reset goes before.
  std::uint32_t control() {
    const bool reset = flurry_ > 0 ? random_.one_in(2) : random_.one_in(storm_ ? 2 : 40);
    if (reset) return 2 + random_.below(2);  // with a start that does not count
    return start_ == 0 && (may_start_ || reset_ahead_) ? random_.below(flurry_ > 0 ? 4 : 2) != 0 : 0;
  }

  /// Values that keep the stored data legal: what they mean while running is the chip's business.
  std::uint32_t value(std::uint16_t at) {
    const bool wild = random_.one_in(4);
    switch (at) {
      case pkg::REG_CTRL: return control();
      case pkg::REG_LANES_TOTAL: return random_.one_in(2) ? 0 : total_;
      case pkg::REG_VOCAB: return !wild ? 1 + random_.below(224) : random_.one_in(2) ? 0x80000000U : static_cast<std::uint32_t>(random_.bits()) >> random_.below(16);
      case pkg::REG_EOS: return static_cast<std::uint32_t>(random_.bits());
      case pkg::REG_POS: return random_.below(wild ? 400 : 40);
      case pkg::REG_PROMPT: return random_.below(wild ? 400 : 40);
      default: return random_.below(wild ? 0x80000 : 400);
    }
  }

  void begin_lite_write() {
    ++lite_writes_;
    lite_address_ = lite_data_ = true;
    order_ = random_.below(3);
    if (flurry_ > 0) --flurry_;
    else if (eager_ && random_.one_in(6)) flurry_ = 2 + random_.below(4);
    at_ = offset();
    word_ = value(at_);
    strobes_ = flurry_ == 0 && random_.one_in(8) ? static_cast<std::uint8_t>(random_.below(16)) : 15;
    const bool control = at_ == pkg::REG_CTRL && strobes_ == 15;
    reset_ahead_ = control && (word_ & 2) != 0;
    if (control && word_ == 1) start_ = kStarting;
  }

  void step_lite(const chip::HostAnswer& a, bool more) {
    auto& p = pins_;
    if (p.l_awvalid && a.l_awready) p.l_awvalid = false;
    if (p.l_wvalid && a.l_wready) p.l_wvalid = false;
    if (lite_writes_ > 0 && a.l_bvalid && p.l_bready) --lite_writes_;  // else the answer is another host's
    if (lite_writes_ == 0) {
      reset_ahead_ = false;
      if (start_ > 0) --start_;
    }
    const bool free = !lite_address_ && !lite_data_ && !p.l_awvalid && !p.l_wvalid;
    if (lite_writes_ < most() && free && more && (flurry_ > 0 || begins(30))) begin_lite_write();
    if (lite_address_ && (order_ != 1 || !lite_data_) && soon()) {
      lite_address_ = false;
      p.l_awvalid = true;
      p.l_awaddr = at_;
    }
    if (lite_data_ && (order_ != 0 || !lite_address_) && soon()) {
      lite_data_ = false;
      p.l_wvalid = true;
      p.l_wdata = word_;
      p.l_wstrb = strobes_;
    }
    p.l_bready = soon();
    if (p.l_arvalid && a.l_arready) p.l_arvalid = false;
    if (a.l_rvalid && p.l_rready) --lite_reads_;
    if (lite_reads_ < most() && !p.l_arvalid && more && begins(20)) {
      ++lite_reads_;
      p.l_arvalid = true;
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
    b.id = static_cast<std::uint8_t>(random_.below(16));
    b.len = static_cast<std::uint8_t>(random_.one_in(40) ? random_.below(256) : random_.below(random_.one_in(6) ? 24 : 4));
    b.size = random_.one_in(12) ? static_cast<std::uint8_t>(random_.below(8)) : 5;
    b.burst = random_.one_in(12) ? static_cast<std::uint8_t>(random_.below(4)) : 1;
    const unsigned pick = random_.below(16);
    std::uint64_t window = pick < 6 ? 0 : pick < 9 ? 1 : pick < 12 ? 2 : pick < 15 ? 3 : 4;
    // addresses next to every limit; what a program needs is never written, what nobody wrote (setup.hpp) never read
    std::uint64_t index = 0;
    const bool edge = random_.one_in(4);
    switch (window) {
      case 0: index = static_cast<std::uint64_t>(random_.below(lanes_ + (edge ? 2 : 0))) << 28 | (0x20000 + random_.below(512)); break;
      case 1: index = edge ? 1020 + random_.below(8) : (write || random_.one_in(2) ? 512 : 0) + random_.below(100); break;
      case 2: index = static_cast<std::uint64_t>(random_.below(lanes_ + (edge ? 2 : 0))) << 12 | (edge ? 2048 + random_.below(8) : 1024 + random_.below(900) % 100); break;  // kSegmentEntries
      case 3: index = edge ? pkg::TOKEN_WORDS - 4 + random_.below(8) : write || random_.one_in(2) ? 4096 + random_.below(70) : random_.below(500); break;
      default: window = 4 + random_.below(12); index = random_.below(1U << 20);
    }
    if (!edge && window < 4 && random_.one_in(5)) index = (index & ~127ULL) | ((126 + random_.below(4) - b.len) & 127);  // next to 4 KiB
    if (edge && random_.one_in(6)) index |= 1ULL << (17 + random_.below(14));
    b.addr = window << 36 | (index << 5 & 0xfffffffffULL) | (random_.one_in(16) ? random_.below(32) : 0);
    return b;
  }

  void step_write(const chip::HostAnswer& a, bool more) {
    auto& p = pins_;
    if (p.awvalid && a.awready) p.awvalid = false;
    if (p.wvalid && a.wready) {
      p.wvalid = false;
      ++sent_;
    }
    if (a.bvalid && p.bready) --writes_;
    const bool sent = writes_ == 0 || (!p.wvalid && sent_ > p.awlen);
    if (writes_ < most() && sent && !p.awvalid && more && begins(20)) {
      const Burst b = burst(true);
      ++writes_;
      p.awvalid = true;
      p.awid = b.id;
      p.awaddr = b.addr;
      p.awlen = b.len;
      p.awsize = b.size;
      p.awburst = b.burst;
      sent_ = 0;
    }
    if (writes_ > 0 && !p.wvalid && sent_ <= p.awlen && soon()) {
      p.wvalid = true;
      p.wlast = (sent_ == p.awlen) != random_.one_in(40);
      p.wstrb = random_.one_in(10) ? static_cast<std::uint32_t>(random_.bits()) : 0xffffffffU;
      for (auto& w : p.wdata) w = random_.bits();
    }
    p.bready = soon();
  }

  void step_read(const chip::HostAnswer& a, bool more) {
    auto& p = pins_;
    if (p.arvalid && a.arready) p.arvalid = false;
    if (a.rvalid && p.rready && a.rlast) --reads_;
    if (reads_ < most() && !p.arvalid && more && begins(20)) {
      const Burst b = burst(false);
      ++reads_;
      p.arvalid = true;
      p.arid = b.id;
      p.araddr = b.addr;
      p.arlen = b.len;
      p.arsize = b.size;
      p.arburst = b.burst;
    }
    p.rready = soon();
  }

  Random random_{0};
  unsigned lanes_, total_ = 1;
  chip::HostPins pins_;
  unsigned lite_writes_ = 0, lite_reads_ = 0, writes_ = 0, reads_ = 0;  ///< begun and not answered
  bool lite_address_ = false, lite_data_ = false;                       ///< of the newest register write, still to be shown
  unsigned order_ = 0;                                                  ///< 0 address first, 1 data first, 2 as it comes
  std::uint16_t at_ = 0;
  std::uint32_t word_ = 0;
  std::uint8_t strobes_ = 15;
  bool may_start_ = false, event_ = false, storm_ = false, eager_ = false;
  bool reset_ahead_ = false;  ///< the newest register write is a reset on its way
  unsigned start_ = 0;        ///< clocks in which no other start may go
  unsigned flurry_ = 0;       ///< writes of CTRL that follow without a pause
  unsigned ports_ = 0;
  unsigned sent_ = 0;
};

}  // namespace htx::random
