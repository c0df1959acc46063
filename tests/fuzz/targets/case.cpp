// SPDX-License-Identifier: Apache-2.0
// Any bytes as a random program's case file: read or refused in one line, and written as it was read.
#include <nlohmann/json.hpp>
#include <string>

#include "tests/fuzz/fuzz.hpp"
#include "verif/random/case_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace htx;
  const auto json = nlohmann::ordered_json::parse(data, data + size, nullptr, false);
  if (json.is_discarded()) return 0;
  try {
    const random::Case c = random::from_json(json);
    const std::string text = random::case_text(c);
    fuzz::require(random::case_text(random::from_json(nlohmann::ordered_json::parse(text))) == text, "a case that was read is not written the same");
  } catch (const Error& e) {
    fuzz::one_line(e);
  }
  return 0;
}
