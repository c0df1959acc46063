// SPDX-License-Identifier: Apache-2.0
// What a fault is: its class, when it strikes, and what it does; and how the classes draw theirs.
#pragma once
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "verif/faults/decode.hpp"

namespace htx::faults {

/// A decode without faults, for comparison.
struct Reference {
  std::uint64_t clocks = 0;   ///< from the end of the start's write to done
  std::uint64_t results = 0;  ///< Decode::results()
  std::uint64_t dram = 0;     ///< Decode::dram_hash()
  std::vector<std::uint32_t> tokens;
  std::vector<std::uint8_t> before, after;  ///< Decode::contents() at the start and at the end
};

struct Result {
  Outcome outcome = Outcome::none;
  std::uint64_t clock = 0;  ///< of the report
  std::string text;         ///< what reported it, or what is different
};

struct Fault {
  static constexpr std::uint64_t kBeforeStart = 0;
  std::string klass, text;  ///< text: where, for the list
  std::uint64_t at = 0;     ///< clocks after the start, or kBeforeStart
  std::function<Result(Decode&, const Reference&)> strike;  ///< plants it and runs on until its outcome is known
};

/// A control input of the RTL (verif/faults/points.py).
struct Point {
  unsigned bit, width;
  std::string module, instance, port, handshake, net;
};
std::vector<Point> read_points(const std::string& file);

/// Randomness of its own, the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }

 private:
  std::mt19937_64 engine_;
};

struct Draw {
  const Decode& decode;
  const Reference& reference;
  const std::vector<Point>& points;
  unsigned count;  ///< faults of each class
  Random& random;
};

/// On to the end of the decode that is under way; `planted` are bits, `memory` a part of the names of memories, that may
/// still be different then.
Result run_out(Decode& d, const Reference& r, const std::vector<Flip>& planted, const std::string& memory = "");

std::vector<Fault> dram_flips(const Draw& draw);      ///< single and double, RTL's DRAM alone
std::vector<Fault> memory_flips(const Draw& draw);    ///< single and double, the chip's memories
std::vector<Fault> handshakes(const Draw& draw);      ///< a control input turned over for one edge
std::vector<Fault> storms(const Draw& draw);          ///< handshakes stalled again and again
std::vector<Fault> resets(const Draw& draw);          ///< in the middle: of both, and of the RTL alone
std::vector<Fault> programs(const Draw& draw);        ///< every way to be illegal
std::vector<Fault> addresses(const Draw& draw);       ///< accesses that the host port must refuse

}  // namespace htx::faults
