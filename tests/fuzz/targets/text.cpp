// SPDX-License-Identifier: Apache-2.0
// Any bytes as a text, the first choosing the tokenizer: every text comes back, and what is streamed is whole characters.
#include <vector>

#include "golden/model/tokenizer.hpp"
#include "golden/model/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace htx::model;

/// All bytes, and pieces that overlap each other, so that merges compete.
Vocabulary vocabulary(const WordRule* rule) {
  Vocabulary v;
  v.add_bos = false;
  v.add_space_prefix = rule == nullptr;
  if (rule == nullptr) {
    for (int b = 0; b < 256; ++b) v.pieces.push_back({"<byte>", 0, TokenType::byte, static_cast<std::uint8_t>(b)});
    float score = 0;
    for (const char* text : {"\xe2\x96\x81", "a", "b", "c", "aa", "ab", "bc", "abc", "\xe2\x96\x81" "a", "\xe2\x96\x81\xe2\x96\x81", "\xc3\xa9", "\xc3\xa9" "a"})
      v.pieces.push_back({text, score -= 1, TokenType::normal, 0});
  } else {
    v.kind = TokenizerKind::byte_level;
    v.word_rule = rule->name;
    int next = 256;
    for (int b = 0; b < 256; ++b) {
      const int code = (b >= 33 && b <= 126) || b >= 174 || (b >= 161 && b <= 172) ? b : next++;
      v.pieces.push_back({code < 128 ? std::string(1, static_cast<char>(code)) : std::string{static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 63))}, 0, TokenType::normal, 0});
    }
    for (const char* pair : {"a b", "b c", "ab c", "a a", "aa aa", "\xc4\xa0 a", "\xc4\xa0 \xc4\xa0", "1 2", "' s"}) {
      v.merges.emplace_back(pair);
      std::string both(pair);
      both.erase(both.find(' '), 1);
      v.pieces.push_back({both, 0, TokenType::normal, 0});
    }
  }
  v.pieces.push_back({"<s>", 0, TokenType::control, 0});
  return v;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Tokenizer> tokenizers = [] {
    std::vector<Tokenizer> all;
    all.emplace_back(vocabulary(nullptr));
    for (const WordRule& rule : word_rules()) all.emplace_back(vocabulary(&rule));
    return all;
  }();
  if (size == 0) return 0;
  const Tokenizer& tokenizer = tokenizers[data[0] % tokenizers.size()];
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::vector<int> tokens = tokenizer.encode(text);
  const bool has_space_sign = text.find("\xe2\x96\x81") != text.npos;  // SentencePiece cannot tell it from a space
  htx::fuzz::require(has_space_sign || tokenizer.decode(tokens) == text, "the text does not come back");
  tokenizer.encode(text, Special::token);
  StreamDecoder stream(tokenizer);
  std::string streamed;
  for (const int token : tokens) streamed += stream.push(token);
  streamed += stream.finish();
  for (std::string_view rest = streamed; !rest.empty();) {
    const Utf8Step step = utf8_front(rest);
    htx::fuzz::require(step.kind == Utf8::complete, "the stream is no UTF-8");
    rest.remove_prefix(step.length);
  }
  return 0;
}
