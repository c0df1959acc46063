// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/attn.hpp"

#include <algorithm>
#include <limits>

#include "golden/numerics/numerics.hpp"

namespace htx::chip {

using namespace lane_timing;
namespace num = numerics;

namespace {
constexpr std::int32_t kNone = std::numeric_limits<std::int32_t>::min();  // the maximum of nothing
constexpr unsigned kShareAfter = 5;  // a share after its token's read
constexpr unsigned kSumAfter = 3;    // a sum's write after its column
}  // namespace

void Attn::reset() {
  out_ = {};
  out_.red_end = true;
  now_ = 0;
  s_count_ = s_low_ = s_tok_ = s_page_ = 0;
  score_due_ = {};
  score_we_ = score_bad_ = false;
  token_max_ = {};
  page_we_ = page_last_ = false;
  page_max_ = 0;
  run_m_ = run_u_ = kNone;
  pending_ = max_last_ = pv_last_ = false;
  pv_ = kIdle;
  pages_ = kt_ = low_ = 0;
  gen_ = kGenIdle;
  gen_page_ = gen_tok_ = 0;
  gen_ahead_ = false;
  share_due_ = {};
  term_due_ = {};
  den_ = 0;
  sum_due_ = {};
  sum_we_ = sum_last_ = false;
  drain_ = 0;
  out_v_ = out_den_ = false;
}

bool Attn::starts(const In& in) { return in.dot->at_valid && in.column <= in.dot->at_cols; }

/// The state of clock now_ goes over to the next; now_ itself moves later.
void Attn::step_scores(const In& in, bool taken_max) {
  // the page's maximum, two clocks after its last score
  if (page_we_) {
    page_u_[page_addr_] = page_max_;
    run_u_ = std::max(run_u_, page_max_);
  }
  if (page_we_ && page_last_) pending_ = true;
  else if (taken_max) pending_ = false;
  const Maxima t = token_max_;
  page_we_ = t.page_end;
  page_last_ = t.end;
  page_addr_ = t.page;
  if (t.v && t.ok) {
    page_max_ = t.first ? t.u : std::max(page_max_, t.u);
    run_m_ = std::max(run_m_, t.m);
  }
  token_max_.v = token_max_.page_end = token_max_.end = false;
  if (score_we_) {
    const bool last_page = s_page_ + 1 == s_count_;
    scores_[score_addr_] = score_;
    token_max_ = {true, !last_page || s_tok_ <= s_low_, s_tok_ == 0, s_tok_ == 31, s_tok_ == 31 && last_page,
                  num::ceil256(score_.s), num::ceil256(num::folded(score_.s, score_.ev)), s_page_};
    if (score_bad_ && token_max_.ok) out_.err = pkg::ERR_SCORE;
    s_tok_ = (s_tok_ + 1) % 32;
    if (s_tok_ == 0) s_page_ = (s_page_ + 1) % kPages;
  }
  if (in.accum->sc_valid) score_due_[(now_ + kScore) % 8] = {true, in.accum->sc_ev, in.accum->sc_x};
  if (starts(in) && !in.dot->at_pv) {
    max_last_ = in.column == in.dot->at_cols;
    s_tok_ = s_page_ = 0;
    s_low_ = in.dot->at_low;
    s_count_ = in.dot->at_count;
    run_m_ = run_u_ = kNone;
    pending_ = s_count_ == 0;
  }
}

void Attn::step_shares(const In& in) {
  const bool begin = pv_ == kRun && gen_ == kGenIdle && gen_page_ != pages_ && !gen_ahead_;
  const bool page = in.dot->page && in.column <= in.dot->at_cols;
  if (page) gen_ahead_ = false;
  switch (gen_) {
    case kGenIdle:
      if (begin) {
        gen_ = kGenRead;
        gen_ahead_ = true;
      }
      break;
    case kGenRead:
      uc_ = page_u_[gen_page_ % kPages];
      gen_ = kGenShift;
      break;
    case kGenShift:
      shift_[gen_page_ % 4] = static_cast<std::uint8_t>(std::min(max_u_ - uc_, 60));
      gen_ = kGenToken;
      break;
    case kGenToken: {
      const Token& t = scores_[gen_page_ % kPages * 32 + gen_tok_];
      const bool ok = gen_page_ + 1 != pages_ || gen_tok_ <= low_;
      ShareDue s{true, static_cast<std::uint8_t>(gen_page_ % 2 * 32 + gen_tok_), 0, 0};
      if (ok) {
        s.share = static_cast<std::uint8_t>(num::share(uc_, num::folded(t.s, t.ev)));
        s.term = num::denominator_term(max_m_, t.s);
      }
      share_due_[(now_ + kShareAfter) % 8] = s;
      if (++gen_tok_ == 32) {
        gen_tok_ = 0;
        gen_ = kGenIdle;
        ++gen_page_;
      }
      break;
    }
  }
  den_ += term_due_[now_ % 8];
  term_due_[now_ % 8] = 0;
  if (in.max_valid) {
    max_m_ = in.max_m;
    max_u_ = in.max_u;
    out_.max_ok = true;
  }
  if (starts(in) && in.dot->at_pv) {
    out_.max_ok = false;
    pages_ = in.dot->at_count;
    kt_ = in.dot->at_kt;
    low_ = in.dot->at_low;
    gen_page_ = 0;
    gen_ahead_ = false;
    den_ = 0;
  }
  const ShareDue& due = share_due_[(now_ + 1) % 8];
  out_.share_ok = (due.due && due.addr % 32 == 0) || (out_.share_ok && !page);
}

void Attn::step_sums(const In& in, bool taken) {
  const bool finished = sum_we_ && sum_last_;
  if (sum_we_) sums_[sum_addr_] = sum_;
  if (const Dot::Out& d = *in.dot; d.column[in.column].col_valid)
    sum_due_[(now_ + kSumAfter) % 8] = {true, d.col_first, d.col_last, d.col_addr,
                                        (std::int64_t{d.column[in.column].col} << 24) >> shift_[d.col_page]};
  out_.red_fin = taken && out_.red_end && out_.red_last;
  switch (pv_) {
    case kIdle:
      if (starts(in) && in.dot->at_pv) {
        pv_last_ = in.column == in.dot->at_cols;
        pv_ = in.dot->at_count ? kRun : kDrain;
        drain_ = 0;
      }
      break;
    case kRun:
      if (finished) pv_ = kDrain;
      break;
    case kDrain:
      if (out_v_ && !taken) break;
      if (out_den_) {
        out_v_ = out_den_ = false;
        pv_ = kIdle;
      } else {
        out_v_ = true;
        out_den_ = drain_ == 32 * kt_;
        if (!out_den_) shown_ = pages_ ? static_cast<std::uint64_t>(sums_[drain_++]) : (++drain_, 0);
      }
      break;
  }
}

void Attn::step(const In& in) {
  const bool taken = out_.red_valid && in.red_ready;
  step_scores(in, taken && !out_v_);
  // nothing of a PV stirs without a pulse while none is at work, but for the maxima
  step_shares(in);
  step_sums(in, taken);

  ++now_;
  ScoreDue& score = score_due_[now_ % 8];
  score_we_ = score.due;
  if (score.due) {
    const auto r = num::f_to_score(num::from_bits(score.x));
    score_ = {r.value, static_cast<std::int8_t>(score.ev)};
    score_bad_ = r.bad;
    score_addr_ = s_page_ * 32 + s_tok_;
    score.due = false;
  }
  ShareDue& share = share_due_[now_ % 8];
  out_.share_we = share.due;
  if (share.due) {
    out_.share_addr = share.addr;
    out_.share = share.share;
    term_due_[now_ % 8] = share.term;
    share.due = false;
  }
  SumDue& sum = sum_due_[now_ % 8];
  sum_we_ = sum.due;
  if (sum.due) {
    sum_addr_ = sum.addr;
    sum_last_ = sum.last;
    sum_ = (sum.first ? 0 : sums_[sum.addr]) + sum.term;
    sum.due = false;
  }
  out_.red_kind = out_v_;
  out_.red_end = !out_v_ || out_den_;
  out_.red_last = out_v_ ? pv_last_ : max_last_;
  out_.red_valid = out_v_ || (pending_ && pv_ == kIdle);
  out_.red_data = out_v_ ? (out_den_ ? den_ : shown_)
                  : out_.red_valid ? std::uint64_t{static_cast<std::uint32_t>(run_m_)} << 32 | static_cast<std::uint32_t>(run_u_)
                                   : 0;
}

void Attn::probe(probe::attn& p) const {
  p.share_we_o = out_.share_we;
  p.share_addr_o = out_.share_addr;
  p.share_o = out_.share;
  p.share_ok_o = out_.share_ok;
  p.max_ok_o = out_.max_ok;
  p.red_valid_o = out_.red_valid;
  p.red_kind_o = out_.red_kind;
  p.red_data_o = out_.red_data;
  p.red_end_o = out_.red_end;
  p.red_last_o = out_.red_last;
  p.red_fin_o = out_.red_fin;
  p.err_o = out_.err;
  p.s_tok_q = s_tok_;
  p.s_page_q = s_page_;
  p.s_low_q = s_low_;
  p.s_count_q = s_count_;
  p.score_we = score_we_;
  p.score_waddr = score_we_ ? score_addr_ : 0;
  p.score_wdata =
      score_we_ ? std::uint32_t{static_cast<std::uint8_t>(score_.ev)} << 24 | (static_cast<std::uint32_t>(score_.s) & 0xffffff) : 0;
  p.page_we_q = page_we_;
  p.page_max_q = static_cast<std::uint32_t>(page_max_) & 0x3ffff;
  p.run_m_q = static_cast<std::uint32_t>(run_m_);
  p.run_u_q = static_cast<std::uint32_t>(run_u_);
  p.max_pend_q = pending_;
  p.pv_q = pv_;
  p.pv_count_q = pages_;
  p.pv_kt_q = kt_;
  p.pv_low_q = low_;
  p.gen_q = gen_;
  p.gen_page_q = gen_page_;
  p.gen_tok_q = gen_tok_;
  p.gen_ahead_q = gen_ahead_;
  p.den_q = den_;
  p.sum_we = sum_we_;
  p.sum_waddr = sum_we_ ? sum_addr_ : 0;
  p.sum_wdata = sum_we_ ? static_cast<std::uint64_t>(sum_) : 0;
  p.drain_q = drain_;
  p.out_den_q = out_den_;
}

}  // namespace htx::chip
