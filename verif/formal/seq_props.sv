// SPDX-License-Identifier: Apache-2.0
// htx_seq: the scoreboard. Issue counters against what has finished, WAIT, order, ready, done (docs/blocks/seq.md). Program and token
// memory and the dividers are cut: every fetch may bring any instruction. Rules 11 to 15 say how counters and flags inside hang
// together, so that the others follow from the clocks before.
module seq_props #(
  parameter int unsigned LANES = 1
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               start_i,
  input logic [17:0]        cfg_pos_i,
  input logic [17:0]        cfg_prompt_i,
  input logic [17:0]        cfg_limit_i,
  input logic               cfg_eos_en_i,
  input logic [17:0]        cfg_eos_i,
  input logic [17:0]        cfg_vocab_i,
  input logic [5:0]         lanes_total_i,
  input htx_pkg::run_ctl_t  ctl_i,
  input logic               hm_valid_i,
  input logic               hm_tok_i,
  input logic               hm_we_i,
  input logic [12:0]        hm_addr_i,
  input logic [127:0]       hm_wdata_i,
  input logic [LANES-1:0]   lane_ready_i,
  input logic               tree_ready_i,
  input logic               vec_ready_i,
  input logic [LANES-1:0]   lane_fin_i,  // a lane finishes a command in this clock
  input logic               tree_fin_i,
  input logic               vec_fin_i,
  input logic [17:0]        best_i,
  input logic               collect_busy_i,
  input logic [8*htx_pkg::TOP_K-1:0] chosen_i,
  input logic [7:0]         vec_err_i,
  input logic [7:0]         collect_err_i,
  input logic [8*LANES-1:0] lane_err_i
);
  logic               busy, done, error, hm_done, lane_valid, vec_valid, argmax_clear;
  logic [31:0]        error_word;
  logic [17:0]        pos, count;
  logic [17:0]        last;
  logic [127:0]       hm_rdata;
  logic               paused, lanes_idle_out, vec_idle_out;
  logic [15:0]        pc;
  htx_pkg::lane_cmd_t lane_cmd;
  htx_pkg::vec_cmd_t  vec_cmd;
  logic [8*LANES-1:0] lane_done_q;
  logic [7:0]         tree_done_q, vec_done_q;
  htx_seq #(.LANES(LANES)) dut (
    .clk_i, .rst_ni, .start_i, .cfg_pos_i, .cfg_prompt_i, .cfg_limit_i, .cfg_eos_en_i, .cfg_eos_i, .cfg_vocab_i, .lanes_total_i,
    .ctl_i, .paused_o(paused), .lanes_idle_o(lanes_idle_out), .vec_idle_o(vec_idle_out), .pc_o(pc), .busy_o(busy), .done_o(done), .error_o(error), .error_word_o(error_word), .pos_o(pos), .count_o(count), .last_o(last),
    .hm_valid_i, .hm_tok_i, .hm_we_i, .hm_addr_i, .hm_wdata_i, .hm_done_o(hm_done), .hm_rdata_o(hm_rdata),
    .lane_cmd_valid_o(lane_valid), .lane_cmd_o(lane_cmd), .lane_ready_i, .tree_ready_i, .lane_done_i(lane_done_q),
    .tree_done_i(tree_done_q), .vec_cmd_valid_o(vec_valid), .vec_cmd_o(vec_cmd), .vec_ready_i, .vec_done_i(vec_done_q), .chosen_i,
    .argmax_clear_o(argmax_clear), .best_i, .collect_busy_i, .vec_err_i, .collect_err_i, .lane_err_i);

