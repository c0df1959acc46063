// SPDX-License-Identifier: Apache-2.0
// The vocabulary of a GGUF file: its pieces, which of them are special, and what a tokenizer needs to split text into them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "golden/model/gguf.hpp"

namespace htx::model {

/// As numbered in the file.
enum class TokenType : std::int32_t { normal = 1, unknown, control, user_defined, unused, byte };

/// How text becomes pieces.
enum class TokenizerKind {
  sentencepiece,  ///< "llama": spaces as U+2581, merges by score, byte tokens
  byte_level      ///< "gpt2": words by a rule, bytes written as characters, a list of merges
};

struct Piece {
  std::string text;  ///< UTF-8: a space written as U+2581, a byte token as "<0xNN>"; byte level: every byte as a character
  float score = 0;   ///< finite; the higher, the earlier a merge; 0 at byte level
  TokenType type = TokenType::normal;
  std::uint8_t byte = 0;  ///< what a byte token stands for
};

struct Vocabulary {
  TokenizerKind kind = TokenizerKind::sentencepiece;
  std::vector<Piece> pieces;  ///< by token number
  int bos = -1;               ///< special tokens; -1 where there is none
  int eos = -1;
  int eot = -1;  ///< end of a turn: ends a generation like eos
  int unknown = -1;
  bool add_bos = true;
  bool add_eos = false;
  bool add_space_prefix = true;
  std::vector<std::string> merges;  ///< byte level: "LEFT RIGHT", the earliest first
  std::string word_rule;            ///< byte level: the name of the rule that cuts words (word_splitter.hpp)

  int size() const { return static_cast<int>(pieces.size()); }
  bool ends_generation(int token) const { return token >= 0 && (token == eos || token == eot); }
};

/// Reads the tokenizer.ggml.* keys of the kinds "llama" and "gpt2". Throws htx::Error naming the key for another kind or an
/// unknown word rule, missing or odd-typed keys, lists of unequal length, scores that are not finite, merges that are no
/// pair, and token numbers beyond the list.
Vocabulary read_vocabulary(const gguf::File& file);

}  // namespace htx::model
