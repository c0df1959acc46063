// SPDX-License-Identifier: Apache-2.0
// The tokenizer against hand-made vocabularies, against a naive restatement of the rule, and back again.
#include "golden/model/tokenizer.hpp"

#include <gtest/gtest.h>

#include <array>

#include "golden/model/error.hpp"
#include "golden/model/model.hpp"
#include "golden/model/utf8.hpp"
#include "tests/model/gguf_builder.hpp"

namespace htx::model {
namespace {

const std::string kSpace = "\xe2\x96\x81";

// <unk> <s> </s>, the 256 byte tokens (3..258), then the given pieces from 259 on.
Vocabulary vocabulary_of(const std::vector<std::pair<std::string, float>>& pieces) {
  Vocabulary vocab;
  vocab.pieces = {
      {"<unk>", 0, TokenType::unknown, 0}, {"<s>", 0, TokenType::control, 0}, {"</s>", 0, TokenType::control, 0}};
  for (int byte = 0; byte < 256; ++byte)
    vocab.pieces.push_back({"<byte>", 0, TokenType::byte, static_cast<std::uint8_t>(byte)});
  for (const auto& [text, score] : pieces) vocab.pieces.push_back({text, score, TokenType::normal, 0});
  vocab.unknown = 0;
  vocab.bos = 1;
  vocab.eos = 2;
  return vocab;
}

constexpr int kFirst = 259;

Vocabulary plain(const std::vector<std::pair<std::string, float>>& pieces) {
  Vocabulary vocab = vocabulary_of(pieces);
  vocab.add_bos = false;
  vocab.add_space_prefix = false;
  return vocab;
}

using Tokens = std::vector<int>;

TEST(Encode, HighestScoreFirst) {
  const Tokenizer tokenizer(plain({{"a", 0}, {"b", 0}, {"c", 0}, {"ab", -2}, {"bc", -1}}));
  EXPECT_EQ(tokenizer.encode("abc"), (Tokens{kFirst, kFirst + 4}));  // bc before ab
}

TEST(Encode, LeftmostOfEqualScores) {
  const Tokenizer tokenizer(plain({{"a", 0}, {"aa", -1}, {"aaa", -1}}));
  EXPECT_EQ(tokenizer.encode("aaa"), (Tokens{kFirst + 2}));
  const Tokenizer pairs(plain({{"a", 0}, {"aa", -1}}));
  EXPECT_EQ(pairs.encode("aaa"), (Tokens{kFirst + 1, kFirst}));
}

TEST(Encode, AWholeWordNeedsItsMerges) {
  const Tokenizer tokenizer(plain({{"a", 0}, {"b", 0}, {"c", 0}, {"abc", 0}}));
  EXPECT_EQ(tokenizer.encode("abc"), (Tokens{kFirst, kFirst + 1, kFirst + 2}));
}

TEST(Encode, PrefixSpaceAndBos) {
  Vocabulary vocab = vocabulary_of({{kSpace, 0}, {"a", 0}, {kSpace + "a", 0}});
  EXPECT_EQ(Tokenizer(vocab).encode("a a"), (Tokens{1, kFirst + 2, kFirst + 2}));
  EXPECT_EQ(Tokenizer(vocab).encode(""), (Tokens{1}));
  vocab.add_space_prefix = false;
  EXPECT_EQ(Tokenizer(vocab).encode("a a"), (Tokens{1, kFirst + 1, kFirst + 2}));
  vocab.add_bos = false;
  vocab.add_eos = true;
  EXPECT_EQ(Tokenizer(vocab).encode("a"), (Tokens{kFirst + 1, 2}));
}

TEST(Encode, ByteFallback) {
  const Tokenizer tokenizer(plain({{"a", 0}}));
  EXPECT_EQ(tokenizer.encode("a\xc3\xa9\n"), (Tokens{kFirst, 3 + 0xc3, 3 + 0xa9, 3 + 10}));
  EXPECT_EQ(tokenizer.encode("\xff\xe2\x96"), (Tokens{3 + 0xff, 3 + 0xe2, 3 + 0x96}));  // no UTF-8
}

TEST(Encode, WithoutBytesTheUnknownTokenOrAnError) {
  Vocabulary vocab = plain({});
  vocab.pieces.erase(vocab.pieces.begin() + 3 + 0xa9);
  EXPECT_EQ(Tokenizer(vocab).encode("\xc3\xa9"), (Tokens{0}));
  vocab.unknown = -1;
  try {
    Tokenizer(vocab).encode("\xc3\xa9");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "text: the vocabulary has no token for \"\xc3\xa9\"");
  }
}

TEST(Encode, SpecialTokensAreNotRecognisedInText) {
  Vocabulary vocab = plain({{"<", 0}, {"s", 0}, {">", 0}, {"<s", 5}, {"x", 0}});
  vocab.pieces.push_back({"xx", 9, TokenType::user_defined, 0});
  vocab.pieces.push_back({"ss", 9, TokenType::unused, 0});
  const Tokenizer tokenizer(vocab);
  EXPECT_EQ(tokenizer.encode("<s>"), (Tokens{kFirst + 3, kFirst + 2}));
  EXPECT_EQ(tokenizer.encode("xx"), (Tokens{kFirst + 4, kFirst + 4}));
  EXPECT_EQ(tokenizer.encode("ss"), (Tokens{kFirst + 1, kFirst + 1}));
}

// The rule stated as slowly as possible: find the best adjacent pair in the whole text, merge it, start over.
Tokens naive_encode(const Vocabulary& vocab, const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_front(text.substr(i)).length;
    parts.push_back(text.substr(i, length));
    i += length;
  }
  const auto find = [&](const std::string& part) {
    for (int t = vocab.size() - 1; t >= 0; --t) {
      const Piece& piece = vocab.pieces[static_cast<std::size_t>(t)];
      if (piece.type == TokenType::normal && piece.text == part) return t;
    }
    return -1;
  };
  for (;;) {
    int best = -1;
    float best_score = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const int token = find(parts[i] + parts[i + 1]);
      if (token < 0) continue;
      const float score = vocab.pieces[static_cast<std::size_t>(token)].score;
      if (best < 0 || score > best_score) {
        best = static_cast<int>(i);
        best_score = score;
      }
    }
    if (best < 0) break;
    parts[static_cast<std::size_t>(best)] += parts[static_cast<std::size_t>(best) + 1];
    parts.erase(parts.begin() + best + 1);
  }
  Tokens tokens;
  for (const std::string& part : parts) {
    const int token = find(part);
    if (token >= 0) {
      tokens.push_back(token);
    } else {
      for (const char c : part) tokens.push_back(3 + static_cast<unsigned char>(c));
    }
  }
  return tokens;
}

