// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/tree.hpp"

#include <algorithm>

#include "golden/numerics/numerics.hpp"

namespace htx::chip {
namespace {

constexpr unsigned kJoin = 1;     // end of the clock after taking: joined result registered
constexpr unsigned kConvert = fp_pkg::I2F64_LATENCY;
constexpr std::int32_t high(std::uint64_t v) { return static_cast<std::int32_t>(v >> 32); }
constexpr std::int32_t low(std::uint64_t v) { return static_cast<std::int32_t>(v); }

}  // namespace

void Tree::reset() {
  level_.fill(0);
  command_head_ = command_level_ = 0;
  maxima_head_ = maxima_tail_ = sums_head_ = sums_shown_ = sums_tail_ = 0;
  word_head_ = word_level_ = 0;
  item_ = column_out_ = 0;
  column_ = 0;
  maximum_ = {};
  credit_ = kWords;
  sum_ = 0;
  f_ = 0;
  out_ = {};
  out_.red_ready = static_cast<std::uint8_t>((1U << lanes_) - 1);
  out_.cmd_ready = true;
}

bool Tree::take(bool& sum) const {
  for (unsigned l = 0; l < lanes_; ++l)
    if (level_[l] == 0) return false;
  sum = queue_[0][0].sum;
  return !sum || (command_level_ != 0 && (item_ % 8 != 0 || credit_ != 0));
}

void Tree::join(bool sum) {
  Flight f;
  f.due = now_ + kJoin;
  f.column = column_;
  const bool last_column = queue_[0][0].last;
  if (!sum) {
    std::int32_t m = INT32_MIN, u = INT32_MIN;
    for (unsigned l = 0; l < lanes_; ++l) {
      m = std::max(m, high(queue_[l][0].data));
      u = std::max(u, low(queue_[l][0].data));
    }
    f.data = static_cast<std::uint64_t>(static_cast<std::uint32_t>(m)) << 32 | static_cast<std::uint32_t>(u);
    maxima_[maxima_tail_++ % kInFlight] = f;
  } else {
    const Command& c = commands_[command_head_];
    for (unsigned l = 0; l < lanes_; ++l) f.data += queue_[l][0].data;
    f.last = item_ == 32 * c.kt;
    f.fin = f.last && last_column;
    f.addr = static_cast<std::uint16_t>((c.out + column_out_) % pkg::VMEM_BLOCKS * 4 + item_ / 8);
    f.element = item_ % 8;
    sums_[sums_tail_++ % kInFlight] = f;
    if (item_ % 8 == 0) --credit_;
    if (f.last) column_out_ = last_column ? 0 : column_out_ + c.kt + 1;
    if (f.fin) {
      command_head_ = (command_head_ + 1) % pkg::LCMD_DEPTH;
      --command_level_;
    }
    item_ = f.last ? 0 : item_ + 1;
  }
  if (!sum || f.last) column_ = last_column ? 0 : column_ + 1;
  for (unsigned l = 0; l < lanes_; ++l) {
    queue_[l][0] = queue_[l][1];
    --level_[l];
  }
}

// What completes at the end of this clock: a word's element first, then what was joined.
void Tree::land() {
  if (sums_head_ != sums_shown_ && sums_[sums_head_ % kInFlight].due + 1 + kConvert == now_) {
    const Flight& f = sums_[sums_head_++ % kInFlight];
    packed_[f.element] = numerics::bits(numerics::i64_to_f(static_cast<std::int64_t>(f.data)));
    if (f.last || f.element == 7) {
      Word& w = words_[(word_head_ + word_level_++) % kWords];
      w = {};
      w.last = f.fin;
      w.word.addr = f.addr;
      if (f.last) {
        w.word.data[0] = packed_[0] | static_cast<std::uint64_t>(f_) << 32;
      } else {
        for (unsigned i = 0; i < 8; ++i) w.word.data[i / 2] |= static_cast<std::uint64_t>(packed_[i]) << (32 * (i % 2));
      }
    }
  }
  if (sums_shown_ != sums_tail_ && sums_[sums_shown_ % kInFlight].due == now_) {
    const Flight& f = sums_[sums_shown_++ % kInFlight];
    sum_ = f.data;
    if (f.last) {
      const Maxima& x = maximum_[f.column];
      const std::uint32_t n = static_cast<std::uint32_t>(x.u) - static_cast<std::uint32_t>(x.m) + 7;
      f_ = numerics::bits(numerics::pow2_factor(static_cast<std::int32_t>(n)));
    }
  }
  out_.max_valid = maxima_head_ != maxima_tail_ && maxima_[maxima_head_ % kInFlight].due == now_;
  if (out_.max_valid) {
    const Flight& f = maxima_[maxima_head_++ % kInFlight];
    out_.max_col = f.column;
    maximum_[f.column] = {high(f.data), low(f.data)};
    out_.max_m = high(f.data);
    out_.max_u = low(f.data);
  }
}

void Tree::step(const In& in) {
  bool sum = false;
  const bool taking = take(sum);
  const bool leaves = out_.res_valid && in.res_ready;
  if (leaves) {
    if (words_[word_head_].last) ++out_.done;
    word_head_ = (word_head_ + 1) % kWords;
    --word_level_;
  }
  land();
  if (taking) join(sum);
  if (leaves) ++credit_;
  for (unsigned l = 0; l < lanes_; ++l)
    if ((in.red_valid >> l & 1) && (out_.red_ready >> l & 1)) queue_[l][level_[l]++] = {(in.red_kind >> l & 1) != 0, (in.red_last >> l & 1) != 0, in.red_data[l]};
  if (in.cmd != nullptr && in.cmd->op == pkg::L_PV)
    commands_[(command_head_ + command_level_++) % pkg::LCMD_DEPTH] = {in.cmd->out, in.cmd->kt};

  out_.red_ready = 0;
  for (unsigned l = 0; l < lanes_; ++l) out_.red_ready |= static_cast<std::uint8_t>((level_[l] < 2) << l);
  out_.cmd_ready = pkg::LCMD_DEPTH - command_level_ >= 4;
  if (word_level_ != 0) out_.res = words_[word_head_].word;
  else if (out_.res_valid) out_.res = {};
  out_.res_valid = word_level_ != 0;
  ++now_;
}

void Tree::probe(probe::tree& p) const {
  p.red_ready_o = out_.red_ready;
  p.cmd_ready_o = out_.cmd_ready;
  p.max_valid_o = out_.max_valid;
  p.max_col_o = out_.max_col;
  p.max_m_o = static_cast<std::uint32_t>(out_.max_m);
  p.max_u_o = static_cast<std::uint32_t>(out_.max_u);
  p.res_valid_o = out_.res_valid;
  p.res_o = out_.res.pack();
  p.done_o = out_.done;
  p.item_q = item_;
  p.col_q = column_;
  p.col_out_q = column_out_ % pkg::VMEM_BLOCKS;
  p.credit_q = credit_;
  p.sum_q = sum_;
  p.f_q = f_;
  p.queue_level = 0;
  for (unsigned l = 0; l < lanes_; ++l) p.queue_level |= static_cast<std::uint64_t>(level_[l]) << 2 * l;
  p.cmd_level = command_level_;
  p.word_level = word_level_;
}

}  // namespace htx::chip
