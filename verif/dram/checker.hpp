// SPDX-License-Identifier: Apache-2.0
// The protocol checker: every command of a channel, in order of time, against the rules of rules.hpp. It knows neither the controller's
// golden nor the device model; what it shares with them is the table of timings and the command's bits.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "verif/dram/command.hpp"
#include "verif/dram/config.hpp"
#include "verif/dram/rules.hpp"
#include "verif/dram/trace.hpp"

namespace htx::dram {

/// Long before any command: nothing of it is left.
inline constexpr std::int64_t kNever = INT64_MIN / 4;

/// A command of the past, as short as it can be.
struct Stamp {
  std::int64_t ck = kNever;   // when it counts from: of an auto-precharge, when the precharge begins
  std::int64_t at = kNever;   // when it stood on the bus
  Op op = Op::DES;
  std::uint8_t rank = 0, bank = 0;
  bool ab = false, rfm = false, ap = false;
};

struct Finding {
  Rule rule{};
  std::int64_t ck = 0;       // of the command that breaks the rule
  std::string command;       // that command; "end" at the trace's end
  std::int64_t other_ck = kNever;  // of the command it is held against, if there is one
  std::string other;
  std::string parameter;     // of the table, if there is one
  std::int64_t have = 0, need = 0;  // CK, or what the parameter counts
  std::string message;       // all of it in a line, without the rule's number
};

class Checker {
 public:
  using Sink = std::function<void(const Finding&)>;
  /// Every finding is counted; `sink` gets the first `limit` of them.
  explicit Checker(const Config& config, Sink sink = {}, std::uint64_t limit = UINT64_MAX);

  /// Commands and events in order of time; DES need not be told.
  void command(const Command& c);
  /// From here on the rank asks for refresh every `eighths`/8 of tREFI, and for derated timing when hot.
  void temperature(std::int64_t ck, unsigned ranks, int eighths, bool hot);
  void reset(std::int64_t ck, bool level);
  /// Judges what is still due at `ck`: refreshes, a half of a pair of commands. Commands may go on afterwards.
  void finish(std::int64_t ck);
  void event(const Event& e);

  std::uint64_t commands() const { return commands_; }
  std::uint64_t findings() const { return findings_; }
  const std::array<std::uint64_t, kRules>& by_rule() const { return by_rule_; }

 private:
  struct Bank {
    bool open = false;
    Stamp act, act1;                 // last ACT-2, and the ACT-1 that opened it
    Stamp read, write, masked;       // since the row was opened; masked: the last MWR of the bank
    Stamp pre;                       // what closed it
    std::uint32_t raa = 0;           // activations not yet taken back
  };
  struct Rank {
    std::array<Bank, kBanks> bank;
    Timings t;                       // legal, at the present temperature
    Stamp act1;                      // waits for its ACT-2 while `half`
    bool half = false;
    std::uint32_t half_row = 0;
    Stamp last_act, last_pre;
    std::array<Stamp, 4> window;     // ACT-2 and REFpb, oldest at window_at
    unsigned window_at = 0;
    std::array<Stamp, kBankGroups + 1> read, write;  // by bank group; the last: MRR, RFF, RDC, WFF
    Stamp ref_ab, ref_pb;
    std::array<Stamp, kBanks / 2> ref_pair;
    unsigned pairs = 0;              // refreshed in this round
    // refresh owed: `phase` counts sixteenths of a CK as the rank feels it, so that every temperature is exact
    std::int64_t phase = 0, phase_ck = 0, rate = 0, asked = 16, done = 0, ref_phase = 0;  // done in eighths of a REFab
    std::int64_t debt_deadline = INT64_MAX, gap_deadline = INT64_MAX;
    Stamp last_ref;
    bool awaits_first_act = false;
    // WCK
    std::int64_t synced_until = kNever;  // the last CK at which a burst needs no CAS
    Stamp sync, sure;                    // what synced it last; the last burst, after which it stays so for certain ...
    std::int64_t sure_for = 0;           // ... this long
    const char* sure_parameter = "";
    Stamp cas;                       // CAS(WS_RD) or CAS(WS_WR) whose command has to stand in the next CK
    bool cas_due = false, cas_write = false;
    // power and mode registers
    bool down = false, self = false;
    Stamp pde, pdx, sre, srx, mrw1, mrw2, mrr, zq_start, zq_latch;
    bool mrw_half = false, zq_done = true;
  };

