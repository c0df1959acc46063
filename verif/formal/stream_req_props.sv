// SPDX-License-Identifier: Apache-2.0
// htx_stream_req: each job becomes exactly its bursts, in order; never more than STREAM_BEATS beats asked for and stored;
// requests stand still until accepted; every beat that comes back has an owner (docs/blocks/stream.md, Engine and request register).
// Jobs of at most three runs of three bursts: the counters are the same ones for longer jobs.
module stream_req_props (
  input logic              clk_i,
  input logic              rst_ni,
  input logic              start_i,
  input logic [27:0]       addr_i,
  input logic [1:0]        len_i,
  input logic [1:0]        count_i,
  input logic [5:0]        step_i,
  input logic [8:0]        jump_i,
  input logic              append_valid_i,
  input htx_pkg::mem_req_t append_i,
  input logic              host_load_i,
  input htx_pkg::mem_req_t host_i,
  input logic              host_busy_i,
  input logic              req_ready_i,
  input logic              rsp_valid_i,
  input logic              beat_pop_i
);
  logic              busy, append_ready, req_valid, tile_rsp, side_rsp;
  htx_pkg::mem_req_t req;
  logic [27:0]       addr;
  logic [15:0]       left, runs;
  logic [9:0]        credit, due;
  htx_stream_req dut (
    .clk_i, .rst_ni, .start_i, .addr_i, .len_i({14'd0, len_i}), .count_i({14'd0, count_i}), .step_i, .jump_i, .busy_o(busy),
    .append_valid_i, .append_ready_o(append_ready), .append_i, .host_load_i, .host_i, .host_busy_i, .req_valid_o(req_valid),
    .req_ready_i, .req_o(req), .rsp_valid_i, .tile_rsp_o(tile_rsp), .side_rsp_o(side_rsp), .beat_pop_i, .addr_o(addr),
    .left_o(left), .runs_o(runs), .credit_o(credit), .due_o(due));

  logic        started_q = 1'b0;
  logic        accept, fill;          // a request is accepted; a tile burst was put into the request register a clock ago
  logic        stalled_q, write_q, busy_q, lived_q;
  logic [27:0] addr_q;
  logic [9:0]  full_q;                // the credit to be seen now if no burst was put there
  logic [10:0] out_q;                 // beats of accepted reads that have not come back
  logic [9:0]  waiting_q, waiting;    // beats of tiles asked for and not come back: without the last clock's fill, and now
  logic [9:0]  stored_q;              // beats of tiles that came back and were not taken
  logic [1:0]  len_q;                 // bursts of a run of the job
  logic [3:0]  total_q, asked_q, asked;  // bursts of the job, and those asked for
  assign accept  = req_valid && req_ready_i;
  assign fill    = lived_q && credit != full_q;
  assign waiting = waiting_q + {8'd0, fill, 1'b0};
  assign asked   = asked_q + 4'(fill);
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    lived_q   <= rst_ni;
    full_q    <= credit + 10'(beat_pop_i);
    stalled_q <= rst_ni && req_valid && !req_ready_i;
    addr_q    <= req.addr;
    write_q   <= req.write;
    busy_q    <= rst_ni && busy;
    if (!rst_ni) begin
      out_q     <= '0;
      waiting_q <= '0;
      stored_q  <= '0;
      total_q   <= '0;
      len_q     <= '0;
      asked_q   <= '0;
    end else begin
      out_q     <= out_q + {9'd0, accept && !req.write, 1'b0} - 11'(rsp_valid_i);
      waiting_q <= waiting - 10'(tile_rsp);
      stored_q  <= stored_q + 10'(tile_rsp) - 10'(beat_pop_i);
      total_q   <= start_i ? 4'(len_i) * 4'(count_i) : total_q;
      asked_q   <= start_i ? '0 : asked;
      if (start_i) len_q <= len_i;
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: a job starts while none is at work, and has bursts.
      a2: assume (!start_i || (!busy && len_i != '0 && count_i != '0));
      // assume 3: the append asks while no job is at work or starts.
      a3: assume (!append_valid_i || (!busy && !start_i));
      // assume 4: the host's request comes while nothing is under way.
      a4: assume (!host_load_i || (!req_valid && !busy && !start_i && !append_valid_i && due == '0));
      // assume 5: a beat comes back only for an accepted read.
      a5: assume (!rsp_valid_i || out_q != '0);
      // assume 6: a beat is taken from the tile FIFO only if one is stored.
      a6: assume (!beat_pop_i || stored_q != '0);

      // rule 1: a request that is not accepted stands still.
      r1: assert (!stalled_q || (req_valid && req.write == write_q && req.addr == addr_q));
      // rule 2: places free, beats asked for, and beats stored are together always STREAM_BEATS: never more than have a place.
      r2: assert (12'(credit) + 12'(waiting) + 12'(stored_q) == 12'(htx_pkg::STREAM_BEATS));
      // rule 3: a burst is asked for only while both its beats have a place.
      r3: assert (!fill || (credit + 10'd2 == full_q && full_q >= 10'd2));
      // rule 4: due counts the beats asked for and not come back.
      r4: assert (due == waiting);
      // rule 5: a job at rest has asked for exactly its bursts, runs times bursts of a run.
      r5: assert (busy || asked == total_q);
      // rule 6: a job at work has what its counters say still to ask for: the rest of this run, and whole runs after it.
      r6: assert (!busy || (16'(total_q) == 16'(asked) + left + 16'd1 + 16'(runs[1:0]) * 16'(len_q) && runs < 16'd3 && left < 16'(len_q)));
      // rule 7: each beat belongs to the tiles or to the other side, never to both, and none without a beat.
      r7: assert ((tile_rsp != side_rsp) == rsp_valid_i && !(tile_rsp && side_rsp));

      // cover 1: a job of several runs asks for its last burst.
      c1: cover (busy_q && !busy && total_q == 4'd9);
      // cover 2: a job waits for credit.
      c2: cover (busy && credit < 10'd2 && !req_valid && due == '0);
      // cover 3: a write of the append follows a tile read.
      c3: cover (accept && req.write && stored_q != '0);
    end
  end
endmodule
