// SPDX-License-Identifier: Apache-2.0
// What a probed signal is: the generated probe structs (golden/chip/*.probe) describe themselves with these.
#pragma once
#include <cstdint>
#include <span>

namespace htx::chip::probe {

/// How reports show a value beside its hex digits.
enum class Show : std::uint8_t { plain, fp32, signed_number };  ///< fp32: every 32 bits are a float

/// One field of a signal that is a packed struct.
struct Part {
  const char* name;
  unsigned lsb, width;
  Show show;
};

/// One compared signal of a block.
struct Field {
  const char* name;  ///< as the RTL calls it
  unsigned width;    ///< bits of one entry
  unsigned depth;    ///< entries of an unpacked array, 0 for a plain signal
  unsigned word;     ///< first 64-bit word within the probe struct
  Show show = Show::plain;
  bool lane = false;  ///< this copy's bits of a vector that holds all lanes side by side
  std::span<const Part> parts{};  ///< of a packed struct, else none
};

}  // namespace htx::chip::probe
