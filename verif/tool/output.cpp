// SPDX-License-Identifier: Apache-2.0
#include "verif/tool/output.hpp"

#include <cstdio>

namespace htx::tool {

void say(std::string_view words) { std::fwrite(words.data(), 1, words.size(), stderr); }

void print_json(const nlohmann::json& object) {
  const std::string text = object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

nlohmann::json json_of(const verif::FirstDifference& d) {
  nlohmann::json lane;
  if (d.lane) lane = *d.lane;
  return {{"clock", d.clock}, {"block", d.block}, {"lane", lane}, {"signal", d.signal}, {"expected", d.expected}, {"actual", d.actual}};
}

}  // namespace htx::tool
