// SPDX-License-Identifier: Apache-2.0
// htx_compute: the compute side of a lane, structure only: dot engine, slow unit with result words, attention.
module htx_compute (
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
  output logic [63:0]         red_data_o,     ///< the message; zero while not valid
  input  logic                max_valid_i,    ///< pulse: maxima over all lanes
  input  logic [31:0]         max_m_i,        ///< M over all lanes
  input  logic [31:0]         max_u_i,        ///< U over all lanes
  output logic [7:0]          done_o,         ///< lane commands finished, modulo 256
  output logic [7:0]          err_o           ///< err_e, sticky
);
  logic [31:0]  row_sa, row_sw, sc_x;
  logic         row_valid, dot_valid, dot_score, dot_first, dot_last, sc_valid;
  logic [23:0]  dot;
  logic [4:0]   dot_row, at_low;
  logic [7:0]   dot_ev, sc_ev, at_count, col_addr;
  logic         grp_valid, grp_argmax, grp_nostore, grp_end, ld_valid, res_free, res_fin;
  logic [13:0]  grp_addr;
  logic [127:0] ld_data;
  logic         at_valid, at_pv, page, share_we, share_ok, max_ok, col_valid, col_first, col_last, red_fin;
  logic [3:0]   at_kt;
  logic [5:0]   share_addr;
  logic [6:0]   share;
  logic [20:0]  col;
  logic [1:0]   col_page;

  htx_dot u_dot (
    .clk_i, .rst_ni, .lanes_total_i, .vec_done_i, .comp_valid_i, .comp_ready_o, .comp_i, .beat_valid_i, .beat_ready_o, .beat_i,
    .act_we_i, .act_i, .done_o, .row_valid_o(row_valid), .row_sa_o(row_sa), .row_sw_o(row_sw), .dot_valid_o(dot_valid), .dot_score_o(dot_score),
    .dot_o(dot), .dot_row_o(dot_row), .dot_first_o(dot_first), .dot_last_o(dot_last), .dot_ev_o(dot_ev),
    .grp_valid_o(grp_valid), .grp_addr_o(grp_addr), .grp_argmax_o(grp_argmax), .grp_nostore_o(grp_nostore), .grp_end_o(grp_end),
    .ld_valid_o(ld_valid), .ld_data_o(ld_data), .res_free_i(res_free), .res_fin_i(res_fin),
    .at_valid_o(at_valid), .at_pv_o(at_pv), .at_count_o(at_count), .at_kt_o(at_kt), .at_low_o(at_low), .page_o(page),
    .share_we_i(share_we), .share_addr_i(share_addr), .share_i(share), .share_ok_i(share_ok), .max_ok_i(max_ok),
    .col_valid_o(col_valid), .col_o(col), .col_addr_o(col_addr), .col_page_o(col_page), .col_first_o(col_first),
    .col_last_o(col_last), .red_fin_i(red_fin));

  htx_accum u_accum (
    .clk_i, .rst_ni, .row_valid_i(row_valid), .row_sa_i(row_sa), .row_sw_i(row_sw), .dot_valid_i(dot_valid), .dot_score_i(dot_score), .dot_i(dot),
    .dot_row_i(dot_row), .dot_first_i(dot_first), .dot_last_i(dot_last), .dot_ev_i(dot_ev), .grp_valid_i(grp_valid),
    .grp_addr_i(grp_addr), .grp_argmax_i(grp_argmax), .grp_nostore_i(grp_nostore), .grp_end_i(grp_end), .ld_valid_i(ld_valid),
    .ld_data_i(ld_data), .res_free_o(res_free), .res_fin_o(res_fin), .sc_valid_o(sc_valid), .sc_x_o(sc_x), .sc_ev_o(sc_ev),
    .res_valid_o, .res_ready_i, .res_o);

  htx_attn u_attn (
    .clk_i, .rst_ni, .at_valid_i(at_valid), .at_pv_i(at_pv), .at_count_i(at_count), .at_kt_i(at_kt), .at_low_i(at_low),
    .sc_valid_i(sc_valid), .sc_x_i(sc_x), .sc_ev_i(sc_ev), .share_we_o(share_we), .share_addr_o(share_addr), .share_o(share),
    .share_ok_o(share_ok), .page_i(page), .col_valid_i(col_valid), .col_i(col), .col_addr_i(col_addr), .col_page_i(col_page),
    .col_first_i(col_first), .col_last_i(col_last), .max_ok_o(max_ok), .red_valid_o, .red_ready_i, .red_kind_o, .red_data_o,
    .red_fin_o(red_fin), .max_valid_i, .max_m_i, .max_u_i, .err_o);
endmodule
