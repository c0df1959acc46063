// SPDX-License-Identifier: Apache-2.0
// The two quantisation rules, on values whose results can be worked out by hand.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "golden/model/qmatrix.hpp"

namespace htx::model {
namespace {

TEST(Quantise, Q8RoundsHalfAwayFromZero) {
  // d = 127/127 = 1: the values are the integers themselves.
  const std::array<float, 7> x = {127.0f, 0.5f, -0.5f, 1.5f, -2.5f, 2.49f, -126.6f};
  const QBlock block = quantise_q8_0(x);
  EXPECT_EQ(half_to_float(block.scale), 1.0f);
  const std::array<int, 8> expected = {127, 1, -1, 2, -3, 2, -127, 0};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(block.values[i], expected[i]) << i;
}

TEST(Quantise, Q8UsesTheUnroundedScaleForTheIntegers) {
  // d = 0.3/127 is no fp16: the integers come from the fp32 d, so the largest is 127 exactly.
  const std::array<float, 2> x = {-0.3f, 0.1f};
  const QBlock block = quantise_q8_0(x);
  EXPECT_EQ(block.scale, float_to_half(0.3f / 127.0f));
  EXPECT_EQ(block.values[0], -127);
  EXPECT_EQ(block.values[1], 42);
}

TEST(Quantise, Q4PutsTheLargestAtMinusEight) {
  const std::array<float, 8> positive = {8.0f, -7.6f, 7.4f, 0.4f, 0.5f, -0.5f, -0.51f, 7.5f};
  const QBlock block = quantise_q4_0(positive);  // d = 8/-8 = -1, so q = floor(-x + 8.5) - 8, at most 7
  EXPECT_EQ(half_to_float(block.scale), -1.0f);
  const std::array<int, 9> expected = {-8, 7, -7, 0, 0, 1, 1, -7, 0};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(block.values[i], expected[i]) << i;
}

TEST(Quantise, Q4TakesTheFirstOfEqualMagnitudes) {
  const std::array<float, 2> x = {-4.0f, 4.0f};
  const QBlock block = quantise_q4_0(x);
  EXPECT_EQ(half_to_float(block.scale), 0.5f);
  EXPECT_EQ(block.values[0], -8);
  EXPECT_EQ(block.values[1], 7);  // 8 is clamped
}

TEST(Quantise, ZerosAndTheTiniestNumbersGiveZeros) {
  for (const float tiny : {0.0f, 1e-45f, -1e-40f}) {
    const std::vector<float> x(32, tiny);
    for (const QBlock& block : {quantise_q8_0(x), quantise_q4_0(x)}) {
      EXPECT_EQ(half_to_float(block.scale), 0.0f) << tiny;
      for (const std::int8_t value : block.values) EXPECT_EQ(value, 0) << tiny;
    }
  }
}

TEST(Quantise, RowsEndInZerosAndRefuseWhatFp16CannotScale) {
  for (const WeightFormat format : {WeightFormat::q8_0, WeightFormat::q4_0}) {
    QMatrix matrix(2, 40, format);
    EXPECT_EQ(matrix.blocks(), 2u);
    std::vector<float> row(40, -1.0f);
    EXPECT_TRUE(quantise_row(row, matrix, 1));
    EXPECT_EQ(matrix.value(0, 39), 0);
    EXPECT_NEAR(matrix.weight(1, 39), -1.0f, 1e-3f);
    for (std::size_t i = 8; i < kBlock; ++i) EXPECT_EQ(matrix.block(1, 1)[i], 0) << i;
    row[35] = format == WeightFormat::q8_0 ? 65520.0f * 127.0f : 65520.0f * 8.0f;
    EXPECT_FALSE(quantise_row(row, matrix, 1));
    row[35] = std::nextafter(row[35], 0.0f);
    EXPECT_TRUE(quantise_row(row, matrix, 1));
  }
}

TEST(Quantise, ErrorIsAtMostHalfAStepForQ8) {
  std::vector<float> row(32);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = std::sin(static_cast<float>(i) * 1.7f);
  QMatrix matrix(1, 32, WeightFormat::q8_0);
  ASSERT_TRUE(quantise_row(row, matrix, 0));
  for (std::size_t i = 0; i < row.size(); ++i) {
    EXPECT_NEAR(matrix.weight(0, i), row[i], matrix.scale(0, 0) * 0.57f) << i;  // half a step and the scale's rounding
  }
}

}  // namespace
}  // namespace htx::model
