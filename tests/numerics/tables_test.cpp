// SPDX-License-Identifier: Apache-2.0
// The compiled header holds the hexadecimal of the SystemVerilog file, read here a second way.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "htx_tables.hpp"

namespace {

TEST(Tables, HeaderIsTheFile) {
  std::ifstream in(HTX_TABLES_SV);
  ASSERT_TRUE(in) << HTX_TABLES_SV;
  int quadratics = 0, words = 0;
  for (std::string line; std::getline(in, line);) {
    unsigned a, c0, c1, c2, f, v;
    if (std::sscanf(line.c_str(), " 9'h%x: func_coef = {30'h%x, 24'h%x, 17'h%x};", &a, &c0, &c1, &c2) == 4) {
      const auto& q = htx::numerics::tables::kFuncCoef[a];
      EXPECT_EQ(unsigned(q.c0), c0) << line;
      EXPECT_EQ(unsigned(q.c1) & 0xffffffu, c1) << line;
      EXPECT_EQ(unsigned(q.c2) & 0x1ffffu, c2) << line;
      ++quadratics;
    } else if (std::sscanf(line.c_str(), " 8'h%x: softmax_rom = 16'h%x;", &f, &v) == 2) {
      EXPECT_EQ(htx::numerics::tables::kSoftmaxRom[f], v) << line;
      ++words;
    }
  }
  EXPECT_EQ(quadratics, 320);
  EXPECT_EQ(words, 256);
}

}  // namespace
