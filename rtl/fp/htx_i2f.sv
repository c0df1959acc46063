// SPDX-License-Identifier: Apache-2.0
// Signed integer to fp32, round to nearest even. W is 32 (latency I2F32_LATENCY = 2) or 64 (I2F64_LATENCY = 3).
//
// Both count the leading zeros of the magnitude, shift it to the top and round what follows 24 bits; the wide one has a
// register between its sign and its count.
module htx_i2f #(
  parameter int unsigned W = 32
) (
  input  logic         clk_i,
  input  logic [W-1:0] a_i,  /// two's complement integer
  output logic [31:0]  y_o   /// its fp32, latency clocks later
);
  logic [W-1:0] mag_d;
  assign mag_d = a_i[W-1] ? -a_i : a_i;

  logic [W-1:0] mag, norm;      // magnitude; the same with its leading one at the top
  logic         sign, up, zero;
  logic [7:0]   exp_d;          // biased exponent minus one: the leading one adds it back

  if (W == 64) begin : gen_wide
    logic [63:0] s1_mag_q;
    logic        s1_sign_q;
    logic [63:0] s2_norm_q;
    logic [6:0]  s2_lz_q, lz;
    logic        s2_sign_q;
    assign lz = htx_fp_pkg::clz64(s1_mag_q);
    always_ff @(posedge clk_i) begin
      s1_mag_q  <= mag_d;
      s1_sign_q <= a_i[63];
      s2_norm_q <= s1_mag_q << lz[5:0];
      s2_lz_q   <= lz;
      s2_sign_q <= s1_sign_q;
    end
    assign mag   = s2_norm_q;
    assign norm  = mag;
    assign zero  = s2_lz_q[6];
    assign sign  = s2_sign_q;
    assign exp_d = 8'd189 - {1'b0, s2_lz_q};
    assign up    = norm[39] && ((norm[38:0] != 39'd0) || norm[40]);
  end else begin : gen_narrow
    logic [31:0] s1_mag_q;
    logic [5:0]  s1_lz_q;
    logic        s1_sign_q;
    always_ff @(posedge clk_i) begin
      s1_mag_q  <= mag_d;
      s1_lz_q   <= htx_fp_pkg::clz32(mag_d);
      s1_sign_q <= a_i[31];
    end
    assign mag   = s1_mag_q;
    assign norm  = mag << s1_lz_q[4:0];
    assign zero  = s1_lz_q[5];
    assign sign  = s1_sign_q;
    assign exp_d = 8'd157 - {2'b00, s1_lz_q};
    assign up    = norm[7] && ((norm[6:0] != 7'd0) || norm[8]);
  end

  logic [30:0] packed_d;
  assign packed_d = {exp_d, 23'd0} + {7'd0, norm[W-1:W-24]} + {30'd0, up};
  always_ff @(posedge clk_i) y_o <= zero ? 32'd0 : {sign, packed_d};
endmodule
