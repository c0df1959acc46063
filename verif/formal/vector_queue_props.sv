// SPDX-License-Identifier: Apache-2.0
// htx_vector: the sequencer looks at cmd_ready_o two clocks late, and even so no command finds the queue full; each is worked on in
// order, one at a time, and counted once (docs/blocks/vector.md). What works on them is cut: it may finish at any time.
module vector_queue_props (
  input logic              clk_i,
  input logic              rst_ni,
  input logic              cmd_valid_i,
  input htx_pkg::vec_cmd_t cmd_i
);
  localparam int unsigned LW = $clog2(htx_pkg::VCMD_DEPTH + 1);
  logic         ready, re_a, re_b, we_pre, we, act_we;
  logic [7:0]   done, err;
  logic [8*htx_pkg::TOP_K-1:0] chosen;
  logic [12:0]  raddr_a, raddr_b, waddr;
  logic [255:0] wdata;
  htx_pkg::act_write_t act;
  htx_vector dut (
    .clk_i, .rst_ni, .cmd_valid_i, .cmd_i, .cmd_ready_o(ready), .done_o(done), .re_a_o(re_a), .raddr_a_o(raddr_a), .rdata_a_i(256'd0),
    .re_b_o(re_b), .raddr_b_o(raddr_b), .rdata_b_i(256'd0), .we_pre_o(we_pre), .we_o(we), .waddr_o(waddr), .wdata_o(wdata),
    .act_we_o(act_we), .act_o(act), .chosen_o(chosen), .err_o(err));
`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire [LW-1:0] \dut.level ;
  (* hierconn *) wire \dut.fin ;
  (* hierconn *) wire \dut.busy_q ;
`endif
  logic       started_q = 1'b0;
  logic       ready1_q, ready2_q, valid1_q, valid2_q;
  logic [7:0] issued_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    ready1_q  <= rst_ni && ready;
    ready2_q  <= rst_ni && ready1_q;
    valid1_q  <= rst_ni && cmd_valid_i;
    valid2_q  <= rst_ni && valid1_q;
    issued_q  <= !rst_ni ? '0 : issued_q + 8'(cmd_valid_i);
  end
  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: a command comes only if cmd_ready_o was high two clocks before, and two clocks at least after another (seq, rules 2 and 5).
      a2: assume (!cmd_valid_i || (ready2_q && !valid1_q && !valid2_q));
      // assume 3: nothing finishes but a command at work (the RTL asserts it where the work is not cut).
      a3: assume (!dut.fin || dut.busy_q);

      // rule 1: no command finds the queue full.
      r1: assert (!cmd_valid_i || dut.level != LW'(htx_pkg::VCMD_DEPTH));
      // rule 2: every command issued is in the queue, at work, or counted: none is lost, none counted twice.
      r2: assert (issued_q == 8'(dut.level) + 8'(dut.busy_q) + done);
      // rule 3: cmd_ready_o says that four places are free.
      r3: assert (ready == (dut.level <= LW'(htx_pkg::VCMD_DEPTH - 4)) && dut.level <= LW'(htx_pkg::VCMD_DEPTH));

      // cover 1: the queue is as full as the sequencer can make it: no longer ready.
      c1: cover (!ready);
      // cover 2: a command follows another without a clock between.
      c2: cover (dut.fin && dut.level != '0 && done != '0);
    end
  end
endmodule
