// SPDX-License-Identifier: Apache-2.0
// fp32 to a score: floor(256 * x + 0.5) of the exact value, saturated to 24 bits signed, unit 1/256 of a power of two.
//
// Latency htx_fp_pkg::F2SCORE_LATENCY = 2. NaN and infinity saturate by their sign and raise bad_o, the numeric error.
// The signed mantissa is shifted arithmetically to halves of the unit, which floors; adding one and halving rounds.
module htx_f2score (
  input  logic        clk_i,
  input  logic        valid_i,  /// the number is wanted
  input  logic [31:0] a_i,      /// fp32, log2 units
  output logic [23:0] y_o,      /// score, two's complement; keeps until the next
  output logic        bad_o     /// the input was NaN or infinite
);
  typedef struct packed {
    logic [24:0] half;  // in halves of the unit
    logic        sat, sign;
  } parts_t;

  logic   v_q, s1_bad_q;
  parts_t s1_q;

  // 1: shift. |x| < 2^15 has exponent 141 at most: its mantissa ends at 2^-9, half the unit, without a shift.
  function automatic parts_t shifted(input logic [31:0] a);
    logic signed [24:0] mant, half;
    logic        [7:0]  right;
    begin
      mant    = a[31] ? -$signed({2'b01, a[22:0]}) : $signed({2'b01, a[22:0]});
      right   = 8'd141 - a[30:23];
      half    = mant >>> ((right > 8'd25) ? 5'd25 : right[4:0]);
      shifted = {half, a[30:23] >= 8'd142, a[31]};
    end
  endfunction

  // 2: round half up, saturate
  function automatic logic [23:0] rounded(input logic [$bits(s1_q)-1:0] stage);
    logic [24:0] half;
    logic        sat, sign;
    begin
      {half, sat, sign} = stage;
      rounded = sat                  ? (sign ? 24'h800000 : 24'h7fffff)
              : half == 25'h0ffffff  ? 24'h7fffff  // would round past the top
              :                        half[24:1] + {23'd0, half[0]};
    end
  endfunction

  always_ff @(posedge clk_i) begin
    v_q <= valid_i;
    if (valid_i) begin
      s1_q     <= shifted(a_i);
      s1_bad_q <= a_i[30:23] == 8'hff;
    end
    if (v_q) begin
      y_o   <= rounded(s1_q);
      bad_o <= s1_bad_q;
    end
  end
endmodule
