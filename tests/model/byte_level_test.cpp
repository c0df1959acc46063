// SPDX-License-Identifier: Apache-2.0
// The byte-level tokenizer: known ids of llama.cpp (known_ids.json, made by known_ids.py), special tokens, and what is refused.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "golden/model/model.hpp"
#include "golden/model/tokenizer.hpp"
#include "golden/model/utf8.hpp"
#include "tests/model/gguf_builder.hpp"
#include "tests/model/refusal.hpp"

namespace htx::model {
namespace {

using Tokens = std::vector<int>;

const nlohmann::json& known() {
  static const nlohmann::json all = nlohmann::json::parse(std::ifstream(HTX_KNOWN_IDS));
  return all;
}

/// Every byte as one character: read off the file, whose merges need all of them, would be circular; so by the published rule.
std::vector<std::string> byte_texts() {
  std::vector<std::string> texts;
  int next = 256;
  for (int b = 0; b < 256; ++b) {
    const bool own = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
    const int code = own ? b : next++;
    texts.push_back(code < 128 ? std::string(1, static_cast<char>(code)) : std::string{static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 63))});
  }
  return texts;
}

/// Bytes, the learned merges' results, <|begin|> (control), <|end|> (control), "<tool>" (user-defined).
test::Document document(const std::string& rule) {
  std::vector<std::string> tokens = byte_texts(), merges;
  for (const auto& pair : known()["merges"]) {
    merges.push_back(pair);
    std::string both = pair;
    both.erase(both.find(' '), 1);
    tokens.push_back(both);
  }
  std::vector<std::int32_t> types(tokens.size(), 1);
  for (const auto& [text, type] : {std::pair{"<|begin|>", 3}, {"<|end|>", 3}, {"<tool>", 4}}) {
    tokens.emplace_back(text);
    types.push_back(type);
  }
  test::Document file = test::make_llama({.dim = 32, .layers = 1, .heads = 1, .kv_heads = 1, .ffn = 32, .vocab = static_cast<int>(tokens.size())});
  for (const char* key : {"scores", "unknown_token_id"}) file.erase(std::string("tokenizer.ggml.") + key);
  file.set("tokenizer.ggml.model", "gpt2");
  file.set("tokenizer.ggml.pre", rule.c_str());
  file.set("tokenizer.ggml.tokens", tokens);
  file.set("tokenizer.ggml.token_type", types);
  file.set("tokenizer.ggml.merges", merges);
  file.set("tokenizer.ggml.bos_token_id", static_cast<std::uint32_t>(tokens.size() - 3));
  file.set("tokenizer.ggml.eos_token_id", static_cast<std::uint32_t>(tokens.size() - 2));
  return file;
}

Tokenizer tokenizer_of(const test::Document& file) { return Tokenizer(parse_model(file.serialise(), "m.gguf", WeightFormat::q8_0).vocab); }

Tokenizer plain(const std::string& rule) {
  test::Document file = document(rule);
  file.set("tokenizer.ggml.add_bos_token", false);
  return tokenizer_of(file);
}

TEST(ByteLevel, KnownIdsOfEveryRule) {
  ASSERT_GE(known()["rules"].size(), 8u);
  for (const auto& [rule, ids] : known()["rules"].items()) {
    const Tokenizer tokenizer = plain(rule);
    ASSERT_EQ(ids.size(), known()["texts"].size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::string text = known()["texts"][i];
      EXPECT_EQ(tokenizer.encode(text), ids[i].get<Tokens>()) << rule << ": \"" << printable(text) << '"';
    }
  }
}

TEST(ByteLevel, EveryTextComesBack) {
  test::Random random(3);
  for (const WordRule& rule : word_rules()) {
    const Tokenizer tokenizer = plain(std::string(rule.name));
    for (const std::string text : known()["texts"]) EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text) << rule.name;
    for (int i = 0; i < 200; ++i) {  // any bytes, mostly no UTF-8
      std::string text;
      for (std::uint64_t n = random.below(40); n > 0; --n) text += static_cast<char>(random.below(4) ? random.bits() : 0x80 | (random.bits() & 0x3f));
      EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text) << rule.name;
    }
  }
}

