// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_dot: command kinds with their options and sizes, what keeps a beat waiting, what a start waits for.
module htx_dot_cover (
  input logic clk_i, input logic rst_ni, input htx_pkg::comp_cmd_t cmd_q, input logic go, input logic [1:0] st_q, input logic waited,
  input logic [5:0] emit_q, input logic [4:0] drain_q, input logic max_ok_i, input logic is_mat, input logic is_embed, input logic is_load,
  input logic is_score, input logic is_pv, input logic hdr_q, input logic [5:0] pos_q, input logic no_room, input logic share_ok_q,
  input logic [9:0] tile_q, input logic last_tile, input logic beat_valid_i, input logic beat_ready_o, input logic comp_valid_i,
  input logic comp_ready_o, input logic fin_room, input logic act_we_i, input htx_pkg::act_write_t act_i, input logic take,
  input logic last_unit
);
  localparam logic [1:0] RUN = 2'd2;
  logic [5:0] kind;
  assign kind = {is_pv, is_score, is_load, is_embed, is_mat && cmd_q.w8, is_mat && !cmd_q.w8};
  // g_kind: MATVEC 4 bit, MATVEC 8 bit, EMBED, LOADV, SCORE, PV
  // g_count: 0, 1, 2, more
  // g_tiles: 1, 2, more
  for (genvar k = 0; k < 6; k++) begin : g_kind
    for (genvar c = 0; c < 4; c++) begin : g_count
      units: cover property (@(posedge clk_i) disable iff (!rst_ni) go && kind[k] && (c == 3 ? cmd_q.count > 16'd2 : cmd_q.count == 16'(c)));
    end
    for (genvar t = 0; t < 3; t++) begin : g_tiles
      if (k != 3 && k != 2) begin : g_kt  // LOADV has none, EMBED takes tiles one by one
        tiles: cover property (@(posedge clk_i) disable iff (!rst_ni) go && kind[k] && (t == 2 ? cmd_q.kt > 10'd2 : cmd_q.kt == 10'(t + 1)));
      end
    end
    starved: cover property (@(posedge clk_i) disable iff (!rst_ni) st_q == RUN && kind[k] && beat_ready_o && !beat_valid_i);
    waits_for_vector: cover property (@(posedge clk_i) disable iff (!rst_ni) st_q == 2'd1 && kind[k] && !waited);
    first_of_reset: cover property (@(posedge clk_i) disable iff (!rst_ni) go && kind[k] && cmd_q.vec_tag == '0);
    after_wrap: cover property (@(posedge clk_i) disable iff (!rst_ni) go && kind[k] && cmd_q.vec_tag[7]);
  end
  // g_option: argmax, nostore, pair, argmax and nostore
  logic [3:0] option;
  assign option = {cmd_q.argmax && cmd_q.nostore, cmd_q.pair, cmd_q.nostore, cmd_q.argmax};
  for (genvar o = 0; o < 4; o++) begin : g_option
    bits4: cover property (@(posedge clk_i) disable iff (!rst_ni) go && is_mat && !cmd_q.w8 && option[o]);
    bits8: cover property (@(posedge clk_i) disable iff (!rst_ni) go && is_mat && cmd_q.w8 && option[o]);
  end
  // g_blocks: 1, 2, 3, 4, 5, 6, 7, 8
  for (genvar b = 0; b < 8; b++) begin : g_blocks
    score_head: cover property (@(posedge clk_i) disable iff (!rst_ni) go && is_score && cmd_q.kt == 10'(b + 1));
    pv_head: cover property (@(posedge clk_i) disable iff (!rst_ni) go && is_pv && cmd_q.kt == 10'(b + 1));
  end
  page_ends_at_first: cover property (@(posedge clk_i) disable iff (!rst_ni) go && is_score && cmd_q.low == '0);
  page_ends_at_last: cover property (@(posedge clk_i) disable iff (!rst_ni) go && is_score && cmd_q.low == '1);
  page_ends_inside: cover property (@(posedge clk_i) disable iff (!rst_ni) go && is_score && cmd_q.low != '0 && cmd_q.low != '1);
  // what keeps a beat waiting
  logic held;
  assign held = st_q == RUN && beat_valid_i && !beat_ready_o;
  no_room_for_rows: cover property (@(posedge clk_i) disable iff (!rst_ni) held && hdr_q && no_room && is_mat && last_tile);
  no_room_for_embed: cover property (@(posedge clk_i) disable iff (!rst_ni) held && hdr_q && no_room && is_embed);
  no_room_for_block: cover property (@(posedge clk_i) disable iff (!rst_ni) held && is_load && no_room);
  share_not_ready: cover property (@(posedge clk_i) disable iff (!rst_ni) held && is_pv && pos_q == '0 && tile_q == '0 && !share_ok_q);
  embed_still_leaving: cover property (@(posedge clk_i) disable iff (!rst_ni) held && is_embed && !hdr_q && emit_q > 6'd1);
  // what keeps a command waiting
  start_waits_for_embed: cover property (@(posedge clk_i) disable iff (!rst_ni) st_q == 2'd1 && waited && emit_q != '0);
  load_waits_for_rows: cover property (@(posedge clk_i) disable iff (!rst_ni) st_q == 2'd1 && waited && is_load && drain_q != '0);
  pv_waits_for_maxima: cover property (@(posedge clk_i) disable iff (!rst_ni) st_q == 2'd1 && waited && is_pv && !max_ok_i);
  no_place_to_finish: cover property (@(posedge clk_i) disable iff (!rst_ni) st_q == 2'd0 && comp_valid_i && !comp_ready_o && !fin_room);
  back_to_back: cover property (@(posedge clk_i) disable iff (!rst_ni) take && last_tile && last_unit && comp_valid_i);
  activation_written_while_running: cover property (@(posedge clk_i) disable iff (!rst_ni) act_we_i && !act_i.kv && st_q == RUN);
endmodule
bind htx_dot htx_dot_cover u_cover (.*);
