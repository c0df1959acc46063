// SPDX-License-Identifier: Apache-2.0
// What has to stand in the chip's memories before a run may read it. At power-up they hold anything, so a program loads every
// block first that the run reads; it follows from the case and is in no file.
#pragma once
#include <vector>

#include "golden/chip/storage.hpp"
#include "verif/random/case.hpp"

namespace htx::random {

struct Setup {
  std::vector<pkg::instr_t> program;  ///< empty when there is nothing to load
  std::vector<Segment> segments;      ///< that it uses, at the table's end
};

/// Of one run. `lanes`: of the chip that it runs on.
Setup setup(const Case& c, const Run& run);

/// Places what setup programs load: beyond what cases use.
void lay_setup(const Case& c, unsigned lane, unsigned lanes, chip::Storage& storage);

/// The entry of `segment` in a lane's table.
pkg::seg_t dealt(const Segment& segment, unsigned lane, unsigned lanes);

/// Words of program and token memory, and entries of every lane's segment table, that a host may read at any time; written before a run with a rude host.
struct Range {
  unsigned first, count;
};
inline constexpr Range kProgramWords[] = {{0, 128}, {512, 128}, {1016, 8}};
inline constexpr Range kSegmentEntries[] = {{1024, 128}};
inline constexpr Range kTokenWords[] = {{0, 544}, {4096, 128}, {pkg::TOKEN_WORDS - 32, 32}};

}  // namespace htx::random
