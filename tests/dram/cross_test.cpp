// SPDX-License-Identifier: Apache-2.0
// The checker against two that share nothing with it but the values: one looks back over the whole trace for every pair of commands, the other
// is a scheduler that keeps, for every command and bank, the first CK at which it may come, and whose traces must be clean.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/dram/trace_builder.hpp"

namespace htx::dram::test {
namespace {

using Verdicts = std::set<std::pair<std::size_t, Rule>>;  // command's number, rule

/// Pairs of commands, looked at one by one. ACT stands for ACT-2 with its bank; what a bank is, is read off the whole past.
class Backwards {
 public:
  Backwards(std::vector<Command> trace, const Timings& t) : c_(std::move(trace)), t_(t) {}

  Verdicts judge() {
    for (std::size_t j = 0; j < c_.size(); ++j) at(j);
    return found_;
  }

 private:
  static bool column(const Command& c) { return is_read(c.op) || is_write(c.op); }
  bool same_rank(std::size_t i, std::size_t j) const { return c_[i].ranks == c_[j].ranks; }

  /// Bank of ACT-2 number i.
  int act_bank(std::size_t i) const {
    while (c_[--i].op != Op::ACT1 || c_[i].ranks != c_[i + 1].ranks) {}
    return bank_of(c_[i].f);
  }
  /// What number i does to `bank`: 'A' opens it, 'P' closes it, 'p' closes it later by itself, ' ' leaves it.
  char does(std::size_t i, int bank) const {
    const Command& c = c_[i];
    if (c.op == Op::ACT2) return act_bank(i) == bank ? 'A' : ' ';
    if (c.op == Op::PRE) return c.f.ab || bank_of(c.f) == bank ? 'P' : ' ';
    return column(c) && c.f.ap && bank_of(c.f) == bank ? 'p' : ' ';
  }
  /// The ACT-2 that holds `bank` open just before number j; -1 when it is closed. `closer` gets what closed it.
  long open_by(std::size_t j, int bank, long* closer = nullptr) const {
    long act = -1;
    if (closer) *closer = -1;
    for (std::size_t i = 0; i < j; ++i) {
      if (!same_rank(i, j)) continue;
      const char d = does(i, bank);
      if (d == 'A') act = static_cast<long>(i);
      if ((d == 'P' || d == 'p') && act >= 0) {
        if (closer) *closer = static_cast<long>(i);
        act = -1;
      }
    }
    return act;
  }
  std::int64_t ck(long i) const { return c_[static_cast<std::size_t>(i)].ck; }
  void need(std::size_t j, Rule rule, std::int64_t from, int distance) {
    if (c_[j].ck - from < distance) found_.insert({j, rule});
  }
  /// When the precharge by number `closer` of `bank` begins.
  std::int64_t begins(long closer, int bank) const {
    const Command& c = c_[static_cast<std::size_t>(closer)];
    if (c.op == Op::PRE) return c.ck;
    const long act = open_by(static_cast<std::size_t>(closer), bank);
    std::int64_t from = ck(act) + t_.tRAS;
    for (long i = act; i <= closer; ++i) {
      const Command& x = c_[static_cast<std::size_t>(i)];
      if (same_rank(static_cast<std::size_t>(i), static_cast<std::size_t>(closer)) && column(x) && bank_of(x.f) == bank)
        from = std::max(from, x.ck + (is_read(x.op) ? t_.tRTP : t_.tWTP));
    }
    return from;
  }
  void after_precharge(std::size_t j, int bank, Rule pb, Rule ab) {
    long closer = -1;
    if (open_by(j, bank, &closer) >= 0 || closer < 0) return;
    const Command& c = c_[static_cast<std::size_t>(closer)];
    const bool all = c.op == Op::PRE && c.f.ab;
    need(j, all ? ab : pb, begins(closer, bank), all ? t_.tRPab : t_.tRPpb);
  }

