// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_accum: special values at both ends of the addition, order of results, and the queue of words.
module htx_accum_cover (
  input logic clk_i, input logic rst_ni, input logic r0_acc_q, input logic r0_score_q, input logic [31:0] acc_q, input logic [31:0] u,
  input logic y_acc, input logic y_last, input logic [31:0] y, input logic dot_valid_i, input logic dot_first_i, input logic dot_last_i,
  input logic dot_score_i, input logic [23:0] dot_i, input logic [4:0] level, input logic [2:0] grp_level, input logic res_valid_o, input logic res_ready_i,
  input logic push_q, input logic pop, input logic ld_valid_i, input logic grp_argmax, input logic grp_nostore, input logic grp_end
);
  function automatic logic [6:0] class_of(input logic [31:0] x);  // one-hot, in the order of the names below
    class_of = {x[30:23] == '1 && x[22:0] != '0, x[30:0] == 31'h7f800000, x[30:23] == 8'hfe, x[30:23] != '0 && x[30:23] < 8'hfe,
                x[30:23] == '0 && x[22:0] != '0, x == 32'h80000000, x == '0};
  endfunction
  // g_old: zero, minus zero, subnormal, normal, largest exponent, infinity, NaN
  // g_new: zero, minus zero, subnormal, normal, largest exponent, infinity, NaN
  // g_sum: zero, minus zero, subnormal, normal, largest exponent, infinity, NaN
  logic [6:0] old_class, new_class, sum_class;
  assign {old_class, new_class, sum_class} = {class_of(acc_q), class_of(u), class_of(y)};
  for (genvar i = 0; i < 7; i++) begin : g_old
    if (i != 1) begin : g_reached  // sums start from +0, so -0 never stands in an accumulator
      held: cover property (@(posedge clk_i) disable iff (!rst_ni) r0_acc_q && old_class[i]);
    end
  end
  for (genvar i = 0; i < 7; i++) begin : g_new
    added: cover property (@(posedge clk_i) disable iff (!rst_ni) r0_acc_q && new_class[i]);
    score: cover property (@(posedge clk_i) disable iff (!rst_ni) r0_score_q && new_class[i]);
  end
  for (genvar i = 0; i < 7; i++) begin : g_sum
    if (i != 1) begin : g_reached
      result: cover property (@(posedge clk_i) disable iff (!rst_ni) y_acc && sum_class[i]);
    end
  end
  cancels: cover property (@(posedge clk_i) disable iff (!rst_ni) y_acc && !y_last && y == '0);
  one_tile: cover property (@(posedge clk_i) disable iff (!rst_ni) dot_valid_i && !dot_score_i && dot_first_i && dot_last_i);
  many_tiles: cover property (@(posedge clk_i) disable iff (!rst_ni) dot_valid_i && !dot_score_i && !dot_first_i && !dot_last_i);
  dot_zero: cover property (@(posedge clk_i) disable iff (!rst_ni) dot_valid_i && dot_i == '0);
  dot_negative: cover property (@(posedge clk_i) disable iff (!rst_ni) dot_valid_i && dot_i[23]);
  // the queue of words
  empty: cover property (@(posedge clk_i) disable iff (!rst_ni) level == '0);
  full: cover property (@(posedge clk_i) disable iff (!rst_ni) level == 5'd16);
  almost_full: cover property (@(posedge clk_i) disable iff (!rst_ni) level == 5'd15);
  in_and_out: cover property (@(posedge clk_i) disable iff (!rst_ni) push_q && pop);
  in_and_out_full: cover property (@(posedge clk_i) disable iff (!rst_ni) push_q && pop && level == 5'd15);
  held_by_collector: cover property (@(posedge clk_i) disable iff (!rst_ni) res_valid_o && !res_ready_i);
  groups_full: cover property (@(posedge clk_i) disable iff (!rst_ni) grp_level == 3'd4);
  loaded: cover property (@(posedge clk_i) disable iff (!rst_ni) ld_valid_i);
  argmax: cover property (@(posedge clk_i) disable iff (!rst_ni) push_q && grp_argmax);
  nostore: cover property (@(posedge clk_i) disable iff (!rst_ni) push_q && grp_nostore);
  last_of_command: cover property (@(posedge clk_i) disable iff (!rst_ni) push_q && grp_end);
endmodule
bind htx_accum htx_accum_cover u_cover (.*);
