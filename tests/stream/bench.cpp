// SPDX-License-Identifier: Apache-2.0
#include "tests/stream/bench.hpp"

#include <cstring>

#include "verif/block_lockstep.hpp"

namespace htx::test {

Bench::Bench(unsigned seed, unsigned lanes, const chip::Storage& image, bool channel)
    : rng_(seed), channel_(channel), lanes_(lanes), rtl_(seed, lanes), rtl_channel_(seed + 1),
      twin_store_(image), rtl_store_(image), ref_(lanes, image), ready_(3, false) {
  in_.lanes_total = static_cast<std::uint8_t>(lanes);
  rtl_.reset();
  rtl_channel_.reset();
}

void Bench::segment(unsigned index, const pkg::seg_t& seg) {
  segments_[index] = seg;
  in_.seg_we = true;
  in_.seg_addr = index;
  in_.seg_data = seg.pack()[0];
  clock();
  in_.seg_we = false;
}

void Bench::order(Order order, const std::vector<KvBlock>& kv) { planned_.push_back({order, kv}); }

void Bench::blocks(const Planned& p) {
  for (std::size_t i = 0; i < p.kv.size(); ++i) {
    Vector v{true, {}};
    v.write.kv = 1;
    v.write.col = static_cast<std::uint8_t>(rng_() % pkg::MAX_COLUMNS);
    v.write.addr = (p.order.act + i) % pkg::KVBUF_BLOCKS;
    v.write.scale = p.kv[i].scale | rng_() << 16;  // the high half is not the buffer's
    std::memcpy(v.write.data.data(), p.kv[i].data.data(), 32);
    vector_.push_back(v);
    if (chance(20)) {  // a block for the activation memory passes by
      v.write.kv = 0;
      v.write.data[0] ^= ~0ULL;
      vector_.push_back(v);
    }
  }
  vector_.push_back({false, {}});
  ++issued_;
}

void Bench::check(const chip::Stream::Out& out) {
  if (out.comp_valid) {
    ASSERT_LT(comps_seen_, ref_.comps.size()) << "a command too many";
    ASSERT_EQ(out.comp, ref_.comps[comps_seen_]) << "command " << comps_seen_;
  }
  if (out.beat_valid) {
    ASSERT_LT(beats_seen_, ref_.beats.size()) << "a beat too many";
    ASSERT_EQ(out.beat, ref_.beats[beats_seen_]) << "beat " << beats_seen_;
    ASSERT_LT(ref_.beat_owner[beats_seen_], comps_seen_ + seen.comp_level) << "beat before its command";
  }
  if (out.req_valid && out.req.write && seen.host_state == 0) {
    ASSERT_FALSE(waits_.empty()) << "a write too many";
    ASSERT_LE(waits_.front().second, finished_) << "written before the vector unit was done";
  }
  if (out.host_done && host_read_) {
    ASSERT_EQ(out.host_rdata, host_data_);
  }
  ASSERT_LE(seen.credit + seen.due, pkg::STREAM_BEATS);
}

void Bench::memory(chip::Stream::In& in, const chip::Stream::Out& out) {
  if (channel_) {
    const auto channel = twin_channel_.out();
    in.req_ready = channel.req_ready;
    in.rsp_valid = channel.rsp_valid;
    in.rsp_data = channel.rsp_data;
    return;
  }
  in.rsp_valid = !answers_.empty() && chance(pace.rsp);
  if (in.rsp_valid) {
    in.rsp_data = answers_.front();
    answers_.pop_front();
  }
  in.req_ready = chance(pace.req);
  if (!out.req_valid || !in.req_ready) return;
  if (out.req.write) {
    twin_store_.write(out.req.addr, out.req.wdata);
    rtl_store_.write(out.req.addr, out.req.wdata);
  } else {
    const chip::Burst b = twin_store_.read(out.req.addr);
    answers_.push_back({b[0], b[1]});
    answers_.push_back({b[2], b[3]});
  }
}

bool Bench::clock() {
  if (testing::Test::HasFailure()) return false;
  chip::probe::stream actual{};
  twin_.probe(seen);
  rtl_.probe(actual);
  if (!verif::same(seen, actual)) {
    ADD_FAILURE() << "clock " << now << '\n' << verif::differences(seen, actual);
    return false;
  }
  chip::probe::channel cg{}, cr{};
  if (channel_) {
    twin_channel_.probe(cg);
    rtl_channel_.probe(cr);
    if (!verif::same(cg, cr)) {
      ADD_FAILURE() << "clock " << now << '\n' << verif::differences(cg, cr);
      return false;
    }
  }
  const chip::Stream::Out out = twin_.out();
  check(out);
  if (testing::Test::HasFailure()) return false;

  // Memory side
  memory(in_, out);
  if (out.req_valid && in_.req_ready) {
    accepted.push_back(now);
    if (out.req.write && seen.host_state == 0) {
      if (++writes_seen_ == waits_.front().first) waits_.pop_front();
    }
  }

  // Compute side
  in_.comp_ready = chance(pace.comp);
  in_.beat_ready = chance(pace.beat);
  if (out.comp_valid && in_.comp_ready) {
    EXPECT_GE(writes_seen_, ref_.writes[comps_seen_]) << "append reported before its last write, command " << comps_seen_;
    ++comps_seen_;
  }
  if (out.beat_valid && in_.beat_ready) {
    taken.push_back(now);
    ++beats_seen_;
  }

  // Host: read data and order are fixed when the request is taken, for nothing else is in work then.
  if (out.host_done) {
    host_done.push_back(now);
    host_out_ = false;
  }
  in_.host_valid = false;
  if (!host_out_ && !host_.empty() && (in_.host_valid = chance(pace.host))) {
    in_.host = host_.front().req;
    in_.host_seg = host_.front().seg;
    if (out.host_ready) {
      host_.pop_front();
      host_out_ = true;
      host_read_ = !in_.host.write;
      if (in_.host_seg) host_data_ = {segments_[in_.host.addr].pack()[0], 0, 0, 0};
      else if (host_read_) host_data_ = ref_.storage.read(in_.host.addr);
      else ref_.storage.write(in_.host.addr, in_.host.wdata);
    }
  }

  // Vector unit
  in_.act_we = false;
  in_.vec_done = static_cast<std::uint8_t>(finished_);
  if (!vector_.empty() && chance(pace.vec)) {
    if (vector_.front().block) {
      in_.act_we = true;
      in_.act = vector_.front().write;
    } else {
      in_.vec_done = static_cast<std::uint8_t>(++finished_);
    }
    vector_.pop_front();
  }

  // Commands: the sender sees cmd_ready_o three clocks late. An append that does not wait follows its blocks.
  ready_.push_back(out.cmd_ready);
  in_.cmd_valid = false;
  if (ready_.front() && !planned_.empty() && chance(pace.cmd)) {
    Planned& next = planned_.front();
    const bool append = next.order.op == pkg::L_APPEND;
    bool go = true;
    if (append && !next.order.wait && !next.kv.empty() && next.order.tag == 0) {
      blocks(next);
      next.order.tag = 1;
      go = false;
    } else if (append && !next.order.wait) {
      go = vector_.empty() && !in_.act_we;
    }
    if (go) {
      if (append && next.order.wait) blocks(next);
      next.order.tag = static_cast<std::uint8_t>(issued_);
      const std::size_t before = ref_.writes.empty() ? 0 : ref_.writes.back();
      ref_.run(next.order, segments_[next.order.seg], next.kv);
      if (ref_.writes.back() != before) waits_.emplace_back(ref_.writes.back(), next.order.wait ? issued_ : 0);
      in_.cmd = command(next.order, lanes_);
      in_.cmd_valid = true;
      sent.push_back(now);
      planned_.pop_front();
    }
  }
  ready_.pop_front();

  twin_.step(in_);
  rtl_.step(in_);
  if (channel_) {
    twin_channel_.step({out.req_valid, out.req, twin_port_.rdata()});
    rtl_channel_.step({actual.req_valid_o != 0, pkg::mem_req_t::unpack(actual.req_o), rtl_port_.rdata()});
    twin_port_.step(cg.dev_rd_o, cg.dev_wr_o, cg.dev_addr_o, cg.dev_wdata_o);
    rtl_port_.step(cr.dev_rd_o, cr.dev_wr_o, cr.dev_addr_o, cr.dev_wdata_o);
  }
  ++now;
  return !testing::Test::HasFailure();
}

void Bench::host_segment(unsigned entry) {
  pkg::mem_req_t req;
  req.addr = entry;
  host_.push_back({req, true});
}

bool Bench::done() const {
  return planned_.empty() && host_.empty() && !host_out_ && comps_seen_ == ref_.comps.size() && beats_seen_ == ref_.beats.size()
      && (ref_.writes.empty() || writes_seen_ == ref_.writes.back()) && twin_.idle();
}

bool Bench::drain(unsigned limit) {
  while (limit-- != 0 && clock())
    if (done() && !in_.cmd_valid) break;
  EXPECT_TRUE(done()) << "clock " << now << ": " << planned_.size() << " orders to send, command " << comps_seen_ << " of "
                      << ref_.comps.size() << ", beat " << beats_seen_ << " of " << ref_.beats.size();
  for (unsigned i = 0; i < pkg::MEM_LATENCY + 4; ++i) clock();  // writes on their way to storage
  return !testing::Test::HasFailure();
}

void Bench::compare_storage(std::uint32_t from, std::uint32_t bursts) const {
  for (std::uint32_t a = from; a != from + bursts; ++a) {
    const chip::Burst want = ref_.storage.read(a);
    ASSERT_EQ(twin_store_.read(a), want) << "twin, burst " << a - from;
    ASSERT_EQ(rtl_store_.read(a), want) << "RTL, burst " << a - from;
  }
}

void Bench::reset() {
  twin_.reset();
  rtl_.reset();
  twin_channel_.reset();
  rtl_channel_.reset();
  planned_.clear();
  host_.clear();
  host_out_ = false;
  answers_.clear();
  waits_.clear();
  in_.cmd_valid = in_.act_we = in_.host_valid = in_.rsp_valid = false;
  vector_.clear();
  issued_ = finished_;
  ready_.assign(3, false);
  comps_seen_ = ref_.comps.size();
  beats_seen_ = ref_.beats.size();
  writes_seen_ = ref_.writes.empty() ? 0 : ref_.writes.back();
  ref_.storage = twin_store_;
  rtl_store_ = twin_store_;
}

}  // namespace htx::test
