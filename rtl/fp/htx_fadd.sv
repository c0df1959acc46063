// SPDX-License-Identifier: Apache-2.0
// fp32 adder: IEEE-754 binary32, round to nearest even, subnormals in and out.
//
// Latency htx_fp_pkg::FADD_LATENCY = 5, one sum a clock. A NaN result is FP32_NAN; an exact zero of unlike signs is +0.
// One path: order by magnitude, align, add, normalise, round. Guard, round and sticky bits follow the mantissas.
module htx_fadd (
  input  logic        clk_i,
  input  logic [31:0] a_i,  /// addend, fp32
  input  logic [31:0] b_i,  /// addend, fp32
  output logic [31:0] y_o   /// a_i + b_i of FADD_LATENCY clocks ago
);
  // 1: the larger magnitude is x, the smaller z
  logic        swap;
  logic [31:0] x, z;
  logic [7:0]  ex, ez;
  assign swap = b_i[30:0] > a_i[30:0];
  assign x    = swap ? b_i : a_i;
  assign z    = swap ? a_i : b_i;
  assign ex   = {x[30:24], x[23] | (x[30:23] == 8'd0)};  // subnormals have exponent 1
  assign ez   = {z[30:24], z[23] | (z[30:23] == 8'd0)};

  logic [23:0] s1_mx_q, s1_mz_q;
  logic [7:0]  s1_exp_q, s1_dist_q;
  logic        s1_sign_q, s1_sub_q, s1_nan_q, s1_inf_q;
  always_ff @(posedge clk_i) begin
    s1_mx_q   <= {x[30:23] != 8'd0, x[22:0]};
    s1_mz_q   <= {z[30:23] != 8'd0, z[22:0]};
    s1_exp_q  <= ex;
    s1_dist_q <= ex - ez;
    s1_sign_q <= x[31];
    s1_sub_q  <= x[31] ^ z[31];
    s1_nan_q  <= (x[30:0] > 31'h7f800000) || ((z[30:0] == 31'h7f800000) && (x[31] != z[31]));
    s1_inf_q  <= (x[30:23] == 8'hff);
  end

  // 2: align z; beyond 26 places only a sticky bit is left of it
  logic [4:0]  places;
  logic [26:0] wide, shr, lost;
  assign places = (s1_dist_q > 8'd27) ? 5'd27 : s1_dist_q[4:0];
  assign wide = {s1_mz_q, 3'b000};
  assign shr  = wide >> places;
  assign lost = wide & ~(27'h7ffffff << places);

  logic [23:0] s2_mx_q;
  logic [26:0] s2_mz_q;
  logic [7:0]  s2_exp_q;
  logic        s2_sign_q, s2_sub_q, s2_nan_q, s2_inf_q;
  always_ff @(posedge clk_i) begin
    s2_mx_q   <= s1_mx_q;
    s2_mz_q   <= {shr[26:1], shr[0] | (lost != 27'd0)};
    s2_exp_q  <= s1_exp_q;
    s2_sign_q <= s1_sign_q;
    s2_sub_q  <= s1_sub_q;
    s2_nan_q  <= s1_nan_q;
    s2_inf_q  <= s1_inf_q;
  end

  // 3: add or subtract; never negative, as x is the larger
  logic [27:0] s3_sum_q;
  logic [7:0]  s3_exp_q;
  logic        s3_sign_q, s3_sub_q, s3_nan_q, s3_inf_q;
  always_ff @(posedge clk_i) begin
    s3_sum_q  <= s2_sub_q ? {1'b0, s2_mx_q, 3'b000} - {1'b0, s2_mz_q} : {1'b0, s2_mx_q, 3'b000} + {1'b0, s2_mz_q};
    s3_exp_q  <= s2_exp_q;
    s3_sign_q <= s2_sign_q;
    s3_sub_q  <= s2_sub_q;
    s3_nan_q  <= s2_nan_q;
    s3_inf_q  <= s2_inf_q;
  end

  // 4: normalise: one right on carry, else left as far as zeros and the exponent allow
  logic [5:0]  lz;
  logic [4:0]  left;
  logic [26:0] shl;
  logic        zero;
  assign lz   = htx_fp_pkg::clz32({s3_sum_q[26:0], 5'b10000});
  assign left = ({2'd0, lz} < s3_exp_q) ? lz[4:0] : s3_exp_q[4:0] - 5'd1;  // where the exponent limits, it is below 28
  assign zero = !s3_sum_q[27] && (lz == 6'd27);
  assign shl  = s3_sum_q[26:0] << left;

  logic [26:0] s4_m_q;
  logic [7:0]  s4_exp_q;   // biased exponent minus one: the hidden bit adds it back
  logic        s4_sign_q, s4_nan_q, s4_inf_q;
  always_ff @(posedge clk_i) begin
    s4_m_q    <= s3_sum_q[27] ? {s3_sum_q[27:2], s3_sum_q[1] | s3_sum_q[0]} : shl;
    s4_exp_q  <= zero ? 8'd0 : s3_sum_q[27] ? s3_exp_q : s3_exp_q - 8'd1 - {3'd0, left};
    s4_sign_q <= s3_sign_q && !(s3_sub_q && zero);
    s4_nan_q  <= s3_nan_q;
    s4_inf_q  <= s3_inf_q;
  end

  // 5: round and pack
  logic        up;
  logic [31:0] packed_d;
  assign up       = s4_m_q[2] && (s4_m_q[1] || s4_m_q[0] || s4_m_q[3]);
  assign packed_d = {1'b0, s4_exp_q, 23'd0} + {8'd0, s4_m_q[26:3]} + {31'd0, up};
  always_ff @(posedge clk_i) begin
    if (s4_nan_q)                                   y_o <= htx_fp_pkg::FP32_NAN;
    else if (s4_inf_q || packed_d[31:23] >= 9'd255) y_o <= {s4_sign_q, 8'hff, 23'd0};
    else                                            y_o <= {s4_sign_q, packed_d[30:0]};
  end
endmodule
