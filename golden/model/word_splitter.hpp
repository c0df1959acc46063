// SPDX-License-Identifier: Apache-2.0
// Cuts text into the words that a byte-level tokenizer merges within: each family of models has its rule, a list of
// regular expressions named by tokenizer.ggml.pre. The expressions are Unicode's; PCRE2 runs them.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace htx::model {

/// One rule as the ecosystem names it.
struct WordRule {
  std::string_view name;
  std::span<const std::string_view> expressions;  ///< applied one after the other, each to what the last one cut
  bool whole_words = false;                        ///< a word that is a token is one, whatever the merges say
  bool adds_bos = false;                           ///< where the file does not say
};

/// All rules, aliases as entries of their own.
std::span<const WordRule> word_rules();
/// nullptr when the name is unknown.
const WordRule* find_word_rule(std::string_view name);

class WordSplitter {
 public:
  explicit WordSplitter(const WordRule& rule);
  ~WordSplitter();
  WordSplitter(WordSplitter&&) noexcept;
  WordSplitter& operator=(WordSplitter&&) noexcept;

  /// The words of `text`, in order; together they are the text. A byte that is no UTF-8 is a word of its own.
  std::vector<std::string_view> split(std::string_view text) const;

 private:
  struct Compiled;
  std::vector<std::unique_ptr<Compiled>> expressions_;
};

}  // namespace htx::model
