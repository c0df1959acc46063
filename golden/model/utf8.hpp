// SPDX-License-Identifier: Apache-2.0
// Strict UTF-8 (no overlong forms, no surrogates), one character at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace htx::model {

enum class Utf8 {
  complete,    ///< a character of `length` bytes
  incomplete,  ///< all `length` bytes that are there begin a character, its rest is missing
  invalid,     ///< `length` bytes (at least 1) can begin no character
};

struct Utf8Step {
  Utf8 kind;
  std::size_t length;
};

/// Looks at the front of `text`, which must not be empty.
Utf8Step utf8_front(std::string_view text);

/// For error texts: one line of valid UTF-8, control and stray bytes as \xNN, at most `limit` source bytes.
std::string printable(std::string_view text, std::size_t limit = 200);

}  // namespace htx::model
