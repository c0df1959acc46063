// SPDX-License-Identifier: Apache-2.0
// htx_seq: the scoreboard. Issue counters against what has finished, WAIT, order, ready, done (docs/blocks/seq.md). The program is
// any that the host writes; that a vector instruction carries WAIT shows outside because it is also in its `elem` here (assume 3).
module seq_props #(
  parameter int unsigned LANES = 1,
  localparam int unsigned PW = $clog2(htx_pkg::PROG_WORDS),
  localparam int unsigned WORDS = htx_pkg::PROG_WORDS
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               start_i,
  input logic [15:0]        cfg_pos_i,
  input logic [15:0]        cfg_prompt_i,
  input logic [15:0]        cfg_limit_i,
  input logic               cfg_eos_en_i,
  input logic [17:0]        cfg_eos_i,
  input logic [17:0]        cfg_vocab_i,
  input logic [5:0]         lanes_total_i,
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
  input logic [7:0]         vec_err_i,
  input logic [7:0]         collect_err_i,
  input logic [8*LANES-1:0] lane_err_i
);
  logic               busy, done, error, hm_done, lane_valid, vec_valid, argmax_clear;
  logic [31:0]        error_word;
  logic [15:0]        pos, count;
  logic [17:0]        last;
  logic [127:0]       hm_rdata;
  htx_pkg::lane_cmd_t lane_cmd;
  htx_pkg::vec_cmd_t  vec_cmd;
  logic [8*LANES-1:0] lane_done_q;
  logic [7:0]         tree_done_q, vec_done_q;
  htx_seq #(.LANES(LANES)) dut (
    .clk_i, .rst_ni, .start_i, .cfg_pos_i, .cfg_prompt_i, .cfg_limit_i, .cfg_eos_en_i, .cfg_eos_i, .cfg_vocab_i, .lanes_total_i,
    .busy_o(busy), .done_o(done), .error_o(error), .error_word_o(error_word), .pos_o(pos), .count_o(count), .last_o(last),
    .hm_valid_i, .hm_tok_i, .hm_we_i, .hm_addr_i, .hm_wdata_i, .hm_done_o(hm_done), .hm_rdata_o(hm_rdata),
    .lane_cmd_valid_o(lane_valid), .lane_cmd_o(lane_cmd), .lane_ready_i, .tree_ready_i, .lane_done_i(lane_done_q),
    .tree_done_i(tree_done_q), .vec_cmd_valid_o(vec_valid), .vec_cmd_o(vec_cmd), .vec_ready_i, .vec_done_i(vec_done_q),
    .argmax_clear_o(argmax_clear), .best_i, .collect_busy_i, .vec_err_i, .collect_err_i, .lane_err_i);

  // What was issued, and whether anything of it is unfinished. A command counts from the clock in which it is seen.
  logic [7:0] lanes_q, pvs_q, vecs_q, lanes_now, pvs_now;
  logic       pv, lanes_idle, vec_idle;
  assign pv         = lane_valid && lane_cmd.op == htx_pkg::L_PV;
  assign lanes_now  = lanes_q + 8'(lane_valid);
  assign pvs_now    = pvs_q + 8'(pv);
  assign lanes_idle = lane_done_q == {LANES{lanes_now}} && tree_done_q == pvs_now;
  assign vec_idle   = vec_done_q == vecs_q + 8'(vec_valid);

  logic             started_q = 1'b0;
  logic             lived_q, lived2_q, hm_read_q, done_q, busy_q, issued1_q, issued2_q;
  logic [LANES-1:0] ready1_q, ready2_q;  // one and two clocks ago
  logic             tree1_q, tree2_q, vec1_q, vec2_q;
  logic [WORDS-1:0] written_q;
  logic             vector_word;
  assign vector_word = hm_wdata_i[127:120] >= 8'h20 && hm_wdata_i[127:120] <= 8'h26;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    lived_q   <= rst_ni;
    lived2_q  <= rst_ni && lived_q;
    done_q    <= rst_ni && done;
    busy_q    <= rst_ni && busy;
    issued1_q <= rst_ni && (lane_valid || vec_valid);
    issued2_q <= rst_ni && issued1_q;
    ready1_q  <= lane_ready_i;
    ready2_q  <= ready1_q;
    tree1_q   <= tree_ready_i;
    tree2_q   <= tree1_q;
    vec1_q    <= vec_ready_i;
    vec2_q    <= vec1_q;
    if (!rst_ni) begin
      {lanes_q, pvs_q, vecs_q, tree_done_q, vec_done_q, hm_read_q} <= '0;
      lane_done_q <= '0;
      written_q   <= '0;
    end else begin
      lanes_q     <= lanes_now;
      pvs_q       <= pvs_now;
      vecs_q      <= vecs_q + 8'(vec_valid);
      tree_done_q <= tree_done_q + 8'(tree_fin_i);
      vec_done_q  <= vec_done_q + 8'(vec_fin_i);
      for (int unsigned i = 0; i < LANES; i++) lane_done_q[8*i+:8] <= lane_done_q[8*i+:8] + 8'(lane_fin_i[i]);
      if (hm_valid_i && !hm_we_i) hm_read_q <= 1'b1;
      else if (hm_done) hm_read_q <= 1'b0;
      if (hm_valid_i && hm_we_i && !hm_tok_i && !busy) written_q[hm_addr_i[PW-1:0]] <= 1'b1;
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
      // assume 3: the host writes vector instructions with WAIT in the lowest bit of elem as well, so that it can be seen.
      a3: assume (!(hm_valid_i && hm_we_i && !hm_tok_i && vector_word) || hm_wdata_i[99] == hm_wdata_i[104]);
      // assume 4: a program starts only once every word of it was written.
      a4: assume (!start_i || &written_q);
      // assume 5: the host asks for one access at a time, writes only while idle.
      a5: assume (!hm_valid_i || (!hm_read_q && (!hm_we_i || (!busy && !start_i))));
      // assume 6: tree and vector unit finish only what was issued.
      a6: assume (!(tree_fin_i && tree_done_q == pvs_now) && !(vec_fin_i && vec_idle));
      // assume 7: there is at least one lane.
      a7: assume (lanes_total_i != '0);

      // rule 1: a lane command is issued only if every lane said ready two clocks before, a PV only if the tree did too.
      r1: assert (!lane_valid || !lived2_q || ((&ready2_q) && (!pv || tree2_q)));
      // rule 2: a vector command is issued only if the vector unit said ready two clocks before.
      r2: assert (!vec_valid || !lived2_q || vec2_q);
      // rule 3: a vector command with WAIT is issued only when every lane command before it has finished, in every lane and the tree.
      r3: assert (!(vec_valid && vec_cmd.elem[0]) || lanes_idle);
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

      // cover 1: a vector command with WAIT follows a lane command that has finished.
      c1: cover (vec_valid && vec_cmd.elem[0] && lanes_q != '0);
      // cover 2: a program with a lane and a vector command ends in done.
      c2: cover (done && !done_q && lanes_q != '0 && vecs_q != '0);
      // cover 3: a vector command without WAIT overtakes a lane command.
      c3: cover (vec_valid && !lanes_idle);
    end
  end
endmodule
