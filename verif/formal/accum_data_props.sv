// SPDX-License-Identifier: Apache-2.0
// htx_accum, values: a row is added to what its accumulator holds, and results stand in their word in the order in which they were
// written (docs/blocks/accum.md). The floating-point units are cut: whatever they compute. One accumulator
// is followed; one assertion a bit.
module accum_data_props (
  input logic         clk_i,
  input logic         rst_ni,
  input logic         dot_valid_i,
  input logic         dot_score_i,
  input logic [4:0]   dot_row_i,
  input logic         dot_first_i,
  input logic         dot_last_i,
  input logic [7:0]   dot_ev_i,
  input logic         grp_valid_i,
  input logic [13:0]  grp_addr_i,
  input logic         grp_argmax_i,
  input logic         grp_nostore_i,
  input logic         grp_end_i,
  input logic         grp_last_i,
  input logic         ld_valid_i,
  input logic [127:0] ld_data_i,
  input logic         res_ready_i,
  input logic [4:0]   watch_i  // the accumulator that is followed, chosen in reset
);
  localparam int unsigned WRITE = 11, ADD = 6;  // clocks from a dot product to its accumulator, and to the adder
  logic               res_free, res_fin, sc_valid, res_valid, res_last;
  logic [31:0]        sc_x;
  logic [7:0]         sc_ev;
  htx_pkg::res_word_t res;
  htx_accum dut (
    .clk_i, .rst_ni, .row_valid_i(1'b0), .row_sa_i(32'd0), .row_sw_i(32'd0), .dot_valid_i, .dot_score_i, .dot_i(24'd0), .dot_row_i, .dot_first_i,
    .dot_last_i, .dot_ev_i, .grp_valid_i, .grp_addr_i, .grp_argmax_i, .grp_nostore_i, .grp_end_i, .grp_last_i, .ld_valid_i, .ld_data_i,
    .res_free_o(res_free), .res_fin_o(res_fin), .sc_valid_o(sc_valid), .sc_x_o(sc_x), .sc_ev_o(sc_ev), .res_valid_o(res_valid), .res_last_o(res_last),
    .res_ready_i, .res_o(res));
`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire [31:0] \dut.acc_data ;
  (* hierconn *) wire [31:0] \dut.acc_q ;
  (* hierconn *) wire [255:0] \dut.word_q ;
`endif

  logic             started_q = 1'b0;
  logic             mine, known_q, placed_q;
  logic [WRITE:1]   mine_q, last_q;  // the followed accumulator's rows; results of any: index = clocks since the dot product
  logic [ADD:1]     firsts_q;
  logic [4:0]       watch_q;
  logic [5:0]       since_q;  // clocks since the followed accumulator's last row, 32 for more
  logic [31:0]      value_q;  // what was last written to it
  logic [2:0]       after_q;  // results written after it
  logic [31:0]      elem_q;   // the result, when it was one
  assign mine = dot_valid_i && !dot_score_i && dot_row_i == watch_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    firsts_q  <= {firsts_q[ADD-1:1], dot_first_i};
    if (!rst_ni) begin
      {mine_q, last_q, known_q, placed_q} <= '0;
      watch_q <= watch_i;
      since_q <= 6'd32;
    end else begin
      mine_q <= {mine_q[WRITE-1:1], mine};
      last_q <= {last_q[WRITE-1:1], dot_valid_i && !dot_score_i && dot_last_i};
      if (mine) since_q <= 6'd1;
      else if (since_q != 6'd32) since_q <= since_q + 6'd1;
      if (mine_q[WRITE]) begin
        value_q <= dut.acc_data;
        known_q <= 1'b1;
      end
      if (mine_q[WRITE] && last_q[WRITE]) begin
        elem_q   <= dut.acc_data;
        placed_q <= 1'b1;
        after_q  <= '0;
      end else if (last_q[WRITE]) begin
        after_q <= after_q + 3'd1;
        if (after_q == 3'd7) placed_q <= 1'b0;
      end
      if (ld_valid_i) placed_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: a row returns after 32 clocks at the earliest (proof dot, rule 1: rows come in order, one a clock at most).
      a2: assume (!mine || since_q == 6'd32);
      // assume 3: no fp32 block comes while a result is written (dot, rule 4).
      a3: assume (!(ld_valid_i && last_q[WRITE]));

      // cover 1: a row is added to what an earlier one left.
      c1: cover (mine_q[ADD] && known_q && !firsts_q[ADD] && dut.acc_q == 32'd5);
      // cover 2: a followed result stands at the bottom of its word.
      c2: cover (placed_q && after_q == 3'd7);
      // cover 3: a row returns as early as it may.
      c3: cover (mine && since_q == 6'd32 && known_q);
    end
  end

  for (genvar i = 0; i < 32; i++) begin : g_bit
    always_ff @(posedge clk_i) begin
      // rule 1: the adder gets what was last written to the row's accumulator, or zero if it starts anew.
      if (rst_ni) assert (!(mine_q[ADD] && (known_q || firsts_q[ADD])) || dut.acc_q[i] == (!firsts_q[ADD] && value_q[i]));
      // rule 2: a result stands at the top of the word register, one place lower for each written after it.
      if (rst_ni) assert (!placed_q || dut.word_q[8'({5'd7 - {2'd0, after_q}, 5'(i)})] == elem_q[i]);
    end
  end
endmodule
