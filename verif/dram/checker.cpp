// SPDX-License-Identifier: Apache-2.0
// The way of a command through the rules, and how a finding is told.
#include "verif/dram/checker.hpp"

#include <fmt/format.h>

namespace htx::dram {

std::string brief(const Stamp& s) {
  Command c{.ck = s.at, .op = s.op, .ranks = static_cast<std::uint8_t>(1 << s.rank), .f = {}};
  c.f.bg = s.bank / kBanksPerGroup;
  c.f.ba = s.bank % kBanksPerGroup;
  c.f.ab = s.ab;
  c.f.rfm = s.rfm;
  c.f.ap = s.ap;
  return brief(c);
}

Checker::Checker(const Config& config, Sink sink, std::uint64_t limit)
    : config_(config), sink_(std::move(sink)), limit_(limit), ctl_(timings_of(config, Column::controller, false)),
      legal_{timings_of(config, Column::legal, false), timings_of(config, Column::legal, true)} {
  raaimt_ = config.raaimt;
  raammt_ = config.raammt ? config.raammt : config.raaimt * (legal_[0].RAAMMT / legal_[0].RAAIMT);
  tR2W_ = config.odt ? ctl_.tR2W : legal_[0].tR2W;
  for (Rank& r : rank_) r.t = legal_[0];
  if (config.power_up) reset(0, false);
}

/// The first line of a trace of a running device: from here on refresh is owed.
void Checker::begin(std::int64_t ck) {
  begun_ = true;
  for (Rank& r : rank_) {
    r.phase_ck = ck;
    set_rate(r, ck, r.asked);
  }
}

void Checker::event(const Event& e) {
  switch (e.kind) {
    case Event::Kind::command: return command(e.command);
    case Event::Kind::temperature: return temperature(e.command.ck, e.command.ranks, e.refresh_eighths, e.hot);
    case Event::Kind::reset: return reset(e.command.ck, e.level);
    case Event::Kind::end: return finish(e.command.ck);
  }
}

void Checker::command(const Command& told) {
  ++commands_;
  Command c = told;
  if (c.op == Op::ACT2) {  // messages name the bank, which only its ACT-1 carries
    const unsigned bank = rank_[c.ranks >> 1 & 1].act1.bank;
    c.f.bg = static_cast<std::uint8_t>(bank / kBanksPerGroup);
    c.f.ba = static_cast<std::uint8_t>(bank % kBanksPerGroup);
  }
  if (!begun_) [[unlikely]] begin(c.ck);
  if (c.ck == last_.ck) [[unlikely]] state(Rule::CMD_01, c, &last_, "in the CK of");
  if (c.op == Op::DES && c.ranks != 0) [[unlikely]] {
    state(Rule::CMD_02, c, nullptr, "no command has these CA bits");
    return;
  }
  if (reset_low_ || fresh_) [[unlikely]] start(c);
  if (c.ranks >> config_.ranks) [[unlikely]] state(Rule::CMD_04, c, nullptr, fmt::format("the channel has {} rank(s)", config_.ranks));
  if (c.ranks == 3 && (reads_dq(c.op) || writes_dq(c.op))) [[unlikely]] state(Rule::CMD_05, c, nullptr, "two ranks on one data bus");
  for (unsigned i = 0; i < static_cast<unsigned>(config_.ranks); ++i) {
    Rank& r = rank_[i];
    if (c.ranks >> i & 1) on_rank(r, c);
    else if (r.cas_due && c.ck > r.cas.ck) [[unlikely]] cas_followed(r, nullptr, c.ck);
    if (c.ck > r.debt_deadline || c.ck > r.gap_deadline) [[unlikely]] overdue(r, c.ck, brief(c));
  }
  last_ = {c.ck, c.ck, c.op, static_cast<std::uint8_t>(c.ranks == 2), static_cast<std::uint8_t>(bank_of(c.f)), c.f.ab, c.f.rfm, c.f.ap};
}

void Checker::on_rank(Rank& r, const Command& c) {
  if (r.cas_due && c.ck > r.cas.ck) [[unlikely]] cas_followed(r, &c, c.ck);
  if (r.down || r.self || c.ck - r.pdx.ck < r.t.tXP) [[unlikely]] power(r, c);
  if (c.op == Op::NOP) return;
  if (r.half) between_halves(r, c);
  if (r.mrw_half || c.ck - r.mrw2.ck < r.t.tMRD) [[unlikely]] after_mode(r, c);
  switch (c.op) {
    case Op::ACT1: return activate1(r, c);
    case Op::ACT2: return activate2(r, c);
    case Op::PRE: return precharge(r, c);
    case Op::REF: return refresh(r, c);
    case Op::CAS: return cas(r, c);
    case Op::RD16: case Op::RD32: case Op::WR16: case Op::MWR: case Op::WR32: return column(r, c);
    case Op::WFF: case Op::RFF: case Op::RDC:
      need_sync(r, c);
      column_distances(r, c, kBankGroups);
      return data(r, c);
    case Op::PDE:
      for (int g = 0; g <= kBankGroups; ++g) {
        const auto i = static_cast<std::size_t>(g);
        at_least(Rule::PD_04, c, r.read[i], r.t.tRDPDE + (r.read[i].op == Op::RD32 ? r.t.BL32max - r.t.BLmax : 0), "tRDPDE");
        at_least(Rule::PD_04, c, r.write[i], r.t.tWRPDE + (r.write[i].op == Op::WR32 ? r.t.BL32min - r.t.BLmin : 0), "tWRPDE");
      }
      r.down = true;
      r.pde = stamp(r, c);
      return sync_lost(r, c.ck);
    case Op::SRE:
      if (r.self) state(Rule::SR_01, c, &r.sre, "already in self-refresh since");
      for (int b = 0; b < kBanks; ++b) closed_for_refresh(r, c, b);
      after_refresh(r, c, -1);
      at_least(Rule::SR_04, c, r.srx, r.t.tXSR, "tXSR");
      for (const Stamp& s : r.read) at_least(Rule::SR_05, c, s, r.t.tRDPDE, "tRDPDE");
      r.self = true;
      r.down = c.f.pd || c.f.dsm;
      r.sre = stamp(r, c);
      r.pde = r.sre;
      set_rate(r, c.ck, 0);
      return sync_lost(r, c.ck);
    case Op::SRX:
      if (!r.self) return state(Rule::SR_01, c, nullptr, "the rank is not in self-refresh");
      at_least(Rule::SR_03, c, r.sre, r.t.tSR, "tSR");
      r.self = false;
      r.srx = r.last_ref = stamp(r, c);
      r.ref_phase = r.phase;
      r.pairs = 0;
      return set_rate(r, c.ck, r.awaits_first_act ? 0 : r.asked);
    case Op::MRR:
      at_least(Rule::MR_04, c, r.mrr, r.t.tMRR, "tMRR");
      r.mrr = stamp(r, c);
      need_sync(r, c);
      column_distances(r, c, kBankGroups);
      return data(r, c);
    case Op::MRW1: case Op::MRW2: case Op::MPC: return mode(r, c);
    default: return;
  }
}

void Checker::finish(std::int64_t ck) {
  for (int i = 0; i < config_.ranks; ++i) {
    Rank& r = rank_[static_cast<std::size_t>(i)];
    if (r.cas_due && ck > r.cas.ck) cas_followed(r, nullptr, ck);
    if (r.half && ck > r.act1.ck + r.t.tAADmax) {
      r.half = false;
      if (counted(Rule::ACT_04)) report({.rule = Rule::ACT_04, .ck = ck, .command = "end", .other_ck = r.act1.at, .other = brief(r.act1), .parameter = "tAADmax", .have = ck - r.act1.ck,
              .need = r.t.tAADmax, .message = fmt::format("ck {} end: no ACT-2 since {} at {}, tAADmax allows {}", ck, brief(r.act1), r.act1.at, r.t.tAADmax)});
    }
    if (ck > r.debt_deadline || ck > r.gap_deadline) overdue(r, ck, "end");
  }
}

bool Checker::counted(Rule rule) {
  ++by_rule_[static_cast<std::size_t>(rule)];
  return ++findings_ <= limit_ && sink_;
}

void Checker::too_soon(Rule rule, const Command& c, const Stamp& since, int need, const char* parameter) {
  if (!counted(rule)) return;
  const std::int64_t have = c.ck - since.ck;
  const std::string other = brief(since);
  const std::string from = since.ck == since.at ? fmt::format("{} at {}", other, since.at)
                                                : fmt::format("the auto-precharge that {} at {} begins at {}", other, since.at, since.ck);
  report({.rule = rule, .ck = c.ck, .command = brief(c), .other_ck = since.at, .other = other, .parameter = parameter, .have = have, .need = need,
          .message = have < 0 ? fmt::format("ck {} {}: {} CK before {}, {} needs {} after it", c.ck, brief(c), -have, from, parameter, need)
                              : fmt::format("ck {} {}: {} CK after {}, {} needs {}", c.ck, brief(c), have, from, parameter, need)});
}

void Checker::too_late(Rule rule, const Command& c, const Stamp& since, int most, const char* parameter) {
  if (!counted(rule)) return;
  const std::int64_t have = c.ck - since.ck;
  report({.rule = rule, .ck = c.ck, .command = brief(c), .other_ck = since.at, .other = brief(since), .parameter = parameter, .have = have, .need = most,
          .message = fmt::format("ck {} {}: {} CK after {} at {}, {} allows {}", c.ck, brief(c), have, brief(since), since.at, parameter, most)});
}

void Checker::state(Rule rule, const Command& c, const Stamp* other, const std::string& why) {
  if (!counted(rule)) return;
  Finding f;
  f.rule = rule;
  f.ck = c.ck;
  f.command = brief(c);
  f.message = fmt::format("ck {} {}: {}", c.ck, f.command, why);
  if (other && other->at != kNever) {
    f.other_ck = other->at;
    f.other = brief(*other);
    f.message += fmt::format(" {} at {}", f.other, f.other_ck);
  }
  report(std::move(f));
}

void Checker::report(Finding f) { sink_(f); }

}  // namespace htx::dram
