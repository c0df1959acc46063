// SPDX-License-Identifier: Apache-2.0
// htx_compute: the compute side of a lane, structure only: dot engine; a slow unit with result words and attention for each
// column; their turns.
module htx_compute #(
  parameter int unsigned COLUMNS = 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [5:0]          lanes_total_i,  ///< lanes over all chips
  input  logic [7:0]          vec_done_i,     ///< vector instructions finished
  input  logic                comp_valid_i,   ///< a resolved command
  output logic                comp_ready_o,   ///< it is taken
  input  htx_pkg::comp_cmd_t  comp_i,         ///< the command
  input  logic                beat_valid_i,   ///< tile data
  output logic                beat_ready_o,   ///< a beat is taken
  input  logic [127:0]        beat_i,         ///< the beat
  input  logic                act_we_i,       ///< pulse: a quantised block (kv = 0 is taken)
  input  htx_pkg::act_write_t act_i,          ///< the block
  output logic                res_valid_o,    ///< a result word
  input  logic                res_ready_i,    ///< it is taken
  output htx_pkg::res_word_t  res_o,          ///< the word; zero while not valid
  output logic                red_valid_o,    ///< a message to the tree
  input  logic                red_ready_i,    ///< it is taken
  output logic                red_kind_o,     ///< 0: maxima {M, U}; 1: a sum
  output logic                red_last_o,     ///< of the command's last column
  output logic [63:0]         red_data_o,     ///< the message; zero while not valid
  input  logic                max_valid_i,    ///< pulse: maxima over all lanes
  input  logic [2:0]          max_col_i,      ///< of this column
  input  logic [31:0]         max_m_i,        ///< M over all lanes
  input  logic [31:0]         max_u_i,        ///< U over all lanes
  output logic [7:0]          done_o,         ///< lane commands finished, modulo 256
  output logic [7:0]          err_o           ///< err_e, sticky
);
  localparam int unsigned W = htx_pkg::RES_WORD_W;
  logic [31:0]  row_sw;
  logic [COLUMNS-1:0]    row_valid, dot_valid, col_valid, max_ok;
  logic [32*COLUMNS-1:0] row_sa;
  logic [24*COLUMNS-1:0] dot;
  logic [21*COLUMNS-1:0] col;
  logic [7*COLUMNS-1:0]  share;
  logic         dot_score, dot_first, dot_last, grp_valid, grp_argmax, grp_nostore, grp_end, ld_valid;
  logic [4:0]   dot_row, at_low;
  logic [7:0]   dot_ev, col_addr;
  logic [9:0]   at_count;
  logic [13:0]  grp_addr, grp_step;
  logic [2:0]   grp_cols, at_cols;
  logic [127:0] ld_data;
  logic         at_valid, at_pv, page, col_first, col_last;
  logic [3:0]   at_kt;
  logic [1:0]   col_page;
  logic [COLUMNS-1:0] grp_on, at_on;  // columns that take part
  assign grp_on = COLUMNS'((9'd2 << grp_cols) - 9'd1);
  assign at_on  = COLUMNS'((9'd2 << at_cols) - 9'd1);
  // of each column
  logic [COLUMNS-1:0]    res_free, res_fin, red_fin, share_we, share_ok, word_valid, word_ready, word_last, msg_valid, msg_ready, msg_kind, msg_end, msg_last;
  logic [6*COLUMNS-1:0]  share_addr;
  logic [W*COLUMNS-1:0]  word;
  logic [64*COLUMNS-1:0] msg_data;
  logic [8*COLUMNS-1:0]  err;

  htx_dot #(.COLUMNS(COLUMNS)) u_dot (
    .clk_i, .rst_ni, .lanes_total_i, .vec_done_i, .comp_valid_i, .comp_ready_o, .comp_i, .beat_valid_i, .beat_ready_o, .beat_i,
    .act_we_i, .act_i, .done_o, .row_valid_o(row_valid), .row_sa_o(row_sa), .row_sw_o(row_sw), .dot_valid_o(dot_valid), .dot_score_o(dot_score),
    .dot_o(dot), .dot_row_o(dot_row), .dot_first_o(dot_first), .dot_last_o(dot_last), .dot_ev_o(dot_ev),
    .grp_valid_o(grp_valid), .grp_cols_o(grp_cols), .grp_addr_o(grp_addr), .grp_step_o(grp_step), .grp_argmax_o(grp_argmax), .grp_nostore_o(grp_nostore),
    .grp_end_o(grp_end), .ld_valid_o(ld_valid), .ld_data_o(ld_data), .res_free_i(|res_free), .res_fin_i(|res_fin),
    .at_valid_o(at_valid), .at_pv_o(at_pv), .at_cols_o(at_cols), .at_count_o(at_count), .at_kt_o(at_kt), .at_low_o(at_low), .page_o(page),
    .share_we_i(share_we[0]), .share_addr_i(share_addr[5:0]), .share_i(share), .share_ok_i(share_ok[0]), .max_ok_i(max_ok),
    .col_valid_o(col_valid), .col_o(col), .col_addr_o(col_addr), .col_page_o(col_page), .col_first_o(col_first),
    .col_last_o(col_last), .red_fin_i(|red_fin));

  for (genvar c = 0; c < COLUMNS; c++) begin : g_column
    logic        sc_valid;
    logic [31:0] sc_x;
    logic [7:0]  sc_ev;
    htx_accum u_accum (
      .clk_i, .rst_ni, .row_valid_i(row_valid[c]), .row_sa_i(row_sa[32*c +: 32]), .row_sw_i(row_sw), .dot_valid_i(dot_valid[c]), .dot_score_i(dot_score),
      .dot_i(dot[24*c +: 24]), .dot_row_i(dot_row), .dot_first_i(dot_first), .dot_last_i(dot_last), .dot_ev_i(dot_ev),
      .grp_valid_i(grp_valid && grp_on[c]), .grp_addr_i(grp_addr + 14'(c) * grp_step), .grp_argmax_i(grp_argmax), .grp_nostore_i(grp_nostore),
      .grp_end_i(grp_end), .grp_last_i(3'(c) == grp_cols), .ld_valid_i(c == 0 ? ld_valid : 1'b0), .ld_data_i(ld_data), .res_free_o(res_free[c]),
      .res_fin_o(res_fin[c]), .sc_valid_o(sc_valid), .sc_x_o(sc_x), .sc_ev_o(sc_ev), .res_valid_o(word_valid[c]), .res_ready_i(word_ready[c]),
      .res_last_o(word_last[c]), .res_o(word[W*c +: W]));
    htx_attn u_attn (
      .clk_i, .rst_ni, .at_valid_i(at_valid && at_on[c]), .at_pv_i(at_pv), .at_last_i(3'(c) == at_cols), .at_count_i(at_count), .at_kt_i(at_kt),
      .at_low_i(at_low), .sc_valid_i(sc_valid), .sc_x_i(sc_x), .sc_ev_i(sc_ev), .share_we_o(share_we[c]), .share_addr_o(share_addr[6*c +: 6]),
      .share_o(share[7*c +: 7]), .share_ok_o(share_ok[c]), .page_i(page && at_on[c]), .col_valid_i(col_valid[c]), .col_i(col[21*c +: 21]), .col_addr_i(col_addr),
      .col_page_i(col_page), .col_first_i(col_first), .col_last_i(col_last), .max_ok_o(max_ok[c]), .red_valid_o(msg_valid[c]), .red_ready_i(msg_ready[c]),
      .red_kind_o(msg_kind[c]), .red_data_o(msg_data[64*c +: 64]), .red_end_o(msg_end[c]), .red_last_o(msg_last[c]), .red_fin_o(red_fin[c]),
      .max_valid_i(max_valid_i && max_col_i == 3'(c)), .max_m_i, .max_u_i, .err_o(err[8*c +: 8]));
  end

  htx_turns #(.COLUMNS(COLUMNS)) u_turns (
    .clk_i, .rst_ni, .word_valid_i(word_valid), .word_ready_o(word_ready), .word_i(word), .word_last_i(word_last), .msg_valid_i(msg_valid),
    .msg_ready_o(msg_ready), .msg_kind_i(msg_kind), .msg_data_i(msg_data), .msg_end_i(msg_end), .msg_last_i(msg_last), .res_valid_o, .res_ready_i, .res_o,
    .red_valid_o, .red_ready_i, .red_kind_o, .red_last_o, .red_data_o);

  always_comb begin
    err_o = htx_pkg::ERR_NONE;
    for (int unsigned c = 0; c < COLUMNS; c++) err_o = err_o | err[8*c +: 8];  // one error is all that attention knows
  end
  if (COLUMNS > 1) begin : gen_unused  // columns share their clocks
    logic unused;
    assign unused = ^{share_we[COLUMNS-1:1], share_addr[6*COLUMNS-1:6], share_ok[COLUMNS-1:1]};
  end
endmodule
