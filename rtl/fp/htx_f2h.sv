// SPDX-License-Identifier: Apache-2.0
// fp32 to fp16, round to nearest even, subnormals included; 65520 and above become infinity, NaN becomes 16'h7e00.
//
// Latency htx_fp_pkg::F2H_LATENCY = 2.
module htx_f2h (
  input  logic        clk_i,
  input  logic [31:0] a_i,  /// fp32
  output logic [15:0] y_o   /// fp16
);
  // 1: below 2^-14 the mantissa moves right to fp16's subnormal step
  logic [7:0]  right;
  logic [4:0]  places;
  logic [23:0] mant, shr, lost;
  logic        tiny;
  assign tiny = (a_i[30:23] < 8'd113);
  assign right = 8'd113 - a_i[30:23];
  assign places  = !tiny ? 5'd0 : (right > 8'd24) ? 5'd25 : right[4:0];
  assign mant  = {1'b1, a_i[22:0]};
  assign shr   = mant >> places;
  assign lost  = mant & ~(24'hffffff << places);

  logic [10:0] s1_m_q;
  logic [4:0]  s1_exp_q;  // fp16's biased exponent minus one (e - 113, modulo 32): the hidden bit adds it back
  logic        s1_guard_q, s1_rest_q, s1_sign_q, s1_inf_q, s1_nan_q;
  always_ff @(posedge clk_i) begin
    s1_m_q     <= shr[23:13];
    s1_guard_q <= shr[12];
    s1_rest_q  <= (shr[11:0] != 12'd0) || (lost != 24'd0);
    s1_exp_q   <= tiny ? 5'd0 : a_i[27:23] - 5'd17;
    s1_sign_q  <= a_i[31];
    s1_inf_q   <= (a_i[30:0] >= 31'h477ff000);
    s1_nan_q   <= (a_i[30:0] > 31'h7f800000);
  end

  // 2: round and pack
  logic [14:0] packed_d;
  assign packed_d = {s1_exp_q, 10'd0} + {4'd0, s1_m_q} + {14'd0, s1_guard_q && (s1_rest_q || s1_m_q[0])};
  always_ff @(posedge clk_i)
    y_o <= s1_nan_q ? 16'h7e00 : {s1_sign_q, s1_inf_q ? 15'h7c00 : packed_d};
endmodule
