// SPDX-License-Identifier: Apache-2.0
// Twin of htx_host_csr with htx_host_perf (docs/blocks/host.md): the registers and what they configure.
#include <algorithm>
#include <optional>

#include "golden/chip/host.hpp"
#include "golden/chip/host_address.hpp"

namespace htx::chip {
namespace {

constexpr unsigned kSoftResetClocks = 4;
constexpr std::uint32_t kPosMask = (1U << pkg::POS_W) - 1;

std::uint32_t at_most(std::uint32_t value, std::uint32_t most) { return std::min(value, most); }

/// Which of the words of BREAK an address is, if one.
std::optional<unsigned> breakpoint(std::uint32_t address) {
  if (address < pkg::REG_BREAK || address >= pkg::REG_BREAK + 4 * pkg::BREAKS || address % 4) return {};
  return (address - pkg::REG_BREAK) / 4;
}

constexpr std::uint32_t kLaneBytes = 32;  // of one lane's counters
constexpr std::uint64_t kCountMask = (std::uint64_t{1} << pkg::PERF_BITS) - 1;

/// A performance counter's register: which (of the chip, or of a lane), and which half.
struct Counter {
  std::optional<unsigned> lane;
  unsigned number;
  bool high;
};
std::optional<Counter> counter(std::uint32_t offset, unsigned lanes) {
  if (offset % 4) return {};
  if (offset >= pkg::REG_PERF && offset < pkg::REG_PERF + 8 * 3) return Counter{{}, (offset - pkg::REG_PERF) / 8, offset % 8 != 0};
  if (offset < pkg::REG_LANE || offset >= pkg::REG_LANE + kLaneBytes * lanes) return {};
  const std::uint32_t at = offset - pkg::REG_LANE;
  return Counter{at / kLaneBytes, at % kLaneBytes / 8, offset % 8 != 0};
}

}  // namespace

/// A write of CTRL; false where the document says SLVERR.
bool Host::control(const In& in, bool busy, bool core_ran) {
  if (wdata_ & 2) {
    out_.core_rst_n = false;
    soft_left_ = kSoftResetClocks - 1;
    return true;
  }
  const bool start = wdata_ & 1, stop = wdata_ & 4, go = wdata_ & 8;
  if ((start && (busy || !core_ran)) || (go && !in.paused)) return false;
  out_.start = start;
  out_.ctl.stop = stop;
  out_.ctl.go = go;
  if (start) cycles_ = 0;
  return true;
}

/// Performs the register write that stands; false where the document says SLVERR.
bool Host::write_register(bool busy) {
  switch (awaddr_) {
    case pkg::REG_WATCHDOG: out_.ctl.watchdog = wdata_; return true;
    case pkg::REG_BAD: bad_ = {}; return true;
    case pkg::REG_LIMIT: out_.cfg_limit = at_most(wdata_, kPosMask); return true;
    case pkg::REG_EOS:
      out_.cfg_eos_en = wdata_ >> 31;
      out_.cfg_eos = at_most(wdata_ & 0x7fffffff, 0x3ffff);
      return true;
    default: break;
  }
  if (const auto i = breakpoint(awaddr_)) {
    out_.ctl.break_en = static_cast<std::uint8_t>((out_.ctl.break_en & ~(1U << *i)) | wdata_ >> 31 << *i);
    out_.ctl.break_pc &= ~(0xffffULL << 16 * *i);
    out_.ctl.break_pc |= std::uint64_t{at_most(wdata_ & 0x7fffffff, 0xffff)} << 16 * *i;
    return true;
  }
  if (busy) return false;
  switch (awaddr_) {
    case pkg::REG_PROMPT: out_.cfg_prompt = at_most(wdata_, kPosMask); return true;
    case pkg::REG_POS: out_.cfg_pos = at_most(wdata_, kPosMask); return true;
    case pkg::REG_VOCAB: out_.cfg_vocab = at_most(wdata_, 0x3ffff); return true;
    case pkg::REG_LANES_TOTAL:
      if (wdata_ == 0) return false;
      out_.lanes_total = static_cast<std::uint8_t>(at_most(wdata_, 63));
      return true;
    default: return false;
  }
}

/// What stands at an offset; false where there is no register.
bool Host::read_register(const In& in, std::uint32_t offset, std::uint32_t& value) const {
  switch (offset) {
    case pkg::REG_ID: value = pkg::ID_VALUE; return true;
    case pkg::REG_VERSION: value = pkg::VERSION_VALUE; return true;
    case pkg::REG_LANES: value = lanes_; return true;
    case pkg::REG_COLUMNS: value = columns_; return true;
    case pkg::REG_CTRL: value = 0; return true;
    case pkg::REG_STATUS: value = out_.start ? 1U : in.busy | in.done << 1U | in.error << 2U | in.paused << 3U; return true;
    case pkg::REG_ERROR: value = in.error_word; return true;
    case pkg::REG_PROMPT: value = out_.cfg_prompt; return true;
    case pkg::REG_LIMIT: value = out_.cfg_limit; return true;
    case pkg::REG_EOS: value = out_.cfg_eos | static_cast<std::uint32_t>(out_.cfg_eos_en) << 31; return true;
    case pkg::REG_VOCAB: value = out_.cfg_vocab; return true;
    case pkg::REG_LANES_TOTAL: value = out_.lanes_total; return true;
    case pkg::REG_POS: value = out_.cfg_pos; return true;
    case pkg::REG_TOKENS: value = in.count; return true;
    case pkg::REG_CYCLES: value = static_cast<std::uint32_t>(cycles_); return true;
    case pkg::REG_CYCLES_HI: value = static_cast<std::uint32_t>(cycles_ >> 32); return true;
    case pkg::REG_LAST: value = in.last; return true;
    case pkg::REG_PC: value = in.pc; return true;
    case pkg::REG_WATCHDOG: value = out_.ctl.watchdog; return true;
    case pkg::REG_BAD:
      value = bad_.kind | static_cast<std::uint32_t>(bad_.write) << 8 | static_cast<std::uint32_t>(bad_.addr >> 32) << 16;
      return true;
    case pkg::REG_BAD_ADDR: value = static_cast<std::uint32_t>(bad_.addr); return true;
    default: value = 0; break;
  }
  if (const auto c = counter(offset, lanes_)) {
    const std::uint64_t count = c->lane ? (*in.lane_counts[*c->lane])[c->number] : counts_[c->number];
    value = static_cast<std::uint32_t>(c->high ? count >> 32 : count);
    return true;
  }
  const auto i = breakpoint(offset);
  if (i) value = static_cast<std::uint32_t>(out_.ctl.break_pc >> 16 * *i & 0xffff) | static_cast<std::uint32_t>(out_.ctl.break_en >> *i & 1) << 31;
  return i.has_value();
}

void Host::step_registers(const In& in) {
  const auto& p = *in.pins;
  auto& a = out_.answer;
  const bool aw_stood = aw_, w_stood = w_, ar_stood = ar_, bvalid = a.l_bvalid, rvalid = a.l_rvalid;
  const bool started = out_.start, core_ran = out_.core_rst_n;
  bool bad_read = false;
  const std::uint16_t read_offset = araddr_;

  // reads sample what the registers hold before this edge
  if (!ar_ && p.l_arvalid) {
    ar_ = true;
    araddr_ = p.l_araddr;
  }
  if (rvalid && p.l_rready) a.l_rvalid = false;
  if (ar_stood && !rvalid) {
    ar_ = false;
    a.l_rvalid = true;
    const bool there = read_register(in, read_offset, a.l_rdata);
    a.l_rresp = there ? kOkay : kDecerr;
    bad_read = !there;
  }

  if (started) {
    counts_ = {};
  } else if (in.busy) {
    const bool happened[] = {!in.lanes_idle, !in.vec_idle, !in.lanes_idle && !in.vec_idle};
    for (unsigned i = 0; i < counts_.size(); ++i) counts_[i] = (counts_[i] + happened[i]) & kCountMask;
  }
  if (in.busy) {
    ++cycles_;
    out_.cfg_pos = in.pos;
  }
  if (soft_left_ > 0) --soft_left_;
  else out_.core_rst_n = true;

  if (bvalid && p.l_bready) a.l_bvalid = false;
  out_.start = out_.ctl.stop = out_.ctl.go = false;
  if (aw_stood && w_stood && !bvalid) {
    aw_ = w_ = false;
    a.l_bvalid = true;
    const bool good = wstrb_ == 0xf && (awaddr_ == pkg::REG_CTRL ? control(in, in.busy || started, core_ran) : write_register(in.busy || started));
    std::uint32_t value = 0;
    const bool there = read_register(in, awaddr_, value);
    a.l_bresp = good ? kOkay : there ? kSlverr : kDecerr;
    if (!good) note(there ? pkg::BAD_REFUSED : pkg::BAD_REGISTER, true, awaddr_);
  }
  if (bad_read) note(pkg::BAD_REGISTER, false, read_offset);
  if (bad_.kind == pkg::BAD_NONE) bad_ = seen_;
  if (!aw_stood && p.l_awvalid) {
    aw_ = true;
    awaddr_ = p.l_awaddr;
  }
  if (!w_stood && p.l_wvalid) {
    w_ = true;
    wdata_ = p.l_wdata;
    wstrb_ = p.l_wstrb;
  }
  a.irq = (in.done || in.error || in.paused) && !started;
}

}  // namespace htx::chip
