// SPDX-License-Identifier: Apache-2.0
// htx_stream_req: the request register of a lane, the generator of tile reads, their credit, and whose beat comes back.
//
// A job is `count` runs of `len` bursts: `step` leads to the next burst of a run, `jump` from a run's last to the next
// run's first. It starts in the clock after start_i and fills the request register whenever that is free or being taken,
// so a channel that accepts every second clock is asked every second clock, across jobs too. A read is asked for only
// when its two beats have a place: credit counts places neither filled nor promised. Read data come in order, so a beat
// belongs to the tiles while tile beats are due, else to the append or the host, whose reads are never asked for before
// all tile reads ahead of them and with none behind them.
module htx_stream_req (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       start_i,         ///< take a job (only while not busy_o)
  input  logic [htx_pkg::ADDR_W-1:0] addr_i,          ///< its first burst
  input  logic [15:0]                len_i,           ///< bursts in a run, >= 1
  input  logic [15:0]                count_i,         ///< runs, >= 1
  input  logic [5:0]                 step_i,          ///< address step inside a run
  input  logic [8:0]                 jump_i,          ///< address step between runs
  output logic                       busy_o,          ///< bursts of the job still to be asked for
  input  logic                       append_valid_i,  ///< the append has a request (only while not busy_o)
  output logic                       append_ready_o,  ///< it is taken into the request register
  input  htx_pkg::mem_req_t          append_i,        ///< the append's request
  input  logic                       host_load_i,     ///< take the host's request (only while all is idle)
  input  htx_pkg::mem_req_t          host_i,          ///< the host's request
  input  logic                       host_busy_i,     ///< a host access is in work: ask for nothing else
  output logic                       req_valid_o,     ///< request to the channel
  input  logic                       req_ready_i,     ///< accepted
  output htx_pkg::mem_req_t          req_o,           ///< wdata keeps the last write's data under reads
  input  logic                       rsp_valid_i,     ///< a beat came back
  output logic                       tile_rsp_o,      ///< it belongs to the tile FIFO
  output logic                       side_rsp_o,      ///< it belongs to the append or the host
  input  logic                       beat_pop_i,      ///< a beat left the tile FIFO
  output logic [htx_pkg::ADDR_W-1:0] addr_o,          ///< next burst of the job
  output logic [15:0]                left_o,          ///< bursts of this run after it
  output logic [15:0]                runs_o,          ///< runs after this one
  output logic [9:0]                 credit_o,        ///< beats that may still be asked for
  output logic [9:0]                 due_o            ///< tile beats asked for and not come back
);
  logic              valid_q, active_q;
  htx_pkg::mem_req_t req_q;
  logic [htx_pkg::ADDR_W-1:0] addr_q;
  logic [15:0]       len_q, left_q, runs_q;
  logic [8:0]        jump_q;
  logic [5:0]        step_q;
  logic [9:0]        credit_q, due_q;

  logic free, issue, run_end;
  assign free           = !valid_q || req_ready_i;
  assign issue          = active_q && free && credit_q[9:1] != '0 && !host_busy_i;
  assign run_end        = left_q == '0;
  assign append_ready_o = free && !host_busy_i;
  assign tile_rsp_o     = rsp_valid_i && due_q != '0;
  assign side_rsp_o     = rsp_valid_i && due_q == '0;

  assign req_valid_o = valid_q;
  assign req_o       = req_q;
  assign busy_o      = active_q;
  assign addr_o      = addr_q;
  assign left_o      = left_q;
  assign runs_o      = runs_q;
  assign credit_o    = credit_q;
  assign due_o       = due_q;

  // ---------------------------------------------------------------- the job
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      addr_q   <= '0;
      left_q   <= '0;
      runs_q   <= '0;
    end else if (start_i) begin
      active_q <= 1'b1;
      addr_q   <= addr_i;
      left_q   <= len_i - 16'd1;
      runs_q   <= count_i - 16'd1;
    end else if (issue) begin
      if (run_end && runs_q == '0) active_q <= 1'b0;
      else begin
        addr_q <= addr_q + (run_end ? 28'(jump_q) : 28'(step_q));
        left_q <= run_end ? len_q - 16'd1 : left_q - 16'd1;
        if (run_end) runs_q <= runs_q - 16'd1;
      end
    end
    if (start_i) begin
      len_q  <= len_i;
      step_q <= step_i;
      jump_q <= jump_i;
    end
  end

  // ---------------------------------------------------------------- request register
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      req_q   <= '0;
    end else if (host_load_i) begin
      valid_q     <= 1'b1;
      req_q.write <= host_i.write;
      req_q.addr  <= host_i.addr;
      if (host_i.write) req_q.wdata <= host_i.wdata;
    end else if (append_valid_i && append_ready_o) begin
      valid_q     <= 1'b1;
      req_q.write <= append_i.write;
      req_q.addr  <= append_i.addr;
      if (append_i.write) req_q.wdata <= append_i.wdata;
    end else if (issue) begin
      valid_q     <= 1'b1;
      req_q.write <= 1'b0;
      req_q.addr  <= addr_q;
    end else if (req_ready_i) begin
      valid_q <= 1'b0;
    end
  end

  // ---------------------------------------------------------------- credit, and beats to come
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      credit_q <= 10'(htx_pkg::STREAM_BEATS);
      due_q    <= '0;
    end else begin
      credit_q <= credit_q + 10'(beat_pop_i) - {8'd0, issue, 1'b0};
      due_q    <= due_q + {8'd0, issue, 1'b0} - 10'(tile_rsp_o);
    end
  end

  // ---------------------------------------------------------------- what must hold
  logic        was_valid_q;  // a request was out and not accepted
  logic        was_write_q;
  logic [htx_pkg::ADDR_W-1:0] was_addr_q;
  always_ff @(posedge clk_i) begin
    was_valid_q <= rst_ni && valid_q && !req_ready_i;
    was_write_q <= req_q.write;
    was_addr_q  <= req_q.addr;
    if (rst_ni) begin
      assert (credit_q + due_q <= 10'(htx_pkg::STREAM_BEATS));
      assert (!(start_i && (active_q || len_i == '0 || count_i == '0)));
      assert (!(append_valid_i && active_q));
      assert (!(host_load_i && (valid_q || active_q || append_valid_i || due_q != '0)));
      assert (!was_valid_q || (valid_q && req_q.write == was_write_q && req_q.addr == was_addr_q));
    end
  end
endmodule
