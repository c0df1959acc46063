// SPDX-License-Identifier: Apache-2.0
// htx_chip: the whole chip, structure only: host port, sequencer, vector unit with its memory, lanes, tree, collector.
//
// Per-lane pins lie side by side in one vector, lane 0 lowest. The host port stays out of the soft reset it gives.
module htx_chip #(
  parameter int unsigned LANES = 8,
  parameter int unsigned COLUMNS = 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // registers, AXI4-Lite
  input  logic                             axil_awvalid_i,  ///< write address
  output logic                             axil_awready_o,  ///< address taken
  input  logic [11:0]                      axil_awaddr_i,   ///< register, byte offset
  input  logic                             axil_wvalid_i,   ///< write word
  output logic                             axil_wready_o,   ///< word taken
  input  logic [31:0]                      axil_wdata_i,    ///< the word
  input  logic [3:0]                       axil_wstrb_i,    ///< its bytes that count; all have to
  output logic                             axil_bvalid_o,   ///< write answer
  input  logic                             axil_bready_i,   ///< answer taken
  output logic [1:0]                       axil_bresp_o,    ///< 0 OKAY, 2 SLVERR, 3 DECERR
  input  logic                             axil_arvalid_i,  ///< read address
  output logic                             axil_arready_o,  ///< address taken
  input  logic [11:0]                      axil_araddr_i,   ///< register, byte offset
  output logic                             axil_rvalid_o,   ///< read word
  input  logic                             axil_rready_i,   ///< word taken
  output logic [31:0]                      axil_rdata_o,    ///< the word
  output logic [1:0]                       axil_rresp_o,    ///< 0 OKAY, 3 DECERR
  // data windows, AXI4
  input  logic                             axi_awvalid_i,   ///< write address
  output logic                             axi_awready_o,   ///< address taken
  input  logic [3:0]                       axi_awid_i,      ///< returned with the answer
  input  logic [39:0]                      axi_awaddr_i,    ///< byte address; 39:36 are the window
  input  logic [7:0]                       axi_awlen_i,     ///< beats - 1
  input  logic [2:0]                       axi_awsize_i,    ///< log2 of the bytes in a beat
  input  logic [1:0]                       axi_awburst_i,   ///< 0 FIXED, 1 INCR, 2 WRAP
  input  logic                             axi_wvalid_i,    ///< write data
  output logic                             axi_wready_o,    ///< beat taken
  input  logic [255:0]                     axi_wdata_i,     ///< a beat
  input  logic [31:0]                      axi_wstrb_i,     ///< its bytes that count
  input  logic                             axi_wlast_i,     ///< the last one
  output logic                             axi_bvalid_o,    ///< write answer
  input  logic                             axi_bready_i,    ///< answer taken
  output logic [3:0]                       axi_bid_o,       ///< identifier of the burst
  output logic [1:0]                       axi_bresp_o,     ///< 0 OKAY, 2 SLVERR, 3 DECERR
  input  logic                             axi_arvalid_i,   ///< read address
  output logic                             axi_arready_o,   ///< address taken
  input  logic [3:0]                       axi_arid_i,      ///< returned with the data
  input  logic [39:0]                      axi_araddr_i,    ///< byte address; 39:36 are the window
  input  logic [7:0]                       axi_arlen_i,     ///< beats - 1
  input  logic [2:0]                       axi_arsize_i,    ///< log2 of the bytes in a beat
  input  logic [1:0]                       axi_arburst_i,   ///< 0 FIXED, 1 INCR, 2 WRAP
  output logic                             axi_rvalid_o,    ///< read data
  input  logic                             axi_rready_i,    ///< beat taken
  output logic [3:0]                       axi_rid_o,       ///< identifier of the burst
  output logic [255:0]                     axi_rdata_o,     ///< a beat
  output logic [1:0]                       axi_rresp_o,     ///< 0 OKAY, 2 SLVERR, 3 DECERR
  output logic                             axi_rlast_o,     ///< the last one
  output logic                             irq_o,           ///< level: done or error
  // storage of each lane's channel: a synchronous RAM of bursts
  output logic [LANES-1:0]                 dev_rd_o,        ///< read, data due in the next clock
  output logic [LANES-1:0]                 dev_wr_o,        ///< write
  output logic [htx_pkg::ADDR_W*LANES-1:0] dev_addr_o,      ///< burst
  output logic [256*LANES-1:0]             dev_wdata_o,     ///< burst to write
  input  logic [256*LANES-1:0]             dev_rdata_i,     ///< burst read in the last clock
  // results of the head as they pass
  output logic                             logit_valid_o,   ///< pulse
  output logic [15:0]                      logit_addr_o,    ///< word of 8 fp32
  output logic [255:0]                     logit_data_o     ///< the word, element 0 in the low bits
);
  localparam int unsigned RES_W = htx_pkg::RES_WORD_W;
  localparam int unsigned ADDR_W = htx_pkg::ADDR_W;
  logic rst_n, core_rst_n;  // of everything but the host port: the pin's, and the soft reset
  assign rst_n = rst_ni && core_rst_n;

  // ---------------------------------------------------------------- host port and sequencer
  logic         start, cfg_eos_en, busy, done, error, hm_valid, hm_tok, hm_we, hm_done;
  logic [htx_pkg::POS_W-1:0] cfg_pos, cfg_prompt, cfg_limit, pos, count;
  logic [17:0]  cfg_eos, cfg_vocab, last, best;
  logic [5:0]   lanes_total;
  logic [31:0]  error_word;
  logic         paused;
  logic [15:0]  pc;
  htx_pkg::run_ctl_t ctl;
  logic [htx_pkg::TOKEN_AW-1:0] hm_addr;
  logic [127:0] hm_wdata, hm_rdata;
  logic [LANES-1:0]     lane_host_valid, lane_host_ready, lane_host_done, seg_we;
  logic [256*LANES-1:0] lane_host_rdata;
  logic                 lane_host_seg, lanes_idle, vec_idle;
  logic [4*htx_pkg::PERF_BITS*LANES-1:0] lane_counts;
  logic [10:0]          seg_addr;
  logic [63:0]          seg_data;
  htx_pkg::mem_req_t    lane_host;
  htx_host #(.LANES(LANES), .COLUMNS(COLUMNS)) u_host (
    .clk_i, .rst_ni, .axil_awvalid_i, .axil_awready_o, .axil_awaddr_i, .axil_wvalid_i, .axil_wready_o, .axil_wdata_i,
    .axil_wstrb_i, .axil_bvalid_o, .axil_bready_i, .axil_bresp_o, .axil_arvalid_i, .axil_arready_o, .axil_araddr_i,
    .axil_rvalid_o, .axil_rready_i, .axil_rdata_o, .axil_rresp_o, .axi_awvalid_i, .axi_awready_o, .axi_awid_i,
    .axi_awaddr_i, .axi_awlen_i, .axi_awsize_i, .axi_awburst_i, .axi_wvalid_i, .axi_wready_o, .axi_wdata_i, .axi_wstrb_i,
    .axi_wlast_i, .axi_bvalid_o, .axi_bready_i, .axi_bid_o, .axi_bresp_o, .axi_arvalid_i, .axi_arready_o, .axi_arid_i,
    .axi_araddr_i, .axi_arlen_i, .axi_arsize_i, .axi_arburst_i, .axi_rvalid_o, .axi_rready_i, .axi_rid_o, .axi_rdata_o,
    .axi_rresp_o, .axi_rlast_o, .irq_o, .core_rst_no(core_rst_n), .start_o(start), .cfg_pos_o(cfg_pos),
    .cfg_prompt_o(cfg_prompt), .cfg_limit_o(cfg_limit), .cfg_eos_en_o(cfg_eos_en), .cfg_eos_o(cfg_eos),
    .cfg_vocab_o(cfg_vocab), .lanes_total_o(lanes_total), .ctl_o(ctl), .busy_i(busy), .done_i(done), .error_i(error),
    .paused_i(paused), .error_word_i(error_word), .pc_i(pc), .pos_i(pos), .count_i(count), .last_i(last), .lanes_idle_i(lanes_idle), .vec_idle_i(vec_idle), .lane_counts_i(lane_counts), .lane_valid_o(lane_host_valid),
    .lane_ready_i(lane_host_ready), .lane_o(lane_host), .lane_seg_o(lane_host_seg), .lane_done_i(lane_host_done), .lane_rdata_i(lane_host_rdata),
    .hm_valid_o(hm_valid), .hm_tok_o(hm_tok), .hm_we_o(hm_we), .hm_addr_o(hm_addr), .hm_wdata_o(hm_wdata),
    .hm_done_i(hm_done), .hm_rdata_i(hm_rdata), .seg_we_o(seg_we), .seg_addr_o(seg_addr), .seg_data_o(seg_data));

  logic               lane_cmd_valid, vec_cmd_valid, vec_ready, tree_ready, argmax_clear, collect_busy;
  htx_pkg::lane_cmd_t lane_cmd;
  htx_pkg::vec_cmd_t  vec_cmd;
  logic [LANES-1:0]   lane_ready;
  logic [8*LANES-1:0] lane_done, lane_err;
  logic [7:0]         tree_done, vec_done, vec_err, collect_err;
  logic [8*htx_pkg::TOP_K-1:0] chosen;
  htx_seq #(.LANES(LANES), .COLUMNS(COLUMNS)) u_seq (
    .clk_i, .rst_ni(rst_n), .start_i(start), .cfg_pos_i(cfg_pos), .cfg_prompt_i(cfg_prompt), .cfg_limit_i(cfg_limit),
    .cfg_eos_en_i(cfg_eos_en), .cfg_eos_i(cfg_eos), .cfg_vocab_i(cfg_vocab), .lanes_total_i(lanes_total), .ctl_i(ctl), .busy_o(busy),
    .paused_o(paused), .lanes_idle_o(lanes_idle), .vec_idle_o(vec_idle), .pc_o(pc), .done_o(done), .error_o(error), .error_word_o(error_word), .pos_o(pos), .count_o(count), .last_o(last),
    .hm_valid_i(hm_valid), .hm_tok_i(hm_tok), .hm_we_i(hm_we), .hm_addr_i(hm_addr), .hm_wdata_i(hm_wdata),
    .hm_done_o(hm_done), .hm_rdata_o(hm_rdata), .lane_cmd_valid_o(lane_cmd_valid), .lane_cmd_o(lane_cmd),
    .lane_ready_i(lane_ready), .tree_ready_i(tree_ready), .lane_done_i(lane_done), .tree_done_i(tree_done),
    .vec_cmd_valid_o(vec_cmd_valid), .vec_cmd_o(vec_cmd), .vec_ready_i(vec_ready), .vec_done_i(vec_done), .chosen_i(chosen),
    .argmax_clear_o(argmax_clear), .best_i(best), .collect_busy_i(collect_busy), .vec_err_i(vec_err),
    .collect_err_i(collect_err), .lane_err_i(lane_err));

  // ---------------------------------------------------------------- vector unit and vector memory
  logic                re_a, re_b, vec_we, vec_we_pre, col_we, act_we;
  logic [htx_pkg::VMEM_AW-1:0] raddr_a, raddr_b, vec_waddr, col_waddr;
  logic [255:0]        rdata_a, rdata_b, vec_wdata, col_wdata;
  htx_pkg::act_write_t act;
  htx_vector u_vector (
    .clk_i, .rst_ni(rst_n), .cmd_valid_i(vec_cmd_valid), .cmd_i(vec_cmd), .cmd_ready_o(vec_ready), .done_o(vec_done), .chosen_o(chosen),
    .re_a_o(re_a), .raddr_a_o(raddr_a), .rdata_a_i(rdata_a), .re_b_o(re_b), .raddr_b_o(raddr_b), .rdata_b_i(rdata_b),
    .we_pre_o(vec_we_pre), .we_o(vec_we), .waddr_o(vec_waddr), .wdata_o(vec_wdata), .act_we_o(act_we), .act_o(act),
    .err_o(vec_err));
  htx_vmem u_vmem (
    .clk_i, .rst_ni(rst_n), .a_re_i(re_a), .a_raddr_i(raddr_a), .a_rdata_o(rdata_a), .b_re_i(re_b), .b_raddr_i(raddr_b),
    .b_rdata_o(rdata_b), .vec_we_i(vec_we), .vec_waddr_i(vec_waddr), .vec_wdata_i(vec_wdata), .col_we_i(col_we),
    .col_waddr_i(col_waddr), .col_wdata_i(col_wdata));

  // ---------------------------------------------------------------- lanes, tree, collector
  logic [LANES:0]           res_valid, res_ready;  // the tree is the last source
  logic [RES_W*(LANES+1)-1:0] res;
  logic [LANES-1:0]         red_valid, red_ready, red_kind, red_last;
  logic [64*LANES-1:0]      red_data;
  logic                     max_valid;
  logic [2:0]               max_col;
  logic [31:0]              max_m, max_u;
  for (genvar l = 0; l < LANES; l++) begin : g_lane
    htx_pkg::res_word_t word;
    htx_lane #(.COLUMNS(COLUMNS)) u_lane (
      .clk_i, .rst_ni(rst_n), .perf_clear_i(start), .perf_count_i(busy), .counts_o(lane_counts[4*htx_pkg::PERF_BITS*l+:4*htx_pkg::PERF_BITS]),
      .lanes_total_i(lanes_total), .cmd_valid_i(lane_cmd_valid), .cmd_i(lane_cmd),
      .cmd_ready_o(lane_ready[l]), .vec_done_i(vec_done), .done_o(lane_done[8*l+:8]), .act_we_i(act_we), .act_i(act),
      .host_valid_i(lane_host_valid[l]), .host_ready_o(lane_host_ready[l]), .host_i(lane_host), .host_seg_i(lane_host_seg),
      .host_done_o(lane_host_done[l]), .host_rdata_o(lane_host_rdata[256*l+:256]), .seg_we_i(seg_we[l]),
      .seg_addr_i(seg_addr), .seg_data_i(seg_data), .res_valid_o(res_valid[l]), .res_ready_i(res_ready[l]), .res_o(word),
      .red_valid_o(red_valid[l]), .red_ready_i(red_ready[l]), .red_kind_o(red_kind[l]), .red_last_o(red_last[l]), .red_data_o(red_data[64*l+:64]),
      .max_valid_i(max_valid), .max_col_i(max_col), .max_m_i(max_m), .max_u_i(max_u), .err_o(lane_err[8*l+:8]), .dev_rd_o(dev_rd_o[l]),
      .dev_wr_o(dev_wr_o[l]), .dev_addr_o(dev_addr_o[ADDR_W*l+:ADDR_W]), .dev_wdata_o(dev_wdata_o[256*l+:256]),
      .dev_rdata_i(dev_rdata_i[256*l+:256]));
    assign res[RES_W*l+:RES_W] = word;
  end

  htx_pkg::res_word_t tree_word;
  assign res[RES_W*LANES+:RES_W] = tree_word;
  htx_tree #(.LANES(LANES), .COLUMNS(COLUMNS)) u_tree (
    .clk_i, .rst_ni(rst_n), .red_valid_i(red_valid), .red_ready_o(red_ready), .red_kind_i(red_kind), .red_last_i(red_last), .red_data_i(red_data),
    .cmd_valid_i(lane_cmd_valid), .cmd_i(lane_cmd), .cmd_ready_o(tree_ready), .max_valid_o(max_valid), .max_col_o(max_col), .max_m_o(max_m),
    .max_u_o(max_u), .res_valid_o(res_valid[LANES]), .res_ready_i(res_ready[LANES]), .res_o(tree_word), .done_o(tree_done));

  htx_collect #(.LANES(LANES)) u_collect (
    .clk_i, .rst_ni(rst_n), .src_valid_i(res_valid), .src_ready_o(res_ready), .src_i(res), .vocab_i(cfg_vocab),
    .argmax_clear_i(argmax_clear), .best_o(best), .busy_o(collect_busy), .we_o(col_we), .waddr_o(col_waddr),
    .wdata_o(col_wdata), .vec_we_pre_i(vec_we_pre), .logit_valid_o, .logit_addr_o, .logit_data_o, .err_o(collect_err));
endmodule
