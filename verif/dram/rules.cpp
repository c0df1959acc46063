// SPDX-License-Identifier: Apache-2.0
#include "verif/dram/rules.hpp"

#include <fmt/format.h>

#include <set>

#include "htx/lpddr5.hpp"

namespace htx::dram {
namespace {

constexpr std::array<RuleInfo, kRules> kInfo = {{
    {"L5-CMD-01", "", "one command in one CK", "LD, R21"},
    {"L5-CMD-02", "", "with a chip select high, the CA bits are a command", "LD"},
    {"L5-CMD-03", "", "the row exists in a die of this density", "CB, G5"},
    {"L5-CMD-04", "", "the rank exists", "the trace's own `ranks=`"},
    {"L5-CMD-05", "", "only one rank at a time answers (RD, MRR, RFF, RDC) or takes data (WR)", "one data bus"},
    {"L5-ACT-01", "", "ACT-1 goes to a closed bank", "R21"},
    {"L5-ACT-02", "", "no second ACT-1 of a rank before the first one's ACT-2", "R21, LD"},
    {"L5-ACT-03", "", "ACT-2 has its ACT-1", "R21, LD"},
    {"L5-ACT-04", "tAADmin tAADmax", "ACT-2 comes 1 to 8 CK after its ACT-1", ""},
    {"L5-ACT-05", "", "between ACT-1 and ACT-2 only RD, WR, PRE, REF of other banks, CAS and NOP", "R21, RK"},
    {"L5-RCD-01", "tRCD", "ACT-2 to RD or WR of the bank", ""},
    {"L5-RC-01", "tRC", "ACT-2 to ACT-1 of the same bank", ""},
    {"L5-RP-01", "tRPpb", "PRE of a bank, or its auto-precharge, to its ACT-1", ""},
    {"L5-RP-02", "tRPab", "PRE of all banks to ACT-1", ""},
    {"L5-RRD-01", "tRRD", "ACT-2 to ACT-2 or REFpb of another bank", ""},
    {"L5-FAW-01", "tFAW", "no more than four ACT-2 and REFpb of a rank in a window", ""},
    {"L5-RAS-01", "tRAS", "ACT-2 to PRE of the bank", ""},
    {"L5-RTP-01", "tRTP", "RD to PRE of the bank", ""},
    {"L5-WTP-01", "tWTP", "WR to PRE of the bank", ""},
    {"L5-PPD-01", "tPPD", "PRE to PRE of a rank", ""},
    {"L5-COL-01", "", "RD and WR go to an open bank", "R21"},
    {"L5-CCD-01", "tCCD_S", "RD to RD, WR to WR: another bank group", ""},
    {"L5-CCD-02", "tCCD_L", "RD to RD, WR to WR: the same bank group (BL32: BL32max)", ""},
    {"L5-CCD-03", "tCCDMW", "MWR to MWR of the same bank", ""},
    {"L5-WTR-01", "tW2R_S", "WR to RD of another bank group", ""},
    {"L5-WTR-02", "tW2R_L", "WR to RD of the same bank group", ""},
    {"L5-RTW-01", "tR2W", "RD to WR of a rank; the controller's value where the trace says odt=on", ""},
    {"L5-DQ-01", "BLmin BL32min", "no two bursts at once on the data bus", ""},
    {"L5-DQ-02", "tRank", "bursts of two ranks keep their distance on the data bus", ""},
    {"L5-REF-01", "", "the banks that a REF refreshes, and those of a rank in SRE, are closed", "R21"},
    {"L5-REF-02", "tRPpb tRPab", "PRE, or auto-precharge, to REF or SRE", ""},
    {"L5-REF-03", "tRFCab", "REFab to ACT-1, REF, PRE, MRW, SRE", ""},
    {"L5-REF-04", "tRFCpb", "REFpb to ACT-1 or REF of its pair, to REFab and SRE", ""},
    {"L5-REF-05", "tpbR2pbR", "REFpb to REFpb of another pair", ""},
    {"L5-REF-06", "tpbR2act", "REFpb to ACT-1 of another bank", ""},
    {"L5-REF-07", "", "each pair of banks is refreshed once before one is refreshed twice", "JESD209-5, as RK and R21 tell it"},
    {"L5-REF-08", "MaxDebt tREFI", "at most eight refreshes are postponed", ""},
    {"L5-REF-09", "MaxGap tREFI", "at most nine tREFI from one REF to the next", ""},
    {"L5-RFM-01", "RAAMMT", "no ACT of a bank whose counter of activations is full (traces with `raaimt=`)", ""},
    {"L5-RFM-02", "tRFMab", "RFMab to ACT-1, REF, PRE, MRW, SRE", ""},
    {"L5-RFM-03", "tRFMpb", "RFMpb to ACT-1 or REF of its pair, to REFab and SRE", ""},
    {"L5-WCK-01", "tSyncRD tSyncWR tSyncFS", "RD and WR, MRR, RFF, RDC, WFF find WCK synced", ""},
    {"L5-WCK-02", "", "CAS(WS_RD) and CAS(WS_WR) stand directly before their command", "R21, which cites tables 352-353 of JESD209-5B"},
    {"L5-WCK-03", "tSyncRD tSyncWR tSyncFS", "no CAS(WS) while WCK is certainly still synced (the controller's value)", ""},
    {"L5-PD-01", "", "in power-down nothing but NOP, which ends it", "UB"},
    {"L5-PD-02", "tXP", "end of power-down to the next command", ""},
    {"L5-PD-03", "tPD", "PDE to the end of power-down", ""},
    {"L5-PD-04", "tRDPDE tWRPDE", "no PDE before a burst is done", ""},
    {"L5-SR-01", "", "SRE, SRX in turn", "UB"},
    {"L5-SR-02", "", "in self-refresh no ACT, RD, WR, PRE, REF", "UB"},
    {"L5-SR-03", "tSR", "SRE to SRX", ""},
    {"L5-SR-04", "tXSR", "SRX to ACT-1, RD, WR, REF, SRE", ""},
    {"L5-SR-05", "tRDPDE", "no SRE before a burst is done", ""},
    {"L5-MR-01", "", "MRW-1 and MRW-2 of a rank follow each other", "LD"},
    {"L5-MR-02", "tMRW", "MRW-2 to MRW-1", ""},
    {"L5-MR-03", "tMRD", "MRW-2 to any other command", ""},
    {"L5-MR-04", "tMRR", "MRR to MRR or RD", ""},
    {"L5-ZQ-01", "tZQCAL", "MPC(ZQ start) to MPC(ZQ latch)", ""},
    {"L5-ZQ-02", "tZQLAT", "MPC(ZQ latch) to RD or WR", ""},
    {"L5-INIT-01", "tINIT1", "RESET_n is low long enough", ""},
    {"L5-INIT-02", "tINIT3", "RESET_n high to the first command", ""},
    {"L5-INIT-03", "", "ZQ is latched before the first ACT after a reset", "RK"},
    {"L5-INIT-04", "", "no command while RESET_n is low", "UB"},
}};

}  // namespace

const RuleInfo& info(Rule rule) { return kInfo[static_cast<std::size_t>(rule)]; }

std::string source_of(Rule rule) {
  const RuleInfo& r = info(rule);
  if (!r.source.empty()) return std::string(r.source);
  std::string all;
  std::set<std::string_view> seen;
  for (std::size_t at = 0; at < r.parameter.size();) {
    const std::size_t end = std::min(r.parameter.find(' ', at), r.parameter.size());
    for (const TimingInfo& t : kTimings)
      if (t.name == r.parameter.substr(at, end - at) && seen.insert(t.source).second) all += (all.empty() ? "" : "; ") + std::string(t.source);
    at = end + 1;
  }
  return all;
}

std::string rules_table() {
  std::string s = "| rule | holds | parameter | source |\n|---|---|---|---|\n";
  for (std::size_t i = 0; i < kRules; ++i) {
    const RuleInfo& r = kInfo[i];
    s += fmt::format("| {} | {} | {} | {} |\n", r.id, r.text, r.parameter, source_of(static_cast<Rule>(i)));
  }
  return s;
}

}  // namespace htx::dram
