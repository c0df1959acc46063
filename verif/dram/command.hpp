// SPDX-License-Identifier: Apache-2.0
// One command of the CA bus at one clock, and its text.
#pragma once

#include <cstdint>
#include <string>

#include "htx/lpddr5.hpp"

namespace htx::dram {

/// What the chip selects and CA pins say in one CK. DES with ranks set is a code that means nothing.
struct Command {
  std::int64_t ck = 0;
  Op op = Op::DES;
  std::uint8_t ranks = 1;  // bit r: chip select of rank r
  Fields f;
  bool operator==(const Command&) const = default;
};

/// Bank 0 to 15 of a rank; per-bank refresh takes x and x + 8 together.
constexpr int bank_of(const Fields& f) { return f.bg * kBanksPerGroup + f.ba; }
constexpr int pair_of(const Fields& f) { return bank_of(f) % (kBanks / 2); }

constexpr bool is_read(Op op) { return op == Op::RD16 || op == Op::RD32; }
constexpr bool is_write(Op op) { return op == Op::WR16 || op == Op::MWR || op == Op::WR32; }
constexpr bool is_burst32(Op op) { return op == Op::RD32 || op == Op::WR32; }
/// All that put data on DQ from the device, and to it.
constexpr bool reads_dq(Op op) { return is_read(op) || op == Op::MRR || op == Op::RFF || op == Op::RDC; }
constexpr bool writes_dq(Op op) { return is_write(op) || op == Op::WFF; }

/// The command that chip selects `ranks` and 14 CA bits mean (falling edge high); DES where they mean nothing.
constexpr Command from_pins(std::int64_t ck, unsigned ranks, unsigned ca) {
  const Op op = kOpOfRise[ca & 127];
  return {ck, op, static_cast<std::uint8_t>(ranks), decode(op, ca)};
}

/// A command's name: REFab, REFpb, RFMab, RFMpb, PREab, PREpb besides the table's.
std::string name_of(const Command& c);
/// As messages have it, without the clock: "RD16 r0 bg1 ba2". An ACT-2 is given the bank of its ACT-1 by whoever knows it.
std::string brief(const Command& c);
/// A line of a trace, without the line end.
std::string trace_line(const Command& c);

}  // namespace htx::dram
