// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_attn: edges of pages, pages without a token here, waiting messages, values that stop being numbers.
module htx_attn_cover (
  input logic clk_i, input logic rst_ni, input logic at_valid_i, input logic at_pv_i, input logic [9:0] at_count_i, input logic [3:0] at_kt_i,
  input logic [4:0] at_low_i, input logic sc_valid_i, input logic [31:0] sc_x_i, input logic red_valid_o, input logic red_ready_i, input logic red_kind_o,
  input logic share_ok_o, input logic page_i, input logic [6:0] share_o, input logic share_we_o, input logic col_valid_i, input logic col_first_i, input logic max_ok_o,
  input logic max_pend_q, input logic signed [17:0] gap, input logic [1:0] gen_q, input logic gen_ahead_q, input logic [7:0] err_o, input logic [1:0] pv_q
);
  // g_pages: 0, 1, 2, 3..511, 512
  logic [4:0] pages;
  assign pages = {at_count_i == 10'd512, at_count_i > 10'd2 && at_count_i < 10'd512, at_count_i == 10'd2, at_count_i == 10'd1, at_count_i == '0};
  for (genvar i = 0; i < 5; i++) begin : g_pages
    score_pages: cover property (@(posedge clk_i) disable iff (!rst_ni) at_valid_i && !at_pv_i && pages[i]);
    pv_pages: cover property (@(posedge clk_i) disable iff (!rst_ni) at_valid_i && at_pv_i && pages[i]);
  end
  // g_last: first token, inside, last token
  for (genvar i = 0; i < 3; i++) begin : g_last
    score_ends: cover property (@(posedge clk_i) disable iff (!rst_ni) at_valid_i && !at_pv_i && at_count_i != '0 && (i == 0 ? at_low_i == '0 : i == 2 ? at_low_i == '1 : at_low_i != '0 && at_low_i != '1));
    pv_ends: cover property (@(posedge clk_i) disable iff (!rst_ni) at_valid_i && at_pv_i && at_count_i != '0 && (i == 0 ? at_low_i == '0 : i == 2 ? at_low_i == '1 : at_low_i != '0 && at_low_i != '1));
  end
  // g_blocks: 1, 2, 3, 4, 5, 6, 7, 8
  for (genvar i = 0; i < 8; i++) begin : g_blocks
    head: cover property (@(posedge clk_i) disable iff (!rst_ni) at_valid_i && at_pv_i && at_kt_i == 4'(i + 1));
  end
  // g_score: zero, subnormal, normal, infinity, NaN
  logic [4:0] score;
  assign score = {sc_x_i[30:23] == '1 && sc_x_i[22:0] != '0, sc_x_i[30:0] == 31'h7f800000, sc_x_i[30:23] != '0 && sc_x_i[30:23] != '1,
                  sc_x_i[30:23] == '0 && sc_x_i[22:0] != '0, sc_x_i[30:0] == '0};
  for (genvar i = 0; i < 5; i++) begin : g_score
    special: cover property (@(posedge clk_i) disable iff (!rst_ni) sc_valid_i && score[i]);
  end
  no_longer_a_number: cover property (@(posedge clk_i) disable iff (!rst_ni) err_o != '0);
  share_zero: cover property (@(posedge clk_i) disable iff (!rst_ni) share_we_o && share_o == '0);
  share_full: cover property (@(posedge clk_i) disable iff (!rst_ni) share_we_o && share_o == '1);
  gap_none: cover property (@(posedge clk_i) disable iff (!rst_ni) gen_q == 2'd2 && gap == '0);
  gap_beyond: cover property (@(posedge clk_i) disable iff (!rst_ni) gen_q == 2'd2 && gap > 18'sd60);
  // waiting
  maxima_wait: cover property (@(posedge clk_i) disable iff (!rst_ni) red_valid_o && !red_ready_i && !red_kind_o);
  sums_wait: cover property (@(posedge clk_i) disable iff (!rst_ni) red_valid_o && !red_ready_i && red_kind_o);
  maxima_wait_for_drain: cover property (@(posedge clk_i) disable iff (!rst_ni) max_pend_q && pv_q != 2'd0);
  maxima_not_back: cover property (@(posedge clk_i) disable iff (!rst_ni) !max_ok_o);
  page_right_away: cover property (@(posedge clk_i) disable iff (!rst_ni) page_i && share_ok_o);
  one_page_ahead: cover property (@(posedge clk_i) disable iff (!rst_ni) gen_ahead_q && gen_q == 2'd0);
  first_page_overwrites: cover property (@(posedge clk_i) disable iff (!rst_ni) col_valid_i && col_first_i);
  later_page_adds: cover property (@(posedge clk_i) disable iff (!rst_ni) col_valid_i && !col_first_i);
endmodule
bind htx_attn htx_attn_cover u_cover (.*);
