// SPDX-License-Identifier: Apache-2.0
// What a probed signal is: the generated probe structs (golden/chip/*.probe) describe themselves with these.
#pragma once

namespace htx::chip::probe {

/// One compared signal of a block.
struct Field {
  const char* name;  ///< as the RTL calls it
  unsigned width;    ///< bits of one entry
  unsigned depth;    ///< entries of an unpacked array, 0 for a plain signal
  unsigned word;     ///< first 64-bit word within the probe struct
  bool fp32 = false;  ///< its 32-bit parts are floats
};

}  // namespace htx::chip::probe
