// SPDX-License-Identifier: Apache-2.0
// fp32 to the nearest integer, ties to even, clamped to +-127: the quantisers' last step.
//
// Latency htx_fp_pkg::F2I8_LATENCY = 2. NaN and infinity clamp by their sign and raise bad_o, the numeric error.
module htx_f2i8 (
  input  logic        clk_i,
  input  logic        valid_i,  /// the number is wanted
  input  logic [31:0] a_i,      /// fp32
  output logic [7:0]  y_o,      /// two's complement, -127..127; keeps until the next
  output logic        bad_o     /// the input was NaN or infinite
);
  typedef struct packed {
    logic [6:0] whole;
    logic       half, rest, clamp, sign;
  } parts_t;

  logic   v_q, s1_bad_q;
  parts_t s1_q;

  // 1: magnitude in halves, and whether anything lies below. 127.x takes 7 + 1 bits; from 127 on it clamps anyway.
  function automatic parts_t split(input logic [31:0] a);
    logic [31:0] wide;
    logic [7:0]  right;
    begin
      right = 8'd133 - a[30:23];  // 2^6 stays where it is
      wide  = {1'b1, a[22:0], 8'd0} >> ((right > 8'd31) ? 5'd31 : right[4:0]);
      split = {wide[31:24], wide[23:0] != 24'd0, a[30:0] >= 31'h42fe0000, a[31]};
    end
  endfunction

  // 2: round, clamp, sign
  function automatic logic [7:0] rounded(input logic [$bits(s1_q)-1:0] s);
    logic [6:0] whole;
    logic       half, rest, clamp, sign;
    logic [7:0] mag;
    begin
      {whole, half, rest, clamp, sign} = s;
      mag     = clamp ? 8'd127 : {1'b0, whole} + {7'd0, half && (rest || whole[0])};
      rounded = sign ? -mag : mag;
    end
  endfunction

  always_ff @(posedge clk_i) begin
    v_q <= valid_i;
    if (valid_i) begin
      s1_q     <= split(a_i);
      s1_bad_q <= a_i[30:23] == 8'hff;
    end
    if (v_q) begin
      y_o   <= rounded(s1_q);
      bad_o <= s1_bad_q;
    end
  end
endmodule
