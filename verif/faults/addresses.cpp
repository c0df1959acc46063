// SPDX-License-Identifier: Apache-2.0
// Accesses that the host port must refuse (docs/blocks/host.md), in the middle of a decode that must not feel them.
#include <iterator>

#include "verif/faults/fault.hpp"

namespace htx::faults {
namespace {

constexpr unsigned kSlverr = 2, kDecerr = 3;

struct Access {
  const char* name;
  unsigned answer;
  std::function<chip::Driver::Ticket(chip::Driver&, Random&, unsigned lanes)> go;
};

std::uint64_t window(unsigned number, std::uint64_t offset) { return static_cast<std::uint64_t>(number) << 36 | offset; }

std::vector<Access> accesses() {
  using Driver = chip::Driver;
  const auto read = [](auto&& address) { return [address](Driver& d, Random& r, unsigned lanes) { return d.read_window(address(r, lanes), 32 * (1 + r.below(4))); }; };
  const auto write = [](auto&& address) {
    return [address](Driver& d, Random& r, unsigned lanes) { return d.write_window(address(r, lanes), std::vector<std::uint8_t>(32 * (1 + r.below(4)), 0xa5)); };
  };
  const auto no_window = [](Random& r, unsigned) { return window(4 + static_cast<unsigned>(r.below(12)), 32 * r.below(1 << 20)); };
  const auto no_lane = [](Random& r, unsigned lanes) { return window(pkg::WIN_DRAM, (lanes + r.below(8 - lanes)) << 33 | 32 * r.below(1 << 20)); };
  const auto no_instruction = [](Random& r, unsigned) { return window(pkg::WIN_PROGRAM, 32ULL * (pkg::PROG_WORDS << r.below(20))); };
  const auto no_entry = [](Random& r, unsigned) { return window(pkg::WIN_SEG, 1ULL << (20 + r.below(16))); };
  const auto no_token = [](Random& r, unsigned) { return window(pkg::WIN_TOKENS, 32ULL * (pkg::TOKEN_WORDS << r.below(17))); };
  const auto segments = [](Random& r, unsigned) { return window(pkg::WIN_SEG, 32 * r.below(64)); };
  return {
      {"write, no such window", kDecerr, write(no_window)},
      {"read, no such window", kDecerr, read(no_window)},
      {"write, no such lane", kDecerr, write(no_lane)},
      {"read, no such lane", kDecerr, read(no_lane)},
      {"write beyond the program memory", kDecerr, write(no_instruction)},
      {"read beyond the program memory", kDecerr, read(no_instruction)},
      {"write beyond the segment table", kDecerr, write(no_entry)},
      {"write beyond the token memory", kDecerr, write(no_token)},
      {"read beyond the token memory", kDecerr, read(no_token)},
      {"write to the segment table while busy", kSlverr, write(segments)},
      {"write to the program while busy", kSlverr, write([](Random& r, unsigned) { return window(pkg::WIN_PROGRAM, 32 * r.below(64)); })},
      {"write to the tokens while busy", kSlverr, write([](Random& r, unsigned) { return window(pkg::WIN_TOKENS, 32 * r.below(64)); })},
      {"write to no register", kDecerr, [](Driver& d, Random& r, unsigned) { return d.write_reg(512 + 4 * static_cast<std::uint32_t>(r.below(896)), 1); }},
      {"read of no register", kDecerr, [](Driver& d, Random& r, unsigned) { return d.read_reg(512 + 4 * static_cast<std::uint32_t>(r.below(896))); }},
      {"register address between two", kDecerr, [](Driver& d, Random& r, unsigned) { return d.write_reg(pkg::REG_LIMIT + 1 + static_cast<std::uint32_t>(r.below(3)), 1); }},
      {"write to a read-only register", kSlverr, [](Driver& d, Random& r, unsigned) {
         static constexpr std::uint32_t kReadOnly[] = {pkg::REG_ID, pkg::REG_VERSION, pkg::REG_LANES, pkg::REG_COLUMNS, pkg::REG_STATUS, pkg::REG_ERROR, pkg::REG_TOKENS, pkg::REG_CYCLES, pkg::REG_LAST};
         return d.write_reg(kReadOnly[r.below(std::size(kReadOnly))], 1);
       }},
      {"configuration while busy", kSlverr, [](Driver& d, Random& r, unsigned) {
         static constexpr std::uint32_t kFixed[] = {pkg::REG_PROMPT, pkg::REG_VOCAB, pkg::REG_LANES_TOTAL, pkg::REG_POS};
         return d.write_reg(kFixed[r.below(4)], 5);
       }},
      {"start while busy", kSlverr, [](Driver& d, Random&, unsigned) { return d.start(); }},
  };
}

}  // namespace

std::vector<Fault> addresses(const Draw& draw) {
  std::vector<Fault> faults;
  const auto all = accesses();
  const unsigned lanes = draw.decode.image().lanes;
  for (std::size_t i = 0; i < std::max<std::size_t>(draw.count, all.size()); ++i) {
    const Access& a = all[i % all.size()];
    if (lanes == 8 && std::string_view(a.name).find("lane") != std::string_view::npos) continue;  // eight have every number
    // early enough that the answer comes while the chip is still busy
    const std::uint64_t at = 1 + draw.random.below(draw.reference.clocks - draw.reference.clocks / 4), seed = draw.random.below(~0ULL);
    faults.push_back({"refused access", a.name, at, [a, seed, lanes](Decode& d, const Reference& r) {
                        try {
                          Random random(seed);
                          const auto ticket = a.go(d.driver(), random, lanes);
                          if (!d.settle()) return Result{Outcome::silent, d.clock(), "no answer"};
                          const std::uint64_t clock = d.clock();
                          if (ticket->resp != a.answer) return Result{Outcome::silent, clock, fmt::format("answered {} instead of {}", ticket->resp, a.answer)};
                          const Result rest = run_out(d, r, {});
                          if (rest.outcome != Outcome::no_effect) return Result{Outcome::silent, rest.clock, "the decode felt it: " + rest.text};
                          return Result{Outcome::chip, clock, ticket->resp == kDecerr ? "DECERR" : "SLVERR"};
                        } catch (const Noticed& n) {
                          return Result{Outcome::silent, d.clock(), fmt::format("golden and RTL, asked alike, differ: {}", n.what())};
                        }
                      }});
  }
  return faults;
}

}  // namespace htx::faults
