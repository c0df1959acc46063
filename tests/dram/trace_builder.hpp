// SPDX-License-Identifier: Apache-2.0
// Traces for tests, command by command. Banks are 0 to 15; an ACT is told by its ACT-2, its ACT-1 stands a CK before.
#pragma once

#include <algorithm>
#include <vector>

#include "verif/dram/checker.hpp"

namespace htx::dram::test {

inline Fields at(int bank, unsigned row = 0, int col = 0) {
  Fields f;
  f.bg = static_cast<std::uint8_t>(bank / kBanksPerGroup);
  f.ba = static_cast<std::uint8_t>(bank % kBanksPerGroup);
  f.row = row;
  f.col = static_cast<std::uint8_t>(col);
  return f;
}

class Trace {
 public:
  Trace& put(std::int64_t ck, Op op, Fields f = {}, int rank = 0) {
    Event e;
    e.command = {ck, op, static_cast<std::uint8_t>(1 << rank), f};
    events.push_back(e);
    return *this;
  }
  Trace& act1(std::int64_t ck, int bank, unsigned row = 0, int rank = 0) { return put(ck, Op::ACT1, at(bank, row), rank); }
  Trace& act2(std::int64_t ck, int rank = 0) { return put(ck, Op::ACT2, {}, rank); }
  Trace& act(std::int64_t ck, int bank, unsigned row = 0, int rank = 0) { return act1(ck - 1, bank, row, rank).act2(ck, rank); }
  Trace& rd(std::int64_t ck, int bank, bool ap = false, int rank = 0) { return burst(ck, Op::RD16, bank, ap, rank); }
  Trace& wr(std::int64_t ck, int bank, bool ap = false, int rank = 0) { return burst(ck, Op::WR16, bank, ap, rank); }
  Trace& burst(std::int64_t ck, Op op, int bank, bool ap = false, int rank = 0) {
    Fields f = at(bank);
    f.ap = ap;
    return put(ck, op, f, rank);
  }
  Trace& pre(std::int64_t ck, int bank, int rank = 0) { return put(ck, Op::PRE, at(bank), rank); }
  Trace& preab(std::int64_t ck, int rank = 0) { return put(ck, Op::PRE, with(&Fields::ab), rank); }
  Trace& refpb(std::int64_t ck, int pair, bool rfm = false, int rank = 0) {
    Fields f = at(pair);
    f.rfm = rfm;
    return put(ck, Op::REF, f, rank);
  }
  Trace& refab(std::int64_t ck, bool rfm = false, int rank = 0) {
    Fields f = with(&Fields::ab);
    f.rfm = rfm;
    return put(ck, Op::REF, f, rank);
  }
  Trace& cas(std::int64_t ck, bool Fields::*ws, int rank = 0) { return put(ck, Op::CAS, with(ws), rank); }
  Trace& mpc(std::int64_t ck, unsigned operand) {
    Fields f;
    f.op = static_cast<std::uint8_t>(operand);
    return put(ck, Op::MPC, f);
  }
  Trace& reset(std::int64_t ck, bool level) {
    Event e;
    e.kind = Event::Kind::reset;
    e.command.ck = ck;
    e.level = level;
    events.push_back(e);
    return *this;
  }
  Trace& temperature(std::int64_t ck, int eighths, bool hot) {
    Event e;
    e.kind = Event::Kind::temperature;
    e.command = {ck, Op::DES, 3, {}};
    e.refresh_eighths = eighths;
    e.hot = hot;
    events.push_back(e);
    return *this;
  }
  Trace& end(std::int64_t ck) {
    Event e;
    e.kind = Event::Kind::end;
    e.command.ck = ck;
    events.push_back(e);
    return *this;
  }
  static Fields with(bool Fields::*flag) {
    Fields f;
    f.*flag = true;
    return f;
  }

  std::vector<Finding> check(const Config& config) const {
    std::vector<Event> sorted;  // in order of time, and as they were told within a CK
    for (const Event& e : events)
      sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), e, [](const Event& a, const Event& b) { return a.command.ck < b.command.ck; }), e);
    std::vector<Finding> found;
    Checker checker(config, [&](const Finding& f) { found.push_back(f); });
    for (const Event& e : sorted) checker.event(e);
    if (!sorted.empty()) checker.finish(sorted.back().command.ck);
    return found;
  }

  std::vector<Event> events;
};

}  // namespace htx::dram::test
