// SPDX-License-Identifier: Apache-2.0
// htx_div: quotient and remainder are right for every dividend and divisor. The rules say what stands in the registers after
// every step, so that each follows from the one before.
module div_props #(
  parameter int unsigned WIDTH = 13,
  parameter int unsigned DEN_W = 6,
  localparam int unsigned SW = $clog2(WIDTH + 1)
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             start_i,
  input logic             step_i,
  input logic [WIDTH-1:0] num_i,
  input logic [DEN_W-1:0] den_i
);
  logic [WIDTH-1:0] quot;
  logic [DEN_W-1:0] rem;
  htx_div #(.WIDTH(WIDTH), .DEN_W(DEN_W)) dut (.clk_i, .rst_ni, .start_i, .step_i, .num_i, .den_i, .quot_o(quot), .rem_o(rem));

  logic             started_q = 1'b0;
  logic             live_q = 1'b0;  // a division was started since reset
  logic [SW-1:0]    steps_q;        // bits of it that are computed
  logic [WIDTH-1:0] num_q;
  logic [DEN_W-1:0] den_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni) live_q <= 1'b0;
    else if (start_i) begin
      live_q  <= 1'b1;
      steps_q <= '0;
      num_q   <= num_i;
      den_q   <= den_i;
    end else if (step_i && live_q) steps_q <= steps_q + SW'(1);
  end

  // What the quotient register holds: the bits computed, below the bits of the dividend still to come.
  logic [WIDTH-1:0]   done_bits, seen, rest;
  logic [WIDTH+DEN_W-1:0] product;
  assign done_bits = quot & ~({WIDTH{1'b1}} << steps_q);
  assign seen      = num_q >> (SW'(WIDTH) - steps_q);
  assign rest      = num_q << steps_q;
  assign product   = (WIDTH + DEN_W)'(done_bits) * (WIDTH + DEN_W)'(den_q);

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    // assume 2: the divisor is steady from the start of a division on, and not zero.
    a2: assume (!rst_ni || !live_q || (start_i ? den_i != '0 : den_i == den_q));
    // assume 3: so it is at the first start.
    a3: assume (den_i != '0);
    // assume 4: WIDTH steps follow a start, no more.
    a4: assume (!(rst_ni && step_i && !start_i && live_q && steps_q == SW'(WIDTH)));
    if (rst_ni && live_q) begin
      // rule 1: no more than WIDTH steps are counted (helps the others).
      r1: assert (steps_q <= SW'(WIDTH));
      // rule 2: the bits of the dividend not yet looked at stand untouched above the quotient.
      r2: assert ((quot & ({WIDTH{1'b1}} << steps_q)) == rest);
      // rule 3: the remainder is below the divisor.
      r3: assert (rem < den_q && den_q != '0);
      // rule 4: quotient times divisor plus remainder is the dividend, for the bits looked at; after WIDTH steps for all.
      r4: assert (product + (WIDTH + DEN_W)'(rem) == (WIDTH + DEN_W)'(seen));

      // cover 1: a division ends with a remainder and a quotient.
      c1: cover (steps_q == SW'(WIDTH) && rem != '0 && quot != '0);
    end
  end
endmodule
