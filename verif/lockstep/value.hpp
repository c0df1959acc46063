// SPDX-License-Identifier: Apache-2.0
// How a report shows the value of a signal: hex, as a number, and for fp32 the distance in units of the last place.
#pragma once
#include <cstdint>
#include <string>

#include "golden/common/probe.hpp"

namespace htx::verif {

/// Distance of two fp32 bit patterns in representable values between them; +0 and -0 are the same. Meaningless for NaN.
std::uint64_t ulp_distance(std::uint32_t a, std::uint32_t b);

/// "expected 3f800000 actual 3f800002" with numbers; 32-bit fp32 lanes of wide signals are listed one by one, a line each.
/// `golden`, `rtl`: 64-bit words of a value of `width` bits; they differ.
std::string show_difference(const std::uint64_t* golden, const std::uint64_t* rtl, unsigned width, chip::probe::Show show);

/// The lines of a report on one signal that differs, its name in front; of a packed struct, a line for each field that does.
/// `index`: entry of an array.
std::string signal_lines(const chip::probe::Field& field, unsigned index, const std::uint64_t* golden, const std::uint64_t* rtl);

}  // namespace htx::verif
