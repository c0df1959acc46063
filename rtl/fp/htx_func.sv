// SPDX-License-Identifier: Apache-2.0
// exp2, reciprocal and reciprocal square root: one piecewise-quadratic unit, any of the three every clock.
//
// Latency htx_fp_pkg::FUNC_LATENCY = 6. Segment and offset u from the argument, coefficients from htx_tables_pkg, two
// truncating Horner steps (18 x 17 and 18 x 25 bits) with a register on each side of the multipliers, five bits dropped;
// c0 carries the rounding half. Subnormal arguments count as zeros, results below 2^-126 are zeros: see docs/numerics.md.
module htx_func (
  input  logic        clk_i,
  input  logic        valid_i,  /// the argument is wanted
  input  logic [1:0]  op_i,     /// htx_fp_pkg::FUNC_EXP2, FUNC_RCP or FUNC_RSQRT
  input  logic [31:0] a_i,      /// argument, fp32
  output logic [31:0] y_o       /// result of FUNC_LATENCY clocks ago; keeps until the next
);
  typedef struct packed {
    logic sign, nan, inf, zero;
  } kind_t;
  typedef struct packed {
    logic [22:0] m;
    logic [8:0]  field;  // exponent field of the result, before a carry; two's complement
    logic        exp2, rcp, odd;
    kind_t       kind;
  } split_t;
  typedef struct packed {
    logic [17:0] u;      // offset from the segment's middle: top bit inverted
    logic [8:0]  field;
    kind_t       kind;
  } offset_t;

  /* verilator lint_off UNUSEDSIGNAL */  // the Horner steps floor: the low bits of products are dropped unread
  logic [5:1]         v_q;
  logic [32:0]        s1_fixed_q;
  split_t             s1_q;
  logic [29:0]        s2_c0_q, s3_c0_q, s4_c0_q, s5_c0_q;
  logic [23:0]        s2_c1_q, s3_c1_q;
  logic [16:0]        s2_c2_q;
  offset_t            s2_q, s3_q, s4_q;
  logic [8:0]         s5_field_q;
  kind_t              s5_kind_q;
  logic signed [34:0] s3_prod_q;  // c2 * u
  logic signed [24:0] s4_h1_q;    // c1 + (c2 * u >> 18)
  logic signed [42:0] s5_prod_q;  // h1 * u
  /* verilator lint_on UNUSEDSIGNAL */

  // 1: special cases, exponents, and exp2's argument shifted to fixed point with one bit more than it keeps
  function automatic split_t split(input logic [1:0] op, input logic [31:0] a);
    logic       neg, zero, top, nan, exp2, rcp, big, low;
    logic [7:0] e;
    logic [3:0] kind;
    begin
      neg  = a[31];
      e    = a[30:23];
      zero = e == 8'd0;
      top  = e == 8'hff;
      nan  = top && a[22:0] != 23'd0;
      exp2 = op == htx_fp_pkg::FUNC_EXP2;
      rcp  = op == htx_fp_pkg::FUNC_RCP;
      big  = a[30:0] >= 31'h43000000 && !neg;  // y >= 128
      low  = a[30:0] > 31'h42fc0000 && neg;    // y < -126
      kind = {rcp && neg && !nan, nan || (!exp2 && !rcp && neg && !zero), exp2 ? big : zero, exp2 ? low : top};
      split = {a[22:0], rcp ? 9'd253 - {1'b0, e} : 9'd189 - {2'b00, e[7:1]} + {8'd0, !e[0]}, exp2, rcp, !e[0], kind};
    end
  endfunction
  function automatic logic [32:0] fixed_point(input logic [31:0] a);  // +-1.m * 2^31 shifted right by 133 - e: y * 2^25
    logic signed [32:0] fixed, places;
    logic        [7:0]  right;
    begin
      fixed  = a[31] ? -$signed({2'b01, a[22:0], 8'd0}) : $signed({2'b01, a[22:0], 8'd0});
      right  = 8'd133 - a[30:23];
      places = fixed >>> ((right > 8'd33) ? 6'd33 : right[5:0]);
      fixed_point = places;
    end
  endfunction

  // 2: round exp2's argument to 2^-24, find segment and offset
  /* verilator lint_off UNUSEDSIGNAL */  // one looks at what names the segment, the other at the rest
  function automatic logic [8:0] segment(input logic [$bits(s1_q)-1:0] s, input logic [32:0] fixed);
    logic [22:0] m;
    logic [8:0]  field;
    logic        exp2, rcp, odd;
    logic [3:0]  kind;
    logic [31:0] t;
    begin
      {m, field, exp2, rcp, odd, kind} = s;
      t = fixed[32:1] + {31'd0, fixed[0]};
      segment = exp2 ? {3'b000, t[23:18]} : rcp ? {2'b01, m[22:16]} : {2'b10, odd, m[22:17]};
    end
  endfunction
  function automatic offset_t offset(input logic [$bits(s1_q)-1:0] s, input logic [32:0] fixed);
    logic [22:0] m;
    logic [8:0]  field;
    logic        exp2, rcp, odd;
    logic [3:0]  kind;
    logic [31:0] t;
    logic [17:0] u;
    begin
      {m, field, exp2, rcp, odd, kind} = s;
      t = fixed[32:1] + {31'd0, fixed[0]};
      u = exp2 ? {!t[17], t[16:0]} : rcp ? {!m[15], m[14:0], 2'b00} : {!m[16], m[15:0], 1'b0};
      offset = {u, exp2 ? {t[31], t[31:24]} + 9'd127 : field, kind};
    end
  endfunction
  /* verilator lint_on UNUSEDSIGNAL */

  // 6: c0 + (h1 * u >> 18). It lies in [1, 2], unit 2^-28: bit 28 is known, at 2 the exponent takes one more. Five bits drop.
  /* verilator lint_off UNUSEDSIGNAL */  // here, too
  function automatic logic [31:0] packed_result(input logic [29:0] c0, input logic [42:0] prod, input logic [8:0] top, input logic [3:0] kind);
    logic [29:0] p;
    logic [8:0]  field;
    logic        sign, nan, inf, zero;
    begin
      {sign, nan, inf, zero} = kind;
      p     = c0 + {{5{prod[42]}}, prod[42:18]};
      field = top + {8'd0, p[29]};
      packed_result = nan                                       ? htx_fp_pkg::FP32_NAN
                    : inf                                       ? {sign, 8'hff, 23'd0}
                    : (zero || field[8] || field[7:0] == 8'd0)  ? {sign, 31'd0}
                    :                                             {sign, field[7:0], p[27:5]};
    end
  endfunction
  /* verilator lint_on UNUSEDSIGNAL */

  always_ff @(posedge clk_i) begin
    v_q <= {v_q[4:1], valid_i};
    if (valid_i) begin
      s1_fixed_q <= fixed_point(a_i);
      s1_q       <= split(op_i, a_i);
    end
    if (v_q[1]) begin
      {s2_c0_q, s2_c1_q, s2_c2_q} <= htx_tables_pkg::func_coef(segment(s1_q, s1_fixed_q));
      s2_q <= offset(s1_q, s1_fixed_q);
    end
    if (v_q[2]) begin
      s3_prod_q <= $signed({{18{s2_c2_q[16]}}, s2_c2_q}) * $signed({{17{s2_q.u[17]}}, s2_q.u});
      s3_c0_q   <= s2_c0_q;
      s3_c1_q   <= s2_c1_q;
      s3_q      <= s2_q;
    end
    if (v_q[3]) begin
      s4_h1_q <= $signed({s3_c1_q[23], s3_c1_q}) + $signed({{8{s3_prod_q[34]}}, s3_prod_q[34:18]});
      s4_c0_q <= s3_c0_q;
      s4_q    <= s3_q;
    end
    if (v_q[4]) begin
      s5_prod_q  <= $signed({{18{s4_h1_q[24]}}, s4_h1_q}) * $signed({{25{s4_q.u[17]}}, s4_q.u});
      s5_c0_q    <= s4_c0_q;
      s5_field_q <= s4_q.field;
      s5_kind_q  <= s4_q.kind;
    end
    if (v_q[5]) y_o <= packed_result(s5_c0_q, s5_prod_q, s5_field_q, s5_kind_q);
  end
endmodule
