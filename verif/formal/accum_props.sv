// SPDX-License-Identifier: Apache-2.0
// htx_accum, schedule: every row is written to the accumulator of its number in the stated clock, results become words and blocks in
// order, and no word is without a place (docs/blocks/accum.md). The floating-point units are cut. accum_data_props.sv has the values.
module accum_props (
  input logic         clk_i,
  input logic         rst_ni,
  input logic         dot_valid_i,
  input logic         dot_score_i,
  input logic [4:0]   dot_row_i,
  input logic         dot_first_i,
  input logic         dot_last_i,
  input logic [7:0]   dot_ev_i,
  input logic         grp_valid_i,
  input logic [13:0]  grp_addr_i,
  input logic         grp_argmax_i,
  input logic         grp_nostore_i,
  input logic         grp_end_i,
  input logic         grp_last_i,
  input logic         ld_valid_i,
  input logic [127:0] ld_data_i,
  input logic         res_ready_i
);
  localparam int unsigned WRITE = 11;  // clocks from a dot product to its accumulator
  localparam int unsigned SCORE = 7;   // and to attention
  localparam int unsigned WORDS = htx_lane_pkg::RESQ_WORDS;
  logic               res_free, res_fin, sc_valid, res_valid, res_last;
  logic [31:0]        sc_x;
  logic [7:0]         sc_ev;
  htx_pkg::res_word_t res;
  htx_accum dut (
    .clk_i, .rst_ni, .row_valid_i(1'b0), .row_sa_i(32'd0), .row_sw_i(32'd0), .dot_valid_i, .dot_score_i, .dot_i(24'd0), .dot_row_i, .dot_first_i,
    .dot_last_i, .dot_ev_i, .grp_valid_i, .grp_addr_i, .grp_argmax_i, .grp_nostore_i, .grp_end_i, .grp_last_i, .ld_valid_i, .ld_data_i,
    .res_free_o(res_free), .res_fin_o(res_fin), .sc_valid_o(sc_valid), .sc_x_o(sc_x), .sc_ev_o(sc_ev), .res_valid_o(res_valid), .res_last_o(res_last),
    .res_ready_i, .res_o(res));
  logic [67:0] side;   // the stages of the way: {row, score, first, last, number, exponent}, 1 to 4 clocks after the dot product
  logic [34:0] side2;  // {row, last, number}, 7 to 11
`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire \dut.acc_we ;
  (* hierconn *) wire [4:0] \dut.acc_row ;
  (* hierconn *) wire \dut.push_q ;
  (* hierconn *) wire \dut.half_q ;
  (* hierconn *) wire [1:0] \dut.part_q ;
  (* hierconn *) wire [4:0] \dut.level ;
  (* hierconn *) wire [2:0] \dut.grp_level ;
  (* hierconn *) wire \dut.r1_acc_q ;
  (* hierconn *) wire \dut.r1_last_q ;
  (* hierconn *) wire \dut.r1_score_q ;
  (* hierconn *) wire [4:0] \dut.r1_row_q ;
  (* hierconn *) wire \dut.r0_acc_q ;
  (* hierconn *) wire \dut.r0_last_q ;
  (* hierconn *) wire \dut.r0_score_q ;
  (* hierconn *) wire [4:0] \dut.r0_row_q ;
  (* hierconn *) wire [16:0] \dut.u_side.gen_stages.gen_stage[0].q ;
  (* hierconn *) wire [16:0] \dut.u_side.gen_stages.gen_stage[1].q ;
  (* hierconn *) wire [16:0] \dut.u_side.gen_stages.gen_stage[2].q ;
  (* hierconn *) wire [16:0] \dut.u_side.gen_stages.gen_stage[3].q ;
  (* hierconn *) wire [6:0] \dut.u_side2.gen_stages.gen_stage[0].q ;
  (* hierconn *) wire [6:0] \dut.u_side2.gen_stages.gen_stage[1].q ;
  (* hierconn *) wire [6:0] \dut.u_side2.gen_stages.gen_stage[2].q ;
  (* hierconn *) wire [6:0] \dut.u_side2.gen_stages.gen_stage[3].q ;
  (* hierconn *) wire [6:0] \dut.u_side2.gen_stages.gen_stage[4].q ;
  assign side  = {\dut.u_side.gen_stages.gen_stage[3].q ,
    \dut.u_side.gen_stages.gen_stage[2].q ,
    \dut.u_side.gen_stages.gen_stage[1].q ,
    \dut.u_side.gen_stages.gen_stage[0].q };
  assign side2 = {\dut.u_side2.gen_stages.gen_stage[4].q ,
    \dut.u_side2.gen_stages.gen_stage[3].q ,
    \dut.u_side2.gen_stages.gen_stage[2].q ,
    \dut.u_side2.gen_stages.gen_stage[1].q ,
    \dut.u_side2.gen_stages.gen_stage[0].q };
`else
  assign side  = {dut.u_side.gen_stages.gen_stage[3].q,
    dut.u_side.gen_stages.gen_stage[2].q,
    dut.u_side.gen_stages.gen_stage[1].q,
    dut.u_side.gen_stages.gen_stage[0].q};
  assign side2 = {dut.u_side2.gen_stages.gen_stage[4].q,
    dut.u_side2.gen_stages.gen_stage[3].q,
    dut.u_side2.gen_stages.gen_stage[2].q,
    dut.u_side2.gen_stages.gen_stage[1].q,
    dut.u_side2.gen_stages.gen_stage[0].q};
