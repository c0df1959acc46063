// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/channel.hpp"

namespace htx::chip {

void Channel::reset() {
  out_ = {};
  out_.req_ready = true;
  now_ = 4;  // so that "never" lies in the past
  head_ = tail_ = 0;
  data_clock_ = 0;
}

void Channel::step(const In& in) {
  const bool accept = in.req_valid && out_.req_ready;
  if (accept) {
    Waiting& w = line_[tail_++ % kPlaces];
    w.access = now_ + pkg::MEM_LATENCY - 2;
    w.req.write = in.req.write;
    w.req.addr = in.req.addr;
    if (in.req.write) w.req.wdata = in.req.wdata;
  }

  // Beats: the low half in the clock after the data were taken, the high half in the one after that.
  if (now_ == data_clock_) {
    burst_ = in.dev_rdata;
    out_.rsp_data = {burst_[0], burst_[1]};
    out_.rsp_valid = true;
  } else if (now_ == data_clock_ + 1) {
    out_.rsp_data = {burst_[2], burst_[3]};
    out_.rsp_valid = true;
  } else {
    out_.rsp_valid = false;
  }
  if (out_.dev_rd) data_clock_ = now_ + 1;

  ++now_;
  out_.req_ready = !accept;
  if (out_.dev_rd || out_.dev_wr) {
    out_.dev_rd = out_.dev_wr = false;
    out_.dev_addr = 0;
    out_.dev_wdata = {};
  }
  if (head_ != tail_ && line_[head_ % kPlaces].access == now_) {
    const pkg::mem_req_t& req = line_[head_++ % kPlaces].req;
    out_.dev_rd = !req.write;
    out_.dev_wr = req.write;
    out_.dev_addr = req.addr;
    if (req.write) out_.dev_wdata = req.wdata;
  }
}

void Channel::probe(probe::channel& p) const {
  p = {};
  p.req_ready_o = out_.req_ready;
  p.rsp_valid_o = out_.rsp_valid;
  p.rsp_data_o = out_.rsp_data;
  p.dev_rd_o = out_.dev_rd;
  p.dev_wr_o = out_.dev_wr;
  p.dev_addr_o = out_.dev_addr;
  p.dev_wdata_o = out_.dev_wdata;
  for (std::uint64_t i = head_; i != tail_; ++i) p.due_q |= 1ULL << (line_[i % kPlaces].access - now_ - 1);
}

}  // namespace htx::chip
