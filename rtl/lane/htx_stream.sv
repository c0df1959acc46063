// SPDX-License-Identifier: Apache-2.0
// htx_stream: the memory side of a lane, structure only. Lane commands in; bursts asked of the channel ahead of need;
// tile beats and resolved commands out to the compute side; KV append; host access while idle.
//
// From a command's pulse to its first request: 6 clocks when idle; a beat that came back is out 3 clocks later.
// Commands of two bursts or more follow each other without a lost request slot. Schedule: docs/blocks/stream.md.
module htx_stream (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [5:0]          lanes_total_i,  ///< lanes over all chips
  input  logic                cmd_valid_i,    ///< pulse: a lane command
  input  htx_pkg::lane_cmd_t  cmd_i,          ///< the command
  output logic                cmd_ready_o,    ///< at least 4 places are free
  input  logic [7:0]          vec_done_i,     ///< vector instructions finished, modulo 256
  input  logic                act_we_i,       ///< pulse: a quantised block
  input  htx_pkg::act_write_t act_i,          ///< the block; kv = 1 is the append buffer's
  input  logic                host_valid_i,   ///< host access
  output logic                host_ready_o,   ///< taken
  input  htx_pkg::mem_req_t   host_i,         ///< its request
  input  logic                host_seg_i,     ///< it reads the segment table, not the channel
  output logic                host_done_o,    ///< pulse: written, or read data shown
  output logic [255:0]        host_rdata_o,   ///< read data, or a segment table entry
  input  logic                seg_we_i,       ///< write the segment table
  input  logic [10:0]         seg_addr_i,     ///< segment
  input  logic [63:0]         seg_data_i,     ///< this lane's entry, seg_t
  output logic                req_valid_o,    ///< request to the channel
  input  logic                req_ready_i,    ///< accepted
  output htx_pkg::mem_req_t   req_o,          ///< the request
  input  logic                rsp_valid_i,    ///< beat of read data, always taken
  input  logic [127:0]        rsp_data_i,     ///< the beat
  output logic                comp_valid_o,   ///< resolved command to the compute side
  input  logic                comp_ready_i,   ///< taken
  output htx_pkg::comp_cmd_t  comp_o,         ///< the command; zero while not valid
  output logic                beat_valid_o,   ///< tile beat to the compute side
  input  logic                beat_ready_i,   ///< taken
  output logic [127:0]        beat_o          ///< the beat
);
  localparam int unsigned COMP_DEPTH = 4;
  localparam int unsigned CW = $clog2(htx_pkg::LCMD_DEPTH + 1);

  // ---------------------------------------------------------------- command queue and segment table
  logic               cmd_waits, cmd_pop;
  htx_pkg::lane_cmd_t cmd_head, cmd;
  logic [CW-1:0]      cmd_level;
  logic [63:0]        seg;
  logic               seg_read;
  htx_fifo #(.WIDTH($bits(cmd_i)), .DEPTH(htx_pkg::LCMD_DEPTH)) u_cmds (
    .clk_i, .rst_ni,
    .push_i(cmd_valid_i), .data_i(cmd_i), .pop_i(cmd_pop),
    .valid_o(cmd_waits), .data_o(cmd_head), .level_o(cmd_level)
  );
  assign cmd_ready_o = cmd_level <= CW'(htx_pkg::LCMD_DEPTH - 4);

  htx_ram #(.WIDTH(64), .DEPTH(htx_pkg::SEG_ENTRIES)) u_segments (
    .clk_i,
    .we_i(seg_we_i), .waddr_i(seg_addr_i), .wdata_i(seg_data_i),
    .re_i(cmd_pop || seg_read), .raddr_i(cmd_pop ? cmd_head.seg : host_i.addr[10:0]), .rdata_o(seg)  // the host reads while no command waits
  );

  // ---------------------------------------------------------------- resolve
  logic [htx_pkg::ADDR_W-1:0] job_addr;
  logic [15:0]        job_len, job_count;
  logic [8:0]         job_jump;
  logic [5:0]         job_step;
  logic               run_start, run_busy, append_start, append_idle, comp_push;
  htx_pkg::comp_cmd_t comp_new, comp_head;
  logic [2:0]         comp_level;
  logic [2:0]         res_state;
  htx_stream_resolve u_resolve (
    .clk_i, .rst_ni, .lanes_total_i,
    .cmd_valid_i(cmd_waits), .cmd_pop_o(cmd_pop), .cmd_i(cmd_head), .seg_i(seg), .cmd_o(cmd), .addr_o(job_addr),
    .run_start_o(run_start), .run_busy_i(run_busy), .run_len_o(job_len), .run_count_o(job_count),
    .run_step_o(job_step), .run_jump_o(job_jump),
    .append_start_o(append_start), .append_idle_i(append_idle),
    .comp_push_o(comp_push), .comp_room_i(comp_level != 3'(COMP_DEPTH)), .comp_o(comp_new), .state_o(res_state)
  );

  htx_fifo #(.WIDTH($bits(comp_o)), .DEPTH(COMP_DEPTH)) u_comps (
    .clk_i, .rst_ni,
    .push_i(comp_push), .data_i(comp_new), .pop_i(comp_valid_o && comp_ready_i),
    .valid_o(comp_valid_o), .data_o(comp_head), .level_o(comp_level)
  );
  assign comp_o = comp_valid_o ? comp_head : '0;

  // ---------------------------------------------------------------- requests
  logic              append_valid, append_ready, host_load, host_busy, tile_rsp, side_rsp;
  htx_pkg::mem_req_t append_req;
  logic [9:0]        due;
  // State brought up for the lockstep comparison alone, here and below.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [htx_pkg::ADDR_W-1:0] run_addr;
  logic [15:0]       run_left, run_count;
  logic [9:0]        credit;
  logic [1:0]        host_state;
  logic [2:0]        append_state;
  logic [4:0]        append_row;
  /* verilator lint_on UNUSEDSIGNAL */
  htx_stream_req u_req (
    .clk_i, .rst_ni,
    .start_i(run_start), .addr_i(job_addr), .len_i(job_len), .count_i(job_count), .step_i(job_step), .jump_i(job_jump),
    .busy_o(run_busy),
    .append_valid_i(append_valid), .append_ready_o(append_ready), .append_i(append_req),
    .host_load_i(host_load), .host_i(host_i), .host_busy_i(host_busy),
    .req_valid_o, .req_ready_i, .req_o, .rsp_valid_i, .tile_rsp_o(tile_rsp), .side_rsp_o(side_rsp),
    .beat_pop_i(beat_valid_o && beat_ready_i),
    .addr_o(run_addr), .left_o(run_left), .runs_o(run_count), .credit_o(credit), .due_o(due)
  );

  htx_stream_fifo u_fifo (
    .clk_i, .rst_ni,
    .push_i(tile_rsp), .data_i(rsp_data_i), .beat_valid_o, .beat_ready_i, .beat_o
  );

  // ---------------------------------------------------------------- beside the tiles
  logic [511:0] side;
  htx_stream_append u_append (
    .clk_i, .rst_ni, .act_we_i, .act_i,
    .start_i(append_start), .page_i(job_addr), .cmd_i(cmd), .vec_done_i,
    .rsp_i(side_rsp && !host_busy), .header_i(side), .valid_o(append_valid), .ready_i(append_ready), .req_o(append_req),
    .port_free_i(!req_valid_o || req_ready_i), .idle_o(append_idle), .state_o(append_state), .row_o(append_row)
  );

  htx_stream_host u_host (
    .clk_i, .rst_ni,
    .idle_i(!cmd_waits && res_state == '0 && !run_busy && !req_valid_o && due == '0),
    .host_valid_i, .host_ready_o, .host_write_i(host_i.write), .host_seg_i, .seg_i(seg), .seg_read_o(seg_read), .host_load_o(host_load), .host_busy_o(host_busy),
    .host_done_o, .host_rdata_o, .accept_i(req_valid_o && req_ready_i), .rsp_i(side_rsp), .rsp_data_i,
    .side_o(side), .state_o(host_state)
  );
endmodule
