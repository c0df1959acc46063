// SPDX-License-Identifier: Apache-2.0
// What the commands print alike: words for a person, JSON for a program, and refusals that name their file.
#pragma once
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "golden/functional/numeric_error.hpp"
#include "golden/model/utf8.hpp"
#include "verif/lockstep/first_difference.hpp"

namespace htx::tool {

/// Words to standard error. Never throws, because what cannot be written must not change what is done next; main looks
/// at the stream once, at the end.
void say(std::string_view words);

/// One object on standard output. Paths and texts need not be UTF-8, JSON must be: other bytes become U+FFFD.
void print_json(const nlohmann::json& object);

/// {"clock", "block", "lane" (null outside the lanes), "signal", "expected", "actual"}.
nlohmann::json json_of(const verif::FirstDifference& d);

/// What f() returns. An htx::Error out of it, which knows the model but not its file, gets the file's name in front.
template <class F>
decltype(auto) naming(const std::string& file, F&& f) {
  try {
    return f();
  } catch (const NumericError& e) {
    throw NumericError(fmt::format("{}: {}", model::printable(file), e.what()));
  } catch (const Error& e) {
    throw Error(fmt::format("{}: {}", model::printable(file), e.what()));
  }
}

}  // namespace htx::tool
