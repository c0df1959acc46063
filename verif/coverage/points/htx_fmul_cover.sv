// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_fmul: every pair of operand classes.
module htx_fmul_cover (input logic clk_i, input logic [31:0] a_i, input logic [31:0] b_i, input logic [31:0] y_o);
  function automatic logic [4:0] class_of(input logic [31:0] x);
    class_of = {x[30:23] == '1 && x[22:0] != '0, x[30:0] == 31'h7f800000, x[30:23] != '0 && x[30:23] != '1,
                x[30:23] == '0 && x[22:0] != '0, x[30:0] == '0};
  endfunction
  logic [4:0] a, b, y;
  assign {a, b, y} = {class_of(a_i), class_of(b_i), class_of(y_o)};
  // g_a: zero, subnormal, normal, infinity, NaN
  // g_b: zero, subnormal, normal, infinity, NaN
  // g_y: zero, subnormal, normal, infinity, NaN
  // g_sign: equal, different
  for (genvar i = 0; i < 5; i++) begin : g_a
    for (genvar j = 0; j < 5; j++) begin : g_b
      for (genvar s = 0; s < 2; s++) begin : g_sign
        pair: cover property (@(posedge clk_i) a[i] && b[j] && (a_i[31] ^ b_i[31]) == 1'(s));
      end
    end
  end
  for (genvar i = 0; i < 5; i++) begin : g_y
    result: cover property (@(posedge clk_i) y[i]);
  end
  minus_zero: cover property (@(posedge clk_i) y_o == 32'h80000000);
endmodule
bind htx_fmul htx_fmul_cover u_cover (.*);
