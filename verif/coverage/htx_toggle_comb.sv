// SPDX-License-Identifier: Apache-2.0
// htx_toggle_comb: htx_toggle for a module without a clock: every change of value counts, from the second value on.
/* verilator coverage_off */
module htx_toggle_comb #(
  parameter int unsigned W = 1  // bits
) (
  input logic [W-1:0] v_i  ///< the signal
);
  import "DPI-C" function void htx_coverage_toggle(input string scope, input int width, input int at, input longint rise, input longint fall);
  localparam int unsigned WORDS = (W + 63) / 64;
  logic [4:0]          wait_q = '0;
  logic [W-1:0]        last_q = '0;
  logic [64*WORDS-1:0] rise_q = '0, fall_q = '0;
  always @(v_i) begin
    if (wait_q == '1) begin
      rise_q[W-1:0] = rise_q[W-1:0] | (v_i & ~last_q);
      fall_q[W-1:0] = fall_q[W-1:0] | (~v_i & last_q);
    end else wait_q = wait_q + 5'd1;
    last_q = v_i;
  end
  final for (int i = 0; i < int'(WORDS); i++) htx_coverage_toggle($sformatf("%m"), int'(W), 64 * i, rise_q[64*i+:64], fall_q[64*i+:64]);
endmodule
/* verilator coverage_on */
