// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_sample.
module htx_sample_cover (input logic clk_i, input logic rst_ni, input logic [3:0] d_i, input logic [3:0] q_o);
  for (genvar a = 0; a < 2; a++) begin : g_was
    for (genvar b = 0; b < 2; b++) begin : g_is
      low_bit: cover property (@(posedge clk_i) disable iff (!rst_ni) q_o[0] == 1'(a) && d_i[0] == 1'(b));
    end
  end
  largest: cover property (@(posedge clk_i) disable iff (!rst_ni) d_i == '1);
endmodule
bind htx_sample htx_sample_cover u_cover (.*);
