// SPDX-License-Identifier: Apache-2.0
// htx_dot4: 4 of the 32 multipliers of a lane with their operand registers, their share of the adder tree and of the columns.
//
// Operands a clock after their load, products a clock later (`mul_i`), then either the sum of the 4 products (`sum_i`) or
// each product added to its column (`col_i`). A finished set of columns waits in `hold` while the next one is summed.
module htx_dot4 (
  input  logic        clk_i,
  input  logic        w_load_i,    ///< load the row operand
  input  logic        w_wide_i,    ///< from 8-bit values (else 4-bit)
  input  logic [31:0] w8_i,        ///< four int8
  input  logic [15:0] w4_i,        ///< four int4
  input  logic        b_act_i,     ///< load the other operand: activations
  input  logic [31:0] act_i,       ///< four int8
  input  logic        b_share_i,   ///< load the other operand: one share for all
  input  logic [6:0]  share_i,     ///< 0..127
  input  logic        b_one_i,     ///< load the other operand: 1 at element `one_i`, if that is here
  input  logic        one_here_i,  ///< that element is one of these 4
  input  logic [1:0]  one_i,       ///< which
  input  logic        mul_i,       ///< register the products
  input  logic        sum_i,       ///< register the sum of the products
  output logic [31:0] sum_o,       ///< sum of 4 products, signed, 18 bits wide
  input  logic        col_i,       ///< add the products to the columns
  input  logic        col_first_i, ///< the columns start from zero
  input  logic        hold_i,      ///< keep the columns
  input  logic [1:0]  sel_i,       ///< which kept column to show
  output logic [31:0] col_o        ///< a kept column, signed, 21 bits wide
);
  logic signed [15:0] prod0, prod1, prod2, prod3;
  logic signed [20:0] held0, held1, held2, held3;

  for (genvar j = 0; j < 4; j++) begin : gen_mul
    logic signed [7:0]  w_q, b_q;
    logic signed [15:0] prod_q;
    logic signed [20:0] col_q, hold_q;
    always_ff @(posedge clk_i) begin
      if (w_load_i) w_q <= w_wide_i ? w8_i[8*j +: 8] : {{4{w4_i[4*j+3]}}, w4_i[4*j +: 4]};
      if (b_act_i)        b_q <= act_i[8*j +: 8];
      else if (b_share_i) b_q <= {1'b0, share_i};
      else if (b_one_i)   b_q <= {7'd0, one_here_i && (one_i == 2'(j))};
      if (mul_i)  prod_q <= w_q * b_q;
      if (col_i)  col_q  <= (col_first_i ? 21'sd0 : col_q) + 21'(prod_q);
      if (hold_i) hold_q <= col_q;
    end
  end
  assign prod0 = gen_mul[0].prod_q;
  assign prod1 = gen_mul[1].prod_q;
  assign prod2 = gen_mul[2].prod_q;
  assign prod3 = gen_mul[3].prod_q;
  assign held0 = gen_mul[0].hold_q;
  assign held1 = gen_mul[1].hold_q;
  assign held2 = gen_mul[2].hold_q;
  assign held3 = gen_mul[3].hold_q;

  logic signed [20:0] held;
  assign held  = sel_i[1] ? (sel_i[0] ? held3 : held2) : (sel_i[0] ? held1 : held0);
  assign col_o = 32'(held);
  always_ff @(posedge clk_i) begin
    if (sum_i) sum_o <= (32'(prod0) + 32'(prod1)) + (32'(prod2) + 32'(prod3));
  end
endmodule
