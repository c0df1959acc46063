// SPDX-License-Identifier: Apache-2.0
// htx_fifo: order, no loss, no duplication, level. One word, chosen freely by mark_i, is followed through the queue; as the
// choice is free, what holds for it holds for every word.
module fifo_props #(
  parameter int unsigned WIDTH = 2,
  parameter int unsigned DEPTH = 4,
  localparam int unsigned CW = $clog2(DEPTH + 1)
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             push_i,
  input logic [WIDTH-1:0] data_i,
  input logic             pop_i,
  input logic             mark_i  // follow the word pushed in this clock, if none is followed
);
  logic             valid;
  logic [WIDTH-1:0] data;
  logic [CW-1:0]    level;
  htx_fifo #(.WIDTH(WIDTH), .DEPTH(DEPTH)) dut (
    .clk_i, .rst_ni, .push_i, .data_i, .pop_i, .valid_o(valid), .data_o(data), .level_o(level));

  logic             started_q = 1'b0;
  logic [CW-1:0]    words_q;   // pushed less popped
  logic             follow_q;  // the word is inside
  logic [CW-1:0]    ahead_q;   // words ahead of it
  logic [WIDTH-1:0] word_q, was_q;
  logic             stands_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    stands_q  <= rst_ni && valid && !pop_i;
    was_q     <= data;
    if (!rst_ni) begin
      words_q  <= '0;
      follow_q <= 1'b0;
    end else begin
      words_q <= words_q + CW'(push_i) - CW'(pop_i);
      if (follow_q) begin
        if (pop_i && ahead_q == '0) follow_q <= 1'b0;
        if (pop_i) ahead_q <= ahead_q - CW'(1);
      end else if (push_i && mark_i) begin
        follow_q <= 1'b1;
        ahead_q  <= words_q - CW'(pop_i);
        word_q   <= data_i;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: nobody pops an empty queue.
      a2: assume (!(pop_i && words_q == '0));
      // assume 3: nobody pushes into a full queue that is not popped in the same clock.
      a3: assume (!(push_i && !pop_i && words_q == CW'(DEPTH)));

      // rule 1: the level is the number of words pushed less the number popped.
      r1: assert (level == words_q);
      // rule 2: there is a head exactly while there are words.
      r2: assert (valid == (words_q != '0));
      // rule 3: when all words ahead of a word are gone, the head is that word, bit for bit: none is lost, doubled or overtaken.
      r3: assert (!(follow_q && ahead_q == '0) || (valid && data == word_q));
      // rule 4: a head that is not popped stands still.
      r4: assert (!stands_q || (valid && data == was_q));

      // cover 1: a followed word leaves.
      c1: cover (follow_q && ahead_q == '0 && pop_i);
      // cover 2: push and pop in one clock while full.
      c2: cover (words_q == CW'(DEPTH) && push_i && pop_i);
    end
  end
endmodule
