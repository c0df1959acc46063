// SPDX-License-Identifier: Apache-2.0
#include "verif/tool/engine.hpp"

#include <sys/resource.h>

#include <bit>

#include "golden/float_ref/decoder.hpp"
#include "golden/functional/decoder.hpp"

namespace htx::tool {
namespace {

/// Greedy decoding with anything that maps a token to the logits of the next; `pick` is the argmax of those.
template <class Step, class Pick, class See>
Outcome greedy(const Request& request, const OnToken& on_token, Step&& step, Pick&& pick, See&& see) {
  Outcome out;
  const double begin = cpu_seconds();
  std::size_t at = 0;
  int token = request.prompt[0];
  while (out.tokens.size() < request.tokens) {
    const auto& logits = step(token);
    if (++at < request.prompt.size()) {
      token = request.prompt[at];
      continue;
    }
    see(logits, out);
    token = pick(logits);
    out.tokens.push_back(token);
    on_token(token);
    if (token == request.eos) break;
  }
  out.seconds = cpu_seconds() - begin;
  return out;
}

class FloatEngine final : public Engine {
 public:
  explicit FloatEngine(const model::Model& m) : decoder_(m) {}
  Outcome decode(const Request& request, const OnToken& on_token) override {
    decoder_.reset();
    return greedy(request, on_token, [&](int token) { return decoder_.step(token); }, float_ref::argmax,
                  [](const auto&, Outcome&) {});
  }

 private:
  float_ref::Decoder decoder_;
};

class GoldenEngine final : public Engine {
 public:
  GoldenEngine(const model::Model& m, unsigned lanes, unsigned chips) : decoder_(m, lanes, chips) {}
  Outcome decode(const Request& request, const OnToken& on_token) override {
    decoder_.reset();
    const auto best = [](std::span<const float> logits) { return static_cast<int>(numerics::argmax(logits)); };
    const auto see = [](std::span<const float> logits, Outcome& out) {
      out.logits_hash = hash_logits(logits, out.logits_hash.value_or(kHashSeed));
    };
    try {
      return greedy(request, on_token, [&](int token) { return decoder_.step(token); }, best, see);
    } catch (const functional::NumericError& e) {
      Outcome failed;
      failed.ok = false;
      failed.report = e.what();
      return failed;
    }
  }

 private:
  functional::Decoder decoder_;
};

}  // namespace

std::unique_ptr<Engine> make_float_engine(const model::Model& m) { return std::make_unique<FloatEngine>(m); }
std::unique_ptr<Engine> make_golden_engine(const model::Model& m, unsigned lanes, unsigned chips) {
  return std::make_unique<GoldenEngine>(m, lanes, chips);
}

std::uint64_t hash_logits(std::span<const float> logits, std::uint64_t seed) {
  for (const float v : logits) {
    const auto word = std::bit_cast<std::uint32_t>(v);
    for (unsigned i = 0; i < 4; ++i) seed = (seed ^ (word >> (8 * i) & 0xff)) * 0x100000001b3ULL;
  }
  return seed;
}

double cpu_seconds() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

}  // namespace htx::tool
