// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_fifo, over every queue of the design together.
module htx_fifo_cover #(parameter int unsigned DEPTH = 4, parameter int unsigned CW = 3) (
  input logic clk_i, input logic rst_ni, input logic push_i, input logic pop_i, input logic [CW-1:0] level_q
);
  empty: cover property (@(posedge clk_i) disable iff (!rst_ni) level_q == '0);
  almost_empty: cover property (@(posedge clk_i) disable iff (!rst_ni) level_q == CW'(1));
  almost_full: cover property (@(posedge clk_i) disable iff (!rst_ni) level_q == CW'(DEPTH - 1));
  full: cover property (@(posedge clk_i) disable iff (!rst_ni) level_q == CW'(DEPTH));
  into_empty: cover property (@(posedge clk_i) disable iff (!rst_ni) push_i && level_q == '0);
  last_out: cover property (@(posedge clk_i) disable iff (!rst_ni) pop_i && !push_i && level_q == CW'(1));
  through_one: cover property (@(posedge clk_i) disable iff (!rst_ni) push_i && pop_i && level_q == CW'(1));
  in_and_out: cover property (@(posedge clk_i) disable iff (!rst_ni) push_i && pop_i);
  out_of_full: cover property (@(posedge clk_i) disable iff (!rst_ni) pop_i && !push_i && level_q == CW'(DEPTH));
endmodule
bind htx_fifo htx_fifo_cover #(.DEPTH(DEPTH), .CW($bits(level_q))) u_cover (.*);
