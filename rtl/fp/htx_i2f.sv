// SPDX-License-Identifier: Apache-2.0
// Signed integer to fp32, round to nearest even. W is 32 (latency I2F32_LATENCY = 2) or 64 (I2F64_LATENCY = 3).
//
// Both count the leading zeros of the magnitude, shift it to the top and round what follows 24 bits; the wide one has a
// register between its sign and its count.
module htx_i2f #(
  parameter int unsigned W = 32
) (
  input  logic         clk_i,
  input  logic         valid_i,  /// the integer is wanted
  input  logic [W-1:0] a_i,      /// two's complement integer
  output logic [31:0]  y_o       /// its fp32, latency clocks later; keeps until the next
);
  function automatic logic [W-1:0] magnitude(input logic [W-1:0] a);
    magnitude = a[W-1] ? -a : a;
  endfunction

  // the last step: the magnitude with its leading one at the top, its biased exponent minus one (the leading one adds it back)
  function automatic logic [31:0] rounded(input logic [W-1:0] norm, input logic [7:0] exp, input logic sign, input logic zero);
    logic        up;
    logic [30:0] bits_out;
    begin
      up = norm[W-25] && ((norm[W-26:0] != '0) || norm[W-24]);
      bits_out  = {exp, 23'd0} + {7'd0, norm[W-1:W-24]} + {30'd0, up};
      rounded = zero ? 32'd0 : {sign, bits_out};
    end
  endfunction

  if (W == 64) begin : gen_wide
    function automatic logic [70:0] normalised(input logic [63:0] mag);
      logic [6:0] lz;
      begin
        lz = htx_fp_pkg::clz64(mag);
        normalised = {lz, mag << lz[5:0]};
      end
    endfunction
    logic [2:1]  v_q;
    logic [63:0] s1_mag_q, s2_norm_q;
    logic [6:0]  s2_lz_q;
    logic        s1_sign_q, s2_sign_q;
    always_ff @(posedge clk_i) begin
      v_q <= {v_q[1], valid_i};
      if (valid_i) begin
        s1_mag_q  <= magnitude(a_i);
        s1_sign_q <= a_i[63];
      end
      if (v_q[1]) begin
        {s2_lz_q, s2_norm_q} <= normalised(s1_mag_q);
        s2_sign_q <= s1_sign_q;
      end
      if (v_q[2]) y_o <= rounded(s2_norm_q, 8'd189 - {1'b0, s2_lz_q}, s2_sign_q, s2_lz_q[6]);
    end
  end else begin : gen_narrow
    logic        v_q;
    logic [31:0] s1_mag_q;
    logic [5:0]  s1_lz_q;
    logic        s1_sign_q;
    always_ff @(posedge clk_i) begin
      v_q <= valid_i;
      if (valid_i) begin
        s1_mag_q  <= magnitude(a_i);
        s1_lz_q   <= htx_fp_pkg::clz32(magnitude(a_i));
        s1_sign_q <= a_i[31];
      end
      if (v_q) y_o <= rounded(s1_mag_q << s1_lz_q[4:0], 8'd157 - {2'b00, s1_lz_q}, s1_sign_q, s1_lz_q[5]);
    end
  end
endmodule
