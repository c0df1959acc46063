// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_vector_topk: every rank that a logit can take, ties, zeros of both signs, what is no number.
module htx_vector_topk_cover (
  input logic clk_i, input logic rst_ni, input logic live_q, input logic [31:0] x, input logic [31:0] key, input logic [htx_pkg::TOP_K-1:0] stays,
  input logic [htx_pkg::TOP_K-1:0] valid_q, input logic [32*htx_pkg::TOP_K-1:0] key_q, input logic ld_q, input logic bad_q
);
  // g_rank: 1, 2, 3, 4, 5, 6, 7, 8
  for (genvar r = 0; r < 8; r++) begin : g_rank
    logic in_front;
    assign in_front = !stays[r] && (r == 0 || stays[r == 0 ? 0 : r - 1]);
    joins: cover property (@(posedge clk_i) disable iff (!rst_ni) live_q && in_front && !valid_q[r]);
    displaces: cover property (@(posedge clk_i) disable iff (!rst_ni) live_q && in_front && valid_q == '1);
    ties: cover property (@(posedge clk_i) disable iff (!rst_ni) live_q && valid_q[r] && key_q[32*r +: 32] == key);
  end
  too_small: cover property (@(posedge clk_i) disable iff (!rst_ni) live_q && stays == '1);
  minus_zero_ties: cover property (@(posedge clk_i) disable iff (!rst_ni) live_q && x == 32'h80000000 && valid_q[0] && key_q[31:0] == key);
  infinity: cover property (@(posedge clk_i) disable iff (!rst_ni) live_q && x[30:0] == 31'h7f800000);
  nan: cover property (@(posedge clk_i) disable iff (!rst_ni) live_q && x[30:0] > 31'h7f800000);
  good_after_bad: cover property (@(posedge clk_i) disable iff (!rst_ni) ld_q && bad_q);
endmodule
bind htx_vector_topk htx_vector_topk_cover u_cover (.*);
