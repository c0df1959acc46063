// SPDX-License-Identifier: Apache-2.0
// RTL and golden chip side by side: random memories and programs, one after another, compared at every clock.
#pragma once
#include <fmt/format.h>

#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "golden/chip/chip.hpp"
#include "golden/chip/driver.hpp"
#include "verif/block_lockstep.hpp"
#include "verif/random/programs.hpp"
#include "verif/random/rude_host.hpp"
#include "verif/rtl_machine.hpp"

namespace htx::random {

/// A difference or an assertion, in words.
struct Caught : std::runtime_error {
  using std::runtime_error::runtime_error;
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

  /// Single instructions with one operand at a limit, a program each: most stop at once with their error.
  void limits() {
    driver_.soft_reset();
    load_segments();
    for (unsigned i = 0; i < 100; ++i) {
      std::vector<pkg::instr_t> p;
      while (p.empty()) add_random(p, random_);
      p = {p[random_.below(static_cast<unsigned>(p.size()))], op(pkg::OP_HALT)};
      spoil(p[0], random_);
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
    driver_.write_program(0, program(illegal, random_));
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

}  // namespace htx::random
