// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/lane.hpp"

namespace htx::chip {

Compute::Out Compute::out() const {
  const auto& d = dot_.out();
  const auto& c = accum_[turns_.word()].out();
  const auto& t = attn_[turns_.message()].out();
  std::uint8_t err = 0;
  for (const Attn& a : attn_) err |= a.out().err;
  return {d.comp_ready, d.beat_ready, c.res_valid, &c.res, t.red_valid, t.red_kind, accum_.size() == 1 || t.red_last, t.red_data, d.done, err};
}

void Compute::step(const In& in) {
  // what htx_dot sees of the others in this clock, kept before they move; the others look only upstream
  Dot::In dot;
  dot.lanes_total = in.lanes_total;
  dot.vec_done = in.vec_done;
  dot.comp = in.comp;
  dot.beat = in.beat;
  dot.act = in.act;
  const Attn::Out& first = attn_[0].out();  // what the columns do at the same time is asked of the first
  dot.share_we = first.share_we;
  dot.share_addr = first.share_addr;
  dot.share_ok = first.share_ok;
  for (unsigned c = 0; c < attn_.size(); ++c) {
    const Attn::Out& t = attn_[c].out();
    dot.share[c] = t.share;
    dot.max_ok |= static_cast<std::uint8_t>(t.max_ok << c);
    dot.red_fin |= t.red_fin;
    dot.res_free |= accum_[c].out().res_free;
    dot.res_fin |= accum_[c].out().res_fin;
  }
  const unsigned word = turns_.word(), message = turns_.message();
  if (const auto& c = accum_[word].out(); c.res_valid && in.res_ready) turns_.word_taken(c.res_last);
  if (const auto& t = attn_[message].out(); t.red_valid && in.red_ready && t.red_end) turns_.message_taken(t.red_last);
  for (unsigned c = 0; c < attn_.size(); ++c) {
    attn_[c].step({&dot_.out(), c, &accum_[c].out(), in.red_ready && c == message, in.max_valid && in.max_col == c, in.max_m, in.max_u});
    accum_[c].step({&dot_.out(), c, in.res_ready && c == word});
  }
  dot_.step(dot);
}

void Compute::reset() {
  dot_.reset();
  for (Accum& a : accum_) a.reset();
  for (Attn& a : attn_) a.reset();
  turns_.reset();
}

Lane::Out Lane::out() const {
  const auto& s = stream_.out();
  const auto& d = channel_.out();
  const auto c = compute_.out();
  return {s.cmd_ready, s.host_ready, s.host_done, &s.host_rdata, c.res_valid, c.res, c.red_valid, c.red_kind, c.red_last,
          c.red_data,  c.done,       c.err,       d.dev_rd,      d.dev_wr,    d.dev_addr, &d.dev_wdata};
}

void Lane::step(const In& in) {
  const auto& s = stream_.out();
  const auto& d = channel_.out();
  const auto c = compute_.out();

  channel_in_.req_valid = s.req_valid;
  if (s.req_valid) channel_in_.req = s.req;
  channel_in_.dev_rdata = *in.dev_rdata;

  stream_in_.cmd_valid = in.cmd != nullptr;
  if (in.cmd) stream_in_.cmd = *in.cmd;
  stream_in_.vec_done = in.vec_done;
  stream_in_.lanes_total = in.lanes_total;
  stream_in_.act_we = in.act != nullptr;
  if (in.act) stream_in_.act = *in.act;
  stream_in_.host_valid = in.host != nullptr;
  if (in.host) stream_in_.host = *in.host;
  stream_in_.host_seg = in.host_seg;
  stream_in_.seg_we = in.seg_we;
  stream_in_.seg_addr = in.seg_addr;
  stream_in_.seg_data = in.seg_data;
  stream_in_.req_ready = d.req_ready;
  stream_in_.rsp_valid = d.rsp_valid;
  if (d.rsp_valid) stream_in_.rsp_data = d.rsp_data;
  stream_in_.comp_ready = c.comp_ready;
  stream_in_.beat_ready = c.beat_ready;

  watch_.step({in.perf_clear, in.perf_count, in.vec_done, s.comp_valid && c.comp_ready ? &s.comp : nullptr, c.beat_ready && !s.beat_valid, d.dev_rd, d.dev_wr});

  // the compute side looks at the stream's present outputs, so it moves first
  compute_.step({in.lanes_total, in.vec_done, s.comp_valid ? &s.comp : nullptr, s.beat_valid ? &s.beat : nullptr, in.act,
                 in.res_ready, in.red_ready, in.max_valid, in.max_col, in.max_m, in.max_u});
  stream_.step(stream_in_);
  channel_.step(channel_in_);
}

void Lane::reset() {
  channel_.reset();
  watch_.reset();
  stream_.reset();
  compute_.reset();
}

}  // namespace htx::chip
