// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_vector: operations with their options and sizes, the quantiser's modes and groups, special values, commands without a gap.
module htx_vector_cover (
  input logic clk_i, input logic rst_ni, input logic start, input htx_pkg::vec_cmd_t head, input logic fin, input logic busy_q, input logic cmd_ready_o,
  input logic head_valid, input htx_pkg::vec_cmd_t cmd_q, input logic [31:0] amax, input logic is_quant, input logic [7:0] err_o, input logic [255:0] rdata_a_i,
  input logic [11:1] a_q, input logic is_add, input logic is_mul, input logic is_sumsq, input logic is_func, input logic double, input logic scale_valid, input logic [31:0] factor
);
  // g_op: VADD, VMUL, VEXP2, VRCP, VRSQRT, VSUMSQ, VQUANT, VTOPK
  // g_size: 1, 2, 3..8, more
  // g_next: VADD, VMUL, VEXP2, VRCP, VRSQRT, VSUMSQ, VQUANT, VTOPK
  logic [3:0] size;
  assign size = {head.n > 11'd8, head.n > 11'd2 && head.n < 11'd9, head.n == 11'd2, head.n == 11'd1};
  for (genvar o = 0; o < 8; o++) begin : g_op
    for (genvar s = 0; s < (o == 7 ? 3 : 4); s++) begin : g_size
      blocks: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == 8'(32 + o) && size[s]);
    end
    for (genvar n = 0; n < 8; n++) begin : g_next
      without_gap: cover property (@(posedge clk_i) disable iff (!rst_ni) start && fin && cmd_q.op == 8'(32 + o) && head.op == 8'(32 + n));
    end
  end
  // g_chosen: 1, 2, 3, 4, 5, 6, 7, 8
  for (genvar k = 0; k < 8; k++) begin : g_chosen
    of_many: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == htx_pkg::OP_VTOPK && head.elem == 5'(k + 1) && head.e > 11'(k + 1));
    all: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == htx_pkg::OP_VTOPK && head.elem == 5'(k + 1) && head.e == 11'(k + 1));
  end
  most_experts: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == htx_pkg::OP_VTOPK && head.e == 11'(htx_pkg::TOP_EXPERTS));
  // g_two: VADD, VMUL
  for (genvar o = 0; o < 2; o++) begin : g_two
    plain: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == 8'(32 + o) && !head.bscalar && !head.bperiod && !head.swap);
    scalar: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == 8'(32 + o) && head.bscalar);
    period: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == 8'(32 + o) && head.bperiod);
    swapped: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == 8'(32 + o) && head.swap);
    onto_itself: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == 8'(32 + o) && head.d == head.a);
  end
  // g_mode: activation, query, key, value
  // g_group: 1, 2, more, all
  logic [3:0] group;
  assign group = {head.e == head.n, head.e > 11'd2, head.e == 11'd2, head.e == 11'd1};
  for (genvar m = 0; m < 4; m++) begin : g_mode
    for (genvar g = 0; g < 4; g++) begin : g_group
      quantised: cover property (@(posedge clk_i) disable iff (!rst_ni) start && head.op == htx_pkg::OP_VQUANT && head.qmode == 2'(m) && group[g]);
    end
    if (m == 3) begin : g_value_only
      doubled: cover property (@(posedge clk_i) disable iff (!rst_ni) double);
    end
    all_zero: cover property (@(posedge clk_i) disable iff (!rst_ni) is_quant && scale_valid && cmd_q.qmode == 2'(m) && factor == '0);
  end
  // g_value: zero, subnormal, normal, infinity, NaN
  logic [4:0] value;
  assign value = {rdata_a_i[30:23] == '1 && rdata_a_i[22:0] != '0, rdata_a_i[30:0] == 31'h7f800000, rdata_a_i[30:23] != '0 && rdata_a_i[30:23] != '1,
                  rdata_a_i[30:23] == '0 && rdata_a_i[22:0] != '0, rdata_a_i[30:0] == '0};
  for (genvar v = 0; v < 5; v++) begin : g_value
    add_reads: cover property (@(posedge clk_i) disable iff (!rst_ni) is_add && a_q[1] && value[v]);
    mul_reads: cover property (@(posedge clk_i) disable iff (!rst_ni) is_mul && a_q[1] && value[v]);
    func_reads: cover property (@(posedge clk_i) disable iff (!rst_ni) is_func && a_q[1] && value[v]);
    sumsq_reads: cover property (@(posedge clk_i) disable iff (!rst_ni) is_sumsq && a_q[1] && value[v]);
    quant_reads: cover property (@(posedge clk_i) disable iff (!rst_ni) is_quant && a_q[1] && value[v]);
  end
  queue_full: cover property (@(posedge clk_i) disable iff (!rst_ni) !cmd_ready_o);
  queue_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) head_valid && busy_q && !fin);
  runs_dry: cover property (@(posedge clk_i) disable iff (!rst_ni) fin && !head_valid);
  quant_error: cover property (@(posedge clk_i) disable iff (!rst_ni) err_o == htx_pkg::ERR_QUANT);
  router_error: cover property (@(posedge clk_i) disable iff (!rst_ni) err_o == htx_pkg::ERR_ROUTER);
endmodule
bind htx_vector htx_vector_cover u_cover (.*);