  void at(std::size_t j) {
    const Command& c = c_[j];
    const int bank = c.op == Op::ACT2 ? act_bank(j) : bank_of(c.f);
    if (c.op == Op::ACT1) {
      if (open_by(j, bank) >= 0) found_.insert({j, Rule::ACT_01});
      after_precharge(j, bank, Rule::RP_01, Rule::RP_02);
    }
    if (column(c)) {
      const long act = open_by(j, bank);
      if (act < 0) found_.insert({j, Rule::COL_01});
      else need(j, Rule::RCD_01, ck(act), t_.tRCD);
    }
    if (c.op == Op::PRE)
      for (int b = 0; b < kBanks; ++b) {
        const long act = open_by(j, b);
        if (act < 0 || (!c.f.ab && b != bank)) continue;
        need(j, Rule::RAS_01, ck(act), t_.tRAS);
        for (std::size_t i = static_cast<std::size_t>(act); i < j; ++i)
          if (same_rank(i, j) && column(c_[i]) && bank_of(c_[i].f) == b) need(j, is_read(c_[i].op) ? Rule::RTP_01 : Rule::WTP_01, c_[i].ck, is_read(c_[i].op) ? t_.tRTP : t_.tWTP);
      }
    if (c.op == Op::REF)
      for (int b = 0; b < kBanks; ++b)
        if (c.f.ab || b % 8 == pair_of(c.f)) {
          if (open_by(j, b) >= 0) found_.insert({j, Rule::REF_01});
          after_precharge(j, b, Rule::REF_02, Rule::REF_02);
        }
    const bool wakes = c.op == Op::ACT2 || (c.op == Op::REF && !c.f.ab);
    std::vector<std::int64_t> window;
    for (std::size_t i = 0; i < j; ++i) {
      const Command& p = c_[i];
      if (!same_rank(i, j)) continue;
      const bool group = p.f.bg == c.f.bg;
      if (p.op == Op::ACT2 || (p.op == Op::REF && !p.f.ab)) window.push_back(p.ck);
      if (p.op == Op::ACT2 && c.op == Op::ACT1 && act_bank(i) == bank) need(j, Rule::RC_01, p.ck, t_.tRC);
      if (p.op == Op::ACT2 && wakes) need(j, Rule::RRD_01, p.ck, t_.tRRD);
      if (p.op == Op::PRE && c.op == Op::PRE) need(j, Rule::PPD_01, p.ck, t_.tPPD);
      if (column(p) && column(c)) {
        if (is_read(p.op) == is_read(c.op)) need(j, group ? Rule::CCD_02 : Rule::CCD_01, p.ck, group ? t_.tCCD_L : t_.tCCD_S);
        else if (is_read(p.op)) need(j, Rule::RTW_01, p.ck, t_.tR2W);
        else need(j, group ? Rule::WTR_02 : Rule::WTR_01, p.ck, group ? t_.tW2R_L : t_.tW2R_S);
        if (p.op == Op::MWR && c.op == Op::MWR && bank_of(p.f) == bank) need(j, Rule::CCD_03, p.ck, t_.tCCDMW);
      }
      if (p.op == Op::REF) {
        if (p.f.ab && (c.op == Op::ACT1 || c.op == Op::REF || c.op == Op::PRE)) need(j, Rule::REF_03, p.ck, t_.tRFCab);
        const bool mine = !p.f.ab && (pair_of(p.f) == bank % 8);
        if (!p.f.ab && c.op == Op::REF) {
          if (c.f.ab || mine) need(j, Rule::REF_04, p.ck, t_.tRFCpb);
          else need(j, Rule::REF_05, p.ck, t_.tpbR2pbR);
        }
        if (!p.f.ab && c.op == Op::ACT1) need(j, mine ? Rule::REF_04 : Rule::REF_06, p.ck, mine ? t_.tRFCpb : t_.tpbR2act);
      }
    }
    if (wakes && window.size() >= 4) need(j, Rule::FAW_01, window[window.size() - 4], t_.tFAW);
  }

