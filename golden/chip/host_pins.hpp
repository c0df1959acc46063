// SPDX-License-Identifier: Apache-2.0
// The pins of the host port as plain structs, so that one driver serves the golden chip and the RTL.
#pragma once
#include <cstdint>

#include "golden/common/bits.hpp"

namespace htx::chip {

/// What the host drives: an AXI4-Lite master (`l_`) for registers and an AXI4 master of 256 bits for the windows.
struct HostPins {
  bool l_awvalid{}, l_wvalid{}, l_bready{}, l_arvalid{}, l_rready{};
  std::uint16_t l_awaddr{}, l_araddr{};  ///< 12 bits
  std::uint32_t l_wdata{};
  std::uint8_t l_wstrb{};                ///< 4 bits
  bool awvalid{}, wvalid{}, wlast{}, bready{}, arvalid{}, rready{};
  std::uint8_t awid{}, arid{};           ///< 4 bits
  std::uint64_t awaddr{}, araddr{};      ///< 40 bits
  std::uint8_t awlen{}, arlen{};         ///< beats - 1
  std::uint8_t awsize{5}, arsize{5};     ///< log2 of the bytes in a beat
  std::uint8_t awburst{1}, arburst{1};   ///< 0 FIXED, 1 INCR, 2 WRAP
  Bits<4> wdata{};
  std::uint32_t wstrb{};
};

/// What the chip answers.
struct HostAnswer {
  bool l_awready{}, l_wready{}, l_bvalid{}, l_arready{}, l_rvalid{};
  std::uint8_t l_bresp{}, l_rresp{};     ///< 0 OKAY, 2 SLVERR, 3 DECERR
  std::uint32_t l_rdata{};
  bool awready{}, wready{}, bvalid{}, arready{}, rvalid{}, rlast{};
  std::uint8_t bid{}, rid{}, bresp{}, rresp{};
  Bits<4> rdata{};
  bool irq{};
};

}  // namespace htx::chip
