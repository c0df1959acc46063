// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_func: every function with every class of operand.
module htx_func_cover (input logic clk_i, input logic [1:0] op_i, input logic [31:0] a_i);
  logic [8:0] a;
  assign a = {a_i[30:23] == '1 && a_i[22:0] != '0, a_i == 32'hff800000, a_i == 32'h7f800000, a_i[31] && a_i[30:23] != '0 && a_i[30:23] != '1,
              !a_i[31] && a_i[30:23] != '0 && a_i[30:23] != '1, a_i[31] && a_i[30:23] == '0 && a_i[22:0] != '0,
              !a_i[31] && a_i[30:23] == '0 && a_i[22:0] != '0, a_i == 32'h80000000, a_i == '0};
  // g_op: EXP2, RCP, RSQRT
  // g_a: zero, minus zero, subnormal, minus subnormal, normal, minus normal, infinity, minus infinity, NaN
  for (genvar o = 0; o < 3; o++) begin : g_op
    for (genvar i = 0; i < 9; i++) begin : g_a
      operand: cover property (@(posedge clk_i) op_i == 2'(o) && a[i]);
    end
  end
  exp2_overflow: cover property (@(posedge clk_i) op_i == 2'd0 && !a_i[31] && a_i[30:23] >= 8'd134 && a_i[30:23] != '1);
  exp2_underflow: cover property (@(posedge clk_i) op_i == 2'd0 && a_i[31] && a_i[30:23] >= 8'd135 && a_i[30:23] != '1);
  power_of_two: cover property (@(posedge clk_i) op_i == 2'd1 && a_i[22:0] == '0 && a_i[30:23] != '0 && a_i[30:23] != '1);
  mantissa_ones: cover property (@(posedge clk_i) op_i != 2'd0 && a_i[22:0] == '1 && a_i[30:23] != '0 && a_i[30:23] != '1);
endmodule
bind htx_func htx_func_cover u_cover (.*);
