// SPDX-License-Identifier: Apache-2.0
// htx_stream_fifo: the tile FIFO of a lane: beats as they come from the channel, one out in every clock.
//
// A beat pushed in clock t is at the output in clock t + 3 at the earliest: a clock to write the memory, one to read it,
// one for the output register. The two stages behind the memory move on by themselves, so no clock is lost while the
// consumer takes a beat in every clock. Never more than STREAM_BEATS beats inside, output included (the user's credit).
module htx_stream_fifo (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         push_i,        ///< take `data_i`
  input  logic [127:0] data_i,        ///< a beat
  output logic         beat_valid_o,  ///< a beat is out
  input  logic         beat_ready_i,  ///< it is taken
  output logic [127:0] beat_o         ///< the oldest beat; keeps its value after the last
);
  localparam int unsigned AW = $clog2(htx_pkg::STREAM_BEATS);
  logic [AW-1:0] wptr_q, rptr_q;
  logic [AW:0]   level_q;   // beats in the memory
  logic          read_q;    // the memory's output holds a beat
  logic          valid_q;
  logic [127:0]  read, beat_q;

  logic next_out, next_read, re;
  assign next_out  = !valid_q || beat_ready_i;  // the output register can take one
  assign next_read = !read_q || next_out;
  assign re        = level_q != '0 && next_read;

  htx_ram #(.WIDTH(128), .DEPTH(htx_pkg::STREAM_BEATS)) u_beats (
    .clk_i,
    .we_i(push_i), .waddr_i(wptr_q), .wdata_i(data_i),
    .re_i(re), .raddr_i(rptr_q), .rdata_o(read)
  );

  assign beat_valid_o = valid_q;
  assign beat_o       = beat_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      wptr_q  <= '0;
      rptr_q  <= '0;
      level_q <= '0;
      read_q  <= 1'b0;
      valid_q <= 1'b0;
      beat_q  <= '0;
    end else begin
      if (push_i) wptr_q <= wptr_q + AW'(1);
      if (re)     rptr_q <= rptr_q + AW'(1);
      level_q <= level_q + (AW + 1)'(push_i) - (AW + 1)'(re);
      if (next_read) read_q  <= re;
      if (next_out)  valid_q <= read_q;
      if (next_out && read_q) beat_q <= read;
    end
  end

  // ---------------------------------------------------------------- what must hold
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!(push_i && level_q == (AW + 1)'(htx_pkg::STREAM_BEATS)));
  end
endmodule
