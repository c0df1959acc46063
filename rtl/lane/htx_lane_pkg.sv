// SPDX-License-Identifier: Apache-2.0
// htx_lane_pkg: depths that the blocks of a lane's compute side share.
package htx_lane_pkg;
  localparam int unsigned RESQ_WORDS = 16;  // result queue of a lane, in words of 8 fp32: four blocks
  localparam int unsigned FIN_DEPTH = 4;    // commands started and not yet finished
  localparam int unsigned DOT_LAG = 3;      // clocks from a row's scales to its dot product
endpackage
