// SPDX-License-Identifier: Apache-2.0
// The reference against a second, plainer statement of the network: whole sequences, scalar loops, no cache.
#include "golden/float_ref/decoder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <vector>

#include "tests/model/gguf_builder.hpp"

namespace htx::float_ref {
namespace {

using model::Model;
using model::QMatrix;
using Row = std::vector<double>;

Row times(const QMatrix& matrix, const Row& x) {
  Row y(matrix.rows);
  for (std::size_t r = 0; r < matrix.rows; ++r) {
    for (std::size_t c = 0; c < matrix.cols; ++c) y[r] += double{matrix.weight(r, c)} * x[c];
  }
  return y;
}

Row normalised(const Row& x, const std::vector<float>& weight, double eps) {
  double squares = 0;
  for (const double v : x) squares += v * v;
  Row y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] / std::sqrt(squares / x.size() + eps) * weight[i];
  return y;
}

// Pair i of a head is the complex number x[2i] + j x[2i+1], turned by exp(j * position * frequency).
void turn(const Model& model, Row& heads, std::size_t position) {
  const auto size = static_cast<std::size_t>(model.hyper.head_size);
  for (std::size_t at = 0; at < heads.size(); at += 2) {
    const double exponent = -static_cast<double>(at % size) / static_cast<double>(size);
    double frequency = std::pow(model.hyper.rope_base, exponent) * model.hyper.rope_scale;
    if (!model.rope_factors.empty()) frequency /= model.rope_factors[at % size / 2];
    const auto turned =
        std::complex(heads[at], heads[at + 1]) * std::polar(1.0, static_cast<double>(position) * frequency);
    heads[at] = turned.real();
    heads[at + 1] = turned.imag();
  }
}

// Logits after every token of a sequence, computed layer by layer over all positions at once.
std::vector<Row> plain_logits(const Model& model, const std::vector<int>& tokens) {
  const auto& h = model.hyper;
  const auto size = static_cast<std::size_t>(h.head_size);
  std::vector<Row> x;
  for (const int token : tokens) {
    Row row;
    for (std::size_t c = 0; c < model.embedding.cols; ++c)
      row.push_back(model.embedding.weight(static_cast<std::size_t>(token), c));
    x.push_back(row);
  }
  for (const model::Layer& layer : model.layers) {
    std::vector<Row> q, k, v;
    for (std::size_t t = 0; t < x.size(); ++t) {
      const Row a = normalised(x[t], layer.attn_norm, h.eps);
      q.push_back(times(layer.attn_q, a));
      k.push_back(times(layer.attn_k, a));
      v.push_back(times(layer.attn_v, a));
      turn(model, q[t], t);
      turn(model, k[t], t);
    }
    for (std::size_t t = 0; t < x.size(); ++t) {
      Row mixed(q[t].size());
      for (std::size_t i = 0; i < mixed.size(); ++i) {
        const std::size_t head = i / size,
                          kv = head * static_cast<std::size_t>(h.kv_heads) / static_cast<std::size_t>(h.heads);
        double sum = 0, weights = 0;
        for (std::size_t s = 0; s <= t; ++s) {
          double score = 0;
          for (std::size_t d = 0; d < size; ++d) score += q[t][head * size + d] * k[s][kv * size + d];
          const double weight = std::exp(score / std::sqrt(static_cast<double>(size)));
          weights += weight;
          sum += weight * v[s][kv * size + i % size];
        }
        mixed[i] = sum / weights;
      }
      const Row attention = times(layer.attn_output, mixed);
      for (std::size_t i = 0; i < attention.size(); ++i) x[t][i] += attention[i];
      const Row f = normalised(x[t], layer.ffn_norm, h.eps);
      // without experts: one, chosen with all the weight
      const std::size_t ffn = static_cast<std::size_t>(h.ffn), dim = x[t].size();
      std::vector<double> logits = h.experts ? times(layer.router, f) : Row{0.0};
      std::vector<bool> chosen(logits.size());
      double all = 0;
      for (int n = 0; n < std::max(h.experts_used, 1); ++n) {
        std::size_t best = logits.size();
        for (std::size_t e = 0; e < logits.size(); ++e)
          if (!chosen[e] && (best == logits.size() || logits[e] > logits[best])) best = e;
        chosen[best] = true;
        all += std::exp(logits[best]);
      }
      Row gates = times(layer.ffn_gate, f);
      const Row ups = times(layer.ffn_up, f);
      for (std::size_t e = 0; e < logits.size(); ++e) {
        if (!chosen[e]) continue;
        Row gate(ffn);
        for (std::size_t i = 0; i < ffn; ++i) gate[i] = gates[e * ffn + i] * ups[e * ffn + i] / (1 + std::exp(-gates[e * ffn + i]));
        const Row downs = times(layer.ffn_down, gate);
        for (std::size_t i = 0; i < dim; ++i) x[t][i] += std::exp(logits[e]) / all * downs[e * dim + i];
      }
    }
  }
  std::vector<Row> logits;
  for (const Row& row : x) logits.push_back(times(model.head(), normalised(row, model.output_norm, h.eps)));
  return logits;
}

class DecoderShapes : public testing::TestWithParam<test::LlamaOptions> {};

TEST_P(DecoderShapes, AgreesWithThePlainStatement) {
  const Model model = model::parse_model(test::build_llama(GetParam()), "m", model::WeightFormat::q4_0);
  std::vector<int> tokens;
  for (int i = 0; i < 20; ++i) tokens.push_back((i * 7 + 3) % model.hyper.vocab);
  const std::vector<Row> expected = plain_logits(model, tokens);
  Decoder decoder(model);
  double spread = 0;
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    EXPECT_EQ(decoder.position(), static_cast<int>(t));
    const Eigen::VectorXd logits = decoder.step(tokens[t]);
    ASSERT_EQ(logits.size(), static_cast<Eigen::Index>(expected[t].size()));
    for (Eigen::Index i = 0; i < logits.size(); ++i) {
      ASSERT_NEAR(logits[i], expected[t][static_cast<std::size_t>(i)], 1e-9) << "token " << t << ", logit " << i;
    }
    spread = std::max(spread, logits.maxCoeff() - logits.minCoeff());
  }
  EXPECT_GT(spread, 1.0);  // logits that say nothing would agree with anything
}

