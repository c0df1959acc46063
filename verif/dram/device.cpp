// SPDX-License-Identifier: Apache-2.0
#include "verif/dram/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "golden/model/error.hpp"

namespace htx::dram {
namespace {

constexpr std::size_t kTold = 20;
constexpr int kMostDelay = 12;
constexpr int kGroups = 8192;  // of rows: one REF refreshes one of each bank

Burst filled(std::uint8_t value) {
  Burst b;
  b.fill(value);
  return b;
}

/// MR4's code of a refresh interval in eighths of tREFI: the device's own scale of this model, 1 the slowest.
std::uint8_t refresh_code(int eighths) { return eighths >= 32 ? 1 : eighths >= 16 ? 2 : eighths >= 8 ? 3 : eighths >= 4 ? 4 : eighths >= 2 ? 5 : 6; }

}  // namespace

const char* words(Fault f) {
  constexpr const char* all[] = {"the CA bits are no command", "the rank is not there", "the row is beyond the die", "the bank is open already", "the bank is closed",
                                 "ACT-2 without ACT-1", "too early", "a bank to be refreshed is open", "WCK is not synced",
                                 "two bursts meet on DQ", "no write data on DQ", "data on DQ that nobody asked for", "the rank sleeps",
                                 "the row's charge is gone: it was not refreshed in time"};
  return all[static_cast<std::size_t>(f)];
}

Device::Device(const DeviceConfig& config) : config_(config), storage_(row_bits(config.channel.density) ? config.channel.density : 8), rng_(config.seed) {
  const Config& c = config.channel;
  if (row_bits(c.density) == 0 || c.ranks < 1 || c.ranks > kRanks || c.rl_set < 0 || c.rl_set > 2 || (c.wl_set != 'A' && c.wl_set != 'B'))
    throw Error(fmt::format("LPDDR5 device: {} Gb, {} ranks, latency sets {} and {}: no such part", c.density, c.ranks, c.rl_set, c.wl_set));
  for (const int d : {config.ca_delay, config.dq_in_delay, config.dq_out_delay})
    if (d < 0 || d > kMostDelay) throw Error(fmt::format("LPDDR5 device: a transport delay of {} CK; 0 to {} can be", d, kMostDelay));
  if (!(config.flips >= 0 && config.flips <= 1) || config.retention < 1) throw Error("LPDDR5 device: flips is a chance, retention a number of CK");
  flip_below_ = static_cast<std::uint64_t>(std::ldexp(config.flips, 32));
  for (Rank& r : rank_) {
    r.t = timings_of(c, Column::legal, false);
    r.charged.resize(kBanks / 2);
    r.dead.resize(kBanks / 2);
    for (auto& pair : r.dead) pair.fill(INT64_MIN / 4);
    r.retention = config.retention;
    r.mr[4] = refresh_code(8);
    r.mr[8] = static_cast<std::uint8_t>(c.density);
    r.mr[33] = 0x5a;
    r.mr[34] = 0x3c;
  }
}

void Device::fault(Fault f, const Command& c) {
  ++fault_count_;
  ++by_fault_[static_cast<std::size_t>(f)];
  if (told_.size() < kTold) told_.push_back(fmt::format("ck {} {}: {}", c.ck, brief(c), words(f)));
}

FromDevice Device::busy(std::int64_t now, const ToDevice& in) {
  const auto slot = [](std::int64_t ck) { return static_cast<std::size_t>(ck & 63); };
  const auto bit_of = [](std::int64_t ck) { return std::uint64_t{1} << (ck & 63); };
  if (in.cs) {
    commands_[slot(now + config_.ca_delay)] = {in.cs, in.ca};
    commands_due_ |= bit_of(now + config_.ca_delay);
  }
  if (in.dq_valid) {
    data_[slot(now + config_.dq_in_delay)] = {in.dq, in.dm};
    data_due_ |= bit_of(now + config_.dq_in_delay);
  }
  const std::uint64_t bit = bit_of(now);
  if (commands_due_ & bit) {
    commands_due_ &= ~bit;
    command(from_pins(now, commands_[slot(now)].cs, commands_[slot(now)].ca));
  }
  if ((writes_due_ | data_due_) & bit) write(now, bit);
  FromDevice out;
  if (reads_due_ & bit) {
    reads_due_ &= ~bit;
    out.dq_valid = true;
    out.dq = reads_[slot(now)];
  }
  return out;
}

void Device::command(const Command& c) {
  if (c.op == Op::DES) return fault(Fault::no_command, c);
  if (c.ranks >> config_.channel.ranks) fault(Fault::no_rank, c);
  for (int i = 0; i < config_.channel.ranks; ++i)
    if (c.ranks >> i & 1) on_rank(rank_[static_cast<std::size_t>(i)], i, c);
}

void Device::on_rank(Rank& r, int rank, const Command& c) {
  if (r.down) {  // a chip select wakes it; any command but NOP is lost on it
    r.down = false;
    if (c.op != Op::NOP) return fault(Fault::asleep, c);
  }
  const bool rows = c.op == Op::ACT1 || c.op == Op::ACT2 || c.op == Op::PRE || c.op == Op::REF || is_read(c.op) || is_write(c.op);
  if (r.self && rows) {
    if (is_read(c.op)) answer(c.ck + r.t.RL, filled(kGarbage));
    return fault(Fault::asleep, c);
  }
  switch (c.op) {
    case Op::ACT1:
      r.half = bank_of(c.f);
      r.upper = c.f.row & ~2047u;
      return;
    case Op::ACT2: return activate(r, rank, c);
    case Op::PRE:
      for (int b = 0; b < kBanks; ++b)
        if (c.f.ab || b == bank_of(c.f)) precharge(r, r.bank[static_cast<std::size_t>(b)], c);
      return;
    case Op::REF: return refresh(r, c);
    case Op::CAS: return sync(r, c);
    case Op::MRW1: r.mr_number = c.f.ma; return;
    case Op::MRW2:
      if (r.mr_number < 0) return fault(Fault::half_open, c);
      r.mr[static_cast<std::size_t>(r.mr_number)] = c.f.op;
      r.mr_number = -1;
      return;
    case Op::MRR: {
      Burst b{};
      b[0] = r.mr[c.f.ma];
      return answer(c.ck + r.t.RL, in_step(r, c) ? b : filled(kGarbage));
    }
    case Op::RDC: {
      Burst b;
      for (std::size_t i = 0; i < b.size(); ++i) b[i] = r.mr[i / 16 ? 34 : 33];
      return answer(c.ck + r.t.RL, in_step(r, c) ? b : filled(kGarbage));
    }
    case Op::RFF: return answer(c.ck + r.t.RL, in_step(r, c) ? r.fifo[r.fifo_out++ % 8] : filled(kGarbage));
    case Op::WFF: {
      Write w{static_cast<std::uint8_t>(rank), 0, false, true, !in_step(r, c), 0, static_cast<std::uint8_t>(r.fifo_in++ % 8), 0};
      return expect(c.ck + r.t.WL, w);
    }
    case Op::PDE:
      r.down = true;
      r.synced = c.ck;
      return;
    case Op::SRE:
      if (std::any_of(r.bank.begin(), r.bank.end(), [](const Bank& b) { return b.open; })) fault(Fault::refresh_open, c);
      for (std::size_t pair = 0; pair < r.charged.size(); ++pair)
        for (std::size_t group = 0; group < kGroups; ++group) recharge(r, pair, group, c.ck);  // from here on it refreshes itself
      r.self = true;
      r.down = c.f.pd || c.f.dsm;
      r.synced = c.ck;
      return;
    case Op::SRX:
      r.self = false;
      for (auto& pair : r.charged) pair.fill(c.ck);
      return;
    case Op::RD16: case Op::RD32: case Op::WR16: case Op::MWR: case Op::WR32: return column(r, rank, c);
    default: return;
  }
}

void Device::activate(Rank& r, int rank, const Command& c) {
  if (r.half < 0) return fault(Fault::half_open, c);
  const int bank = r.half;
  Bank& b = r.bank[static_cast<std::size_t>(bank)];
  Command named = c;
  named.f = {};
  named.f.bg = static_cast<std::uint8_t>(bank / kBanksPerGroup);
  named.f.ba = static_cast<std::uint8_t>(bank % kBanksPerGroup);
  r.half = -1;
  const std::size_t row = r.upper | (c.f.row & 2047u);
  b.spoiled = b.open || c.ck - 1 < b.ready || row >= storage_.rows();
  if (b.open) fault(Fault::open_bank, named);
  else if (c.ck - 1 < b.ready) fault(Fault::too_early, named);
  if (row >= storage_.rows()) fault(Fault::row_beyond, named);
  b.open = true;
  b.row = row < storage_.rows() ? row : 0;
  b.opened = c.ck;
  b.column = c.ck;
  if (!b.spoiled) check_charge(r, rank, bank, b.row, c.ck);
}

void Device::precharge(const Rank& r, Bank& b, const Command& c) {
  if (!b.open) return;
  if (c.ck < std::max(b.column, b.opened + r.t.tRAS)) fault(Fault::too_early, c);
  close(b, c.ck, c.f.ab ? r.t.tRPab : r.t.tRPpb);
}

void Device::close(Bank& b, std::int64_t ck, int wait) {
  b.open = false;
  b.ready = std::max(b.ready, ck + wait);
}

/// Sensing a row restores its cells; if it comes too late there is nothing left to restore.
void Device::check_charge(Rank& r, int rank, int bank, std::size_t row, std::int64_t ck) {
  Page* const p = storage_.find(rank, bank, row);
  if (!p) return;
  const std::size_t group = row * kGroups / storage_.rows();
  const std::size_t pair = static_cast<std::size_t>(bank % (kBanks / 2));
  const bool kept = p->charged >= r.dead[pair][group] && ck - std::max(p->charged, r.charged[pair][group]) <= r.retention;
  p->charged = ck;
  if (kept) return;
  std::mt19937_64 noise(config_.seed ^ (row << 8 | static_cast<std::size_t>(rank * kBanks + bank)));
  for (auto& byte : p->bytes) byte = static_cast<std::uint8_t>(noise());
  Command c{ck, Op::ACT2, static_cast<std::uint8_t>(1 << rank), {}};
  c.f.bg = static_cast<std::uint8_t>(bank / kBanksPerGroup);
  c.f.ba = static_cast<std::uint8_t>(bank % kBanksPerGroup);
  fault(Fault::row_lost, c);
}

/// A refresh restores what is left: of cells that waited too long, noise.
void Device::recharge(Rank& r, std::size_t pair, std::size_t group, std::int64_t ck) {
  if (ck - r.charged[pair][group] > r.retention) r.dead[pair][group] = ck - r.retention;
  r.charged[pair][group] = ck;
}

void Device::refresh(Rank& r, const Command& c) {
  for (int p = 0; p < kBanks / 2; ++p) {
    if (!c.f.ab && p != pair_of(c.f)) continue;
    Bank& low = r.bank[static_cast<std::size_t>(p)];
    Bank& high = r.bank[static_cast<std::size_t>(p + kBanks / 2)];
    if (low.open || high.open) {
      fault(Fault::refresh_open, c);  // and nothing of this pair is refreshed
      continue;
    }
    if (c.ck < std::max(low.ready, high.ready)) {
      fault(Fault::too_early, c);
      continue;
    }
    low.ready = high.ready = c.ck + (c.f.ab ? r.t.tRFCab : r.t.tRFCpb);
    if (c.f.rfm) continue;
    unsigned& group = r.group[static_cast<std::size_t>(p)];
    recharge(r, static_cast<std::size_t>(p), group, c.ck);
    group = (group + 1) % kGroups;
  }
}

void Device::sync(Rank& r, const Command& c) {
  const Fields& f = c.f;
  if (f.ws_wr && f.ws_rd && f.ws_fs) r.synced = c.ck;
  else if (f.ws_fs) r.synced = config_.channel.always_on ? INT64_MAX : c.ck + r.t.tSyncFS;
  else if (f.ws_wr || f.ws_rd) r.synced = std::max(r.synced, c.ck + 1);
}

/// Is WCK in step for this burst? It keeps it so for a while.
bool Device::in_step(Rank& r, const Command& c) {
  if (c.ck > r.synced) {
    fault(Fault::no_wck, c);
    return false;
  }
  const int longer = is_burst32(c.op) ? r.t.BL32max - r.t.BLmax : 0;
  r.synced = config_.channel.always_on ? INT64_MAX : std::max(r.synced, c.ck + longer + (writes_dq(c.op) ? r.t.tSyncWR : r.t.tSyncRD));
  return true;
}

Burst Device::read(int rank, int bank, std::size_t row, int column) {
  const Page* const p = storage_.find(rank, bank, row);
  Burst b = filled(kUnwritten);
  if (p) std::copy_n(p->bytes.begin() + column * kBurstBytes, kBurstBytes, b.begin());
  if (flip_below_ && (rng_() >> 32) < flip_below_) {
    const std::uint64_t bit = rng_() % (8 * kBurstBytes);
    b[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    ++flipped_;
  }
  return b;
}

void Device::column(Rank& r, int rank, const Command& c) {
  const int bank = bank_of(c.f);
  Bank& b = r.bank[static_cast<std::size_t>(bank)];
  bool right = in_step(r, c);
  if (!b.open) {
    fault(Fault::closed_bank, c);
    right = false;
  } else if (c.ck < b.opened + r.t.tRCD) {
    fault(Fault::too_early, c);
    right = false;
  } else if (b.spoiled) {
    right = false;
  }
  const int bursts = is_burst32(c.op) ? 2 : 1;
  for (int i = 0; i < bursts; ++i) {
    const int column = c.f.col ^ i;
    if (is_read(c.op)) {
      answer(c.ck + r.t.RL + i * r.t.BLmax, right ? read(rank, bank, b.row, column) : filled(kGarbage));
    } else {
      expect(c.ck + r.t.WL + i * r.t.BLmax, {static_cast<std::uint8_t>(rank), static_cast<std::uint8_t>(bank), c.op == Op::MWR, false, !right,
                                              static_cast<std::uint32_t>(b.row), static_cast<std::uint8_t>(column), 0});
    }
  }
  const int longer = is_burst32(c.op) ? r.t.BL32min - r.t.BLmin : 0;
  b.column = std::max(b.column, c.ck + longer + (is_read(c.op) ? r.t.tRTP : r.t.tWTP));
  if (c.f.ap && b.open) close(b, std::max(b.column, b.opened + r.t.tRAS), r.t.tRPpb);
}

/// A burst for the controller: two beats from device time `at` on.
void Device::answer(std::int64_t at, const Burst& data) {
  for (int half = 0; half < 2; ++half) {
    const std::int64_t ck = at + half + config_.dq_out_delay;
    const std::uint64_t bit = std::uint64_t{1} << (ck & 63);
    Beat& beat = reads_[static_cast<std::size_t>(ck & 63)];
    if (reads_due_ & bit) {
      beat.fill(kGarbage);
      fault(Fault::bus_conflict, {at, Op::RD16, 1, {}});
      continue;
    }
    reads_due_ |= bit;
    std::copy_n(data.begin() + 16 * half, 16, beat.begin());
  }
}

void Device::expect(std::int64_t at, Write w) {
  for (std::uint8_t half = 0; half < 2; ++half) {
    const std::int64_t ck = at + half;
    const std::uint64_t bit = std::uint64_t{1} << (ck & 63);
    if (writes_due_ & bit) fault(Fault::bus_conflict, {at, Op::WR16, 1, {}});
    writes_due_ |= bit;
    w.half = half;
    writes_[static_cast<std::size_t>(ck & 63)] = w;
  }
}

void Device::write(std::int64_t now, std::uint64_t bit) {
  const bool expected = (writes_due_ & bit) != 0, there = (data_due_ & bit) != 0;
  writes_due_ &= ~bit;
  data_due_ &= ~bit;
  const Write& w = writes_[static_cast<std::size_t>(now & 63)];
  const Command as{now, Op::WR16, static_cast<std::uint8_t>(expected ? 1 << w.rank : 0), {}};
  if (!expected) return fault(Fault::stray_data, as);
  Data d = data_[static_cast<std::size_t>(now & 63)];
  if (!there) {
    fault(Fault::no_data, as);
    d.dq.fill(kGarbage);
    d.dm = 0;
  }
  if (w.drop) return;
  if (w.fifo) {
    std::copy_n(d.dq.begin(), 16, rank_[w.rank].fifo[w.column].begin() + 16 * w.half);
    return;
  }
  Page& p = storage_.take(w.rank, w.bank, w.row, now);
  const auto to = p.bytes.begin() + w.column * kBurstBytes + 16 * w.half;
  for (int i = 0; i < 16; ++i)
    if (!w.masked || !(d.dm >> i & 1)) to[i] = d.dq[static_cast<std::size_t>(i)];
}

void Device::temperature(int rank, int eighths, bool hot) {
  Rank& r = rank_.at(static_cast<std::size_t>(rank));
  if (eighths < 1 || eighths > 32) throw Error(fmt::format("LPDDR5 device: {} eighths of tREFI; 1 to 32 can be", eighths));
  r.t = timings_of(config_.channel, Column::legal, hot);
  r.retention = config_.retention * eighths / 8;
  r.mr[4] = refresh_code(eighths);
}

void Device::load(int rank, int bank, std::size_t row, int column, const Burst& data) {
  if (rank < 0 || rank >= config_.channel.ranks || bank < 0 || bank >= kBanks || row >= storage_.rows() || column < 0 || column >= kColumns)
    throw Error(fmt::format("LPDDR5 device: rank {} bank {} row {} column {}: not there", rank, bank, row, column));
  std::copy(data.begin(), data.end(), storage_.take(rank, bank, row, ck_).bytes.begin() + column * kBurstBytes);
}

Burst Device::peek(int rank, int bank, std::size_t row, int column) {
  if (rank < 0 || rank >= config_.channel.ranks || bank < 0 || bank >= kBanks || row >= storage_.rows() || column < 0 || column >= kColumns)
    throw Error(fmt::format("LPDDR5 device: rank {} bank {} row {} column {}: not there", rank, bank, row, column));
  Burst b = filled(kUnwritten);
  if (const Page* const p = storage_.find(rank, bank, row)) std::copy_n(p->bytes.begin() + column * kBurstBytes, kBurstBytes, b.begin());
  return b;
}

void Device::flip(int rank, int bank, std::size_t row, int column, int bit) {
  Burst b = peek(rank, bank, row, column);
  b.at(static_cast<std::size_t>(bit) / 8) ^= static_cast<std::uint8_t>(1u << bit % 8);
  load(rank, bank, row, column, b);
}

}  // namespace htx::dram
