// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_stream: lane commands, credit and queues at their edges, the four sources of requests, append at the edges of a page.
module htx_stream_cover (
  input logic clk_i, input logic rst_ni, input logic cmd_pop, input htx_pkg::lane_cmd_t cmd_head, input logic cmd_valid_i, input logic cmd_ready_o,
  input logic comp_valid_o, input logic comp_ready_i, input logic [2:0] comp_level, input logic req_valid_o, input logic req_ready_i,
  input htx_pkg::mem_req_t req_o, input logic beat_valid_o, input logic beat_ready_i, input logic host_valid_i, input logic host_ready_o,
  input htx_pkg::mem_req_t host_i, input logic append_start, input htx_pkg::lane_cmd_t cmd, input logic [9:0] credit, input logic [9:0] due,
  input logic run_start, input logic comp_push, input logic run_busy, input logic append_valid, input logic append_ready, input logic [15:0] job_count, input logic [15:0] job_len, input logic [3:0] cmd_level
);
  // g_op: MATVEC, EMBED, LOADV, APPEND, SCORE, PV
  for (genvar i = 0; i < 6; i++) begin : g_op
    command: cover property (@(posedge clk_i) disable iff (!rst_ni) cmd_pop && cmd_head.op == 3'(i));
  end
  w4: cover property (@(posedge clk_i) disable iff (!rst_ni) cmd_pop && cmd_head.op == 3'd0 && !cmd_head.w8);
  w8: cover property (@(posedge clk_i) disable iff (!rst_ni) cmd_pop && cmd_head.op == 3'd0 && cmd_head.w8);
  pair: cover property (@(posedge clk_i) disable iff (!rst_ni) cmd_pop && cmd_head.op == 3'd0 && cmd_head.pair);
  expert: cover property (@(posedge clk_i) disable iff (!rst_ni) cmd_pop && cmd_head.expert && !cmd_head.pair);
  expert_pair: cover property (@(posedge clk_i) disable iff (!rst_ni) cmd_pop && cmd_head.expert && cmd_head.pair);
  expert_elsewhere: cover property (@(posedge clk_i) disable iff (!rst_ni) comp_push && cmd.expert && job_count == '0);
  expert_behind_another: cover property (@(posedge clk_i) disable iff (!rst_ni) run_start && cmd.expert && due != '0);
  load_offset: cover property (@(posedge clk_i) disable iff (!rst_ni) cmd_pop && cmd_head.op == 3'd2 && cmd_head.off != '0);
  // g_row: 0, 1..14, 15, 16, 17..30, 31
  logic [5:0] row;
  assign row = {cmd.low == 5'd31, cmd.low > 5'd16 && cmd.low < 5'd31, cmd.low == 5'd16, cmd.low == 5'd15, cmd.low != '0 && cmd.low < 5'd15, cmd.low == '0};
  for (genvar i = 0; i < 6; i++) begin : g_row
    append_row: cover property (@(posedge clk_i) disable iff (!rst_ni) append_start && row[i]);
    embed_row: cover property (@(posedge clk_i) disable iff (!rst_ni) run_start && cmd.op == 3'd1 && row[i]);
  end
  one_run: cover property (@(posedge clk_i) disable iff (!rst_ni) run_start && job_count == 16'd1);
  many_runs: cover property (@(posedge clk_i) disable iff (!rst_ni) run_start && job_count > 16'd2);
  one_burst: cover property (@(posedge clk_i) disable iff (!rst_ni) run_start && job_len == 16'd2);
  // queues and handshakes
  queue_full: cover property (@(posedge clk_i) disable iff (!rst_ni) !cmd_ready_o);
  queue_empty: cover property (@(posedge clk_i) disable iff (!rst_ni) cmd_level == '0);
  compute_busy: cover property (@(posedge clk_i) disable iff (!rst_ni) comp_valid_o && !comp_ready_i);
  compute_queue_full: cover property (@(posedge clk_i) disable iff (!rst_ni) comp_level == 3'd4);
  channel_busy: cover property (@(posedge clk_i) disable iff (!rst_ni) req_valid_o && !req_ready_i);
  write_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) req_valid_o && !req_ready_i && req_o.write);
  beat_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) beat_valid_o && !beat_ready_i);
  no_credit: cover property (@(posedge clk_i) disable iff (!rst_ni) run_busy && credit < 10'd2);
  all_credit: cover property (@(posedge clk_i) disable iff (!rst_ni) credit == 10'(htx_pkg::STREAM_BEATS));
  append_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) append_valid && !append_ready);
  append_beside_tiles: cover property (@(posedge clk_i) disable iff (!rst_ni) append_valid && due != '0);
  host_write: cover property (@(posedge clk_i) disable iff (!rst_ni) host_valid_i && host_ready_o && host_i.write);
  host_read: cover property (@(posedge clk_i) disable iff (!rst_ni) host_valid_i && host_ready_o && !host_i.write);
  host_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) host_valid_i && !host_ready_o);
endmodule
bind htx_stream htx_stream_cover u_cover (.*);
