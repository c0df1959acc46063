// SPDX-License-Identifier: Apache-2.0
// The arithmetic outside rtl/fp: a lane's multipliers, a token's share and term, and the quantiser from a word to its int8.
/* verilator lint_off PINCONNECTEMPTY */  // what only passes along is no arithmetic
module arith_top (
  input  logic         clk_i,
  input  logic         rst_ni,
  // dot products
  input  logic         w_load_i,
  input  logic         w_wide_i,
  input  logic [255:0] w_i,
  input  logic         act_load_i,
  input  logic [255:0] act_i,
  input  logic         share_load_i,
  input  logic [6:0]   share_i,
  input  logic         mul_i,
  input  logic         pv_i,
  input  logic [4:0]   row_i,
  output logic [23:0]  sum_o,
  output logic         col_valid_o,
  output logic [20:0]  col_o,
  output logic [4:0]   col_index_o,
  // shares
  input  logic         tok_valid_i,
  input  logic         tok_ok_i,
  input  logic [7:0]   ev_i,
  input  logic [23:0]  s_i,
  input  logic [17:0]  uc_i,      // a clock after its score, as m_i
  input  logic [17:0]  m_i,
  output logic [6:0]   share_o,   // 4 clocks after its score, as term_o
  output logic [31:0]  term_o,
  output logic         term_valid_o,
  // the quantiser
  input  logic         start_i,
  input  logic [1:0]   qmode_i,
  input  logic         word_i,
  input  logic         group_i,
  input  logic [255:0] a_i,
  input  logic         scalar_i,
  input  logic         b_load_i,
  input  logic [255:0] b_i,
  output logic         b_go_o,
  output logic         err_o,
  output logic         q_valid_o,
  output logic [31:0]  scale_o,
  output logic [255:0] q_o        // 32 int8
);
  /* verilator lint_off UNUSEDSIGNAL */
  logic [7:0]   col_addr;
  logic [255:0] products, sums;
  logic [63:0]  func;
  /* verilator lint_on UNUSEDSIGNAL */
  assign col_index_o = col_addr[4:0];
  logic [255:0] w;
  htx_dot_row u_row (.clk_i, .load_i(w_load_i), .wide_i(w_wide_i), .low_i(w_i[127:0]), .beat_i(w_i[255:128]), .w_o(w));
  htx_dot_mul u_dot (
    .clk_i, .rst_ni, .w_i(w), .act_load_i, .act_i, .share_load_i, .share_i,
    .one_load_i(1'b0), .one_i('0), .mul_i, .pv_i, .row_i, .tile_i('0), .page_i('0), .first_i(1'b0), .last_i(1'b0),
    .sum_o, .col_valid_o, .col_o, .col_addr_o(col_addr), .col_page_o(), .col_first_o(), .col_last_o());

  htx_attn_share u_share (
    .clk_i, .rst_ni, .valid_i(tok_valid_i), .ok_i(tok_ok_i), .addr_i('0), .ev_i, .s_i, .uc_i, .m_i,
    .soon_o(), .share_we_o(), .share_addr_o(), .share_o, .term_valid_o, .term_o);

  logic [31:0] amax, factor, scale;
  logic        amax_valid, double_it, scale_valid;
  htx_vector_quant u_quant (
    .clk_i, .rst_ni, .start_i, .qmode_i, .elem_i('0), .word_i, .group_i, .rdata_a_i(a_i), .scalar_i, .rdata_b_i(b_i),
    .amax_valid_o(amax_valid), .amax_o(amax), .rcp_i(func[31:0]), .b_go_o, .factor_o(factor), .double_o(double_it),
    .scale_o(scale_valid), .scale_data_o(scale), .err_o);
  htx_vector_lanes u_lanes (
    .clk_i, .func_op_i(htx_fp_pkg::FUNC_RCP), .swap_i(1'b0), .bscalar_i(1'b0), .elem_i('0), .rdata_a_i(a_i), .rdata_b_i(b_i),
    .mul_ld_i(1'b0), .add_ld_i(1'b0), .shift_i(1'b0), .sq_mul_ld_i(1'b0), .sq_add_ld_i(1'b0), .sq_a_i('0), .sq_b_i('0),
    .q_mul_ld_i(b_load_i), .q_factor_i(factor), .q_double_i(double_it), .q_func_i(1'b1), .q_valid_i(amax_valid), .q_amax_i(amax),
    .mul_o(products), .add_o(sums), .func_o(func));

  localparam int unsigned MUL = htx_fp_pkg::FMUL_LATENCY + 1;
  logic [MUL:1] v_q;
  htx_pkg::vec_cmd_t   cmd;
  /* verilator lint_off UNUSEDSIGNAL */
  htx_pkg::act_write_t block;
  /* verilator lint_on UNUSEDSIGNAL */
  always_comb begin
    cmd = '0;
    cmd.n = 11'd1024;  // more than a run has
    cmd.e = 11'd1;
    cmd.qmode = htx_pkg::quant_e'(qmode_i);
  end
  always_ff @(posedge clk_i) v_q <= rst_ni ? {v_q[MUL-1:1], b_load_i} : '0;
  htx_vector_pack u_pack (
    .clk_i, .rst_ni, .start_i, .head_i(cmd), .cmd_i(cmd), .word_i(v_q[MUL]), .mul_i(products), .scale_i(scale_valid), .scale_data_i(scale),
    .scales_o(), .act_we_o(q_valid_o), .act_o(block), .fin_o());
  assign scale_o = block.scale;
  assign q_o     = block.data;
endmodule
