// SPDX-License-Identifier: Apache-2.0
// htx_toggle: which bits of a signal rose and which fell, as seen at clock edges once a reset was seen; reported when simulation ends.
//
// Bound to every signal of a module (scripts/gen/monitors.py); the instance's name says which. A few operations a word of 64 bits, where
// the simulator's own toggle counters cost a branch and an increment a bit.
/* verilator coverage_off */
module htx_toggle #(
  parameter int unsigned W     = 1,  // bits
  parameter bit          RESET = 1   // the module has a reset; one without starts counting after 16 clocks
) (
  input logic         clk_i,   ///< clock
  input logic         rst_ni,  ///< reset, active low
  input logic [W-1:0] v_i      ///< the signal
);
  import "DPI-C" function void htx_coverage_toggle(input string scope, input int width, input int at, input longint rise, input longint fall);
  localparam int unsigned WORDS = (W + 63) / 64;

  // the simulator starts registers with random values; what counts has to start with known ones
  logic live_q = 1'b0;
  if (RESET) begin : g_reset
    logic armed_q = 1'b0;
    always_ff @(posedge clk_i) {live_q, armed_q} <= {armed_q, armed_q | ~rst_ni};
  end else begin : g_wait
    logic [3:0] wait_q = '0;
    always_ff @(posedge clk_i) begin
      live_q <= wait_q == '1;
      if (wait_q != '1) wait_q <= wait_q + 4'd1;
    end
  end

  logic [64*WORDS-1:0] v, last_q, rise_q = '0, fall_q = '0;
  assign v = (64*WORDS)'(v_i);
  always_ff @(posedge clk_i) begin
    last_q <= v;
    if (live_q) begin
      rise_q <= rise_q | (v & ~last_q);
      fall_q <= fall_q | (~v & last_q);
    end
  end
  final for (int i = 0; i < int'(WORDS); i++) htx_coverage_toggle($sformatf("%m"), int'(W), 64 * i, rise_q[64*i+:64], fall_q[64*i+:64]);
endmodule
/* verilator coverage_on */
