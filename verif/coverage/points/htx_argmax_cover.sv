// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_argmax: ties at every level, values that do not count, the edge of the vocabulary.
module htx_argmax_cover (
  input logic clk_i, input logic rst_ni, input logic [17:0] vocab_i, input logic clear_i, input logic valid_i, input logic [15:0] addr_i, input logic [255:0] data_i,
  input logic [7:0] bad_d, input logic [4:1] v_q, input logic [255:0] k1_q, input logic [127:0] k2_q, input logic [63:0] k3_q, input logic [31:0] k4_q,
  input logic [31:0] best_key_q, input logic [17:0] index, input logic [17:0] best_o, input logic better
);
  tie_of_pair: cover property (@(posedge clk_i) disable iff (!rst_ni) v_q[1] && k1_q[31:0] == k1_q[63:32] && k1_q[31:0] != '0);
  tie_of_fours: cover property (@(posedge clk_i) disable iff (!rst_ni) v_q[2] && k2_q[31:0] == k2_q[63:32] && k2_q[31:0] != '0);
  tie_of_halves: cover property (@(posedge clk_i) disable iff (!rst_ni) v_q[3] && k3_q[31:0] == k3_q[63:32] && k3_q[31:0] != '0);
  tie_lower_index: cover property (@(posedge clk_i) disable iff (!rst_ni) v_q[4] && k4_q == best_key_q && k4_q != '0 && index < best_o);
  tie_higher_index: cover property (@(posedge clk_i) disable iff (!rst_ni) v_q[4] && k4_q == best_key_q && k4_q != '0 && index > best_o);
  better_by_value: cover property (@(posedge clk_i) disable iff (!rst_ni) better && k4_q > best_key_q);
  worse: cover property (@(posedge clk_i) disable iff (!rst_ni) v_q[4] && k4_q < best_key_q);
  none_counts: cover property (@(posedge clk_i) disable iff (!rst_ni) v_q[4] && k4_q == '0);
  cleared_with_words_inside: cover property (@(posedge clk_i) disable iff (!rst_ni) clear_i && v_q != '0);
  cleared_with_better: cover property (@(posedge clk_i) disable iff (!rst_ni) clear_i && better);
  edge_of_vocabulary: cover property (@(posedge clk_i) disable iff (!rst_ni) valid_i && {addr_i, 3'd0} < {1'b0, vocab_i} && {addr_i, 3'd7} >= {1'b0, vocab_i});
  beyond_vocabulary: cover property (@(posedge clk_i) disable iff (!rst_ni) valid_i && {addr_i, 3'd0} >= {1'b0, vocab_i});
  plus_zero: cover property (@(posedge clk_i) disable iff (!rst_ni) valid_i && data_i[31:0] == '0);
  minus_zero: cover property (@(posedge clk_i) disable iff (!rst_ni) valid_i && data_i[31:0] == 32'h80000000);
  negative: cover property (@(posedge clk_i) disable iff (!rst_ni) valid_i && data_i[31] && data_i[30:23] != '1);
  infinity: cover property (@(posedge clk_i) disable iff (!rst_ni) valid_i && bad_d[0] && data_i[22:0] == '0);
  not_a_number: cover property (@(posedge clk_i) disable iff (!rst_ni) valid_i && bad_d[0] && data_i[22:0] != '0);
  bad_that_does_not_count: cover property (@(posedge clk_i) disable iff (!rst_ni) valid_i && bad_d == '0 && data_i[254:247] == '1);
endmodule
bind htx_argmax htx_argmax_cover u_cover (.*);
