// SPDX-License-Identifier: Apache-2.0
// htx_dot with htx_accum behind it, as htx_compute joins them: no row comes back before its sum is written, no result is without
// a place, no block of results without its address (docs/blocks/dot.md, accum.md). The floating-point units decide nothing here and
// drop out of the proof; attention is any neighbour that keeps the documents' rules.
module results_props (
  input logic                clk_i,
  input logic                rst_ni,
  input logic [5:0]          lanes_total_i,
  input logic [7:0]          vec_done_i,
  input logic                comp_valid_i,
  input htx_pkg::comp_cmd_t  comp_i,
  input logic                beat_valid_i,
  input logic [127:0]        beat_i,
  input logic                share_ok_i,
  input logic                max_ok_i,
  input logic                red_fin_i,
  input logic                res_ready_i,
  input logic [4:0]          watch_i  // the row that is watched, chosen in reset
);
  logic               comp_ready, beat_ready, res_valid;
  logic [7:0]         done, dot_ev;
  logic [31:0]        row_sa, row_sw;
  logic               dot_valid, dot_score, dot_first, dot_last, grp_valid, grp_argmax, grp_nostore, grp_end, ld_valid, res_free, res_fin;
  logic [23:0]        dot;
  logic [4:0]         dot_row, at_low;
  logic [13:0]        grp_addr;
  logic [127:0]       ld_data;
  logic               at_valid, at_pv, page, col_valid, col_first, col_last, sc_valid;
  logic [7:0]         at_count, col_addr, sc_ev;
  logic [3:0]         at_kt;
  logic [20:0]        col;
  logic [1:0]         col_page;
  logic [31:0]        sc_x;
  htx_pkg::res_word_t res;
  htx_pkg::act_write_t no_write;
  assign no_write = '0;
  htx_dot u_dot (
    .clk_i, .rst_ni, .lanes_total_i, .vec_done_i, .comp_valid_i, .comp_ready_o(comp_ready), .comp_i, .beat_valid_i,
    .beat_ready_o(beat_ready), .beat_i, .act_we_i(1'b0), .act_i(no_write), .done_o(done), .row_sa_o(row_sa), .row_sw_o(row_sw),
    .dot_valid_o(dot_valid), .dot_score_o(dot_score), .dot_o(dot), .dot_row_o(dot_row), .dot_first_o(dot_first),
    .dot_last_o(dot_last), .dot_ev_o(dot_ev), .grp_valid_o(grp_valid), .grp_addr_o(grp_addr), .grp_argmax_o(grp_argmax),
    .grp_nostore_o(grp_nostore), .grp_end_o(grp_end), .ld_valid_o(ld_valid), .ld_data_o(ld_data), .res_free_i(res_free),
    .res_fin_i(res_fin), .at_valid_o(at_valid), .at_pv_o(at_pv), .at_count_o(at_count), .at_kt_o(at_kt), .at_low_o(at_low),
    .page_o(page), .share_we_i(1'b0), .share_addr_i(6'd0), .share_i(7'd0), .share_ok_i, .max_ok_i, .col_valid_o(col_valid),
    .col_o(col), .col_addr_o(col_addr), .col_page_o(col_page), .col_first_o(col_first), .col_last_o(col_last), .red_fin_i);
  htx_accum u_accum (
    .clk_i, .rst_ni, .row_sa_i(row_sa), .row_sw_i(row_sw), .dot_valid_i(dot_valid), .dot_score_i(dot_score), .dot_i(dot),
    .dot_row_i(dot_row), .dot_first_i(dot_first), .dot_last_i(dot_last), .dot_ev_i(dot_ev), .grp_valid_i(grp_valid),
    .grp_addr_i(grp_addr), .grp_argmax_i(grp_argmax), .grp_nostore_i(grp_nostore), .grp_end_i(grp_end), .ld_valid_i(ld_valid),
    .ld_data_i(ld_data), .res_free_o(res_free), .res_fin_o(res_fin), .sc_valid_o(sc_valid), .sc_x_o(sc_x), .sc_ev_o(sc_ev),
    .res_valid_o(res_valid), .res_ready_i, .res_o(res));

  logic       started_q = 1'b0;
  logic [4:0] watch_q;
  logic [5:0] since_q;     // clocks since the watched row went to the accumulator, 32 for more or never
  logic [2:0] red_open_q;  // SCORE and PV started, their last message not taken
  logic       hit, attends;
  logic       unit_head;   // the operation works on heads
  assign hit       = dot_valid && !dot_score && dot_row == watch_q;
  assign attends   = at_valid;
  assign unit_head = comp_i.op == htx_pkg::L_SCORE || comp_i.op == htx_pkg::L_PV;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni) begin
      watch_q    <= watch_i;
      since_q    <= 6'd32;
      red_open_q <= '0;
    end else begin
      if (hit) since_q <= 6'd1;
      else if (since_q != 6'd32) since_q <= since_q + 6'd1;
      red_open_q <= red_open_q + 3'(attends) - 3'(red_fin_i);
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: the stream hands over legal commands: a known operation, blocks where units have tiles, no unit of an APPEND,
      a2: assume (comp_i.op <= htx_pkg::L_PV && comp_i.kt != '0 && (comp_i.op != htx_pkg::L_APPEND || comp_i.count == '0));
      // assume 3: heads of at most HEAD_BLOCKS blocks and pages that the score memory holds.
      a3: assume (!unit_head || (comp_i.kt <= 10'(htx_pkg::HEAD_BLOCKS) && comp_i.count <= 16'(htx_pkg::SCORE_TOKENS / 32)));
      // assume 4: a last message belongs to a SCORE or PV that was started.
      a4: assume (!red_fin_i || red_open_q != '0);

      // rule 1: a row returns to the accumulator after 32 clocks at the earliest, long after its sum is written.
      r1: assert (!hit || since_q == 6'd32);

      // cover 1: a row returns as early as it may.
      c1: cover (hit && since_q == 6'd32 && res_valid);
      // cover 2: a result waits to be taken.
      c2: cover (res_valid && !res_ready_i);
    end
  end
endmodule
