// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_collect and its waiting sources.
module htx_collect_cover #(parameter int unsigned SRC = 2) (
  input logic clk_i, input logic rst_ni, input logic [SRC-1:0] src_valid_i, input logic [SRC-1:0] src_ready_o, input logic hold_q, input logic take,
  input htx_pkg::res_word_t word, input logic argmax_clear_i, input logic busy_o
);
  first_source: cover property (@(posedge clk_i) disable iff (!rst_ni) take && src_ready_o[0]);
  last_source: cover property (@(posedge clk_i) disable iff (!rst_ni) take && src_ready_o[SRC-1]);
  source_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) (src_valid_i & ~src_ready_o) != '0);
  all_wait: cover property (@(posedge clk_i) disable iff (!rst_ni) &src_valid_i);
  vector_unit_first: cover property (@(posedge clk_i) disable iff (!rst_ni) hold_q && src_valid_i != '0);
  // g_option: stored, stored and argmax, argmax only, dropped
  for (genvar i = 0; i < 4; i++) begin : g_option
    result: cover property (@(posedge clk_i) disable iff (!rst_ni) take && {word.nostore, word.argmax} == (i == 0 ? 2'b00 : i == 1 ? 2'b01 : i == 2 ? 2'b11 : 2'b10));
  end
  cleared_while_busy: cover property (@(posedge clk_i) disable iff (!rst_ni) argmax_clear_i && busy_o);
endmodule
bind htx_collect htx_collect_cover #(.SRC($bits(src_valid_i))) u_cover (.*);
