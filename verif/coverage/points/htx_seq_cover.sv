// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_seq: instructions and their ordered pairs, every hazard that stalls, loops, every error and its source.
module htx_seq_cover #(parameter int unsigned LANES = 1) (
  input logic clk_i, input logic rst_ni, input logic [3:0] state_q, input htx_pkg::instr_t instr_q, input logic lane_go, input logic vec_go,
  input logic [15:0] pc_q, input logic is_lane, input logic is_vec, input logic is_pv, input logic is_argmax, input logic lane_ready_q, input logic tree_ready_q,
  input logic vec_ready_q, input logic argmax_live_q, input logic quiet_q, input logic lanes_idle_q, input logic vec_idle_q, input logic exec,
  input logic [2:0] loop_level_q, input logic [15:0] loop_left, input logic [15:0] fault, input logic is_next, input logic generated,
  input logic hold_q, input logic pass_q, input logic at_break, input logic paused_o, input htx_pkg::run_ctl_t ctl_i, input logic score_open_q,
  input logic stop, input logic [17:0] best_i, input logic [17:0] cfg_eos_i, input logic cfg_eos_en_i, input logic [18:0] pos1,
  input logic choice_open_q, input logic [17:0] count_o, input logic start_i, input logic error_o, input logic done_o, input logic [5:0] lanes_total_i
);
  localparam logic [3:0] FETCH = 4'd1, STOP = 4'd8, HOLD = 4'd9;
  // the 23 instructions: codes 00..08, 10..15, 20..27
  function automatic logic [22:0] kind_of(input logic [7:0] op);
    kind_of = op < 8'h09 ? 23'd1 << op : op >= 8'h10 && op < 8'h16 ? 23'd1 << (op - 8'h07) : op >= 8'h20 && op < 8'h28 ? 23'd1 << (op - 8'h11) : '0;
  endfunction
  logic [22:0] now, before_q;
  logic        leaves;  // the instruction is over
  assign now    = kind_of(instr_q.op);
  assign leaves = exec && fault == '0 && (is_lane ? lane_go : is_vec ? vec_go : instr_q.op == htx_pkg::OP_NEXT ? quiet_q : instr_q.op != htx_pkg::OP_EXPERT || !choice_open_q);
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_i) before_q <= '0;
    else if (leaves) before_q <= now;
  end
  // g_op: HALT, LDI, ADDI, LOOP, ENDL, TOKEN, SKIP, NEXT, EXPERT, MATVEC, EMBED, LOADV, APPEND, SCORE, PV, VADD, VMUL, VEXP2, VRCP, VRSQRT, VSUMSQ, VQUANT, VTOPK
  // g_before: HALT, LDI, ADDI, LOOP, ENDL, TOKEN, SKIP, NEXT, EXPERT, MATVEC, EMBED, LOADV, APPEND, SCORE, PV, VADD, VMUL, VEXP2, VRCP, VRSQRT, VSUMSQ, VQUANT, VTOPK
  for (genvar o = 0; o < 23; o++) begin : g_op
    executed: cover property (@(posedge clk_i) disable iff (!rst_ni) leaves && now[o]);
    for (genvar b = 1; b < 23; b++) begin : g_before  // nothing follows HALT
      pair: cover property (@(posedge clk_i) disable iff (!rst_ni) leaves && now[o] && before_q[b]);
    end
  end
  // stalls, one by one
  lanes_full: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && is_lane && !lane_ready_q);
  tree_full: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && is_pv && lane_ready_q && !tree_ready_q);
  argmax_in_use: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && is_argmax && lane_ready_q && argmax_live_q && !quiet_q);
  argmax_again: cover property (@(posedge clk_i) disable iff (!rst_ni) lane_go && is_argmax && argmax_live_q);
  vector_full: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && is_vec && !vec_ready_q);
  vector_waits_for_lanes: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && is_vec && vec_ready_q && instr_q.flags[htx_pkg::FLAG_WAIT] && !lanes_idle_q);
  vector_need_not_wait: cover property (@(posedge clk_i) disable iff (!rst_ni) vec_go && !instr_q.flags[htx_pkg::FLAG_WAIT] && !lanes_idle_q);
  expert_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && instr_q.op == htx_pkg::OP_EXPERT && choice_open_q);
  expert_waits_for_no_other: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && instr_q.op == htx_pkg::OP_EXPERT && !choice_open_q && !vec_idle_q);
  expert_beside_an_expert: cover property (@(posedge clk_i) disable iff (!rst_ni) lane_go && instr_q.op == htx_pkg::OP_MATVEC && instr_q.flags[htx_pkg::FLAG_EXPERT] && !lanes_idle_q);
  next_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && instr_q.op == htx_pkg::OP_NEXT && !quiet_q);
  halt_waits_for_lanes: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == STOP && !quiet_q);
  halt_waits_for_vector: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == STOP && quiet_q && !vec_idle_q);
  lane_waits_for_vector: cover property (@(posedge clk_i) disable iff (!rst_ni) lane_go && instr_q.flags[htx_pkg::FLAG_WAIT] && !vec_idle_q);
  // g_level: 1, 2, 3, 4
  for (genvar l = 0; l < 4; l++) begin : g_level
    begins: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && fault == '0 && instr_q.op == htx_pkg::OP_LOOP && loop_level_q == 3'(l));
    repeats: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && fault == '0 && instr_q.op == htx_pkg::OP_ENDL && loop_level_q == 3'(l + 1) && loop_left > 16'd1);
    ends: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && fault == '0 && instr_q.op == htx_pkg::OP_ENDL && loop_level_q == 3'(l + 1) && loop_left == 16'd1);
  end
  single_pass: cover property (@(posedge clk_i) disable iff (!rst_ni) exec && fault == '0 && instr_q.op == htx_pkg::OP_LOOP && instr_q.n == 16'd1);
  skip_taken: cover property (@(posedge clk_i) disable iff (!rst_ni) leaves && instr_q.op == htx_pkg::OP_SKIP && pos1 < {1'b0, count_o});
  skip_passed: cover property (@(posedge clk_i) disable iff (!rst_ni) leaves && instr_q.op == htx_pkg::OP_SKIP && pos1 >= {1'b0, count_o});
  // several positions a pass
  token_ahead: cover property (@(posedge clk_i) disable iff (!rst_ni) leaves && instr_q.op == htx_pkg::OP_TOKEN && instr_q.a != '0);
  skip_ahead_taken: cover property (@(posedge clk_i) disable iff (!rst_ni) leaves && instr_q.op == htx_pkg::OP_SKIP && instr_q.a != '0 && pos1 < {1'b0, count_o});
  skip_just_not_taken: cover property (@(posedge clk_i) disable iff (!rst_ni) leaves && instr_q.op == htx_pkg::OP_SKIP && instr_q.a != '0 && pos1 == {1'b0, count_o});
  several_end: cover property (@(posedge clk_i) disable iff (!rst_ni) is_next && fault == '0 && instr_q.a != '0 && !generated);
  several_end_and_one_is_generated: cover property (@(posedge clk_i) disable iff (!rst_ni) is_next && fault == '0 && instr_q.a != '0 && generated);
  several_not_known: cover property (@(posedge clk_i) disable iff (!rst_ni) is_next && fault == 16'(htx_pkg::ERR_CONTEXT) && !generated);
  // NEXT
  prompt_goes_on: cover property (@(posedge clk_i) disable iff (!rst_ni) is_next && !generated && !stop);
  token_taken: cover property (@(posedge clk_i) disable iff (!rst_ni) is_next && generated && !stop);
  stops_at_limit: cover property (@(posedge clk_i) disable iff (!rst_ni) is_next && stop && !(generated && cfg_eos_en_i && best_i == cfg_eos_i));
  stops_at_eos: cover property (@(posedge clk_i) disable iff (!rst_ni) is_next && generated && cfg_eos_en_i && best_i == cfg_eos_i);
  eos_is_off: cover property (@(posedge clk_i) disable iff (!rst_ni) is_next && generated && !cfg_eos_en_i && best_i == cfg_eos_i);
  // g_error: , QUANT, SCORE, LOGIT, OPCODE, LOOP, PC, CONTEXT, TOKEN, ORDER, WATCHDOG, ROUTER
  for (genvar e = 1; e < 12; e++) begin : g_error
    raised: cover property (@(posedge clk_i) disable iff (!rst_ni) fault[7:0] == 8'(e));
  end
  // g_source: sequencer, vector unit, collector
  for (genvar s = 0; s < 3; s++) begin : g_source
    fault_from: cover property (@(posedge clk_i) disable iff (!rst_ni) fault != '0 && fault[15:8] == 8'(s));
  end
  fault_from_first_lane: cover property (@(posedge clk_i) disable iff (!rst_ni) fault[15:8] == 8'd16);
  fault_from_last_lane: cover property (@(posedge clk_i) disable iff (!rst_ni) fault[15:8] == 8'(15 + LANES));
  // pauses
  stops: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == FETCH && hold_q && !pass_q && !at_break);
  at_breakpoint: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == FETCH && at_break && !pass_q && !hold_q);
  passes_breakpoint: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == FETCH && at_break && pass_q);
  pause_waits_for_lanes: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == HOLD && !paused_o && !quiet_q);
  pause_waits_for_vector: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == HOLD && !paused_o && quiet_q && !vec_idle_q);
  goes_on: cover property (@(posedge clk_i) disable iff (!rst_ni) paused_o && ctl_i.go && !ctl_i.stop);
  goes_one_step: cover property (@(posedge clk_i) disable iff (!rst_ni) paused_o && ctl_i.go && ctl_i.stop);
  starts_paused: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == '0 && start_i && ctl_i.stop);
  error_while_paused: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == HOLD && fault != '0);
  pause_between_score_and_pv: cover property (@(posedge clk_i) disable iff (!rst_ni) paused_o && score_open_q);
  // g_break: 0, 1, 2, 3
  for (genvar k = 0; k < 4; k++) begin : g_break
    hits: cover property (@(posedge clk_i) disable iff (!rst_ni) state_q == FETCH && at_break && !pass_q && ctl_i.break_en[k] && ctl_i.break_pc[16*k+:16] == pc_q);
  end
  start_after_error: cover property (@(posedge clk_i) disable iff (!rst_ni) start_i && error_o);
  start_after_done: cover property (@(posedge clk_i) disable iff (!rst_ni) start_i && done_o);
endmodule
bind htx_seq htx_seq_cover #(.LANES(LANES)) u_cover (.*);