INSTANTIATE_TEST_SUITE_P(
    Random, DecoderShapes,
    testing::Values(
        test::LlamaOptions{.dim = 32, .layers = 2, .heads = 4, .kv_heads = 4, .ffn = 40, .vocab = 50},
        test::LlamaOptions{
            .dim = 36, .layers = 3, .heads = 6, .kv_heads = 2, .ffn = 50, .vocab = 33, .type = test::kTensorF16},
        test::LlamaOptions{
            .dim = 64, .layers = 1, .heads = 8, .kv_heads = 1, .head_size = 6, .ffn = 32, .vocab = 40, .tied = true},
        test::LlamaOptions{.dim = 32,
                           .layers = 2,
                           .heads = 2,
                           .kv_heads = 1,
                           .head_size = 32,
                           .ffn = 64,
                           .vocab = 40,
                           .type = test::kTensorQ4_0,
                           .rope_base = 500000.0f,
                           .rope_factor = 2.0f,
                           .rope_freqs = true},
        test::LlamaOptions{.dim = 32, .layers = 2, .heads = 4, .kv_heads = 4, .ffn = 40, .vocab = 50, .seed = 3, .experts = 7, .experts_used = 3},
        test::LlamaOptions{.dim = 36, .layers = 1, .heads = 6, .kv_heads = 2, .ffn = 20, .vocab = 33, .seed = 4, .experts = 4, .experts_used = 1, .split_experts = true},
        test::LlamaOptions{.dim = 2,
                           .layers = 1,
                           .heads = 1,
                           .kv_heads = 1,
                           .ffn = 1,
                           .vocab = 5,
                           .type = test::kTensorF32,
                           .eps = 0.5f}));

