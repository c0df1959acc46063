// SPDX-License-Identifier: Apache-2.0
// exp2, reciprocal and reciprocal square root: one piecewise-quadratic unit, any of the three every clock.
//
// Latency htx_fp_pkg::FUNC_LATENCY = 6. Segment and offset u from the argument, coefficients from htx_tables_pkg, two
// truncating Horner steps (18 x 17 and 18 x 25 bits) with a register on each side of the multipliers, five bits dropped;
// c0 carries the rounding half. Subnormal arguments count as zeros, results below 2^-126 are zeros: see docs/numerics.md.
module htx_func (
  input  logic        clk_i,
  input  logic [1:0]  op_i,  /// htx_fp_pkg::FUNC_EXP2, FUNC_RCP or FUNC_RSQRT
  input  logic [31:0] a_i,   /// argument, fp32
  output logic [31:0] y_o    /// result of FUNC_LATENCY clocks ago
);
  // 1: special cases, exponents, and exp2's argument shifted to fixed point with one bit more than it keeps
  logic        neg, zero, top, nan, op_exp2, op_rcp;
  logic [7:0]  e;
  assign neg     = a_i[31];
  assign e       = a_i[30:23];
  assign zero    = (e == 8'd0);
  assign top     = (e == 8'hff);
  assign nan     = top && (a_i[22:0] != 23'd0);
  assign op_exp2 = (op_i == htx_fp_pkg::FUNC_EXP2);
  assign op_rcp  = (op_i == htx_fp_pkg::FUNC_RCP);

  logic signed [32:0] fixed;  // +-1.m * 2^31: shifted right by 133 - e it is y * 2^25
  logic        [7:0]  right;
  assign fixed = neg ? -$signed({2'b01, a_i[22:0], 8'd0}) : $signed({2'b01, a_i[22:0], 8'd0});
  assign right = 8'd133 - e;

  logic        y_big, y_low;  // exp2: y >= 128 or y < -126
  assign y_big = (a_i[30:0] >= 31'h43000000) && !neg;
  assign y_low = (a_i[30:0] > 31'h42fc0000) && neg;

  logic signed [32:0] s1_fixed_q;
  logic [22:0] s1_m_q;
  logic [8:0]  s1_field_q;  // exponent field of the result, before a carry; two's complement
  logic        s1_exp2_q, s1_rcp_q, s1_odd_q, s1_sign_q, s1_nan_q, s1_inf_q, s1_zero_q;
  always_ff @(posedge clk_i) begin
    s1_fixed_q <= fixed >>> ((right > 8'd33) ? 6'd33 : right[5:0]);
    s1_m_q     <= a_i[22:0];
    s1_field_q <= op_rcp ? 9'd253 - {1'b0, e} : 9'd189 - {2'b00, e[7:1]} + {8'd0, !e[0]};
    s1_exp2_q  <= op_exp2;
    s1_rcp_q   <= op_rcp;
    s1_odd_q   <= !e[0];
    s1_sign_q  <= op_rcp && neg && !nan;
    s1_nan_q   <= nan || (!op_exp2 && !op_rcp && neg && !zero);
    s1_inf_q   <= op_exp2 ? y_big : zero;
    s1_zero_q  <= op_exp2 ? y_low : top;
  end

  // 2: round exp2's argument to 2^-24, read the coefficients
  logic [31:0] t;
  logic [8:0]  address;
  logic [17:0] u;  // offset from the segment's middle: top bit inverted
  assign t = s1_fixed_q[32:1] + {31'd0, s1_fixed_q[0]};
  always_comb begin
    if (s1_exp2_q) begin
      address = {3'b000, t[23:18]};
      u       = {!t[17], t[16:0]};
    end else if (s1_rcp_q) begin
      address = {2'b01, s1_m_q[22:16]};
      u       = {!s1_m_q[15], s1_m_q[14:0], 2'b00};
    end else begin
      address = {2'b10, s1_odd_q, s1_m_q[22:17]};
      u       = {!s1_m_q[16], s1_m_q[15:0], 1'b0};
    end
  end

  logic [70:0] s2_coef_q;
  logic [17:0] s2_u_q;
  logic [8:0]  s2_field_q;
  logic        s2_sign_q, s2_nan_q, s2_inf_q, s2_zero_q;
  always_ff @(posedge clk_i) begin
    s2_coef_q  <= htx_tables_pkg::func_coef(address);
    s2_u_q     <= u;
    s2_field_q <= s1_exp2_q ? {t[31], t[31:24]} + 9'd127 : s1_field_q;
    s2_sign_q  <= s1_sign_q;
    s2_nan_q   <= s1_nan_q;
    s2_inf_q   <= s1_inf_q;
    s2_zero_q  <= s1_zero_q;
  end

  // The Horner steps floor: the low bits of products and sum are dropped unread.
  /* verilator lint_off UNUSEDSIGNAL */
  // 3: c2 * u
  logic signed [34:0] s3_prod_q;
  logic [29:0] s3_c0_q, s4_c0_q, s5_c0_q;
  logic [23:0] s3_c1_q;
  logic [17:0] s3_u_q, s4_u_q;
  // 4: h1 = c1 + (c2 * u >> 18)
  logic signed [24:0] s4_h1_q;
  // 5: h1 * u
  logic signed [42:0] s5_prod_q;
  // 6: c0 + (h1 * u >> 18). It lies in [1, 2], unit 2^-28: bit 28 is known, at 2 the exponent takes one more.
  logic [29:0] p;
  /* verilator lint_on UNUSEDSIGNAL */

  logic [8:0]  s3_field_q, s4_field_q, s5_field_q;
  logic [3:0]  s3_class_q, s4_class_q, s5_class_q;  // sign, NaN, infinity, zero
  always_ff @(posedge clk_i) begin
    s3_prod_q  <= $signed({{18{s2_coef_q[16]}}, s2_coef_q[16:0]}) * $signed({{17{s2_u_q[17]}}, s2_u_q});
    s4_h1_q    <= $signed({s3_c1_q[23], s3_c1_q}) + $signed({{8{s3_prod_q[34]}}, s3_prod_q[34:18]});
    s5_prod_q  <= $signed({{18{s4_h1_q[24]}}, s4_h1_q}) * $signed({{25{s4_u_q[17]}}, s4_u_q});
    s3_c0_q    <= s2_coef_q[70:41];
    s4_c0_q    <= s3_c0_q;
    s5_c0_q    <= s4_c0_q;
    s3_c1_q    <= s2_coef_q[40:17];
    s3_u_q     <= s2_u_q;
    s4_u_q     <= s3_u_q;
    s3_field_q <= s2_field_q;
    s4_field_q <= s3_field_q;
    s5_field_q <= s4_field_q;
    s3_class_q <= {s2_sign_q, s2_nan_q, s2_inf_q, s2_zero_q};
    s4_class_q <= s3_class_q;
    s5_class_q <= s4_class_q;
  end

  // 6: drop five bits, pack
  logic [8:0]  field;
  assign p     = s5_c0_q + {{5{s5_prod_q[42]}}, s5_prod_q[42:18]};
  assign field = s5_field_q + {8'd0, p[29]};
  always_ff @(posedge clk_i) begin
    if (s5_class_q[2])                                           y_o <= htx_fp_pkg::FP32_NAN;
    else if (s5_class_q[1])                                      y_o <= {s5_class_q[3], 8'hff, 23'd0};
    else if (s5_class_q[0] || field[8] || field[7:0] == 8'd0)    y_o <= {s5_class_q[3], 31'd0};
    else                                                         y_o <= {s5_class_q[3], field[7:0], p[27:5]};
  end
endmodule
