// SPDX-License-Identifier: Apache-2.0
// htx_dot4: 4 of the 32 multipliers of a column with their second operand, their share of the adder tree and of the sums over tokens.
//
// The second operand stands a clock after its load, with the row's; products a clock later (`mul_i`), then either the sum of the 4 products (`sum_i`) or
// each product added to its column (`col_i`). A finished set of columns waits in `hold` while the next one is summed.
module htx_dot4 (
  input  logic        clk_i,
  input  logic [31:0] w_i,         ///< the row operand: four int8, registered outside
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
  logic [31:0]        b_q;
  logic signed [15:0] prod0_q, prod1_q, prod2_q, prod3_q;
  logic signed [20:0] col0_q, col1_q, col2_q, col3_q, hold0_q, hold1_q, hold2_q, hold3_q, shown;

  assign shown = sel_i[1] ? (sel_i[0] ? hold3_q : hold2_q) : (sel_i[0] ? hold1_q : hold0_q);
  assign col_o = 32'(shown);

  // one process with the four written out: simulators then take each branch once
  always_ff @(posedge clk_i) begin
    if (b_act_i)        b_q <= act_i;
    else if (b_share_i) b_q <= {4{1'b0, share_i}};
    else if (b_one_i)   b_q <= one_here_i ? 32'd1 << {one_i, 3'd0} : 32'd0;
    if (mul_i) begin
      prod0_q <= 16'($signed(w_i[7:0])) * 16'($signed(b_q[7:0]));
      prod1_q <= 16'($signed(w_i[15:8])) * 16'($signed(b_q[15:8]));
      prod2_q <= 16'($signed(w_i[23:16])) * 16'($signed(b_q[23:16]));
      prod3_q <= 16'($signed(w_i[31:24])) * 16'($signed(b_q[31:24]));
    end
    if (sum_i) sum_o <= (32'(prod0_q) + 32'(prod1_q)) + (32'(prod2_q) + 32'(prod3_q));
    if (col_i) begin
      col0_q <= (col_first_i ? 21'sd0 : col0_q) + 21'(prod0_q);
      col1_q <= (col_first_i ? 21'sd0 : col1_q) + 21'(prod1_q);
      col2_q <= (col_first_i ? 21'sd0 : col2_q) + 21'(prod2_q);
      col3_q <= (col_first_i ? 21'sd0 : col3_q) + 21'(prod3_q);
    end
    if (hold_i) begin
      hold0_q <= col0_q;
      hold1_q <= col1_q;
      hold2_q <= col2_q;
      hold3_q <= col3_q;
    end
  end
endmodule
