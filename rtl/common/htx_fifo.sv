// SPDX-License-Identifier: Apache-2.0
// htx_fifo: small first-in first-out queue in registers; the head is visible at once, all outputs come from registers.
//
// A word pushed in one clock can be popped in the next. Push and pop may happen in the same clock. Pushing into a
// full queue or popping an empty one is the user's error (asserted).
module htx_fifo #(
  parameter int unsigned WIDTH = 32,
  parameter int unsigned DEPTH = 4,
  localparam int unsigned AW = DEPTH > 1 ? $clog2(DEPTH) : 1,
  localparam int unsigned CW = $clog2(DEPTH + 1)
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             push_i,   ///< take `data_i`
  input  logic [WIDTH-1:0] data_i,   ///< the word
  input  logic             pop_i,    ///< drop the head
  output logic             valid_o,  ///< there is a head
  output logic [WIDTH-1:0] data_o,   ///< the head
  output logic [CW-1:0]    level_o   ///< words stored
);
  logic [WIDTH-1:0] mem [DEPTH];
  logic [AW-1:0] rptr_q, wptr_q;
  logic [CW-1:0] level_q;

  assign valid_o = level_q != '0;
  assign data_o  = mem[rptr_q];
  assign level_o = level_q;

  always_ff @(posedge clk_i) begin
    if (push_i) mem[wptr_q] <= data_i;
    if (!rst_ni) begin
      rptr_q  <= '0;
      wptr_q  <= '0;
      level_q <= '0;
    end else begin
      if (push_i) wptr_q <= (wptr_q == AW'(DEPTH - 1)) ? '0 : wptr_q + AW'(1);
      if (pop_i)  rptr_q <= (rptr_q == AW'(DEPTH - 1)) ? '0 : rptr_q + AW'(1);
      level_q <= level_q + CW'(push_i) - CW'(pop_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(push_i && !pop_i && level_q == CW'(DEPTH)));
      assert (!(pop_i && level_q == '0));
    end
  end
endmodule
