// SPDX-License-Identifier: Apache-2.0
// htx_sample: what coverage is tried on: a branch, a case, a machine of three states, a bus, a struct, a generate loop.
module htx_sample (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       go_i,    ///< next state
  input  logic       jump_i,  ///< skip one
  input  logic [3:0] d_i,     ///< data
  output logic [3:0] q_o      ///< data, a clock later
);
  typedef enum logic [1:0] {S_A = 2'd0, S_B = 2'd1, S_C = 2'd2} state_e;
  state_e state_q;
  logic [7:0] memory [4], sum_q;
  for (genvar i = 0; i < 2; i++) begin : g_half
    logic [1:0] x;
    assign x = d_i[2*i +: 2];
  end
  always_ff @(posedge clk_i) begin
    q_o <= d_i;
    sum_q <= sum_q + {6'd0, g_half[0].x};
    memory[d_i[1:0]] <= sum_q;
    if (!rst_ni) begin
      state_q <= S_A;
      sum_q <= '0;
    end else case (state_q)
      S_A: if (go_i) state_q <= jump_i ? S_C : S_B;
      S_B: begin
        if (go_i) state_q <= S_C;
      end
      default: state_q <= S_A;
    endcase
  end
endmodule
