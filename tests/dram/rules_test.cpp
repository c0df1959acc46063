// SPDX-License-Identifier: Apache-2.0
// Every rule fires: for each a trace exactly at its limit, in which nothing is found, and the same one CK over it (a rule of state: the one step
// that it forbids), in which that rule is. The limits are those of the table, for every density, temperature and latency set.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/dram/trace_builder.hpp"

namespace htx::dram::test {
namespace {

struct Case {
  Rule rule;
  std::string name;
  /// `over` 0: at the limit; 1: over it.
  std::function<Trace(const Timings& t, const Timings& ctl, int over)> trace;
  std::set<Rule> implied = {};  // broken by the same step, whatever the trace
  std::function<void(Config&)> config = [](Config&) {};
};

/// WCK runs on from the start, so that only traces about WCK speak of it.
Trace running() { return Trace().cas(1, &Fields::ws_fs).cas(2, &Fields::ws_fs, 1); }
Trace alone() { return Trace().cas(1, &Fields::ws_fs); }
void synced(Config& c) { c.always_on = false; }
void one_rank(Config& c) { c.ranks = 1; }
void power_up(Config& c) { c.power_up = true; }
void managed(Config& c) { c.raaimt = 2, c.raammt = 4; }

std::vector<Case> cases() {
  using R = Rule;
  std::vector<Case> all;
  const auto add = [&](Case c) { all.push_back(std::move(c)); };
#define TRACE [](const Timings& t, const Timings& ctl, int over) -> Trace
#define UNUSED (void)t, (void)ctl, (void)over

  // ------------------------------------------------------------ the command bus
  add({R::CMD_01, "two in a CK", TRACE { UNUSED; return running().act(100, 0).act(120, 4).pre(200, 0).put(201 - over, Op::MPC); }});
  add({R::CMD_02, "no command", TRACE { UNUSED; return running().put(100, over ? Op::DES : Op::NOP); }});
  add({R::CMD_03, "row", TRACE { UNUSED; const unsigned rows = t.tRFCab == 168 ? 1u << 15 : t.tRFCab == 224 ? 1u << 16 : 1u << 17; return running().act(100, 3, over ? rows : rows - 1); }});
  add({R::CMD_04, "rank", TRACE { UNUSED; return Trace().cas(1, &Fields::ws_fs).put(100, Op::NOP, {}, over); }, {}, one_rank});
  add({R::CMD_05, "two ranks answer", TRACE { UNUSED;
         Trace x = running().act(100, 0).act(110, 0, 0, 1).rd(200, 0);
         if (over) x.events.back().command.ranks = 3;
         return x; }, {R::DQ_01}});

  // ------------------------------------------------------------ activate
  add({R::ACT_01, "open bank", TRACE { UNUSED; Trace x = running().act(100, 0); if (!over) x.pre(200, 0); return x.act(300, 0); }});
  add({R::ACT_02, "second ACT-1", TRACE { UNUSED; Trace x = running().act1(100, 0); if (!over) x.act2(101); return x.act1(106, 4).act2(107); }});
  add({R::ACT_03, "ACT-2 alone", TRACE { UNUSED; Trace x = running(); if (!over) x.act1(100, 0); return x.act2(101); }});
  add({R::ACT_04, "tAADmax", TRACE { UNUSED; return running().act1(100, 0).act2(100 + t.tAADmax + over); }});
  add({R::ACT_04, "tAADmin", TRACE { UNUSED; return running().act1(100, 0).act2(100 + t.tAADmin - over); }, {R::CMD_01}});
  add({R::ACT_04, "never", TRACE { UNUSED; return running().act1(100, 0).end(100 + t.tAADmax + over); }});
  add({R::ACT_05, "PRE of the bank", TRACE { UNUSED; return running().act(50, 5).act1(100, 0).pre(101, over ? 0 : 5).act2(102); }});
  add({R::ACT_05, "REF of the pair", TRACE { UNUSED; return running().act1(200, 0).refpb(201, over ? 8 : 9).act2(207); }});
  add({R::ACT_05, "MRW", TRACE { UNUSED; return running().act1(200, 0).put(201, over ? Op::MPC : Op::NOP).act2(207); }});

  // ------------------------------------------------------------ row timing
  add({R::RCD_01, "RD", TRACE { UNUSED; return running().act(100, 5).rd(100 + t.tRCD - over, 5); }});
  add({R::RCD_01, "WR", TRACE { UNUSED; return running().act(100, 5).wr(100 + t.tRCD - over, 5); }});
  add({R::RC_01, "tRC", TRACE { UNUSED; return running().act(100, 5).pre(100 + t.tRAS, 5).act1(100 + t.tRC - over, 5).act2(101 + t.tRC); }, {R::RP_01}});
  add({R::RP_01, "PREpb", TRACE { UNUSED; return running().act(100, 5).pre(200, 5).act1(200 + t.tRPpb - over, 5).act2(201 + t.tRPpb); }});
  add({R::RP_01, "RD with AP", TRACE { UNUSED; return running().act(100, 5).rd(200, 5, true).act1(200 + t.tRTP + t.tRPpb - over, 5).act2(201 + t.tRTP + t.tRPpb); }});
  add({R::RP_01, "early RD with AP: tRAS first", TRACE { UNUSED; const int pre = std::max(t.tRAS, t.tRCD + t.tRTP);
         return running().act(100, 5).rd(100 + t.tRCD, 5, true).act1(100 + pre + t.tRPpb - over, 5).act2(101 + pre + t.tRPpb); }, {R::RC_01}});
  add({R::RP_01, "WR with AP", TRACE { UNUSED; return running().act(100, 5).wr(200, 5, true).act1(200 + t.tWTP + t.tRPpb - over, 5).act2(201 + t.tWTP + t.tRPpb); }});
  add({R::RP_02, "PREab", TRACE { UNUSED; return running().act(100, 5).preab(200).act1(200 + t.tRPab - over, 5).act2(201 + t.tRPab); }});
  add({R::RRD_01, "ACT", TRACE { UNUSED; return running().act(100, 5).act(100 + t.tRRD - over, 9); }});
  add({R::RRD_01, "REFpb", TRACE { UNUSED; return running().act(100, 5).refpb(100 + t.tRRD - over, 2); }});
  add({R::FAW_01, "five ACT", TRACE { UNUSED; const int d = t.tRRD; return running().act(100, 0).act(100 + d, 4).act(100 + 2 * d, 8).act(100 + 3 * d, 12).act(100 + t.tFAW - over, 1); }, {R::RRD_01}});
  add({R::FAW_01, "REFpb is the fifth", TRACE { UNUSED; const int d = t.tRRD;
         return running().act(100, 0).act(100 + d, 4).act(100 + 2 * d, 8).act(100 + 3 * d, 12).refpb(100 + t.tFAW - over, 1); }, {R::RRD_01}});
  add({R::RAS_01, "tRAS", TRACE { UNUSED; return running().act(100, 5).pre(100 + t.tRAS - over, 5); }});
  add({R::RAS_01, "PREab", TRACE { UNUSED; return running().act(100, 5).preab(100 + t.tRAS - over); }});
  add({R::RTP_01, "tRTP", TRACE { UNUSED; return running().act(100, 5).rd(200, 5).pre(200 + t.tRTP - over, 5); }});
  add({R::RTP_01, "RD32", TRACE { UNUSED; return running().act(100, 5).burst(200, Op::RD32, 5).pre(200 + t.BL32min + t.nRBTP - over, 5); }});
  add({R::WTP_01, "tWTP", TRACE { UNUSED; return running().act(100, 5).wr(200, 5).pre(200 + t.WL + t.BLmin + 1 + t.nWR - over, 5); }});
  add({R::WTP_01, "WR32", TRACE { UNUSED; return running().act(100, 5).burst(200, Op::WR32, 5).pre(200 + t.WL + t.BL32min + 1 + t.nWR - over, 5); }});
  add({R::PPD_01, "tPPD", TRACE { UNUSED; return running().act(100, 5).act(110, 9).pre(300, 5).pre(300 + t.tPPD - over, 9); }});

  // ------------------------------------------------------------ columns
  add({R::COL_01, "closed by PRE", TRACE { UNUSED; Trace x = running().act(100, 5); if (over) x.pre(160, 5); return x.rd(200, 5); }});
  add({R::COL_01, "closed by auto-precharge", TRACE { UNUSED; return running().act(100, 5).rd(200, 5, over != 0).rd(210, 5); }});
  add({R::COL_01, "never opened", TRACE { UNUSED; return running().act(100, 5).wr(200, over ? 6 : 5); }});
  add({R::CCD_01, "RD", TRACE { UNUSED; return running().act(100, 1).act(110, 5).rd(200, 1).rd(200 + t.tCCD_S - over, 5); }});
  add({R::CCD_01, "WR", TRACE { UNUSED; return running().act(100, 1).act(110, 5).wr(200, 1).wr(200 + t.tCCD_S - over, 5); }});
  add({R::CCD_02, "RD", TRACE { UNUSED; return running().act(100, 4).act(110, 5).rd(200, 4).rd(200 + t.tCCD_L - over, 5); }});
  add({R::CCD_02, "WR, another group between", TRACE { UNUSED; return running().act(100, 4).act(110, 5).act(120, 9).wr(200, 4).wr(200 + t.tCCD_S - over, 9).wr(200 + t.tCCD_L - over, 5); }, {R::CCD_01}});
  add({R::CCD_02, "RD32", TRACE { UNUSED; return running().act(100, 4).burst(200, Op::RD32, 4).rd(200 + t.BL32max - over, 4); }});
  add({R::CCD_03, "MWR", TRACE { UNUSED; return running().act(100, 4).burst(200, Op::MWR, 4).burst(200 + t.tCCDMW - over, Op::MWR, 4); }});
  add({R::WTR_01, "another group", TRACE { UNUSED; return running().act(100, 1).act(110, 5).wr(200, 1).rd(200 + t.WL + t.BLmin + t.tWTR_S - over, 5); }});
  add({R::WTR_02, "the same group", TRACE { UNUSED; return running().act(100, 4).act(110, 5).wr(200, 4).rd(200 + t.WL + t.BLmax + t.tWTR_L - over, 5); }});
  add({R::RTW_01, "without termination", TRACE { UNUSED; return running().act(100, 1).act(110, 5).rd(200, 1).wr(200 + t.RL + t.BLmin + 2 - t.WL - over, 5); }});
  add({R::RTW_01, "with termination", TRACE { UNUSED; return running().act(100, 1).act(110, 5).rd(200, 1).wr(200 + ctl.tR2W - over, 5); }, {}, [](Config& c) { c.odt = true; }});
  add({R::DQ_01, "into the gap of BL32", TRACE { UNUSED; return running().act(100, 1).act(110, 5).burst(200, Op::RD32, 1).rd(200 + t.BLmin + over, 5); }});
  add({R::DQ_01, "two ranks", TRACE { UNUSED; return running().act(100, 1).act(110, 1, 0, 1).rd(200, 1).rd(200 + t.BLmin - over + (over ? 0 : t.tRank), 1, false, 1); }});
  add({R::DQ_02, "RD, RD", TRACE { UNUSED; return running().act(100, 1).act(110, 1, 0, 1).rd(200, 1).rd(200 + t.BLmin + t.tRank - over, 1, false, 1); }});
  add({R::DQ_02, "RD, WR", TRACE { UNUSED; return running().act(100, 1).act(110, 1, 0, 1).rd(200, 1).wr(200 + t.RL + t.BLmin + t.tRank - t.WL - over, 1, false, 1); }});

  // ------------------------------------------------------------ refresh
  add({R::REF_01, "REFab", TRACE { UNUSED; Trace x = running().act(100, 13); if (!over) x.pre(150, 13); return x.refab(200); }});
  add({R::REF_01, "REFpb, the upper bank of the pair", TRACE { UNUSED; Trace x = running().act(100, 13); if (!over) x.pre(150, 13); return x.refpb(200, 5); }});
  add({R::REF_01, "SRE", TRACE { UNUSED; Trace x = running().act(100, 13); if (!over) x.pre(150, 13); return x.put(200, Op::SRE); }});
  add({R::REF_02, "PREab, REFab", TRACE { UNUSED; return running().act(100, 13).preab(200).refab(200 + t.tRPab - over); }});
  add({R::REF_02, "PREpb, REFpb", TRACE { UNUSED; return running().act(100, 13).pre(200, 13).refpb(200 + t.tRPpb - over, 5); }});
  add({R::REF_02, "RD with AP, REFpb", TRACE { UNUSED; return running().act(100, 13).rd(200, 13, true).refpb(200 + t.tRTP + t.tRPpb - over, 5); }});
  add({R::REF_02, "WR with AP, REFpb", TRACE { UNUSED; return running().act(100, 13).wr(200, 13, true).refpb(200 + t.tWTP + t.tRPpb - over, 5); }});
  add({R::REF_02, "PREab, SRE", TRACE { UNUSED; return running().act(100, 13).preab(200).put(200 + t.tRPab - over, Op::SRE); }});
  add({R::REF_03, "ACT-1", TRACE { UNUSED; return running().refab(100).act1(100 + t.tRFCab - over, 3).act2(101 + t.tRFCab); }});
  add({R::REF_03, "REFpb", TRACE { UNUSED; return running().refab(100).refpb(100 + t.tRFCab - over, 3); }});
  add({R::REF_03, "PRE", TRACE { UNUSED; return running().refab(100).preab(100 + t.tRFCab - over); }});
  add({R::REF_03, "MRW", TRACE { UNUSED; return running().refab(100).put(100 + t.tRFCab - over, Op::MRW1).put(101 + t.tRFCab, Op::MRW2); }});
  add({R::REF_03, "SRE", TRACE { UNUSED; return running().refab(100).put(100 + t.tRFCab - over, Op::SRE); }});
  add({R::REF_04, "ACT-1, upper bank", TRACE { UNUSED; return running().refpb(100, 3).act1(100 + t.tRFCpb - over, 11).act2(101 + t.tRFCpb); }});
  add({R::REF_04, "REFab", TRACE { UNUSED; return running().refpb(100, 3).refab(100 + t.tRFCpb - over); }});
  add({R::REF_05, "another pair", TRACE { UNUSED; return running().refpb(100, 3).refpb(100 + t.tpbR2pbR - over, 2); }});
  add({R::REF_06, "ACT-1 of another bank", TRACE { UNUSED; return running().refpb(100, 3).act1(100 + t.tpbR2act - over, 4).act2(101 + t.tpbR2act); }});
  add({R::REF_07, "a pair twice", TRACE { UNUSED; Trace x = alone();
         for (int i = 0; i < 8; ++i) x.refpb(200 + 200 * i, over && i == 7 ? 3 : 7 - i);
         return x.refpb(2000, 7); }, {}, [](Config& c) { c.ranks = 1; }});
  add({R::REF_08, "debt", TRACE { UNUSED; const std::int64_t T = t.tREFI; Trace x = alone();
         for (int i = 0; i < 3; ++i) x.refab(1 + (9 + i) * T + (i == 2 ? over : 0));
         return x; }, {}, one_rank});
  add({R::REF_08, "debt, eight REFpb count as one", TRACE { UNUSED; Trace x = alone();
         for (int i = 0; i < 8; ++i) x.refpb(200 + 200 * i, i);
         return x.refab(4 * t.tREFI).end(1 + 11 * t.tREFI + over); }, {}, one_rank});
  add({R::REF_08, "debt, hot", TRACE { UNUSED; return alone().temperature(1, 2, false).end(1 + 9 * t.tREFI / 4 + over); }, {R::REF_09}, one_rank});
  add({R::REF_09, "gap", TRACE { UNUSED; Trace x = alone();
         for (int i = 0; i < 6; ++i) x.refab(100 + 400 * i);
         return x.refab(100 + 2000 + 9 * t.tREFI + over); }, {}, one_rank});
  add({R::RFM_01, "RAAMMT", TRACE { UNUSED; Trace x = running();
         for (int i = 0; i < 5; ++i) x.act(400 + 100 * i, 3).pre(460 + 100 * i, 3);
         if (!over) x.refpb(200, 1), x.refpb(780, 3, true), x.events.erase(x.events.end() - 5, x.events.end() - 2), x.act(1000, 3);
         return x; }, {}, managed});
  add({R::RFM_02, "ACT-1", TRACE { UNUSED; return running().refab(100, true).act1(100 + t.tRFMab - over, 3).act2(101 + t.tRFMab); }});
  add({R::RFM_03, "ACT-1, upper bank", TRACE { UNUSED; return running().refpb(100, 3, true).act1(100 + t.tRFMpb - over, 11).act2(101 + t.tRFMpb); }});

  // ------------------------------------------------------------ WCK
  add({R::WCK_01, "no CAS", TRACE { UNUSED; Trace x = Trace().act(100, 1); if (!over) x.cas(199, &Fields::ws_rd); return x.rd(200, 1); }, {}, synced});
  add({R::WCK_01, "after a RD", TRACE { UNUSED; return Trace().act(100, 1).cas(199, &Fields::ws_rd).rd(200, 1).rd(200 + t.RL + t.BLmax + t.tWCKPST + over, 1); }, {}, synced});
  add({R::WCK_01, "after a WR", TRACE { UNUSED; return Trace().act(100, 1).cas(199, &Fields::ws_wr).wr(200, 1).wr(200 + t.WL + t.BLmax + t.tWCKPST + over, 1); }, {}, synced});
  add({R::WCK_01, "after CAS(WS_FS)", TRACE { UNUSED; return Trace().act(100, 1).cas(200, &Fields::ws_fs).rd(200 + t.tSyncFS + over, 1); }, {}, synced});
  add({R::WCK_01, "MRR", TRACE { UNUSED; Trace x; if (!over) x.cas(199, &Fields::ws_rd); return x.put(200, Op::MRR); }, {}, synced});
  add({R::WCK_01, "switched off", TRACE { UNUSED; Trace x = running().act(100, 1); Fields off; off.ws_wr = off.ws_rd = off.ws_fs = true; if (over) x.put(150, Op::CAS, off); return x.rd(200, 1); }});
  add({R::WCK_02, "a CK between", TRACE { UNUSED; return Trace().act(100, 1).cas(199, &Fields::ws_rd).rd(200 + over, 1); }, {}, synced});
  add({R::WCK_02, "the other direction", TRACE { UNUSED; return Trace().act(100, 1).cas(199, over ? &Fields::ws_wr : &Fields::ws_rd).rd(200, 1); }, {}, synced});
  add({R::WCK_02, "the other rank", TRACE { UNUSED; return Trace().act(100, 1).act(110, 1, 0, 1).cas(199, &Fields::ws_rd, over ? 1 : 0).rd(200, 1); }, {R::WCK_01}, synced});
  add({R::WCK_02, "nothing", TRACE { UNUSED; Trace x = Trace().act(100, 1).cas(199, &Fields::ws_rd); if (!over) x.rd(200, 1); return x.end(300); }, {}, synced});
  add({R::WCK_03, "after a RD", TRACE { UNUSED; const int n = ctl.tSyncRD - over; return Trace().act(100, 1).cas(199, &Fields::ws_rd).rd(200, 1).cas(200 + n, &Fields::ws_rd).rd(201 + n, 1); }, {}, synced});
  add({R::WCK_03, "after a WR", TRACE { UNUSED; const int n = ctl.tSyncWR - over; return Trace().act(100, 1).cas(199, &Fields::ws_wr).wr(200, 1).cas(200 + n, &Fields::ws_wr).wr(201 + n, 1); }, {}, synced});

  // ------------------------------------------------------------ power-down, self-refresh
  add({R::PD_01, "a command", TRACE { UNUSED; return running().put(100, Op::PDE).put(110, over ? Op::MPC : Op::NOP).put(120, Op::MPC); }});
  add({R::PD_02, "tXP", TRACE { UNUSED; return running().put(100, Op::PDE).put(150, Op::NOP).put(150 + t.tXP - over, Op::MPC); }});
  add({R::PD_03, "tPD", TRACE { UNUSED; return running().put(100, Op::PDE).put(100 + t.tPD - over, Op::NOP); }});
  add({R::PD_04, "RD", TRACE { UNUSED; return running().act(100, 3).rd(200, 3).put(200 + t.tRDPDE - over, Op::PDE); }});
  add({R::PD_04, "WR", TRACE { UNUSED; return running().act(100, 3).wr(200, 3).put(200 + t.tWRPDE - over, Op::PDE); }});
  add({R::SR_01, "SRX alone", TRACE { UNUSED; Trace x = running(); if (!over) x.put(100, Op::SRE); return x.put(200, Op::SRX); }});
  add({R::SR_01, "SRE twice", TRACE { UNUSED; return running().put(100, Op::SRE).put(200, over ? Op::SRE : Op::SRX); }, {}});
  add({R::SR_02, "REF", TRACE { UNUSED; Trace x = running().put(100, Op::SRE); if (!over) x.put(200, Op::SRX); return x.refab(1000); }});
  add({R::SR_03, "tSR", TRACE { UNUSED; return running().put(100, Op::SRE).put(100 + t.tSR - over, Op::SRX); }});
  add({R::SR_04, "ACT-1", TRACE { UNUSED; return running().put(100, Op::SRE).put(200, Op::SRX).act1(200 + t.tXSR - over, 3).act2(201 + t.tXSR); }});
  add({R::SR_04, "REF", TRACE { UNUSED; return running().put(100, Op::SRE).put(200, Op::SRX).refab(200 + t.tXSR - over); }});
  add({R::SR_05, "RD", TRACE { UNUSED; return running().act(100, 3).rd(200, 3, true).put(200 + std::max(t.tRDPDE, t.tRTP + t.tRPpb) - over, Op::SRE); }, {R::REF_02}});

  // ------------------------------------------------------------ mode registers, ZQ, reset
  add({R::MR_01, "MRW-1 without MRW-2", TRACE { UNUSED; Trace x = running().put(100, Op::MRW1); if (!over) x.put(101, Op::MRW2); return x.put(200, Op::MPC); }});
  add({R::MR_01, "MRW-2 without MRW-1", TRACE { UNUSED; Trace x = running(); if (!over) x.put(100, Op::MRW1); return x.put(101, Op::MRW2); }});
  add({R::MR_02, "tMRW", TRACE { UNUSED; return running().put(100, Op::MRW1).put(101, Op::MRW2).put(101 + t.tMRW - over, Op::MRW1).put(102 + t.tMRW, Op::MRW2); }});
  add({R::MR_03, "tMRD", TRACE { UNUSED; return running().put(100, Op::MRW1).put(101, Op::MRW2).act1(101 + t.tMRD - over, 3).act2(102 + t.tMRD); }});
  add({R::MR_04, "MRR, MRR", TRACE { UNUSED; return running().put(100, Op::MRR).put(100 + t.tMRR - over, Op::MRR); }});
  add({R::MR_04, "MRR, RD", TRACE { UNUSED; return running().act(50, 3).put(100, Op::MRR).rd(100 + t.tMRR - over, 3); }});
  add({R::ZQ_01, "tZQCAL", TRACE { UNUSED; return running().mpc(100, 0x85).mpc(100 + t.tZQCAL - over, 0x86); }});
  add({R::ZQ_02, "tZQLAT", TRACE { UNUSED; return running().act(50, 3).mpc(100, 0x86).rd(100 + t.tZQLAT - over, 3); }});
  add({R::INIT_01, "tINIT1", TRACE { UNUSED; return Trace().reset(t.tINIT1 - over, true); }, {}, power_up});
  add({R::INIT_02, "tINIT3", TRACE { UNUSED; return Trace().reset(200000, true).put(200000 + t.tINIT3 - over, Op::MRW1).put(200000 + t.tINIT3 + 1, Op::MRW2); }, {}, power_up});
  add({R::INIT_03, "no ZQ latch", TRACE { UNUSED; Trace x = Trace().reset(200000, true); if (!over) x.mpc(2000000, 0x86); return x.act(2000100, 3); }, {}, power_up});
  add({R::INIT_04, "RESET_n low", TRACE { UNUSED; return Trace().reset(200000, true).put(over ? 199999 : 2000000, Op::NOP); }, {}, power_up});
#undef TRACE
#undef UNUSED
  return all;
}

std::string told(const std::vector<Finding>& found) {
  std::string s;
  for (const Finding& f : found) s += fmt::format("\n  {}: {}", info(f.rule).id, f.message);
  return s;
}

TEST(Rules, FireOneClockOverTheLimitAndNotAtIt) {
  for (const Case& c : cases())
    for (const int density : kDensities)
      for (const bool hot : {false, true})
        for (int set = 0; set < 6; ++set) {
          Config config{.density = density, .rl_set = set % 3, .wl_set = set < 3 ? 'A' : 'B', .always_on = true};
          c.config(config);
          if (config.power_up && (hot || set || density != 32)) continue;  // long, and nothing of it depends on these
          const Timings t = timings_of(config, Column::legal, hot), ctl = timings_of(config, Column::controller, false);
          const std::string what = fmt::format("{} {} ({} Gb{}, set {})", info(c.rule).id, c.name, density, hot ? ", hot" : "", set);
          Trace trace[2];
          for (int over = 0; over < 2; ++over) {
            if (hot) trace[over].temperature(1, 8, true);
            const Trace body = c.trace(t, ctl, over);
            trace[over].events.insert(trace[over].events.end(), body.events.begin(), body.events.end());
          }
          const std::vector<Finding> at_limit = trace[0].check(config), over = trace[1].check(config);
          EXPECT_TRUE(at_limit.empty()) << what << ": at the limit" << told(at_limit);
          bool fired = false;
          for (const Finding& f : over) {
            if (f.rule == c.rule) fired = true;
            EXPECT_TRUE(f.rule == c.rule || c.implied.count(f.rule)) << what << ": more than it" << told(over);
            if (f.rule == c.rule && !f.parameter.empty() && f.parameter[0] == 't') { EXPECT_EQ(std::abs(f.have - f.need), 1) << what << told(over); }
          }
          EXPECT_TRUE(fired) << what << ": over the limit" << told(over);
        }
}

TEST(Rules, EachHasACase) {
  std::set<Rule> covered;
  for (const Case& c : cases()) covered.insert(c.rule);
  for (std::size_t i = 0; i < kRules; ++i) EXPECT_TRUE(covered.count(static_cast<Rule>(i))) << info(static_cast<Rule>(i)).id;
}

TEST(Rules, NumbersAreUniqueAndParametersAreTheTables) {
  std::set<std::string_view> ids;
  for (std::size_t i = 0; i < kRules; ++i) {
    const RuleInfo& r = info(static_cast<Rule>(i));
    EXPECT_TRUE(ids.insert(r.id).second) << r.id;
    EXPECT_FALSE(source_of(static_cast<Rule>(i)).empty()) << r.id;
    for (std::size_t from = 0; from < r.parameter.size();) {
      const std::size_t to = std::min(r.parameter.find(' ', from), r.parameter.size());
      const std::string_view name = r.parameter.substr(from, to - from);
      EXPECT_TRUE(std::any_of(kTimings.begin(), kTimings.end(), [&](const TimingInfo& t) { return t.name == name; })) << r.id << ": " << name;
      from = to + 1;
    }
  }
}

TEST(Rules, AMessageNamesBothCommandsBothTimesAndTheParameter) {
  const auto found = running().act(107, 6).rd(120, 6).check({.always_on = true});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message, "ck 120 RD16 r0 bg1 ba2: 13 CK after ACT-2 r0 bg1 ba2 at 107, tRCD needs 15");
  EXPECT_EQ(found[0].other_ck, 107);
  EXPECT_EQ(found[0].have, 13);
  EXPECT_EQ(found[0].need, 15);
}

// What shipped elsewhere, as a controller with that bug would issue it.
TEST(Shipped, EachBugIsFound) {
  const Timings t = timings(Column::legal, {});
  const Timings ctl = timings(Column::controller, {});
  const auto has = [](const std::vector<Finding>& f, Rule rule) { return std::any_of(f.begin(), f.end(), [&](const Finding& x) { return x.rule == rule; }); };
  const Config sync{}, on{.always_on = true};
  EXPECT_TRUE(has(Trace().act(100, 1).cas(199, &Fields::ws_rd).rd(200, 1).cas(203, &Fields::ws_rd).rd(204, 1).check(sync), Rule::WCK_03)) << "CAS for every RD";
  EXPECT_TRUE(has(Trace().act(100, 1).cas(198, &Fields::ws_rd).rd(200, 1).check(sync), Rule::WCK_02)) << "CAS not adjacent to its RD";
  EXPECT_TRUE(has(running().act(100, 5).rd(200, 5, true).refpb(200 + t.tRTP, 5).check(on), Rule::REF_02)) << "RDA to REFpb edge missing";
  EXPECT_TRUE(has(running().act(100, 5).wr(200, 5, true).refpb(200 + t.tWTP, 5).check(on), Rule::REF_02)) << "WRA to REFpb edge missing";
  EXPECT_TRUE(has(running().act1(100, 5).act2(100).check(on), Rule::ACT_04)) << "tAAD 0";
  EXPECT_TRUE(has(running().act(100, 5).refab(200).check(on), Rule::REF_01)) << "REFab with open rows";
  EXPECT_TRUE(has(running().act(100, 13).refpb(200, 5).check(on), Rule::REF_01)) << "REFpb taken for one bank";
  EXPECT_TRUE(has(running().refpb(100, 5).act(200, 13).check(on), Rule::REF_04)) << "REFpb taken for one bank";
  EXPECT_TRUE(has(running().act(100, 5).wr(200, 5).pre(239, 5).check(on), Rule::WTP_01)) << "WR to PRE one short";
  EXPECT_TRUE(has(running().act(100, 5).preab(200).refab(200 + t.tRPpb).check(on), Rule::REF_02)) << "PREab to REFab with tRPpb";
  EXPECT_TRUE(has(Trace().act(100, 1).cas(199, &Fields::ws_rd).rd(200, 1).cas(200 + t.RL + t.BLmin - 1, &Fields::ws_rd).rd(200 + t.RL + t.BLmin, 1).check(sync), Rule::WCK_03)) << "WCK expiry too soon";
  EXPECT_TRUE(has(running().act(100, 1, 1u << 15).check({.density = 8, .always_on = true}), Rule::CMD_03)) << "the simulated geometry is not the shipped one";
  {  // tCK wrong by the WCK ratio: every distance a quarter
    const auto found = running().act(100, 1).rd(100 + t.tRCD / 4, 1).check(on);
    EXPECT_TRUE(has(found, Rule::RCD_01));
  }
  {  // tREFIpb rounded up: 391 for 390.625 looks like nothing, and in 3.6 s a refresh of debt after the other is never repaid
    Trace x;
    std::int64_t ck = 1;
    const std::int64_t last = 3125LL * 8 * 1200;
    for (int i = 0; ck < last; ++i, ck = 1 + (i + 64LL) * 391) x.refpb(ck, i % 8);  // begins eight behind, as far as may be
    EXPECT_TRUE(has(x.check({.ranks = 1}), Rule::REF_08)) << "tREFIpb rounded up";
  }
  {  // the counter cleared at each acknowledge: each interval begins late by the wait
    Trace x;
    for (std::int64_t ck = 3125, i = 0; i < 400; ++i, ck += 3125 + 200) x.refab(ck);
    EXPECT_TRUE(has(x.check({.ranks = 1}), Rule::REF_08)) << "drift";
  }
  {  // the refresh queue overflows: a tenth waits
    Trace x = running().act(100, 1);
    x.end(3125 * 10);
    EXPECT_TRUE(has(x.check({.ranks = 1, .always_on = true}), Rule::REF_08));
  }
  EXPECT_EQ(ctl.tSyncRD, 20);
}

}  // namespace
}  // namespace htx::dram::test
