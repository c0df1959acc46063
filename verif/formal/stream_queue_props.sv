// SPDX-License-Identifier: Apache-2.0
// htx_stream: no command finds the queue full although the sequencer looks at cmd_ready_o two clocks late; a resolved command that is
// not taken stands still; the host's access waits for an idle lane (docs/blocks/stream.md). Requests, beats and append are cut.
module stream_queue_props (
  input logic                clk_i,
  input logic                rst_ni,
  input logic                cmd_valid_i,
  input htx_pkg::lane_cmd_t  cmd_i,
  input logic                host_valid_i,
  input htx_pkg::mem_req_t   host_i,
  input logic                host_seg_i,
  input logic                req_ready_i,
  input logic                comp_ready_i
);
  localparam int unsigned CW = $clog2(htx_pkg::LCMD_DEPTH + 1);
  logic               ready, host_ready, host_done, req_valid, comp_valid, beat_valid;
  logic [255:0]       host_rdata;
  htx_pkg::mem_req_t  req;
  htx_pkg::comp_cmd_t comp, was_q;
  htx_pkg::act_write_t no_write;
  logic [127:0]       beat;
  assign no_write = '0;
  htx_stream dut (
    .clk_i, .rst_ni, .lanes_total_i(6'd1), .cmd_valid_i, .cmd_i, .cmd_ready_o(ready), .vec_done_i(8'd0), .act_we_i(1'b0), .act_i(no_write),
    .host_valid_i, .host_ready_o(host_ready), .host_i, .host_seg_i, .host_done_o(host_done), .host_rdata_o(host_rdata), .seg_we_i(1'b0),
    .seg_addr_i(11'd0), .seg_data_i(64'd0), .req_valid_o(req_valid), .req_ready_i, .req_o(req), .rsp_valid_i(1'b0), .rsp_data_i(128'd0),
    .comp_valid_o(comp_valid), .comp_ready_i, .comp_o(comp), .beat_valid_o(beat_valid), .beat_ready_i(1'b0), .beat_o(beat));
`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire [CW-1:0] \dut.cmd_level ;
  (* hierconn *) wire [2:0] \dut.comp_level ;
  (* hierconn *) wire \dut.comp_push ;
  (* hierconn *) wire [2:0] \dut.res_state ;
  (* hierconn *) wire \dut.cmd_waits ;
  (* hierconn *) wire \dut.seg_read ;
  (* hierconn *) wire \dut.cmd_pop ;
`endif
  logic started_q = 1'b0;
  logic ready1_q, ready2_q, valid1_q, valid2_q, stalled_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    ready1_q  <= rst_ni && ready;
    ready2_q  <= rst_ni && ready1_q;
    valid1_q  <= rst_ni && cmd_valid_i;
    valid2_q  <= rst_ni && valid1_q;
    stalled_q <= rst_ni && comp_valid && !comp_ready_i;
    was_q     <= comp;
  end
  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: a command comes only if cmd_ready_o was high two clocks before, and two clocks at least after another (seq, rules 1 and 5).
      a2: assume (!cmd_valid_i || (ready2_q && !valid1_q && !valid2_q));

      // rule 1: no command finds the queue full.
      r1: assert (!cmd_valid_i || dut.cmd_level != CW'(htx_pkg::LCMD_DEPTH));
      // rule 2: no resolved command finds its queue full.
      r2: assert (dut.comp_level <= 3'd4 && !(dut.comp_push && dut.comp_level == 3'd4));
      // rule 3: a resolved command that is not taken stays.
      r3: assert (!stalled_q || comp_valid);
      // rule 4: a host's access is taken only while no command waits or is resolved and no request is out.
      r4: assert (!(host_valid_i && host_ready) || (!dut.cmd_waits && dut.res_state == '0 && !req_valid));
      // rule 5: the segment table is read for one of host and commands at a time.
      r5: assert (!(dut.seg_read && dut.cmd_pop));

      // cover 1: the queue is as full as the sequencer can make it: no longer ready.
      c1: cover (!ready);
      // cover 2: the compute queue is full.
      c2: cover (dut.comp_level == 3'd4 && stalled_q);
    end
  end
  for (genvar i = 0; i < $bits(comp); i++) begin : g_bit
    always_ff @(posedge clk_i) begin
      // rule 6: what stays stands still, bit for bit.
      if (rst_ni) assert (!stalled_q || comp[i] == was_q[i]);
    end
  end
endmodule
