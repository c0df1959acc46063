// SPDX-License-Identifier: Apache-2.0
// htx_argmax: running argmax over words of VW fp32 that come in any order, one a clock.
//
// Latency 5 clocks from valid_i to best_o, one level of comparison each. Element i of a word has index addr * VW + i and
// counts if that is below vocab_i. The largest wins, the lowest index on ties, -0 equal to +0. A counted NaN or infinity
// takes no part and sets err_o until reset. clear_i forgets the best; words in flight count afterwards.
module htx_argmax (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [17:0]  vocab_i,   ///< indices that count
  input  logic         clear_i,   ///< pulse: best = none
  input  logic         valid_i,   ///< a word
  input  logic [15:0]  addr_i,    ///< its number
  input  logic [255:0] data_i,    ///< its VW fp32, element 0 in the low bits
  output logic         busy_o,    ///< words between input and best_o
  output logic [17:0]  best_o,    ///< index of the best, 0 if none
  output logic         err_o      ///< NaN or infinity counted, sticky
);
  // An order key grows with the value; 0 stands for "does not count" and is below the key of every finite value.
  logic [255:0] key_d;
  logic [7:0]   bad_d;
  for (genvar i = 0; i < 8; i++) begin : gen_key
    logic [31:0] x;
    logic        counts, finite;
    assign x      = data_i[32*i +: 32];
    assign counts = {addr_i, 3'(i)} < {1'b0, vocab_i};
    assign finite = x[30:23] != 8'hff;
    assign bad_d[i] = counts && !finite;
    assign key_d[32*i +: 32] = !(counts && finite) ? 32'd0
                             : !x[31] || (x[30:0] == 31'd0) ? {1'b1, x[30:0]} : ~x;
  end

  logic [4:1]   v_q;                         // a word in each of the four registers before the best
  logic [255:0] k1_q;                        // 8 keys
  logic [127:0] k2_q;                        // 4 keys
  logic [63:0]  k3_q;                        // 2 keys
  logic [31:0]  k4_q;                        // the word's largest
  logic [3:0]   i2_q;                        // which of each pair won: 4 x 1 bit
  logic [3:0]   i3_q;                        // 2 x 2 bits
  logic [2:0]   i4_q;
  logic [14:0]  a1_q, a2_q, a3_q, a4_q;      // upper bits of the index
  logic [3:0]   hi2;                         // the upper of a pair is larger (the lower wins ties)
  logic [1:0]   hi3;
  logic         hi4;
  for (genvar i = 0; i < 4; i++) begin : gen_hi2
    assign hi2[i] = k1_q[64*i+32 +: 32] > k1_q[64*i +: 32];
  end
  for (genvar i = 0; i < 2; i++) begin : gen_hi3
    assign hi3[i] = k2_q[64*i+32 +: 32] > k2_q[64*i +: 32];
  end
  assign hi4 = k3_q[63:32] > k3_q[31:0];

  logic [31:0] best_key_q;
  logic [17:0] index;
  logic        better;
  assign index  = {a4_q, i4_q};
  assign better = v_q[4] && (k4_q > best_key_q || (k4_q == best_key_q && k4_q != 32'd0 && index < best_o));
  assign busy_o = v_q != 4'd0;

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      k1_q <= key_d;
      a1_q <= addr_i[14:0];
    end
    if (v_q[1]) begin
      for (int i = 0; i < 4; i++) k2_q[32*i +: 32] <= hi2[i] ? k1_q[64*i+32 +: 32] : k1_q[64*i +: 32];
      i2_q <= hi2;
      a2_q <= a1_q;
    end
    if (v_q[2]) begin
      for (int i = 0; i < 2; i++) begin
        k3_q[32*i +: 32] <= hi3[i] ? k2_q[64*i+32 +: 32] : k2_q[64*i +: 32];
        i3_q[2*i +: 2]   <= {hi3[i], hi3[i] ? i2_q[2*i+1] : i2_q[2*i]};
      end
      a3_q <= a2_q;
    end
    if (v_q[3]) begin
      k4_q <= hi4 ? k3_q[63:32] : k3_q[31:0];
      i4_q <= {hi4, hi4 ? i3_q[3:2] : i3_q[1:0]};
      a4_q <= a3_q;
    end
    if (!rst_ni) begin
      v_q        <= '0;
      best_key_q <= '0;
      best_o     <= '0;
      err_o      <= 1'b0;
    end else begin
      v_q <= {v_q[3:1], valid_i};
      if (valid_i && bad_d != 8'd0) err_o <= 1'b1;
      if (clear_i) begin
        best_key_q <= '0;
        best_o     <= '0;
      end else if (better) begin
        best_key_q <= k4_q;
        best_o     <= index;
      end
    end
  end
endmodule
