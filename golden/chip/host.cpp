// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/host.hpp"

#include <algorithm>
#include <optional>

namespace htx::chip {
namespace {

constexpr unsigned kOkay = 0, kSlverr = 2, kDecerr = 3;
constexpr unsigned kSoftResetClocks = 4, kMaxOutstanding = 63;

unsigned window(std::uint64_t word) { return static_cast<unsigned>(word >> 31 & 15); }
unsigned dram_lane(std::uint64_t word) { return static_cast<unsigned>(word >> 28 & 7); }
unsigned seg_lane(std::uint64_t word) { return static_cast<unsigned>(word >> 12 & 7); }
std::uint32_t at_most(std::uint32_t value, std::uint32_t most) { return std::min(value, most); }

/// Strobes that a beat of this window needs.
std::uint32_t needed(unsigned window) {
  switch (window) {
    case pkg::WIN_PROGRAM: return 0xffff;
    case pkg::WIN_SEG: return 0xff;
    case pkg::WIN_TOKENS: return 0xf;
    default: return 0xffffffff;
  }
}

/// Which of the words of BREAK an address is, if one.
std::optional<unsigned> breakpoint(std::uint32_t address) {
  if (address < pkg::REG_BREAK || address >= pkg::REG_BREAK + 4 * pkg::BREAKS || address % 4) return {};
  return (address - pkg::REG_BREAK) / 4;
}

}  // namespace

void Host::reset() {
  const unsigned lanes = lanes_;
  out_ = {};
  out_.cfg_limit = pkg::TOKEN_WORDS;
  out_.lanes_total = static_cast<std::uint8_t>(lanes);
  out_.ctl.watchdog = 0xffffffff;
  aw_ = w_ = ar_ = false;
  awaddr_ = araddr_ = 0;
  wdata_ = 0;
  wstrb_ = 0;
  soft_left_ = 0;
  cycles_ = 0;
  write_ = Write::idle;
  read_ = Read::idle;
  next_word_ = read_word_ = 0;
  wleft_ = rleft_ = 0;
  wdrop_ = rdrop_ = standing_ = turn_ = false;
  beat_ = {};
  outstanding_ = 0;
  show();
}

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
    case pkg::REG_LIMIT: out_.cfg_limit = static_cast<std::uint16_t>(at_most(wdata_, 0xffff)); return true;
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
    case pkg::REG_PROMPT: out_.cfg_prompt = static_cast<std::uint16_t>(at_most(wdata_, 0xffff)); return true;
    case pkg::REG_POS: out_.cfg_pos = static_cast<std::uint16_t>(at_most(wdata_, 0xffff)); return true;
    case pkg::REG_VOCAB: out_.cfg_vocab = at_most(wdata_, 0x3ffff); return true;
    case pkg::REG_LANES_TOTAL:
      if (wdata_ == 0) return false;
      out_.lanes_total = static_cast<std::uint8_t>(at_most(wdata_, 63));
      return true;
    default: return false;
  }
}

bool Host::read_register(const In& in, std::uint32_t& value) const {
  switch (araddr_) {
    case pkg::REG_ID: value = pkg::ID_VALUE; return true;
    case pkg::REG_VERSION: value = pkg::VERSION_VALUE; return true;
    case pkg::REG_LANES: value = lanes_; return true;
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
    default: value = 0; break;
  }
  const auto i = breakpoint(araddr_);
  if (i) value = static_cast<std::uint32_t>(out_.ctl.break_pc >> 16 * *i & 0xffff) | static_cast<std::uint32_t>(out_.ctl.break_en >> *i & 1) << 31;
  return i.has_value();
}

