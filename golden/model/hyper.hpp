// SPDX-License-Identifier: Apache-2.0
// The shape of a llama-architecture model, read from a GGUF file's keys and checked.
#pragma once

#include <cstdint>

#include "golden/model/gguf.hpp"

namespace htx::model {

/// Everything a decode step needs to know but the weights. Counts are positive and small enough for int.
struct Hyper {
  int dim = 0;  ///< width of the residual
  int layers = 0;
  int heads = 0;  ///< query heads, a multiple of kv_heads
  int kv_heads = 0;
  int head_size = 0;  ///< even; heads * head_size need not be dim
  int ffn = 0;        ///< width of the gate, of one expert's if there are any
  int experts = 0;       ///< of a layer; 0: one feed-forward for all tokens
  int experts_used = 0;  ///< that the router chooses for a token
  int vocab = 0;
  int context = 0;             ///< positions the model was trained for
  float eps = 0;               ///< of RMSNorm, in (0, 1]
  float rope_base = 10000.0f;  ///< at least 1
  float rope_scale = 1.0f;     ///< multiplies the position (linear scaling: 1/factor), positive
  int rope_dim = 0;            ///< elements of a head that rotate: always head_size

  int q_rows() const { return heads * head_size; }
  int kv_rows() const { return kv_heads * head_size; }
  /// Bytes of keys and values that a position needs: int8, an fp16 scale a key head, an int8 exponent a value head.
  std::uint64_t kv_bytes() const { return std::uint64_t(layers) * std::uint64_t(kv_heads) * (2 * std::uint64_t(head_size) + 2 + 1); }
};

/// Reads the llama.* keys. Throws htx::Error naming the key for another architecture, a missing, odd-typed or
/// nonsensical value, and for every llama.* key that is unknown or switches on what is not computed here.
/// `vocab` is the number of tokens in the file's vocabulary.
Hyper read_hyper(const gguf::File& file, int vocab);

}  // namespace htx::model
