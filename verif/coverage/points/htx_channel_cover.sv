// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_channel: reads, writes, and what meets in one clock.
module htx_channel_cover (
  input logic clk_i, input logic rst_ni, input logic req_valid_i, input logic req_ready_o, input htx_pkg::mem_req_t req_i, input logic rsp_valid_o,
  input logic dev_rd_o, input logic dev_wr_o
);
  logic wrote_q, accept;
  assign accept = req_valid_i && req_ready_o;
  always_ff @(posedge clk_i) if (accept) wrote_q <= req_i.write;
  read: cover property (@(posedge clk_i) disable iff (!rst_ni) accept && !req_i.write);
  write: cover property (@(posedge clk_i) disable iff (!rst_ni) accept && req_i.write);
  read_after_write: cover property (@(posedge clk_i) disable iff (!rst_ni) accept && !req_i.write && wrote_q);
  write_after_read: cover property (@(posedge clk_i) disable iff (!rst_ni) accept && req_i.write && !wrote_q);
  request_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) req_valid_i && !req_ready_o);
  idle: cover property (@(posedge clk_i) disable iff (!rst_ni) !req_valid_i && req_ready_o);
  answer_beside_request: cover property (@(posedge clk_i) disable iff (!rst_ni) rsp_valid_o && accept);
  device_read_and_answer: cover property (@(posedge clk_i) disable iff (!rst_ni) dev_rd_o && rsp_valid_o);
  device_write_and_answer: cover property (@(posedge clk_i) disable iff (!rst_ni) dev_wr_o && rsp_valid_o);
endmodule
bind htx_channel htx_channel_cover u_cover (.*);
