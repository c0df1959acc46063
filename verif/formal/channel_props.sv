// SPDX-License-Identifier: Apache-2.0
// htx_channel: each accepted request makes exactly one storage access, MEM_LATENCY - 2 clocks later and so in order; a read
// makes two beats, low half first, from MEM_LATENCY clocks later (docs/blocks/channel.md). One request, chosen by mark_i, is followed.
module channel_props #(
  localparam int unsigned N = htx_pkg::MEM_LATENCY
) (
  input logic              clk_i,
  input logic              rst_ni,
  input logic              req_valid_i,
  input htx_pkg::mem_req_t req_i,
  input logic [255:0]      dev_rdata_i,
  input logic              mark_i  // follow the request accepted in this clock, if none is followed
);
  logic         ready, rsp_valid, dev_rd, dev_wr;
  logic [127:0] rsp_data;
  logic [27:0]  dev_addr;
  logic [255:0] dev_wdata;
  htx_channel dut (
    .clk_i, .rst_ni, .req_valid_i, .req_ready_o(ready), .req_i, .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data),
    .dev_rd_o(dev_rd), .dev_wr_o(dev_wr), .dev_addr_o(dev_addr), .dev_wdata_o(dev_wdata), .dev_rdata_i);

  logic              started_q = 1'b0;
  logic              accept, lived_q, follow_q;
  logic [N+1:0]      read_q, write_q;  // bit i: a read, a write was accepted i + 1 clocks ago
  logic [6:0]        age_q;            // clocks since the followed request was accepted
  htx_pkg::mem_req_t req_q;
  logic [255:0]      data_q;           // what storage answered it
  logic [127:0]      last_q;           // the beat, or what stood there, in the clock before
  assign accept = req_valid_i && ready;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    lived_q   <= rst_ni;
    last_q    <= rsp_data;
    if (!rst_ni) begin
      read_q   <= '0;
      write_q  <= '0;
      follow_q <= 1'b0;
    end else begin
      read_q  <= {read_q[N:0], accept && !req_i.write};
      write_q <= {write_q[N:0], accept && req_i.write};
      age_q   <= age_q + 7'd1;
      if (age_q == 7'(N - 1)) data_q <= dev_rdata_i;
      if (follow_q) begin
        if (age_q == 7'(N + 1)) follow_q <= 1'b0;
      end else if (accept && mark_i) begin
        follow_q <= 1'b1;
        age_q    <= 7'd1;
        req_q    <= req_i;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // rule 1: ready in every clock but the one after an acceptance.
      r1: assert (!lived_q || ready == !(read_q[0] || write_q[0]));
      // rule 2: storage is read exactly MEM_LATENCY - 2 clocks after each read was accepted, and at no other time.
      r2: assert (dev_rd == read_q[N-3]);
      // rule 3: storage is written exactly MEM_LATENCY - 2 clocks after each write was accepted, and at no other time.
      r3: assert (dev_wr == write_q[N-3]);
      // rule 4: without an access the address is zero, without a write the data.
      r4: assert ((dev_rd || dev_wr || dev_addr == '0) && (dev_wr || dev_wdata == '0));
      // rule 5: a beat comes exactly MEM_LATENCY and MEM_LATENCY + 1 clocks after a read was accepted, and at no other time.
      r5: assert (rsp_valid == (read_q[N-1] || read_q[N]));
      // rule 6: between beats the last one stays.
      r6: assert (!lived_q || rsp_valid || rsp_data == last_q);

      // cover 1: reads as close as they may be: a beat in every clock.
      c1: cover (read_q[N-1] && read_q[N+1] && rsp_valid);
      // cover 2: a followed write reaches storage right behind a read.
      c2: cover (follow_q && age_q == 7'(N - 2) && dev_wr && read_q[N-1]);
    end
  end

  // One assertion a bit: each is proven with the logic of that bit alone.
  for (genvar i = 0; i < 28; i++) begin : g_addr
    always_ff @(posedge clk_i) begin
      // rule 7: the storage access has the address of the request.
      if (rst_ni) assert (!(follow_q && age_q == 7'(N - 2)) || dev_addr[i] == req_q.addr[i]);
    end
  end
  for (genvar i = 0; i < 256; i++) begin : g_wdata
    always_ff @(posedge clk_i) begin
      // rule 8: a write has its data.
      if (rst_ni) assert (!(follow_q && age_q == 7'(N - 2) && req_q.write) || dev_wdata[i] == req_q.wdata[i]);
    end
  end
  for (genvar i = 0; i < 128; i++) begin : g_rdata
    always_ff @(posedge clk_i) begin
      // rule 9: the first beat of a read is the low half of what storage answered.
      if (rst_ni) assert (!(follow_q && !req_q.write && age_q == 7'(N)) || rsp_data[i] == data_q[i]);
      // rule 10: the second beat is the high half.
      if (rst_ni) assert (!(follow_q && !req_q.write && age_q == 7'(N + 1)) || rsp_data[i] == data_q[128+i]);
    end
  end
endmodule
