// SPDX-License-Identifier: Apache-2.0
// htx_host_win: AXI4 slave of 256 bits for the data windows WIN_* (docs/blocks/host.md).
//
// One burst a direction at a time; a write beat takes 2 clocks at best, DRAM writes are posted and the answer waits for all
// of them; reads go beat by beat, and so does a write of part of a word, which is read, merged and written back. Turns between
// the directions change beat by beat, so neither can starve the other.
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
  input  logic [2:0]                   awsize_i,      ///< log2 of the bytes in a beat
  input  logic [1:0]                   awburst_i,     ///< 0 FIXED, 1 INCR, 2 WRAP
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
  input  logic [2:0]                   arsize_i,      ///< log2 of the bytes in a beat
  input  logic [1:0]                   arburst_i,     ///< 0 FIXED, 1 INCR, 2 WRAP
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
  output logic                         lane_seg_o,    ///< it is for the segment table, not the channel
  input  logic [LANES-1:0]             lane_done_i,   ///< pulse: written, or read data here
  input  logic [256*LANES-1:0]         lane_rdata_i,  ///< a burst, or segment table entry, a lane
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
  // to register BAD
  output logic [2:0]                   bad_kind_o,    ///< bad_e of an access refused in this clock, or 0
  output logic                         bad_write_o,   ///< it is a write
  output logic [39:0]                  bad_addr_o,    ///< its address
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
  typedef enum logic [1:0] {M_NONE = 2'd0, M_ASK = 2'd1, M_WAIT = 2'd2} merge_e;
  typedef enum logic [1:0] {R_IDLE = 2'd0, R_ASK = 2'd1, R_WAIT = 2'd2, R_DATA = 2'd3} rstate_e;

  logic [1:0]   wstate_q, rstate_q, wresp_q;
  logic [1:0]   aw_kind, ar_kind;
  logic [39:0]  waddr_q, baddr_q, raddr_q;  // next write beat, standing write beat, read beat
  logic [2:0]   wsize_q, rsize_q;
  logic [1:0]   wburst_q, rburst_q;
  logic [11:0]  wmask_q, rmask_q;           // containers of the bursts
  logic [7:0]   wleft_q, rleft_q;           // beats after the next
  logic         wdrop_q, rdrop_q;           // refused burst
  logic         beat_q, whole_q;            // a write beat stands; it has all bytes that count
  logic [255:0] bdata_q;
  logic [31:0]  bstrb_q;                    // its bytes that count
  logic [1:0]   merge_q;
  logic [5:0]   wout_q;                     // DRAM writes not yet done
  logic         turn_q;                     // 0 writes, 1 a read beat

  htx_host_check #(.LANES(LANES)) u_aw (.addr_i(awaddr_i), .len_i(awlen_i), .size_i(awsize_i), .burst_i(awburst_i), .kind_o(aw_kind));
  htx_host_check #(.LANES(LANES)) u_ar (.addr_i(araddr_i), .len_i(arlen_i), .size_i(arsize_i), .burst_i(arburst_i), .kind_o(ar_kind));
  logic [11:0] aw_mask, ar_mask, w_next, r_next;
  logic [31:0] w_bytes, unused_r_bytes;  // a read answers the whole word
  htx_host_next u_wnext (.len_i(awlen_i), .size_i(awsize_i), .mask_o(aw_mask), .addr_q_i(waddr_q[11:0]), .size_q_i(wsize_q), .burst_q_i(wburst_q),
                         .mask_q_i(wmask_q), .next_o(w_next), .bytes_o(w_bytes));
  htx_host_next u_rnext (.len_i(arlen_i), .size_i(arsize_i), .mask_o(ar_mask), .addr_q_i(raddr_q[11:0]), .size_q_i(rsize_q), .burst_q_i(rburst_q),
                         .mask_q_i(rmask_q), .next_o(r_next), .bytes_o(unused_r_bytes));

  // ---------------------------------------------------------------- the word at hand: the write beat's, or in its turn the read beat's
  logic [39:5]   word;
  logic          in_lane, w_dram;
  logic [LW-1:0] at_lane;
  logic [LANES-1:0] lane_one;  // that lane
  assign word       = turn_q ? raddr_q[39:5] : baddr_q[39:5];
  assign lane_seg_o = word[39:36] == 4'(htx_pkg::WIN_SEG);
  assign in_lane    = lane_seg_o || word[39:36] == 4'(htx_pkg::WIN_DRAM);
  assign at_lane    = lane_seg_o ? word[17+:LW] : word[33+:LW];
  assign lane_one   = LANES'(1) << at_lane;
  assign w_dram     = baddr_q[39:36] == 4'(htx_pkg::WIN_DRAM);
  assign lane_o     = {!turn_q && merge_q == M_NONE, word[32:5], bdata_q};
  assign hm_tok_o   = word[39:36] == 4'(htx_pkg::WIN_TOKENS);
  assign hm_addr_o  = word[htx_pkg::TOKEN_AW+4:5];
  assign hm_wdata_o = bdata_q[127:0];
  assign seg_addr_o = baddr_q[15:5];
  assign seg_data_o = bdata_q[63:0];

  logic unused_lane;  // a chip of fewer lanes looks at fewer lane bits; the others are zero
  assign unused_lane = ^{word[35:33], unused_r_bytes};

  // ---------------------------------------------------------------- outputs
  assign awready_o  = wstate_q == W_IDLE;
  assign wready_o   = wstate_q == W_DATA && !beat_q && !(rstate_q == R_ASK && !turn_q);
  assign bvalid_o   = wstate_q == W_RESP;
  assign bresp_o    = wresp_q;
  assign arready_o  = rstate_q == R_IDLE;
  assign rvalid_o   = rstate_q == R_DATA;
  assign rlast_o    = rleft_q == '0;
  assign {wstate_o, rstate_o, wleft_o, rleft_o, wout_o, beat_o, turn_o} = {wstate_q, rstate_q, wleft_q, rleft_q, wout_q, beat_q, turn_q};
  logic asks;
  always_comb begin
    if (turn_q)                 asks = rstate_q == R_ASK && in_lane;
    else if (merge_q == M_NONE) asks = beat_q && w_dram && whole_q && wout_q != 6'd63;
    else                        asks = merge_q == M_ASK && in_lane && wout_q == '0;
  end
  assign lane_valid_o = asks ? lane_one : '0;

  // ---------------------------------------------------------------- what happens in this clock
  logic         taken, back, w_take, w_look, w_refuse, w_go, w_done, m_done, w_strange, w_reset, r_reset;
  logic [255:0] data, merged;
  logic [31:0]  counts;  // bytes of the next beat's window that count
  assign taken    = lane_valid_o != '0 && (lane_ready_i & lane_one) != '0;
  assign back     = in_lane ? (lane_done_i & lane_one) != '0 : hm_done_i;
  assign data     = in_lane ? lane_rdata_i[256*32'(at_lane)+:256] : {128'b0, hm_rdata_i};
  assign w_take   = wvalid_i && wready_o;
  assign w_look   = beat_q && !turn_q && merge_q == M_NONE;
  assign w_refuse = busy_i && (!w_dram || (!whole_q && bstrb_q != '0));
  assign w_go     = w_look && taken;
  assign w_done   = wout_q != '0 && !turn_q && back;  // a burst stays in its lane
  assign m_done   = merge_q == M_WAIT && back;
  assign w_strange = w_take && !wdrop_q && wlast_i != (wleft_q == '0);
  assign w_reset  = !core_rst_ni && (beat_q || wout_q != '0);
  assign r_reset  = !core_rst_ni && (rstate_q == R_ASK || rstate_q == R_WAIT);
  always_comb begin
    case (waddr_q[39:36])
      4'(htx_pkg::WIN_PROGRAM): counts = 32'h0000ffff;
      4'(htx_pkg::WIN_SEG):     counts = 32'h000000ff;
      4'(htx_pkg::WIN_TOKENS):  counts = 32'h0000000f;
      default:                  counts = '1;
    endcase
    for (int i = 0; i < 32; i++) merged[8*i+:8] = bstrb_q[i] ? bdata_q[8*i+:8] : data[8*i+:8];
  end

  always_comb begin
    bad_write_o = 1'b1;
    bad_addr_o  = baddr_q;
    if (w_reset) bad_kind_o = 3'(htx_pkg::BAD_RESET);
    else if (w_strange) begin
      bad_kind_o = 3'(htx_pkg::BAD_LAST);
      bad_addr_o = waddr_q;
    end else if ((w_look && w_refuse) || (m_done && busy_i)) bad_kind_o = 3'(htx_pkg::BAD_BUSY);
    else if (awvalid_i && awready_o && aw_kind != '0) begin
      bad_kind_o = 3'(aw_kind);
      bad_addr_o = awaddr_i;
    end else begin
      bad_write_o = 1'b0;
      bad_addr_o  = r_reset ? raddr_q : araddr_i;
      bad_kind_o  = r_reset ? 3'(htx_pkg::BAD_RESET) : arvalid_i && arready_o ? 3'(ar_kind) : '0;
    end
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
        waddr_q  <= awaddr_i;
        wsize_q  <= awsize_i;
        wburst_q <= awburst_i;
        wmask_q  <= aw_mask;
        wleft_q  <= awlen_i;
        wresp_q  <= aw_kind == '0 ? 2'd0 : aw_kind == 2'(htx_pkg::BAD_NOWHERE) ? 2'd3 : 2'd2;
        wdrop_q  <= aw_kind != '0;
      end
      W_DATA: if (w_take) begin
        beat_q  <= !wdrop_q;
        whole_q <= (wstrb_i & w_bytes & counts) == counts;
        bstrb_q <= wstrb_i & w_bytes & counts;
        baddr_q <= waddr_q;
        bdata_q <= wdata_i;
        waddr_q[11:0] <= w_next;
        wleft_q <= wleft_q - 8'd1;
        if (wleft_q == '0) wstate_q <= W_DRAIN;
        if (w_strange) wresp_q <= 2'd2;
      end
      W_DRAIN: if (!beat_q && wout_q == '0) wstate_q <= W_RESP;
      default: if (bready_i) wstate_q <= W_IDLE;
    endcase
    wout_q <= wout_q + 6'(w_go) - 6'(w_done);
    if (w_look) begin
      if (w_refuse) begin
        beat_q  <= 1'b0;
        wresp_q <= 2'd2;
      end else if (bstrb_q == '0 || w_go) beat_q <= 1'b0;
      else if (!whole_q) merge_q <= M_ASK;
      else if (!w_dram) begin
        beat_q     <= 1'b0;
        seg_we_o   <= lane_seg_o ? lane_one : '0;
        hm_valid_o <= !lane_seg_o;
        hm_we_o    <= !lane_seg_o;
      end
    end
    // merging
    if (merge_q == M_ASK && (!in_lane || taken)) begin
      merge_q    <= M_WAIT;
      hm_valid_o <= !in_lane;
    end
    if (m_done) begin
      merge_q <= M_NONE;
      whole_q <= 1'b1;
      bdata_q <= merged;
      if (busy_i) begin
        beat_q  <= 1'b0;
        wresp_q <= 2'd2;
      end
    end
    // reads
    case (rstate_q)
      R_IDLE: if (arvalid_i) begin
        rstate_q <= ar_kind == '0 ? R_ASK : R_DATA;
        rid_o    <= arid_i;
        raddr_q  <= araddr_i;
        rsize_q  <= arsize_i;
        rburst_q <= arburst_i;
        rmask_q  <= ar_mask;
        rleft_q  <= arlen_i;
        rresp_o  <= ar_kind == '0 ? 2'd0 : ar_kind == 2'(htx_pkg::BAD_NOWHERE) ? 2'd3 : 2'd2;
        rdrop_q  <= ar_kind != '0;
        rdata_o  <= '0;
      end
      R_ASK: if (!turn_q) turn_q <= !beat_q && wout_q == '0;
        else if (!in_lane || taken) begin
          rstate_q   <= R_WAIT;
          hm_valid_o <= !in_lane;
        end
      R_WAIT: if (back) begin
        rstate_q <= R_DATA;
        turn_q   <= 1'b0;
        rresp_o  <= '0;
        rdata_o  <= data;
      end
      default: if (rready_i) begin
        rstate_q <= rleft_q == '0 ? R_IDLE : rdrop_q ? R_DATA : R_ASK;
        rleft_q  <= rleft_q - 8'd1;
        raddr_q[11:0] <= r_next;
      end
    endcase
    // a soft reset takes what was under way
    if (!core_rst_ni) begin
      hm_valid_o <= 1'b0;
      hm_we_o    <= 1'b0;
      seg_we_o   <= '0;
      wout_q     <= '0;
      turn_q     <= 1'b0;
      merge_q    <= M_NONE;
      if (w_reset) wresp_q <= 2'd2;
      if (beat_q) beat_q <= 1'b0;
      if (r_reset) begin
        rstate_q <= R_DATA;
        rresp_o  <= 2'd2;
        rdata_o  <= '0;
      end
    end
    if (!rst_ni) begin
      {wstate_q, rstate_q, wresp_q, waddr_q, baddr_q, raddr_q, wleft_q, rleft_q, wdrop_q, rdrop_q, beat_q, whole_q} <= '0;
      {wsize_q, rsize_q, wburst_q, rburst_q, wmask_q, rmask_q, bstrb_q, merge_q} <= '0;
      {bdata_q, wout_q, turn_q, bid_o, rid_o, rdata_o, rresp_o, hm_valid_o, hm_we_o} <= '0;
      seg_we_o <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && core_rst_ni) begin
      assert (!(turn_q && (beat_q && wout_q != '0)));
      assert (!(w_go && wout_q == 6'd63));
      assert (merge_q == M_NONE || (beat_q && !turn_q));
      assert (!(hm_valid_o && seg_we_o != '0));
    end
  end
endmodule
