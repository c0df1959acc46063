// SPDX-License-Identifier: Apache-2.0
// WCK and the data bus.
#include <fmt/format.h>

#include <algorithm>

#include "verif/dram/checker.hpp"

namespace htx::dram {

void Checker::sync_lost(Rank& r, std::int64_t ck) {
  r.synced_until = std::min(r.synced_until, ck);
  r.sure = {};
}

void Checker::cas(Rank& r, const Command& c) {
  const Fields& f = c.f;
  if (f.ws_wr && f.ws_rd && f.ws_fs) return sync_lost(r, c.ck);
  if (!f.ws_wr && !f.ws_rd && !f.ws_fs) return;
  // A CAS for both ranks is right when one of them needs it.
  bool all_synced = true;
  for (unsigned i = 0; i < kRanks; ++i)
    if (c.ranks >> i & 1) all_synced = all_synced && c.ck - rank_[i].sure.ck < rank_[i].sure_for;
  if (all_synced && config_.always_on) state(Rule::WCK_03, c, &r.sure, "WCK runs on since");
  else if (all_synced) too_soon(Rule::WCK_03, c, r.sure, static_cast<int>(r.sure_for), r.sure_parameter);
  r.sync = stamp(r, c);
  if (f.ws_fs) {
    r.synced_until = config_.always_on ? INT64_MAX : c.ck + r.t.tSyncFS;
    return;
  }
  r.cas_due = true;
  r.cas_write = f.ws_wr;
  r.cas = r.sync;
}

/// The CK after a CAS(WS_RD) or CAS(WS_WR) has come: by `c`, or by nothing for this rank.
void Checker::cas_followed(Rank& r, const Command* c, std::int64_t ck) {
  r.cas_due = false;
  r.synced_until = r.cas.ck + (r.cas_write ? r.t.tSyncWR : r.t.tSyncRD);  // as if it had been right: one mistake, one finding
  const bool right = c && c->ck == r.cas.ck + 1 && (r.cas_write ? writes_dq(c->op) : reads_dq(c->op));
  if (right || !counted(Rule::WCK_02)) return;
  const std::string who = c ? brief(*c) : "the bus";
  report({.rule = Rule::WCK_02, .ck = ck, .command = c ? brief(*c) : "", .other_ck = r.cas.at, .other = brief(r.cas), .parameter = "",
          .have = ck - r.cas.ck, .need = 1, .message = fmt::format("ck {} {}: CAS(WS_{}) r{} at {} has no {} of its rank in CK {}", ck, who, r.cas_write ? "WR" : "RD", rank_of(r), r.cas.at,
                                 r.cas_write ? "WR" : "RD", r.cas.ck + 1)});
}

void Checker::need_sync(Rank& r, const Command& c) {
  const bool writing = writes_dq(c.op);
  if (c.ck > r.synced_until) {
    const bool after_cas = r.sync.op == Op::CAS, after_write = writes_dq(r.sync.op);
    const int most = after_cas ? r.t.tSyncFS : after_write ? r.t.tSyncWR : r.t.tSyncRD;
    if (r.sync.at == kNever) state(Rule::WCK_01, c, nullptr, "WCK is not synced; no CAS stands before it");
    else if (config_.always_on || c.ck - r.sync.ck <= most) state(Rule::WCK_01, c, nullptr, "WCK is not synced; it was stopped by CAS, PDE or SRE");
    else too_late(Rule::WCK_01, c, r.sync, most, after_cas ? "tSyncFS" : after_write ? "tSyncWR" : "tSyncRD");
  }
  r.sync = stamp(r, c);
  const int longer = is_burst32(c.op) ? r.t.BL32max - r.t.BLmax : 0;
  r.synced_until = config_.always_on ? INT64_MAX : std::max(r.synced_until, c.ck + longer + (writing ? r.t.tSyncWR : r.t.tSyncRD));
  r.sure = r.sync;
  r.sure_for = config_.always_on ? INT64_MAX / 4 : longer + (writing ? ctl_.tSyncWR : ctl_.tSyncRD);
  r.sure_parameter = writing ? "tSyncWR" : "tSyncRD";
}

/// Takes the data bus for the burst of `c`.
void Checker::data(Rank& r, const Command& c) {
  const Timings& t = r.t;
  const std::int64_t begin = c.ck + (writes_dq(c.op) ? t.WL : t.RL);
  const bool long_burst = is_burst32(c.op);
  const std::int64_t end = begin + (long_burst ? t.BL32min : t.BLmin);
  const unsigned rank = rank_of(r);
  const auto beat = [&](std::int64_t ck) -> Beat& { return beats_[static_cast<std::size_t>(ck & 63)]; };
  const Stamp* met = nullptr;
  for (std::int64_t d = begin; d < end; ++d) {
    if (d - begin >= t.BLmin && d - begin < t.BLmax) continue;  // the gap of BL32
    Beat& b = beat(d);
    // on one rank the distances of BL16 commands say it already
    if (b.ck == d && (b.of.rank != rank || long_burst || is_burst32(b.of.op))) met = &b.of;
  }
  if (met) [[unlikely]] {
    const Stamp other = *met;
    state(Rule::DQ_01, c, &other, fmt::format("its data, from {} on, meet on the bus those of", begin));
  } else {
    for (int gap = t.tRank; gap >= 1; --gap) {
      const Beat* const near[] = {&beat(begin - gap), &beat(end - 1 + gap)};
      const std::int64_t at[] = {begin - gap, end - 1 + gap};
      for (int i = 0; i < 2; ++i)
        if (near[i]->ck == at[i] && near[i]->of.rank != rank) [[unlikely]] {
          const Stamp other = near[i]->of;
          bool nearer = false;
          for (int g = 1; g < gap; ++g) nearer = nearer || (beat(i ? end - 1 + g : begin - g).ck == (i ? end - 1 + g : begin - g));
          if (nearer) continue;
          if (counted(Rule::DQ_02))
            report({.rule = Rule::DQ_02, .ck = c.ck, .command = brief(c), .other_ck = other.at, .other = brief(other), .parameter = "tRank", .have = gap - 1, .need = t.tRank,
                    .message = fmt::format("ck {} {}: {} CK between its data and those of {} at {}, tRank needs {}", c.ck, brief(c), gap - 1, brief(other), other.at, t.tRank)});
        }
    }
  }
  for (std::int64_t d = begin; d < end; ++d)
    if (d - begin < t.BLmin || d - begin >= t.BLmax) beat(d) = {d, stamp(r, c)};
}

}  // namespace htx::dram
