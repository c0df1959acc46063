// SPDX-License-Identifier: Apache-2.0
// htx_vector_lanes: operand registers, 8 multipliers, 8 adders and 2 function units of the vector unit.
//
// Results follow the operand registers by the latencies of htx_fp_pkg. A load takes its operands in the clock in which
// memory shows them. Function units work on the two low elements of the adders' first operand, which moves down by two
// elements a clock while shift_i is high, so a word takes four clocks.
module htx_vector_lanes (
  input  logic         clk_i,
  input  logic [1:0]   func_op_i,    ///< FUNC_EXP2, FUNC_RCP or FUNC_RSQRT
  input  logic         swap_i,       ///< elements 2i and 2i+1 of a change places
  input  logic         bscalar_i,    ///< one element of b for all
  input  logic [2:0]   elem_i,       ///< which
  input  logic [255:0] rdata_a_i,    ///< vector memory, port A
  input  logic [255:0] rdata_b_i,    ///< port B
  input  logic         mul_ld_i,     ///< multipliers take operands a and b
  input  logic         add_ld_i,     ///< adders take operands a and b
  input  logic         shift_i,      ///< else the adders' operand a moves down by two elements
  input  logic         sq_mul_ld_i,  ///< multipliers take a and a
  input  logic         sq_add_ld_i,  ///< adders take sq_a_i and sq_b_i
  input  logic [255:0] sq_a_i,       ///< 8 fp32
  input  logic [255:0] sq_b_i,       ///< 8 fp32
  input  logic         q_mul_ld_i,   ///< multipliers take port B's word and q_factor_i
  input  logic [31:0]  q_factor_i,   ///< fp32 for all elements
  input  logic         q_double_i,   ///< port B's word doubled (its magnitudes are below 2^-120)
  input  logic         q_func_i,     ///< function unit 0 takes q_amax_i
  input  logic         q_valid_i,    ///< which is a group's
  input  logic [31:0]  q_amax_i,     ///< fp32
  output logic [255:0] mul_o,        ///< products
  output logic [255:0] add_o,        ///< sums
  output logic [63:0]  func_o        ///< two function values
);
  logic [255:0] a_op, b_op, q_op;
  logic [31:0]  scalar;
  assign scalar = rdata_b_i[32*elem_i +: 32];
  assign b_op   = bscalar_i ? {8{scalar}} : rdata_b_i;
  for (genvar i = 0; i < 4; i++) begin : gen_swap
    assign a_op[64*i +: 64] = swap_i ? {rdata_a_i[64*i +: 32], rdata_a_i[64*i+32 +: 32]} : rdata_a_i[64*i +: 64];
  end
  for (genvar i = 0; i < 8; i++) begin : gen_double
    logic [31:0] x;
    assign x = rdata_b_i[32*i +: 32];
    // a subnormal doubles by a shift, which also makes it normal when it grows; three exponent bits suffice otherwise
    assign q_op[32*i +: 32] = !q_double_i        ? x
                            : x[30:23] == 8'd0   ? {x[31], x[29:0], 1'b0}
                            :                      {x[31:26], x[25:23] + 3'd1, x[22:0]};
  end

  logic         m_v_q, f_v_q, s_v_q;  // new operands for multipliers, adders; for function units
  logic [255:0] ma_q, mb_q, fa_q, fb_q;
  always_ff @(posedge clk_i) begin
    m_v_q <= mul_ld_i || sq_mul_ld_i || q_mul_ld_i;
    f_v_q <= (add_ld_i && !shift_i) || sq_add_ld_i;
    s_v_q <= shift_i;
    if (mul_ld_i || sq_mul_ld_i || q_mul_ld_i) begin
      ma_q <= q_mul_ld_i ? q_op : sq_mul_ld_i ? rdata_a_i : a_op;
      mb_q <= q_mul_ld_i ? {8{q_factor_i}} : sq_mul_ld_i ? rdata_a_i : b_op;
    end
    if (add_ld_i || sq_add_ld_i) begin
      fa_q <= sq_add_ld_i ? sq_a_i : a_op;
      fb_q <= sq_add_ld_i ? sq_b_i : b_op;
    end else if (shift_i) begin
      fa_q <= {64'd0, fa_q[255:64]};
    end
  end

  for (genvar i = 0; i < 8; i++) begin : gen_lane
    htx_fmul mul (.clk_i, .valid_i(m_v_q), .a_i(ma_q[32*i +: 32]), .b_i(mb_q[32*i +: 32]), .y_o(mul_o[32*i +: 32]));
    htx_fadd add (.clk_i, .valid_i(f_v_q), .a_i(fa_q[32*i +: 32]), .b_i(fb_q[32*i +: 32]), .y_o(add_o[32*i +: 32]));
  end
  htx_func func0 (.clk_i, .valid_i(q_func_i ? q_valid_i : s_v_q), .op_i(func_op_i), .a_i(q_func_i ? q_amax_i : fa_q[31:0]), .y_o(func_o[31:0]));
  htx_func func1 (.clk_i, .valid_i(s_v_q), .op_i(func_op_i), .a_i(fa_q[63:32]), .y_o(func_o[63:32]));
endmodule
