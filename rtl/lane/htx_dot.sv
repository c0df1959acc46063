// SPDX-License-Identifier: Apache-2.0
// htx_dot: the front of a lane's compute side: commands, decode of beats, activation memory, 32 multipliers, tree, columns.
//
// Takes one command at a time and its beats in the stream's order, at most one a clock; nothing behind it can stall, so a
// tile starts only when its results have room. A row completed by a beat in clock n shows its scales in n + 2 and its dot
// product in n + 5 (exact integers). Columns (probabilities times values) leave one a clock from n + 5 of a tile's last row.
// docs/blocks/dot.md specifies every clock.
module htx_dot (
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
  // to the slow unit: scales of a row, DOT_LAG clocks later its dot product
  output logic                row_valid_o,    ///< pulse: scales of a row
  output logic [31:0]         row_sa_o,       ///< activation scale, fp32
  output logic [31:0]         row_sw_o,       ///< row scale, fp32
  output logic                dot_valid_o,    ///< pulse
  output logic                dot_score_o,    ///< a score of attention, else a row of a matrix
  output logic [23:0]         dot_o,          ///< signed
  output logic [4:0]          dot_row_o,      ///< row of the tile, or token of the page
  output logic                dot_first_o,    ///< the accumulator starts from zero
  output logic                dot_last_o,     ///< the accumulator is a result
  output logic [7:0]          dot_ev_o,       ///< V exponent of the token
  output logic                grp_valid_o,    ///< pulse: results of a block will come
  output logic [13:0]         grp_addr_o,     ///< their vector memory block
  output logic                grp_argmax_o,   ///< it takes part in the argmax
  output logic                grp_nostore_o,  ///< it is not written to vector memory
  output logic                grp_end_o,      ///< the command's last block
  output logic                ld_valid_o,     ///< pulse: 4 fp32 that pass unchanged
  output logic [127:0]        ld_data_o,      ///< the four
  input  logic                res_free_i,     ///< pulse: a result word has been taken
  input  logic                res_fin_i,      ///< pulse: it was a command's last
  // to attention
  output logic                at_valid_o,     ///< pulse: a SCORE or PV starts
  output logic                at_pv_o,        ///< it is a PV
  output logic [7:0]          at_count_o,     ///< its pages on this lane, 0..128
  output logic [3:0]          at_kt_o,        ///< blocks a head
  output logic [4:0]          at_low_o,       ///< last valid token of its last page
  output logic                page_o,         ///< pulse: the beats of a value page start
  input  logic                share_we_i,     ///< pulse: share of a token
  input  logic [5:0]          share_addr_i,   ///< {page[0], token}
  input  logic [6:0]          share_i,        ///< the share, 0..127
  input  logic                share_ok_i,     ///< the next value page may start
  input  logic                max_ok_i,       ///< the maxima are back: a PV may start
  output logic                col_valid_o,    ///< pulse: a column of a value tile
  output logic [20:0]         col_o,          ///< sum over the tokens of share times value, signed
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

  logic       waited, go, row_done, fin_room;
  logic [4:0] row;
  assign waited   = !cmd_q.wait_vec || $signed(vec_done_i - cmd_q.vec_tag) >= 8'sd0;
  assign go       = (st_q == ST_WAIT) && waited && (emit_q == 6'd0) && (!is_load || drain_q == 5'd0) && (!is_pv || max_ok_i);
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

  // ---------------------------------------------------------------- memories and registers in front of the multipliers
  logic [511:0] scale_q;  // header: 32 fp16
  logic [255:0] ev_q;     // page header: 32 V exponents
  logic [127:0] low_q;    // first half of an 8-bit row
  logic [15:0]  sc_q;     // scale of the row in stage w
  logic [31:0]  sa_q;
  logic         act_re, act_re_q, act_sa_q, share_re_q;
  logic [287:0] act_rd;
  logic [6:0]   share_rd;
  assign act_re = take && pos_q == 6'd0 && (is_mat ? hdr_q : (is_score && !hdr_q));

  htx_ram #(.WIDTH(288), .DEPTH(htx_pkg::ACT_BLOCKS)) u_act (
    .clk_i, .we_i(act_we_i && !act_i.kv), .waddr_i(act_i.addr), .wdata_i({act_i.scale, act_i.data}),
    .re_i(act_re), .raddr_i(cmd_q.act + tile_q), .rdata_o(act_rd));
  htx_ram #(.WIDTH(7), .DEPTH(64)) u_share (
    .clk_i, .we_i(share_we_i), .waddr_i(share_addr_i), .wdata_i(share_i),
    .re_i(take && is_pv && !pos_q[0]), .raddr_i({unit_q[0], row}), .rdata_o(share_rd));

  // ---------------------------------------------------------------- stage w: operands of a row
  logic       w_v_q, w_pv_q, w_score_q, w_first_q, w_last_q, w_pfirst_q, w_plast_q;
  logic [4:0] w_row_q;
  logic [2:0] w_tile_q;
  logic [1:0] w_page_q;
  logic [7:0] w_ev_q;
  logic       emit, w_v;
  logic [4:0] emit_row;
  assign emit     = emit_q != 6'd0;
  assign emit_row = -emit_q[4:0];
  assign w_v      = w_v_q || emit;

  always_ff @(posedge clk_i) begin
    if (take && hdr_q && !pos_q[2])               scale_q[{pos_q[1:0], 7'd0} +: 128] <= beat_i;
    if (take && hdr_q && pos_q[2] && !pos_q[1])   ev_q[{pos_q[0], 7'd0} +: 128] <= beat_i;
    if (take && !hdr_q && !pos_q[0]) low_q <= beat_i;
    if (row_done) begin
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
    if (act_re_q && act_sa_q) sa_q <= act_rd[287:256];
    if (!rst_ni) begin
      {w_v_q, emit_q, act_re_q, share_re_q, drain_q} <= '0;
    end else begin
      w_v_q      <= row_done && !is_embed;
      act_re_q   <= act_re;
      share_re_q <= take && is_pv && !pos_q[0];
      emit_q     <= (row_done && is_embed) ? 6'd32 : emit ? emit_q - 6'd1 : 6'd0;
      drain_q    <= w_v ? 5'(ACC_DRAIN) : (drain_q != 5'd0) ? drain_q - 5'd1 : 5'd0;
    end
  end

  // ---------------------------------------------------------------- multipliers; beside them what belongs to the row
  logic        p_score_q, p_first_q, p_last_q, s_v_q, s_score_q, s_first_q, s_last_q, d_v_q, d_score_q, d_first_q, d_last_q;
  logic [4:0]  p_row_q, s_row_q, d_row_q;
  logic [7:0]  p_ev_q, s_ev_q, d_ev_q;
  logic        w_pv, part_we_q, embed_row;
  logic [23:0] d_sum, part_rd;
  assign w_pv      = !emit && w_pv_q;
  assign embed_row = row_done && is_embed;

  htx_dot_mul u_mul (
    .clk_i, .rst_ni, .w_load_i(row_done), .w_wide_i(wide || is_embed), .low_i(low_q), .beat_i, .act_load_i(act_re_q),
    .act_i(act_rd[255:0]), .share_load_i(share_re_q), .share_i(share_rd), .one_load_i(embed_row || emit),
    .one_i(embed_row ? 5'd0 : emit_row + 5'd1), .mul_i(w_v), .pv_i(w_pv), .row_i(w_row_q), .tile_i(w_tile_q), .page_i(w_page_q),
    .first_i(w_pfirst_q), .last_i(w_plast_q), .sum_o(d_sum), .col_valid_o, .col_o, .col_addr_o, .col_page_o, .col_first_o, .col_last_o);

  htx_ram #(.WIDTH(24), .DEPTH(32)) u_part (
    .clk_i, .we_i(part_we_q), .waddr_i(dot_row_o), .wdata_i(dot_o), .re_i(s_v_q && s_score_q), .raddr_i(s_row_q), .rdata_o(part_rd));

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
      {row_valid_o, s_v_q, d_v_q, part_we_q, row_sa_o, row_sw_o, dot_valid_o, dot_score_o, dot_o, dot_row_o, dot_first_o, dot_last_o,
       dot_ev_o} <= '0;
    end else begin
      row_valid_o <= w_v && !w_pv;
      s_v_q <= row_valid_o;
      d_v_q <= s_v_q;
      if (w_v && !w_pv) begin
        row_sa_o <= emit ? htx_fp_pkg::FP32_ONE : sa_q;
        row_sw_o <= htx_fp_pkg::h2f(sc_q);
      end
      part_we_q   <= d_v_q && d_score_q;
      dot_valid_o <= d_v_q && (!d_score_q || d_last_q);
      if (d_v_q) begin
        dot_o       <= d_sum + ((d_score_q && !d_first_q) ? part_rd : 24'd0);
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
      {grp_valid_o, grp_addr_o, grp_argmax_o, grp_nostore_o, grp_end_o, ld_valid_o, ld_data_o, at_valid_o, at_pv_o, at_count_o,
       at_kt_o, at_low_o, page_o} <= '0;
    end else begin
      grp_valid_o <= reserve;
      if (reserve) begin
        grp_addr_o    <= base_q[13:0] + (odd_q ? 14'(cmd_q.pstride) : 14'd0);
        grp_argmax_o  <= cmd_q.argmax;
        grp_nostore_o <= cmd_q.nostore;
        grp_end_o     <= last_unit;
      end
      ld_valid_o <= take && is_load;
      if (take && is_load) ld_data_o <= beat_i;
      at_valid_o <= go && (is_score || is_pv);
      if (go && (is_score || is_pv)) begin
        at_pv_o    <= is_pv;
        at_count_o <= cmd_q.count[7:0];
        at_kt_o    <= cmd_q.kt[3:0];
        at_low_o   <= cmd_q.low;
      end
      page_o <= take && is_pv && pos_q == 6'd0 && tile_q == 10'd0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (credit_q <= 5'(htx_lane_pkg::RESQ_WORDS));
      if (go && (is_score || is_pv)) assert (cmd_q.count <= 16'(htx_pkg::SCORE_TOKENS / 32) && cmd_q.kt <= 10'(htx_pkg::HEAD_BLOCKS));
      if (go && !one_tile && cmd_q.count != 16'd0) assert (cmd_q.kt != 10'd0);
    end
  end
endmodule
