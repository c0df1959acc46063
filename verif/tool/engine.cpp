// SPDX-License-Identifier: Apache-2.0
#include "verif/tool/engine.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>

#include "golden/float_ref/decoder.hpp"
#include "golden/functional/decoder.hpp"
#include "golden/numerics/numerics.hpp"

namespace htx::tool {
namespace {

/// `skip` runs a token whose successor is known, `next` one whose successor it returns.
template <class Skip, class Next>
void follow(const Request& request, const OnToken& on_token, Outcome& out, Skip&& skip, Next&& next) {
  const double begin = cpu_seconds();
  const auto started = std::chrono::steady_clock::now();
  for (std::size_t i = request.from ? request.from->positions() : 0; i + 1 < request.prompt.size(); ++i) skip(request.prompt[i]);
  int token = request.prompt.back();
  while (out.tokens.size() < request.tokens) {
    token = next(token);
    out.tokens.push_back(token);
    on_token(token);
    if (token == request.eos) break;
  }
  out.seconds = cpu_seconds() - begin;
  out.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

class FloatEngine final : public Engine {
 public:
  explicit FloatEngine(const model::Model& m) : decoder_(m) {}
  Outcome decode(const Request& request, const OnToken& on_token) override {
    Outcome out;
    decoder_.reset();
    try {
      functional::Sampler sampler(request.sampling);
      follow(request, on_token, out, [&](int token) { decoder_.step(token); },
             [&](int token) {
               const Eigen::VectorXd logits = decoder_.step(token);
               if (!logits.allFinite()) throw NumericError(fmt::format("position {}: a logit is not finite", decoder_.position() - 1));
               if (sampler.greedy()) return float_ref::argmax(logits);
               const Eigen::VectorXf rounded = logits.cast<float>();
               return static_cast<int>(sampler.pick({rounded.data(), static_cast<std::size_t>(rounded.size())}, static_cast<std::uint64_t>(decoder_.position())));
             });
      out.positions = static_cast<std::size_t>(decoder_.position());
    } catch (const NumericError& e) {
      out.ok = false;
      out.report = e.what();
      out.positions = static_cast<std::size_t>(decoder_.position()) - 1;  // the last one's logits are none
    }
    return out;
  }

 private:
  float_ref::Decoder decoder_;
};

class GoldenEngine final : public Engine {
 public:
  GoldenEngine(const model::Model& m, unsigned lanes, unsigned chips, unsigned threads) : decoder_(m, lanes, chips, 0, threads) {}
  Outcome decode(const Request& request, const OnToken& on_token) override {
    Outcome out;
    decoder_.reset();
    if (request.from) {
      decoder_.import_kv(*request.from);
      out.logits_hash = request.from->logits_hash;
    }
    functional::Sampler sampler(request.sampling);
    try {
      follow(request, on_token, out, [&](int token) { decoder_.skip(token); },
             [&](int token) {
               const std::vector<float>& logits = decoder_.step(token);
               out.logits_hash = functional::hash_logits(logits, out.logits_hash.value_or(functional::kHashSeed));
               return static_cast<int>(sampler.pick(logits, static_cast<std::uint64_t>(decoder_.position())));
             });
      if (request.keep) decoder_.export_kv(*request.keep);
    } catch (const NumericError& e) {
      out.ok = false;
      out.report = e.what();
    }
    out.positions = static_cast<std::size_t>(decoder_.position()) - (request.from ? request.from->positions() : 0);
    return out;
  }

 private:
  functional::Decoder decoder_;
};

}  // namespace

std::unique_ptr<Engine> make_float_engine(const model::Model& m) { return std::make_unique<FloatEngine>(m); }
std::unique_ptr<Engine> make_golden_engine(const model::Model& m, unsigned lanes, unsigned chips, unsigned threads) {
  return std::make_unique<GoldenEngine>(m, lanes, chips, threads);
}

double cpu_seconds() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

}  // namespace htx::tool
