// SPDX-License-Identifier: Apache-2.0
// What decodes: the float reference, the functional golden, or a clocked chip, behind one small interface.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "golden/compile/image.hpp"
#include "golden/functional/kv_cache.hpp"
#include "golden/functional/sampler.hpp"
#include "golden/model/model.hpp"
#include "verif/lockstep/first_difference.hpp"

namespace htx::tool {

/// What to decode.
struct Request {
  std::vector<int> prompt;  ///< at least one token
  unsigned tokens = 0;      ///< to generate at most
  int eos = -1;             ///< ends the generation, -1: nothing does
  functional::Sampling sampling;              ///< how a token follows from logits
  const functional::KvCache* from = nullptr;  ///< goes on from here; the prompt begins with all its tokens
  functional::KvCache* keep = nullptr;        ///< of the model: gets what a later decode goes on from
};

/// What came out. Figures of clocks are absent for engines without a clock.
struct Outcome {
  std::vector<int> tokens;                   ///< generated, the end-of-sequence token included
  std::optional<std::uint64_t> logits_hash;  ///< of the fp32 logits behind every generated token, in order
  bool ok = true;                            ///< no divergence, no error
  std::string report;                        ///< why not
  std::optional<verif::FirstDifference> difference;  ///< of a lockstep that diverged
  std::size_t positions = 0;                 ///< run to their end: prompt (but what Request::from holds) and generated but the last, fewer when stopped
  double seconds = 0;                        ///< CPU seconds spent decoding, of all threads
  double wall_seconds = 0;                   ///< from the first token to the last, float and golden alone
  std::uint64_t clocks = 0;                  ///< from start to done, loading not counted
  std::uint64_t load_clocks = 0;             ///< clocks of loading through the host port
  std::uint64_t clocks_compared = 0;         ///< loading and checking included
  std::uint64_t streaming_clocks = 0;        ///< clocks in which at least one channel transfers
  std::uint64_t bus_beats = 0;               ///< 16-byte beats transferred over all channels
  /// Performance counters (docs/performance.md), over all runs of the decode.
  struct Counters {
    std::array<std::uint64_t, 3> chip{};                    ///< by perf_e
    std::vector<std::array<std::uint64_t, 4>> lanes;        ///< by lane_perf_e
  };
  Counters counters;
  std::uint64_t useful_bytes = 0;            ///< that the decoded positions needed, each counted once a token
};

/// Called with every generated token as it comes.
using OnToken = std::function<void(int)>;

class Engine {
 public:
  virtual ~Engine() = default;
  virtual Outcome decode(const Request& request, const OnToken& on_token) = 0;
};

std::unique_ptr<Engine> make_float_engine(const model::Model& m);
std::unique_ptr<Engine> make_golden_engine(const model::Model& m, unsigned lanes, unsigned chips, unsigned threads);

/// CPU seconds this process has used.
double cpu_seconds();

}  // namespace htx::tool
