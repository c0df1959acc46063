// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_vmem: which ports meet in one clock, and on one word.
module htx_vmem_cover (
  input logic clk_i, input logic rst_ni, input logic a_re_i, input logic b_re_i, input logic [12:0] a_raddr_i, input logic [12:0] b_raddr_i,
  input logic vec_we_i, input logic col_we_i
);
  // g_write: none, vector unit, collector
  for (genvar w = 0; w < 3; w++) begin : g_write
    no_read: cover property (@(posedge clk_i) disable iff (!rst_ni) !a_re_i && !b_re_i && vec_we_i == (w == 1) && col_we_i == (w == 2));
    read_a: cover property (@(posedge clk_i) disable iff (!rst_ni) a_re_i && !b_re_i && vec_we_i == (w == 1) && col_we_i == (w == 2));
    read_b: cover property (@(posedge clk_i) disable iff (!rst_ni) !a_re_i && b_re_i && vec_we_i == (w == 1) && col_we_i == (w == 2));
    read_both: cover property (@(posedge clk_i) disable iff (!rst_ni) a_re_i && b_re_i && vec_we_i == (w == 1) && col_we_i == (w == 2));
  end
  one_word: cover property (@(posedge clk_i) disable iff (!rst_ni) a_re_i && b_re_i && a_raddr_i == b_raddr_i);
endmodule
bind htx_vmem htx_vmem_cover u_cover (.*);
