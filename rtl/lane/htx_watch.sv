// SPDX-License-Identifier: Apache-2.0
// htx_watch: a lane's performance counters (lane_perf_e, docs/blocks/lane.md). It looks on, and nothing depends on it.
//
// What happens in a clock is counted one clock later.
module htx_watch (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic                            clear_i,       ///< pulse: a program starts
  input  logic                            count_i,       ///< a program runs
  input  logic [7:0]                      vec_done_i,    ///< vector instructions finished, modulo 256
  input  logic                            comp_valid_i,  ///< a resolved command
  input  logic                            comp_ready_i,  ///< it is taken
  input  logic                            wait_vec_i,    ///< it waits for the vector unit
  input  logic [7:0]                      vec_tag_i,     ///< for so many vector instructions
  input  logic                            beat_valid_i,  ///< a tile beat
  input  logic                            beat_ready_i,  ///< the compute side takes one
  input  logic                            read_i,        ///< the channel reads a burst
  input  logic                            write_i,       ///< it writes one
  output logic [4*htx_pkg::PERF_BITS-1:0] counts_o       ///< the counters, lane_perf_e 0 lowest
);
  localparam int unsigned W = htx_pkg::PERF_BITS;
  logic         wait_q;   // of the command last taken
  logic [7:0]   tag_q;
  logic [3:0]   event_q;  // of the clock before
  logic [W-1:0] reads_q, writes_q, starved_q, waited_q;
  assign counts_o = {waited_q, starved_q, writes_q, reads_q};

  always_ff @(posedge clk_i) begin
    event_q <= {wait_q && $signed(vec_done_i - tag_q) < 8'sd0, beat_ready_i && !beat_valid_i, write_i, read_i};
    if (comp_valid_i && comp_ready_i) {wait_q, tag_q} <= {wait_vec_i, vec_tag_i};
    if (count_i) begin
      if (event_q[0]) reads_q <= reads_q + W'(1);
      if (event_q[1]) writes_q <= writes_q + W'(1);
      if (event_q[2]) starved_q <= starved_q + W'(1);
      if (event_q[3]) waited_q <= waited_q + W'(1);
    end
    if (clear_i || !rst_ni) {reads_q, writes_q, starved_q, waited_q} <= '0;
    if (!rst_ni) {event_q, wait_q, tag_q} <= '0;
  end
endmodule