  std::vector<Command> c_;
  const Timings& t_;
  Verdicts found_;
};

/// Commands with little sense and short distances: most rules are broken often, and most distances kept often, too.
std::vector<Command> random_trace(std::mt19937& rng, int length, int round) {
  const auto draw = [&](int n) { return static_cast<int>(rng() % static_cast<unsigned>(n)); };
  std::vector<Command> all;
  std::int64_t ck = 10;
  const int banks[] = {0, 1, 5, 8, 9, 13};
  while (static_cast<int>(all.size()) < length) {
    const auto ranks = static_cast<std::uint8_t>(1 << draw(2));
    Fields f = at(banks[draw(6)]);
    const int kind = draw(20);
    ck += draw(8) == 0 ? draw(200) : draw(round % 3 == 0 ? 20 : round % 3 == 1 ? 6 : 2) + 1;  // some traces are dense
    if (kind < 6) {  // an ACT whole, so that both sides agree on what is open
      all.push_back({ck++, Op::ACT1, ranks, f});
      all.push_back({ck, Op::ACT2, ranks, {}});
      continue;
    }
    if (kind < 9) {
      f.ab = draw(4) == 0;
      all.push_back({ck, Op::PRE, ranks, f.ab ? Trace::with(&Fields::ab) : f});
    } else if (kind < 11) {
      f.ab = draw(4) == 0;
      f.bg &= 1;
      all.push_back({ck, Op::REF, ranks, f.ab ? Trace::with(&Fields::ab) : f});
    } else {
      const Op ops[] = {Op::RD16, Op::RD16, Op::WR16, Op::MWR};
      f.ap = draw(6) == 0;
      all.push_back({ck, ops[draw(4)], ranks, f});
    }
  }
  return all;
}

TEST(Cross, BackwardsOverEveryPairFindsTheSame) {
  std::mt19937 rng(301);
  const std::set<Rule> judged = {Rule::ACT_01, Rule::RP_01,  Rule::RP_02,  Rule::COL_01, Rule::RCD_01, Rule::RAS_01, Rule::RTP_01, Rule::WTP_01, Rule::REF_01,
                                 Rule::REF_02, Rule::RC_01,  Rule::RRD_01, Rule::PPD_01, Rule::CCD_01, Rule::CCD_02, Rule::CCD_03, Rule::RTW_01, Rule::WTR_01,
                                 Rule::WTR_02, Rule::REF_03, Rule::REF_04, Rule::REF_05, Rule::REF_06, Rule::FAW_01};
  std::map<Rule, int> seen;
  for (int round = 0; round < 400; ++round) {
    const Config config{.density = kDensities[static_cast<std::size_t>(round % 3)], .always_on = true};
    const Timings t = timings_of(config, Column::legal, false);
    const std::vector<Command> trace = random_trace(rng, 60, round);
    const Verdicts slow = Backwards(trace, t).judge();
    Verdicts fast;
    std::size_t number = 0;
    Checker checker(config, [&](const Finding& f) { if (judged.count(f.rule)) fast.insert({number, f.rule}); });
    for (; number < trace.size(); ++number) checker.command(trace[number]);
    for (const auto& [at, rule] : fast) ++seen[rule];
    std::string differs;
    for (const auto& v : slow) if (!fast.count(v)) differs += fmt::format("\n  only backwards: {} at {}", info(v.second).id, trace_line(trace[v.first]));
    for (const auto& v : fast) if (!slow.count(v)) differs += fmt::format("\n  only the checker: {} at {}", info(v.second).id, trace_line(trace[v.first]));
    if (!differs.empty()) {
      std::string lines;
      for (const Command& c : trace) lines += "\n" + trace_line(c);
      FAIL() << "round " << round << differs << lines;
    }
  }
  for (const Rule rule : judged) EXPECT_GT(seen[rule], 10) << info(rule).id << ": the random traces hardly break it";
}

/// A controller as simple as can be: random accesses one after the other, each command at the first CK that all earlier ones leave to it.
class Scheduler {
 public:
  Scheduler(const Config& config, unsigned seed) : config_(config), t_(timings_of(config, Column::controller, false)), rng_(seed) {}

  std::vector<Command> run(int accesses) {
    issue(Op::CAS, 0, Trace::with(&Fields::ws_fs), now_ + 1);
    if (config_.ranks == 2) issue(Op::CAS, 1, Trace::with(&Fields::ws_fs), now_ + 1);
    for (int i = 0; i < accesses; ++i) {
      const int rank = config_.ranks == 2 ? draw(40) == 0 ? rank_ ^= 1 : rank_ : 0;
      refresh(rank);
      if (config_.ranks == 2) refresh(rank ^ 1);
      access(rank, draw(16), draw(4), draw(3) == 0 ? draw(2) ? Op::WR16 : Op::MWR : Op::RD16, draw(10) == 0);
    }
    return std::move(all_);
  }

 private:
  struct Bank { long row = -1; std::int64_t act = 0, column = 0, pre = 0, masked = 0; };
  struct Rank {
    Bank bank[kBanks];
    std::int64_t act = 0, read[kBankGroups]{}, write[kBankGroups]{}, pre = 0, ref = 0, opened[4]{};
    int n = 0, pair = 0;
    std::int64_t refreshed = 0;
  };
  int draw(int n) { return static_cast<int>(rng_() % static_cast<unsigned>(n)); }
  static void later(std::int64_t& at, std::int64_t to) { at = std::max(at, to); }

