// SPDX-License-Identifier: Apache-2.0
// htx_fsm: which states of a state register were reached, and which transitions between two of them happened out of reset.
/* verilator coverage_off */
module htx_fsm #(
  parameter int unsigned N = 1  // bits of the state, 4 at most
) (
  input logic         clk_i,   ///< clock
  input logic         rst_ni,  ///< reset, active low
  input logic [N-1:0] v_i      ///< the state
);
  import "DPI-C" function void htx_coverage_fsm(input string scope, input int from, input int to);
  logic         live_q = 1'b0;
  logic [N-1:0] last_q;
  logic [255:0] seen_q = '0;  // [16 * from + to]
  always_ff @(posedge clk_i) begin
    live_q <= rst_ni;
    last_q <= v_i;
    if (live_q) seen_q[{4'(last_q), 4'(v_i)}] <= 1'b1;
  end
  final
    for (int i = 0; i < 256; i++)
      if (seen_q[i]) htx_coverage_fsm($sformatf("%m"), i / 16, i % 16);
endmodule
/* verilator coverage_on */
