// SPDX-License-Identifier: Apache-2.0
// Values in a report: numbers beside the hex digits, floats with their distance, signs, and the fields of a packed struct.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "htx/pkg.hpp"
#include "htx/probe/all.hpp"
#include "verif/lockstep/value.hpp"

namespace htx::verif {
namespace {

using chip::probe::Show;

std::string show(std::uint64_t golden, std::uint64_t rtl, unsigned width, Show how) { return show_difference(&golden, &rtl, width, how); }

template <class P>
const chip::probe::Field& field(std::string_view name) {
  return *std::find_if(std::begin(P::fields), std::end(P::fields), [&](const auto& f) { return f.name == name; });
}

TEST(Value, PlainAndSigned) {
  EXPECT_EQ(show(5, 6, 8, Show::plain), "expected 05 actual 06  (5 / 6)");
  EXPECT_EQ(show(1, 0, 1, Show::plain), "expected 1 actual 0");
  EXPECT_EQ(show(0x3ffff, 2, 18, Show::signed_number), "expected 3ffff actual 00002  (-1 / 2)");
  EXPECT_EQ(show(~0ULL, 1, 64, Show::signed_number), "expected ffffffffffffffff actual 0000000000000001  (-1 / 1)");
  EXPECT_EQ(show(0x80000000, 0, 32, Show::signed_number), "expected 80000000 actual 00000000  (-2147483648 / 0)");
}

TEST(Value, Floats) {
  EXPECT_EQ(show(0x3f800000, 0x3f800002, 32, Show::fp32), "expected 3f800000 actual 3f800002  (1 / 1.00000024, 2 ulp)");
  EXPECT_EQ(show(0x00000001, 0x80000001, 32, Show::fp32), "expected 00000001 actual 80000001  (1.40129846e-45 / -1.40129846e-45, 2 ulp)");
}

TEST(Value, ZerosOfBothSigns) {
  EXPECT_EQ(show(0, 0x80000000, 32, Show::fp32), "expected 00000000 actual 80000000  (0 / -0, different sign)");
}

TEST(Value, NotANumber) {
  EXPECT_EQ(show(0x7fc00000, 0x3f800000, 32, Show::fp32), "expected 7fc00000 actual 3f800000  (nan / 1, NaN)");
  EXPECT_EQ(show(0x7fc00000, 0x7fc00001, 32, Show::fp32), "expected 7fc00000 actual 7fc00001  (nan / nan, another NaN)");
}

TEST(Value, ElementsOfAWord) {
  const std::uint64_t golden[4] = {0, 0x3f80000000000000, 0, 0}, rtl[4] = {0, 0x4000000000000000, 0, 0};
  EXPECT_EQ(show_difference(golden, rtl, 256, Show::fp32), "element 3: expected 3f800000 actual 40000000  (1 / 2, 8388608 ulp)");
}

TEST(Value, FieldsOfAStruct) {
  pkg::res_word_t golden, rtl;
  golden.addr = 0x123;
  rtl.addr = 0x124;
  golden.data[3] = 0x3f80000000000000;
  rtl.data[3] = 0x3f80000100000000;
  const auto g = golden.pack(), r = rtl.pack();
  EXPECT_EQ(signal_lines(field<chip::probe::accum>("res_o"), 0, g.data(), r.data()),
            "    res_o.addr        expected 0123 actual 0124  (291 / 292)\n"
            "    res_o.data        element 7: expected 3f800000 actual 3f800001  (1 / 1.00000012, 1 ulp)\n");
}

TEST(Value, EveryStructIsCoveredByItsFields) {
  auto chip = std::make_unique<chip::probe::Chip>();
  chip::probe::Chip::each(*chip, 8, 8, [](const auto& block, unsigned) {
    using P = std::remove_cvref_t<decltype(block)>;
    for (const auto& f : P::fields) {
      unsigned sum = 0;
      for (const auto& part : f.parts) sum += part.width;
      if (!f.parts.empty()) EXPECT_EQ(sum, f.width) << P::block << "." << f.name;
    }
  });
}

TEST(Value, EntriesOfAnArray) {
  const chip::probe::Field f{"index_q", 16, 8, 0};
  const std::uint64_t golden = 1, rtl = 2;
  EXPECT_EQ(signal_lines(f, 3, &golden, &rtl), "    index_q[3]        expected 0001 actual 0002  (1 / 2)\n");
}

}  // namespace
}  // namespace htx::verif
