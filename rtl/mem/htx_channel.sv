// SPDX-License-Identifier: Apache-2.0
// htx_channel: a memory channel of ideal, fixed latency; the LPDDR5 controller takes its place behind the same ports.
//
// Accepts a 32-byte burst every two clocks at most, in order. MEM_LATENCY clocks from acceptance to the first of a
// read's two beats; reads accepted every second clock give a beat in every clock. Storage is touched two clocks before
// that, for reads and writes alike, so the order of acceptance is the order of effect. The delay line is a circular
// memory with a narrow shift register of due bits beside it. Assumes storage that answers in the next clock.
module htx_channel (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       req_valid_i,  ///< a burst is asked for
  output logic                       req_ready_o,  ///< it is accepted in this clock
  input  htx_pkg::mem_req_t          req_i,        ///< read or write, burst address, data to write
  output logic                       rsp_valid_o,  ///< a beat of read data; always taken
  output logic [127:0]               rsp_data_o,   ///< low half of a burst, then its high half
  output logic                       dev_rd_o,     ///< storage: read, data due in the next clock
  output logic                       dev_wr_o,     ///< storage: write
  output logic [htx_pkg::ADDR_W-1:0] dev_addr_o,   ///< storage: burst address
  output logic [255:0]               dev_wdata_o,  ///< storage: burst to write
  input  logic [255:0]               dev_rdata_i   ///< storage: burst read in the last clock
);
  localparam int unsigned LINE = htx_pkg::MEM_LATENCY - 3;  // clocks from acceptance to the read of the command memory
  localparam int unsigned DEPTH = LINE / 2 + 2;             // one more than can wait, so that no word is read while written
  localparam int unsigned AW = $clog2(DEPTH);
  localparam logic [AW-1:0] LAST = AW'(DEPTH - 1);

  // ---------------------------------------------------------------- accept: not in two clocks running
  logic ready_q, accept;
  assign req_ready_o = ready_q;
  assign accept      = req_valid_i && ready_q;

  // ---------------------------------------------------------------- the line
  logic [LINE-1:0] due_q;  // bit i: a command leaves the memory i clocks from now
  logic [AW-1:0]   wptr_q, rptr_q;
  logic            out_q;  // `line` holds a command that is due
  htx_pkg::mem_req_t line;

  htx_ram #(.WIDTH($bits(req_i)), .DEPTH(DEPTH)) u_line (
    .clk_i,
    .we_i(accept), .waddr_i(wptr_q), .wdata_i(req_i),
    .re_i(due_q[0]), .raddr_i(rptr_q), .rdata_o(line)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ready_q <= 1'b1;
      due_q   <= '0;
      wptr_q  <= '0;
      rptr_q  <= '0;
      out_q   <= 1'b0;
    end else begin
      ready_q <= !accept;
      due_q   <= {accept, due_q[LINE-1:1]};
      if (accept)   wptr_q <= (wptr_q == LAST) ? '0 : wptr_q + AW'(1);
      if (due_q[0]) rptr_q <= (rptr_q == LAST) ? '0 : rptr_q + AW'(1);
      out_q   <= due_q[0];
    end
  end

  // ---------------------------------------------------------------- storage
  assign dev_rd_o    = out_q && !line.write;
  assign dev_wr_o    = out_q && line.write;
  assign dev_addr_o  = out_q ? line.addr : '0;
  assign dev_wdata_o = dev_wr_o ? line.wdata : '0;

  // ---------------------------------------------------------------- two beats of a burst read
  logic         read_q;           // dev_rdata_i is a burst that was asked for
  logic         first_q, last_q;  // which beat is out
  logic         high_q;           // the half shown, kept while nothing is out
  logic [255:0] data_q;
  assign rsp_valid_o = first_q || last_q;
  assign rsp_data_o  = high_q ? data_q[255:128] : data_q[127:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_q  <= 1'b0;
      first_q <= 1'b0;
      last_q  <= 1'b0;
      high_q  <= 1'b0;
      data_q  <= '0;
    end else begin
      read_q  <= dev_rd_o;
      first_q <= read_q;
      last_q  <= first_q;
      if (read_q || first_q) high_q <= first_q;
      if (read_q) data_q <= dev_rdata_i;
    end
  end

  // ---------------------------------------------------------------- what must hold
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(due_q[0] && due_q[1]));                       // commands stand two clocks apart
      assert (!(first_q && last_q));                          // so bursts never overlap
      assert (!(accept && due_q[0] && wptr_q == rptr_q));     // the memory neither overflows nor reads a word being written
    end
  end
endmodule
