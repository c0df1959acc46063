// SPDX-License-Identifier: Apache-2.0
// htx_stream_fifo: beats come out in order, none lost or doubled, at the clock the document states, and stand still while not
// taken; given that the sender keeps its credit (docs/blocks/stream.md, Tile FIFO). One beat, chosen by mark_i, is followed.
module stream_fifo_props #(
  localparam int unsigned CW = $clog2(htx_pkg::STREAM_BEATS + 1)
) (
  input logic         clk_i,
  input logic         rst_ni,
  input logic         push_i,
  input logic [127:0] data_i,
  input logic         beat_ready_i,
  input logic         mark_i  // follow the beat pushed in this clock, if none is followed
);
  logic         valid;
  logic [127:0] beat;
  htx_stream_fifo dut (.clk_i, .rst_ni, .push_i, .data_i, .beat_valid_o(valid), .beat_ready_i, .beat_o(beat));

  logic          started_q = 1'b0;
  logic          pop, stalled_q, follow_q;
  logic [CW-1:0] inside_q, ahead_q;  // beats inside, output included; those ahead of the followed one
  logic [127:0]  data_q, was_q;
  logic [1:0]    age_q;              // clocks since it was pushed, 3 for more
  assign pop = valid && beat_ready_i;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    stalled_q <= rst_ni && valid && !beat_ready_i;
    was_q     <= beat;
    if (!rst_ni) begin
      inside_q <= '0;
      follow_q <= 1'b0;
    end else begin
      inside_q <= inside_q + CW'(push_i) - CW'(pop);
      if (age_q != 2'd3) age_q <= age_q + 2'd1;
      if (follow_q) begin
        if (pop && ahead_q == '0) follow_q <= 1'b0;
        if (pop) ahead_q <= ahead_q - CW'(1);
      end else if (push_i && mark_i) begin
        follow_q <= 1'b1;
        ahead_q  <= inside_q - CW'(pop);
        data_q   <= data_i;
        age_q    <= 2'd1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: the sender's credit: never more than STREAM_BEATS beats inside, output included.
      a2: assume (!(push_i && inside_q == CW'(htx_pkg::STREAM_BEATS)));

      // rule 1: no beat is out that did not come in.
      r1: assert (!valid || inside_q != '0);
      // rule 2: a beat is at the output from the third clock after it came, or the clock after the beat before it was taken.
      r2: assert (!(follow_q && ahead_q == '0) || valid == (age_q == 2'd3));
      // rule 3: a beat that is not taken stands still.
      r3: assert (!stalled_q || (valid && beat == was_q));

      // cover 1: all places are taken, and the last of them is the followed beat.
      c1: cover (inside_q == CW'(htx_pkg::STREAM_BEATS) && follow_q && ahead_q == CW'(htx_pkg::STREAM_BEATS - 1));
      // cover 2: a followed beat leaves in its first clock, while another comes in.
      c2: cover (follow_q && ahead_q == '0 && pop && !stalled_q && push_i);
    end
  end

  // One assertion a bit: each is proven with the logic of that bit alone.
  for (genvar i = 0; i < 128; i++) begin : g_bit
    always_ff @(posedge clk_i) begin
      // rule 4: the beat out is the beat that came in, bit for bit.
      if (rst_ni) assert (!(follow_q && ahead_q == '0 && valid) || beat[i] == data_q[i]);
    end
  end
endmodule
