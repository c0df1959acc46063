// SPDX-License-Identifier: Apache-2.0
#include "verif/random/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "golden/compile/compile.hpp"
#include "verif/random/content.hpp"
#include "verif/random/rules.hpp"
#include "verif/random/setup.hpp"

namespace htx::random {
namespace {

constexpr std::uint64_t kPatience = 20000;  // clocks without a sign of life; the longest instruction reads for 8,200 before it writes
constexpr std::uint64_t kRescue = 4096;        // an access waits for what is at work, but not for ever
constexpr std::uint64_t kSetupClocks = 200000;
constexpr std::uint64_t kPause = 100;          // clocks

}  // namespace

/// Ends a case early.
struct Session::Stop : std::runtime_error {
  Stop(Failure f, bool differ) : std::runtime_error(f.report), failure(std::move(f)), divergence(differ) {}
  Failure failure;
  bool divergence;
};

Session::Session(const Case& c, verif::RtlMachine& rtl, const verif::TriageOptions* triage, std::string origin, std::string replay)
    : case_(c), rtl_(&rtl), lanes_(rtl.lanes()), origin_(std::move(origin)), replay_(std::move(replay)), golden_(lanes_, rtl.columns()), rude_(lanes_) {
  image_.lanes = lanes_;
  image_.chips = 1;
  image_.lane_images.resize(lanes_);
  if (triage != nullptr) triage_ = std::make_unique<verif::Triage>(*triage, rtl);
}

Outcome Session::run() {
  Outcome out;
  try {
    power_up();
    for (const Run& r : case_.runs) one(r);
    compare();
  } catch (const Stop& stop) {
    if (triage_ && triage_->replaying()) triage_->end();
    out.failure = stop.failure;
    if (triage_) out.failure->report += triage_->leave({clock_, stop.divergence, out.failure->report, replay_}, lockstep_.get());
  }
  if (triage_ && triage_->replaying()) triage_->end();
  out.clocks = clock_;
  out.counts = statistics_.counts();
  return out;
}

void Session::power_up() {
  for (unsigned l = 0; l < lanes_; ++l) {
    for (const Region& r : case_.regions)
      if (r.lane < 0 || static_cast<unsigned>(r.lane) == l) lay(r, l, golden_.storage(l));
    lay_setup(case_, l, lanes_, golden_.storage(l));
    rtl_->storage(l) = golden_.storage(l);
  }
  for (unsigned i = 0; i < 4; ++i) step(false);
  lockstep_ = std::make_unique<verif::Lockstep>(golden_, *rtl_, image_, clock_);
  for (unsigned l = 0; l < lanes_; ++l)
    for (const Segment& s : case_.segments) driver_.write_segments(l, s.entry, std::vector{dealt(s, l, lanes_ + case_.others)});
  drain();
}

/// For the report: what the sequencer's program counter means from now on.
void Session::load_program(const std::vector<pkg::instr_t>& program, const std::string& name) {
  image_.program = program;
  image_.program.push_back({});
  image_.symbols.assign(image_.program.size(), {name, false});
  driver_.write_program(0, image_.program);
}

void Session::registers(const Run& run) {
  const auto known = static_cast<std::uint32_t>(run.position + run.tokens.size());
  driver_.write_reg(pkg::REG_LANES_TOTAL, lanes_ + case_.others);
  driver_.write_reg(pkg::REG_VOCAB, run.vocab);
  driver_.write_reg(pkg::REG_POS, run.position);
  driver_.write_reg(pkg::REG_PROMPT, known);
  driver_.write_reg(pkg::REG_LIMIT, run.limit);
  driver_.write_reg(pkg::REG_EOS, run.eos);
}

void Session::load(const Run& run) {
  const Setup s = setup(case_, run);
  driver_.write_reg(pkg::REG_WATCHDOG, 0xffffffff);
  for (unsigned i = 0; i < pkg::BREAKS; ++i) driver_.write_reg(pkg::REG_BREAK + 4 * i, 0);
  driver_.write_reg(pkg::REG_LANES_TOTAL, lanes_);  // what is loaded first comes from the lanes that are there
  for (unsigned l = 0; l < lanes_; ++l)
    for (const Segment& g : s.segments) driver_.write_segments(l, g.entry, std::vector{dealt(g, l, lanes_)});
  if (!s.program.empty()) {
    load_program(s.program, "setup");
    driver_.start();
    wait(kSetupClocks);
  }
  Reads reads;
  undefined(case_, run, &reads);
  if (run.rude) {
    for (const Range& r : kProgramWords) driver_.write_program(r.first, std::vector<pkg::instr_t>(r.count));
    for (unsigned l = 0; l < lanes_; ++l)
      for (const Range& r : kSegmentEntries) driver_.write_segments(l, r.first, std::vector<pkg::seg_t>(r.count));
    for (const Range& r : kTokenWords) driver_.write_tokens(r.first, std::vector<std::uint32_t>(r.count));
  }
  for (unsigned pc = static_cast<unsigned>(run.program.size()) + 1; pc < pkg::PROG_WORDS; ++pc)
    if (reads.program[pc]) driver_.write_program(pc, std::vector<pkg::instr_t>(1));
  load_program(run.program, fmt::format("run {}", &run - case_.runs.data()));
  if (run.position < pkg::TOKEN_WORDS && !run.tokens.empty())
    driver_.write_tokens(run.position, std::span(run.tokens).first(std::min<std::size_t>(run.tokens.size(), pkg::TOKEN_WORDS - run.position)));
  registers(run);
  drain();
}

void Session::one(const Run& run) {
  const auto& seq = golden_.seq().out();
  if (run.reset || seq.busy || seq.error) {
    driver_.soft_reset();
    drain();
  }
  load(run);
  driver_.start();
  drain();
  execute(run);
  for (unsigned at = 0; at <= pkg::REG_BREAK + 4 * pkg::BREAKS; at += 4) driver_.read_reg(at);
  drain();
}

void Session::access(const HostAccess& a) {
  using Kind = HostAccess::Kind;
  const unsigned lane = a.lane % lanes_;
  switch (a.kind) {
    case Kind::read_reg: driver_.read_reg(a.at); break;
    case Kind::write_reg: driver_.write_reg(a.at, a.value); break;
    case Kind::read_dram: driver_.read_dram(lane, a.at, std::size_t{a.bursts} * pkg::BURST_BYTES); break;
    case Kind::write_dram: driver_.write_dram(lane, a.at, content({"values", a.value}, lane, a.bursts)); break;
  }
}

void Session::execute(const Run& run) {
  const std::uint64_t begin = clock_;
  if (run.rude) rude_.begin(*run.rude, lanes_ + case_.others);
  std::size_t next = 0;
  std::uint64_t busy = clock_;  // last clock in which it was: after a host's soft reset there is nothing to wait for
  const auto ended = [&] {
    if (golden_.seq().out().busy) busy = clock_;
    return (golden_.answer().irq && !golden_.seq().out().busy) || clock_ - begin >= run.clocks || clock_ - busy > 64;
  };
  std::uint64_t paused = clock_;  // last clock in which it was not
  while (!ended() || (run.rude && clock_ - begin < run.rude->until)) {
    while (next < run.host.size() && run.host[next].clock <= clock_ - begin) {
      statistics_.count("host accesses while running");
      access(run.host[next++]);
    }
    if (!golden_.seq().out().paused) paused = clock_;
    if (clock_ - paused == kPause) {  // somebody lets it go on
      statistics_.count("pauses ended by a host");
      driver_.write_reg(pkg::REG_CTRL, 8);
      paused = clock_;
    }
    step(true, run.rude ? &run : nullptr, begin);
  }
  const auto& seq = golden_.seq().out();
  const char* error = seq.error ? pkg::err_e_name(seq.error_word & 0xff) : nullptr;
  statistics_.count(std::string("end ") + (seq.done ? "done" : error != nullptr ? error : seq.busy ? "cut short" : "reset"));
  drain();
}

void Session::wait(std::uint64_t clocks) {
  drain();
  for (const std::uint64_t begin = clock_; !golden_.answer().irq && clock_ - begin < clocks;) step();
}

void Session::drain() {
  std::uint64_t begin = clock_;
  for (auto before = driver_.progress(); !driver_.idle() || !rude_.quiet() || !rescue_.idle();) {
    if (driver_.progress() != before) {
      before = driver_.progress();
      begin = clock_;
    }
    if ((clock_ - begin) % kRescue == kRescue - 1 && rescue_.idle()) {  // a program that was cut short may never let it go
      statistics_.count("accesses freed by a soft reset");
      rescue_.soft_reset();
    }
    step();
    if (clock_ - begin > kSetupClocks) stuck("a host's access");
  }
  step();
}

void Session::compare() {
  if (!lockstep_) return;
  const bool same = lockstep_->compare();
  if (triage_ && triage_->replaying()) {
    triage_->record(clock_, lockstep_.get(), same);
    return;
  }
  if (!same) {
    const auto d = lockstep_->difference();
    throw Stop({"divergence", d->block, d->signal.substr(0, d->signal.find('[')), clock_, lockstep_->report() + origin_}, true);
  }
  watch_progress();
}

void Session::watch_progress() {
  const chip::probe::Chip& p = lockstep_->golden();
  statistics_.see(p, golden_);
  const auto pc = static_cast<std::uint16_t>(p.seq_.pc_q);
  if (!golden_.seq().out().busy || pc != pc_ || golden_.transfers() != 0 || p.vector_.we_o || p.vector_.act_we_o || p.collect_.we_o) progress_ = clock_;
  pc_ = pc;
  if (clock_ - progress_ >= kPatience) stuck("the program");
}

void Session::stuck(const char* who) {
  throw Stop({"no progress", "", "", clock_, fmt::format("NO PROGRESS of {}, RTL and golden alike, at clock {}\n{}{}", who, clock_,
                                                         lockstep_->around("htx_chip.g_lane[0].u_lane.u_stream"), origin_)}, false);
}

void Session::step(bool rst_n, const Run* rude, std::uint64_t since) {
  if (triage_) triage_->begin(clock_);
  compare();
  const bool drive = !driver_.idle() && rude_.quiet();
  chip::HostPins pins = drive ? driver_.pins() : rude_.pins();
  const chip::HostAnswer seen = rtl_->answer();
  if (!rescue_.idle() && rude_.quiet_lite()) {
    const chip::HostPins& r = rescue_.pins();
    pins.l_awvalid = r.l_awvalid, pins.l_wvalid = r.l_wvalid, pins.l_bready = r.l_bready;
    pins.l_awaddr = r.l_awaddr, pins.l_wdata = r.l_wdata, pins.l_wstrb = r.l_wstrb;
    rescue_.step(seen);
  }
  if (drive) {
    driver_.step(seen);
  } else {
    const std::uint64_t at = clock_ - since;
    const bool more = rude != nullptr && driver_.idle() && at >= rude->rude->from && at < rude->rude->until;
    const auto& seq = golden_.seq().out();
    const bool event = seq.lane_cmd_valid || seq.busy != was_busy_;  // what comes down to a clock: commands, starts and ends
    was_busy_ = seq.busy;
    rude_.step(seen, more, !seq.busy && !seq.error, event);
  }
  golden_.step(pins, rst_n);
  try {
    rtl_->step(pins, rst_n);
  } catch (const verif::AssertionFailed& e) {
    if (triage_ && triage_->replaying()) triage_->end();
    std::string where = e.what();  // FOLDER/htx_x.sv:12: text
    if (const auto colon = where.find(": "); colon != std::string::npos) where = where.substr(0, colon);
    if (const auto slash = where.rfind('/'); slash != std::string::npos) where = where.substr(slash + 1);
    throw Stop({"assertion", "", where, clock_, fmt::format("ASSERTION of the RTL at clock {}: {}\n{}{}", clock_, e.what(),
                                                            lockstep_ ? lockstep_->around(e.scope) : "", origin_)}, false);
  }
  ++clock_;
}

}  // namespace htx::random
