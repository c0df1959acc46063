// SPDX-License-Identifier: Apache-2.0
// Byte-pair tokenizers as GGUF files carry them: SentencePiece's, and the byte-level one. Rules: docs/gguf.md.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "golden/model/vocabulary.hpp"
#include "golden/model/word_splitter.hpp"

namespace htx::model {

/// What the text of a special token, "<s>" say, means in a prompt.
enum class Special {
  literal,  ///< so many characters
  token     ///< the token: control and user-defined ones, the longest that fits
};

/// Text to token numbers and back.
class Tokenizer {
 public:
  explicit Tokenizer(Vocabulary vocabulary);

  const Vocabulary& vocabulary() const { return vocab_; }

  /// Tokens of `text`, with BOS and EOS as the file asks. Bytes that are no UTF-8 become byte tokens. Throws
  /// htx::Error when a character is in no token and the vocabulary has neither its bytes nor an unknown token.
  std::vector<int> encode(std::string_view text, Special special = Special::literal) const;

  /// The bytes one token adds to a text: U+2581 as a space, nothing for control, unknown and unused tokens. Byte
  /// tokens give one byte, so a piece need not be UTF-8. Throws htx::Error for a number beyond the vocabulary.
  std::string piece(int token) const;

  /// A whole text: all pieces, without the first one's leading space when encode() adds one. encode()'s inverse.
  std::string decode(std::span<const int> tokens) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void encode_plain(std::string_view text, bool at_start, std::vector<int>& out) const;
  void encode_symbols(std::string_view text, std::vector<int>& out) const;
  void append(std::string_view symbol, std::vector<int>& out) const;
  const int* find(std::string_view text) const;
  const int* special_at(std::string_view text) const;
  std::optional<double> priority(std::string_view left, std::string_view both) const;

  Vocabulary vocab_;
  std::optional<WordSplitter> words_;                                 ///< byte level
  bool whole_words_ = false;
  std::unordered_map<std::string, int, Hash, std::equal_to<>> ranks_;   ///< byte level: "LEFT RIGHT" -> place in the list of merges
  std::array<std::vector<int>, 256> specials_;                          ///< by first byte, the longest first
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
