// SPDX-License-Identifier: Apache-2.0
// SentencePiece's byte-pair tokenizer, as llama-architecture files carry it. Rules: docs/gguf.md.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "golden/model/vocabulary.hpp"

namespace htx::model {

/// Text to token numbers and back. Special tokens are never recognised in text.
class Tokenizer {
 public:
  explicit Tokenizer(Vocabulary vocabulary);

  const Vocabulary& vocabulary() const { return vocab_; }

  /// Tokens of `text`, with BOS and EOS as the file asks. Bytes that are no UTF-8 become byte tokens. Throws
  /// htx::Error when a character is in no token and the vocabulary has neither its bytes nor an unknown token.
  std::vector<int> encode(std::string_view text) const;

  /// The bytes one token adds to a text: U+2581 as a space, nothing for control, unknown and unused tokens. Byte
  /// tokens give one byte, so a piece need not be UTF-8. Throws htx::Error for a number beyond the vocabulary.
  std::string piece(int token) const;

  /// A whole text: all pieces, without the first one's leading space when encode() adds one. encode()'s inverse.
  std::string decode(std::span<const int> tokens) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void encode_symbols(std::string_view text, std::vector<int>& out) const;
  void append(std::string_view symbol, std::vector<int>& out) const;
  const int* find(std::string_view text) const;

  Vocabulary vocab_;
  std::unordered_map<std::string, int, Hash, std::equal_to<>> normal_;  ///< only tokens of type normal
  std::array<int, 256> bytes_{};                                        ///< byte tokens, -1 where missing
};

/// Decodes token by token for a terminal: gives out whole UTF-8 characters only and keeps a started one back.
class StreamDecoder {
 public:
  /// `tokenizer` must outlive this. at_start: the first piece begins a text and loses its leading space; false to go
  /// on after a prompt that was printed already.
  explicit StreamDecoder(const Tokenizer& tokenizer, bool at_start = true)
      : tokenizer_(&tokenizer), strip_(at_start && tokenizer.vocabulary().add_space_prefix) {}

  /// The text that is complete with this token, valid UTF-8, maybe empty; bytes that are no UTF-8 become U+FFFD.
  std::string push(int token);
  /// At the end: U+FFFD if a character was left incomplete, else nothing.
  std::string finish();

 private:
  const Tokenizer* tokenizer_;
  bool strip_;
  std::string pending_;
};

}  // namespace htx::model