  std::int64_t issue(Op op, int rank, Fields f, std::int64_t from) {
    now_ = std::max(now_ + 1, from);
    all_.push_back({now_, op, static_cast<std::uint8_t>(1 << rank), f});
    return now_;
  }
  void precharge(int rank, int bank) {
    Rank& r = r_[rank];
    const std::int64_t ck = issue(Op::PRE, rank, at(bank), std::max(r.bank[bank].pre, r.pre));
    closed(r, bank, ck);
    r.pre = ck + t_.tPPD;
  }
  void closed(Rank& r, int bank, std::int64_t begins) {
    r.bank[bank].row = -1;
    later(r.bank[bank].act, begins + t_.tRPpb);
  }
  void opened(Rank& r, std::int64_t ck) {  // ACT-2 or REFpb
    r.opened[r.n++ % 4] = ck;
    later(r.act, std::max(ck + t_.tRRD, r.n >= 4 ? r.opened[r.n % 4] + t_.tFAW : 0));
  }
  void refresh(int rank) {
    Rank& r = r_[rank];
    while (now_ > 1000 + r.refreshed * t_.tREFI / 8) {
      const int p = r.pair++ % 8;
      for (const int b : {p, p + 8})
        if (r.bank[b].row >= 0) precharge(rank, b);
      const std::int64_t ck = issue(Op::REF, rank, at(p), std::max({r.bank[p].act, r.bank[p + 8].act, r.act, r.ref}));
      opened(r, ck);
      for (const int b : {p, p + 8}) later(r.bank[b].act, ck + t_.tRFCpb);
      later(r.act, ck + t_.tpbR2act + 1);
      r.ref = ck + t_.tpbR2pbR;
      ++r.refreshed;
    }
  }
  void access(int rank, int bank, int row, Op op, bool ap) {
    Rank& r = r_[rank];
    Bank& b = r.bank[bank];
    if (b.row >= 0 && b.row != row) precharge(rank, bank);
    if (b.row < 0) {
      issue(Op::ACT1, rank, at(bank, static_cast<unsigned>(row)), std::max(b.act, r.act - 1));
      const std::int64_t ck = issue(Op::ACT2, rank, {}, now_ + 1);
      b = {row, ck + t_.tRC, ck + t_.tRCD, ck + t_.tRAS, b.masked};
      opened(r, ck);
    }
    const int g = bank / 4;
    const bool reads = op == Op::RD16;
    std::int64_t from = std::max({b.column, (reads ? r.read : r.write)[g], data_[reads][rank], op == Op::MWR ? b.masked : 0});
    Fields f = at(bank);
    f.ap = ap;
    const std::int64_t ck = issue(op, rank, f, from);
    for (int i = 0; i < kBankGroups; ++i) {
      later((reads ? r.read : r.write)[i], ck + (i == g ? t_.tCCD_L : t_.tCCD_S));
      if (reads) later(r.write[i], ck + t_.tR2W);
      else later(r.read[i], ck + (i == g ? t_.tW2R_L : t_.tW2R_S));
    }
    for (int other = 0; other < 2; ++other)  // the other rank's data come after this one's, whatever it is
      if (other != rank) later(data_[1][other], ck + t_.tR2R_rank), later(data_[0][other], ck + (reads ? t_.tR2W_rank : t_.tR2R_rank));
    if (op == Op::MWR) b.masked = ck + t_.tCCDMW;
    later(b.pre, ck + (reads ? t_.tRTP : t_.tWTP));
    if (ap) closed(r, bank, b.pre);
  }

  Config config_;
  Timings t_;
  std::mt19937 rng_;
  Rank r_[kRanks];
  std::int64_t data_[2][kRanks]{};  // write, read
  std::int64_t now_ = 0;
  int rank_ = 0;
  std::vector<Command> all_;
};

TEST(Cross, ASchedulerOfItsOwnIsClean) {
  for (const int density : kDensities)
    for (const int ranks : {1, 2}) {
      const Config config{.density = density, .ranks = ranks, .odt = true, .always_on = true};
      const std::vector<Command> trace = Scheduler(config, static_cast<unsigned>(density + ranks)).run(30000);
      std::vector<Finding> found;
      Checker checker(config, [&](const Finding& f) { found.push_back(f); }, 5);
      for (const Command& c : trace) checker.command(c);
      checker.finish(trace.back().ck);
      EXPECT_GT(trace.back().ck, 400000);
      for (const Finding& f : found) ADD_FAILURE() << info(f.rule).id << ": " << f.message;
    }
}

/// The same scheduler with a value a CK too small somewhere: the trace is not clean any more.
TEST(Cross, ASchedulerOneClockTooFastIsNot) {
  const Config config{.odt = true, .always_on = true};
  std::vector<Command> trace = Scheduler(config, 7).run(3000);
  int found = 0;
  for (std::size_t i = 100; i < trace.size(); i += 40) {  // one command after the other comes a CK earlier, where the bus is free
    if (trace[i].ck - trace[i - 1].ck < 2) continue;
    std::vector<Command> one = trace;
    --one[i].ck;
    Checker checker(config);
    for (const Command& c : one) checker.command(c);
    found += checker.findings() != 0;
  }
  EXPECT_GT(found, 30);
}

}  // namespace
}  // namespace htx::dram::test
