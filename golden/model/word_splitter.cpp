// SPDX-License-Identifier: Apache-2.0
#include "golden/model/word_splitter.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "golden/model/utf8.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace htx::model {
namespace {

using namespace std::string_view_literals;

// What the expressions have in common, to be read once: an English contraction, a word with at most one sign before it,
// signs with at most one space before them, ends of lines, spaces but for the one that belongs to the next word.
#define HTX_CONTRACTION "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define HTX_WORD "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"
#define HTX_SIGNS " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
#define HTX_SPACES "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

constexpr std::array kGpt2 = {"'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"sv};
constexpr std::array kLlama3 = {HTX_CONTRACTION "|" HTX_WORD "|\\p{N}{1,3}|" HTX_SIGNS "|" HTX_SPACES ""sv};
constexpr std::array kQwen2 = {HTX_CONTRACTION "|" HTX_WORD "|\\p{N}|" HTX_SIGNS "|" HTX_SPACES ""sv};
constexpr std::array kDefault = {"[\\p{P}$+<=>^~|]+"sv, kGpt2[0], "\\p{N}+"sv, "[0-9][0-9][0-9]"sv};
constexpr std::array kDigits = {"\\p{N}"sv, kGpt2[0]};
constexpr std::array kDeepseek3 = {"\\p{N}{1,3}"sv, "[\\x{4e00}-\\x{9fa5}\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}]+"sv,
                                   "[!-/:-@\\[-`{-~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|" HTX_SPACES ""sv};
constexpr std::array kGpt4o = {
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+" HTX_CONTRACTION
    "?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*" HTX_CONTRACTION
    "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" HTX_SPACES ""sv};

constexpr std::array kRules = {
    WordRule{"default", kDefault},
    WordRule{"gpt-2", kGpt2},
    WordRule{"gpt2", kGpt2},
    WordRule{"phi-2", kGpt2},
    WordRule{"olmo", kGpt2},
    WordRule{"starcoder", kDigits},
    WordRule{"refact", kDigits},
    WordRule{"smollm", kDigits},
    WordRule{"codeshell", kDigits},
    WordRule{"llama-bpe", kLlama3, true, true},
    WordRule{"llama3", kLlama3, true, true},
    WordRule{"llama-v3", kLlama3, true, true},
    WordRule{"qwen2", kQwen2},
    WordRule{"deepseek-r1-qwen", kQwen2},
    WordRule{"deepseek-v3", kDeepseek3},
    WordRule{"gpt-4o", kGpt4o},
};

}  // namespace

struct WordSplitter::Compiled {
  pcre2_code* code = nullptr;
  explicit Compiled(std::string_view expression) {
    int error = 0;
    PCRE2_SIZE at = 0;
    code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK, &error, &at, nullptr);
    if (code == nullptr) throw std::logic_error(fmt::format("word rule \"{}\": error {} at {}", expression, error, at));
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // only faster
  }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() { pcre2_code_free(code); }

  /// Appends the matches in `text`, valid UTF-8, and what lies between them.
  void cut(std::string_view text, std::vector<std::string_view>& out) const {
    const std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> match(pcre2_match_data_create(1, nullptr), pcre2_match_data_free);
    std::size_t done = 0;
    while (done < text.size()) {
      const int found = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), done, PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, match.get(), nullptr);
      if (found < 0) break;  // none left; the longest text that PCRE2 gives up on is one word
      const PCRE2_SIZE* at = pcre2_get_ovector_pointer(match.get());
      if (at[0] > done) out.push_back(text.substr(done, at[0] - done));
      out.push_back(text.substr(at[0], at[1] - at[0]));
      done = at[1];
    }
    if (done < text.size()) out.push_back(text.substr(done));
  }
};

std::span<const WordRule> word_rules() { return kRules; }

const WordRule* find_word_rule(std::string_view name) {
  for (const WordRule& rule : kRules) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

WordSplitter::WordSplitter(const WordRule& rule) {
  for (const std::string_view expression : rule.expressions) expressions_.push_back(std::make_unique<Compiled>(expression));
}
WordSplitter::~WordSplitter() = default;
WordSplitter::WordSplitter(WordSplitter&&) noexcept = default;
WordSplitter& WordSplitter::operator=(WordSplitter&&) noexcept = default;

std::vector<std::string_view> WordSplitter::split(std::string_view text) const {
  std::vector<std::string_view> all;
  const auto add = [&](std::string_view valid) {
    std::vector<std::string_view> words;
    if (!valid.empty()) words.push_back(valid);
    for (const auto& expression : expressions_) {
      std::vector<std::string_view> finer;
      for (const std::string_view word : words) expression->cut(word, finer);
      words = std::move(finer);
    }
    all.insert(all.end(), words.begin(), words.end());
  };
  std::size_t begin = 0, at = 0;
  while (at < text.size()) {
    const Utf8Step step = utf8_front(text.substr(at));
    if (step.kind != Utf8::complete) {
      add(text.substr(begin, at - begin));
      for (std::size_t i = 0; i < step.length; ++i) all.push_back(text.substr(at + i, 1));
      begin = at + step.length;
    }
    at += step.length;
  }
  add(text.substr(begin));
  return all;
}

}  // namespace htx::model
