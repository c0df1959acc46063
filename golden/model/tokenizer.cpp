// SPDX-License-Identifier: Apache-2.0
#include "golden/model/tokenizer.hpp"

#include <fmt/format.h>

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
  float score;
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

// Text right after another in the same string.
std::string_view joined(std::string_view a, std::string_view b) { return {a.data(), a.size() + b.size()}; }

}  // namespace

Tokenizer::Tokenizer(Vocabulary vocabulary) : vocab_(std::move(vocabulary)) {
  bytes_.fill(kNone);
  for (int token = 0; token < vocab_.size(); ++token) {
    const Piece& piece = vocab_.pieces[static_cast<std::size_t>(token)];
    if (piece.type == TokenType::normal && !piece.text.empty()) normal_[piece.text] = token;
    if (piece.type == TokenType::byte) bytes_[piece.byte] = token;
  }
}

const int* Tokenizer::find(std::string_view text) const {
  const auto found = normal_.find(text);
  return found == normal_.end() ? nullptr : &found->second;
}

std::vector<int> Tokenizer::encode(std::string_view text) const {
  std::vector<int> tokens;
  if (vocab_.add_bos) tokens.push_back(vocab_.bos);
  if (!text.empty()) encode_symbols(with_visible_spaces(text, vocab_.add_space_prefix), tokens);
  if (vocab_.add_eos) tokens.push_back(vocab_.eos);
  return tokens;
}

void Tokenizer::encode_symbols(std::string_view text, std::vector<int>& out) const {
  std::vector<Symbol> symbols = characters(text);
  std::priority_queue<Merge, std::vector<Merge>, LaterMerge> merges;
  const auto at = [&](int index) -> Symbol& { return symbols[static_cast<std::size_t>(index)]; };
  const auto propose = [&](int left, int right) {
    if (left == kNone || right == kNone) return;
    const std::string_view both = joined(at(left).text, at(right).text);
    if (const int* token = find(both)) {
      merges.push({vocab_.pieces[static_cast<std::size_t>(*token)].score, left, right, both.size()});
    }
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

// A symbol in the vocabulary is one token; any other is a single character and falls back to its bytes.
void Tokenizer::append(std::string_view symbol, std::vector<int>& out) const {
  if (const int* token = find(symbol)) {
    out.push_back(*token);
    return;
  }
  bool have_bytes = true;
  for (const char c : symbol) have_bytes = have_bytes && bytes_[static_cast<unsigned char>(c)] != kNone;
  if (have_bytes) {
    for (const char c : symbol) out.push_back(bytes_[static_cast<unsigned char>(c)]);
  } else if (vocab_.unknown != kNone) {
    out.push_back(vocab_.unknown);
  } else {
    throw Error(fmt::format("text: the vocabulary has no token for \"{}\"", printable(symbol)));
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
