// SPDX-License-Identifier: Apache-2.0
// htx_dot: what accum relies on: rows come in order, so none returns within 32 clocks; no result without a place; fp32 blocks never
// meet rows (docs/blocks/dot.md). The multipliers and memories are cut; attention and the stream are any that keep the documents' rules.
module dot_props (
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
  input logic                res_free_i,
  input logic                res_fin_i,
  input logic                red_fin_i
);
  localparam int unsigned WORDS = htx_lane_pkg::RESQ_WORDS;
  localparam int unsigned WAY = 11;  // clocks from a dot product to its accumulator
  logic               comp_ready, beat_ready;
  logic [7:0]         done, dot_ev;
  logic [31:0]        row_sa, row_sw;
  logic               row_valid, dot_valid, dot_score, dot_first, dot_last, grp_valid, grp_argmax, grp_nostore, grp_end, ld_valid;
  logic [23:0]        dot;
  logic [4:0]         dot_row, at_low;
  logic [13:0]        grp_addr;
  logic [127:0]       ld_data;
  logic               at_valid, at_pv, page, col_valid, col_first, col_last;
  logic [7:0]         col_addr;
  logic [9:0]         at_count;
  logic [3:0]         at_kt;
  logic [20:0]        col;
  logic [1:0]         col_page;
  htx_pkg::act_write_t no_write;
  assign no_write = '0;
  logic [2:0]         grp_cols, at_cols;
  logic [13:0]        grp_step;
  htx_dot dut (
    .clk_i, .rst_ni, .lanes_total_i, .vec_done_i, .comp_valid_i, .comp_ready_o(comp_ready), .comp_i, .beat_valid_i,
    .beat_ready_o(beat_ready), .beat_i, .act_we_i(1'b0), .act_i(no_write), .done_o(done), .row_valid_o(row_valid), .row_sa_o(row_sa), .row_sw_o(row_sw),
    .dot_valid_o(dot_valid), .dot_score_o(dot_score), .dot_o(dot), .dot_row_o(dot_row), .dot_first_o(dot_first),
    .dot_last_o(dot_last), .dot_ev_o(dot_ev), .grp_valid_o(grp_valid), .grp_cols_o(grp_cols), .grp_addr_o(grp_addr), .grp_step_o(grp_step), .grp_argmax_o(grp_argmax),
    .grp_nostore_o(grp_nostore), .grp_end_o(grp_end), .ld_valid_o(ld_valid), .ld_data_o(ld_data), .res_free_i, .res_fin_i,
    .at_valid_o(at_valid), .at_pv_o(at_pv), .at_cols_o(at_cols), .at_count_o(at_count), .at_kt_o(at_kt), .at_low_o(at_low), .page_o(page),
    .share_we_i(1'b0), .share_addr_i(6'd0), .share_i(7'd0), .share_ok_i, .max_ok_i, .col_valid_o(col_valid), .col_o(col),
    .col_addr_o(col_addr), .col_page_o(col_page), .col_first_o(col_first), .col_last_o(col_last), .red_fin_i);
`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire [1:0] \dut.st_q ;
  (* hierconn *) wire \dut.hdr_q ;
  (* hierconn *) wire [5:0] \dut.pos_q ;
  (* hierconn *) wire [4:0] \dut.credit_q ;
  (* hierconn *) wire [5:0] \dut.emit_q ;
  (* hierconn *) wire [4:0] \dut.drain_q ;
  (* hierconn *) wire \dut.is_mat ;
  (* hierconn *) wire \dut.is_embed ;
  (* hierconn *) wire \dut.is_load ;
  (* hierconn *) wire \dut.is_pv ;
  (* hierconn *) wire \dut.is_score ;
  (* hierconn *) wire \dut.last_tile ;
  (* hierconn *) wire [4:0] \dut.row ;
  (* hierconn *) wire [$bits(comp_i)-1:0] \dut.cmd_q ;
  (* hierconn *) wire \dut.wide ;
  (* hierconn *) wire \dut.fin_room ;
  (* hierconn *) wire [2:0] \dut.u_finish.level ;
  (* hierconn *) wire \dut.w_v_q ;
  (* hierconn *) wire \dut.w_pv_q ;
  (* hierconn *) wire \dut.w_score_q ;
  (* hierconn *) wire \dut.w_last_q ;
  (* hierconn *) wire [4:0] \dut.w_row_q ;
  (* hierconn *) wire \dut.p_v_q ;
  (* hierconn *) wire \dut.w_on_q ;
  (* hierconn *) wire \dut.g_column[0].u_col.s_v_q ;
  (* hierconn *) wire \dut.g_column[0].u_col.d_v_q ;
  (* hierconn *) wire \dut.p_score_q ;
  (* hierconn *) wire \dut.p_last_q ;
  (* hierconn *) wire [4:0] \dut.p_row_q ;
  (* hierconn *) wire \dut.s_v_q ;
  (* hierconn *) wire \dut.s_score_q ;
  (* hierconn *) wire \dut.s_last_q ;
  (* hierconn *) wire [4:0] \dut.s_row_q ;
  (* hierconn *) wire \dut.d_v_q ;
  (* hierconn *) wire \dut.d_score_q ;
  (* hierconn *) wire \dut.d_last_q ;
  (* hierconn *) wire [4:0] \dut.d_row_q ;
`endif

  htx_pkg::comp_cmd_t cmd;
  assign cmd = dut.cmd_q;

  // Rows of matrices on their way, oldest first: output, d, s, p, w; elements of an EMBED enter at p.
  logic       o, d, s, p, w, run;
  logic [4:0] place_d, place_s, place_p, place_w, place;  // numbers they must have
  assign run = dut.st_q == 2'd2;
  assign o = dot_valid && !dot_score;
  assign d = dut.d_v_q && !dut.d_score_q;
  assign s = dut.s_v_q && !dut.s_score_q;
  assign p = dut.p_v_q && !dut.p_score_q;
  assign w = dut.w_v_q && !dut.w_pv_q && !dut.w_score_q;
  assign place_d = next_q + 5'(o);
  assign place_s = place_d + 5'(d);
  assign place_p = place_s + 5'(s);
  assign place_w = place_p + 5'(p);
  assign place   = place_w + 5'(w);

  logic       started_q = 1'b0;
  logic       lived_q;
  logic [4:0] next_q;    // number of the next row
  logic [4:0] since_q;   // clocks since the last row, 16 for more
  logic [7:0] owed_q, owed;  // fp32 with a place that have not come: a clock ago with this clock's, and now
  logic [6:0] places_q;  // words with a place that have not left
  logic [7:0] rest;      // fp32 with a place that wait for their beats or in an EMBED
  logic [7:0] way;       // those on their way
  logic [2:0] red_open_q, fin_open_q;
  assign owed = owed_q + (grp_valid ? 8'd32 : 8'd0);
  assign way  = 8'(o && dot_last) + 8'(d && dut.d_last_q) + 8'(s && dut.s_last_q) + 8'(p && dut.p_last_q) + 8'(w && dut.w_last_q)
              + 8'(dut.emit_q) + (ld_valid ? 8'd4 : 8'd0);
  always_comb begin
    rest = '0;
    if (run && dut.is_mat && dut.last_tile) rest = dut.hdr_q ? (dut.pos_q == '0 ? 8'd0 : 8'd32) : 8'd32 - 8'(dut.row);
    if (run && dut.is_embed) rest = dut.hdr_q && dut.pos_q == '0 ? 8'd0 : 8'd32;
    if (run && dut.is_load) rest = dut.pos_q == '0 ? 8'd0 : 8'd32 - {dut.pos_q, 2'd0};
  end
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    lived_q   <= rst_ni;
    if (!rst_ni) begin
      {next_q, owed_q, places_q, red_open_q, fin_open_q} <= '0;
      since_q <= 5'd16;
    end else begin
      next_q     <= next_q + 5'(o);
      since_q    <= o ? 5'd1 : since_q + 5'(since_q != 5'd16);
      owed_q     <= owed - (o && dot_last ? 8'd1 : ld_valid ? 8'd4 : 8'd0);
      places_q   <= places_q + (grp_valid ? 7'd4 : 7'd0) - 7'(res_free_i);
      red_open_q <= red_open_q + 3'(at_valid) - 3'(red_fin_i);
      fin_open_q <= fin_open_q + 3'(grp_valid && grp_end) - 3'(res_fin_i);
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: the stream hands over legal commands: a known operation, blocks where units have tiles, no unit of an APPEND, columns
      // that are there (one),
      a2: assume (comp_i.cols == '0 && comp_i.op <= htx_pkg::L_PV && comp_i.kt != '0 && (comp_i.op != htx_pkg::L_APPEND || comp_i.count == '0));
      // assume 3: heads of at most HEAD_BLOCKS blocks and pages that the score memory holds.
      a3: assume (!(comp_i.op == htx_pkg::L_SCORE || comp_i.op == htx_pkg::L_PV)
                  || (comp_i.kt <= 10'(htx_pkg::HEAD_BLOCKS) && comp_i.count <= 16'(htx_pkg::SCORE_TOKENS / 32)));
      // assume 4: a place is given back only for a word that had one (proof accum, rule 8), a command's end comes with its last.
      a4: assume ((!res_free_i || places_q != '0) && (!res_fin_i || fin_open_q != '0));
      // assume 5: a last message belongs to a SCORE or PV that was started.
      a5: assume (!red_fin_i || red_open_q != '0);

      // rule 1: rows of matrices come in the order 0 to 31, over and over, one a clock at most: none returns within 32 clocks.
      r1: assert (!o || dot_row == next_q);
      // rule 2: no result comes without a place.
      r2: assert (!((o && dot_last) || ld_valid) || owed >= (ld_valid ? 8'd4 : 8'd1));
      // rule 3: words with a place, and places free, are together as many as there are.
      r3: assert (places_q <= 7'(WORDS) && 7'(dut.credit_q) + places_q + (grp_valid ? 7'd4 : 7'd0) == 7'(WORDS));
      // rule 4: an fp32 beat comes no sooner than the clock after the last row's accumulator was written.
      r4: assert (!ld_valid || (!o && since_q > 5'(WAY)));
      // rule 5: fp32 blocks begin between two blocks of results.
      r5: assert (!ld_valid || next_q == '0);
      // rule 6: every result that has a place waits for its beat, or is on its way (so none is without one in the end).
      r6: assert (owed == rest + way);
      // rule 7: rows on their way stand in order at every stage, and what comes next follows them.
      r7: assert ((!d || dut.d_row_q == place_d) && (!s || dut.s_row_q == place_s) && (!p || dut.p_row_q == place_p)
                  && (!w || dut.w_row_q == place_w));
      // rule 8: the beats of a matrix's tile follow the rows on their way, an EMBED's elements those before them; else a tile begins.
      r8: assert (place == (dut.emit_q != '0 ? 5'd0 - dut.emit_q[4:0] : run && dut.is_mat && !dut.hdr_q ? dut.row : 5'd0));
      // rule 9: an EMBED's elements are never on their way together with other rows in front of the multipliers, nor with a matrix.
      r9: assert (dut.emit_q == '0 || (dut.emit_q <= 6'd32 && !dut.w_v_q && !(run && !dut.is_embed)));
      // rule 10: the drain counter holds fp32 blocks back while a row is on its way.
      r10: assert (!(run && dut.is_load) || (dut.drain_q == '0 && !dut.w_v_q && dut.emit_q == '0));
      // rule 11: it counts down from 15 in the clock after a row's operands.
      r11: assert ((!p || dut.drain_q >= 5'd15) && (!s || dut.drain_q >= 5'd14) && (!d || dut.drain_q >= 5'd13) && (!o || dut.drain_q >= 5'd12)
                   && dut.drain_q <= 5'd15 && since_q <= 5'd16 && 6'(dut.drain_q) + 6'(since_q) >= 6'd12);
      // rule 12: at work there is one of five operations, and beats stand within their unit.
      r12: assert (!run || ((dut.is_mat || dut.is_embed || dut.is_load || dut.is_score || dut.is_pv)
                   && (!dut.hdr_q || (dut.is_mat && dut.pos_q < 6'd4) || (dut.is_embed && dut.pos_q < 6'd2) || (dut.is_score && dut.pos_q < 6'd8))
                   && (!dut.is_load || dut.pos_q < 6'd8) && (!dut.is_mat || dut.wide || dut.pos_q < 6'd32) && (!(dut.is_embed && !dut.hdr_q) || dut.pos_q < 6'd2)));
      // rule 13: a command starts only where it can be queued to be counted.
      r13: assert (dut.st_q != 2'd3 && dut.u_finish.level <= 3'd4 && (dut.st_q != 2'd1 || dut.fin_room));
      // rule 14: the command in hand is as legal as it was handed over.
      r14: assert (dut.st_q == '0 || (cmd.cols == '0 && cmd.op <= htx_pkg::L_PV && cmd.kt != '0 && (cmd.op != htx_pkg::L_APPEND || cmd.count == '0)
                   && (!(cmd.op == htx_pkg::L_SCORE || cmd.op == htx_pkg::L_PV)
                       || (cmd.kt <= 10'(htx_pkg::HEAD_BLOCKS) && cmd.count <= 16'(htx_pkg::SCORE_TOKENS / 32)))));
      // rule 15: a column's rows are where the front thinks they are.
      r15: assert (row_valid == dut.p_v_q && dut.g_column[0].u_col.s_v_q == dut.s_v_q && dut.g_column[0].u_col.d_v_q == dut.d_v_q
                   && (!dut.w_v_q || dut.w_on_q));

      // cover 1: a row returns as early as it may, and the tile is the last of its rows.
      c1: cover (o && dot_last && dot_row == 5'd31);
      // cover 2: no place is left.
      c2: cover (dut.credit_q == '0);
      // cover 3: an fp32 block comes after rows.
      c3: cover (ld_valid && since_q == 5'd16 && lived_q && places_q >= 7'd4);
    end
  end
endmodule