Model small_model() {
  return model::parse_model(test::build_llama({.dim = 16, .layers = 1, .ffn = 20, .vocab = 30, .context = 4}), "m",
                            model::WeightFormat::q8_0);
}

TEST(Decoder, ResetForgetsTheSequence) {
  Decoder decoder(small_model());
  const Eigen::VectorXd first = decoder.step(5);
  const Eigen::VectorXd second = decoder.step(5);
  EXPECT_GT((first - second).norm() + (decoder.step(9) - first).norm(), 1e-3);
  decoder.reset();
  EXPECT_EQ(decoder.position(), 0);
  EXPECT_EQ(decoder.step(5), first);
}

std::string refusal(Decoder& decoder, int token) {
  try {
    decoder.step(token);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Decoder, RefusesTokensAndPositionsBeyondTheModel) {
  Decoder decoder(small_model());
  EXPECT_EQ(refusal(decoder, 30), "token 30: the vocabulary has 30 tokens");
  EXPECT_EQ(refusal(decoder, -1), "token -1: the vocabulary has 30 tokens");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(refusal(decoder, i), "");
  EXPECT_EQ(refusal(decoder, 0), "position 4: the context of 4 tokens is full");
}

TEST(Decoder, ArgmaxTakesTheLowestOnTies) {
  EXPECT_EQ(argmax(Eigen::Vector4d(1, 3, 3, 2)), 1);
  EXPECT_EQ(argmax(Eigen::Vector3d(-1, -2, 0)), 2);
}

TEST(Decoder, GreedyGenerationEndsAtTheEndToken) {
  const Model model = small_model();
  Decoder decoder(model);
  const std::vector<int> prompt = {4};
  const std::vector<int> free = generate_greedy(decoder, model.vocab, prompt, 3);
  ASSERT_EQ(free.size(), 3u);
  decoder.reset();
  EXPECT_EQ(free[0], argmax(decoder.step(4)));
  EXPECT_EQ(free[1], argmax(decoder.step(free[0])));
  EXPECT_EQ(free[2], argmax(decoder.step(free[1])));
  model::Vocabulary vocab = model.vocab;
  vocab.eos = free[0];
  EXPECT_TRUE(generate_greedy(decoder, vocab, prompt, 3).empty());
  EXPECT_THROW(generate_greedy(decoder, vocab, {}, 3), Error);
}

TEST(Weights, OriginalAndQuantisedDifferOnlyByTheQuantisation) {
  const test::LlamaOptions stored_q8 = {
      .dim = 32, .layers = 1, .heads = 2, .ffn = 64, .vocab = 40, .type = test::kTensorQ8_0};
  const test::Bytes exact = test::build_llama(stored_q8);
  const Weights a = original_weights(exact, "m"),
                b = quantised_weights(model::parse_model(exact, "m", model::WeightFormat::q4_0));
  EXPECT_EQ(a.layers[0].ffn_down, b.layers[0].ffn_down);
  EXPECT_EQ(a.embedding, b.embedding);
  EXPECT_EQ(a.head(), b.head());

  test::Document file = test::make_llama({.dim = 32, .layers = 1, .heads = 2, .ffn = 64, .vocab = 40});
  const test::Bytes floats = file.serialise();
  const Weights c = original_weights(floats, "m"),
                d = quantised_weights(model::parse_model(floats, "m", model::WeightFormat::q4_0));
  float stored;
  std::memcpy(&stored, file.tensor("blk.0.attn_k.weight").data.data() + 4 * (32 * 5 + 3), 4);
  EXPECT_EQ(c.layers[0].attn_k(5, 3), stored);
  EXPECT_NE(c.layers[0].attn_k, d.layers[0].attn_k);
  EXPECT_LT((c.layers[0].attn_k - d.layers[0].attn_k).norm(), 0.15f * c.layers[0].attn_k.norm());
}

}  // namespace
}  // namespace htx::float_ref