`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire [127:0] \dut.instr_q ;
  (* hierconn *) wire [3:0] \dut.state_q ;
  (* hierconn *) wire [7:0] \dut.lane_issued_q ;
  (* hierconn *) wire [7:0] \dut.pv_issued_q ;
  (* hierconn *) wire [7:0] \dut.vec_issued_q ;
  (* hierconn *) wire \dut.lanes_idle_q ;
  (* hierconn *) wire \dut.quiet_q ;
  (* hierconn *) wire \dut.vec_idle_q ;
  (* hierconn *) wire \dut.argmax_live_q ;
  (* hierconn *) wire \dut.choice_open_q ;
  (* hierconn *) wire [7:0] \dut.choice_tag_q ;
`endif
  localparam logic [3:0] EXEC = 4'd3, NEXT = 4'd7, STOP = 4'd8, XLOAD = 4'd10, XDIV = 4'd11;
  localparam int unsigned WAIT = 104 + htx_pkg::FLAG_WAIT;  // its bit in an instruction

  // What was issued, and whether anything of it is unfinished. A command counts from the clock in which it is seen.
  logic [7:0] lanes_q, pvs_q, vecs_q, lanes_now, pvs_now, vecs_now;
  logic       pv, lanes_idle, vec_idle;
  assign pv         = lane_valid && lane_cmd.op == htx_pkg::L_PV;
  assign lanes_now  = lanes_q + 8'(lane_valid);
  assign pvs_now    = pvs_q + 8'(pv);
  assign vecs_now   = vecs_q + 8'(vec_valid);
  assign lanes_idle = lane_done_q == {LANES{lanes_now}} && tree_done_q == pvs_now;
  assign vec_idle   = vec_done_q == vecs_now;

  logic             started_q = 1'b0;
  logic             lived_q, lived2_q, done_q, busy_q, issued1_q, issued2_q, waits_q, error_q;
  logic             idle1_q, calm1_q, calm2_q, vidle1_q, was_live_q, was_exec_q;  // a number: clocks ago
  logic [LANES-1:0] ready1_q, ready2_q;
  logic             top_q, top_open;  // a VTOPK was issued and has not finished: before this clock's command, and with it
  logic [7:0]       top_tag_q, top_tag;  // vector commands up to it
  assign top_tag  = vec_valid && vec_cmd.op == htx_pkg::OP_VTOPK ? vecs_now : top_tag_q;
  assign top_open = (vec_valid && vec_cmd.op == htx_pkg::OP_VTOPK) || (top_q && vec_done_q != top_tag_q);
  logic             paused_q, was_paused_q, open_q;  // open: a SCORE was issued and its PV was not
  logic [15:0]      pc_q;
  logic             tree1_q, tree2_q, vec1_q, vec2_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    lived_q   <= rst_ni;
    lived2_q  <= rst_ni && lived_q;
    done_q    <= rst_ni && done;
    busy_q    <= rst_ni && busy;
    error_q   <= rst_ni && error;
    issued1_q <= rst_ni && (lane_valid || vec_valid);
    issued2_q <= rst_ni && issued1_q;
    was_live_q <= rst_ni && dut.argmax_live_q;
    was_exec_q <= rst_ni && dut.state_q == EXEC;
    waits_q   <= dut.instr_q[WAIT];
    idle1_q   <= rst_ni && lanes_idle;
    calm1_q   <= rst_ni && lanes_idle && !collect_busy_i;
    calm2_q   <= rst_ni && calm1_q;
    vidle1_q  <= rst_ni && vec_idle;
    ready1_q  <= lane_ready_i;
    ready2_q  <= ready1_q;
    tree1_q   <= tree_ready_i;
    tree2_q   <= tree1_q;
    vec1_q    <= vec_ready_i;
    vec2_q    <= vec1_q;
    if (!rst_ni) begin
      {lanes_q, pvs_q, vecs_q, tree_done_q, vec_done_q, paused_q, was_paused_q, open_q, top_q, top_tag_q} <= '0;
      lane_done_q <= '0;
    end else begin
      lanes_q     <= lanes_now;
      pvs_q       <= pvs_now;
      vecs_q      <= vecs_now;
      top_q       <= top_open;
      top_tag_q   <= top_tag;
      paused_q    <= paused;
      pc_q        <= pc;
      was_paused_q <= paused || (was_paused_q && !start_i);
      if (start_i && !busy) open_q <= 1'b0;
      else if (lane_valid && lane_cmd.op == htx_pkg::L_SCORE) open_q <= 1'b1;
      else if (pv) open_q <= 1'b0;
      tree_done_q <= tree_done_q + 8'(tree_fin_i);
      vec_done_q  <= vec_done_q + 8'(vec_fin_i);
      for (int unsigned i = 0; i < LANES; i++) lane_done_q[8*i+:8] <= lane_done_q[8*i+:8] + 8'(lane_fin_i[i]);
    end
  end

  for (genvar i = 0; i < LANES; i++) begin : g_lane
    always_ff @(posedge clk_i) begin
      // assume 1: a lane finishes only what was issued, one command a clock.
      if (rst_ni) assume (!lane_fin_i[i] || lane_done_q[8*i+:8] != lanes_now);
    end
  end
  always_ff @(posedge clk_i) begin
    // assume 2: the first clock is spent in reset (resets later are free).
    a2: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 3: tree and vector unit finish only what was issued.
      a3: assume (!(tree_fin_i && tree_done_q == pvs_now) && !(vec_fin_i && vec_idle));
      // assume 4: there is at least one lane.
      a4: assume (lanes_total_i != '0);

      // assume 5: at most seventeen vector commands are unfinished: the queue and the one at work (vector_queue, rules 1 and 2).
      a5: assume (8'(vecs_now - vec_done_q) <= 8'd17);

      // rule 1: a lane command is issued only if every lane said ready two clocks before, a PV only if the tree did too.
      r1: assert (!lane_valid || !lived2_q || ((&ready2_q) && (!pv || tree2_q)));
      // rule 2: a vector command is issued only if the vector unit said ready two clocks before.
      r2: assert (!vec_valid || !lived2_q || vec2_q);
      // rule 3: a vector command with WAIT is issued only when every lane command before it has finished, in every lane and the tree.
      r3: assert (!(vec_valid && waits_q) || lanes_idle);
      // rule 4: a lane command is tagged with the number of vector commands before it: its WAIT waits for all of them.
      r4: assert (!lane_valid || lane_cmd.vec_tag == vecs_q);
      // rule 5: never two commands in one clock, nor within two clocks of another: program order is the order of issue.
      r5: assert (!(lane_valid && vec_valid) && !((lane_valid || vec_valid) && (issued1_q || issued2_q)));
      // rule 6: commands are issued only while busy.
      r6: assert (!(lane_valid || vec_valid) || busy);
      // rule 7: done comes only when everything issued has finished: lanes, tree, vector unit.
      r7: assert (!(done && !done_q && lived_q) || (lanes_idle && vec_idle));
      // rule 8: busy, done and error are never two at a time.
      r8: assert (!(busy && done) && !(busy && error) && !(done && error));
      // rule 9: an argmax is cleared only with a matrix command that has one.
      r9: assert (!argmax_clear || (lane_valid && lane_cmd.argmax && lane_cmd.op == htx_pkg::L_MATVEC));
      // rule 10: a second argmax of a position begins only when the lanes and the collector have finished the first.
      r10: assert (!(argmax_clear && was_live_q) || calm2_q);
      // rule 11: the counters inside count what was issued.
      r11: assert (dut.lane_issued_q == lanes_now && dut.pv_issued_q == pvs_now && dut.vec_issued_q == vecs_now);
      // rule 12: the flags inside are what was true a clock ago.
      r12: assert (!lived_q || ((!dut.lanes_idle_q || idle1_q) && (!dut.quiet_q || calm1_q) && (!dut.vec_idle_q || vidle1_q)));
      // rule 13: a command is seen in the clock after EXEC and in no other; busy and the state agree.
      r13: assert (!(lane_valid || vec_valid) || was_exec_q);
      // rule 14: busy is any state but IDLE, and there are twelve.
      r14: assert (busy == (dut.state_q != '0) && dut.state_q <= XDIV);
      // rule 15: two clocks at least lie between the issue of a command and the next EXEC, three before STOP ends.
      r15: assert (!((issued1_q || lane_valid || vec_valid) && (dut.state_q == EXEC || dut.state_q == NEXT || dut.state_q == STOP)));
      // rule 16: paused only while busy, with everything issued finished, and nothing is issued then.
      r16: assert (!paused || (busy && lanes_idle && vec_idle && !lane_valid && !vec_valid));
      // rule 17: the program counter stands still in a pause.
      r17: assert (!(paused && paused_q) || pc == pc_q);
      // rule 18: SCORE and PV alternate.
      r18: assert (!lane_valid || ((lane_cmd.op != htx_pkg::L_PV || open_q) && (lane_cmd.op != htx_pkg::L_SCORE || !open_q)));
      // rule 19: done only when no SCORE is open.
      r19: assert (!(done && !done_q && lived_q) || !open_q);
      // rule 20: EXPERT goes on only when the last VTOPK issued has finished: the choice it reads stands still.
      r20: assert (dut.state_q != XLOAD || !top_open);
      // rule 21: a choice that has not finished is known inside, and by its number, which lies at most seventeen ahead of those finished.
      r21: assert (!top_open || (dut.choice_open_q && dut.choice_tag_q == top_tag && 8'(top_tag - vec_done_q - 8'd1) < 8'd17));
      // rule 22: an expert's command is a product without argmax, in one column.
      r22: assert (!(lane_valid && lane_cmd.expert) || (lane_cmd.op == htx_pkg::L_MATVEC && !lane_cmd.argmax && lane_cmd.cols == '0));

      // cover 1: a vector command with WAIT follows a lane command that has finished.
      c1: cover (vec_valid && waits_q && lanes_q != '0);
      // cover 2: a program with a lane and a vector command ends in done.
      c2: cover (done && !done_q && lanes_q != '0 && vecs_q != '0);
      // cover 3: a vector command without WAIT overtakes a lane command.
      c3: cover (vec_valid && !lanes_idle);
      // cover 4: a second argmax of a position begins.
      c4: cover (argmax_clear && was_live_q);
      // cover 5: an error ends a program while a command is under way.
      c5: cover (error && !error_q && !lanes_idle);
      // cover 6: a program is paused, goes on, and ends in done.
      c6: cover (done && !done_q && was_paused_q);
      // cover 7: an EXPERT goes on while vector commands behind its VTOPK are unfinished.
      c7: cover (dut.state_q == XLOAD && !vec_idle && top_tag != '0);
    end
  end
endmodule
