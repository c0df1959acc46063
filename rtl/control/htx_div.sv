// SPDX-License-Identifier: Apache-2.0
// htx_div: bit-serial restoring division, one quotient bit a clock.
//
// start_i loads the operands; the quotient and remainder stand WIDTH clocks later and stay until the next start.
// Assumes den_i is steady while it works and not zero (quotient all ones then, no hang).
module htx_div #(
  parameter int unsigned WIDTH = 13,
  parameter int unsigned DEN_W = 6
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             start_i,  ///< load `num_i`
  input  logic             step_i,   ///< compute the next bit; WIDTH of these after a start
  input  logic [WIDTH-1:0] num_i,    ///< dividend
  input  logic [DEN_W-1:0] den_i,    ///< divisor
  output logic [WIDTH-1:0] quot_o,   ///< quotient
  output logic [DEN_W-1:0] rem_o     ///< remainder
);
  logic [DEN_W:0]   shifted;
  logic [DEN_W-1:0] reduced;
  logic             fits;
  assign shifted = {rem_o, quot_o[WIDTH-1]};
  assign reduced = shifted[DEN_W-1:0] - den_i;
  assign fits    = shifted >= {1'b0, den_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      quot_o <= '0;
      rem_o  <= '0;
    end else if (start_i) begin
      quot_o <= num_i;
      rem_o  <= '0;
    end else if (step_i) begin
      quot_o <= {quot_o[WIDTH-2:0], fits};
      rem_o  <= fits ? reduced : shifted[DEN_W-1:0];
    end
  end
endmodule
