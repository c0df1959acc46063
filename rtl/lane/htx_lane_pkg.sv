// SPDX-License-Identifier: Apache-2.0
// htx_lane_pkg: depths that the blocks of a lane's compute side share, and what the dot engine tells all its columns.
package htx_lane_pkg;
  localparam int unsigned RESQ_WORDS = 16;  // result queue of a column, in words of 8 fp32: four blocks
  localparam int unsigned FIN_DEPTH = 4;    // commands started and not yet finished
  localparam int unsigned DOT_LAG = 3;      // clocks from a row's scales to its dot product

  typedef struct packed {
    logic       act_re;     // read the activation block of a tile; its integers are loaded with act_load, a clock later,
    logic [9:0] act_addr;
    logic       act_load;
    logic       sa_load;    // and its scale with sa_load
    logic       share_re;   // read a token's share, loaded with share_load
    logic [5:0] share_addr; // {page[0], token}
    logic       share_load;
    logic       one_load;   // load 1 at element `one`, 0 elsewhere
    logic [4:0] one;
    logic       w_emit;     // the row whose operands stand: an element of an EMBED row
    logic       w_pv;       // a row of a value tile
    logic [4:0] w_row;      // its number, or token
    logic [2:0] w_tile;
    logic [1:0] w_page;     // page, modulo 4
    logic       w_first;    // of the first page
    logic       w_last;     // of the command's last tile
    logic       s_score;    // two clocks later: a score's
    logic [4:0] s_row;
    logic       d_score;    // three clocks later: a score's
    logic       d_first;    // of the page's first tile
    logic       d_last;     // of its last tile
    logic [4:0] dot_row;    // four clocks later
  } dot_ctl_t;
endpackage
