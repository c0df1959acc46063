// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_tree: both kinds of message, lanes that come late, full queues, powers beyond the range of a float.
module htx_tree_cover #(parameter int unsigned LANES = 1) (
  input logic clk_i, input logic rst_ni, input logic [LANES-1:0] red_valid_i, input logic [LANES-1:0] red_ready_o, input logic [LANES-1:0] head_valid, input logic kind,
  input logic take, input logic take_sum, input logic begins, input logic last, input logic [2:0] credit_q, input logic cmd_valid, input logic cmd_ready_o,
  input logic res_valid_o, input logic res_ready_i, input logic [31:0] power, input logic a_valid_q, input logic a_kind_q, input logic [20:0] a_side_q, input logic [9:0] cmd_kt
);
  maxima: cover property (@(posedge clk_i) disable iff (!rst_ni) take && !kind);
  sums: cover property (@(posedge clk_i) disable iff (!rst_ni) take && kind);
  last_sum: cover property (@(posedge clk_i) disable iff (!rst_ni) take_sum && last);
  a_lane_is_late: cover property (@(posedge clk_i) disable iff (!rst_ni) head_valid != '0 && !(&head_valid));
  queue_full: cover property (@(posedge clk_i) disable iff (!rst_ni) (red_valid_i & ~red_ready_o) != '0);
  all_full: cover property (@(posedge clk_i) disable iff (!rst_ni) &red_valid_i && red_ready_o == '0);
  sums_before_command: cover property (@(posedge clk_i) disable iff (!rst_ni) (&head_valid) && kind && !cmd_valid);
  no_credit: cover property (@(posedge clk_i) disable iff (!rst_ni) (&head_valid) && kind && cmd_valid && begins && credit_q == '0);
  commands_full: cover property (@(posedge clk_i) disable iff (!rst_ni) !cmd_ready_o);
  word_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) res_valid_o && !res_ready_i);
  power_small: cover property (@(posedge clk_i) disable iff (!rst_ni) a_valid_q && a_kind_q && a_side_q[20] && a_side_q[19] && $signed(power) < -32'sd126);
  power_large: cover property (@(posedge clk_i) disable iff (!rst_ni) a_valid_q && a_kind_q && a_side_q[20] && a_side_q[19] && $signed(power) > 32'sd127);
  power_inside: cover property (@(posedge clk_i) disable iff (!rst_ni) a_valid_q && a_kind_q && a_side_q[20] && a_side_q[19] && $signed(power) >= -32'sd126 && $signed(power) <= 32'sd127);
  // g_blocks: 1, 2, 3, 4, 5, 6, 7, 8
  for (genvar i = 0; i < 8; i++) begin : g_blocks
    head: cover property (@(posedge clk_i) disable iff (!rst_ni) take_sum && last && cmd_kt == 10'(i + 1));
  end
endmodule
bind htx_tree htx_tree_cover #(.LANES(LANES)) u_cover (.*);
