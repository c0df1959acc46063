// SPDX-License-Identifier: Apache-2.0
// htx_vmem: the vector memory, two read ports and one write port of words of VW fp32.
//
// Two copies of one RAM, both written, each read by one port; data one clock after the read. The vector unit and the
// collector share the write port; their handshake (docs/blocks/collect.md) keeps them out of the same clock.
module htx_vmem #(
  localparam int unsigned WORDS = htx_pkg::VMEM_BLOCKS * htx_pkg::BLK / htx_pkg::VW,
  localparam int unsigned AW = $clog2(WORDS),
  localparam int unsigned DW = 32 * htx_pkg::VW
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          a_re_i,       ///< read port A
  input  logic [AW-1:0] a_raddr_i,    ///< word: block * 4 + word
  output logic [DW-1:0] a_rdata_o,    ///< the word of the last clock with a_re_i
  input  logic          b_re_i,       ///< read port B
  input  logic [AW-1:0] b_raddr_i,    ///< word
  output logic [DW-1:0] b_rdata_o,    ///< the word of the last clock with b_re_i
  input  logic          vec_we_i,     ///< the vector unit writes
  input  logic [AW-1:0] vec_waddr_i,  ///< word
  input  logic [DW-1:0] vec_wdata_i,  ///< its values
  input  logic          col_we_i,     ///< the collector writes; never in the same clock
  input  logic [AW-1:0] col_waddr_i,  ///< word
  input  logic [DW-1:0] col_wdata_i   ///< its values
);
  logic          we;
  logic [AW-1:0] waddr;
  logic [DW-1:0] wdata;
  assign we    = vec_we_i || col_we_i;
  assign waddr = vec_we_i ? vec_waddr_i : col_waddr_i;
  assign wdata = vec_we_i ? vec_wdata_i : col_wdata_i;

  htx_ram #(.WIDTH(DW), .DEPTH(WORDS)) copy_a (
    .clk_i, .we_i(we), .waddr_i(waddr), .wdata_i(wdata), .re_i(a_re_i), .raddr_i(a_raddr_i), .rdata_o(a_rdata_o)
  );
  htx_ram #(.WIDTH(DW), .DEPTH(WORDS)) copy_b (
    .clk_i, .we_i(we), .waddr_i(waddr), .wdata_i(wdata), .re_i(b_re_i), .raddr_i(b_raddr_i), .rdata_o(b_rdata_o)
  );

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(vec_we_i && col_we_i));
      assert (!(we && a_re_i && waddr == a_raddr_i));
      assert (!(we && b_re_i && waddr == b_raddr_i));
    end
  end
endmodule
