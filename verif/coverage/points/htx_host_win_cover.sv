// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_host_win: AXI bursts of every kind, size, length, window and answer, back-pressure on all five channels.
module htx_host_win_cover (
  input logic clk_i, input logic rst_ni, input logic core_rst_ni, input logic busy_i, input logic awvalid_i, input logic awready_o,
  input logic [39:0] awaddr_i, input logic [7:0] awlen_i, input logic [2:0] awsize_i, input logic [1:0] awburst_i, input logic wvalid_i, input logic wready_o,
  input logic [31:0] wstrb_i, input logic wlast_i, input logic bvalid_o, input logic bready_i, input logic [1:0] bresp_o, input logic arvalid_i,
  input logic arready_o, input logic [39:0] araddr_i, input logic [7:0] arlen_i, input logic [2:0] arsize_i, input logic [1:0] arburst_i,
  input logic rvalid_o, input logic rready_i, input logic [1:0] rresp_o, input logic rlast_o, input logic [1:0] wstate_q, input logic [1:0] rstate_q,
  input logic [7:0] wleft_q, input logic [1:0] wresp_q, input logic turn_q, input logic beat_q, input logic [5:0] wout_q, input logic w_dram,
  input logic r_dram, input logic beat_ok_q, input logic w_go, input logic w_take, input logic [1:0] aw_resp, input logic [1:0] ar_resp
);
  logic aw, ar, b, r;
  assign {aw, ar, b, r} = {awvalid_i && awready_o, arvalid_i && arready_o, bvalid_o && bready_i, rvalid_o && rready_i};
  // g_burst: FIXED, INCR, WRAP, reserved
  for (genvar i = 0; i < 4; i++) begin : g_burst
    write_burst: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awburst_i == 2'(i));
    read_burst: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && arburst_i == 2'(i));
  end
  // g_size: 1 byte, 2 bytes, 4 bytes, 8 bytes, 16 bytes, 32 bytes, 64 bytes, 128 bytes
  for (genvar i = 0; i < 8; i++) begin : g_size
    write_size: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awsize_i == 3'(i));
    read_size: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && arsize_i == 3'(i));
  end
  // g_resp: OKAY, , SLVERR, DECERR
  // g_window: DRAM, program, segments, tokens, none
  for (genvar i = 0; i < 4; i++) begin : g_resp
    if (i != 1) begin : g_used  // EXOKAY is never answered
      write_answer: cover property (@(posedge clk_i) disable iff (!rst_ni) b && bresp_o == 2'(i));
      read_answer: cover property (@(posedge clk_i) disable iff (!rst_ni) r && rresp_o == 2'(i));
    end
  end
  for (genvar i = 0; i < 5; i++) begin : g_window
    write_window: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && (i == 4 ? awaddr_i[39:36] > 4'd3 : awaddr_i[39:36] == 4'(i)));
    read_window: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && (i == 4 ? araddr_i[39:36] > 4'd3 : araddr_i[39:36] == 4'(i)));
    if (i < 4) begin : g_good
      write_good: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awaddr_i[39:36] == 4'(i) && aw_resp == '0);
      if (i != 2) begin : g_readable
        read_good: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && araddr_i[39:36] == 4'(i) && ar_resp == '0);
      end
    end
  end
  // g_beats: 1, 2, more, 128
  for (genvar i = 0; i < 4; i++) begin : g_beats
    write_length: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && aw_resp == '0 && (i == 2 ? awlen_i > 8'd1 && awlen_i < 8'd127 : awlen_i == (i == 3 ? 8'd127 : 8'(i))));
    read_length: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && ar_resp == '0 && (i == 2 ? arlen_i > 8'd1 && arlen_i < 8'd127 : arlen_i == (i == 3 ? 8'd127 : 8'(i))));
  end
  crosses_4k: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && 9'(awaddr_i[11:5]) + 9'(awlen_i) > 9'd127);
  ends_at_4k: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && 9'(awaddr_i[11:5]) + 9'(awlen_i) == 9'd127);
  write_unaligned: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awaddr_i[4:0] != '0);
  read_unaligned: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && araddr_i[4:0] != '0);
  both_at_once: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && ar);
  // handshakes that wait
  aw_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) awvalid_i && !awready_o);
  w_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) wvalid_i && !wready_o);
  w_early: cover property (@(posedge clk_i) disable iff (!rst_ni) wvalid_i && wstate_q == 2'd0);
  b_held: cover property (@(posedge clk_i) disable iff (!rst_ni) bvalid_o && !bready_i);
  ar_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) arvalid_i && !arready_o);
  r_held: cover property (@(posedge clk_i) disable iff (!rst_ni) rvalid_o && !rready_i);
  lane_not_ready: cover property (@(posedge clk_i) disable iff (!rst_ni) beat_q && !turn_q && w_dram && beat_ok_q && wout_q != 6'd63 && !w_go);
  writes_outstanding: cover property (@(posedge clk_i) disable iff (!rst_ni) wout_q > 6'd1);
  most_outstanding: cover property (@(posedge clk_i) disable iff (!rst_ni) wout_q == 6'd63);
  read_waits_for_writes: cover property (@(posedge clk_i) disable iff (!rst_ni) rstate_q == 2'd1 && !turn_q && (beat_q || wout_q != '0));
  read_stops_write: cover property (@(posedge clk_i) disable iff (!rst_ni) wstate_q == 2'd1 && wvalid_i && !beat_q && rstate_q == 2'd1 && !turn_q);
  // beats that are not taken
  partial_strobes: cover property (@(posedge clk_i) disable iff (!rst_ni) beat_q && !beat_ok_q);
  refused_while_busy: cover property (@(posedge clk_i) disable iff (!rst_ni) beat_q && !w_dram && beat_ok_q && busy_i);
  last_too_early: cover property (@(posedge clk_i) disable iff (!rst_ni) w_take && wlast_i && wleft_q != '0);
  last_missing: cover property (@(posedge clk_i) disable iff (!rst_ni) w_take && !wlast_i && wleft_q == '0);
  soft_reset_during_write: cover property (@(posedge clk_i) disable iff (!rst_ni) !core_rst_ni && (beat_q || wout_q != '0));
  soft_reset_during_read: cover property (@(posedge clk_i) disable iff (!rst_ni) !core_rst_ni && (rstate_q == 2'd1 || rstate_q == 2'd2));
endmodule
bind htx_host_win htx_host_win_cover u_cover (.*);
