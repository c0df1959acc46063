// SPDX-License-Identifier: Apache-2.0
// htx_lane: a lane, structure only: memory channel, stream (memory side), compute side.
module htx_lane #(
  parameter int unsigned COLUMNS = 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       perf_clear_i,   ///< pulse: a program starts
  input  logic                       perf_count_i,   ///< a program runs
  output logic [4*htx_pkg::PERF_BITS-1:0] counts_o,  ///< performance counters, lane_perf_e 0 lowest
  input  logic [5:0]                 lanes_total_i,  ///< lanes over all chips
  input  logic                       cmd_valid_i,    ///< pulse: a lane command
  input  htx_pkg::lane_cmd_t         cmd_i,          ///< the command
  output logic                       cmd_ready_o,    ///< at least 4 places are free
  input  logic [7:0]                 vec_done_i,     ///< vector instructions finished, modulo 256
  output logic [7:0]                 done_o,         ///< lane commands finished, modulo 256
  input  logic                       act_we_i,       ///< pulse: a quantised block
  input  htx_pkg::act_write_t        act_i,          ///< the block
  input  logic                       host_valid_i,   ///< host access to the channel
  output logic                       host_ready_o,   ///< it is taken
  input  htx_pkg::mem_req_t          host_i,         ///< the request
  input  logic                       host_seg_i,     ///< it reads the segment table, not the channel
  output logic                       host_done_o,    ///< pulse: written, or read data shown
  output logic [255:0]               host_rdata_o,   ///< burst read, or segment table entry
  input  logic                       seg_we_i,       ///< write the segment table
  input  logic [10:0]                seg_addr_i,     ///< segment
  input  logic [63:0]                seg_data_i,     ///< this lane's entry, seg_t
  output logic                       res_valid_o,    ///< a result word
  input  logic                       res_ready_i,    ///< it is taken
  output htx_pkg::res_word_t         res_o,          ///< the word; zero while not valid
  output logic                       red_valid_o,    ///< a message to the tree
  input  logic                       red_ready_i,    ///< it is taken
  output logic                       red_kind_o,     ///< 0: maxima {M, U}; 1: a sum
  output logic                       red_last_o,     ///< of the command's last column
  output logic [63:0]                red_data_o,     ///< the message; zero while not valid
  input  logic                       max_valid_i,    ///< pulse: maxima over all lanes
  input  logic [2:0]                 max_col_i,      ///< of this column
  input  logic [31:0]                max_m_i,        ///< M over all lanes
  input  logic [31:0]                max_u_i,        ///< U over all lanes
  output logic [7:0]                 err_o,          ///< err_e, sticky
  output logic                       dev_rd_o,       ///< storage: read, data due in the next clock
  output logic                       dev_wr_o,       ///< storage: write
  output logic [htx_pkg::ADDR_W-1:0] dev_addr_o,     ///< storage: burst address
  output logic [255:0]               dev_wdata_o,    ///< storage: burst to write
  input  logic [255:0]               dev_rdata_i     ///< storage: burst read in the last clock
);
  logic               req_valid, req_ready, rsp_valid, comp_valid, comp_ready, beat_valid, beat_ready;
  htx_pkg::mem_req_t  req;
  logic [127:0]       rsp_data, beat;
  htx_pkg::comp_cmd_t comp;

  htx_channel u_channel (
    .clk_i, .rst_ni, .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req), .rsp_valid_o(rsp_valid),
    .rsp_data_o(rsp_data), .dev_rd_o, .dev_wr_o, .dev_addr_o, .dev_wdata_o, .dev_rdata_i);

  htx_stream u_stream (
    .clk_i, .rst_ni, .lanes_total_i, .cmd_valid_i, .cmd_i, .cmd_ready_o, .vec_done_i, .act_we_i, .act_i, .host_valid_i,
    .host_ready_o, .host_i, .host_seg_i, .host_done_o, .host_rdata_o, .seg_we_i, .seg_addr_i, .seg_data_i, .req_valid_o(req_valid),
    .req_ready_i(req_ready), .req_o(req), .rsp_valid_i(rsp_valid), .rsp_data_i(rsp_data), .comp_valid_o(comp_valid),
    .comp_ready_i(comp_ready), .comp_o(comp), .beat_valid_o(beat_valid), .beat_ready_i(beat_ready), .beat_o(beat));

  htx_watch u_watch (
    .clk_i, .rst_ni, .clear_i(perf_clear_i), .count_i(perf_count_i), .vec_done_i, .comp_valid_i(comp_valid), .comp_ready_i(comp_ready), .wait_vec_i(comp.wait_vec),
    .vec_tag_i(comp.vec_tag), .beat_valid_i(beat_valid), .beat_ready_i(beat_ready), .read_i(dev_rd_o), .write_i(dev_wr_o), .counts_o);

  htx_compute #(.COLUMNS(COLUMNS)) u_compute (
    .clk_i, .rst_ni, .lanes_total_i, .vec_done_i, .comp_valid_i(comp_valid), .comp_ready_o(comp_ready), .comp_i(comp),
    .beat_valid_i(beat_valid), .beat_ready_o(beat_ready), .beat_i(beat), .act_we_i, .act_i, .res_valid_o, .res_ready_i, .res_o,
    .red_valid_o, .red_ready_i, .red_kind_o, .red_last_o, .red_data_o, .max_valid_i, .max_col_i, .max_m_i, .max_u_i, .done_o, .err_o);
endmodule
