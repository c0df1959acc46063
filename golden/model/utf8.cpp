// SPDX-License-Identifier: Apache-2.0
#include "golden/model/utf8.hpp"

#include <fmt/format.h>

namespace htx::model {
namespace {

unsigned byte_at(std::string_view text, std::size_t index) { return static_cast<unsigned char>(text[index]); }

// The allowed second bytes, which exclude overlong forms, surrogates and code points above 10FFFF.
bool second_byte_fits(unsigned first, unsigned second) {
  unsigned low = 0x80, high = 0xbf;
  if (first == 0xe0) low = 0xa0;
  if (first == 0xed) high = 0x9f;
  if (first == 0xf0) low = 0x90;
  if (first == 0xf4) high = 0x8f;
  return second >= low && second <= high;
}

}  // namespace

Utf8Step utf8_front(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return {Utf8::complete, 1};
  if (first < 0xc2 || first > 0xf4) return {Utf8::invalid, 1};
  const std::size_t wanted = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (std::size_t i = 1; i < wanted; ++i) {
    if (i == text.size()) return {Utf8::incomplete, i};
    const unsigned next = byte_at(text, i);
    if (i == 1 ? !second_byte_fits(first, next) : (next & 0xc0) != 0x80) return {Utf8::invalid, i};
  }
  return {Utf8::complete, wanted};
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t used = 0;
  while (used < text.size() && used < limit) {
    const std::string_view rest = text.substr(used);
    const Utf8Step step = utf8_front(rest);
    const unsigned first = byte_at(rest, 0);
    const bool c1_control = step.length == 2 && first == 0xc2 && byte_at(rest, 1) < 0xa0;
    const bool line_separator =
        step.length == 3 && (rest.starts_with("\xe2\x80\xa8") || rest.starts_with("\xe2\x80\xa9"));
    if (step.kind == Utf8::complete && first >= 0x20 && first != 0x7f && !c1_control && !line_separator) {
      out += rest.substr(0, step.length);
    } else {
      for (std::size_t i = 0; i < step.length; ++i) out += fmt::format("\\x{:02x}", byte_at(rest, i));
    }
    used += step.length;
  }
  if (used < text.size()) out += "...";
  return out;
}

}  // namespace htx::model