`endif

  logic             started_q = 1'b0;
  logic             row, result, lived_q, stalled_q, pop_q, load_q;
  logic [WRITE:1]   row_q, last_q;    // on their way: index = clocks since the dot product
  logic [5*WRITE:1] num_q;            // their numbers, 5 bits each
  logic [SCORE:1]   score_q;
  logic [4:0]       next_q, at_q;     // fp32 of the block that have come, that are in words
  logic [7:0]       owed_q;           // fp32 with a place that have not come
  logic [6:0]       places_q;         // words with a place that have not left
  logic [3:0]       way;              // results on their way
  logic [5*WRITE:1] ahead;            // the number that a result at each stage must have
  assign row    = dot_valid_i && !dot_score_i;
  assign result = row && dot_last_i;
  always_comb begin
    way = '0;
    ahead[5*WRITE-:5] = at_q;
    for (int unsigned i = 1; i <= WRITE; i++) way = way + 4'(last_q[i]);
    for (int unsigned i = WRITE - 1; i >= 1; i--) ahead[5*i-:5] = ahead[5*i+5-:5] + 5'(last_q[i+1]);
  end
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    lived_q   <= rst_ni;
    stalled_q <= rst_ni && res_valid && !res_ready_i;
    pop_q     <= rst_ni && res_valid && res_ready_i && res_last;
    num_q     <= {num_q[5*WRITE-5:1], dot_row_i};
    if (!rst_ni) begin
      {row_q, last_q, score_q, next_q, at_q, owed_q, places_q, load_q} <= '0;
    end else begin
      row_q    <= {row_q[WRITE-1:1], row};
      last_q   <= {last_q[WRITE-1:1], result};
      score_q  <= {score_q[SCORE-1:1], dot_valid_i && dot_score_i};
      next_q   <= next_q + (ld_valid_i ? 5'd4 : 5'(result));
      at_q     <= at_q + (ld_valid_i ? 5'd4 : 5'(last_q[WRITE]));
      owed_q   <= owed_q + (grp_valid_i ? 8'd32 : 8'd0) - (ld_valid_i ? 8'd4 : 8'(result));
      places_q <= places_q + (grp_valid_i ? 7'd4 : 7'd0) - 7'(res_valid && res_ready_i);
      if (ld_valid_i) load_q <= 1'b1;
      else if (result) load_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: results come in the order of their rows, 0 to 31 of a block (proof dot, rule 1).
      a2: assume (!result || dot_row_i == next_q);
      // assume 3: no result comes without a place (dot, rule 2).
      a3: assume (!(result || ld_valid_i) || owed_q + (grp_valid_i ? 8'd32 : 8'd0) >= (ld_valid_i ? 8'd4 : 8'd1));
      // assume 4: at most as many words have a place as there are (dot, rule 3).
      a4: assume (!grp_valid_i || places_q <= 7'(WORDS - 4));
      // assume 5: fp32 blocks come whole, and never while a row is on its way to its accumulator (dot, rules 4 and 5).
      a5: assume (!ld_valid_i || (!row && row_q == '0 && (next_q == '0 || load_q)));
      // assume 6: nor do rows come into a block of these.
      a6: assume (!result || next_q == '0 || !load_q);

      // rule 1: an accumulator is written exactly 11 clocks after each row, and it is the one of that row.
      r1: assert (dut.acc_we == row_q[WRITE] && (!dut.acc_we || dut.acc_row == num_q[5*WRITE-:5]));
      // rule 2: attention has a score exactly 7 clocks after each.
      r2: assert (sc_valid == score_q[SCORE]);
      // rule 3: a word leaves for the queue exactly when its eighth fp32 stands in it, and words are numbered in order.
      r3: assert (at_q[4:3] == dut.part_q + 2'(dut.push_q) && (!dut.push_q || at_q[2:0] == '0));
      // rule 4: a half word stands exactly while one beat of two has come.
      r4: assert (dut.half_q == (load_q && at_q[2:0] == 3'd4));
      // rule 5: every word that has a place is in the queue, or still to come: never more than there are places.
      r5: assert (places_q == 7'(dut.level) + {2'd0, dut.grp_level, 2'd0} - 7'(dut.part_q) && places_q <= 7'(WORDS));
      // rule 6: every fp32 that has a place is in a word of the queue, in the word register, on its way, or still to come.
      r6: assert ({1'b0, dut.grp_level, 5'd0} - 9'({dut.part_q, 3'd0}) == 9'(owed_q) + 9'(way) + 9'(at_q[2:0]) + 9'({dut.push_q, 3'd0}));
      // rule 7: a result word that is not taken stays.
      r7: assert (!stalled_q || res_valid);
      // rule 8: the place of a word is given back in the clock after the last column's is taken, at no other time; a command's end comes with one.
      r8: assert (res_free == pop_q && (!res_fin || res_free));
      // rule 9: results are put into words in the order of their rows.
      r9: assert (!last_q[WRITE] || num_q[5*WRITE-:5] == at_q);
      // rule 10: what has come is in a word or on its way; a load leaves nothing behind it.
      r10: assert (next_q == at_q + 5'(way) && (!load_q || (way == '0 && at_q[1:0] == '0)) && (way == '0 || at_q[2:0] == '0 || !load_q));

      // cover 1: a block of results and a block of fp32 stand in the queue, and no place is left.
      c1: cover (places_q == 7'(WORDS) && dut.level > 5'd4 && load_q);
      // cover 2: rows in every clock of the pipeline.
      c2: cover (&row_q && &last_q);
      // cover 3: a block's last word leaves with a command's end.
      c3: cover (res_fin);
    end
  end

  for (genvar i = 1; i < WRITE; i++) begin : g_order
    always_ff @(posedge clk_i) begin
      // rule 11: so they are at every stage of the way: as many ahead as there are numbers between.
      if (rst_ni) assert (!last_q[i] || num_q[5*i-:5] == ahead[5*i-:5]);
    end
  end
  // What the stages hold: {row, last, number}.
  logic [7*WRITE-1:0] holds;
  for (genvar i = 1; i <= WRITE; i++) begin : g_stage
    if (i <= 4) begin : g_early
      assign holds[7*i-1-:7] = {side[17*i-1], side[17*i-4], side[17*i-5-:5]};
      always_ff @(posedge clk_i) begin
        // rule 12: the first stages hold just the scores that came.
        if (rst_ni) assert (side[17*i-2] == score_q[i]);
      end
    end else if (i == 5) assign holds[7*i-1-:7] = {dut.r1_acc_q, dut.r1_last_q, dut.r1_row_q};
    else if (i == 6) assign holds[7*i-1-:7] = {dut.r0_acc_q, dut.r0_last_q, dut.r0_row_q};
    else assign holds[7*i-1-:7] = side2[7*(i-6)-1-:7];
    always_ff @(posedge clk_i) begin
      // rule 13: every stage holds just the row that came so many clocks ago.
      if (rst_ni) assert (holds[7*i-1] == row_q[i] && (!row_q[i] || holds[7*i-2-:6] == {last_q[i], num_q[5*i-:5]}) && (row_q[i] || !last_q[i]));
    end
  end
  always_ff @(posedge clk_i) begin
    // rule 14: and the two after them just the scores.
    if (rst_ni) assert (dut.r1_score_q == score_q[5] && dut.r0_score_q == score_q[6]);
  end
endmodule
