// SPDX-License-Identifier: Apache-2.0
// A host that does on the pins of the host port whatever the protocol lets it do, and some of what it does not.
#pragma once
#include "golden/chip/host_pins.hpp"
#include "htx/pkg.hpp"
#include "verif/random/case.hpp"
#include "verif/random/rng.hpp"

namespace htx::random {

/// A host without manners: legal and illegal accesses on both ports at once, any order of address and data, slow answers.
class RudeHost {
 public:
  explicit RudeHost(unsigned lanes) : lanes_(lanes) {}

  /// What it does from now on follows from `how` and from the chip's answers.
  void begin(const Rude& how) {
    random_ = Random(how.seed);
    ports_ = how.ports;
    storm_ = how.storm;
  }

  const chip::HostPins& pins() const { return pins_; }
  bool quiet_lite() const { return !lite_write_ && !lite_read_; }
  bool quiet() const { return !lite_write_ && !lite_read_ && !write_ && !read_; }

  /// One clock edge; begins nothing new unless `more`, and starts a program only where that `may_start`: an error may have
  /// left a SCORE without its PV, which only a soft reset clears.
  void step(const chip::HostAnswer& a, bool more, bool may_start) {
    may_start_ = may_start;
    if (more || !quiet()) {
      step_lite(a, more && (ports_ & Rude::kLite) != 0);
      step_write(a, more && (ports_ & Rude::kWrite) != 0);
      step_read(a, more && (ports_ & Rude::kRead) != 0);
    }
  }

 private:
  bool soon() { return random_.one_in(3); }

  std::uint16_t offset() {
    if (storm_ && random_.one_in(2)) return pkg::REG_CTRL;
    const unsigned kind = random_.below(16);
    return static_cast<std::uint16_t>(kind == 0 ? random_.below(4096) : 4 * random_.below(kind == 1 ? 1024 : 17));
  }

  /// Values that keep the stored data legal: what they mean while running is the chip's business.
  std::uint32_t value(std::uint16_t at) {
    const bool wild = random_.one_in(4);
    switch (at) {
      case pkg::REG_CTRL: return random_.one_in(storm_ ? 2 : 40) ? 2 : may_start_ ? random_.below(2) : 0;
      case pkg::REG_LANES_TOTAL: return random_.one_in(2) ? 0 : lanes_;
      case pkg::REG_VOCAB: return 1 + random_.below(224);
      case pkg::REG_EOS: return static_cast<std::uint32_t>(random_.bits());
      case pkg::REG_POS: return random_.below(wild ? 400 : 40);
      case pkg::REG_PROMPT: return random_.below(wild ? 400 : 40);
      default: return random_.below(wild ? 0x80000 : 400);
    }
  }

  void step_lite(const chip::HostAnswer& a, bool more) {
    auto& p = pins_;
    if (p.l_awvalid && a.l_awready) p.l_awvalid = false;
    if (p.l_wvalid && a.l_wready) p.l_wvalid = false;
    if (a.l_bvalid && p.l_bready) lite_write_ = false;
    if (!lite_write_ && more && random_.one_in(30)) {
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
      p.l_wstrb = random_.one_in(8) ? static_cast<std::uint8_t>(random_.below(16)) : 15;
    }
    p.l_bready = soon();
    if (p.l_arvalid && a.l_arready) p.l_arvalid = false;
    if (a.l_rvalid && p.l_rready) lite_read_ = false;
    if (!lite_read_ && more && random_.one_in(20)) {
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
    b.id = static_cast<std::uint8_t>(random_.below(16));
    b.len = static_cast<std::uint8_t>(random_.below(random_.one_in(6) ? 24 : 4));
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
      case 2: index = static_cast<std::uint64_t>(random_.below(lanes_ + (edge ? 2 : 0))) << 12 | (edge ? 2048 + random_.below(8) : 1024 + random_.below(900)); break;
      case 3: index = edge ? 8188 + random_.below(8) : write || random_.one_in(2) ? 4096 + random_.below(70) : random_.below(500); break;
      default: window = 4 + random_.below(12); index = random_.below(1U << 20);
    }
    if (edge && random_.one_in(6)) index |= 1ULL << (15 + random_.below(16));
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
    if (a.bvalid && p.bready) write_ = false;
    if (!write_ && more && random_.one_in(20)) {
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
      p.wlast = (sent_ == p.awlen) != random_.one_in(40);
      p.wstrb = random_.one_in(10) ? static_cast<std::uint32_t>(random_.bits()) : 0xffffffffU;
      for (auto& w : p.wdata) w = random_.bits();
    }
    p.bready = soon();
  }

  void step_read(const chip::HostAnswer& a, bool more) {
    auto& p = pins_;
    if (p.arvalid && a.arready) p.arvalid = false;
    if (a.rvalid && p.rready && a.rlast) read_ = false;
    if (!read_ && more && random_.one_in(20)) {
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

  Random random_{0};
  unsigned lanes_;
  chip::HostPins pins_;
  bool lite_write_ = false, lite_read_ = false, lite_address_ = false, lite_data_ = false, write_ = false, read_ = false;
  bool may_start_ = false, storm_ = false;
  unsigned ports_ = 0;
  unsigned sent_ = 0;
};

}  // namespace htx::random
