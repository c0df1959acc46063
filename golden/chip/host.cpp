// SPDX-License-Identifier: Apache-2.0
// Twin of htx_host (docs/blocks/host.md): its parts together. Registers: host_csr.cpp; windows: host_win.cpp.
#include "golden/chip/host.hpp"

#include "golden/chip/host_address.hpp"

namespace htx::chip {

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
  out_.hm_addr = addr >> 5 & (pkg::TOKEN_WORDS - 1);
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
