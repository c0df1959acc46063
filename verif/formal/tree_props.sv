// SPDX-License-Identifier: Apache-2.0
// htx_tree: queues, credit and handshakes (docs/blocks/tree.md). That no queue is overrun and the credit is kept are assertions
// of the RTL itself, proven here for every neighbour that keeps the document's rules.
module tree_props #(
  parameter int unsigned LANES = 2
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic [LANES-1:0]    red_valid_i,
  input logic [LANES-1:0]    red_kind_i,
  input logic [LANES-1:0]    red_last_i,
  input logic [64*LANES-1:0] red_data_i,
  input logic                cmd_valid_i,
  input htx_pkg::lane_cmd_t  cmd_i,
  input logic                res_ready_i
);
  logic [LANES-1:0]   red_ready;
  logic               cmd_ready, max_valid, res_valid;
  logic [2:0]         max_col;
  logic [31:0]        max_m, max_u;
  htx_pkg::res_word_t res;
  logic [7:0]         done;
  htx_tree #(.LANES(LANES)) dut (
    .clk_i, .rst_ni, .red_valid_i, .red_ready_o(red_ready), .red_kind_i, .red_last_i, .red_data_i, .cmd_valid_i, .cmd_i, .cmd_ready_o(cmd_ready),
    .max_valid_o(max_valid), .max_col_o(max_col), .max_m_o(max_m), .max_u_o(max_u), .res_valid_o(res_valid), .res_ready_i, .res_o(res), .done_o(done));

  logic       started_q = 1'b0;
  logic       lived_q, stalled_q, argmax_nostore;
  logic       ready1_q, ready2_q;  // cmd_ready_o one and two clocks ago
  logic [7:0] done_was_q;
  logic       pv, left_q;          // a command's last word left a clock ago
  assign pv   = cmd_valid_i && cmd_i.op == htx_pkg::L_PV;
