// SPDX-License-Identifier: Apache-2.0
// The memory behind the CA bus and DQ: one x16 channel of one or two ranks, a CK a step. It answers as a part would: rows, latencies, mode
// registers, refresh. It does not replace the checker: of the timings it knows only those whose breach spoils data (tRCD, tRP, tRFC, WCK, RL, WL),
// and a command that has no right to an answer gets kGarbage and a fault.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "verif/dram/command.hpp"
#include "verif/dram/config.hpp"
#include "verif/dram/storage.hpp"

namespace htx::dram {

/// Half a BL16 burst: what DQ carries in one CK, 8 UI of 16 bits, first byte first.
using Beat = std::array<std::uint8_t, 16>;

struct DeviceConfig {
  Config channel;
  int ca_delay = 0, dq_in_delay = 0, dq_out_delay = 0;  // CK from the controller to the part and back, 0 to 12 each
  std::int64_t retention = 8201LL * 3125;  // CK a cell keeps its charge: 8,192 tREFI for a round of all rows, nine more for postponed ones
  double flips = 0;                        // chance that a burst read has one wrong bit; the cells are right
  std::uint64_t seed = 1;                  // of flips, and of what a lost row turns into
};

struct ToDevice {
  std::uint8_t cs = 0;   // bit r: chip select of rank r
  std::uint16_t ca = 0;  // CA, the falling edge's seven bits above the rising edge's
  bool dq_valid = false;
  Beat dq{};
  std::uint16_t dm = 0;  // MWR: bit i: byte i stays as it is
};

struct FromDevice {
  bool dq_valid = false;
  Beat dq{};
};

enum class Fault : std::uint8_t {
  no_command, no_rank, row_beyond, open_bank, closed_bank, half_open, too_early, refresh_open, no_wck, bus_conflict, no_data, stray_data, asleep, row_lost, count
};
/// What a fault says, for people.
const char* words(Fault f);

class Device {
 public:
  /// Throws htx::Error for a configuration that no part has.
  explicit Device(const DeviceConfig& config);

  /// One CK.
  FromDevice step(const ToDevice& in) {
    const std::int64_t now = ck_++;
    const std::uint64_t bit = std::uint64_t{1} << (now & 63);
    if (!(in.cs | in.dq_valid) && !((commands_due_ | data_due_ | writes_due_ | reads_due_) & bit)) [[likely]] return {};
    return busy(now, in);
  }
  std::int64_t ck() const { return ck_; }

  /// The rank's temperature: the interval of refresh in eighths of tREFI (MR4 says it, too) and, with it, how long cells keep their charge.
  void temperature(int rank, int eighths, bool hot);

  /// Cells, past the bus: to load an image, to look at the result, to turn a bit over.
  void load(int rank, int bank, std::size_t row, int column, const Burst& data);
  Burst peek(int rank, int bank, std::size_t row, int column);
  void flip(int rank, int bank, std::size_t row, int column, int bit);

  std::uint8_t mode_register(int rank, int number) const { return rank_[static_cast<std::size_t>(rank)].mr[static_cast<std::size_t>(number)]; }
  std::uint64_t faults() const { return fault_count_; }
  const std::array<std::uint64_t, static_cast<std::size_t>(Fault::count)>& by_fault() const { return by_fault_; }
  /// The first faults, each a line: "ck 200 RD16 r0 bg1 ba2: the bank is closed".
  const std::vector<std::string>& told() const { return told_; }
  std::uint64_t flipped() const { return flipped_; }
  std::size_t pages() const { return storage_.pages(); }

 private:
  struct Bank {
    bool open = false, spoiled = false;  // spoiled: opened against the rules, reads garbage
    std::size_t row = 0;
    std::int64_t opened = INT64_MIN / 4, ready = INT64_MIN / 4;  // ready: earliest ACT
    std::int64_t column = INT64_MIN / 4;                         // earliest PRE after RD, WR
  };
  struct Rank {
    std::array<Bank, kBanks> bank;
    Timings t;
    int half = -1;               // bank that an ACT-1 named
    std::uint32_t upper = 0;
    std::int64_t synced = INT64_MIN / 4;  // last CK at which WCK is in step
    bool down = false, self = false;
    int mr_number = -1;
    std::array<std::uint8_t, 128> mr{};
    std::int64_t retention = 0;
    // rows are refreshed in groups, one after the other; when each group of a pair was, last
    std::vector<std::array<std::int64_t, 8192>> charged;
    std::vector<std::array<std::int64_t, 8192>> dead;  // a refresh came too late for cells that no access charged since this CK
    std::array<unsigned, kBanks / 2> group{};
    std::array<Burst, 8> fifo{};
    unsigned fifo_in = 0, fifo_out = 0;
  };
  struct Arrival { std::uint8_t cs; std::uint16_t ca; };
  struct Data { Beat dq; std::uint16_t dm; };
  struct Write { std::uint8_t rank, bank; bool masked, fifo, drop; std::uint32_t row; std::uint8_t column, half; };

  FromDevice busy(std::int64_t now, const ToDevice& in);
  void command(const Command& c);
  void on_rank(Rank& r, int rank, const Command& c);
  void activate(Rank& r, int rank, const Command& c);
  void precharge(const Rank& r, Bank& b, const Command& c);
  static void close(Bank& b, std::int64_t ck, int wait);
  void refresh(Rank& r, const Command& c);
  static void recharge(Rank& r, std::size_t pair, std::size_t group, std::int64_t ck);
  void column(Rank& r, int rank, const Command& c);
  void sync(Rank& r, const Command& c);
  bool in_step(Rank& r, const Command& c);
  void answer(std::int64_t at, const Burst& data);
  void expect(std::int64_t at, Write w);
  void write(std::int64_t now, std::uint64_t bit);
  void check_charge(Rank& r, int rank, int bank, std::size_t row, std::int64_t ck);
  Burst read(int rank, int bank, std::size_t row, int column);
  void fault(Fault f, const Command& c);

  DeviceConfig config_;
  Storage storage_;
  std::array<Rank, kRanks> rank_;
  std::mt19937_64 rng_;
  std::uint64_t flip_below_ = 0;  // of 2^32
  std::int64_t ck_ = 0;
  // what is due in the next 64 CK, a bit and an entry each
  std::uint64_t commands_due_ = 0, data_due_ = 0, writes_due_ = 0, reads_due_ = 0;
  std::array<Arrival, 64> commands_{};
  std::array<Data, 64> data_{};
  std::array<Write, 64> writes_{};
  std::array<Beat, 64> reads_{};
  std::uint64_t fault_count_ = 0, flipped_ = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(Fault::count)> by_fault_{};
  std::vector<std::string> told_;
};

}  // namespace htx::dram
