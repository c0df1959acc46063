// SPDX-License-Identifier: Apache-2.0
// htx_dot: the front of a lane's compute side: commands, decode of beats, and the columns that multiply (htx_dot_col).
//
// Takes one command at a time and its beats in the stream's order, at most one a clock; nothing behind it can stall, so a
// tile starts only when its results have room. A row completed by a beat in clock n meets one activation block in each
// column; it shows its scales in n + 2 and its dot products in n + 5 (exact integers). Sums over tokens (probabilities times
// values) leave one a clock from n + 5 of a tile's last row. docs/blocks/dot.md specifies every clock.
module htx_dot #(
  parameter int unsigned COLUMNS = 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [5:0]          lanes_total_i,  ///< lanes over all chips: distance of a lane's blocks in vector memory
  input  logic [7:0]          vec_done_i,     ///< vector instructions finished
  input  logic                comp_valid_i,   ///< a resolved command
  output logic                comp_ready_o,   ///< taken
  input  htx_pkg::comp_cmd_t  comp_i,         ///< the command
  input  logic                beat_valid_i,   ///< tile data
  output logic                beat_ready_o,   ///< a beat is taken
  input  logic [127:0]        beat_i,         ///< the beat
  input  logic                act_we_i,       ///< pulse: a quantised block (kv = 0 is taken)
  input  htx_pkg::act_write_t act_i,          ///< the block
  output logic [7:0]          done_o,         ///< lane commands finished, modulo 256
  // to the slow units, column 0 lowest: scales of a row, DOT_LAG clocks later its dot product
  output logic [COLUMNS-1:0]    row_valid_o,  ///< pulse: scales of a row
  output logic [32*COLUMNS-1:0] row_sa_o,     ///< activation scales, fp32
  output logic [31:0]         row_sw_o,       ///< row scale, fp32
  output logic [COLUMNS-1:0]    dot_valid_o,  ///< pulse
  output logic                dot_score_o,    ///< a score of attention, else a row of a matrix
  output logic [24*COLUMNS-1:0] dot_o,        ///< signed
  output logic [4:0]          dot_row_o,      ///< row of the tile, or token of the page
  output logic                dot_first_o,    ///< the accumulator starts from zero
  output logic                dot_last_o,     ///< the accumulator is a result
  output logic [7:0]          dot_ev_o,       ///< V exponent of the token
  output logic                grp_valid_o,    ///< pulse: results of a block will come
  output logic [2:0]          grp_cols_o,     ///< from this many columns, less one
  output logic [13:0]         grp_addr_o,     ///< their vector memory block in column 0
  output logic [13:0]         grp_step_o,     ///< from a column's block to the next one's
  output logic                grp_argmax_o,   ///< it takes part in the argmax
  output logic                grp_nostore_o,  ///< it is not written to vector memory
  output logic                grp_end_o,      ///< the command's last block
  output logic                ld_valid_o,     ///< pulse: 4 fp32 that pass unchanged
  output logic [127:0]        ld_data_o,      ///< the four
  input  logic                res_free_i,     ///< pulse: a result word of each column has been taken
  input  logic                res_fin_i,      ///< pulse: they were a command's last
  // to attention
  output logic                at_valid_o,     ///< pulse: a SCORE or PV starts
  output logic                at_pv_o,        ///< it is a PV
  output logic [2:0]          at_cols_o,      ///< its columns, less one
  output logic [9:0]          at_count_o,     ///< its pages on this lane, 0..512
  output logic [3:0]          at_kt_o,        ///< blocks a head
  output logic [4:0]          at_low_o,       ///< last valid token of its last page
  output logic                page_o,         ///< pulse: the beats of a value page start
  input  logic                share_we_i,     ///< pulse: share of a token
  input  logic [5:0]          share_addr_i,   ///< {page[0], token}
  input  logic [7*COLUMNS-1:0]  share_i,      ///< the shares, 0..127
  input  logic                share_ok_i,     ///< the next value page may start
  input  logic [COLUMNS-1:0]    max_ok_i,     ///< the maxima are back: a PV may start
  output logic [COLUMNS-1:0]    col_valid_o,  ///< pulse: a column of a value tile
  output logic [21*COLUMNS-1:0] col_o,        ///< sum over the tokens of share times value, signed
  output logic [7:0]          col_addr_o,     ///< {tile[2:0], column}
  output logic [1:0]          col_page_o,     ///< page, modulo 4
  output logic                col_first_o,    ///< of the first page: overwrites
  output logic                col_last_o,     ///< the command's last column
  input  logic                red_fin_i       ///< pulse: a command's last message was taken by the tree
);
  localparam logic [1:0] ST_IDLE = 2'd0, ST_WAIT = 2'd1, ST_RUN = 2'd2;
  // clocks after a row in which fp32 blocks may not yet pass the slow unit by, so that results keep their order
  localparam int unsigned ACC_DRAIN = htx_fp_pkg::I2F32_LATENCY + htx_fp_pkg::FMUL_LATENCY + htx_fp_pkg::FADD_LATENCY + 4;

  // ---------------------------------------------------------------- the command and the place in it
  logic [1:0]         st_q;
  htx_pkg::comp_cmd_t cmd_q;
  logic               hdr_q;     // in a header
  logic [5:0]         pos_q;     // beat within header or body
  logic [9:0]         tile_q;
  logic [15:0]        unit_q;    // row group, tile, block or page
  logic [15:0]        base_q;    // vector memory block of the unit
  logic               odd_q;     // second of a pair
  logic [4:0]         credit_q;  // free words of the result queue
  logic [5:0]         emit_q;    // EMBED: elements still to go out
  logic [4:0]         drain_q;   // clocks until the slow unit is surely empty
  logic               share_ok_q;

  logic is_mat, is_embed, is_load, is_score, is_pv, wide;
  assign is_mat   = cmd_q.op == htx_pkg::L_MATVEC;
  assign is_embed = cmd_q.op == htx_pkg::L_EMBED;
  assign is_load  = cmd_q.op == htx_pkg::L_LOADV;
  assign is_score = cmd_q.op == htx_pkg::L_SCORE;
  assign is_pv    = cmd_q.op == htx_pkg::L_PV;
  assign wide     = is_score || is_pv || cmd_q.w8;  // a row takes two beats

  logic one_tile, last_tile, last_unit, no_room, stop, take, body_end, unit_end, reserve;
  logic [5:0] end_pos;
  assign one_tile  = is_embed || is_load;
  assign last_tile = one_tile || (tile_q == cmd_q.kt - 10'd1);
  assign last_unit = unit_q == cmd_q.count - 16'd1;
  assign no_room   = credit_q < 5'd4;
  assign stop = (pos_q == 6'd0 && ((hdr_q && no_room && ((is_mat && last_tile) || is_embed)) || (is_load && no_room)
                                   || (is_pv && tile_q == 10'd0 && !share_ok_q)))
             || (is_embed && !hdr_q && pos_q == 6'd1 && emit_q > 6'd1);
  assign beat_ready_o = (st_q == ST_RUN) && !stop;
  assign take     = beat_valid_i && beat_ready_o;
  assign end_pos  = hdr_q ? (is_score ? 6'd7 : is_mat ? 6'd3 : 6'd1)
                  : is_embed ? 6'd1 : is_load ? 6'd7 : wide ? 6'd63 : 6'd31;
  assign body_end = take && !hdr_q && (pos_q == end_pos);
  assign unit_end = body_end && last_tile;
  assign reserve  = take && pos_q == 6'd0 && (is_load || (hdr_q && (is_embed || (is_mat && last_tile))));

  logic       waited, go, row_done, fin_room, max_ok;
  logic [4:0] row;
  assign waited   = !cmd_q.wait_vec || $signed(vec_done_i - cmd_q.vec_tag) >= 8'sd0;
  assign go       = (st_q == ST_WAIT) && waited && (emit_q == 6'd0) && (!is_load || drain_q == 5'd0) && (!is_pv || max_ok);
  assign row      = wide ? pos_q[5:1] : pos_q[4:0];
  assign row_done = take && !hdr_q && !is_load && (is_embed ? pos_q[0] : (!wide || pos_q[0]));
  assign comp_ready_o = (st_q == ST_IDLE) && fin_room;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      st_q       <= ST_IDLE;
      cmd_q      <= '0;
      {hdr_q, pos_q, tile_q, unit_q, base_q, odd_q} <= '0;
      credit_q   <= 5'(htx_lane_pkg::RESQ_WORDS);
      share_ok_q <= 1'b0;
    end else begin
      share_ok_q <= share_ok_i;
      credit_q   <= credit_q + 5'(res_free_i) - (reserve ? 5'd4 : 5'd0);
      if (comp_ready_o && comp_valid_i) begin
        cmd_q <= comp_i;
        st_q  <= ST_WAIT;
      end
      if (go) begin
        st_q   <= (cmd_q.count == 16'd0) ? ST_IDLE : ST_RUN;
        hdr_q  <= is_mat || is_embed || is_score;
        pos_q  <= '0;
        tile_q <= '0;
        unit_q <= '0;
        base_q <= cmd_q.out;
        odd_q  <= 1'b0;
      end
      if (take) begin
        pos_q <= (pos_q == end_pos) ? 6'd0 : pos_q + 6'd1;
        if (pos_q == end_pos) hdr_q <= !hdr_q && (is_mat || is_embed || (is_score && last_tile));
        if (body_end) tile_q <= last_tile ? 10'd0 : tile_q + 10'd1;
        if (unit_end) begin
          unit_q <= unit_q + 16'd1;
          odd_q  <= cmd_q.pair && !odd_q;
          if (is_embed)                  base_q <= base_q + 16'd1;
          else if (!cmd_q.pair || odd_q) base_q <= base_q + 16'(lanes_total_i);
          if (last_unit) st_q <= ST_IDLE;
        end
      end
    end
  end

  htx_finish u_finish (
    .clk_i, .rst_ni, .start_i(go), .res_i(res_fin_i), .red_i(red_fin_i), .room_o(fin_room), .done_o,
    .kind_i((is_score || is_pv) ? 2'd2 : (cmd_q.count == 16'd0) ? 2'd0 : 2'd1));

  logic [COLUMNS-1:0] on;  // the columns of the command
  assign on     = COLUMNS'((9'd2 << cmd_q.cols) - 9'd1);
  assign max_ok = &(max_ok_i | ~on);

  // ---------------------------------------------------------------- memories and registers in front of the multipliers
  logic [511:0] scale_q;  // header: 32 fp16
  logic [255:0] ev_q;     // page header: 32 V exponents
  logic [127:0] low_q;    // first half of an 8-bit row
  logic [15:0]  sc_q;     // scale of the row in stage w
  logic [255:0] w;        // the row
  logic         act_re, act_re_q, act_sa_q, share_re, share_re_q;
  assign act_re   = take && pos_q == 6'd0 && (is_mat ? hdr_q : (is_score && !hdr_q));
  assign share_re = take && is_pv && !pos_q[0];

  // ---------------------------------------------------------------- stage w: operands of a row
  logic       w_v_q, w_pv_q, w_score_q, w_first_q, w_last_q, w_pfirst_q, w_plast_q;
  logic [4:0] w_row_q;
  logic [2:0] w_tile_q;
  logic [1:0] w_page_q;
  logic [7:0] w_ev_q;
  logic [COLUMNS-1:0] w_on_q;
  logic       emit, w_v;
  logic [4:0] emit_row;
  assign emit     = emit_q != 6'd0;
  assign emit_row = -emit_q[4:0];
  assign w_v      = w_v_q || emit;

  htx_dot_row u_row (.clk_i, .load_i(row_done), .wide_i(wide || is_embed), .low_i(low_q), .beat_i, .w_o(w));

  always_ff @(posedge clk_i) begin
    if (take && hdr_q && !pos_q[2])               scale_q[{pos_q[1:0], 7'd0} +: 128] <= beat_i;
    if (take && hdr_q && pos_q[2] && !pos_q[1])   ev_q[{pos_q[0], 7'd0} +: 128] <= beat_i;
    if (take && !hdr_q && !pos_q[0]) low_q <= beat_i;
    if (row_done) begin
      w_on_q     <= on;
      sc_q       <= scale_q[{is_embed ? {1'b0, cmd_q.low[3:0]} : row, 4'd0} +: 16];
      w_ev_q     <= ev_q[{row, 3'd0} +: 8];
      w_row_q    <= row;
      w_pv_q     <= is_pv;
      w_score_q  <= is_score;
      w_first_q  <= tile_q == 10'd0;
      w_last_q   <= last_tile;
      w_tile_q   <= tile_q[2:0];
      w_page_q   <= unit_q[1:0];
      w_pfirst_q <= unit_q == 16'd0;
      w_plast_q  <= last_tile && last_unit;
    end
    act_sa_q   <= is_mat || tile_q == 10'd0;
    if (!rst_ni) begin
      {w_v_q, emit_q, act_re_q, share_re_q, drain_q} <= '0;
    end else begin
      w_v_q      <= row_done && !is_embed;
      act_re_q   <= act_re;
      share_re_q <= share_re;
      emit_q     <= (row_done && is_embed) ? 6'd32 : emit ? emit_q - 6'd1 : 6'd0;
      drain_q    <= w_v ? 5'(ACC_DRAIN) : (drain_q != 5'd0) ? drain_q - 5'd1 : 5'd0;
    end
  end

  // ---------------------------------------------------------------- columns; beside them what belongs to the row
  logic        p_v_q, p_score_q, p_first_q, p_last_q, s_v_q, s_score_q, s_first_q, s_last_q, d_v_q, d_score_q, d_first_q, d_last_q;
  logic [4:0]  p_row_q, s_row_q, d_row_q;
  logic [7:0]  p_ev_q, s_ev_q, d_ev_q;
  logic        w_pv, embed_row;
  assign w_pv      = !emit && w_pv_q;
  assign embed_row = row_done && is_embed;

  htx_lane_pkg::dot_ctl_t ctl;
  assign ctl.act_re     = act_re;
  assign ctl.act_addr   = cmd_q.act + tile_q;
  assign ctl.act_load   = act_re_q;
  assign ctl.sa_load    = act_re_q && act_sa_q;
  assign ctl.share_re   = share_re;
  assign ctl.share_addr = {unit_q[0], row};
  assign ctl.share_load = share_re_q;
  assign ctl.one_load   = embed_row || emit;
  assign ctl.one        = embed_row ? 5'd0 : emit_row + 5'd1;
  assign ctl.w_emit     = emit;
  assign ctl.w_pv       = w_pv;
  assign ctl.w_row      = w_row_q;
  assign ctl.w_tile     = w_tile_q;
  assign ctl.w_page     = w_page_q;
  assign ctl.w_first    = w_pfirst_q;
  assign ctl.w_last     = w_plast_q;
  assign ctl.s_score    = s_score_q;
  assign ctl.s_row      = s_row_q;
  assign ctl.d_score    = d_score_q;
  assign ctl.d_first    = d_first_q;
  assign ctl.d_last     = d_last_q;
  assign ctl.dot_row    = dot_row_o;

  // where and when the sums over tokens are is the same in all columns
  logic [8*COLUMNS-1:0] col_addr;
  logic [2*COLUMNS-1:0] col_page;
  logic [COLUMNS-1:0]   col_first, col_last;
  assign {col_addr_o, col_page_o, col_first_o, col_last_o} = {col_addr[7:0], col_page[1:0], col_first[0], col_last[0]};
  for (genvar c = 0; c < COLUMNS; c++) begin : g_column
    htx_dot_col u_col (
      .clk_i, .rst_ni, .act_we_i(act_we_i && !act_i.kv && act_i.col == 3'(c)), .act_i, .share_we_i, .share_addr_i, .share_i(share_i[7*c +: 7]),
      .ctl_i(ctl), .w_i(w), .on_i(emit ? c == 0 : (w_v_q && w_on_q[c])), .row_valid_o(row_valid_o[c]), .row_sa_o(row_sa_o[32*c +: 32]),
      .dot_valid_o(dot_valid_o[c]), .dot_o(dot_o[24*c +: 24]), .col_valid_o(col_valid_o[c]), .col_o(col_o[21*c +: 21]),
      .col_addr_o(col_addr[8*c +: 8]), .col_page_o(col_page[2*c +: 2]), .col_first_o(col_first[c]), .col_last_o(col_last[c]));
  end
  if (COLUMNS > 1) begin : gen_unused
    logic unused;
    assign unused = ^{col_addr[8*COLUMNS-1:8], col_page[2*COLUMNS-1:2], col_first[COLUMNS-1:1], col_last[COLUMNS-1:1]};
  end

  always_ff @(posedge clk_i) begin
    if (w_v) begin
      p_score_q <= !emit && w_score_q;
      p_first_q <= emit || w_first_q;
      p_last_q  <= emit || w_last_q;
      p_row_q   <= emit ? emit_row : w_row_q;
      p_ev_q    <= w_ev_q;
    end
    {s_score_q, s_first_q, s_last_q, s_row_q, s_ev_q} <= {p_score_q, p_first_q, p_last_q, p_row_q, p_ev_q};
    {d_score_q, d_first_q, d_last_q, d_row_q, d_ev_q} <= {s_score_q, s_first_q, s_last_q, s_row_q, s_ev_q};
    if (!rst_ni) begin
      {p_v_q, s_v_q, d_v_q, row_sw_o, dot_score_o, dot_row_o, dot_first_o, dot_last_o, dot_ev_o} <= '0;
    end else begin
      p_v_q <= w_v && !w_pv;
      s_v_q <= p_v_q;
      d_v_q <= s_v_q;
      if (w_v && !w_pv) row_sw_o <= htx_fp_pkg::h2f(sc_q);
      if (d_v_q) begin
        dot_score_o <= d_score_q;
        dot_row_o   <= d_row_q;
        dot_first_o <= d_first_q;
        dot_last_o  <= d_last_q;
        dot_ev_o    <= d_score_q ? d_ev_q : 8'd0;
      end
    end
  end

  // ---------------------------------------------------------------- what else goes out
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {grp_valid_o, grp_cols_o, grp_addr_o, grp_step_o, grp_argmax_o, grp_nostore_o, grp_end_o, ld_valid_o, ld_data_o, at_valid_o, at_pv_o, at_cols_o, at_count_o,
       at_kt_o, at_low_o, page_o} <= '0;
    end else begin
      grp_valid_o <= reserve;
      if (reserve) begin
        grp_addr_o    <= base_q[13:0] + (odd_q ? 14'(cmd_q.pstride) : 14'd0);
        grp_cols_o    <= cmd_q.cols;
        grp_step_o    <= cmd_q.pair ? {2'd0, cmd_q.pstride, 1'b0} : {3'd0, cmd_q.pstride};
        grp_argmax_o  <= cmd_q.argmax;
        grp_nostore_o <= cmd_q.nostore;
        grp_end_o     <= last_unit;
      end
      ld_valid_o <= take && is_load;
      if (take && is_load) ld_data_o <= beat_i;
      at_valid_o <= go && (is_score || is_pv);
      if (go && (is_score || is_pv)) begin
        at_pv_o    <= is_pv;
        at_cols_o  <= cmd_q.cols;
        at_count_o <= cmd_q.count[9:0];
        at_kt_o    <= cmd_q.kt[3:0];
        at_low_o   <= cmd_q.low;
      end
      page_o <= take && is_pv && pos_q == 6'd0 && tile_q == 10'd0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (credit_q <= 5'(htx_lane_pkg::RESQ_WORDS));
      if (go) assert (32'(cmd_q.cols) < COLUMNS);
      if (go && (is_score || is_pv)) assert (cmd_q.count <= 16'(htx_pkg::SCORE_TOKENS / 32) && cmd_q.kt <= 10'(htx_pkg::HEAD_BLOCKS));
      if (go && !one_tile && cmd_q.count != 16'd0) assert (cmd_q.kt != 10'd0);
    end
  end
endmodule
