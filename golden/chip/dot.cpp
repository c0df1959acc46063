// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/dot.hpp"

#include <cstring>

#include "golden/numerics/numerics.hpp"

namespace htx::chip {

using namespace lane_timing;

namespace {

constexpr std::uint32_t kOne = 0x3f800000u;

std::array<std::int8_t, 32> nibbles(const Bits<2>& beat) {
  std::array<std::int8_t, 32> w;
  std::uint8_t b[16];
  std::memcpy(b, beat.data(), 16);
  for (unsigned i = 0; i < 16; ++i) {
    w[2 * i] = static_cast<std::int8_t>(static_cast<std::int8_t>(b[i] << 4) >> 4);
    w[2 * i + 1] = static_cast<std::int8_t>(static_cast<std::int8_t>(b[i]) >> 4);
  }
  return w;
}

std::array<std::int8_t, 32> bytes(const Bits<2>& low, const Bits<2>& high) {
  std::array<std::int8_t, 32> w;
  std::memcpy(w.data(), low.data(), 16);
  std::memcpy(w.data() + 16, high.data(), 16);
  return w;
}

std::int32_t inner(const std::array<std::int8_t, 32>& a, const std::array<std::int8_t, 32>& b) {
  std::int32_t s = 0;
  for (unsigned j = 0; j < 32; ++j) s += std::int32_t{a[j]} * b[j];
  return s;
}

}  // namespace

void Dot::reset() {
  out_ = {};
  out_.comp_ready = true;
  now_ = 0;
  st_ = kIdle;
  cmd_ = {};
  hdr_ = odd_ = share_ok_ = wide_ = one_tile_ = operands_ = false;
  pos_ = tile_ = unit_ = emit_ = drain_ = 0;
  credit_ = kResultWords;
  base_ = 0;
  col_start_ = ~std::uint64_t{31};
  scales_due_ = {};
  product_due_ = {};
  col_columns_ = 0;
  ends_head_ = ends_level_ = results_ = messages_ = 0;
}

/// The maxima of all the command's columns are back.
bool Dot::max_ok(std::uint8_t columns) const { return (~columns & ((2U << cmd_.cols) - 1)) == 0; }

bool Dot::held_back() const {
  const bool no_room = credit_ < 4;
  if (pos_ == 0) {
    if (hdr_ && no_room && (cmd_.op == pkg::L_EMBED || (cmd_.op == pkg::L_MATVEC && tile_ + 1 == cmd_.kt))) return true;
    if (cmd_.op == pkg::L_LOADV && no_room) return true;
    if (cmd_.op == pkg::L_PV && tile_ == 0 && !share_ok_) return true;
  }
  return cmd_.op == pkg::L_EMBED && !hdr_ && pos_ == 1 && emit_ > 1;
}

/// The command leaves WAIT.
void Dot::start(bool& restarted) {
  restarted = true;
  const auto op = cmd_.op;
  st_ = cmd_.count ? kRun : kIdle;
  hdr_ = op == pkg::L_MATVEC || op == pkg::L_EMBED || op == pkg::L_SCORE;
  pos_ = tile_ = unit_ = 0;
  base_ = cmd_.out;
  odd_ = false;
  wide_ = op == pkg::L_SCORE || op == pkg::L_PV || cmd_.w8;
  one_tile_ = op == pkg::L_EMBED || op == pkg::L_LOADV;
  hdr_end_ = op == pkg::L_SCORE ? 7 : op == pkg::L_MATVEC ? 3 : 1;
  body_end_ = op == pkg::L_EMBED ? 1 : op == pkg::L_LOADV ? 7 : wide_ ? 63 : 31;
  if (op == pkg::L_SCORE || op == pkg::L_PV) {
    out_.at_valid = true;
    out_.at_pv = op == pkg::L_PV;
    out_.at_cols = cmd_.cols;
    out_.at_count = cmd_.count;
    out_.at_kt = cmd_.kt & 15;
    out_.at_low = cmd_.low;
  }
}

void Dot::complete_row(const Bits<2>& beat) {
  const bool last_tile = one_tile_ || tile_ + 1 == cmd_.kt;
  const unsigned row = wide_ ? pos_ / 2 : pos_;
  operands_ = cmd_.op != pkg::L_EMBED;
  const auto scale = [&](unsigned i) { return numerics::bits(numerics::h2f(scales_[i])); };
  const unsigned columns = cmd_.cols + 1U;
  const unsigned seen = (now_ + kDotSeen) % 8;
  Row product{true, false, false, tile_ == 0, last_tile, static_cast<std::uint8_t>(row), 0, static_cast<std::uint8_t>(columns), scale(row)};
  switch (cmd_.op) {
    case pkg::L_EMBED:
      row_ = bytes(low_half_, beat);
      row_scale_ = scale(cmd_.low & 15);
      emit_ = 32;
      return;
    case pkg::L_PV: {
      const auto v = bytes(low_half_, beat);
      for (unsigned c = 0; c < columns; ++c) {
        auto& cols = column_[c].cols[filling_];
        if (row == 0) cols = {};
        for (unsigned j = 0; j < 32; ++j) cols[j] += column_[c].share * v[j];
      }
      if (row == 31) {
        col_columns_ = columns;
        filling_ ^= 1;
        col_start_ = now_ + kDotSeen;
        col_tile_ = tile_ & 7;
        col_page_ = unit_ & 3;
        col_first_ = unit_ == 0;
        col_last_ = last_tile && unit_ + 1 == cmd_.count;
      }
      return;
    }
    case pkg::L_SCORE: {
      const auto k = bytes(low_half_, beat);
      for (unsigned c = 0; c < columns; ++c) {
        Lot& l = column_[c];
        l.part[row] = l.dot_due[seen] = inner(k, l.act.q) + (tile_ ? l.part[row] : 0);
      }
      product.score = true;
      product.valid = last_tile;
      product.ev = exponents_[row];
      break;
    }
    default: {
      const auto w = wide_ ? bytes(low_half_, beat) : nibbles(beat);
      for (unsigned c = 0; c < columns; ++c) column_[c].dot_due[seen] = inner(w, column_[c].act.q);
      product.valid = true;
      break;
    }
  }
  for (unsigned c = 0; c < columns; ++c) column_[c].sa_due[(now_ + kScaleSeen) % 8] = column_[c].sa;
  scales_due_[(now_ + kScaleSeen) % 8] = product;
  product_due_[seen] = product;
}

void Dot::take(const Bits<2>& beat) {
  const auto op = cmd_.op;
  const bool last_tile = one_tile_ || tile_ + 1 == cmd_.kt;
  const bool matvec = op == pkg::L_MATVEC, embed = op == pkg::L_EMBED, load = op == pkg::L_LOADV, score = op == pkg::L_SCORE,
             pv = op == pkg::L_PV;
  if (pos_ == 0 && (load || (hdr_ && (embed || (matvec && last_tile))))) {
    credit_ -= 4;
    out_.grp_valid = true;
    out_.grp_addr = (base_ + (odd_ ? cmd_.pstride : 0)) & 0x3fff;
    out_.grp_cols = cmd_.cols;
    out_.grp_step = static_cast<std::uint16_t>(cmd_.pstride << cmd_.pair);
    out_.grp_argmax = cmd_.argmax;
    out_.grp_nostore = cmd_.nostore;
    out_.grp_end = unit_ + 1 == cmd_.count;
  }
  if (pos_ == 0 && ((matvec && hdr_) || (score && !hdr_))) {
    for (unsigned c = 0; c <= cmd_.cols; ++c) {
      Lot& l = column_[c];
      l.act = l.acts[(cmd_.act + tile_) % pkg::ACT_BLOCKS];
      if (matvec || tile_ == 0) l.sa = l.act.scale;
    }
  }
  out_.page = pv && pos_ == 0 && tile_ == 0;
  if (hdr_) {
    if (pos_ < 4)
      std::memcpy(&scales_[8 * pos_], beat.data(), 16);
    else if (pos_ < 6)
      std::memcpy(&exponents_[16 * (pos_ - 4)], beat.data(), 16);
  } else if (load) {
    out_.ld_valid = true;
    out_.ld_data = beat;
  } else {
    if (pv && pos_ % 2 == 0)
      for (unsigned c = 0; c <= cmd_.cols; ++c) column_[c].share = column_[c].shares[(unit_ & 1) * 32 + pos_ / 2];
    if (embed || wide_ ? pos_ % 2 == 1 : true) complete_row(beat);
    if (pos_ % 2 == 0) low_half_ = beat;
  }
  // the place of the next beat
  if (pos_ != (hdr_ ? hdr_end_ : body_end_)) {
    ++pos_;
    return;
  }
  pos_ = 0;
  if (hdr_) {
    hdr_ = false;
    return;
  }
  hdr_ = matvec || embed || (score && last_tile);
  if (!last_tile) {
    ++tile_;
    return;
  }
  tile_ = 0;
  if (embed)
    base_ += 1;
  else if (!cmd_.pair || odd_)
    base_ += lanes_total_;
  odd_ = cmd_.pair && !odd_;
  if (++unit_ == cmd_.count) st_ = kIdle;
  unit_ &= 0xffff;
}

void Dot::finish(const In& in, bool started, End end) {
  if (ends_level_) {
    const End head = ends_[ends_head_];
    if (head == kNothing || (head == kResult && results_) || (head == kMessage && messages_)) {
      if (head == kResult) --results_;
      if (head == kMessage) --messages_;
      ends_head_ = (ends_head_ + 1) % kStarted;
      --ends_level_;
      ++out_.done;
    }
  }
  results_ += in.res_fin;
  messages_ += in.red_fin;
  if (started) ends_[(ends_head_ + ends_level_++) % kStarted] = end;
}

void Dot::step(const In& in) {
  const bool taken = out_.beat_ready && in.beat;
  const bool accepted = out_.comp_ready && in.comp;
  const bool operands = operands_ || emit_;
  lanes_total_ = in.lanes_total;
  operands_ = false;
  out_.grp_valid = out_.ld_valid = out_.at_valid = out_.page = false;

  bool started = false;
  End end = kNothing;
  if (st_ == kWait) {
    const bool waited = !cmd_.wait_vec || static_cast<std::int8_t>(in.vec_done - cmd_.vec_tag) >= 0;
    if (waited && !emit_ && (cmd_.op != pkg::L_LOADV || !drain_) && (cmd_.op != pkg::L_PV || max_ok(in.max_ok))) {
      if (cmd_.op == pkg::L_SCORE || cmd_.op == pkg::L_PV) end = kMessage;
      else if (cmd_.count) end = kResult;
      start(started);
    }
  }
  if (accepted) {
    cmd_ = *in.comp;
    st_ = kWait;
  }
  finish(in, started, end);

  credit_ += in.res_free;
  // an element of an EMBED row goes the way of a row completed in the last clock
  if (emit_) {
    const unsigned e = 32 - emit_;
    --emit_;
    const Row element{true, true, false, true, true, static_cast<std::uint8_t>(e), 0, 1, row_scale_};
    scales_due_[(now_ + kScaleSeen - 1) % 8] = product_due_[(now_ + kDotSeen - 1) % 8] = element;
    column_[0].sa_due[(now_ + kScaleSeen - 1) % 8] = kOne;
    column_[0].dot_due[(now_ + kDotSeen - 1) % 8] = row_[e];
  }
  if (taken) take(*in.beat);
  drain_ = operands ? kDrain : drain_ ? drain_ - 1 : 0;
  share_ok_ = in.share_ok;
  if (in.share_we)
    for (unsigned c = 0; c < columns_; ++c) column_[c].shares[in.share_addr] = in.share[c];
  if (in.act && !in.act->kv) {
    auto& block = column_[in.act->col].acts[in.act->addr];
    block.scale = in.act->scale;
    std::memcpy(block.q.data(), in.act->data.data(), 32);
  }

  ++now_;
  for (unsigned c = 0; c < columns_; ++c) out_.column[c].row_valid = out_.column[c].dot_valid = false;
  if (auto& s = scales_due_[now_ % 8]; s.due) {
    for (unsigned c = 0; c < s.columns; ++c) {
      out_.column[c].row_valid = true;
      out_.column[c].row_sa = column_[c].sa_due[now_ % 8];
    }
    out_.row_sw = s.sw;
    s.due = false;
  }
  if (auto& p = product_due_[now_ % 8]; p.due) {
    for (unsigned c = 0; c < p.columns; ++c) {
      out_.column[c].dot_valid = p.valid;
      out_.column[c].dot = column_[c].dot_due[now_ % 8];
    }
    out_.dot_score = p.score;
    out_.dot_row = p.row;
    out_.dot_first = p.first;
    out_.dot_last = p.last;
    out_.dot_ev = p.ev;
    p.due = false;
  }
  const std::uint64_t col = now_ - col_start_;
  for (unsigned c = 0; c < columns_; ++c) out_.column[c].col_valid = col < 32 && c < col_columns_;
  if (col < 32) {
    for (unsigned c = 0; c < col_columns_; ++c) out_.column[c].col = column_[c].cols[filling_ ^ 1][col];
    out_.col_addr = static_cast<std::uint8_t>(col_tile_ * 32 + col);
    out_.col_page = col_page_;
    out_.col_first = col_first_;
    out_.col_last = col_last_ && col == 31;
  }
  out_.comp_ready = st_ == kIdle && ends_level_ < kStarted;
  out_.beat_ready = st_ == kRun && !held_back();
}

void Dot::probe(probe::dot& p) const {
  p.comp_ready_o = out_.comp_ready;
  p.beat_ready_o = out_.beat_ready;
  p.done_o = out_.done;
  p.row_sw_o = out_.row_sw;
  p.dot_score_o = out_.dot_score;
  p.dot_row_o = out_.dot_row;
  p.dot_first_o = out_.dot_first;
  p.dot_last_o = out_.dot_last;
  p.dot_ev_o = out_.dot_ev;
  p.grp_valid_o = out_.grp_valid;
  p.grp_cols_o = out_.grp_cols;
  p.grp_addr_o = out_.grp_addr;
  p.grp_step_o = out_.grp_step;
  p.grp_argmax_o = out_.grp_argmax;
  p.grp_nostore_o = out_.grp_nostore;
  p.grp_end_o = out_.grp_end;
  p.ld_valid_o = out_.ld_valid;
  p.ld_data_o = out_.ld_data;
  p.at_valid_o = out_.at_valid;
  p.at_pv_o = out_.at_pv;
  p.at_cols_o = out_.at_cols;
  p.at_count_o = out_.at_count;
  p.at_kt_o = out_.at_kt;
  p.at_low_o = out_.at_low;
  p.page_o = out_.page;
  p.col_addr_o = out_.col_addr;
  p.col_page_o = out_.col_page;
  p.col_first_o = out_.col_first;
  p.col_last_o = out_.col_last;
  p.st_q = st_;
  p.cmd_q = cmd_.pack();
  p.hdr_q = hdr_;
  p.pos_q = pos_;
  p.tile_q = tile_;
  p.unit_q = unit_;
  p.base_q = base_;
  p.odd_q = odd_;
  p.credit_q = credit_;
  p.emit_q = emit_;
  p.drain_q = drain_;
  p.share_ok_q = share_ok_;
}

void Dot::probe(probe::dot_col& p, unsigned column) const {
  const Column& c = out_.column[column];
  p.row_valid_o = c.row_valid;
  p.row_sa_o = c.row_sa;
  p.dot_valid_o = c.dot_valid;
  p.dot_o = c.dot & 0xffffff;
  p.col_valid_o = c.col_valid;
  p.col_o = c.col & 0x1fffff;
}

void Dot::probe(probe::finish& p) const {
  p.level = ends_level_;
  p.res_q = results_;
  p.red_q = messages_;
}

}  // namespace htx::chip
