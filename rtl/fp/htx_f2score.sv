// SPDX-License-Identifier: Apache-2.0
// fp32 to a score: floor(256 * x + 0.5) of the exact value, saturated to 24 bits signed, unit 1/256 of a power of two.
//
// Latency htx_fp_pkg::F2SCORE_LATENCY = 2. NaN and infinity saturate by their sign and raise bad_o, the numeric error.
// The signed mantissa is shifted arithmetically to halves of the unit, which floors; adding one and halving rounds.
module htx_f2score (
  input  logic        clk_i,
  input  logic [31:0] a_i,   /// fp32, log2 units
  output logic [23:0] y_o,   /// score, two's complement
  output logic        bad_o  /// the input was NaN or infinite
);
  // 1: shift. |x| < 2^15 has exponent 141 at most: its mantissa ends at 2^-9, half the unit, without a shift.
  logic signed [24:0] mant;
  logic        [7:0]  right;
  assign mant  = a_i[31] ? -$signed({2'b01, a_i[22:0]}) : $signed({2'b01, a_i[22:0]});
  assign right = 8'd141 - a_i[30:23];

  logic        [24:0] s1_half_q;
  logic               s1_sat_q, s1_sign_q, s1_bad_q;
  always_ff @(posedge clk_i) begin
    s1_half_q <= mant >>> ((right > 8'd25) ? 5'd25 : right[4:0]);
    s1_sat_q  <= (a_i[30:23] >= 8'd142);
    s1_sign_q <= a_i[31];
    s1_bad_q  <= (a_i[30:23] == 8'hff);
  end

  // 2: round half up, saturate
  always_ff @(posedge clk_i) begin
    if (s1_sat_q)                       y_o <= s1_sign_q ? 24'h800000 : 24'h7fffff;
    else if (s1_half_q == 25'h0ffffff)  y_o <= 24'h7fffff;  // would round past the top
    else                                y_o <= s1_half_q[24:1] + {23'd0, s1_half_q[0]};
    bad_o <= s1_bad_q;
  end
endmodule
