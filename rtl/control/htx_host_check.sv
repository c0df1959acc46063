// SPDX-License-Identifier: Apache-2.0
// htx_host_check: answer to the address of a burst on the data port: 0 take it, 2 SLVERR, 3 DECERR. Combinational.
module htx_host_check #(
  parameter int unsigned LANES = 8
) (
  input  logic        read_i,   ///< a read, else a write
  input  logic [39:0] addr_i,   ///< byte address
  input  logic [7:0]  len_i,    ///< beats - 1
  input  logic [2:0]  size_i,   ///< log2 of the bytes in a beat
  input  logic [1:0]  burst_i,  ///< 1 = INCR
  output logic [1:0]  resp_o    ///< AXI response
);
  logic [30:0] index;  // of the 32-byte word within the window
  logic        nowhere, unfit;
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
  assign unfit  = size_i != 3'd5 || burst_i != 2'd1 || addr_i[4:0] != '0 || 9'(index[6:0]) + 9'(len_i) > 9'd127 ||
                  (read_i && addr_i[39:36] == 4'(htx_pkg::WIN_SEG));
  assign resp_o = nowhere ? 2'd3 : unfit ? 2'd2 : 2'd0;
endmodule
