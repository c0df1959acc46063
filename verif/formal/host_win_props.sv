// SPDX-License-Identifier: Apache-2.0
// htx_host_win: AXI4, as many beats as asked for with last on the last, one answer a burst, identifiers returned, answers and
// requests stand until taken, a write is answered when all of it is done (docs/blocks/host.md, Windows).
module host_win_props #(
  parameter int unsigned LANES = 2
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 core_rst_ni,
  input logic                 busy_i,
  input logic                 awvalid_i,
  input logic [3:0]           awid_i,
  input logic [39:0]          awaddr_i,
  input logic [7:0]           awlen_i,
  input logic [2:0]           awsize_i,
  input logic [1:0]           awburst_i,
  input logic                 wvalid_i,
  input logic [255:0]         wdata_i,
  input logic [31:0]          wstrb_i,
  input logic                 wlast_i,
  input logic                 bready_i,
  input logic                 arvalid_i,
  input logic [3:0]           arid_i,
  input logic [39:0]          araddr_i,
  input logic [7:0]           arlen_i,
  input logic [2:0]           arsize_i,
  input logic [1:0]           arburst_i,
  input logic                 rready_i,
  input logic [LANES-1:0]     lane_ready_i,
  input logic [LANES-1:0]     lane_done_i,
  input logic [256*LANES-1:0] lane_rdata_i,
  input logic                 hm_done_i,
  input logic [127:0]         hm_rdata_i
);
  logic              lane_seg, bad_write;
  logic [2:0]        bad_kind;
  logic [39:0]       bad_addr;
  logic              awready, wready, bvalid, arready, rvalid, rlast, hm_valid, hm_tok, hm_we, beat, turn;
  logic [3:0]        bid, rid;
  logic [1:0]        bresp, rresp, wstate, rstate;
  logic [255:0]      rdata;
  logic [LANES-1:0]  lane_valid, seg_we;
  htx_pkg::mem_req_t lane;
  logic [12:0]       hm_addr;
  logic [127:0]      hm_wdata;
  logic [10:0]       seg_addr;
  logic [63:0]       seg_data;
  logic [7:0]        wleft, rleft;
  logic [5:0]        wout;
  htx_host_win #(.LANES(LANES)) dut (
    .clk_i, .rst_ni, .core_rst_ni, .busy_i, .awvalid_i, .awready_o(awready), .awid_i, .awaddr_i, .awlen_i, .awsize_i, .awburst_i,
    .wvalid_i, .wready_o(wready), .wdata_i, .wstrb_i, .wlast_i, .bvalid_o(bvalid), .bready_i, .bid_o(bid), .bresp_o(bresp),
    .arvalid_i, .arready_o(arready), .arid_i, .araddr_i, .arlen_i, .arsize_i, .arburst_i, .rvalid_o(rvalid), .rready_i, .rid_o(rid),
    .rdata_o(rdata), .rresp_o(rresp), .rlast_o(rlast), .lane_valid_o(lane_valid), .lane_ready_i, .lane_o(lane), .lane_seg_o(lane_seg), .lane_done_i,
    .lane_rdata_i, .hm_valid_o(hm_valid), .hm_tok_o(hm_tok), .hm_we_o(hm_we), .hm_addr_o(hm_addr), .hm_wdata_o(hm_wdata), .hm_done_i,
    .hm_rdata_i, .seg_we_o(seg_we), .seg_addr_o(seg_addr), .seg_data_o(seg_data), .bad_kind_o(bad_kind), .bad_write_o(bad_write), .bad_addr_o(bad_addr), .wstate_o(wstate), .rstate_o(rstate),
    .wleft_o(wleft), .rleft_o(rleft), .wout_o(wout), .beat_o(beat), .turn_o(turn));

  // What the lane of a request is told and owes: host accesses go one lane at a time.
  logic             started_q = 1'b0;
  logic             take, b_stands_q, r_stands_q, l_stands_q, w_open_q, r_open_q, lived_q;
  logic [LANES-1:0] lane_valid_q;
  htx_pkg::mem_req_t lane_q;
  logic [3:0]       bid_q, rid_q, awid_q, arid_q;
  logic [1:0]       bresp_q, rresp_q;
  logic [7:0]       w_left_q, r_left_q;  // beats of the burst still to be taken, still to be given, less one
  logic             w_more_q;            // beats of the write still to be taken
  logic [5:0]       owed_q;              // accepted lane writes not reported done
  logic             read_owed_q, hm_owed_q;  // an accepted lane read, a program or token read not answered
  logic [LANES-1:0] owes_q;              // the lane that owes
  logic             one_lane;
  // what an answer turns to, and what BAD was told in the clock before
  logic       busy_q, told_q, told_write_q, rvalid_q, lane_seg_q, w_turned;
  logic [7:0] arlen_q;
  logic [1:0] resp_q;
  assign w_turned = lived_q && resp_q == '0 && bresp != '0;
  always_ff @(posedge clk_i) begin
    busy_q       <= busy_i;
    told_q       <= bad_kind != '0;
    told_write_q <= bad_write;
    rvalid_q     <= rvalid;
    lane_seg_q   <= lane_seg;
    resp_q       <= bresp;
    if (arvalid_i && arready) arlen_q <= arlen_i;
  end
  assign take     = |(lane_valid & lane_ready_i);
  assign one_lane = (lane_valid & (lane_valid - LANES'(1))) == '0;
  always_ff @(posedge clk_i) begin
    started_q    <= 1'b1;
    lived_q      <= rst_ni;
    b_stands_q   <= rst_ni && bvalid && !bready_i;
    r_stands_q   <= rst_ni && rvalid && !rready_i;
    l_stands_q   <= rst_ni && core_rst_ni && lane_valid != '0 && !take;
    lane_valid_q <= lane_valid;
    lane_q       <= lane;
    bid_q        <= bid;
    bresp_q      <= bresp;
    rid_q        <= rid;
    rresp_q      <= rresp;
    if (!rst_ni) begin
      {w_open_q, r_open_q, w_more_q, awid_q, arid_q, w_left_q, r_left_q} <= '0;
    end else begin
      if (awvalid_i && awready) begin
        w_open_q <= 1'b1;
        w_more_q <= 1'b1;
        awid_q   <= awid_i;
        w_left_q <= awlen_i;
      end else if (bvalid && bready_i) w_open_q <= 1'b0;
      if (wvalid_i && wready) begin
        w_left_q <= w_left_q - 8'd1;
        if (w_left_q == '0) w_more_q <= 1'b0;
      end
      if (arvalid_i && arready) begin
        r_open_q <= 1'b1;
        arid_q   <= arid_i;
        r_left_q <= arlen_i;
      end else if (rvalid && rready_i) begin
        r_left_q <= r_left_q - 8'd1;
        if (r_left_q == '0) r_open_q <= 1'b0;
      end
    end
    if (!rst_ni || !core_rst_ni) begin
      {owed_q, read_owed_q, hm_owed_q, owes_q} <= '0;
    end else begin
      owed_q <= owed_q + 6'(take && lane.write) - 6'((lane_done_i & owes_q) != '0 && !read_owed_q);
      if (take) owes_q <= lane_valid;
      if (take && !lane.write) read_owed_q <= 1'b1;
      else if (lane_done_i != '0) read_owed_q <= 1'b0;
      if (hm_valid && !hm_we) hm_owed_q <= 1'b1;
      else if (hm_done_i) hm_owed_q <= 1'b0;
    end
  end

  logic merged_q;  // a lane was asked for a word while a write beat stood
  always_ff @(posedge clk_i) begin
    if (!rst_ni) merged_q <= 1'b0;
    else if (take && !lane.write && !turn) merged_q <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset, and the rest of the chip is in reset with this block.
    a1: assume ((started_q || !rst_ni) && (rst_ni || !core_rst_ni));
    // assume 2: a lane reports only what it was asked, one thing a clock.
    a2: assume ((lane_done_i & ~owes_q) == '0 && (lane_done_i == '0 || owed_q != '0 || read_owed_q));
    // assume 3: program and token memory answer only what they were asked.
    a3: assume (!hm_done_i || hm_owed_q);
    if (rst_ni) begin
      // rule 1: the answer to a write stands until it is taken.
      r1: assert (!b_stands_q || (bvalid && bid == bid_q && bresp == bresp_q));
      // rule 2: a read beat stands until it is taken.
      r2: assert (!r_stands_q || (rvalid && rid == rid_q && rresp == rresp_q));
      // rule 3: a write is answered once, with its identifier, and only after all its beats were taken.
      r3: assert (!bvalid || (w_open_q && !w_more_q && bid == awid_q));
      // rule 4: and only when no lane owes it a write.
      r4: assert (!bvalid || owed_q == '0);
      // rule 5: a beat of a read belongs to a read, has its identifier, and says last exactly on the last.
      r5: assert (!rvalid || (r_open_q && rid == arid_q && rlast == (r_left_q == '0)));
      // rule 6: a burst is taken only when the one before it, in its direction, is answered.
      r6: assert (!(awready && w_open_q) && !(arready && r_open_q));
      // rule 7: write data are taken only for a write that has beats left.
      r7: assert (!wready || w_more_q);
      // rule 8: at most one lane is asked.
      r8: assert (one_lane);
      // rule 9: a lane's request stands until the lane takes it, the same, unless the chip is reset.
      r9: assert (!l_stands_q || !core_rst_ni || (lane_valid == lane_valid_q && lane_seg == lane_seg_q && lane.write == lane_q.write && lane.addr == lane_q.addr));
      // rule 10: no read is asked of a lane while it owes anything.
      r10: assert (!(lane_valid != '0 && !lane.write) || (owed_q == '0 && !read_owed_q));
      // rule 11: the segment table is never written through the lane's memory port.
      r11: assert (!(lane_valid != '0 && lane_seg && lane.write));
      // rule 12: nothing is written to program, tokens or segments that began to be looked at while a program ran.
      r12: assert (!((hm_valid && hm_we) || seg_we != '0) || !busy_q);
      // rule 13: an answer to a write that is not OKAY is told to register BAD in the clock in which that is decided.
      r13: assert (!w_turned || (told_q && told_write_q));
      // rule 14: a read refused by its address is told to BAD, too.
      r14: assert (!(rvalid && !rvalid_q && rresp != '0 && r_left_q == arlen_q) || told_q);

      // cover 1: a read burst of two beats ends.
      c1: cover (rvalid && rready_i && rlast && r_open_q && rresp == '0 && arid_q == 4'd5 && lived_q);
      // cover 2: a write with two DRAM beats is answered.
      c2: cover (bvalid && bresp == '0 && w_open_q);
      // cover 3: two writes are owed.
      c3: cover (owed_q == 6'd2);
      // cover 4: a word is read to be merged, and the write of it is taken.
      c4: cover (take && lane.write && merged_q);
    end
  end
endmodule
