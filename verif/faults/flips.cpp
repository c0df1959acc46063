// SPDX-License-Identifier: Apache-2.0
// Bits that change by themselves: in DRAM and in the chip's memories, one or two in a word.
#include "verif/faults/fault.hpp"

namespace htx::faults {
namespace {

/// Two different bits of a word, or one.
std::vector<Flip> in_word(Random& random, std::size_t memory, std::size_t entry, unsigned bits, bool two) {
  std::vector<Flip> flips{{memory, entry, static_cast<unsigned>(random.below(bits))}};
  if (two && bits > 1) {
    unsigned other = static_cast<unsigned>(random.below(bits - 1));
    if (other >= flips[0].bit) ++other;
    flips.push_back({memory, entry, other});
  }
  return flips;
}

Fault flip_fault(std::string klass, std::string text, std::uint64_t at, std::vector<Flip> flips) {
  return {std::move(klass), std::move(text), at, [flips](Decode& d, const Reference& r) {
            for (const Flip& f : flips) d.flip(f);
            return run_out(d, r, flips);
          }};
}

/// Entries of a memory that the decode writes or that were loaded before it: where a flip can matter.
std::vector<std::size_t> live_entries(const Draw& draw, std::size_t memory, const std::vector<std::uint8_t>& created) {
  std::vector<std::size_t> live;
  std::size_t at = 0;
  for (std::size_t i = 0; i < memory; ++i) at += static_cast<std::size_t>(draw.decode.memories()[i].depth) * draw.decode.memories()[i].stride;
  const auto& m = draw.decode.memories()[memory];
  for (std::size_t e = 0; e < m.depth; ++e, at += m.stride)
    if (!std::equal(created.begin() + static_cast<std::ptrdiff_t>(at), created.begin() + static_cast<std::ptrdiff_t>(at + m.stride),
                    draw.reference.after.begin() + static_cast<std::ptrdiff_t>(at)))
      live.push_back(e);
  return live;
}

}  // namespace

std::vector<Fault> dram_flips(const Draw& draw) {
  std::vector<Fault> faults;
  const std::size_t chip = draw.decode.memories().size();
  for (unsigned i = 0; i < 2 * draw.count; ++i) {
    const bool two = i % 2 == 1;
    const auto lane = static_cast<unsigned>(draw.random.below(draw.decode.image().lanes));
    const std::uint64_t byte = draw.random.below(draw.decode.dram_bytes(lane));
    faults.push_back(flip_fault(two ? "DRAM, two bits" : "DRAM, one bit", fmt::format("lane {} byte {:#x}", lane, byte),
                                1 + draw.random.below(draw.reference.clocks - 1), in_word(draw.random, chip + lane, byte, 8, two)));
  }
  return faults;
}

std::vector<Fault> memory_flips(const Draw& draw) {
  std::vector<Fault> faults;
  const auto& memories = draw.decode.memories();
  std::vector<std::vector<std::size_t>> live;
  for (std::size_t m = 0; m < memories.size(); ++m) live.push_back(live_entries(draw, m, draw.reference.before));
  for (unsigned i = 0; i < 2 * draw.count; ++i) {
    const bool two = i % 2 == 1;
    const std::size_t m = i / 2 % memories.size();  // every memory has its turn
    // every second one where the decode works; the others anywhere
    const bool aimed = i / 2 % 4 != 3 && !live[m].empty();
    const std::size_t entry = aimed ? live[m][draw.random.below(live[m].size())] : draw.random.below(memories[m].depth);
    faults.push_back(flip_fault(two ? "memory of the chip, two bits" : "memory of the chip, one bit", fmt::format("{}[{}]", memories[m].name, entry),
                                1 + draw.random.below(draw.reference.clocks - 1), in_word(draw.random, m, entry, memories[m].width, two)));
  }
  return faults;
}

}  // namespace htx::faults
