// SPDX-License-Identifier: Apache-2.0
// REF and RFM: what they find, what waits for them, and what is owed.
#include <fmt/format.h>

#include <algorithm>

#include "verif/dram/checker.hpp"

namespace htx::dram {
namespace {

constexpr std::int64_t kStep = 16;  // of the phase in a CK at the ordinary rate; 128 where tREFI is an eighth, 4 where it is fourfold

}  // namespace

/// Four ACT-2 or REFpb before this one: the oldest of them has left the window.
void Checker::in_window(Rank& r, const Command& c) {
  at_least(Rule::FAW_01, c, r.window[r.window_at], r.t.tFAW, "tFAW");
  r.window[r.window_at] = stamp(r, c);
  r.window_at = (r.window_at + 1) % 4;
}

/// What an earlier REF or RFM makes `c` wait for. `pair`: of ACT-1 or REFpb; -1 for a command of the whole rank.
void Checker::after_refresh(Rank& r, const Command& c, int pair) {
  const auto wait = [&](const Stamp& s, Rule ref, Rule rfm, int tRFC, int tRFM, const char* ref_name, const char* rfm_name) {
    at_least(s.rfm ? rfm : ref, c, s, s.rfm ? tRFM : tRFC, s.rfm ? rfm_name : ref_name);
  };
  wait(r.ref_ab, Rule::REF_03, Rule::RFM_02, r.t.tRFCab, r.t.tRFMab, "tRFCab", "tRFMab");
  if (c.ck - r.ref_pb.ck >= std::max({r.t.tRFCpb, r.t.tRFMpb, r.t.tpbR2pbR})) return;
  for (int p = 0; p < kBanks / 2; ++p) {
    const Stamp& ref = r.ref_pair[static_cast<std::size_t>(p)];
    if (pair < 0 || pair == p) wait(ref, Rule::REF_04, Rule::RFM_03, r.t.tRFCpb, r.t.tRFMpb, "tRFCpb", "tRFMpb");
    else if (c.op == Op::REF) at_least(Rule::REF_05, c, ref, r.t.tpbR2pbR, "tpbR2pbR");
    else at_least(Rule::REF_06, c, ref, r.t.tpbR2act, "tpbR2act");
  }
}

void Checker::closed_for_refresh(Rank& r, const Command& c, int bank) {
  Bank& b = r.bank[static_cast<std::size_t>(bank)];
  if (b.open) state(Rule::REF_01, c, &b.act, "a row is open since");
  else at_least(Rule::REF_02, c, b.pre, b.pre.ab ? r.t.tRPab : r.t.tRPpb, b.pre.ab ? "tRPab" : "tRPpb");
}

void Checker::refresh(Rank& r, const Command& c) {
  const int pair = c.f.ab ? -1 : pair_of(c.f);
  after_refresh(r, c, pair);
  at_least(Rule::SR_04, c, r.srx, r.t.tXSR, "tXSR");
  if (c.f.ab) {
    for (int b = 0; b < kBanks; ++b) closed_for_refresh(r, c, b);
    r.ref_ab = stamp(r, c);
  } else {
    closed_for_refresh(r, c, pair);
    closed_for_refresh(r, c, pair + kBanks / 2);
    at_least(Rule::RRD_01, c, r.last_act, r.t.tRRD, "tRRD");
    in_window(r, c);
    if (!c.f.rfm) {
      const Stamp& before = r.ref_pair[static_cast<std::size_t>(pair)];
      if (r.pairs >> pair & 1) state(Rule::REF_07, c, &before, fmt::format("pairs still to be refreshed: {:08b}; this one was by", ~r.pairs & 255));
      r.pairs |= 1u << pair;
      if (r.pairs == 255) r.pairs = 0;
    }
    r.ref_pb = r.ref_pair[static_cast<std::size_t>(pair)] = stamp(r, c);
  }
  if (c.f.ab && !c.f.rfm) r.pairs = 0;
  if (raaimt_) {
    const auto back = static_cast<std::uint32_t>(c.f.rfm ? raaimt_ * r.t.RAADEC : raaimt_);
    for (int b = 0; b < kBanks; ++b)
      if (c.f.ab || b % (kBanks / 2) == pair) {
        std::uint32_t& raa = r.bank[static_cast<std::size_t>(b)].raa;
        raa -= std::min(raa, back);
      }
  }
  if (!c.f.rfm) repay(r, c);
}

void Checker::repay(Rank& r, const Command& c) {
  overdue(r, c.ck, brief(c));
  const std::int64_t owed = phase_at(r, c.ck) / (r.t.tREFI * kStep);
  r.done = std::min(r.done + (c.f.ab ? 8 : 1), 8 * (owed + r.t.MaxDebt));  // more than eight ahead earns nothing
  r.last_ref = stamp(r, c);
  r.ref_phase = phase_at(r, c.ck);
  set_rate(r, c.ck, r.rate);
}

void Checker::set_rate(Rank& r, std::int64_t ck, std::int64_t rate) {
  r.phase = phase_at(r, ck);
  r.phase_ck = ck;
  r.rate = rate;
  set_deadlines(r);
}

/// The last CK at which everything owed is still in order.
void Checker::set_deadlines(Rank& r) {
  r.debt_deadline = r.gap_deadline = INT64_MAX;
  if (r.rate == 0) return;
  const std::int64_t interval = r.t.tREFI * kStep;
  r.debt_deadline = r.phase_ck + (interval * (r.done / 8 + r.t.MaxDebt + 1) - r.phase) / r.rate;
  r.gap_deadline = r.phase_ck + (interval * r.t.MaxGap + r.ref_phase - r.phase) / r.rate;
}

void Checker::overdue(Rank& r, std::int64_t ck, const std::string& who) {
  const std::string since = r.last_ref.at == kNever ? "the beginning" : fmt::format("{} at {}", brief(r.last_ref), r.last_ref.at);
  const bool debt = ck > r.debt_deadline, gap = ck > r.gap_deadline;
  const auto tell = [&](Rule rule, const char* parameter, int need, std::int64_t deadline, const char* what) {
    if (counted(rule))
      report({.rule = rule, .ck = ck, .command = who, .other_ck = r.last_ref.at, .other = r.last_ref.at == kNever ? "" : brief(r.last_ref), .parameter = parameter,
              .have = ck - deadline, .need = need, .message = fmt::format("ck {} {}: rank {}: {}; {} CK too late, the last refresh was {}, {} allows {}", ck, who, rank_of(r),
                                                                         what, ck - deadline, since, parameter, need)});
  };
  if (debt) {
    tell(Rule::REF_08, "MaxDebt", r.t.MaxDebt, r.debt_deadline, "one more refresh is postponed than may be");
    r.done += 8;  // told once for each
  }
  if (gap) tell(Rule::REF_09, "MaxGap", r.t.MaxGap, r.gap_deadline, "the gap between two refreshes is too long");
  if (debt) {
    const std::int64_t kept = r.gap_deadline;
    set_deadlines(r);
    r.gap_deadline = kept;
  }
  if (gap) r.gap_deadline = INT64_MAX;  // until the next one
}

void Checker::temperature(std::int64_t ck, unsigned ranks, int eighths, bool hot) {
  if (!begun_) begin(ck);
  for (int i = 0; i < config_.ranks; ++i) {
    if (!(ranks >> i & 1)) continue;
    Rank& r = rank_[static_cast<std::size_t>(i)];
    if (ck > r.debt_deadline || ck > r.gap_deadline) overdue(r, ck, "temperature");
    r.asked = kStep * 8 / eighths;
    r.t = legal_[hot];
    if (r.rate) set_rate(r, ck, r.asked);
  }
}

}  // namespace htx::dram
