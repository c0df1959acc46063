// SPDX-License-Identifier: Apache-2.0
// htx_host_win: AXI4 slave of 256 bits for the data windows WIN_* (docs/blocks/host.md).
//
// One burst a direction at a time; a write beat takes 2 clocks at best, DRAM writes are posted and the answer waits for all
// of them; reads go beat by beat. Turns between the directions change beat by beat, so neither can starve the other.
module htx_host_win #(
  parameter int unsigned LANES = 8
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         core_rst_ni,   ///< low: nobody inside answers
  input  logic                         busy_i,        ///< a program runs or starts: idle-only windows are closed
  // AXI4
  input  logic                         awvalid_i,     ///< write address
  output logic                         awready_o,     ///< address taken
  input  logic [3:0]                   awid_i,        ///< returned with the answer
  input  logic [39:0]                  awaddr_i,      ///< byte address; 39:36 are the window
  input  logic [7:0]                   awlen_i,       ///< beats - 1
  input  logic [2:0]                   awsize_i,      ///< log2 of the bytes in a beat: 5
  input  logic [1:0]                   awburst_i,     ///< 1 = INCR
  input  logic                         wvalid_i,      ///< write data
  output logic                         wready_o,      ///< beat taken
  input  logic [255:0]                 wdata_i,       ///< a beat
  input  logic [31:0]                  wstrb_i,       ///< its bytes that count
  input  logic                         wlast_i,       ///< the last one
  output logic                         bvalid_o,      ///< write answer
  input  logic                         bready_i,      ///< answer taken
  output logic [3:0]                   bid_o,         ///< identifier of the burst
  output logic [1:0]                   bresp_o,       ///< 0 OKAY, 2 SLVERR, 3 DECERR
  input  logic                         arvalid_i,     ///< read address
  output logic                         arready_o,     ///< address taken
  input  logic [3:0]                   arid_i,        ///< returned with the data
  input  logic [39:0]                  araddr_i,      ///< byte address; 39:36 are the window
  input  logic [7:0]                   arlen_i,       ///< beats - 1
  input  logic [2:0]                   arsize_i,      ///< log2 of the bytes in a beat: 5
  input  logic [1:0]                   arburst_i,     ///< 1 = INCR
  output logic                         rvalid_o,      ///< read data
  input  logic                         rready_i,      ///< beat taken
  output logic [3:0]                   rid_o,         ///< identifier of the burst
  output logic [255:0]                 rdata_o,       ///< a beat
  output logic [1:0]                   rresp_o,       ///< 0 OKAY, 2 SLVERR, 3 DECERR
  output logic                         rlast_o,       ///< the last one
  // inside
  output logic [LANES-1:0]             lane_valid_o,  ///< a request for this lane's channel
  input  logic [LANES-1:0]             lane_ready_i,  ///< it is taken
  output htx_pkg::mem_req_t            lane_o,        ///< the request
  input  logic [LANES-1:0]             lane_done_i,   ///< pulse: written, or read data here
  input  logic [256*LANES-1:0]         lane_rdata_i,  ///< a burst a lane
  output logic                         hm_valid_o,    ///< pulse: access to program or token memory
  output logic                         hm_tok_o,      ///< token memory
  output logic                         hm_we_o,       ///< write
  output logic [htx_pkg::TOKEN_AW-1:0] hm_addr_o,     ///< instruction or token
  output logic [127:0]                 hm_wdata_o,    ///< instruction or token
  input  logic                         hm_done_i,     ///< pulse: read data here
  input  logic [127:0]                 hm_rdata_i,    ///< instruction or token
  output logic [LANES-1:0]             seg_we_o,      ///< pulse: write this lane's segment table
  output logic [10:0]                  seg_addr_o,    ///< entry
  output logic [63:0]                  seg_data_o,    ///< seg_t
  // state, for comparison
  output logic [1:0]                   wstate_o,      ///< 0 IDLE, 1 DATA, 2 DRAIN, 3 RESP
  output logic [1:0]                   rstate_o,      ///< 0 IDLE, 1 ASK, 2 WAIT, 3 DATA
  output logic [7:0]                   wleft_o,       ///< write beats after the next one to take
  output logic [7:0]                   rleft_o,       ///< read beats after this one
  output logic [5:0]                   wout_o,        ///< DRAM writes not yet done
  output logic                         beat_o,        ///< a write beat stands
  output logic                         turn_o         ///< 0 writes, 1 a read beat
);
  localparam int unsigned LW = LANES > 1 ? $clog2(LANES) : 1;
  typedef enum logic [1:0] {W_IDLE = 2'd0, W_DATA = 2'd1, W_DRAIN = 2'd2, W_RESP = 2'd3} wstate_e;
  typedef enum logic [1:0] {R_IDLE = 2'd0, R_ASK = 2'd1, R_WAIT = 2'd2, R_DATA = 2'd3} rstate_e;

  logic [1:0]   wstate_q, rstate_q, wresp_q, aw_resp, ar_resp;
  logic [34:0]  waddr_q, baddr_q, raddr_q;  // 32-byte words: next write beat, standing write beat, read beat
  logic [7:0]   wleft_q, rleft_q;           // beats after the next
  logic         wdrop_q, rdrop_q;           // refused burst
  logic         beat_q, beat_ok_q;          // a write beat stands; its strobes suffice
  logic [255:0] bdata_q;
  logic [5:0]   wout_q;                     // DRAM writes not yet done
  logic         turn_q;                     // 0 writes, 1 a read beat

  htx_host_check #(.LANES(LANES)) u_aw (.read_i(1'b0), .addr_i(awaddr_i), .len_i(awlen_i), .size_i(awsize_i), .burst_i(awburst_i), .resp_o(aw_resp));
  htx_host_check #(.LANES(LANES)) u_ar (.read_i(1'b1), .addr_i(araddr_i), .len_i(arlen_i), .size_i(arsize_i), .burst_i(arburst_i), .resp_o(ar_resp));

  // ---------------------------------------------------------------- outputs
  logic        w_take, w_dram, w_seg, w_go, r_dram, w_done, r_done, strobes;
  logic [27:0] place;  // word addressed within its window and lane
  logic [LW-1:0] w_lane, r_lane, s_lane;
  assign awready_o  = wstate_q == W_IDLE;
  assign wready_o   = wstate_q == W_DATA && !beat_q && !(rstate_q == R_ASK && !turn_q);
  assign bvalid_o   = wstate_q == W_RESP;
  assign bresp_o    = wresp_q;
  assign arready_o  = rstate_q == R_IDLE;
  assign rvalid_o   = rstate_q == R_DATA;
  assign rlast_o    = rleft_q == '0;
  assign place      = turn_q ? raddr_q[27:0] : baddr_q[27:0];
  assign w_dram     = baddr_q[34:31] == 4'(htx_pkg::WIN_DRAM);
  assign w_seg      = baddr_q[34:31] == 4'(htx_pkg::WIN_SEG);
  assign r_dram     = raddr_q[34:31] == 4'(htx_pkg::WIN_DRAM);
  assign w_lane     = baddr_q[28+:LW];
  assign s_lane     = baddr_q[12+:LW];
  assign r_lane     = raddr_q[28+:LW];
  assign lane_o     = {!turn_q, place, bdata_q};
  assign hm_tok_o   = (turn_q ? raddr_q[34:31] : baddr_q[34:31]) == 4'(htx_pkg::WIN_TOKENS);
  assign hm_addr_o  = place[12:0];
  assign hm_wdata_o = bdata_q[127:0];
  assign seg_addr_o = baddr_q[10:0];
  assign seg_data_o = bdata_q[63:0];
  assign {wstate_o, rstate_o, wleft_o, rleft_o, wout_o, beat_o, turn_o} = {wstate_q, rstate_q, wleft_q, rleft_q, wout_q, beat_q, turn_q};
  logic unused_lane;  // a chip of fewer lanes looks at fewer lane bits; the others are zero
  assign unused_lane = ^{baddr_q[30:28], raddr_q[30:28]};
  always_comb begin
    lane_valid_o = '0;
    if (turn_q ? (rstate_q == R_ASK && r_dram) : (beat_q && w_dram && beat_ok_q && wout_q != 6'd63))
      lane_valid_o[turn_q ? r_lane : w_lane] = 1'b1;
  end

  // ---------------------------------------------------------------- what happens in this clock
  assign w_take = wvalid_i && wready_o;
  assign w_go   = beat_q && !turn_q && w_dram && beat_ok_q && wout_q != 6'd63 && lane_ready_i[w_lane];
  assign w_done = wout_q != '0 && !turn_q && lane_done_i[w_lane];  // a burst stays in its lane
  assign r_done = rstate_q == R_WAIT && (r_dram ? lane_done_i[r_lane] : hm_done_i);
  always_comb begin
    case (waddr_q[34:31])
      4'(htx_pkg::WIN_PROGRAM): strobes = &wstrb_i[15:0];
      4'(htx_pkg::WIN_SEG):     strobes = &wstrb_i[7:0];
      4'(htx_pkg::WIN_TOKENS):  strobes = &wstrb_i[3:0];
      default:                  strobes = &wstrb_i;
    endcase
  end

  always_ff @(posedge clk_i) begin
    hm_valid_o <= 1'b0;
    hm_we_o    <= 1'b0;
    seg_we_o   <= '0;
    // writes
    case (wstate_q)
      W_IDLE: if (awvalid_i) begin
        wstate_q <= W_DATA;
        bid_o    <= awid_i;
        waddr_q  <= awaddr_i[39:5];
        wleft_q  <= awlen_i;
        wresp_q  <= aw_resp;
        wdrop_q  <= aw_resp != '0;
      end
      W_DATA: if (w_take) begin
        beat_q    <= !wdrop_q;
        beat_ok_q <= strobes;
        baddr_q   <= waddr_q;
        bdata_q   <= wdata_i;
        waddr_q   <= waddr_q + 35'd1;
        wleft_q   <= wleft_q - 8'd1;
        if (wleft_q == '0) wstate_q <= W_DRAIN;
        if (wresp_q == '0 && wlast_i != (wleft_q == '0)) wresp_q <= 2'd2;
      end
      W_DRAIN: if (!beat_q && wout_q == '0) wstate_q <= W_RESP;
      default: if (bready_i) wstate_q <= W_IDLE;
    endcase
    wout_q <= wout_q + 6'(w_go) - 6'(w_done);
    if (w_go) beat_q <= 1'b0;
    if (beat_q && !turn_q && !(w_dram && beat_ok_q)) begin
      beat_q <= 1'b0;
      if (!beat_ok_q || busy_i) wresp_q <= 2'd2;
      else if (w_seg) seg_we_o[s_lane] <= 1'b1;
      else begin
        hm_valid_o <= 1'b1;
        hm_we_o    <= 1'b1;
      end
    end
    // reads
    case (rstate_q)
      R_IDLE: if (arvalid_i) begin
        rstate_q <= ar_resp == '0 ? R_ASK : R_DATA;
        rid_o    <= arid_i;
        raddr_q  <= araddr_i[39:5];
        rleft_q  <= arlen_i;
        rresp_o  <= ar_resp;
        rdrop_q  <= ar_resp != '0;
        rdata_o  <= '0;
      end
      R_ASK: if (!turn_q) turn_q <= !beat_q && wout_q == '0;
        else if (!r_dram || lane_ready_i[r_lane]) begin
          rstate_q   <= R_WAIT;
          hm_valid_o <= !r_dram;
        end
      R_WAIT: if (r_done) begin
        rstate_q <= R_DATA;
        turn_q   <= 1'b0;
        rresp_o  <= '0;
        rdata_o  <= r_dram ? lane_rdata_i[256*32'(r_lane)+:256] : {128'b0, hm_rdata_i};
      end
      default: if (rready_i) begin
        rstate_q <= rleft_q == '0 ? R_IDLE : rdrop_q ? R_DATA : R_ASK;
        rleft_q  <= rleft_q - 8'd1;
        raddr_q  <= raddr_q + 35'd1;
      end
    endcase
    // a soft reset takes what was under way
    if (!core_rst_ni) begin
      hm_valid_o <= 1'b0;
      hm_we_o    <= 1'b0;
      seg_we_o   <= '0;
      wout_q     <= '0;
      turn_q     <= 1'b0;
      if (beat_q || wout_q != '0) wresp_q <= 2'd2;
      if (beat_q) beat_q <= 1'b0;
      if (rstate_q == R_ASK || rstate_q == R_WAIT) begin
        rstate_q <= R_DATA;
        rresp_o  <= 2'd2;
        rdata_o  <= '0;
      end
    end
    if (!rst_ni) begin
      {wstate_q, rstate_q, wresp_q, waddr_q, baddr_q, raddr_q, wleft_q, rleft_q, wdrop_q, rdrop_q, beat_q, beat_ok_q} <= '0;
      {bdata_q, wout_q, turn_q, bid_o, rid_o, rdata_o, rresp_o, hm_valid_o, hm_we_o} <= '0;
      seg_we_o <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && core_rst_ni) begin
      assert (!(turn_q && (beat_q && wout_q != '0)));
      assert (!(w_go && wout_q == 6'd63));
      assert (!(hm_valid_o && seg_we_o != '0));
    end
  end
endmodule