`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire \dut.take_sum ;
  (* hierconn *) wire \dut.last ;
  (* hierconn *) wire [9:0] \dut.item_q ;
  (* hierconn *) wire [2:0] \dut.credit_q ;
  (* hierconn *) wire [2:0] \dut.word_level ;
  (* hierconn *) wire \dut.c_valid ;
  (* hierconn *) wire \dut.c_last ;
  (* hierconn *) wire [2:0] \dut.c_elem ;
  (* hierconn *) wire \dut.word_last ;
`endif

  // Sums on their way to their words, 1 to 5 clocks after they were taken.
  logic [5:1]  v_q, l_q;
  logic [15:1] e_q;            // their places in the word, 3 bits each
  logic [2:0]  expect_q;       // the place of the next to arrive
  logic [3:0]  begun;          // words begun and not in the queue
  logic [17:0] ahead;          // places from expect_q to a stage, oldest stage high: 3 bits each
  always_comb begin
    begun = 4'(expect_q != '0);
    ahead[17:15] = expect_q;
    for (int i = 5; i >= 1; i--) begin
      begun = begun + 4'(v_q[i] && e_q[3*i-:3] == '0);
      ahead[3*i-1-:3] = ahead[3*i+2-:3] + 3'(v_q[i] && !l_q[i]);
    end
  end
  assign argmax_nostore = res.argmax || res.nostore;

  // Lane 1 sends the kinds that lane 0 sends: messages by which one is ahead, and their kinds, oldest low.
  logic signed [3:0] lead_q;
  logic [3:0]        kinds_q;
  logic              push0, push1, kind1;
  assign push0 = red_valid_i[0] && red_ready[0];
  assign push1 = red_valid_i[LANES-1] && red_ready[LANES-1] && LANES > 1;
  assign kind1 = red_kind_i[LANES-1];
  always_ff @(posedge clk_i) begin
    started_q  <= 1'b1;
    lived_q    <= rst_ni;
    ready1_q   <= rst_ni && cmd_ready;
    ready2_q   <= rst_ni && ready1_q;
    done_was_q <= done;
    stalled_q  <= rst_ni && res_valid && !res_ready_i;
    left_q     <= rst_ni && res_valid && res_ready_i && dut.word_last;
    e_q        <= {e_q[12:1], dut.item_q[2:0]};
    l_q        <= {l_q[4:1], dut.last};
    if (!rst_ni) begin
      {v_q, expect_q} <= '0;
      lead_q <= '0;
    end else begin
      v_q <= {v_q[4:1], dut.take_sum};
      if (v_q[5]) expect_q <= l_q[5] ? 3'd0 : e_q[15:13] + 3'd1;
      lead_q <= lead_q + (push0 ? 4'sd1 : 4'sd0) - (push1 ? 4'sd1 : 4'sd0);
      if (push0 && lead_q >= 0 && !(push1 && lead_q == 0))
        if (push1) kinds_q <= (kinds_q >> 1) & ~(4'd1 << (lead_q - 4'sd1)) | (4'(red_kind_i[0]) << (lead_q - 4'sd1));
        else       kinds_q <= kinds_q & ~(4'd1 << lead_q) | (4'(red_kind_i[0]) << lead_q);
      else if (push1 && lead_q <= 0 && !(push0 && lead_q == 0))
        if (push0) kinds_q <= (kinds_q >> 1) & ~(4'd1 << (-lead_q - 4'sd1)) | (4'(kind1) << (-lead_q - 4'sd1));
        else       kinds_q <= kinds_q & ~(4'd1 << -lead_q) | (4'(kind1) << -lead_q);
      else if (push0 || push1)
        if (lead_q != 0) kinds_q <= kinds_q >> 1;
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: a command comes only if cmd_ready_o was high two clocks before (the sequencer looks at it that late).
      a2: assume (!cmd_valid_i || ready2_q);
      // assume 3: all lanes send the same kinds in the same order: lane 1 behind lane 0,
      a3: assume (!(push1 && lead_q > 0) || kind1 == kinds_q[0]);
      // assume 4: lane 0 behind lane 1,
      a4: assume (!(push0 && lead_q < 0) || red_kind_i[0] == kinds_q[0]);
      // assume 5: and both at once.
      a5: assume (!(push0 && push1 && lead_q == 0) || red_kind_i[0] == kind1);
      // assume 6: a head has at least one block.
      a6: assume (!pv || cmd_i.kt != '0);
      // assume 7: there is one column (the block's test has four).
      a7: assume (&red_last_i && (!cmd_valid_i || cmd_i.cols == '0));

      // rule 1: a result that is not taken stays.
      r1: assert (!stalled_q || res_valid);
      // rule 2: results are always stored and never part of the argmax.
      r2: assert (!argmax_nostore);
      // rule 3: done counts exactly the commands whose last word has left, one in the clock after it.
      r3: assert (!lived_q || done == done_was_q + 8'(left_q));
      // rule 4: words begun, words in the queue and credit are together the places there are: no word is without one.
      r4: assert (4'(dut.credit_q) + 4'(dut.word_level) + begun == 4'd4);
      // rule 5: a sum arrives at its word exactly 5 clocks after it was taken.
      r5: assert (dut.c_valid == v_q[5] && (!v_q[5] || (dut.c_last == l_q[5] && dut.c_elem == e_q[15:13])));
      // rule 6: sums on their way stand in order, L begins a word of its own, and what is taken next follows them.
      r6: assert ((!v_q[5] || e_q[15:13] == ahead[17:15]) && (!v_q[4] || e_q[12:10] == ahead[14:12]) && (!v_q[3] || e_q[9:7] == ahead[11:9])
                  && (!v_q[2] || e_q[6:4] == ahead[8:6]) && (!v_q[1] || e_q[3:1] == ahead[5:3]) && dut.item_q[2:0] == ahead[2:0]
                  && (l_q & v_q & {e_q[15:13] != '0, e_q[12:10] != '0, e_q[9:7] != '0, e_q[6:4] != '0, e_q[3:1] != '0}) == '0);

      // cover 1: a result word waits, and another stands behind it, while a sum cannot be taken.
      c1: cover (stalled_q && red_valid_i[0] && !red_ready[0]);
      // cover 2: maxima come back.
      c2: cover (max_valid);
      // cover 3: a whole command is finished.
      c3: cover (done == 8'd1);
    end
  end
endmodule
