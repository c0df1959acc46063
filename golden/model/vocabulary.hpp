// SPDX-License-Identifier: Apache-2.0
// The vocabulary of a GGUF file: SentencePiece pieces with scores, and which of them are special.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "golden/model/gguf.hpp"

namespace htx::model {

/// As numbered in the file.
enum class TokenType : std::int32_t { normal = 1, unknown, control, user_defined, unused, byte };

struct Piece {
  std::string text;  ///< UTF-8, a space written as U+2581; of a byte token "<0xNN>"
  float score = 0;   ///< finite; the higher, the earlier a merge
  TokenType type = TokenType::normal;
  std::uint8_t byte = 0;  ///< what a byte token stands for
};

struct Vocabulary {
  std::vector<Piece> pieces;  ///< by token number
  int bos = -1;               ///< special tokens; -1 where there is none
  int eos = -1;
  int eot = -1;  ///< end of a turn: ends a generation like eos
  int unknown = -1;
  bool add_bos = true;
  bool add_eos = false;
  bool add_space_prefix = true;

  int size() const { return static_cast<int>(pieces.size()); }
  bool ends_generation(int token) const { return token >= 0 && (token == eos || token == eot); }
};

/// Reads the tokenizer.ggml.* keys of the kind "llama". Throws htx::Error naming the key for another kind, missing or
/// odd-typed keys, lists of unequal length, scores that are not finite, and token numbers beyond the list.
Vocabulary read_vocabulary(const gguf::File& file);

}  // namespace htx::model
