// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/chip.hpp"

namespace htx::chip {

Chip::Chip(unsigned lanes, unsigned columns)
    : lanes_(lanes), columns_(columns), host_(lanes, columns), seq_(lanes, columns), lane_(lanes, Lane(columns)), tree_(lanes), collect_(lanes), storage_(lanes) {
  ports_.reserve(lanes);
  for (auto& s : storage_) ports_.emplace_back(s);
  reset();
}

void Chip::reset() {
  host_.reset();
  seq_.reset();
  vector_.reset();
  vmem_.reset();
  for (auto& l : lane_) l.reset();
  tree_.reset();
  collect_.reset();
}

unsigned Chip::transfers() const {
  unsigned n = 0;
  for (const auto& l : lane_) n += l.channel().out().dev_rd || l.channel().out().dev_wr;
  return n;
}

void Chip::step(const HostPins& pins, bool rst_n) {
  // Outputs of the present clock. Blocks whose outputs reach blocks stepped after them are copied here; lanes come
  // last, so what points into them stays good until then.
  const Host::Out& h = host_.out();
  const bool core_rst_n = h.core_rst_n;
  const std::uint8_t lanes_total = h.lanes_total, seg_we = h.seg_we, lane_valid = h.lane_valid;
  const std::uint16_t seg_addr = h.seg_addr;
  const std::uint64_t seg_data = h.seg_data;
  const bool lane_seg = h.lane_seg, start = h.start;
  pkg::mem_req_t request;
  if (lane_valid) request = h.lane;

  const Seq::Out& s = seq_.out();
  const bool lane_cmd_valid = s.lane_cmd_valid;
  const pkg::lane_cmd_t lane_cmd = s.lane_cmd;

  const Vector::Out& v = vector_.out();
  const std::uint8_t vec_done = v.done;
  const bool act_we = v.act_we;
  pkg::act_write_t act;
  if (act_we) act = v.act;

  const Tree::Out& t = tree_.out();
  const bool max_valid = t.max_valid;
  const std::uint8_t max_col = t.max_col;
  const std::int32_t max_m = t.max_m, max_u = t.max_u;
  const std::uint8_t red_ready = t.red_ready;

  const Collect::Out& c = collect_.out();
  const std::uint32_t src_ready = c.src_ready;

  std::array<Lane::Out, kMaxLanes> lane;
  for (unsigned i = 0; i < lanes_; ++i) lane[i] = lane_[i].out();

  // Inputs.
  host_in_.pins = &pins;
  host_in_.busy = s.busy;
  host_in_.done = s.done;
  host_in_.error = s.error;
  host_in_.paused = s.paused;
  host_in_.pc = seq_.pc();
  host_in_.error_word = s.error_word;
  host_in_.pos = s.pos;
  host_in_.count = s.count;
  host_in_.last = s.last;
  host_in_.hm_done = s.hm_done;
  host_in_.lanes_idle = seq_.lanes_idle();
  host_in_.vec_idle = seq_.vec_idle();
  const bool busy = s.busy;
  if (s.hm_done) host_in_.hm_rdata = s.hm_rdata;

  seq_in_.start = h.start;
  seq_in_.cfg_pos = h.cfg_pos;
  seq_in_.cfg_prompt = h.cfg_prompt;
  seq_in_.cfg_limit = h.cfg_limit;
  seq_in_.cfg_eos_en = h.cfg_eos_en;
  seq_in_.cfg_eos = h.cfg_eos;
  seq_in_.cfg_vocab = h.cfg_vocab;
  seq_in_.lanes_total = lanes_total;
  seq_in_.ctl = h.ctl;
  seq_in_.hm_valid = h.hm_valid;
  if (h.hm_valid) {
    seq_in_.hm_tok = h.hm_tok;
    seq_in_.hm_we = h.hm_we;
    seq_in_.hm_addr = h.hm_addr;
    seq_in_.hm_wdata = h.hm_wdata;
  }
  seq_in_.tree_ready = t.cmd_ready;
  seq_in_.tree_done = t.done;
  seq_in_.vec_ready = v.cmd_ready;
  seq_in_.vec_done = vec_done;
  seq_in_.chosen = v.chosen;
  seq_in_.vec_err = v.err;
  seq_in_.best = c.best;
  seq_in_.collect_busy = c.busy;
  seq_in_.collect_err = c.err;

  vector_in_.cmd_valid = s.vec_cmd_valid;
  if (s.vec_cmd_valid) vector_in_.cmd = s.vec_cmd;
  vector_in_.rdata_a = vmem_.out().a_rdata;
  vector_in_.rdata_b = vmem_.out().b_rdata;

  vmem_in_.a_re = v.re_a;
  vmem_in_.b_re = v.re_b;
  vmem_in_.a_raddr = v.raddr_a;
  vmem_in_.b_raddr = v.raddr_b;
  vmem_in_.vec_we = v.we;
  if (v.we) {
    vmem_in_.vec_waddr = v.waddr;
    vmem_in_.vec_wdata = v.wdata;
  }
  vmem_in_.col_we = c.we;
  if (c.we) {
    vmem_in_.col_waddr = c.addr % Vmem::kWords;
    vmem_in_.col_wdata = c.data;
  }

  tree_in_.red_valid = tree_in_.red_kind = tree_in_.red_last = 0;
  tree_in_.cmd = lane_cmd_valid ? &lane_cmd : nullptr;
  tree_in_.res_ready = src_ready >> lanes_ & 1;

  collect_in_.src_valid = 0;
  collect_in_.src = words_.data();
  collect_in_.vocab = h.cfg_vocab;
  collect_in_.argmax_clear = s.argmax_clear;
  collect_in_.vec_we_pre = v.we_pre;
  if (t.res_valid) {
    collect_in_.src_valid = 1U << lanes_;
    words_[lanes_] = t.res;
  }

  seq_in_.lane_ready = host_in_.lane_ready = host_in_.lane_done = 0;
  seq_in_.lane_done = seq_in_.lane_err = 0;
  for (unsigned i = 0; i < lanes_; ++i) {
    const Lane::Out& o = lane[i];
    seq_in_.lane_ready |= static_cast<std::uint8_t>(o.cmd_ready << i);
    seq_in_.lane_done |= static_cast<std::uint64_t>(o.done) << 8 * i;
    seq_in_.lane_err |= static_cast<std::uint64_t>(o.err) << 8 * i;
    host_in_.lane_ready |= static_cast<std::uint8_t>(o.host_ready << i);
    host_in_.lane_done |= static_cast<std::uint8_t>(o.host_done << i);
    host_in_.lane_rdata[i] = o.host_rdata;
    host_in_.lane_counts[i] = &lane_[i].watch().counts();
    if (o.red_valid) {
      tree_in_.red_valid |= static_cast<std::uint8_t>(1 << i);
      tree_in_.red_kind |= static_cast<std::uint8_t>(o.red_kind << i);
      tree_in_.red_last |= static_cast<std::uint8_t>(o.red_last << i);
      tree_in_.red_data[i] = o.red_data;
    }
    if (o.res_valid) {
      collect_in_.src_valid |= 1U << i;
      if (src_ready >> i & 1) words_[i] = *o.res;
    }
  }

  // One edge of everything.
  host_.step(host_in_);
  seq_.step(seq_in_);
  vector_.step(vector_in_);
  vmem_.step(vmem_in_);
  tree_.step(tree_in_);
  collect_.step(collect_in_);
  for (unsigned i = 0; i < lanes_; ++i) {
    const Lane::Out& o = lane[i];
    Lane::In in;
    in.lanes_total = lanes_total;
    in.vec_done = vec_done;
    in.cmd = lane_cmd_valid ? &lane_cmd : nullptr;
    in.act = act_we ? &act : nullptr;
    in.host = lane_valid >> i & 1 ? &request : nullptr;
    in.host_seg = lane_seg;
    in.perf_clear = start;
    in.perf_count = busy;
    in.seg_we = seg_we >> i & 1;
    in.seg_addr = seg_addr;
    in.seg_data = seg_data;
    in.res_ready = src_ready >> i & 1;
    in.red_ready = red_ready >> i & 1;
    in.max_valid = max_valid;
    in.max_col = max_col;
    in.max_m = max_m;
    in.max_u = max_u;
    if (o.dev_rd || o.dev_wr) {
      const Burst seen = ports_[i].rdata();
      ports_[i].step(o.dev_rd, o.dev_wr, o.dev_addr, *o.dev_wdata);
      in.dev_rdata = &seen;
      lane_[i].step(in);
    } else {
      in.dev_rdata = &ports_[i].rdata();
      lane_[i].step(in);
    }
  }

  if (!rst_n) host_.reset();
  if (!rst_n || !core_rst_n) {
    seq_.reset();
    vector_.reset();
    vmem_.reset();
    for (auto& l : lane_) l.reset();
    tree_.reset();
    collect_.reset();
  }
}

/// The pins, each from what the architecture says it shows: the host's answers, the interrupt, the head's results.
void Chip::fill(probe::chip& p, unsigned) const {
  const HostAnswer& a = answer();
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
  const Collect::Out& c = collect_.out();
  p.logit_valid_o = c.logit_valid;
  p.logit_addr_o = c.addr;
  p.logit_data_o = c.data;
}

/// What a lane asks of the storage behind it.
void Chip::fill(probe::chip_lane& p, unsigned lane) const {
  const Lane::Out o = lane_[lane].out();
  p.dev_rd_o = o.dev_rd;
  p.dev_wr_o = o.dev_wr;
  p.dev_addr_o = o.dev_addr;
  p.dev_wdata_o = *o.dev_wdata;
}

}  // namespace htx::chip
