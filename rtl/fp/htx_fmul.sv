// SPDX-License-Identifier: Apache-2.0
// fp32 multiplier: IEEE-754 binary32, round to nearest even, subnormals in and out.
//
// Latency htx_fp_pkg::FMUL_LATENCY = 4, one product a clock. A NaN result is FP32_NAN; there are no flags.
// The 24 x 24 product is made of the mantissas as they stand, registered on both sides for the FPGA's multipliers. Only
// one of two subnormals can matter (two multiply to zero), so one leading-zero count beside the product normalises it.
module htx_fmul (
  input  logic        clk_i,
  input  logic        valid_i,  /// the factors are wanted
  input  logic [31:0] a_i,      /// factor, fp32
  input  logic [31:0] b_i,      /// factor, fp32
  output logic [31:0] y_o       /// a_i * b_i of FMUL_LATENCY clocks ago; keeps until the next
);
  typedef struct packed {
    logic sign, nan, inf, zero;
  } kind_t;
  typedef struct packed {
    logic [23:0] ma, mb;
    logic [8:0]  esum;   // biased exponents added
    logic        sel_b;  // a is no subnormal, b may be one
    kind_t       kind;
  } factors_t;
  typedef struct packed {
    logic [8:0] exp;     // biased exponent of bit 46 after the shift, minus one: the hidden bit adds it back
    logic [4:0] left;
    logic [5:0] right;
    kind_t      kind;
  } shift_t;
  typedef struct packed {
    logic [47:0] m;
    logic        sticky;
    logic [8:0]  exp;
    kind_t       kind;
  } product_t;

  logic [3:1]  v_q;
  factors_t    s1_q;
  logic [47:0] s2_prod_q;
  shift_t      s2_q;
  product_t    s3_q;

  // 1: unpack
  function automatic factors_t unpack(input logic [31:0] a, input logic [31:0] b);
    logic a_sub, b_sub, a_top, b_top, a_zero, b_zero, a_inf, b_inf, nan;
    logic [8:0] esum;
    begin
      a_sub  = a[30:23] == 8'd0;
      b_sub  = b[30:23] == 8'd0;
      a_top  = a[30:23] == 8'hff;
      b_top  = b[30:23] == 8'hff;
      a_zero = a[30:0] == 31'd0;
      b_zero = b[30:0] == 31'd0;
      a_inf  = a_top && a[22:0] == 23'd0;
      b_inf  = b_top && b[22:0] == 23'd0;
      nan    = (a_top && !a_inf) || (b_top && !b_inf) || (a_inf && b_zero) || (b_inf && a_zero);
      esum   = {1'b0, a[30:24], a[23] | a_sub} + {1'b0, b[30:24], b[23] | b_sub};
      unpack = {!a_sub, a[22:0], !b_sub, b[22:0], esum, !a_sub, a[31] ^ b[31], nan, a_inf || b_inf, a_zero || b_zero};
    end
  endfunction

  // 2: how far left the product wants to go (lz) and how far its exponent lets it (room)
  function automatic shift_t find_shift(input logic [$bits(s1_q)-1:0] s);
    logic        [23:0] ma, mb;
    logic        [8:0]  esum;
    logic               sel_b;
    logic        [3:0]  kind;
    logic        [5:0]  lz, right;
    logic signed [10:0] room, left, back;
    logic        [8:0]  exp;
    begin
      {ma, mb, esum, sel_b, kind} = s;
      lz    = htx_fp_pkg::clz32({sel_b ? mb : ma, 8'h80});
      room  = $signed({2'b00, esum}) - 11'sd128;  // e - 1 of the product as it stands
      left  = (room < $signed({5'd0, lz})) ? room : $signed({5'd0, lz});
      back  = -left;
      exp   = room[8:0] - left[8:0];
      right = !left[10] ? 6'd0 : (back > 11'sd49) ? 6'd49 : back[5:0];
      find_shift = {exp, left[10] ? 5'd0 : left[4:0], right, kind};
    end
  endfunction

  // 3: shift, the bits lost to the right kept as one sticky bit
  function automatic product_t shifted(input logic [47:0] prod, input logic [$bits(s2_q)-1:0] s);
    logic [8:0]  exp;
    logic [4:0]  left;
    logic [5:0]  right;
    logic [3:0]  kind;
    logic [47:0] lost;
    begin
      {exp, left, right, kind} = s;
      lost    = prod & ~(48'hffffffffffff << right);
      shifted = {(right != 6'd0) ? prod >> right : prod << left, lost != 48'd0, exp, kind};
    end
  endfunction

  // 4: round and pack
  function automatic logic [31:0] rounded(input logic [$bits(s3_q)-1:0] s);
    logic [47:0] m;
    logic [8:0]  exp;
    logic        below, sign, nan, inf, zero, big, guard, sticky, up;
    logic [23:0] mant;
    logic [32:0] bits_out;
    begin
      {m, below, exp, sign, nan, inf, zero} = s;
      big    = m[47];
      mant   = big ? m[47:24] : m[46:23];
      guard  = big ? m[23] : m[22];
      sticky = (m[21:0] != 22'd0) || below || (big && m[22]);
      up     = guard && (sticky || mant[0]);
      bits_out      = {1'b0, exp, 23'd0} + {9'd0, mant} + {9'd0, big, 23'd0} + {32'd0, up};
      rounded = nan                           ? htx_fp_pkg::FP32_NAN
              : zero                          ? {sign, 31'd0}
              : (inf || bits_out[32:23] >= 10'd255)  ? {sign, 8'hff, 23'd0}
              :                                 {sign, bits_out[30:0]};
    end
  endfunction

  always_ff @(posedge clk_i) begin
    v_q <= {v_q[2:1], valid_i};
    if (valid_i) s1_q <= unpack(a_i, b_i);
    if (v_q[1]) begin
      s2_prod_q <= {24'd0, s1_q.ma} * {24'd0, s1_q.mb};
      s2_q      <= find_shift(s1_q);
    end
    if (v_q[2]) s3_q <= shifted(s2_prod_q, s2_q);
    if (v_q[3]) y_o <= rounded(s3_q);
  end
endmodule
