// SPDX-License-Identifier: Apache-2.0
// RoPE's table from basic IEEE binary64 operations alone (+ - * / and comparisons): no C library decides a logit.
#pragma once
#include <cstdint>
#include <span>

namespace htx::numerics {

/// cos and sin of one pair's angle, rounded to fp32.
struct CosSin {
  float c, s;
};

/// base^(-2 i / dim) / factor, binary64: the angle per position of pair i. Needs base > 0; factor is 1 but for models
/// that stretch their context pair by pair.
double rope_frequency(double base, std::uint32_t i, std::uint32_t dim, double factor = 1.0);

/// cos and sin of pos * frequency. Error of the angle below 2^-50 of it; positions up to 2^24.
CosSin rope_cos_sin(std::uint32_t pos, double frequency);

/// One row of the table: dim/2 pairs. factors: empty, or one a pair.
void rope_row(std::uint32_t pos, std::uint32_t dim, double base, std::span<const double> factors, CosSin* row);

/// The pieces, for tests: natural logarithm (x > 0 and normal), exponential (|x| < 700), cosine and sine (|x| < 2^31).
double ln_basic(double x);
double exp_basic(double x);
void cos_sin_basic(double x, double& c, double& s);

}  // namespace htx::numerics
