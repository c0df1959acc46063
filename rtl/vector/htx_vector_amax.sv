// SPDX-License-Identifier: Apache-2.0
// htx_vector_amax: largest magnitude of each group of words of 8 fp32, a word a clock.
//
// A word's magnitudes are registered, reduced 8 to 4 to 2 to 1, one level a clock, and join the running maximum:
// AMAX_LATENCY = 6 clocks from the read to amax_o. NaN counts as larger than infinity.
module htx_vector_amax (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,    ///< a command starts: forget everything
  input  logic         word_i,     ///< rdata_i is a word of the group
  input  logic         group_i,    ///< the group's last clock, one before rdata_i would show its word
  input  logic [255:0] rdata_i,    ///< vector memory
  output logic         valid_o,    ///< amax_o is a group's
  output logic [30:0]  amax_o      ///< bits of the largest magnitude so far
);
  logic [247:0] m8_q;
  logic [123:0] m4_q;
  logic [61:0]  m2_q;
  logic [30:0]  m1_q;
  logic [5:2]   v_q;               // a word in m8, m4, m2, m1
  logic [6:1]   g_q;               // the group's last, from rdata_i on to amax_o
  assign valid_o = g_q[6];

  function automatic logic [30:0] larger(input logic [30:0] x, input logic [30:0] y);
    larger = (y > x) ? y : x;
  endfunction

  logic [30:0] base;               // what the word in m1 joins
  assign base = g_q[6] ? 31'd0 : amax_o;

  always_ff @(posedge clk_i) begin
    if (word_i) for (int i = 0; i < 8; i++) m8_q[31*i +: 31] <= rdata_i[32*i +: 31];
    if (v_q[2]) for (int i = 0; i < 4; i++) m4_q[31*i +: 31] <= larger(m8_q[62*i +: 31], m8_q[62*i+31 +: 31]);
    if (v_q[3]) for (int i = 0; i < 2; i++) m2_q[31*i +: 31] <= larger(m4_q[62*i +: 31], m4_q[62*i+31 +: 31]);
    if (v_q[4]) m1_q <= larger(m2_q[30:0], m2_q[61:31]);
    if (!rst_ni || start_i) begin
      v_q    <= '0;
      g_q    <= '0;
      amax_o <= '0;
    end else begin
      v_q <= {v_q[4:2], word_i};
      g_q <= {g_q[5:1], group_i};
      if (v_q[5])      amax_o <= larger(base, m1_q);
      else if (g_q[6]) amax_o <= '0;
    end
  end
endmodule
