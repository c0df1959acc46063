// SPDX-License-Identifier: Apache-2.0
#include "golden/model/tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "golden/model/error.hpp"
#include "golden/model/utf8.hpp"

namespace htx::model {
namespace {

constexpr std::string_view kSpace = "\xe2\x96\x81";  // U+2581 stands for a space
constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr int kNone = -1;

std::string with_visible_spaces(std::string_view text, bool prefix) {
  std::string out(prefix ? kSpace : "");
  for (const char c : text) {
    if (c == ' ') {
      out += kSpace;
    } else {
      out += c;
    }
  }
  return out;
}

// A stretch of the text that will be one token or be merged with a neighbour; empty once it has been.
struct Symbol {
  std::string_view text;
  int previous;
  int next;
};

struct Merge {
  double score;
  int left;
  int right;
  std::size_t length;  // of the merged text: tells a stale entry from a live one
};

// The next merge is the one of the highest score, the leftmost of equals.
struct LaterMerge {
  bool operator()(const Merge& a, const Merge& b) const {
    return a.score != b.score ? a.score < b.score : a.left > b.left;
  }
};

std::vector<Symbol> characters(std::string_view text) {
  std::vector<Symbol> symbols;
  while (!text.empty()) {
    const std::size_t length = utf8_front(text).length;
    const int index = static_cast<int>(symbols.size());
    symbols.push_back({text.substr(0, length), index - 1, index + 1});
    text.remove_prefix(length);
  }
  if (!symbols.empty()) symbols.back().next = kNone;
  return symbols;
}

// Byte level writes every byte as one printable character: a printable Latin-1 byte as itself, the others, in their order, as
// U+0100 and following.
bool stands_for_itself(unsigned byte) { return (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173); }

std::string utf8_of(unsigned code) {  // below U+0800
  if (code < 0x80) return std::string(1, static_cast<char>(code));
  return {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
}

const std::array<std::string, 256>& byte_characters() {
  static const std::array<std::string, 256> all = [] {
    std::array<std::string, 256> made;
    unsigned next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) made[byte] = utf8_of(stands_for_itself(byte) ? byte : next++);
    return made;
  }();
  return all;
}

const std::string& character_of(std::uint8_t byte) { return byte_characters()[byte]; }

std::string to_characters(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += character_of(static_cast<std::uint8_t>(c));
  return out;
}

// The inverse; a character that stands for no byte stays.
std::string to_bytes(std::string_view text) {
  static const std::unordered_map<std::string_view, char> inverse = [] {
    std::unordered_map<std::string_view, char> made;
    for (unsigned byte = 0; byte < 256; ++byte) made[byte_characters()[byte]] = static_cast<char>(byte);
    return made;
  }();
  std::string out;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, utf8_front(text).length);
    const auto byte = inverse.find(one);
    out += byte == inverse.end() ? std::string(one) : std::string(1, byte->second);
    text.remove_prefix(one.size());
  }
  return out;
}

// Text right after another in the same string.
std::string_view joined(std::string_view a, std::string_view b) { return {a.data(), a.size() + b.size()}; }

}  // namespace

Tokenizer::Tokenizer(Vocabulary vocabulary) : vocab_(std::move(vocabulary)) {
  bytes_.fill(kNone);
  const bool byte_level = vocab_.kind == TokenizerKind::byte_level;
  for (int token = 0; token < vocab_.size(); ++token) {
    const Piece& piece = vocab_.pieces[static_cast<std::size_t>(token)];
    if (piece.type == TokenType::normal && !piece.text.empty()) normal_[piece.text] = token;
    if (piece.type == TokenType::byte) bytes_[piece.byte] = token;
    if ((piece.type == TokenType::control || piece.type == TokenType::user_defined) && !piece.text.empty())
      specials_[static_cast<unsigned char>(piece.text[0])].push_back(token);
  }
  const auto length = [this](int token) { return vocab_.pieces[static_cast<std::size_t>(token)].text.size(); };
  for (auto& same : specials_) std::ranges::sort(same, std::greater<>(), length);
  if (!byte_level) return;
  const WordRule& rule = *find_word_rule(vocab_.word_rule);
  words_.emplace(rule);
  whole_words_ = rule.whole_words;
  for (int byte = 0; byte < 256; ++byte) {
    if (const int* token = find(character_of(static_cast<std::uint8_t>(byte)))) bytes_[static_cast<std::size_t>(byte)] = *token;
  }
  for (std::size_t i = 0; i < vocab_.merges.size(); ++i) ranks_.try_emplace(vocab_.merges[i], static_cast<int>(i));
}

const int* Tokenizer::find(std::string_view text) const {
  const auto found = normal_.find(text);
  return found == normal_.end() ? nullptr : &found->second;
}

const int* Tokenizer::special_at(std::string_view text) const {
  for (const int& token : specials_[static_cast<unsigned char>(text[0])]) {
    if (text.starts_with(vocab_.pieces[static_cast<std::size_t>(token)].text)) return &token;
  }
  return nullptr;
}

std::vector<int> Tokenizer::encode(std::string_view text, Special special) const {
  std::vector<int> tokens;
  if (vocab_.add_bos) tokens.push_back(vocab_.bos);
  std::size_t begin = 0;
  for (std::size_t at = 0; special == Special::token && at < text.size();) {
    const int* token = special_at(text.substr(at));
    if (token == nullptr) {
      ++at;
      continue;
    }
    encode_plain(text.substr(begin, at - begin), begin == 0, tokens);
    tokens.push_back(*token);
    begin = at += vocab_.pieces[static_cast<std::size_t>(*token)].text.size();
  }
  encode_plain(text.substr(begin), begin == 0, tokens);
  if (vocab_.add_eos) tokens.push_back(vocab_.eos);
  return tokens;
}

