// SPDX-License-Identifier: Apache-2.0
// Small models of odd shapes for the compiler's and the golden's tests.
#pragma once
#include <ostream>
#include <string>
#include <vector>

#include "golden/model/model.hpp"
#include "tests/model/gguf_builder.hpp"

namespace htx::test {

struct NamedModel {
  std::string name;
  LlamaOptions options;
  model::WeightFormat format = model::WeightFormat::q8_0;
};

/// What GoogleTest shows of a failing parameter.
inline void PrintTo(const NamedModel& m, std::ostream* os) { *os << m.name; }

inline model::Model make_model(const LlamaOptions& options, model::WeightFormat format = model::WeightFormat::q8_0) {
  return model::parse_model(build_llama(options), "random.gguf", format);
}
inline model::Model make_model(const NamedModel& m) { return make_model(m.options, m.format); }

/// Between them: widths and heads that 32 does not divide, heads larger than a block, heads that straddle scale blocks,
/// one query head a KV head and many, a gate in parts, 4 and 8 bits, tied and own head, fewer row groups than lanes.
inline std::vector<NamedModel> odd_models() {
  using F = model::WeightFormat;
  return {
      {"plain", {.dim = 64, .layers = 2, .heads = 4, .kv_heads = 2, .ffn = 96, .vocab = 300}, F::q8_0},
      {"head8",
       {.dim = 72, .layers = 2, .heads = 9, .kv_heads = 3, .ffn = 100, .vocab = 333, .tied = true, .seed = 2},
       F::q4_0},
      {"head64",
       {.dim = 96, .layers = 1, .heads = 2, .kv_heads = 1, .head_size = 64, .ffn = 40, .vocab = 17, .seed = 3},
       F::q4_0},
      {"head48",
       {.dim = 80, .layers = 2, .heads = 4, .kv_heads = 2, .head_size = 48, .ffn = 70, .vocab = 259, .seed = 4},
       F::q8_0},
      {"head100",
       {.dim = 50, .layers = 1, .heads = 3, .kv_heads = 3, .head_size = 100, .ffn = 33, .vocab = 40, .seed = 5},
       F::q4_0},
      {"tiny",
       {.dim = 4,
        .layers = 3,
        .heads = 1,
        .kv_heads = 1,
        .head_size = 2,
        .ffn = 3,
        .vocab = 3,
        .tied = true,
        .seed = 6},
       F::q8_0},
      {"stored4",
       {.dim = 64, .layers = 2, .heads = 2, .kv_heads = 2, .ffn = 172, .vocab = 100, .type = kTensorQ4_0, .seed = 7},
       F::q8_0},
      {"rope",
       {.dim = 64,
        .layers = 1,
        .heads = 4,
        .kv_heads = 4,
        .ffn = 64,
        .vocab = 64,
        .seed = 8,
        .rope_factor = 2.0f,
        .rope_freqs = true},
       F::q8_0},
      {"experts", {.dim = 64, .layers = 2, .heads = 4, .kv_heads = 2, .ffn = 96, .vocab = 300, .seed = 9, .experts = 8, .experts_used = 2}, F::q8_0},
      {"many_experts",
       {.dim = 72, .layers = 2, .heads = 3, .kv_heads = 1, .ffn = 40, .vocab = 77, .seed = 10, .experts = 37, .experts_used = 8, .split_experts = true},
       F::q4_0},
      {"one_expert", {.dim = 32, .layers = 3, .heads = 1, .kv_heads = 1, .ffn = 33, .vocab = 33, .type = kTensorQ4_0, .seed = 11, .experts = 3, .experts_used = 1}, F::q4_0},
      {"wide_gate", {.dim = 32, .layers = 1, .heads = 1, .kv_heads = 1, .ffn = 2041, .vocab = 40, .seed = 12}, F::q4_0},
  };
}

}  // namespace htx::test
