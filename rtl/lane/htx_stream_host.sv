// SPDX-License-Identifier: Apache-2.0
// htx_stream_host: host access to the lane's channel while the lane is idle, reads of its segment table, and the last bursts read
// beside the tiles.
//
// One access at a time. A write is done when the channel has accepted it (two clocks from the transfer when the channel
// is free), a read when its burst is here. The four beats last read for append or host stay in one shift register: the
// host's burst is its upper half, the append's two header bursts are the whole of it.
module htx_stream_host (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         idle_i,        ///< no lane command queued or in work, no request waiting, no tile beat due
  input  logic         host_valid_i,  ///< the host asks
  output logic         host_ready_o,  ///< its request is taken
  input  logic         host_write_i,  ///< it is a write
  input  logic         host_seg_i,    ///< it reads the segment table
  input  logic [63:0]  seg_i,         ///< entry read of it in the last clock
  output logic         seg_read_o,    ///< read it
  output logic         host_load_o,   ///< load it into the request register
  output logic         host_busy_o,   ///< an access is in work
  output logic         host_done_o,   ///< pulse: write accepted, or read data in host_rdata_o
  output logic [255:0] host_rdata_o,  ///< the burst last read beside the tiles; the entry of a segment with its `host_done_o`
  input  logic         accept_i,      ///< the channel accepts the request
  input  logic         rsp_i,         ///< a beat beside the tiles
  input  logic [127:0] rsp_data_i,    ///< that beat
  output logic [511:0] side_o,        ///< the last four of them, oldest low
  output logic [1:0]   state_o        ///< 0 IDLE, 1 WRITE, 2 LOW, 3 HIGH (beat awaited)
);
  typedef enum logic [1:0] {S_IDLE = 2'd0, S_WRITE = 2'd1, S_LOW = 2'd2, S_HIGH = 2'd3} state_e;
  state_e       state_q;
  logic         done_q, seg_q;  // an access is done; it read the segment table
  logic [511:0] side_q;

  assign host_busy_o  = state_q != S_IDLE;
  assign host_ready_o = idle_i && state_q == S_IDLE;
  assign host_load_o  = host_ready_o && host_valid_i && !host_seg_i;
  assign seg_read_o   = host_ready_o && host_valid_i && host_seg_i;
  assign host_done_o  = done_q;
  assign host_rdata_o = seg_q ? {192'b0, seg_i} : side_q[511:256];
  assign side_o       = side_q;
  assign state_o      = state_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
      done_q  <= 1'b0;
      seg_q   <= 1'b0;
      side_q  <= '0;
    end else begin
      seg_q  <= seg_read_o;
      done_q <= seg_read_o || (state_q == S_WRITE && accept_i) || (state_q == S_HIGH && rsp_i);
      case (state_q)
        S_IDLE:  if (host_load_o) state_q <= host_write_i ? S_WRITE : S_LOW;
        S_WRITE: if (accept_i) state_q <= S_IDLE;
        S_LOW:   if (rsp_i) state_q <= S_HIGH;
        default: if (rsp_i) state_q <= S_IDLE;
      endcase
      if (rsp_i) side_q <= {rsp_data_i, side_q[511:128]};
    end
  end
endmodule
