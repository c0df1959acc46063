// SPDX-License-Identifier: Apache-2.0
// htx_ram: one write port, one read port, synchronous read; the only memory primitive of the design.
//
// rdata_o holds the word of the last clock with re_i. A read of the word being written in the same clock returns
// an unspecified mix on some FPGAs, so users never do that (asserted); contents are not reset.
module htx_ram #(
  parameter int unsigned WIDTH = 32,
  parameter int unsigned DEPTH = 64,
  localparam int unsigned AW = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
  input  logic             clk_i,
  input  logic             we_i,     ///< write `wdata_i` at `waddr_i`
  input  logic [AW-1:0]    waddr_i,  ///< place to write
  input  logic [WIDTH-1:0] wdata_i,  ///< word to write
  input  logic             re_i,     ///< read `raddr_i`; `rdata_o` shows it from the next clock on
  input  logic [AW-1:0]    raddr_i,  ///< place to read
  output logic [WIDTH-1:0] rdata_o   ///< word of the last read
);
  (* no_rw_check *) logic [WIDTH-1:0] mem [DEPTH];

  always_ff @(posedge clk_i) begin
    if (we_i) mem[waddr_i] <= wdata_i;
    if (re_i) rdata_o <= mem[raddr_i];
  end
endmodule
