// SPDX-License-Identifier: Apache-2.0
// htx_delay: a vector N clocks later (0: at once), zero after reset. Carries what belongs to a value through its pipeline.
module htx_delay #(
  parameter int unsigned WIDTH = 1,
  parameter int unsigned N = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [WIDTH-1:0] d_i,  ///< in
  output logic [WIDTH-1:0] d_o   ///< `d_i` of N clocks ago
);
  if (N == 0) begin : gen_none
    assign d_o = d_i;
    logic unused;
    assign unused = &{1'b0, clk_i, rst_ni};
  end else begin : gen_stages
    for (genvar i = 0; i < N; i++) begin : gen_stage
      logic [WIDTH-1:0] d, q;
      if (i == 0) begin : gen_in
        assign d = d_i;
      end else begin : gen_next
        assign d = gen_stage[i-1].q;
      end
      always_ff @(posedge clk_i) begin
        if (!rst_ni) q <= '0;
        else         q <= d;
      end
    end
    assign d_o = gen_stage[N-1].q;
  end
endmodule