TEST(ByteLevel, WordsTogetherAreTheText) {
  test::Random random(4);
  for (const WordRule& rule : word_rules()) {
    const WordSplitter splitter(rule);
    for (int i = 0; i < 300; ++i) {
      std::string text;
      static constexpr std::string_view parts[] = {" ", "\n", "a", "B", "9", "'s", "é", "日", "!", "\xff", "\xe6\x97", "\t", "👍"};
      for (std::uint64_t n = random.below(20); n > 0; --n) text += parts[random.below(std::size(parts))];
      std::string joined;
      for (const std::string_view word : splitter.split(text)) {
        EXPECT_FALSE(word.empty());
        joined += word;
      }
      EXPECT_EQ(joined, text) << rule.name;
    }
  }
}

TEST(ByteLevel, SpecialTokensOnlyWhenAskedFor) {
  const Tokenizer tokenizer = plain("qwen2");
  const int begin = tokenizer.vocabulary().bos, end = tokenizer.vocabulary().eos, tool = end + 1;
  const std::string text = "<|begin|>a<tool><|end|>";
  const Tokens literal = tokenizer.encode(text);
  EXPECT_EQ(std::ranges::count(literal, begin) + std::ranges::count(literal, end) + std::ranges::count(literal, tool), 0);
  EXPECT_EQ(tokenizer.decode(literal), text);
  EXPECT_EQ(tokenizer.encode(text, Special::token), (Tokens{begin, 'a', tool, end}));
  EXPECT_EQ(tokenizer.piece(tool), "<tool>");
  EXPECT_EQ(tokenizer.piece(begin), "");
}

TEST(ByteLevel, TheLongestSpecialTokenCounts) {
  test::Document file = document("gpt-2");
  std::vector<std::string> tokens = byte_texts();
  tokens.insert(tokens.end(), {"<a>", "<a><b>", "<a"});
  std::vector<std::int32_t> types(256, 1);
  types.insert(types.end(), {3, 4, 3});
  test::Document small = test::make_llama({.dim = 32, .layers = 1, .heads = 1, .kv_heads = 1, .ffn = 32, .vocab = 259});
  for (const char* key : {"scores", "unknown_token_id"}) small.erase(std::string("tokenizer.ggml.") + key);
  small.set("tokenizer.ggml.model", "gpt2");
  small.set("tokenizer.ggml.pre", "gpt-2");
  small.set("tokenizer.ggml.tokens", tokens);
  small.set("tokenizer.ggml.token_type", types);
  small.set("tokenizer.ggml.merges", std::vector<std::string>{"a b"});
  small.set("tokenizer.ggml.add_bos_token", false);
  small.set("tokenizer.ggml.eos_token_id", 0u);
  const Tokenizer tokenizer = tokenizer_of(small);
  EXPECT_EQ(tokenizer.encode("<a><b><a><a", Special::token), (Tokens{257, 256, 258}));
  // "ab" merges, but is no token: its bytes stand for it
  EXPECT_EQ(tokenizer.encode("ab"), (Tokens{'a', 'b'}));
}

TEST(ByteLevel, Defaults) {
  const auto adds = [](const std::string& rule) { return tokenizer_of(document(rule)).vocabulary().add_bos; };
  EXPECT_TRUE(adds("llama-bpe"));
  EXPECT_FALSE(adds("qwen2"));
  const Vocabulary& vocab = tokenizer_of(document("qwen2")).vocabulary();
  EXPECT_EQ(vocab.unknown, -1);
  EXPECT_FALSE(vocab.add_space_prefix);
}

TEST(ByteLevel, Refused) {
  const auto refused = [](const auto& bend, const std::string& key, const std::string& reason) {
    test::Document file = document("qwen2");
    bend(file);
    EXPECT_NE(test::refusal(file.serialise()).find("bad.gguf: key tokenizer.ggml." + key + ": " + reason), std::string::npos) << test::refusal(file.serialise());
  };
  refused([](auto& f) { f.erase("tokenizer.ggml.pre"); }, "pre", "missing: a byte-level vocabulary needs the name of its word rule");
  refused([](auto& f) { f.set("tokenizer.ggml.pre", "my-own"); }, "pre", "\"my-own\" is not supported (default, gpt-2, ");
  refused([](auto& f) { f.erase("tokenizer.ggml.merges"); }, "merges", "missing");
  for (const char* bad : {"", "a", " a", "a ", "a b c"})
    refused([bad](auto& f) { f.set("tokenizer.ggml.merges", std::vector<std::string>{"a b", bad}); }, "merges", "entry 1 is \"" + std::string(bad) + "\", not two pieces");
  refused([](auto& f) { f.set("tokenizer.ggml.merges", std::vector<float>{1}); }, "merges", "is of type array of f32, expected array of string");
}

}  // namespace
}  // namespace htx::model
