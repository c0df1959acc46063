// SPDX-License-Identifier: Apache-2.0
// Power-down, self-refresh, mode registers, ZQ, the way from reset to the first command.
#include <fmt/format.h>

#include "verif/dram/checker.hpp"

namespace htx::dram {
namespace {

constexpr unsigned kZqStart = 0x85, kZqLatch = 0x86;  // operands of MPC

}  // namespace

void Checker::power(Rank& r, const Command& c) {
  if (r.down) {
    r.down = false;
    if (c.op != Op::NOP) {
      state(Rule::PD_01, c, &r.pde, "the rank is in power-down since");  // told once: from here on as if it had been left
    } else {
      at_least(Rule::PD_03, c, r.pde, r.t.tPD, "tPD");
      r.pdx = stamp(r, c);
    }
  } else if (c.op != Op::NOP) {
    at_least(Rule::PD_02, c, r.pdx, r.t.tXP, "tXP");
  }
  if (!r.self) return;
  switch (c.op) {
    case Op::ACT1: case Op::ACT2: case Op::RD16: case Op::RD32: case Op::WR16: case Op::MWR: case Op::WR32: case Op::PRE: case Op::REF:
      return state(Rule::SR_02, c, &r.sre, "the rank is in self-refresh since");
    default: return;
  }
}

/// A command soon after MRW-1 or MRW-2.
void Checker::after_mode(Rank& r, const Command& c) {
  if (r.mrw_half && c.op != Op::MRW2) {
    state(Rule::MR_01, c, &r.mrw1, "its place is the MRW-2 of");
    r.mrw_half = false;
  }
  if (c.op != Op::MRW1 && c.op != Op::MRW2) at_least(Rule::MR_03, c, r.mrw2, r.t.tMRD, "tMRD");
}

void Checker::mode(Rank& r, const Command& c) {
  if (c.op == Op::MRW1) {
    at_least(Rule::MR_02, c, r.mrw2, r.t.tMRW, "tMRW");
    at_least(r.ref_ab.rfm ? Rule::RFM_02 : Rule::REF_03, c, r.ref_ab, r.ref_ab.rfm ? r.t.tRFMab : r.t.tRFCab, r.ref_ab.rfm ? "tRFMab" : "tRFCab");
    r.mrw_half = true;
    r.mrw1 = stamp(r, c);
  } else if (c.op == Op::MRW2) {
    if (!r.mrw_half) state(Rule::MR_01, c, nullptr, "no MRW-1 stands before it");
    r.mrw_half = false;
    r.mrw2 = stamp(r, c);
  } else if (c.f.op == kZqStart) {
    r.zq_start = stamp(r, c);
  } else if (c.f.op == kZqLatch) {
    at_least(Rule::ZQ_01, c, r.zq_start, r.t.tZQCAL, "tZQCAL");
    r.zq_latch = stamp(r, c);
    r.zq_done = true;
  }
}

void Checker::start(const Command& c) {
  if (reset_low_) return state(Rule::INIT_04, c, nullptr, fmt::format("RESET_n is low since {}", reset_ck_));
  fresh_ = false;
  const std::int64_t have = c.ck - reset_ck_, need = legal_[0].tINIT3;
  if (have < need && counted(Rule::INIT_02))
    report({.rule = Rule::INIT_02, .ck = c.ck, .command = brief(c), .other_ck = reset_ck_, .other = "RESET_n high", .parameter = "tINIT3", .have = have, .need = need,
            .message = fmt::format("ck {} {}: {} CK after RESET_n high at {}, tINIT3 needs {}", c.ck, brief(c), have, reset_ck_, need)});
}

void Checker::reset(std::int64_t ck, bool level) {
  begun_ = true;
  if (!level) {
    if (reset_low_) return;
    for (Rank& r : rank_) {
      r = Rank{};
      r.t = legal_[0];
      r.zq_done = false;
      r.awaits_first_act = true;
    }
    reset_low_ = true;
    fresh_ = false;
    reset_ck_ = ck;
    return;
  }
  const std::int64_t have = ck - reset_ck_, need = legal_[0].tINIT1;
  if (reset_low_ && have < need && counted(Rule::INIT_01))
    report({.rule = Rule::INIT_01, .ck = ck, .command = "RESET_n high", .other_ck = reset_ck_, .other = "RESET_n low", .parameter = "tINIT1", .have = have, .need = need,
            .message = fmt::format("ck {} RESET_n high: {} CK after RESET_n low at {}, tINIT1 needs {}", ck, have, reset_ck_, need)});
  fresh_ = reset_low_;
  reset_low_ = false;
  reset_ck_ = ck;
}

}  // namespace htx::dram
