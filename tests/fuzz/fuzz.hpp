// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share: a finding is an abort, which libFuzzer and the replay both see.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "golden/model/error.hpp"

namespace htx::fuzz {

/// Ends the process with `what` unless `right`.
inline void require(bool right, std::string_view what) {
  if (right) return;
  std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

/// Every refusal is one printable line.
inline void one_line(const Error& e) {
  const std::string_view words = e.what();
  require(!words.empty(), "a refusal without words");
  for (const char c : words) require(static_cast<unsigned char>(c) >= 32 && c != 127, "a refusal with a control character");
}

}  // namespace htx::fuzz
