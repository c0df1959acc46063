// SPDX-License-Identifier: Apache-2.0
// htx quality: how far the chip's arithmetic stands from float64 on the same weights.
#include <fmt/format.h>

#include <fstream>
#include <random>
#include <sstream>

#include "golden/float_ref/decoder.hpp"
#include "golden/float_ref/quality.hpp"
#include "golden/functional/decoder.hpp"
#include "golden/model/tokenizer.hpp"
#include "verif/tool/commands.hpp"
#include "verif/tool/output.hpp"

namespace htx::tool {
namespace {

struct Options {
  std::string model;
  std::string text;  ///< file; empty: the model writes its own
  model::WeightFormat format = model::WeightFormat::q8_0;
  int sequences = 8;
  int tokens = 128;
  unsigned seed = 1;
  bool json = false;
};

/// The reference's logits. A model whose numbers are none in float64 either stops here, as the golden stops.
Eigen::VectorXd step(float_ref::Decoder& reference, int token) {
  Eigen::VectorXd logits = reference.step(token);
  if (!logits.allFinite())
    throw NumericError(fmt::format("position {}: a logit of the float64 reference is not finite", reference.position() - 1));
  return logits;
}

/// Draws a token from the softmax of `logits` at temperature 1.
int draw(const Eigen::VectorXd& logits, std::mt19937_64& rng) {
  const Eigen::VectorXd p = float_ref::log_softmax(logits).array().exp();
  double u = static_cast<double>(rng() >> 11) * 0x1p-53;
  for (int i = 0; i + 1 < p.size(); ++i)
    if ((u -= p[i]) < 0) return i;
  return static_cast<int>(p.size()) - 1;
}

/// Token sequences to judge by: the file's text in pieces of `tokens`, or samples of the float reference itself.
std::vector<std::vector<int>> sequences(const Options& o, const model::Model& m, const model::Tokenizer& tokenizer) {
  std::vector<std::vector<int>> all;
  const std::size_t length = static_cast<std::size_t>(std::min(o.tokens, m.hyper.context));
  if (!o.text.empty()) {
    std::ifstream in(o.text, std::ios::binary);
    if (!in) throw Error(fmt::format("{}: cannot be read", model::printable(o.text)));
    std::stringstream s;
    s << in.rdbuf();
    const std::vector<int> tokens = naming(o.model, [&] { return tokenizer.encode(s.str()); });
    for (std::size_t at = 0; at + 1 < tokens.size() && all.size() < static_cast<std::size_t>(o.sequences); at += length)
      all.emplace_back(tokens.begin() + at, tokens.begin() + std::min(tokens.size(), at + length));
    while (!all.empty() && all.back().size() < 2) all.pop_back();
    if (all.empty()) throw Error(fmt::format("{}: holds fewer than two tokens", model::printable(o.text)));
    return all;
  }
  std::mt19937_64 rng(o.seed);
  float_ref::Decoder reference(m);
  for (int i = 0; i < o.sequences; ++i) {
    reference.reset();
    std::vector<int> tokens = tokenizer.encode("");
    if (tokens.empty()) tokens.push_back(0);
    naming(o.model, [&] {
      while (tokens.size() < length) tokens.push_back(draw(step(reference, tokens.back()), rng));
    });
    all.push_back(std::move(tokens));
  }
  return all;
}

float_ref::Quality judge(const model::Model& m, const std::vector<std::vector<int>>& all) {
  std::vector<Eigen::VectorXd> reference, golden;
  std::vector<int> next;
  float_ref::Decoder reference_decoder(m);
  functional::Decoder golden_decoder(m, 1, 1);
  for (const auto& tokens : all) {
    reference_decoder.reset();
    golden_decoder.reset();
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      reference.push_back(step(reference_decoder, tokens[i]));
      const auto logits = golden_decoder.step(tokens[i]);
      golden.push_back(Eigen::Map<const Eigen::VectorXf>(logits.data(), static_cast<Eigen::Index>(logits.size())).cast<double>());
      next.push_back(tokens[i + 1]);
    }
  }
  return float_ref::compare(reference, golden, next);
}

int quality(const Options& o) {
  const model::Model m = model::load_model(o.model, o.format);
  const auto all = sequences(o, m, model::Tokenizer(m.vocab));
  const float_ref::Quality q = naming(o.model, [&] { return judge(m, all); });
  if (o.json) {
    print_json({{"model", o.model},
                {"ok", true},
                {"text", o.text.empty() ? "sampled from the float reference" : o.text},
                {"positions", q.positions},
                {"perplexity_float64", q.reference_perplexity},
                {"perplexity_golden", q.test_perplexity},
                {"kl_nats", q.kl_nats},
                {"top1_agreement", q.top1}});
  } else {
    fmt::print("positions compared        {}\n", q.positions);
    fmt::print("perplexity, float64       {:.4f}\n", q.reference_perplexity);
    fmt::print("perplexity, golden        {:.4f}  ({:+.3f} %)\n", q.test_perplexity,
               100 * (q.test_perplexity / q.reference_perplexity - 1));
    fmt::print("KL divergence, nats       {:.3e}\n", q.kl_nats);
    fmt::print("top-1 agreement           {:.2f} %\n", 100 * q.top1);
  }
  return 0;
}

}  // namespace

void add_weights(CLI::App& command, model::WeightFormat& format) {
  const auto set = [&format](const std::string& name) { format = name == "q4_0" ? model::WeightFormat::q4_0 : model::WeightFormat::q8_0; };
  command.add_option_function<std::string>("--weights", set, "format that matrices which are not yet Q8_0 or Q4_0 are quantised to: q8_0 or q4_0 (embedding and head stay 8-bit)")
      ->check(CLI::IsMember({"q8_0", "q4_0"}))->default_str("q8_0");
}

void add_quality(CLI::App& app, int& code) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("quality", "perplexity, KL divergence and top-1 agreement of the golden against float64");
  c->add_option("model", o->model, "GGUF file")->required();
  c->add_option("--text", o->text, "text file to judge by; without it the model's own samples");
  c->add_option("--sequences", o->sequences, "sequences to run")->check(CLI::Range(1, 100000))->capture_default_str();
  c->add_option("--tokens", o->tokens, "tokens a sequence")->check(CLI::Range(2, 131072))->capture_default_str();
  c->add_option("--seed", o->seed, "seed of the sampling")->capture_default_str();
  c->add_flag("--json", o->json, "print JSON");
  add_weights(*c, o->format);
  c->callback([o, &code] { code = quality(*o); });
}

}  // namespace htx::tool
