// SPDX-License-Identifier: Apache-2.0
// htx_host_check: what is wrong with the address of a burst on the data port (bad_e, docs/blocks/host.md). Combinational.
module htx_host_check #(
  parameter int unsigned LANES = 8
) (
  input  logic [39:0] addr_i,   ///< byte address
  input  logic [7:0]  len_i,    ///< beats - 1
  input  logic [2:0]  size_i,   ///< log2 of the bytes in a beat
  input  logic [1:0]  burst_i,  ///< 0 FIXED, 1 INCR, 2 WRAP
  output logic [1:0]  kind_o    ///< bad_e, 0: take it
);
  logic [30:0] index;  // of the 32-byte word within the window
  logic        nowhere, strange, wraps;
  logic [6:0]  beyond;       // bits of an address within a beat
  logic [11:0] first;        // of the first beat's container, within its 4 KiB
  logic [13:0] bytes;        // of all beats, where they are not too wide
  assign index = addr_i[35:5];
  always_comb begin
    case (addr_i[39:36])
      4'(htx_pkg::WIN_DRAM):    nowhere = 32'(index[30:28]) >= LANES;
      4'(htx_pkg::WIN_PROGRAM): nowhere = index >= 31'(htx_pkg::PROG_WORDS);
      4'(htx_pkg::WIN_SEG):     nowhere = index[30:15] != '0 || 32'(index[14:12]) >= LANES || index[11:0] >= 12'(htx_pkg::SEG_ENTRIES);
      4'(htx_pkg::WIN_TOKENS):  nowhere = index >= 31'(htx_pkg::TOKEN_WORDS);
      default:                  nowhere = 1'b1;
    endcase
  end
  assign beyond  = 7'((8'd1 << size_i) - 8'd1);
  assign first   = {addr_i[11:7], addr_i[6:0] & ~beyond};
  assign bytes   = (14'(len_i) + 14'd1) << size_i;
  assign wraps   = len_i == 8'd1 || len_i == 8'd3 || len_i == 8'd7 || len_i == 8'd15;
  assign strange = size_i > 3'd5 || burst_i == 2'd3 || (burst_i == 2'd0 && len_i > 8'd15) || (burst_i == 2'd2 && (!wraps || (addr_i[6:0] & beyond) != '0));
  assign kind_o  = nowhere ? 2'(htx_pkg::BAD_NOWHERE) : strange ? 2'(htx_pkg::BAD_BURST)
                 : burst_i == 2'd1 && 14'(first) + bytes > 14'd4096 ? 2'(htx_pkg::BAD_4K) : 2'(htx_pkg::BAD_NONE);
endmodule