  void on_rank(Rank& r, const Command& c);
  // bank state and its timings
  void activate1(Rank& r, const Command& c);
  void activate2(Rank& r, const Command& c);
  void precharge(Rank& r, const Command& c);
  void precharge_bank(Rank& r, Bank& b, const Command& c);
  void between_halves(Rank& r, const Command& c);
  void column(Rank& r, const Command& c);
  void column_distances(Rank& r, const Command& c, int group);
  // refresh
  void refresh(Rank& r, const Command& c);
  void after_refresh(Rank& r, const Command& c, int pair);
  void closed_for_refresh(Rank& r, const Command& c, int bank);
  void in_window(Rank& r, const Command& c);
  void repay(Rank& r, const Command& c);
  void set_deadlines(Rank& r);
  void overdue(Rank& r, std::int64_t ck, const std::string& who);
  std::int64_t phase_at(const Rank& r, std::int64_t ck) const { return r.phase + (ck - r.phase_ck) * r.rate; }
  void set_rate(Rank& r, std::int64_t ck, std::int64_t rate);
  // WCK and the data bus
  void cas(Rank& r, const Command& c);
  void cas_followed(Rank& r, const Command* c, std::int64_t ck);
  void need_sync(Rank& r, const Command& c);
  void data(Rank& r, const Command& c);
  void sync_lost(Rank& r, std::int64_t ck);
  // power-down, self-refresh, mode registers, initialisation
  void power(Rank& r, const Command& c);
  void after_mode(Rank& r, const Command& c);
  void mode(Rank& r, const Command& c);
  void start(const Command& c);
  void begin(std::int64_t ck);

  /// `c` comes at least `need` CK after `since`.
  void at_least(Rule rule, const Command& c, const Stamp& since, int need, const char* parameter) {
    if (c.ck - since.ck < need) [[unlikely]] too_soon(rule, c, since, need, parameter);
  }
  void too_soon(Rule rule, const Command& c, const Stamp& since, int need, const char* parameter);
  void too_late(Rule rule, const Command& c, const Stamp& since, int most, const char* parameter);
  void state(Rule rule, const Command& c, const Stamp* other, const std::string& why);
  void report(Finding f);
  bool counted(Rule rule);
  unsigned rank_of(const Rank& r) const { return static_cast<unsigned>(&r - rank_.data()); }
  Stamp stamp(const Rank& r, const Command& c) const {
    return {c.ck, c.ck, c.op, static_cast<std::uint8_t>(rank_of(r)), static_cast<std::uint8_t>(bank_of(c.f)), c.f.ab, c.f.rfm, c.f.ap};
  }

  Config config_;
  Sink sink_;
  std::uint64_t limit_;
  Timings ctl_;
  std::array<Timings, 2> legal_;  // cold, hot
  int raaimt_ = 0, raammt_ = 0, tR2W_ = 0;
  std::array<Rank, kRanks> rank_;
  Stamp last_;                      // of the whole channel
  struct Beat {
    std::int64_t ck = kNever;
    Stamp of;
  };
  std::array<Beat, 64> beats_;      // the data bus, a CK an entry
  bool begun_ = false, reset_low_ = false, fresh_ = false;  // fresh: no command since RESET_n rose
  std::int64_t reset_ck_ = 0;
  std::uint64_t commands_ = 0, findings_ = 0;
  std::array<std::uint64_t, kRules> by_rule_{};
};

/// "RD16 r0 bg1 ba2", of a stamp.
std::string brief(const Stamp& s);

}  // namespace htx::dram
