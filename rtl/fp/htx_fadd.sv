// SPDX-License-Identifier: Apache-2.0
// fp32 adder: IEEE-754 binary32, round to nearest even, subnormals in and out.
//
// Latency htx_fp_pkg::FADD_LATENCY = 5, one sum a clock. A NaN result is FP32_NAN; an exact zero of unlike signs is +0.
// One path: order by magnitude, align, add, normalise, round. Guard, round and sticky bits follow the mantissas.
module htx_fadd (
  input  logic        clk_i,
  input  logic        valid_i,  /// the addends are wanted
  input  logic [31:0] a_i,      /// addend, fp32
  input  logic [31:0] b_i,      /// addend, fp32
  output logic [31:0] y_o       /// a_i + b_i of FADD_LATENCY clocks ago; keeps until the next
);
  typedef struct packed {
    logic [7:0] exp;
    logic       sign, sub, nan, inf;
  } side_t;
  typedef struct packed {
    logic [23:0] mx;  // of the larger magnitude
    logic [26:0] mz;  // of the smaller, aligned; the last bit is sticky
    side_t       side;
  } aligned_t;
  typedef struct packed {
    logic [27:0] m;
    side_t       side;
  } sum_t;
  typedef struct packed {
    logic [26:0] m;
    logic [7:0]  exp;  // biased exponent minus one: the hidden bit adds it back
    logic        sign, nan, inf;
  } norm_t;

  logic [4:1]  v_q;
  logic [23:0] s1_mx_q, s1_mz_q;
  logic [7:0]  s1_away_q;
  side_t       s1_side_q;
  aligned_t    s2_q;
  sum_t        s3_q;
  norm_t       s4_q;

  // 1: the larger magnitude is x, the smaller z; subnormals have exponent 1
  function automatic logic [7:0] exponent(input logic [7:0] e);
    exponent = {e[7:1], e[0] | (e == 8'd0)};
  endfunction
  function automatic side_t side_of(input logic [31:0] x, input logic [31:0] z);
    side_of = {exponent(x[30:23]), x[31], x[31] ^ z[31],
               (x[30:0] > 31'h7f800000) || ((z[30:0] == 31'h7f800000) && (x[31] != z[31])), x[30:23] == 8'hff};
  endfunction

  // 2: align z; beyond 26 places only a sticky bit is left of it
  function automatic aligned_t align(input logic [23:0] mx, input logic [23:0] mz, input logic [7:0] away,
                                        input logic [$bits(s1_side_q)-1:0] side);
    logic [4:0]  places;
    logic [26:0] wide, shr, lost;
    begin
      places = (away > 8'd27) ? 5'd27 : away[4:0];
      wide   = {mz, 3'b000};
      shr    = wide >> places;
      lost   = wide & ~(27'h7ffffff << places);
      align  = {mx, shr[26:1], shr[0] | (lost != 27'd0), side};
    end
  endfunction

  // 4: normalise: one right on carry, else left as far as zeros and the exponent allow
  function automatic norm_t normalise(input logic [$bits(s3_q)-1:0] s);
    logic [27:0] sum;
    logic [7:0]  top;
    logic        sign, sub, nan, inf;
    logic [5:0]  lz;
    logic [4:0]  left;
    logic [26:0] m;
    logic [7:0]  exp;
    logic        zero;
    begin
      {sum, top, sign, sub, nan, inf} = s;
      lz   = htx_fp_pkg::clz32({sum[26:0], 5'b10000});
      left = ({2'd0, lz} < top) ? lz[4:0] : top[4:0] - 5'd1;  // where the exponent limits, it is below 28
      zero = !sum[27] && (lz == 6'd27);
      m    = sum[27] ? {sum[27:2], sum[1] | sum[0]} : sum[26:0] << left;
      exp  = zero ? 8'd0 : sum[27] ? top : top - 8'd1 - {3'd0, left};
      normalise = {m, exp, sign && !(sub && zero), nan, inf};
    end
  endfunction

  // 5: round and pack
  function automatic logic [31:0] rounded(input logic [$bits(s4_q)-1:0] s);
    logic [26:0] m;
    logic [7:0]  exp;
    logic        sign, nan, inf, up;
    logic [31:0] bits_out;
    begin
      {m, exp, sign, nan, inf} = s;
      up = m[2] && (m[1] || m[0] || m[3]);
      bits_out  = {1'b0, exp, 23'd0} + {8'd0, m[26:3]} + {31'd0, up};
      rounded = nan                          ? htx_fp_pkg::FP32_NAN
              : (inf || bits_out[31:23] >= 9'd255)  ? {sign, 8'hff, 23'd0}
              :                                {sign, bits_out[30:0]};
    end
  endfunction

  logic        swap;
  logic [31:0] x, z;
  assign swap = b_i[30:0] > a_i[30:0];
  assign x    = swap ? b_i : a_i;
  assign z    = swap ? a_i : b_i;

  always_ff @(posedge clk_i) begin
    v_q <= {v_q[3:1], valid_i};
    if (valid_i) begin
      s1_mx_q   <= {x[30:23] != 8'd0, x[22:0]};
      s1_mz_q   <= {z[30:23] != 8'd0, z[22:0]};
      s1_away_q <= exponent(x[30:23]) - exponent(z[30:23]);
      s1_side_q <= side_of(x, z);
    end
    if (v_q[1]) s2_q <= align(s1_mx_q, s1_mz_q, s1_away_q, s1_side_q);
    // 3: add or subtract; never negative, as x is the larger
    if (v_q[2]) s3_q <= {s2_q.side.sub ? {1'b0, s2_q.mx, 3'b000} - {1'b0, s2_q.mz} : {1'b0, s2_q.mx, 3'b000} + {1'b0, s2_q.mz}, s2_q.side};
    if (v_q[3]) s4_q <= normalise(s3_q);
    if (v_q[4]) y_o <= rounded(s4_q);
  end
endmodule
