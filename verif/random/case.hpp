// SPDX-License-Identifier: Apache-2.0
// A generated program as a value: what stands in memory, what the host writes, what runs, and who interferes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "htx/pkg.hpp"

namespace htx::random {

/// Content made from a seed, another one on each lane: "zero"; "values", fp32 and fp16 patterns below 2 in magnitude;
/// "small", with whole blocks of zeros, subnormals and very small numbers; "wild", besides those every extreme, infinities, NaN, and
/// blocks whose largest magnitude lies at a limit of a quantiser; "poison", NaN and infinities alone; "exponents", bytes that as
/// exponents of values lie at the limits of shares and shifts.
struct Fill {
  std::string kind = "zero";
  std::uint32_t seed = 0;
  bool operator==(const Fill&) const = default;
};

/// Bursts of every lane's memory, or of one. What no region names is zero; a later region lies on top of an earlier one.
struct Region {
  std::uint32_t first = 0, bursts = 0;
  Fill fill;
  std::uint32_t skip = 0;  ///< bytes of the first burst that stay as they are
  int lane = -1;           ///< this lane alone
  bool operator==(const Region&) const = default;
};

/// One entry of the segment tables, dealt over the lanes: unit u lies on lane (start + u) modulo lanes.
struct Segment {
  unsigned entry = 0;
  std::uint32_t addr = 0;
  unsigned start = 0;
  unsigned units = 0;  ///< over all lanes; pages need none
  bool operator==(const Segment&) const = default;
};

/// One access of the polite host, begun no sooner than `clock` clocks after the start.
struct HostAccess {
  enum class Kind { read_reg, write_reg, read_dram, write_dram };
  std::uint64_t clock = 0;
  Kind kind = Kind::read_reg;
  std::uint32_t at = 0;     ///< register offset, or burst
  std::uint32_t value = 0;  ///< to write: the register's word, or the seed of the burst's bytes
  unsigned lane = 0;        ///< of the memory (modulo lanes)
  unsigned bursts = 1;
  bool operator==(const HostAccess&) const = default;
};

/// The rude host: begins accesses of its own in clocks [from, until) after the start, on the ports of `ports`.
struct Rude {
  static constexpr unsigned kLite = 1, kWrite = 2, kRead = 4;
  std::uint32_t seed = 0;
  std::uint64_t from = 0, until = 0;
  unsigned ports = kLite | kWrite | kRead;
  bool storm = false;  ///< every other register write is a soft reset
  bool eager = false;  ///< no pause between accesses, the next address before the last answer, and flurries of starts and resets
  bool operator==(const Rude&) const = default;
};

/// One start of the chip and all that belongs to it.
struct Run {
  bool reset = false;  ///< a soft reset first (after an error or a run cut short there always is one)
  std::vector<pkg::instr_t> program;
  unsigned position = 0;
  std::vector<std::uint32_t> tokens;  ///< at the positions from `position` on: the prompt's rest
  unsigned limit = 1;
  std::uint32_t eos = 0;  ///< as the register has it
  unsigned vocab = 224;
  std::vector<HostAccess> host;
  std::optional<Rude> rude;
  std::uint64_t clocks = 30000;  ///< then it is cut short
  bool operator==(const Run&) const = default;
};

struct Case {
  std::string comment;
  std::string profile;
  unsigned lanes = 1;           ///< that it was made for; it runs on any number
  unsigned columns = 1;         ///< of a lane; it means something else on a chip with another number
  unsigned others = 0;          ///< lanes on other chips, which are not there: data are dealt over them, too
  std::uint32_t registers = 1;  ///< seed of the RTL's registers at power-up
  Fill memories{"values", 1};   ///< vector memory, activations, append buffer at the start of each run
  std::vector<Region> regions;
  std::vector<Segment> segments;
  std::vector<Run> runs;
  bool unchecked = false;  ///< hand-written, and meant to do what no program may

  unsigned instructions() const {
    unsigned n = 0;
    for (const Run& r : runs) n += static_cast<unsigned>(r.program.size());
    return n;
  }
  bool operator==(const Case&) const = default;
};

}  // namespace htx::random
