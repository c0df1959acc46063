// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/stream.hpp"

#include <cstring>

namespace htx::chip {

namespace {
constexpr std::uint32_t kAddrMask = (1U << pkg::ADDR_W) - 1;
constexpr std::uint32_t kPageHeader = pkg::PAGE_HDR_BURSTS;
constexpr std::uint32_t kPageTile = pkg::PAGE_TILE_BURSTS;
}  // namespace

Resolved resolve(const pkg::lane_cmd_t& cmd, const pkg::seg_t& seg, unsigned lanes_total) {
  const std::uint32_t kt = cmd.kt;
  const std::uint32_t page = kPageHeader + 2 * kPageTile * kt;
  const bool mine = seg.first == cmd.rem;
  const std::uint16_t pages = cmd.quot + (seg.first <= cmd.rem);

  Resolved r;
  StreamJob& job = r.job;
  job.step = job.jump = 1;
  std::uint32_t offset = 0;
  std::uint16_t out = cmd.out;
  std::uint8_t low = cmd.low;
  switch (cmd.op) {
    case pkg::L_MATVEC:
      job.runs = seg.count << cmd.pair;
      job.len = kt * (cmd.w8 ? pkg::TILE8_BURSTS : pkg::TILE4_BURSTS);
      out += seg.first;
      if (cmd.expert) {  // the lane's units below a unit that lies in round `quot` of the dealing, at place `rem`
        const auto below = [&](unsigned quot, unsigned rem) { return quot + (seg.first < rem); };
        const unsigned begin = below(cmd.quot, cmd.rem), end = below(cmd.off & 0xffff, cmd.off >> 16 & 63);
        job.runs = static_cast<std::uint16_t>((end - begin) << cmd.pair);
        offset = begin * (job.len << cmd.pair);
        out += (begin - cmd.quot) * lanes_total - cmd.rem;
      }
      break;
    case pkg::L_EMBED:
      offset = cmd.quot * kt * pkg::TILE8_BURSTS + cmd.low / 16;
      job.runs = mine ? kt : 0;
      job.len = 2;
      job.step = pkg::TILE_HDR_BURSTS + cmd.low - cmd.low / 16;
      job.jump = pkg::TILE8_BURSTS - job.step;
      break;
    case pkg::L_LOADV:
      offset = cmd.off;
      job.runs = seg.count;
      job.len = 4;
      out += seg.first;
      break;
    case pkg::L_SCORE:
    case pkg::L_PV:
      job.runs = pages;
      job.len = kPageTile * kt;
      if (cmd.op == pkg::L_SCORE) job.len += kPageHeader;
      else offset = kPageHeader + kPageTile * kt;
      job.jump = page - job.len + 1;
      if (!mine) low = pkg::BLK - 1;
      break;
    default:  // L_APPEND
      offset = cmd.quot * page;
      job.append = mine;
      break;
  }
  job.addr = (seg.addr + offset) & kAddrMask;

  pkg::comp_cmd_t& c = r.comp;
  c.op = cmd.op;
  c.wait_vec = cmd.wait_vec && cmd.op != pkg::L_APPEND;
  c.w8 = cmd.w8;
  c.argmax = cmd.argmax;
  c.nostore = cmd.nostore;
  c.pair = cmd.pair;
  c.vec_tag = cmd.vec_tag;
  c.act = cmd.act;
  c.kt = cmd.kt;
  c.count = job.runs;
  c.out = out;
  c.pstride = cmd.pstride;
  c.cols = cmd.cols;
  c.low = low;
  return r;
}

void Stream::reset() {
  out_ = {};
  out_.cmd_ready = out_.host_ready = true;
  now_ = 0;
  commands_.clear();
  comps_.clear();
  beats_.clear();
  phase_ = kIdle;
  running_ = false;
  run_ = {};
  left_ = runs_ = 0;
  credit_ = pkg::STREAM_BEATS;
  due_ = 0;
  append_ = kRest;
  row_ = 0;
  host_ = kNone;
  seg_shown_ = false;
  side_ = {};
}

bool Stream::idle() const { return out_.host_ready && comps_.empty() && beats_.empty(); }

void Stream::ask_read(std::uint32_t addr) {
  out_.req_valid = true;
  out_.req.write = 0;
  out_.req.addr = addr & kAddrMask;
}

void Stream::ask_write(std::uint32_t addr, const Bits<4>& data) {
  out_.req_valid = true;
  out_.req.write = 1;
  out_.req.addr = addr & kAddrMask;
  out_.req.wdata = data;
}

void Stream::step(const In& in) {
  // What the clock looked like, before anything moves.
  const bool free = !out_.req_valid || in.req_ready;
  const bool accept = out_.req_valid && in.req_ready;
  const bool fill = free && host_ == kNone;
  const bool host_take = out_.host_ready && in.host_valid && !in.host_seg;
  const bool seg_take = out_.host_ready && in.host_valid && in.host_seg;
  const bool tile = in.rsp_valid && due_ != 0;
  const bool side = in.rsp_valid && due_ == 0;
  const bool taken = out_.beat_valid && in.beat_ready;
  const bool running = running_;
  const bool appending = append_ != kRest;
  const bool waiting = !commands_.empty();
  const bool room = comps_.size() < kComps;

  // Request register: host, append and engine never want it in the same clock.
  if (free) out_.req_valid = false;
  if (host_take) {
    if (in.host.write) ask_write(in.host.addr, in.host.wdata);
    else ask_read(in.host.addr);
  }
  if (appending) step_append(in, fill, free);
  else if (running && fill && credit_ >= 2) step_engine();

  // Beats: in, out, and the two counts.
  if (tile) {
    --due_;
    Beat& beat = beats_.push();
    beat.due = now_ + 3;
    beat.data = in.rsp_data;
  }
  if (taken) {
    beats_.pop();
    ++credit_;
    out_.beat_valid = false;
  }
  if (!out_.beat_valid && !beats_.empty() && beats_.front().due <= now_ + 1) {
    out_.beat_valid = true;
    out_.beat = beats_.front().data;
  }
  if (side) {
    std::memmove(&side_[0], &side_[2], 6 * sizeof side_[0]);
    side_[6] = in.rsp_data[0];
    side_[7] = in.rsp_data[1];
    out_.host_rdata = {side_[4], side_[5], side_[6], side_[7]};
    if (host_ == kNone) ++header_beats_;
  }

  // Host: an entry of the segment table shows for one clock
  if (seg_take) out_.host_rdata = {segments_[in.host.addr % pkg::SEG_ENTRIES], 0, 0, 0};
  else if (seg_shown_) out_.host_rdata = {side_[4], side_[5], side_[6], side_[7]};
  seg_shown_ = seg_take;
  out_.host_done = seg_take || (host_ == kWrite && accept) || (host_ == kHigh && side);
  if (host_take) host_ = in.host.write ? kWrite : kLow;
  else if (out_.host_done) host_ = kNone;
  else if (host_ == kLow && side) host_ = kHigh;

  // Compute queue, resolver, command queue
  if (out_.comp_valid && in.comp_ready) comps_.pop();
  if (phase_ != kIdle) {
    step_resolver(running, appending, room);
  } else if (waiting) {
    cmd_ = commands_.front();
    commands_.pop();
    work_ = resolve(cmd_, pkg::seg_t::unpack({segments_[cmd_.seg]}), in.lanes_total);
    phase_ = kSeg;
  }
  if (in.cmd_valid) commands_.push() = in.cmd;

  // Memories last: what was read in this clock is the old word.
  if (in.seg_we) segments_[in.seg_addr] = in.seg_data;
  if (in.act_we && in.act.kv) {
    Block& block = buffer_[in.act.addr % pkg::KVBUF_BLOCKS];
    block.scale = static_cast<std::uint16_t>(in.act.scale);
    block.data = in.act.data;
  }

  ++now_;
  out_.cmd_ready = commands_.size() + 4 <= pkg::LCMD_DEPTH;
  out_.host_ready = host_ == kNone && commands_.empty() && phase_ == kIdle && !running_ && !out_.req_valid && due_ == 0;
  const bool comp_valid = !comps_.empty();
  if (comp_valid) out_.comp = comps_.front();
  else if (out_.comp_valid) out_.comp = {};
  out_.comp_valid = comp_valid;
}

void Stream::step_engine() {
  ask_read(run_.addr);
  credit_ -= 2;
  due_ += 2;
  if (left_ != 0) {
    --left_;
    run_.addr += run_.step;
  } else if (runs_ != 0) {
    --runs_;
    left_ = run_.len - 1;
    run_.addr += run_.jump;
  } else {
    running_ = false;
  }
  run_.addr &= kAddrMask;
}

void Stream::step_append(const In& in, bool fill, bool free) {
  const std::uint32_t page = work_.job.addr;
  switch (append_) {
    case kReadK:
      if (!fill) break;
      ask_read(page + cmd_.low / 16);
      append_ = kReadV;
      break;
    case kReadV:
      if (!fill) break;
      ask_read(page + 2);
      append_ = kWait;
      break;
    case kWait:
      if (!cmd_.wait_vec || static_cast<std::int8_t>(in.vec_done - cmd_.vec_tag) >= 0) append_ = kFetch;
      break;
    case kFetch:
      block_ = buffered(0);
      append_ = kRow;
      break;
    case kRow:
      if (!fill) break;
      ask_write(page + kPageHeader + cmd_.low + kPageTile * row_, block_.data);
      if (row_ == 0) k_scale_ = block_.scale;
      if (row_ == cmd_.kt) v_exp_ = static_cast<std::uint8_t>(block_.scale);
      if (++row_ == 2U * cmd_.kt) append_ = kHeader;
      else block_ = buffered(row_);
      break;
    case kHeader:
      if (fill && (cmd_.low == 0 || header_beats_ == 4)) write_header();
      break;
    default:  // kEnd
      if (free) append_ = kRest;
      break;
  }
}

void Stream::write_header() {
  // The two bursts as the page has them: the one with this token's K scale, and the one with the V exponents.
  std::uint8_t bytes[pkg::BURST_BYTES] = {};
  const unsigned burst = header_burst_;
  if (cmd_.low != 0) std::memcpy(bytes, &side_[burst == 2 ? 4 : 0], sizeof bytes);
  if (burst == 2) bytes[cmd_.low] = v_exp_;
  else if (burst == cmd_.low / 16U) std::memcpy(bytes + 2 * (cmd_.low % 16), &k_scale_, 2);
  Bits<4> data;
  std::memcpy(data.data(), bytes, sizeof bytes);
  ask_write(work_.job.addr + burst, data);
  if (burst == (cmd_.low == 0 ? 3U : 2U)) append_ = kEnd;
  else header_burst_ = cmd_.low == 0 ? burst + 1 : 2;
}

void Stream::step_resolver(bool running, bool appending, bool room) {
  switch (phase_) {
    case kSeg: phase_ = kCalc; return;
    case kCalc: phase_ = kPut; return;
    case kPut:
      if (work_.job.append) {
        if (running) return;
        append_ = cmd_.low == 0 ? kWait : kReadK;
        row_ = 0;
        header_burst_ = cmd_.low / 16;
        header_beats_ = 0;
        phase_ = kAppend;
        return;
      }
      if (running && work_.job.runs != 0) return;
      break;
    default:  // kAppend
      if (appending) return;
      break;
  }
  if (!room) return;
  comps_.push() = work_.comp;
  phase_ = kIdle;
  if (work_.job.runs != 0) {
    running_ = true;
    run_ = work_.job;
    left_ = run_.len - 1;
    runs_ = run_.runs - 1;
  }
}

void Stream::probe(probe::stream& p) const {
  p.cmd_ready_o = out_.cmd_ready;
  p.host_ready_o = out_.host_ready;
  p.host_done_o = out_.host_done;
  p.host_rdata_o = out_.host_rdata;
  p.req_valid_o = out_.req_valid;
  p.req_o = out_.req.pack();
  p.comp_valid_o = out_.comp_valid;
  p.comp_o = out_.comp.pack();
  p.beat_valid_o = out_.beat_valid;
  p.beat_o = out_.beat;
  p.cmd_level = commands_.size();
  p.res_state = phase_;
  p.comp_level = comps_.size();
  p.run_busy = running_;
  p.run_addr = run_.addr;
  p.run_left = left_;
  p.run_count = runs_;
  p.credit = credit_;
  p.due = due_;
  p.append_state = append_;
  p.append_row = row_;
  p.host_state = host_;
}

}  // namespace htx::chip
