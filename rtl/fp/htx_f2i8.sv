// SPDX-License-Identifier: Apache-2.0
// fp32 to the nearest integer, ties to even, clamped to +-127: the quantisers' last step.
//
// Latency htx_fp_pkg::F2I8_LATENCY = 2. NaN and infinity clamp by their sign and raise bad_o, the numeric error.
module htx_f2i8 (
  input  logic        clk_i,
  input  logic [31:0] a_i,   /// fp32
  output logic [7:0]  y_o,   /// two's complement, -127..127
  output logic        bad_o  /// the input was NaN or infinite
);
  // 1: magnitude in halves, and whether anything lies below. 127.x takes 7 + 1 bits; from 127 on it clamps anyway.
  logic [31:0] wide;
  logic [7:0]  right;
  assign right = 8'd133 - a_i[30:23];  // 2^6 stays where it is
  assign wide  = {1'b1, a_i[22:0], 8'd0} >> ((right > 8'd31) ? 5'd31 : right[4:0]);

  logic [6:0] s1_int_q;
  logic       s1_half_q, s1_rest_q, s1_clamp_q, s1_sign_q, s1_bad_q;
  always_ff @(posedge clk_i) begin
    s1_int_q   <= wide[31:25];
    s1_half_q  <= wide[24];
    s1_rest_q  <= (wide[23:0] != 24'd0);
    s1_clamp_q <= (a_i[30:0] >= 31'h42fe0000);
    s1_sign_q  <= a_i[31];
    s1_bad_q   <= (a_i[30:23] == 8'hff);
  end

  // 2: round, clamp, sign
  logic [7:0] mag;
  assign mag = s1_clamp_q ? 8'd127 : {1'b0, s1_int_q} + {7'd0, s1_half_q && (s1_rest_q || s1_int_q[0])};
  always_ff @(posedge clk_i) begin
    y_o   <= s1_sign_q ? -mag : mag;
    bad_o <= s1_bad_q;
  end
endmodule
