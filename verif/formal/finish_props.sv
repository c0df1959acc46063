// SPDX-License-Identifier: Apache-2.0
// htx_finish: counts never exceed what was started; in order; nothing lost (docs/blocks/dot.md, Finished commands). One started
// command, chosen freely by mark_i, is followed until it is counted.
module finish_props (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       start_i,
  input logic [1:0] kind_i,
  input logic       res_i,
  input logic       red_i,
  input logic       mark_i  // follow the command started in this clock, if none is followed
);
  logic       room;
  logic [7:0] done;
  htx_finish dut (.clk_i, .rst_ni, .start_i, .kind_i, .res_i, .red_i, .room_o(room), .done_o(done));

  logic       started_q = 1'b0;
  logic       lived_q;
  logic [7:0] done_was_q;           // the count of the clock before
  logic [2:0] open_q;               // commands started and not counted
  logic [2:0] res_open_q, red_open_q;  // started commands whose event has not come
  logic       follow_q, counted_q;
  logic [2:0] ahead_q;              // commands to be counted before the followed one
  logic       by_res_q, by_red_q;   // what ends it
  logic [2:0] need_q;               // events of its kind to come, its own included
  logic       its_event, counted;   // a command is counted: done_o shows it in the next clock (rule 3)
`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire \dut.retire ;
`endif
  assign counted   = dut.retire;
  assign its_event = (by_res_q && res_i) || (by_red_q && red_i);
  always_ff @(posedge clk_i) begin
    started_q  <= 1'b1;
    lived_q    <= rst_ni;
    done_was_q <= done;
    counted_q  <= counted && rst_ni;
    if (!rst_ni) begin
      open_q     <= '0;
      res_open_q <= '0;
      red_open_q <= '0;
      follow_q   <= 1'b0;
    end else begin
      open_q     <= open_q + 3'(start_i) - 3'(counted);
      res_open_q <= res_open_q + 3'(start_i && kind_i == 2'd1) - 3'(res_i);
      red_open_q <= red_open_q + 3'(start_i && kind_i == 2'd2) - 3'(red_i);
      if (follow_q) begin
        ahead_q <= ahead_q - 3'(counted);
        if (counted && ahead_q == '0) follow_q <= 1'b0;
        if (its_event && need_q != '0) need_q <= need_q - 3'd1;
      end else if (start_i && mark_i) begin
        follow_q <= 1'b1;
        ahead_q  <= open_q - 3'(counted);
        by_res_q <= kind_i == 2'd1;
        by_red_q <= kind_i == 2'd2;
        need_q   <= kind_i == 2'd1 ? res_open_q + 3'd1 - 3'(res_i) : kind_i == 2'd2 ? red_open_q + 3'd1 - 3'(red_i) : '0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: a command starts only while there is room.
      a2: assume (!start_i || room);
      // assume 3: there are three kinds.
      a3: assume (kind_i != 2'd3);
      // assume 4: a last result word belongs to a command started before that waits for one.
      a4: assume (!res_i || res_open_q != '0);
      // assume 5: so does a last message.
      a5: assume (!red_i || red_open_q != '0);

      // rule 1: no more commands are counted than were started, and at most four are started and not counted.
      r1: assert (open_q <= 3'd4 && !(counted && open_q == '0));
      // rule 2: there is room exactly while fewer than four are started and not counted.
      r2: assert (room == (open_q < 3'd4));
      // rule 3: the count goes up by one for each command counted, and in no other clock.
      r3: assert (!lived_q || done == done_was_q + 8'(counted_q));
      // rule 4: a command is counted exactly when all before it are counted and its own event has come (or it needs none).
      r4: assert (!(follow_q && ahead_q == '0) || counted == (need_q == '0));

      // cover 1: a command that ends with a message is counted behind one that ends with a word.
      c1: cover (follow_q && by_red_q && need_q == '0 && res_open_q != '0);
      // cover 2: four commands are under way.
      c2: cover (!room);
      // cover 3: a followed command is counted.
      c3: cover (follow_q && counted && ahead_q == '0 && by_res_q);
    end
  end
endmodule