// Text without special tokens; at_start: nothing but BOS stands before it.
void Tokenizer::encode_plain(std::string_view text, bool at_start, std::vector<int>& out) const {
  if (text.empty()) return;
  if (!words_) return encode_symbols(with_visible_spaces(text, vocab_.add_space_prefix && at_start), out);
  for (const std::string_view word : words_->split(text)) {
    const std::string characters = to_characters(word);
    const int* whole = whole_words_ ? find(characters) : nullptr;
    if (whole != nullptr) {
      out.push_back(*whole);
    } else {
      encode_symbols(characters, out);
    }
  }
}

// How early two neighbours merge, the larger the earlier: by the score of the token that they make, or by the list.
std::optional<double> Tokenizer::priority(std::string_view left, std::string_view both) const {
  if (!words_) {
    const int* token = find(both);
    return token ? std::optional<double>(vocab_.pieces[static_cast<std::size_t>(*token)].score) : std::nullopt;
  }
  std::string pair(left);
  pair.append(1, ' ').append(both.substr(left.size()));
  const auto found = ranks_.find(pair);
  return found == ranks_.end() ? std::nullopt : std::optional<double>(-found->second);
}

void Tokenizer::encode_symbols(std::string_view text, std::vector<int>& out) const {
  std::vector<Symbol> symbols = characters(text);
  std::priority_queue<Merge, std::vector<Merge>, LaterMerge> merges;
  const auto at = [&](int index) -> Symbol& { return symbols[static_cast<std::size_t>(index)]; };
  const auto propose = [&](int left, int right) {
    if (left == kNone || right == kNone) return;
    const std::string_view both = joined(at(left).text, at(right).text);
    if (const auto score = priority(at(left).text, both)) merges.push({*score, left, right, both.size()});
  };
  for (int i = 1; i < static_cast<int>(symbols.size()); ++i) propose(i - 1, i);

  while (!merges.empty()) {
    const Merge merge = merges.top();
    merges.pop();
    Symbol& left = at(merge.left);
    Symbol& right = at(merge.right);
    if (left.text.empty() || right.text.empty() || left.text.size() + right.text.size() != merge.length) continue;
    left.text = joined(left.text, right.text);
    right.text = {};
    left.next = right.next;
    if (left.next != kNone) at(left.next).previous = merge.left;
    propose(left.previous, merge.left);
    propose(merge.left, left.next);
  }
  for (const Symbol& symbol : symbols) {
    if (!symbol.text.empty()) append(symbol.text, out);
  }
}

// A symbol in the vocabulary is one token; any other falls back to its bytes.
void Tokenizer::append(std::string_view symbol, std::vector<int>& out) const {
  if (const int* token = find(symbol)) {
    out.push_back(*token);
    return;
  }
  const std::string own = words_ ? to_bytes(symbol) : std::string(symbol);
  bool have_bytes = true;
  for (const char c : own) have_bytes = have_bytes && bytes_[static_cast<unsigned char>(c)] != kNone;
  if (have_bytes) {
    for (const char c : own) out.push_back(bytes_[static_cast<unsigned char>(c)]);
  } else if (vocab_.unknown != kNone) {
    out.push_back(vocab_.unknown);
  } else {
    throw Error(fmt::format("text: the vocabulary has no token for \"{}\"", printable(own)));
  }
}

std::string Tokenizer::piece(int token) const {
  if (token < 0 || token >= vocab_.size()) {
    throw Error(fmt::format("token {}: the vocabulary has {} tokens", token, vocab_.size()));
  }
  const Piece& piece = vocab_.pieces[static_cast<std::size_t>(token)];
  switch (piece.type) {
    case TokenType::user_defined:
      return piece.text;
    case TokenType::byte:
      return std::string(1, static_cast<char>(piece.byte));
    case TokenType::normal:
      break;
    default:
      return {};
  }
  if (words_) return to_bytes(piece.text);
  std::string out;
  std::string_view rest = piece.text;
  for (auto space = rest.find(kSpace); space != rest.npos; space = rest.find(kSpace)) {
    out += rest.substr(0, space);
    out += ' ';
    rest.remove_prefix(space + kSpace.size());
  }
  out += rest;
  return out;
}

std::string Tokenizer::decode(std::span<const int> tokens) const {
  std::string out;
  for (const int token : tokens) out += piece(token);
  if (vocab_.add_space_prefix && out.starts_with(' ')) out.erase(0, 1);
  return out;
}

std::string StreamDecoder::push(int token) {
  std::string piece = tokenizer_->piece(token);
  if (strip_ && !piece.empty()) {
    if (piece.front() == ' ') piece.erase(0, 1);
    strip_ = false;
  }
  pending_ += piece;

  std::string out;
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const Utf8Step step = utf8_front(rest);
    if (step.kind == Utf8::incomplete) break;
    out += step.kind == Utf8::complete ? rest.substr(0, step.length) : kReplacement;
    rest.remove_prefix(step.length);
  }
  pending_ = std::string(rest);
  return out;
}

std::string StreamDecoder::finish() {
  const bool incomplete = !pending_.empty();
  pending_.clear();
  return std::string(incomplete ? kReplacement : "");
}

}  // namespace htx::model
