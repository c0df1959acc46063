// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/host.hpp"

#include <algorithm>
#include <optional>

namespace htx::chip {
namespace {

constexpr unsigned kOkay = 0, kSlverr = 2, kDecerr = 3;
constexpr unsigned kFixed = 0, kIncr = 1, kWrap = 2;
constexpr unsigned kSoftResetClocks = 4, kMaxOutstanding = 63;

unsigned window(std::uint64_t addr) { return static_cast<unsigned>(addr >> 36 & 15); }
bool in_lane(std::uint64_t addr) { return window(addr) == pkg::WIN_DRAM || window(addr) == pkg::WIN_SEG; }
/// Lane of a DRAM or SEG address.
unsigned lane_of(std::uint64_t addr) { return static_cast<unsigned>(addr >> (window(addr) == pkg::WIN_SEG ? 17 : 33) & 7); }
/// A beat's bytes lie at a multiple of its size.
std::uint64_t floor_to(std::uint64_t addr, unsigned size) { return addr >> size << size; }
std::uint32_t at_most(std::uint32_t value, std::uint32_t most) { return std::min(value, most); }

/// Bytes of a word of this window that count.
std::uint32_t counting(unsigned window) {
  switch (window) {
    case pkg::WIN_PROGRAM: return 0xffff;
    case pkg::WIN_SEG: return 0xff;
    case pkg::WIN_TOKENS: return 0xf;
    default: return 0xffffffff;
  }
}

std::uint8_t answer_to(unsigned kind) { return static_cast<std::uint8_t>(kind == pkg::BAD_NONE ? kOkay : kind == pkg::BAD_NOWHERE ? kDecerr : kSlverr); }

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

void Host::Burst::advance() {
  if (type == kFixed) return;
  std::uint64_t next = floor_to(addr, size) + (1U << size);
  if (type == kWrap) next = (addr & ~std::uint64_t{container}) | (next & container);
  addr = floor_to(addr, 12) | next % 4096;
}

std::uint32_t Host::Burst::bytes() const {
  const unsigned from = addr % 32, to = size >= 5 ? 32 : static_cast<unsigned>(floor_to(from, size)) + (1U << size);
  std::uint32_t mask = 0;
  for (unsigned i = from; i < to; ++i) mask |= 1U << i;
  return mask;
}

/// Of several refused accesses in one clock the first noted is kept: the windows are stepped before the registers.
void Host::note(unsigned kind, bool write, std::uint64_t addr) {
  if (seen_.kind == pkg::BAD_NONE) seen_ = {static_cast<std::uint8_t>(kind), write, addr};
}

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
  counts_ = {};
  write_ = Write::idle;
  read_ = Read::idle;
  writing_ = reading_ = {};
  wleft_ = rleft_ = 0;
  standing_ = turn_ = false;
  beat_ = {};
  merge_ = Merge::none;
  bad_ = seen_ = {};
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
    case pkg::REG_BAD: bad_ = {}; return true;
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

bool Host::is_register(std::uint32_t offset) const {
  switch (offset) {
    case pkg::REG_ID:
    case pkg::REG_VERSION:
    case pkg::REG_LANES:
    case pkg::REG_CTRL:
    case pkg::REG_STATUS:
    case pkg::REG_ERROR:
    case pkg::REG_PROMPT:
    case pkg::REG_LIMIT:
    case pkg::REG_EOS:
    case pkg::REG_VOCAB:
    case pkg::REG_LANES_TOTAL:
    case pkg::REG_POS:
    case pkg::REG_TOKENS:
    case pkg::REG_CYCLES:
    case pkg::REG_CYCLES_HI:
    case pkg::REG_LAST:
    case pkg::REG_PC:
    case pkg::REG_WATCHDOG:
    case pkg::REG_BAD:
    case pkg::REG_BAD_ADDR: return true;
    default: return breakpoint(offset).has_value() || counter(offset, lanes_).has_value();
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
    case pkg::REG_BAD:
      value = bad_.kind | static_cast<std::uint32_t>(bad_.write) << 8 | static_cast<std::uint32_t>(bad_.addr >> 32) << 16;
      return true;
    case pkg::REG_BAD_ADDR: value = static_cast<std::uint32_t>(bad_.addr); return true;
    default: value = 0; break;
  }
  if (const auto c = counter(araddr_, lanes_)) {
    const std::uint64_t count = c->lane ? (*in.lane_counts[*c->lane])[c->number] : counts_[c->number];
    value = static_cast<std::uint32_t>(c->high ? count >> 32 : count);
    return true;
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
    const bool there = read_register(in, a.l_rdata);
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
    const bool there = is_register(awaddr_);
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

/// What is wrong with a burst, as its address says it (bad_e).
unsigned Host::refuse(std::uint64_t addr, unsigned len, unsigned size, unsigned type) const {
  const std::uint64_t index = addr >> 5 & 0x7fffffff;
  bool there = false;
  switch (window(addr)) {
    case pkg::WIN_DRAM: there = lane_of(addr) < lanes_; break;
    case pkg::WIN_PROGRAM: there = index < pkg::PROG_WORDS; break;
    case pkg::WIN_SEG: there = index >> 15 == 0 && lane_of(addr) < lanes_ && (index & 0xfff) < pkg::SEG_ENTRIES; break;
    case pkg::WIN_TOKENS: there = index < pkg::TOKEN_WORDS; break;
    default: break;
  }
  if (!there) return pkg::BAD_NOWHERE;
  if (size > 5) return pkg::BAD_BURST;
  const unsigned beats = len + 1;
  switch (type) {
    case kFixed: return beats > 16 ? pkg::BAD_BURST : pkg::BAD_NONE;
    case kIncr: return floor_to(addr, size) % 4096 + (beats << size) > 4096 ? pkg::BAD_4K : pkg::BAD_NONE;
    case kWrap: {
      const bool length = beats == 2 || beats == 4 || beats == 8 || beats == 16;
      return length && addr == floor_to(addr, size) ? pkg::BAD_NONE : pkg::BAD_BURST;
    }
    default: return pkg::BAD_BURST;
  }
}

/// A write beat stands and it is the writes' turn.
void Host::act_on_beat(const In& in, bool busy) {
  auto& a = out_.answer;
  const bool dram = window(beat_.addr) == pkg::WIN_DRAM;
  const bool answered = in_lane(beat_.addr) ? in.lane_done >> lane_of(beat_.addr) & 1 : in.hm_done;
  const bool taken = out_.lane_valid & in.lane_ready;
  const auto refuse_it = [&] {
    standing_ = false;
    a.bresp = kSlverr;
    note(pkg::BAD_BUSY, true, beat_.addr);
  };
  switch (merge_) {
    case Merge::none:
      if (busy && (!dram || (!beat_.whole && beat_.bytes != 0))) refuse_it();
      else if (beat_.bytes == 0) standing_ = false;
      else if (!beat_.whole) merge_ = Merge::ask;
      else if (dram) {
        if (!taken) break;
        standing_ = false;
        ++outstanding_;
      } else {
        standing_ = false;
        if (window(beat_.addr) == pkg::WIN_SEG) out_.seg_we = static_cast<std::uint8_t>(1 << lane_of(beat_.addr));
        else out_.hm_valid = out_.hm_we = true;
      }
      break;
    case Merge::ask:
      if (in_lane(beat_.addr)) {
        if (taken) merge_ = Merge::wait;
      } else {
        merge_ = Merge::wait;
        out_.hm_valid = true;
      }
      break;
    case Merge::wait: {
      if (!answered) break;
      merge_ = Merge::none;
      const Bits<4> old = in_lane(beat_.addr) ? *in.lane_rdata[lane_of(beat_.addr)] : Bits<4>{in.hm_rdata[0], in.hm_rdata[1], 0, 0};
      for (unsigned i = 0; i < 32; ++i) {
        const std::uint64_t byte = 0xffULL << 8 * (i % 8);
        if (!(beat_.bytes >> i & 1)) beat_.data[i / 8] = (beat_.data[i / 8] & ~byte) | (old[i / 8] & byte);
      }
      beat_.whole = true;
      if (busy) refuse_it();
      break;
    }
  }
}

void Host::step_windows(const In& in) {
  const auto& p = *in.pins;
  auto& a = out_.answer;
  const bool busy = in.busy || out_.start, core_ran = out_.core_rst_n;
  const bool stood = standing_, wready = a.wready, turn = turn_;
  const unsigned outstanding = outstanding_;
  const Read read = read_;
  const std::uint64_t read_addr = reading_.addr;
  const bool lost_writes = !core_ran && (stood || outstanding > 0), lost_read = !core_ran && (read == Read::ask || read == Read::wait);
  seen_ = {};
  if (lost_writes) note(pkg::BAD_RESET, true, beat_.addr);
  out_.hm_valid = out_.hm_we = false;
  out_.seg_we = 0;

  if (outstanding > 0 && !turn && in.lane_done >> lane_of(beat_.addr) & 1) --outstanding_;
  const bool granted = out_.lane_valid & in.lane_ready;  // of a read, when it is its turn
  if (stood && !turn) act_on_beat(in, busy);

  switch (write_) {
    case Write::idle: {
      if (!p.awvalid) break;
      const unsigned kind = refuse(p.awaddr, p.awlen, p.awsize, p.awburst);
      if (kind) note(kind, true, p.awaddr);
      write_ = Write::data;
      a.bid = p.awid;
      writing_ = {p.awaddr, static_cast<std::uint16_t>((((p.awlen + 1U) << p.awsize) - 1) % 4096), p.awsize, p.awburst, kind != 0};
      wleft_ = p.awlen;
      a.bresp = answer_to(kind);
      break;
    }
    case Write::data: {
      if (!p.wvalid || !wready) break;
      const std::uint32_t all = counting(window(writing_.addr)), bytes = p.wstrb & writing_.bytes() & all;
      standing_ = !writing_.dropped;
      beat_ = {writing_.addr, p.wdata, bytes, bytes == all};
      if (!writing_.dropped && p.wlast != (wleft_ == 0)) {
        a.bresp = kSlverr;
        note(pkg::BAD_LAST, true, writing_.addr);
      }
      if (wleft_ == 0) write_ = Write::drain;
      --wleft_;
      writing_.advance();
      break;
    }
    case Write::drain:
      if (!stood && outstanding == 0) write_ = Write::resp;
      break;
    case Write::resp:
      if (p.bready) write_ = Write::idle;
      break;
  }

  const bool from_lane = in_lane(read_addr);
  switch (read) {
    case Read::idle: {
      if (!p.arvalid) break;
      const unsigned kind = refuse(p.araddr, p.arlen, p.arsize, p.arburst);
      if (kind) note(kind, false, p.araddr);
      a.rid = p.arid;
      a.rresp = answer_to(kind);
      read_ = kind ? Read::data : Read::ask;
      reading_ = {p.araddr, static_cast<std::uint16_t>((((p.arlen + 1U) << p.arsize) - 1) % 4096), p.arsize, p.arburst, kind != 0};
      rleft_ = p.arlen;
      a.rdata = {};
      break;
    }
    case Read::ask:
      if (!turn) {
        turn_ = !stood && outstanding == 0;
      } else if (!from_lane || granted) {
        read_ = Read::wait;
        out_.hm_valid = !from_lane;
      }
      break;
    case Read::wait:
      if (!(from_lane ? in.lane_done >> lane_of(read_addr) & 1 : in.hm_done)) break;
      read_ = Read::data;
      turn_ = false;
      a.rresp = kOkay;
      a.rdata = from_lane ? *in.lane_rdata[lane_of(read_addr)] : Bits<4>{in.hm_rdata[0], in.hm_rdata[1], 0, 0};
      break;
    case Read::data:
      if (!p.rready) break;
      read_ = rleft_ == 0 ? Read::idle : reading_.dropped ? Read::data : Read::ask;
      --rleft_;
      reading_.advance();
      break;
  }

  if (!core_ran) {
    out_.hm_valid = out_.hm_we = false;
    out_.seg_we = 0;
    turn_ = false;
    merge_ = Merge::none;
    if (lost_writes) a.bresp = kSlverr;
    if (stood) standing_ = false;
    outstanding_ = 0;
    if (lost_read) {
      note(pkg::BAD_RESET, false, read_addr);
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
  const std::uint64_t addr = turn_ ? reading_.addr : beat_.addr;
  bool asks = false;
  if (turn_) asks = read_ == Read::ask && in_lane(addr);
  else if (merge_ == Merge::none) asks = standing_ && window(addr) == pkg::WIN_DRAM && beat_.whole && outstanding_ < kMaxOutstanding;
  else asks = merge_ == Merge::ask && in_lane(addr) && outstanding_ == 0;
  out_.lane_valid = static_cast<std::uint8_t>(asks << lane_of(addr));
  out_.lane_seg = window(addr) == pkg::WIN_SEG;
  out_.lane.write = !turn_ && merge_ == Merge::none;
  out_.lane.addr = addr >> 5 & 0xfffffff;
  out_.lane.wdata = beat_.data;
  out_.hm_tok = window(addr) == pkg::WIN_TOKENS;
  out_.hm_addr = addr >> 5 & 0x1fff;
  out_.hm_wdata = {beat_.data[0], beat_.data[1]};
  out_.seg_addr = beat_.addr >> 5 & 0x7ff;
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
  p.lane_seg_o = out_.lane_seg;
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
  p.bad_kind_q = bad_.kind;
  p.bad_write_q = bad_.write;
  p.bad_addr_q = bad_.addr;
}

void Host::probe(probe::host_perf& p) const {
  p.lanes_q = counts_[pkg::PERF_LANES];
  p.vector_q = counts_[pkg::PERF_VECTOR];
  p.both_q = counts_[pkg::PERF_BOTH];
}

void Host::probe(probe::host_win& p) const {
  p.waddr_q = writing_.addr;
  p.wsize_q = writing_.size;
  p.wburst_q = writing_.type;
  p.wmask_q = writing_.container;
  p.wdrop_q = writing_.dropped;
  p.raddr_q = reading_.addr;
  p.rsize_q = reading_.size;
  p.rburst_q = reading_.type;
  p.rmask_q = reading_.container;
  p.rdrop_q = reading_.dropped;
  p.baddr_q = beat_.addr;
  p.bdata_q = beat_.data;
  p.bstrb_q = beat_.bytes;
  p.whole_q = beat_.whole;
  p.merge_q = static_cast<std::uint64_t>(merge_);
}

}  // namespace htx::chip
