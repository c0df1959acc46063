// SPDX-License-Identifier: Apache-2.0
// Rows: ACT, PRE, and the distances of RD and WR.
#include <fmt/format.h>

#include <algorithm>

#include "verif/dram/checker.hpp"

namespace htx::dram {

void Checker::between_halves(Rank& r, const Command& c) {
  const int bank = r.act1.bank;
  bool other_bank = false;
  switch (c.op) {
    case Op::ACT1: case Op::ACT2: case Op::CAS: return;  // judged on their own
    case Op::RD16: case Op::RD32: case Op::WR16: case Op::MWR: case Op::WR32: other_bank = bank_of(c.f) != bank; break;
    case Op::PRE: other_bank = !c.f.ab && bank_of(c.f) != bank; break;
    case Op::REF: other_bank = !c.f.ab && pair_of(c.f) != bank % (kBanks / 2); break;
    default: break;
  }
  if (!other_bank) state(Rule::ACT_05, c, &r.act1, "before the ACT-2 of");
}

void Checker::activate1(Rank& r, const Command& c) {
  const int bank = bank_of(c.f);
  Bank& b = r.bank[static_cast<std::size_t>(bank)];
  if (r.half) state(Rule::ACT_02, c, &r.act1, "before the ACT-2 of");
  if (b.open) state(Rule::ACT_01, c, &b.act1, fmt::format("the bank is open since the ACT-2 at {} that followed", b.act.at));
  else at_least(b.pre.ab ? Rule::RP_02 : Rule::RP_01, c, b.pre, b.pre.ab ? r.t.tRPab : r.t.tRPpb, b.pre.ab ? "tRPab" : "tRPpb");
  at_least(Rule::RC_01, c, b.act, r.t.tRC, "tRC");
  if (c.f.row >> row_bits(config_.density))
    state(Rule::CMD_03, c, nullptr, fmt::format("row {} and above; a die of {} Gb has {}", c.f.row & ~2047u, config_.density, 1 << row_bits(config_.density)));
  after_refresh(r, c, bank % (kBanks / 2));
  at_least(Rule::SR_04, c, r.srx, r.t.tXSR, "tXSR");
  if (!r.zq_done) [[unlikely]] {
    state(Rule::INIT_03, c, nullptr, "no ZQ calibration was latched since RESET_n rose");
    r.zq_done = true;
  }
  r.half = true;
  r.act1 = stamp(r, c);
}

void Checker::activate2(Rank& r, const Command& c) {
  if (!r.half) {
    if (counted(Rule::ACT_03))
      report({.rule = Rule::ACT_03, .ck = c.ck, .command = fmt::format("ACT-2 r{}", rank_of(r)), .other = "", .parameter = "",
              .message = fmt::format("ck {} ACT-2 r{}: no ACT-1 waits for it", c.ck, rank_of(r))});
    return;
  }
  r.half = false;
  const std::int64_t aad = c.ck - r.act1.ck;
  if (aad < r.t.tAADmin) too_soon(Rule::ACT_04, c, r.act1, r.t.tAADmin, "tAADmin");
  if (aad > r.t.tAADmax) too_late(Rule::ACT_04, c, r.act1, r.t.tAADmax, "tAADmax");
  Bank& b = r.bank[r.act1.bank];
  at_least(Rule::RRD_01, c, r.last_act, r.t.tRRD, "tRRD");
  in_window(r, c);
  b.open = true;
  b.act1 = r.act1;
  b.act = r.last_act = stamp(r, c);
  b.read.ck = b.write.ck = kNever;
  if (raaimt_) {
    if (b.raa >= static_cast<std::uint32_t>(raammt_) && counted(Rule::RFM_01))
      report({.rule = Rule::RFM_01, .ck = c.ck, .command = brief(c), .other_ck = kNever, .other = "", .parameter = "RAAMMT", .have = b.raa, .need = raammt_,
              .message = fmt::format("ck {} {}: {} activations of this bank since refresh took some back, RAAMMT allows {}", c.ck, brief(c), b.raa + 1, raammt_)});
    ++b.raa;
  }
  if (r.awaits_first_act) [[unlikely]] {  // from here on there is something to lose
    r.awaits_first_act = false;
    r.last_ref = stamp(r, c);
    r.ref_phase = r.phase;
    set_rate(r, c.ck, r.asked);
  }
}

void Checker::precharge_bank(Rank& r, Bank& b, const Command& c) {
  if (!b.open) return;  // closed already: a PRE of it does nothing, and begins nothing
  at_least(Rule::RAS_01, c, b.act, r.t.tRAS, "tRAS");
  at_least(Rule::RTP_01, c, b.read, r.t.tRTP + (b.read.op == Op::RD32 ? r.t.BL32min - r.t.BLmin : 0), "tRTP");
  at_least(Rule::WTP_01, c, b.write, r.t.tWTP + (b.write.op == Op::WR32 ? r.t.BL32min - r.t.BLmin : 0), "tWTP");
  b.open = false;
  b.pre = stamp(r, c);
}

void Checker::precharge(Rank& r, const Command& c) {
  at_least(Rule::PPD_01, c, r.last_pre, r.t.tPPD, "tPPD");
  r.last_pre = stamp(r, c);
  if (c.ck - r.ref_ab.ck < r.t.tRFCab) [[unlikely]]
    too_soon(r.ref_ab.rfm ? Rule::RFM_02 : Rule::REF_03, c, r.ref_ab, r.t.tRFCab, r.ref_ab.rfm ? "tRFMab" : "tRFCab");
  if (!c.f.ab) return precharge_bank(r, r.bank[static_cast<std::size_t>(bank_of(c.f))], c);
  for (Bank& b : r.bank) precharge_bank(r, b, c);
}

/// RD and WR of a rank keep their distance by bank group; `group` kBankGroups: a burst of no bank (MRR, training).
void Checker::column_distances(Rank& r, const Command& c, int group) {
  const Timings& t = r.t;
  const bool reading = reads_dq(c.op);
  for (int g = 0; g <= kBankGroups; ++g) {
    const bool same = g == group && group < kBankGroups;
    const Stamp& rd = r.read[static_cast<std::size_t>(g)];
    const Stamp& wr = r.write[static_cast<std::size_t>(g)];
    const Stamp& like = reading ? rd : wr;
    if (same) at_least(Rule::CCD_02, c, like, is_burst32(like.op) ? t.BL32max : t.tCCD_L, "tCCD_L");
    else at_least(Rule::CCD_01, c, like, t.tCCD_S, "tCCD_S");
    if (reading) {
      const int more = wr.op == Op::WR32 ? same ? t.BL32max - t.BLmax : t.BL32min - t.BLmin : 0;
      at_least(same ? Rule::WTR_02 : Rule::WTR_01, c, wr, (same ? t.tW2R_L : t.tW2R_S) + more, same ? "tW2R_L" : "tW2R_S");
    } else {
      at_least(Rule::RTW_01, c, rd, tR2W_ + (rd.op == Op::RD32 ? t.BL32min - t.BLmin : 0), "tR2W");
    }
  }
  if (reading) at_least(Rule::MR_04, c, r.mrr, c.op == Op::MRR ? 0 : t.tMRR, "tMRR");
  (reading ? r.read : r.write)[static_cast<std::size_t>(group)] = stamp(r, c);
}

void Checker::column(Rank& r, const Command& c) {
  Bank& b = r.bank[static_cast<std::size_t>(bank_of(c.f))];
  const Timings& t = r.t;
  if (!b.open) {
    if (r.half && r.act1.bank == bank_of(c.f)) state(Rule::COL_01, c, &r.act1, "the bank is only half open, by");
    else state(Rule::COL_01, c, &b.pre, b.pre.at == kNever ? "the bank was never opened" : b.pre.ap ? "the bank is closed by the auto-precharge of" : "the bank is closed since");
  } else {
    at_least(Rule::RCD_01, c, b.act, t.tRCD, "tRCD");
  }
  at_least(Rule::SR_04, c, r.srx, t.tXSR, "tXSR");
  at_least(Rule::ZQ_02, c, r.zq_latch, t.tZQLAT, "tZQLAT");
  if (c.op == Op::MWR) {
    at_least(Rule::CCD_03, c, b.masked, t.tCCDMW, "tCCDMW");
    b.masked = stamp(r, c);
  }
  need_sync(r, c);
  column_distances(r, c, c.f.bg);
  data(r, c);
  (is_read(c.op) ? b.read : b.write) = stamp(r, c);
  if (c.f.ap && b.open) {
    const int longer = is_burst32(c.op) ? t.BL32min - t.BLmin : 0;
    std::int64_t begins = std::max(b.act.ck + t.tRAS, c.ck + (is_read(c.op) ? t.tRTP : t.tWTP) + longer);
    begins = std::max({begins, b.read.ck + t.tRTP, b.write.ck + t.tWTP});
    b.open = false;
    b.pre = stamp(r, c);
    b.pre.ck = begins;
  }
}

}  // namespace htx::dram
