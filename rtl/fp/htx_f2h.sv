// SPDX-License-Identifier: Apache-2.0
// fp32 to fp16, round to nearest even, subnormals included; 65520 and above become infinity, NaN becomes 16'h7e00.
//
// Latency htx_fp_pkg::F2H_LATENCY = 2.
module htx_f2h (
  input  logic        clk_i,
  input  logic        valid_i,  /// the number is wanted
  input  logic [31:0] a_i,      /// fp32
  output logic [15:0] y_o       /// fp16; keeps until the next
);
  typedef struct packed {
    logic [10:0] m;
    logic [4:0]  exp;  // fp16's biased exponent minus one (e - 113, modulo 32): the hidden bit adds it back
    logic        guard, rest, sign, inf, nan;
  } parts_t;

  logic   v_q;
  parts_t s1_q;

  // 1: below 2^-14 the mantissa moves right to fp16's subnormal step
  function automatic parts_t split(input logic [31:0] a);
    logic [7:0]  right;
    logic [4:0]  places;
    logic [23:0] mant, shr, lost;
    logic        tiny;
    begin
      tiny   = a[30:23] < 8'd113;
      right  = 8'd113 - a[30:23];
      places = !tiny ? 5'd0 : (right > 8'd24) ? 5'd25 : right[4:0];
      mant   = {1'b1, a[22:0]};
      shr    = mant >> places;
      lost   = mant & ~(24'hffffff << places);
      split  = {shr[23:13], tiny ? 5'd0 : a[27:23] - 5'd17, shr[12], (shr[11:0] != 12'd0) || (lost != 24'd0), a[31],
                a[30:0] >= 31'h477ff000, a[30:0] > 31'h7f800000};
    end
  endfunction

  // 2: round and pack
  function automatic logic [15:0] rounded(input logic [$bits(s1_q)-1:0] s);
    logic [10:0] m;
    logic [4:0]  exp;
    logic        guard, rest, sign, inf, nan;
    logic [14:0] y;
    begin
      {m, exp, guard, rest, sign, inf, nan} = s;
      y       = {exp, 10'd0} + {4'd0, m} + {14'd0, guard && (rest || m[0])};
      rounded = nan ? 16'h7e00 : {sign, inf ? 15'h7c00 : y};
    end
  endfunction

  always_ff @(posedge clk_i) begin
    v_q <= valid_i;
    if (valid_i) s1_q <= split(a_i);
    if (v_q) y_o <= rounded(s1_q);
  end
endmodule
