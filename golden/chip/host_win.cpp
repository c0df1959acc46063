// SPDX-License-Identifier: Apache-2.0
// Twin of htx_host_win with htx_host_check and htx_host_next (docs/blocks/host.md): bursts on the data windows.
#include "golden/chip/host.hpp"
#include "golden/chip/host_address.hpp"

namespace htx::chip {
namespace {

constexpr unsigned kFixed = 0, kIncr = 1, kWrap = 2;

/// A beat's bytes lie at a multiple of its size.
std::uint64_t floor_to(std::uint64_t addr, unsigned size) { return addr >> size << size; }

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

}  // namespace htx::chip
