// SPDX-License-Identifier: Apache-2.0
// fp32 multiplier: IEEE-754 binary32, round to nearest even, subnormals in and out.
//
// Latency htx_fp_pkg::FMUL_LATENCY = 4, one product a clock. A NaN result is FP32_NAN; there are no flags.
// The 24 x 24 product is made of the mantissas as they stand, registered on both sides for the FPGA's multipliers. Only
// one of two subnormals can matter (two multiply to zero), so one leading-zero count beside the product normalises it.
module htx_fmul (
  input  logic        clk_i,
  input  logic [31:0] a_i,  /// factor, fp32
  input  logic [31:0] b_i,  /// factor, fp32
  output logic [31:0] y_o   /// a_i * b_i of FMUL_LATENCY clocks ago
);
  // 1: unpack
  logic        a_sub, b_sub, a_top, b_top;
  assign a_sub = (a_i[30:23] == 8'd0);
  assign b_sub = (b_i[30:23] == 8'd0);
  assign a_top = (a_i[30:23] == 8'hff);
  assign b_top = (b_i[30:23] == 8'hff);

  logic [23:0] s1_ma_q, s1_mb_q;
  logic [8:0]  s1_esum_q;      // biased exponents added
  logic        s1_sign_q, s1_nan_q, s1_inf_q, s1_zero_q, s1_sel_b_q;
  logic        a_zero, b_zero, a_inf, b_inf;
  assign a_zero = (a_i[30:0] == 31'd0);
  assign b_zero = (b_i[30:0] == 31'd0);
  assign a_inf  = a_top && (a_i[22:0] == 23'd0);
  assign b_inf  = b_top && (b_i[22:0] == 23'd0);
  always_ff @(posedge clk_i) begin
    s1_ma_q    <= {!a_sub, a_i[22:0]};
    s1_mb_q    <= {!b_sub, b_i[22:0]};
    s1_esum_q  <= {1'b0, a_i[30:24], a_i[23] | a_sub} + {1'b0, b_i[30:24], b_i[23] | b_sub};
    s1_sign_q  <= a_i[31] ^ b_i[31];
    s1_nan_q   <= (a_top && !a_inf) || (b_top && !b_inf) || (a_inf && b_zero) || (b_inf && a_zero);
    s1_inf_q   <= a_inf || b_inf;
    s1_zero_q  <= a_zero || b_zero;
    s1_sel_b_q <= !a_sub;
  end

  // 2: product; how far left it wants to go (lz) and how far its exponent lets it (room)
  logic [5:0]        lz;
  logic signed [10:0] room, left;
  assign lz   = htx_fp_pkg::clz32({s1_sel_b_q ? s1_mb_q : s1_ma_q, 8'h80});
  assign room = $signed({2'b00, s1_esum_q}) - 11'sd128;  // e - 1 of the product as it stands
  assign left = (room < $signed({5'd0, lz})) ? room : $signed({5'd0, lz});

  logic [47:0] s2_prod_q;
  logic [8:0]  s2_exp_q;   // biased exponent of bit 46 after the shift, minus one: the hidden bit adds it back
  logic [4:0]  s2_left_q;
  logic [5:0]  s2_right_q;
  logic        s2_sign_q, s2_nan_q, s2_inf_q, s2_zero_q;
  logic signed [10:0] right_d;
  assign right_d = -left;
  always_ff @(posedge clk_i) begin
    s2_prod_q  <= {24'd0, s1_ma_q} * {24'd0, s1_mb_q};
    s2_exp_q   <= room[8:0] - left[8:0];
    s2_left_q  <= left[10] ? 5'd0 : left[4:0];
    s2_right_q <= !left[10] ? 6'd0 : (right_d > 11'sd49) ? 6'd49 : right_d[5:0];
    s2_sign_q  <= s1_sign_q;
    s2_nan_q   <= s1_nan_q;
    s2_inf_q   <= s1_inf_q;
    s2_zero_q  <= s1_zero_q;
  end

  // 3: shift, the bits lost to the right kept as one sticky bit
  logic [47:0] shr, lost;
  assign shr  = s2_prod_q >> s2_right_q;
  assign lost = s2_prod_q & ~(48'hffffffffffff << s2_right_q);

  logic [47:0] s3_m_q;
  logic        s3_sticky_q;
  logic [8:0]  s3_exp_q;
  logic        s3_sign_q, s3_nan_q, s3_inf_q, s3_zero_q;
  always_ff @(posedge clk_i) begin
    s3_m_q      <= (s2_right_q != 6'd0) ? shr : s2_prod_q << s2_left_q;
    s3_sticky_q <= (lost != 48'd0);
    s3_exp_q    <= s2_exp_q;
    s3_sign_q   <= s2_sign_q;
    s3_nan_q    <= s2_nan_q;
    s3_inf_q    <= s2_inf_q;
    s3_zero_q   <= s2_zero_q;
  end

  // 4: round and pack
  logic        big, guard, sticky, up;
  logic [23:0] mant;
  logic [32:0] packed_d;
  assign big      = s3_m_q[47];
  assign mant     = big ? s3_m_q[47:24] : s3_m_q[46:23];
  assign guard    = big ? s3_m_q[23] : s3_m_q[22];
  assign sticky   = (s3_m_q[21:0] != 22'd0) || s3_sticky_q || (big && s3_m_q[22]);
  assign up       = guard && (sticky || mant[0]);
  assign packed_d = {1'b0, s3_exp_q, 23'd0} + {9'd0, mant} + {9'd0, big, 23'd0} + {32'd0, up};
  always_ff @(posedge clk_i) begin
    if (s3_nan_q)                                      y_o <= htx_fp_pkg::FP32_NAN;
    else if (s3_zero_q)                                y_o <= {s3_sign_q, 31'd0};
    else if (s3_inf_q || packed_d[32:23] >= 10'd255)   y_o <= {s3_sign_q, 8'hff, 23'd0};
    else                                               y_o <= {s3_sign_q, packed_d[30:0]};
  end
endmodule
