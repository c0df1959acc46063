// SPDX-License-Identifier: Apache-2.0
// htx_host_perf: the chip's performance counters (perf_e), and the way to the lanes' (docs/blocks/host.md).
module htx_host_perf #(
  parameter int unsigned LANES = 8
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,
  input  logic                                  start_i,       ///< pulse: a program starts
  input  logic                                  busy_i,        ///< a program runs
  input  logic                                  lanes_idle_i,  ///< every lane command issued is finished
  input  logic                                  vec_idle_i,    ///< so is every vector command
  input  logic [4*htx_pkg::PERF_BITS*LANES-1:0] lane_counts_i, ///< four counters a lane
  input  logic [11:0]                           addr_i,        ///< register, byte offset
  output logic                                  there_o,       ///< it is one of these
  output logic [31:0]                           value_o        ///< its value
);
  localparam int unsigned W = htx_pkg::PERF_BITS;
  logic [W-1:0]           lanes_q, vector_q, both_q;
  logic [W*(3+4*LANES)-1:0] counts;
  logic [W-1:0]           count;
  logic [5:0]             which;  // counter
  assign counts = {lane_counts_i, both_q, vector_q, lanes_q};

  // the chip's counters stand in the 32 bytes at REG_PERF, a lane's in 32 bytes each from REG_LANE on
  logic chip, lane;
  assign chip    = addr_i[11:5] == 7'(htx_pkg::REG_PERF >> 5) && addr_i[4:3] != 2'd3;
  assign lane    = addr_i[11:8] == 4'(htx_pkg::REG_LANE >> 8) && 32'(addr_i[7:5]) < LANES;
  assign there_o = (chip || lane) && addr_i[1:0] == 2'd0;
  assign which   = lane ? 6'(addr_i[7:3]) + 6'd3 : 6'(addr_i[4:3]);
  assign value_o = addr_i[2] ? 32'(count[W-1:32]) : count[31:0];

  always_comb begin  // a slice at a variable place would cost a multiplier
    count = '0;
    for (int unsigned i = 0; i < 3 + 4 * LANES; i++) if (which == 6'(i)) count = counts[W*i+:W];
  end

  always_ff @(posedge clk_i) begin
    if (busy_i) begin
      if (!lanes_idle_i) lanes_q <= lanes_q + W'(1);
      if (!vec_idle_i) vector_q <= vector_q + W'(1);
      if (!lanes_idle_i && !vec_idle_i) both_q <= both_q + W'(1);
    end
    if (start_i || !rst_ni) {lanes_q, vector_q, both_q} <= '0;
  end
endmodule
