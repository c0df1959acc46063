// SPDX-License-Identifier: Apache-2.0
#include "golden/model/vocabulary.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "golden/model/utf8.hpp"
#include "golden/model/word_splitter.hpp"

namespace htx::model {
namespace {

constexpr std::string_view kKind = "tokenizer.ggml.model";
constexpr std::string_view kTokens = "tokenizer.ggml.tokens";
constexpr std::string_view kScores = "tokenizer.ggml.scores";
constexpr std::string_view kTypes = "tokenizer.ggml.token_type";
constexpr std::size_t kMaxTokens = 1 << 24;
constexpr std::uint64_t kNoToken = 0xffffffff;  // a u32 of -1, as converters write it

TokenizerKind read_kind(const gguf::File& file) {
  const auto kind = file.string(kKind);
  if (!kind) file.fail_key(kKind, "missing");
  constexpr std::string_view spaces = "tokenizer.ggml.remove_extra_whitespaces";
  if (file.boolean(spaces).value_or(false)) file.fail_key(spaces, "true is not supported");
  if (*kind == "llama") return TokenizerKind::sentencepiece;
  if (*kind == "gpt2") return TokenizerKind::byte_level;
  file.fail_key(kKind, fmt::format("\"{}\" is not supported (llama, which is SentencePiece, and gpt2, byte level, are)", printable(*kind)));
}

// The rule that cuts words. Without it the tokens would be plausible and wrong, so it is never guessed.
const WordRule& read_word_rule(const gguf::File& file) {
  constexpr std::string_view key = "tokenizer.ggml.pre";
  const auto name = file.string(key);
  if (!name) file.fail_key(key, "missing: a byte-level vocabulary needs the name of its word rule");
  if (const WordRule* rule = find_word_rule(*name)) return *rule;
  std::vector<std::string_view> known;
  for (const WordRule& rule : word_rules()) known.push_back(rule.name);
  file.fail_key(key, fmt::format("\"{}\" is not supported ({} are)", printable(*name), fmt::join(known, ", ")));
}

std::vector<std::string> read_merges(const gguf::File& file) {
  constexpr std::string_view key = "tokenizer.ggml.merges";
  if (!file.find(key)) file.fail_key(key, "missing");
  std::vector<std::string> merges;
  for (const std::string_view pair : file.strings(key)) {
    const auto space = pair.find(' ');
    if (space == 0 || space == pair.npos || space + 1 == pair.size() || pair.find(' ', space + 1) != pair.npos)
      file.fail_key(key, fmt::format("entry {} is \"{}\", not two pieces", merges.size(), printable(pair, 40)));
    merges.emplace_back(pair);
  }
  return merges;
}

void check_length(const gguf::File& file, std::string_view key, std::size_t length, std::size_t tokens) {
  if (!file.find(key)) file.fail_key(key, "missing");
  if (length != tokens) file.fail_key(key, fmt::format("{} entries for {} tokens", length, tokens));
}

std::optional<std::uint8_t> byte_of(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("<0x") || text[5] != '>') return std::nullopt;
  std::uint8_t value = 0;
  const auto result = std::from_chars(text.data() + 3, text.data() + 5, value, 16);
  if (result.ptr != text.data() + 5) return std::nullopt;
  return value;
}

// A special token's number: the file's, the customary one where the file names none and has it, or -1.
int special(const gguf::File& file, std::string_view key, int customary, int tokens) {
  const auto given = file.integer(key);
  if (!given) return customary < tokens ? customary : -1;
  if (*given == kNoToken) return -1;
  if (*given >= static_cast<std::uint64_t>(tokens))
    file.fail_key(key, fmt::format("{} is beyond the {} tokens", *given, tokens));
  return static_cast<int>(*given);
}

std::vector<Piece> read_pieces(const gguf::File& file, TokenizerKind kind) {
  const auto texts = file.strings(kTokens);
  if (texts.empty()) file.fail_key(kTokens, file.find(kTokens) ? "the vocabulary is empty" : "missing");
  if (texts.size() > kMaxTokens)
    file.fail_key(kTokens, fmt::format("{} tokens are more than {}", texts.size(), kMaxTokens));
  auto scores = file.reals(kScores);
  if (kind == TokenizerKind::byte_level && !file.find(kScores)) {
    scores.resize(texts.size());
  } else {
    check_length(file, kScores, scores.size(), texts.size());
  }
  const auto types = file.integers(kTypes);
  check_length(file, kTypes, types.size(), texts.size());

  std::vector<Piece> pieces(texts.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!std::isfinite(scores[i])) file.fail_key(kScores, fmt::format("the score of token {} is {}", i, scores[i]));
    if (types[i] < 1 || types[i] > 6)
      file.fail_key(kTypes, fmt::format("token {} has the unknown type {}", i, types[i]));
    pieces[i] = {std::string(texts[i]), scores[i], static_cast<TokenType>(types[i]), 0};
    if (pieces[i].type == TokenType::byte) {
      const auto byte = byte_of(texts[i]);
      if (!byte) file.fail_key(kTokens, fmt::format("byte token {} is \"{}\", not <0xNN>", i, printable(texts[i], 40)));
      pieces[i].byte = *byte;
    }
  }
  return pieces;
}

}  // namespace

Vocabulary read_vocabulary(const gguf::File& file) {
  Vocabulary vocab;
  vocab.kind = read_kind(file);
  const bool byte_level = vocab.kind == TokenizerKind::byte_level;
  const WordRule* rule = byte_level ? &read_word_rule(file) : nullptr;
  vocab.pieces = read_pieces(file, vocab.kind);
  if (byte_level) {
    vocab.word_rule = rule->name;
    vocab.merges = read_merges(file);
  }
  const auto customary = [&](int token) { return byte_level ? vocab.size() : token; };  // byte level has no customary numbers
  vocab.unknown = special(file, "tokenizer.ggml.unknown_token_id", customary(0), vocab.size());
  vocab.bos = special(file, "tokenizer.ggml.bos_token_id", customary(1), vocab.size());
  vocab.eos = special(file, "tokenizer.ggml.eos_token_id", customary(2), vocab.size());
  vocab.eot = special(file, "tokenizer.ggml.eot_token_id", vocab.size(), vocab.size());
  vocab.add_bos = file.boolean("tokenizer.ggml.add_bos_token").value_or(vocab.bos >= 0 && (!byte_level || rule->adds_bos));
  vocab.add_eos = file.boolean("tokenizer.ggml.add_eos_token").value_or(false);
  vocab.add_space_prefix = file.boolean("tokenizer.ggml.add_space_prefix").value_or(!byte_level);
  if (vocab.add_bos && vocab.bos < 0) file.fail_key("tokenizer.ggml.add_bos_token", "true, but there is no such token");
  if (vocab.add_eos && vocab.eos < 0) file.fail_key("tokenizer.ggml.add_eos_token", "true, but there is no such token");
  return vocab;
}

}  // namespace htx::model
