// SPDX-License-Identifier: Apache-2.0
// fp16 conversion and UTF-8, the two small formats everything else stands on.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "golden/model/half.hpp"
#include "golden/model/utf8.hpp"
#include "tests/model/gguf_builder.hpp"

namespace htx::model {
namespace {

TEST(Half, EveryPatternMatchesTheCompilersType) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float expected = static_cast<float>(std::bit_cast<_Float16>(half));
    const float actual = half_to_float(half);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(actual)) << bits;
    } else {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(actual), std::bit_cast<std::uint32_t>(expected)) << bits;
      EXPECT_EQ(float_to_half(actual), half);
    }
    EXPECT_EQ(half_is_finite(half), std::isfinite(expected)) << bits;
  }
}

TEST(Half, RoundsLikeTheCompilersType) {
  const auto check = [](float value) {
    EXPECT_EQ(float_to_half(value), std::bit_cast<std::uint16_t>(static_cast<_Float16>(value))) << value;
  };
  // Both neighbours of every fp16 value, the value, and the tie above it: every rounding decision there is.
  for (std::uint32_t bits = 0; bits < 0x7c00; ++bits) {
    const float low = half_to_float(static_cast<std::uint16_t>(bits));
    const float high = bits == 0x7bff ? 65536.0f : half_to_float(static_cast<std::uint16_t>(bits + 1));
    const float tie = low + (high - low) / 2;
    const float infinity = std::numeric_limits<float>::infinity();
    for (const float v : {low, tie, std::nextafter(tie, 0.0f), std::nextafter(tie, infinity)}) {
      check(v);
      check(-v);
    }
  }
  check(std::numeric_limits<float>::infinity());
  check(std::numeric_limits<float>::max());
  check(std::numeric_limits<float>::denorm_min());
  test::Random random(7);
  for (int i = 0; i < 1000000; ++i) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random.bits()));
    if (!std::isnan(value)) check(value);
  }
  EXPECT_TRUE(std::isnan(half_to_float(float_to_half(std::numeric_limits<float>::quiet_NaN()))));
}

TEST(Utf8, FrontCharacter) {
  const auto check = [](std::string_view text, Utf8 kind, std::size_t length) {
    const Utf8Step step = utf8_front(text);
    EXPECT_EQ(step.kind, kind) << printable(text);
    EXPECT_EQ(step.length, length) << printable(text);
  };
  check("ab", Utf8::complete, 1);
  check("\xc3\xa9z", Utf8::complete, 2);
  check("\xe2\x96\x81", Utf8::complete, 3);
  check("\xf0\x9f\x98\x80!", Utf8::complete, 4);
  check("\xf0\x9f\x98", Utf8::incomplete, 3);
  check("\xe2", Utf8::incomplete, 1);
  check("\x80", Utf8::invalid, 1);              // a continuation byte
  check("\xc0\xaf", Utf8::invalid, 1);          // overlong
  check("\xe0\x80\x80", Utf8::invalid, 1);      // overlong
  check("\xed\xa0\x80", Utf8::invalid, 1);      // a surrogate
  check("\xf4\x90\x80\x80", Utf8::invalid, 1);  // above U+10FFFF
  check("\xf5", Utf8::invalid, 1);
  check("\xe2\x96z", Utf8::invalid, 2);
}

TEST(Utf8, PrintableIsOneLine) {
  EXPECT_EQ(printable("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(printable(std::string_view("a\nb\0\x7f\x1b[", 7)), "a\\x0ab\\x00\\x7f\\x1b[");
  EXPECT_EQ(printable("\xc2\x85\xe2\x80\xa8\xff"), "\\xc2\\x85\\xe2\\x80\\xa8\\xff");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
}

}  // namespace
}  // namespace htx::model
