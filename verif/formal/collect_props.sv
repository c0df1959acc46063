// SPDX-License-Identifier: Apache-2.0
// htx_collect: ready one-hot, every waiting source served within LANES + 1 free clocks, no write where the vector unit writes,
// each word taken shown once in the next clock (docs/blocks/collect.md).
module collect_props #(
  parameter int unsigned LANES = 2,
  localparam int unsigned SRC = LANES + 1,
  localparam int unsigned W = 274
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic [SRC-1:0]   src_valid_i,
  input logic [W*SRC-1:0] src_i,
  input logic [17:0]      vocab_i,
  input logic             argmax_clear_i,
  input logic             vec_we_pre_i,
  input logic [SRC-1:0]   watch_i  // one-hot: the source whose waiting is counted, chosen in reset
);
  logic [SRC-1:0] ready;
  logic [17:0]    best;
  logic           busy, we, logit_valid;
  logic [12:0]    waddr;
  logic [15:0]    logit_addr;
  logic [255:0]   wdata, logit_data;
  logic [7:0]     err;
  htx_collect #(.LANES(LANES)) dut (
    .clk_i, .rst_ni, .src_valid_i, .src_ready_o(ready), .src_i, .vocab_i, .argmax_clear_i, .best_o(best), .busy_o(busy), .we_o(we),
    .waddr_o(waddr), .wdata_o(wdata), .vec_we_pre_i, .logit_valid_o(logit_valid), .logit_addr_o(logit_addr),
    .logit_data_o(logit_data), .err_o(err));

  // The word taken in this clock: of the one source with valid and ready.
  logic               take;
  htx_pkg::res_word_t word;
  always_comb begin
    take = 1'b0;
    word = '0;
    for (int unsigned s = 0; s < SRC; s++) begin
      if (src_valid_i[s] && ready[s]) begin
        take = 1'b1;
        word = src_i[W*s +: W];
      end
    end
  end

  logic               started_q = 1'b0;
  logic               lived_q, pre1_q, pre2_q, take_q;
  htx_pkg::res_word_t word_q;
  logic [SRC-1:0]     watch_q, waits_q;
  logic [3:0]         waited_q;  // free clocks the watched source has waited
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    lived_q   <= rst_ni;
    pre1_q    <= rst_ni && vec_we_pre_i;
    pre2_q    <= rst_ni && pre1_q;
    take_q    <= rst_ni && take;
    waits_q   <= src_valid_i & ~ready & {SRC{rst_ni}};
    if (take) word_q <= word;
    if (!rst_ni) begin
      watch_q  <= watch_i;
      waited_q <= '0;
    end else if ((src_valid_i & watch_q & ~ready) == '0) waited_q <= '0;
    else if (ready != '0) waited_q <= waited_q + 4'd1;
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    // assume 2: one source is watched.
    a2: assume (!started_q || (watch_q != '0 && (watch_q & (watch_q - SRC'(1))) == '0));
    // assume 3: a source that waits keeps its word waiting.
    a3: assume (!rst_ni || (waits_q & ~src_valid_i) == '0);
    if (rst_ni) begin
      // rule 1: at most one source has ready.
      r1: assert ((ready & (ready - SRC'(1))) == '0);
      // rule 2: one source has ready in every clock but the one after vec_we_pre_i.
      r2: assert ((ready == '0) == pre1_q);
      // rule 3: nothing is written in the clock in which the vector unit writes, two after vec_we_pre_i.
      r3: assert (!(we && pre2_q));
      // rule 4: a word taken is written in the next clock, to its address, unless it is not to be stored.
      r4: assert (!take_q || (we == !word_q.nostore && waddr == word_q.addr[12:0] && wdata == word_q.data));
      // rule 5: in that clock it goes to the argmax exactly if it belongs there.
      r5: assert (!take_q || (logit_valid == word_q.argmax && logit_addr == word_q.addr && logit_data == word_q.data));
      // rule 6: nothing is written and nothing goes to the argmax but a word taken in the clock before.
      r6: assert (take_q || (!we && !logit_valid));
      // rule 7: a waiting source is asked within LANES + 1 free clocks: at most LANES pass without it.
      r7: assert (waited_q <= 4'(LANES));
      // rule 8: busy while a word taken is on its way.
      r8: assert (!take_q || busy);

      // cover 1: a source waits as long as it may, and is then served.
      c1: cover (waited_q == 4'(LANES) && (ready & watch_q & src_valid_i) != '0);
      // cover 2: a word of the tree is taken in the clock after a held one.
      c2: cover (take && ready[LANES] && pre2_q);
      // cover 3: a word for the argmax alone.
      c3: cover (take_q && logit_valid && !we);
    end
  end
endmodule
