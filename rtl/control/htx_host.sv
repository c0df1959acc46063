// SPDX-License-Identifier: Apache-2.0
// htx_host: the host port: registers on AXI4-Lite, data windows on AXI4 (docs/blocks/host.md). Structure only.
module htx_host #(
  parameter int unsigned LANES = 8,
  parameter int unsigned COLUMNS = 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // registers, AXI4-Lite
  input  logic                         axil_awvalid_i,  ///< write address
  output logic                         axil_awready_o,  ///< address taken
  input  logic [11:0]                  axil_awaddr_i,   ///< register, byte offset
  input  logic                         axil_wvalid_i,   ///< write word
  output logic                         axil_wready_o,   ///< word taken
  input  logic [31:0]                  axil_wdata_i,    ///< the word
  input  logic [3:0]                   axil_wstrb_i,    ///< its bytes that count; all have to
  output logic                         axil_bvalid_o,   ///< write answer
  input  logic                         axil_bready_i,   ///< answer taken
  output logic [1:0]                   axil_bresp_o,    ///< 0 OKAY, 2 SLVERR, 3 DECERR
  input  logic                         axil_arvalid_i,  ///< read address
  output logic                         axil_arready_o,  ///< address taken
  input  logic [11:0]                  axil_araddr_i,   ///< register, byte offset
  output logic                         axil_rvalid_o,   ///< read word
  input  logic                         axil_rready_i,   ///< word taken
  output logic [31:0]                  axil_rdata_o,    ///< the word
  output logic [1:0]                   axil_rresp_o,    ///< 0 OKAY, 3 DECERR
  // windows, AXI4
  input  logic                         axi_awvalid_i,   ///< write address
  output logic                         axi_awready_o,   ///< address taken
  input  logic [3:0]                   axi_awid_i,      ///< returned with the answer
  input  logic [39:0]                  axi_awaddr_i,    ///< byte address; 39:36 are the window
  input  logic [7:0]                   axi_awlen_i,     ///< beats - 1
  input  logic [2:0]                   axi_awsize_i,    ///< log2 of the bytes in a beat
  input  logic [1:0]                   axi_awburst_i,   ///< 0 FIXED, 1 INCR, 2 WRAP
  input  logic                         axi_wvalid_i,    ///< write data
  output logic                         axi_wready_o,    ///< beat taken
  input  logic [255:0]                 axi_wdata_i,     ///< a beat
  input  logic [31:0]                  axi_wstrb_i,     ///< its bytes that count
  input  logic                         axi_wlast_i,     ///< the last one
  output logic                         axi_bvalid_o,    ///< write answer
  input  logic                         axi_bready_i,    ///< answer taken
  output logic [3:0]                   axi_bid_o,       ///< identifier of the burst
  output logic [1:0]                   axi_bresp_o,     ///< 0 OKAY, 2 SLVERR, 3 DECERR
  input  logic                         axi_arvalid_i,   ///< read address
  output logic                         axi_arready_o,   ///< address taken
  input  logic [3:0]                   axi_arid_i,      ///< returned with the data
  input  logic [39:0]                  axi_araddr_i,    ///< byte address; 39:36 are the window
  input  logic [7:0]                   axi_arlen_i,     ///< beats - 1
  input  logic [2:0]                   axi_arsize_i,    ///< log2 of the bytes in a beat
  input  logic [1:0]                   axi_arburst_i,   ///< 0 FIXED, 1 INCR, 2 WRAP
  output logic                         axi_rvalid_o,    ///< read data
  input  logic                         axi_rready_i,    ///< beat taken
  output logic [3:0]                   axi_rid_o,       ///< identifier of the burst
  output logic [255:0]                 axi_rdata_o,     ///< a beat
  output logic [1:0]                   axi_rresp_o,     ///< 0 OKAY, 2 SLVERR, 3 DECERR
  output logic                         axi_rlast_o,     ///< the last one
  output logic                         irq_o,           ///< level: done, error or paused
  // the chip
  output logic                         core_rst_no,     ///< reset of everything else
  output logic                         start_o,         ///< pulse
  output logic [htx_pkg::POS_W-1:0]      cfg_pos_o,       ///< first position
  output logic [htx_pkg::POS_W-1:0]      cfg_prompt_o,    ///< tokens known
  output logic [htx_pkg::POS_W-1:0]      cfg_limit_o,     ///< stop at so many tokens
  output logic                         cfg_eos_en_o,    ///< stop at the end-of-sequence token
  output logic [17:0]                  cfg_eos_o,       ///< that token
  output logic [17:0]                  cfg_vocab_o,     ///< vocabulary
  output logic [5:0]                   lanes_total_o,   ///< lanes over all chips
  output htx_pkg::run_ctl_t            ctl_o,           ///< pausing, watchdog
  input  logic                         busy_i,          ///< a program runs
  input  logic                         done_i,          ///< it stopped in order
  input  logic                         error_i,         ///< it stopped with an error
  input  logic                         paused_i,        ///< it is paused
  input  logic [31:0]                  error_word_i,    ///< register ERROR
  input  logic [15:0]                  pc_i,            ///< instruction in hand
  input  logic [htx_pkg::POS_W-1:0]      pos_i,           ///< live position
  input  logic [htx_pkg::POS_W-1:0]      count_i,         ///< tokens known
  input  logic [17:0]                  last_i,          ///< last token decoded
  input  logic                         lanes_idle_i,    ///< every lane command issued is finished
  input  logic                         vec_idle_i,      ///< so is every vector command
  input  logic [4*htx_pkg::PERF_BITS*LANES-1:0] lane_counts_i,  ///< performance counters of the lanes
  output logic [LANES-1:0]             lane_valid_o,    ///< a request for this lane's channel
  input  logic [LANES-1:0]             lane_ready_i,    ///< it is taken
  output htx_pkg::mem_req_t            lane_o,          ///< the request
  output logic                         lane_seg_o,      ///< it is for the segment table, not the channel
  input  logic [LANES-1:0]             lane_done_i,     ///< pulse: written, or read data here
  input  logic [256*LANES-1:0]         lane_rdata_i,    ///< a burst, or segment table entry, a lane
  output logic                         hm_valid_o,      ///< pulse: access to program or token memory
  output logic                         hm_tok_o,        ///< token memory
  output logic                         hm_we_o,         ///< write
  output logic [htx_pkg::TOKEN_AW-1:0] hm_addr_o,       ///< instruction or token
  output logic [127:0]                 hm_wdata_o,      ///< instruction or token
  input  logic                         hm_done_i,       ///< pulse: read data here
  input  logic [127:0]                 hm_rdata_i,      ///< instruction or token
  output logic [LANES-1:0]             seg_we_o,        ///< pulse: write this lane's segment table
  output logic [10:0]                  seg_addr_o,      ///< entry
  output logic [63:0]                  seg_data_o       ///< seg_t
);
  // state of the two, for comparison
  logic [63:0] cycles;
  logic [2:0]  soft_left;
  logic [1:0]  wstate, rstate;
  logic [7:0]  wleft, rleft;
  logic [5:0]  wout;
  logic        beat, turn, bad_write, perf_there;
  logic [11:0] raddr;
  logic [31:0] perf_value;
  logic [2:0]  bad_kind;
  logic [39:0] bad_addr;
  logic        unused_state;
  assign unused_state = ^{cycles, soft_left, wstate, rstate, wleft, rleft, wout, beat, turn};

  htx_host_csr #(.LANES(LANES), .COLUMNS(COLUMNS)) u_csr (
    .clk_i, .rst_ni, .awvalid_i(axil_awvalid_i), .awready_o(axil_awready_o), .awaddr_i(axil_awaddr_i),
    .wvalid_i(axil_wvalid_i), .wready_o(axil_wready_o), .wdata_i(axil_wdata_i), .wstrb_i(axil_wstrb_i),
    .bvalid_o(axil_bvalid_o), .bready_i(axil_bready_i), .bresp_o(axil_bresp_o), .arvalid_i(axil_arvalid_i),
    .arready_o(axil_arready_o), .araddr_i(axil_araddr_i), .rvalid_o(axil_rvalid_o), .rready_i(axil_rready_i),
    .rdata_o(axil_rdata_o), .rresp_o(axil_rresp_o), .irq_o, .core_rst_no, .start_o, .cfg_pos_o, .cfg_prompt_o,
    .cfg_limit_o, .cfg_eos_en_o, .cfg_eos_o, .cfg_vocab_o, .lanes_total_o, .ctl_o, .busy_i, .done_i, .error_i, .paused_i,
    .error_word_i, .pc_i, .pos_i, .count_i, .last_i, .raddr_o(raddr), .perf_there_i(perf_there),
    .perf_value_i(perf_value), .bad_kind_i(bad_kind), .bad_write_i(bad_write), .bad_addr_i(bad_addr), .cycles_o(cycles), .soft_left_o(soft_left));

  htx_host_perf #(.LANES(LANES)) u_perf (
    .clk_i, .rst_ni, .start_i(start_o), .busy_i, .lanes_idle_i, .vec_idle_i, .lane_counts_i, .addr_i(raddr), .there_o(perf_there), .value_o(perf_value));

  htx_host_win #(.LANES(LANES)) u_win (
    .clk_i, .rst_ni, .core_rst_ni(core_rst_no), .busy_i(busy_i || start_o),
    .awvalid_i(axi_awvalid_i), .awready_o(axi_awready_o), .awid_i(axi_awid_i), .awaddr_i(axi_awaddr_i),
    .awlen_i(axi_awlen_i), .awsize_i(axi_awsize_i), .awburst_i(axi_awburst_i), .wvalid_i(axi_wvalid_i),
    .wready_o(axi_wready_o), .wdata_i(axi_wdata_i), .wstrb_i(axi_wstrb_i), .wlast_i(axi_wlast_i),
    .bvalid_o(axi_bvalid_o), .bready_i(axi_bready_i), .bid_o(axi_bid_o), .bresp_o(axi_bresp_o),
    .arvalid_i(axi_arvalid_i), .arready_o(axi_arready_o), .arid_i(axi_arid_i), .araddr_i(axi_araddr_i),
    .arlen_i(axi_arlen_i), .arsize_i(axi_arsize_i), .arburst_i(axi_arburst_i), .rvalid_o(axi_rvalid_o),
    .rready_i(axi_rready_i), .rid_o(axi_rid_o), .rdata_o(axi_rdata_o), .rresp_o(axi_rresp_o), .rlast_o(axi_rlast_o),
    .lane_valid_o, .lane_ready_i, .lane_o, .lane_seg_o, .lane_done_i, .lane_rdata_i, .hm_valid_o, .hm_tok_o, .hm_we_o, .hm_addr_o,
    .hm_wdata_o, .hm_done_i, .hm_rdata_i, .seg_we_o, .seg_addr_o, .seg_data_o, .bad_kind_o(bad_kind), .bad_write_o(bad_write), .bad_addr_o(bad_addr), .wstate_o(wstate),
    .rstate_o(rstate), .wleft_o(wleft), .rleft_o(rleft), .wout_o(wout), .beat_o(beat), .turn_o(turn));
endmodule