void Host::step_registers(const In& in) {
  const auto& p = *in.pins;
  auto& a = out_.answer;
  const bool aw_stood = aw_, w_stood = w_, ar_stood = ar_, bvalid = a.l_bvalid, rvalid = a.l_rvalid;
  const bool started = out_.start, core_ran = out_.core_rst_n;

  // reads sample what the registers hold before this edge
  if (!ar_ && p.l_arvalid) {
    ar_ = true;
    araddr_ = p.l_araddr;
  }
  if (rvalid && p.l_rready) a.l_rvalid = false;
  if (ar_stood && !rvalid) {
    ar_ = false;
    a.l_rvalid = true;
    a.l_rresp = read_register(in, a.l_rdata) ? kOkay : kSlverr;
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
    a.l_bresp = good ? kOkay : kSlverr;
  }
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

/// AXI answer to a burst's address: OKAY to take it.
unsigned Host::refuse(bool read, std::uint64_t addr, unsigned len, unsigned size, unsigned burst) const {
  const std::uint64_t index = addr >> 5 & 0x7fffffff;
  switch (window(addr >> 5)) {
    case pkg::WIN_DRAM:
      if (dram_lane(index) >= lanes_) return kDecerr;
      break;
    case pkg::WIN_PROGRAM:
      if (index >= pkg::PROG_WORDS) return kDecerr;
      break;
    case pkg::WIN_SEG:
      if (index >> 15 || seg_lane(index) >= lanes_ || (index & 0xfff) >= pkg::SEG_ENTRIES) return kDecerr;
      break;
    case pkg::WIN_TOKENS:
      if (index >= pkg::TOKEN_WORDS) return kDecerr;
      break;
    default: return kDecerr;
  }
  const bool crosses = addr % 4096 + 32 * (len + 1) > 4096;
  if (size != 5 || burst != 1 || addr % 32 || crosses || (read && window(addr >> 5) == pkg::WIN_SEG)) return kSlverr;
  return kOkay;
}

void Host::step_windows(const In& in) {
  const auto& p = *in.pins;
  auto& a = out_.answer;
  const bool busy = in.busy || out_.start, core_ran = out_.core_rst_n;
  const bool stood = standing_, wready = a.wready, turn = turn_;
  const unsigned outstanding = outstanding_;
  const Read read = read_;
  out_.hm_valid = out_.hm_we = false;
  out_.seg_we = 0;

  // a standing write beat acts
  const unsigned lane = dram_lane(beat_.word);
  const bool dram_write = stood && !turn && window(beat_.word) == pkg::WIN_DRAM && beat_.strobes;
  if (dram_write) {
    if (outstanding < kMaxOutstanding && in.lane_ready >> lane & 1) {
      standing_ = false;
      ++outstanding_;
    }
  } else if (stood && !turn) {
    standing_ = false;
    if (!beat_.strobes || busy) a.bresp = kSlverr;
    else if (window(beat_.word) == pkg::WIN_SEG) out_.seg_we = static_cast<std::uint8_t>(1 << seg_lane(beat_.word));
    else out_.hm_valid = out_.hm_we = true;
  }
  if (outstanding > 0 && !turn && in.lane_done >> lane & 1) --outstanding_;

  switch (write_) {
    case Write::idle:
      if (!p.awvalid) break;
      write_ = Write::data;
      a.bid = p.awid;
      next_word_ = p.awaddr >> 5;
      wleft_ = p.awlen;
      a.bresp = static_cast<std::uint8_t>(refuse(false, p.awaddr, p.awlen, p.awsize, p.awburst));
      wdrop_ = a.bresp != kOkay;
      break;
    case Write::data:
      if (!p.wvalid || !wready) break;
      standing_ = !wdrop_;
      beat_ = {next_word_, p.wdata, (~p.wstrb & needed(window(next_word_))) == 0};
      if (a.bresp == kOkay && p.wlast != (wleft_ == 0)) a.bresp = kSlverr;
      if (wleft_ == 0) write_ = Write::drain;
      --wleft_;
      ++next_word_;
      break;
    case Write::drain:
      if (!stood && outstanding == 0) write_ = Write::resp;
      break;
    case Write::resp:
      if (p.bready) write_ = Write::idle;
      break;
  }

  const bool dram_read = window(read_word_) == pkg::WIN_DRAM;
  const unsigned from = dram_lane(read_word_);
  switch (read) {
    case Read::idle:
      if (!p.arvalid) break;
      a.rid = p.arid;
      a.rresp = static_cast<std::uint8_t>(refuse(true, p.araddr, p.arlen, p.arsize, p.arburst));
      rdrop_ = a.rresp != kOkay;
      read_ = rdrop_ ? Read::data : Read::ask;
      read_word_ = p.araddr >> 5;
      rleft_ = p.arlen;
      a.rdata = {};
      break;
    case Read::ask:
      if (!turn) {
        turn_ = !stood && outstanding == 0;
      } else if (!dram_read || in.lane_ready >> from & 1) {
        read_ = Read::wait;
        out_.hm_valid = !dram_read;
      }
      break;
    case Read::wait:
      if (!(dram_read ? in.lane_done >> from & 1 : in.hm_done)) break;
      read_ = Read::data;
      turn_ = false;
      a.rresp = kOkay;
      a.rdata = dram_read ? *in.lane_rdata[from] : Bits<4>{in.hm_rdata[0], in.hm_rdata[1], 0, 0};
      break;
    case Read::data:
      if (!p.rready) break;
      read_ = rleft_ == 0 ? Read::idle : rdrop_ ? Read::data : Read::ask;
      --rleft_;
      ++read_word_;
      break;
  }

  if (!core_ran) {
    out_.hm_valid = out_.hm_we = false;
    out_.seg_we = 0;
    turn_ = false;
    if (stood || outstanding > 0) a.bresp = kSlverr;
    if (stood) standing_ = false;
    outstanding_ = 0;
    if (read == Read::ask || read == Read::wait) {
      read_ = Read::data;
      a.rresp = kSlverr;
      a.rdata = {};
    }
  }
}

/// Outputs that are functions of the states.
void Host::show() {
  auto& a = out_.answer;
  a.l_awready = !aw_;
  a.l_wready = !w_;
  a.l_arready = !ar_;
  a.awready = write_ == Write::idle;
  a.wready = write_ == Write::data && !standing_ && (read_ != Read::ask || turn_);
  a.bvalid = write_ == Write::resp;
  a.arready = read_ == Read::idle;
  a.rvalid = read_ == Read::data;
  a.rlast = rleft_ == 0;
  const std::uint64_t word = turn_ ? read_word_ : beat_.word;
  out_.lane_valid = 0;
  if (turn_) {
    if (read_ == Read::ask && window(word) == pkg::WIN_DRAM) out_.lane_valid = static_cast<std::uint8_t>(1 << dram_lane(word));
  } else if (standing_ && window(word) == pkg::WIN_DRAM && beat_.strobes && outstanding_ < kMaxOutstanding) {
    out_.lane_valid = static_cast<std::uint8_t>(1 << dram_lane(word));
  }
  out_.lane.write = !turn_;
  out_.lane.addr = word & 0xfffffff;
  out_.lane.wdata = beat_.data;
  out_.hm_tok = window(word) == pkg::WIN_TOKENS;
  out_.hm_addr = word & 0x1fff;
  out_.hm_wdata = {beat_.data[0], beat_.data[1]};
  out_.seg_addr = beat_.word & 0x7ff;
  out_.seg_data = beat_.data[0];
}

void Host::step(const In& in) {
  step_windows(in);
  step_registers(in);
  show();
}

void Host::probe(probe::host& p) const {
  const auto& a = out_.answer;
  p.axil_awready_o = a.l_awready;
  p.axil_wready_o = a.l_wready;
  p.axil_bvalid_o = a.l_bvalid;
  p.axil_bresp_o = a.l_bresp;
  p.axil_arready_o = a.l_arready;
  p.axil_rvalid_o = a.l_rvalid;
  p.axil_rdata_o = a.l_rdata;
  p.axil_rresp_o = a.l_rresp;
  p.axi_awready_o = a.awready;
  p.axi_wready_o = a.wready;
  p.axi_bvalid_o = a.bvalid;
  p.axi_bid_o = a.bid;
  p.axi_bresp_o = a.bresp;
  p.axi_arready_o = a.arready;
  p.axi_rvalid_o = a.rvalid;
  p.axi_rid_o = a.rid;
  p.axi_rdata_o = a.rdata;
  p.axi_rresp_o = a.rresp;
  p.axi_rlast_o = a.rlast;
  p.irq_o = a.irq;
  p.core_rst_no = out_.core_rst_n;
  p.start_o = out_.start;
  p.cfg_pos_o = out_.cfg_pos;
  p.cfg_prompt_o = out_.cfg_prompt;
  p.cfg_limit_o = out_.cfg_limit;
  p.cfg_eos_en_o = out_.cfg_eos_en;
  p.cfg_eos_o = out_.cfg_eos;
  p.cfg_vocab_o = out_.cfg_vocab;
  p.lanes_total_o = out_.lanes_total;
  p.ctl_o = out_.ctl.pack();
  p.lane_valid_o = out_.lane_valid;
  p.lane_o = out_.lane.pack();
  p.hm_valid_o = out_.hm_valid;
  p.hm_tok_o = out_.hm_tok;
  p.hm_we_o = out_.hm_we;
  p.hm_addr_o = out_.hm_addr;
  p.hm_wdata_o = out_.hm_wdata;
  p.seg_we_o = out_.seg_we;
  p.seg_addr_o = out_.seg_addr;
  p.seg_data_o = out_.seg_data;
  p.cycles = cycles_;
  p.soft_left = soft_left_;
  p.wstate = static_cast<std::uint64_t>(write_);
  p.rstate = static_cast<std::uint64_t>(read_);
  p.wleft = wleft_;
  p.rleft = rleft_;
  p.wout = outstanding_;
  p.beat = standing_;
  p.turn = turn_;
}

void Host::probe(probe::host_csr& p) const {
  p.aw_q = aw_;
  p.w_q = w_;
  p.ar_q = ar_;
  p.awaddr_q = awaddr_;
  p.araddr_q = araddr_;
  p.wdata_q = wdata_;
  p.wstrb_q = wstrb_;
}

void Host::probe(probe::host_win& p) const {
  constexpr std::uint64_t kWordMask = (1ULL << 35) - 1;  // 40-bit byte addresses, 32 bytes a word
  p.waddr_q = next_word_ & kWordMask;
  p.baddr_q = beat_.word & kWordMask;
  p.raddr_q = read_word_ & kWordMask;
  p.wdrop_q = wdrop_;
  p.rdrop_q = rdrop_;
  p.beat_ok_q = beat_.strobes;
  p.bdata_q = beat_.data;
}

}  // namespace htx::chip
