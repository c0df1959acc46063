// SPDX-License-Identifier: Apache-2.0
// What each unit of the chip worked on in each clock, as a trace that Perfetto's viewer opens (docs/timeline.md).
#pragma once
#include <map>
#include <string>
#include <vector>

#include "verif/lockstep/commands.hpp"

namespace htx::tool {

/// Collects spans of clocks from the golden's probes and writes them as Chrome's JSON trace format, one track a unit.
class Timeline {
 public:
  /// Of a run on a chip of `lanes` lanes; `image` must outlive this. A clock takes `nanoseconds`.
  Timeline(const compile::Image& image, unsigned lanes, double nanoseconds = 1.25) : image_(&image), lanes_(lanes), nanoseconds_(nanoseconds), commands_(image, lanes) {}

  /// Takes note of one clock.
  void see(std::uint64_t clock, const chip::probe::Chip& p);
  /// Writes all of it. Throws htx::Error when the file cannot be written.
  void write(const std::string& path);

 private:
  /// Units in the order of their tracks. The last four stand once a lane.
  enum Unit { kPosition, kVector, kTree, kStream, kWait, kDot, kAttention, kUnits };
  struct Span {
    unsigned unit, lane;
    std::uint64_t from, to;  ///< first clock, and the one after the last
    std::string name;
    std::uint32_t pc, position;
  };
  struct Open {
    std::uint64_t number, from;
    std::string name;
    std::uint32_t pc, position;
  };

  /// `number` is what the unit works on in this clock, -1 when it rests.
  void note(std::uint64_t clock, unsigned unit, unsigned lane, std::int64_t number, const verif::Issued* what);
  std::string name_of(const verif::Issued& i) const;
  void close(std::uint64_t clock, std::pair<unsigned, unsigned> track);

  const compile::Image* image_;
  unsigned lanes_;
  double nanoseconds_;
  verif::Commands commands_;
  std::map<std::pair<unsigned, unsigned>, Open> open_;
  std::vector<Span> spans_;
  std::uint64_t last_ = 0;
};

}  // namespace htx::tool
