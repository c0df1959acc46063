// SPDX-License-Identifier: Apache-2.0
// htx_vmem: each port shows what was written last to the word read, by either writer (docs/blocks/vmem.md). One word, chosen in
// reset, is followed; one assertion a bit.
module vmem_props #(
  localparam int unsigned WORDS = htx_pkg::VMEM_BLOCKS * htx_pkg::BLK / htx_pkg::VW,
  localparam int unsigned AW = $clog2(WORDS),
  localparam int unsigned DW = 32 * htx_pkg::VW
) (
  input logic          clk_i,
  input logic          rst_ni,
  input logic          a_re_i,
  input logic [AW-1:0] a_raddr_i,
  input logic          b_re_i,
  input logic [AW-1:0] b_raddr_i,
  input logic          vec_we_i,
  input logic [AW-1:0] vec_waddr_i,
  input logic [DW-1:0] vec_wdata_i,
  input logic          col_we_i,
  input logic [AW-1:0] col_waddr_i,
  input logic [DW-1:0] col_wdata_i,
  input logic [AW-1:0] follow_i  // the word to follow, chosen in reset
);
  logic [DW-1:0] a_rdata, b_rdata;
  htx_vmem dut (
    .clk_i, .rst_ni, .a_re_i, .a_raddr_i, .a_rdata_o(a_rdata), .b_re_i, .b_raddr_i, .b_rdata_o(b_rdata), .vec_we_i, .vec_waddr_i,
    .vec_wdata_i, .col_we_i, .col_waddr_i, .col_wdata_i);

  logic          started_q = 1'b0;
  logic [AW-1:0] follow_q;
  logic          known_q, a_shows_q, b_shows_q;
  logic [DW-1:0] word_q, a_word_q, b_word_q;
  logic          vec_hit, col_hit;
  assign vec_hit = vec_we_i && vec_waddr_i == follow_q;
  assign col_hit = col_we_i && col_waddr_i == follow_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni) begin
      follow_q  <= follow_i;
      known_q   <= 1'b0;
      a_shows_q <= 1'b0;
      b_shows_q <= 1'b0;
    end else begin
      if (vec_hit || col_hit) known_q <= 1'b1;
      if (vec_hit) word_q <= vec_wdata_i;
      if (col_hit) word_q <= col_wdata_i;
      if (a_re_i) a_shows_q <= known_q && a_raddr_i == follow_q;
      if (a_re_i) a_word_q  <= word_q;
      if (b_re_i) b_shows_q <= known_q && b_raddr_i == follow_q;
      if (b_re_i) b_word_q  <= word_q;
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset, and the memory is used only out of it.
    a1: assume ((started_q || !rst_ni) && (rst_ni || !(vec_we_i || col_we_i)));
    // assume 2: the two writers are never in the same clock.
    a2: assume (!(vec_we_i && col_we_i));
    // assume 3: a word is not read in the clock in which it is written.
    a3: assume (!((vec_we_i && a_re_i && vec_waddr_i == a_raddr_i) || (col_we_i && a_re_i && col_waddr_i == a_raddr_i)));
    // assume 4: on neither port.
    a4: assume (!((vec_we_i && b_re_i && vec_waddr_i == b_raddr_i) || (col_we_i && b_re_i && col_waddr_i == b_raddr_i)));
    if (rst_ni) begin
      // cover 1: both ports show a followed word, with different values.
      c1: cover (a_shows_q && b_shows_q && a_word_q[0] != b_word_q[0]);
    end
  end

  for (genvar i = 0; i < DW; i++) begin : g_bit
    always_ff @(posedge clk_i) begin
      // rule 1: port A shows what was written last to the word of its last read.
      if (rst_ni) assert (!a_shows_q || a_rdata[i] == a_word_q[i]);
      // rule 2: so does port B.
      if (rst_ni) assert (!b_shows_q || b_rdata[i] == b_word_q[i]);
    end
  end
endmodule