TEST(Encode, AgreesWithTheNaiveRuleOnRandomVocabularies) {
  test::Random random(11);
  int merged = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<std::pair<std::string, float>> pieces = {{"a", 0}, {"b", 0}, {"\xc3\xa9", 0}};
    while (pieces.size() < 40) {
      const std::string text = pieces[random.below(pieces.size())].first + pieces[random.below(pieces.size())].first;
      pieces.emplace_back(text, -static_cast<float>(random.below(8)));  // many ties
    }
    const Vocabulary vocab = plain(pieces);
    const Tokenizer tokenizer(vocab);
    for (int sample = 0; sample < 20; ++sample) {
      std::string text;
      const std::uint64_t length = random.below(30);
      for (std::uint64_t i = 0; i < length; ++i) text += std::array{"a", "b", "\xc3\xa9", "z"}[random.below(4)];
      const Tokens tokens = tokenizer.encode(text);
      ASSERT_EQ(tokens, naive_encode(vocab, text)) << text;
      ASSERT_EQ(tokenizer.decode(tokens), text);
      for (const int token : tokens) merged += token > kFirst + 2;
    }
  }
  EXPECT_GT(merged, 2000);  // the comparison must have met merges
}

TEST(Decode, InvertsEncodeForAnyBytes) {
  test::Random random(3);
  const auto model =
      parse_model(test::build_llama({.dim = 16, .layers = 1, .ffn = 12, .vocab = 400}), "m", WeightFormat::q8_0);
  const Tokenizer tokenizer(model.vocab);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const std::uint64_t length = random.below(40);
    for (std::uint64_t i = 0; i < length; ++i) text += static_cast<char>(random.below(round % 2 ? 256 : 128));
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
    EXPECT_EQ(tokenizer.decode(tokenizer.encode("  " + text)), "  " + text);
  }
}

TEST(Decode, Pieces) {
  Vocabulary vocab = vocabulary_of({{kSpace + "a" + kSpace, 0}});
  vocab.pieces.push_back({kSpace + "u", 0, TokenType::user_defined, 0});
  vocab.pieces.push_back({"unused", 0, TokenType::unused, 0});
  const Tokenizer tokenizer(vocab);
  EXPECT_EQ(tokenizer.piece(kFirst), " a ");
  EXPECT_EQ(tokenizer.piece(kFirst + 1), kSpace + "u");
  EXPECT_EQ(tokenizer.piece(kFirst + 2), "");
  EXPECT_EQ(tokenizer.piece(0), "");
  EXPECT_EQ(tokenizer.piece(1), "");
  EXPECT_EQ(tokenizer.piece(3), std::string(1, '\0'));
  EXPECT_EQ(tokenizer.decode(Tokens{1, kFirst, kFirst}), "a  a ");
  EXPECT_THROW(tokenizer.piece(-1), Error);
  EXPECT_THROW(tokenizer.piece(vocab.size()), Error);
}

TEST(Stream, HoldsBackIncompleteCharacters) {
  const Tokenizer tokenizer(vocabulary_of({{kSpace + "a", 0}}));
  StreamDecoder stream(tokenizer);
  EXPECT_EQ(stream.push(1), "");         // BOS is no piece of the text
  EXPECT_EQ(stream.push(kFirst), "a");   // the first piece's space goes
  EXPECT_EQ(stream.push(kFirst), " a");  // no other's
  EXPECT_EQ(stream.push(3 + 0xf0), "");
  EXPECT_EQ(stream.push(3 + 0x9f), "");
  EXPECT_EQ(stream.push(3 + 0x98), "");
  EXPECT_EQ(stream.push(3 + 0x80), "\xf0\x9f\x98\x80");
  EXPECT_EQ(stream.push(3 + 0xc3), "");
  EXPECT_EQ(stream.push(kFirst), "\xef\xbf\xbd a");  // the broken character, replaced
  EXPECT_EQ(stream.push(3 + 0xff), "\xef\xbf\xbd");
  EXPECT_EQ(stream.finish(), "");
  EXPECT_EQ(stream.push(3 + 0xe2), "");
  EXPECT_EQ(stream.finish(), "\xef\xbf\xbd");
  EXPECT_EQ(stream.finish(), "");
}

TEST(Stream, GoesOnAfterAPrompt) {
  Vocabulary vocab = vocabulary_of({{kSpace + "a", 0}});
  const Tokenizer tokenizer(vocab);
  StreamDecoder after_prompt(tokenizer, false);
  EXPECT_EQ(after_prompt.push(kFirst), " a");
  vocab.add_space_prefix = false;
  const Tokenizer no_prefix(vocab);
  StreamDecoder start(no_prefix);
  EXPECT_EQ(start.push(kFirst), " a");
}

}  // namespace
}  // namespace htx::model
