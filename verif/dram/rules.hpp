// SPDX-License-Identifier: Apache-2.0
// The rules of the protocol checker: number, parameter, words, source. `htx lpddr5-check --rules` prints them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace htx::dram {

enum class Rule : std::uint8_t {
  CMD_01, CMD_02, CMD_03, CMD_04, CMD_05,
  ACT_01, ACT_02, ACT_03, ACT_04, ACT_05,
  RCD_01, RC_01, RP_01, RP_02, RRD_01, FAW_01, RAS_01, RTP_01, WTP_01, PPD_01,
  COL_01, CCD_01, CCD_02, CCD_03, WTR_01, WTR_02, RTW_01, DQ_01, DQ_02,
  REF_01, REF_02, REF_03, REF_04, REF_05, REF_06, REF_07, REF_08, REF_09,
  RFM_01, RFM_02, RFM_03,
  WCK_01, WCK_02, WCK_03,
  PD_01, PD_02, PD_03, PD_04,
  SR_01, SR_02, SR_03, SR_04, SR_05,
  MR_01, MR_02, MR_03, MR_04, ZQ_01, ZQ_02,
  INIT_01, INIT_02, INIT_03, INIT_04,
  count
};
inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::count);

struct RuleInfo {
  std::string_view id;         // L5-RCD-01
  std::string_view parameter;  // of timings.toml; several with a blank between; empty for a rule of state
  std::string_view text;       // what has to hold
  std::string_view source;     // empty: that of its parameters
};

const RuleInfo& info(Rule rule);
/// The source of a rule, or of its parameters in the table of timings.
std::string source_of(Rule rule);
/// All rules as a Markdown table.
std::string rules_table();

}  // namespace htx::dram
