// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/accum.hpp"

#include "golden/numerics/numerics.hpp"

namespace htx::chip {

using namespace lane_timing;
namespace num = numerics;

void Accum::reset() {
  out_ = {};
  now_ = 0;
  scales_ = {};
  scores_ = sums_ = {};
  in_flight_ = 0;
  acc_we_ = acc_last_ = false;
  word_ = {};
  half_ = push_ = false;
  part_ = groups_head_ = groups_level_ = words_head_ = level_ = 0;
}

/// The word register goes into the queue, under the name of the oldest block.
void Accum::push_word() {
  const Group& g = groups_[groups_head_];
  Word& w = words_[(words_head_ + level_++) % kResultWords];
  w.word.argmax = g.argmax;
  w.word.nostore = g.nostore;
  w.word.addr = static_cast<std::uint16_t>(g.block * 4 + part_);
  w.word.data = word_;
  w.last = g.last;
  w.fin = g.end && g.last && part_ == 3;
  part_ = (part_ + 1) % 4;
  if (part_ == 0) {
    groups_head_ = (groups_head_ + 1) % groups_.size();
    --groups_level_;
  }
}

void Accum::step(const In& in) {
  const Dot::Out& d = *in.dot;
  const Dot::Column& mine = d.column[in.column];
  // the queue's head leaves; the word made in the last clock enters
  const bool pop = out_.res_valid && in.res_ready;
  out_.res_free = pop && words_[words_head_].last;
  out_.res_fin = pop && words_[words_head_].fin;
  if (pop) {
    words_head_ = (words_head_ + 1) % kResultWords;
    --level_;
  }
  if (push_) push_word();
  push_ = false;
  if (d.grp_valid && in.column <= d.grp_cols)
    groups_[(groups_head_ + groups_level_++) % groups_.size()] = {static_cast<std::uint16_t>((d.grp_addr + in.column * d.grp_step) & 0x3fff),
                                                                  d.grp_argmax, d.grp_nostore, d.grp_end, in.column == d.grp_cols};

  // the word register
  if (d.ld_valid && in.column == 0) {
    word_ = {word_[2], word_[3], d.ld_data[0], d.ld_data[1]};
    push_ = half_;
    half_ = !half_;
  } else if (acc_we_ && acc_last_) {
    word_ = {word_[0] >> 32 | word_[1] << 32, word_[1] >> 32 | word_[2] << 32, word_[2] >> 32 | word_[3] << 32,
             word_[3] >> 32 | std::uint64_t{num::bits(acc_sum_)} << 32};
    push_ = acc_row_ % 8 == 7;
  }

  // arithmetic: the value is computed when the dot product arrives, and seen when it is due
  if (mine.dot_valid) {
    const Scales& s = scales_[(now_ - kDotLag) % 4];
    const float t = num::mul(num::from_bits(s.sa), num::from_bits(s.sw));
    Value v{true, d.dot_score, d.dot_first, d.dot_last, d.dot_row, d.dot_ev, num::mul(num::i32_to_f(mine.dot), t)};
    (d.dot_score ? scores_[(now_ + kScaled) % kSpan] : sums_[(now_ + kAccWrite) % kSpan]) = v;
    ++in_flight_;
  }
  scales_[now_ % 4] = {mine.row_sa, d.row_sw};

  ++now_;
  out_.sc_valid = false;
  acc_we_ = false;
  if (in_flight_) {
    if (Value& v = scores_[now_ % kSpan]; v.due) {
      out_.sc_valid = true;
      out_.sc_x = num::bits(v.u);
      out_.sc_ev = v.ev;
      v.due = false;
      --in_flight_;
    }
    if (Value& v = sums_[now_ % kSpan]; v.due) {
      acc_we_ = true;
      acc_row_ = v.row;
      acc_last_ = v.last;
      acc_sum_ = acc_[v.row] = num::add(v.first ? 0.0f : acc_[v.row], v.u);
      v.due = false;
      --in_flight_;
    }
  }
  out_.res_valid = level_ != 0;
  out_.res_last = level_ != 0 && words_[words_head_].last;
  if (level_) out_.res = words_[words_head_].word;
  else if (pop) out_.res = {};
}

void Accum::probe(probe::accum& p) const {
  p.res_free_o = out_.res_free;
  p.res_fin_o = out_.res_fin;
  p.sc_valid_o = out_.sc_valid;
  p.sc_x_o = out_.sc_x;
  p.sc_ev_o = out_.sc_ev;
  p.res_valid_o = out_.res_valid;
  p.res_last_o = out_.res_last;
  p.res_o = out_.res.pack();
  p.acc_we = acc_we_;
  p.acc_row = acc_we_ ? acc_row_ : 0;
  p.acc_data = acc_we_ ? num::bits(acc_sum_) : 0;
  p.word_q = word_;
  p.half_q = half_;
  p.push_q = push_;
  p.part_q = part_;
  p.level = level_;
  p.grp_level = groups_level_;
}

}  // namespace htx::chip
