// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_host_win: AXI bursts of every kind, size, length, window and answer, back-pressure on all five channels.
module htx_host_win_cover (
  input logic clk_i, input logic rst_ni, input logic core_rst_ni, input logic busy_i, input logic awvalid_i, input logic awready_o,
  input logic [39:0] awaddr_i, input logic [7:0] awlen_i, input logic [2:0] awsize_i, input logic [1:0] awburst_i, input logic wvalid_i, input logic wready_o,
  input logic [31:0] wstrb_i, input logic wlast_i, input logic bvalid_o, input logic bready_i, input logic [1:0] bresp_o, input logic arvalid_i,
  input logic arready_o, input logic [39:0] araddr_i, input logic [7:0] arlen_i, input logic [2:0] arsize_i, input logic [1:0] arburst_i,
  input logic rvalid_o, input logic rready_i, input logic [1:0] rresp_o, input logic rlast_o, input logic [1:0] wstate_q, input logic [1:0] rstate_q,
  input logic [7:0] wleft_q, input logic [1:0] wresp_q, input logic turn_q, input logic beat_q, input logic [5:0] wout_q, input logic w_dram,
  input logic whole_q, input logic w_go, input logic w_take, input logic [1:0] aw_kind, input logic [1:0] ar_kind, input logic [31:0] bstrb_q,
  input logic [1:0] merge_q, input logic m_done, input logic w_look, input logic w_refuse, input logic in_lane, input logic taken, input logic lane_seg_o,
  input logic [39:0] baddr_q, input logic [39:0] raddr_q, input logic wdrop_q, input logic [31:0] w_bytes, input logic [11:0] wmask_q,
  input logic [11:0] rmask_q, input logic [1:0] wburst_q, input logic [1:0] rburst_q, input logic [39:0] waddr_q, input logic [2:0] wsize_q,
  input logic [2:0] rsize_q, input logic rdrop_q
);
  logic aw, ar, b, r;
  assign {aw, ar, b, r} = {awvalid_i && awready_o, arvalid_i && arready_o, bvalid_o && bready_i, rvalid_o && rready_i};
  // g_burst: FIXED, INCR, WRAP, reserved
  for (genvar i = 0; i < 4; i++) begin : g_burst
    write_burst: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awburst_i == 2'(i));
    read_burst: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && arburst_i == 2'(i));
    if (i < 3) begin : g_legal
      write_taken: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awburst_i == 2'(i) && aw_kind == '0);
      read_taken: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && arburst_i == 2'(i) && ar_kind == '0);
    end
  end
  // g_size: 1 byte, 2 bytes, 4 bytes, 8 bytes, 16 bytes, 32 bytes, 64 bytes, 128 bytes
  for (genvar i = 0; i < 8; i++) begin : g_size
    write_size: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awsize_i == 3'(i));
    read_size: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && arsize_i == 3'(i));
    if (i < 6) begin : g_fits
      // g_type: FIXED, INCR, WRAP
      for (genvar t = 0; t < 3; t++) begin : g_type
        write_several: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awsize_i == 3'(i) && awburst_i == 2'(t) && aw_kind == '0 && awlen_i != '0);
        read_several: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && arsize_i == 3'(i) && arburst_i == 2'(t) && ar_kind == '0 && arlen_i != '0);
      end
    end
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
      write_good: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awaddr_i[39:36] == 4'(i) && aw_kind == '0);
      read_good: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && araddr_i[39:36] == 4'(i) && ar_kind == '0);
    end
  end
  // g_beats: 1, 2, more, 128
  for (genvar i = 0; i < 4; i++) begin : g_beats
    write_length: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && aw_kind == '0 && (i == 2 ? awlen_i > 8'd1 && awlen_i < 8'd127 : awlen_i == (i == 3 ? 8'd127 : 8'(i))));
    read_length: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && ar_kind == '0 && (i == 2 ? arlen_i > 8'd1 && arlen_i < 8'd127 : arlen_i == (i == 3 ? 8'd127 : 8'(i))));
  end
  // g_wrap: 2 beats, 4 beats, 8 beats, 16 beats
  for (genvar i = 0; i < 4; i++) begin : g_wrap
    write_wraps: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && aw_kind == '0 && awburst_i == 2'd2 && awlen_i == 8'((2 << i) - 1));
    read_wraps: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && ar_kind == '0 && arburst_i == 2'd2 && arlen_i == 8'((2 << i) - 1));
  end
  // g_refused: , nowhere, not a burst, crosses 4 KiB
  for (genvar i = 1; i < 4; i++) begin : g_refused
    write_refused: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && aw_kind == 2'(i));
    read_refused: cover property (@(posedge clk_i) disable iff (!rst_ni) ar && ar_kind == 2'(i));
  end
  write_comes_round: cover property (@(posedge clk_i) disable iff (!rst_ni) w_take && !wdrop_q && wburst_q == 2'd2 && wleft_q != '0 && ((waddr_q[11:0] | ((12'd1 << wsize_q) - 12'd1)) & wmask_q) == wmask_q);
  read_comes_round: cover property (@(posedge clk_i) disable iff (!rst_ni) r && !rdrop_q && rburst_q == 2'd2 && !rlast_o && ((raddr_q[11:0] | ((12'd1 << rsize_q) - 12'd1)) & rmask_q) == rmask_q);
  narrow_at_the_end_of_a_word: cover property (@(posedge clk_i) disable iff (!rst_ni) w_take && !wdrop_q && w_bytes == 32'h80000000);
  strobes_beside_the_beat: cover property (@(posedge clk_i) disable iff (!rst_ni) w_take && !wdrop_q && (wstrb_i & ~w_bytes) != '0);
  crosses_4k: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && aw_kind == 2'd3 && 9'(awaddr_i[11:5]) + 9'(awlen_i) == 9'd128);
  ends_at_4k: cover property (@(posedge clk_i) disable iff (!rst_ni) aw && awsize_i == 3'd5 && awburst_i == 2'd1 && 9'(awaddr_i[11:5]) + 9'(awlen_i) == 9'd127);
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
  lane_not_ready: cover property (@(posedge clk_i) disable iff (!rst_ni) beat_q && !turn_q && w_dram && whole_q && wout_q != 6'd63 && !w_go);
  writes_outstanding: cover property (@(posedge clk_i) disable iff (!rst_ni) wout_q > 6'd1);
  most_outstanding: cover property (@(posedge clk_i) disable iff (!rst_ni) wout_q == 6'd63);
  read_waits_for_writes: cover property (@(posedge clk_i) disable iff (!rst_ni) rstate_q == 2'd1 && !turn_q && (beat_q || wout_q != '0));
  read_stops_write: cover property (@(posedge clk_i) disable iff (!rst_ni) wstate_q == 2'd1 && wvalid_i && !beat_q && rstate_q == 2'd1 && !turn_q);
  // merging
  // g_merge: DRAM, program, segments, tokens
  for (genvar i = 0; i < 4; i++) begin : g_merge
    merged: cover property (@(posedge clk_i) disable iff (!rst_ni) m_done && !busy_i && baddr_q[39:36] == 4'(i));
    no_bytes: cover property (@(posedge clk_i) disable iff (!rst_ni) w_look && !w_refuse && bstrb_q == '0 && baddr_q[39:36] == 4'(i));
  end
  merge_waits_for_writes: cover property (@(posedge clk_i) disable iff (!rst_ni) merge_q == 2'd1 && in_lane && wout_q != '0);
  merge_waits_for_the_lane: cover property (@(posedge clk_i) disable iff (!rst_ni) merge_q == 2'd1 && in_lane && wout_q == '0 && !taken);
  merge_overtaken_by_a_start: cover property (@(posedge clk_i) disable iff (!rst_ni) m_done && busy_i);
  read_waits_for_a_merge: cover property (@(posedge clk_i) disable iff (!rst_ni) merge_q == 2'd2 && rstate_q == 2'd1);
  soft_reset_during_a_merge: cover property (@(posedge clk_i) disable iff (!rst_ni) !core_rst_ni && merge_q != '0);
  segment_read: cover property (@(posedge clk_i) disable iff (!rst_ni) taken && lane_seg_o && turn_q);
  // beats that are not taken
  part_refused_while_busy: cover property (@(posedge clk_i) disable iff (!rst_ni) w_look && w_refuse && w_dram);
  refused_while_busy: cover property (@(posedge clk_i) disable iff (!rst_ni) w_look && w_refuse && !w_dram);
  last_too_early: cover property (@(posedge clk_i) disable iff (!rst_ni) w_take && wlast_i && wleft_q != '0);
  last_missing: cover property (@(posedge clk_i) disable iff (!rst_ni) w_take && !wlast_i && wleft_q == '0);
  soft_reset_during_write: cover property (@(posedge clk_i) disable iff (!rst_ni) !core_rst_ni && (beat_q || wout_q != '0));
  soft_reset_during_read: cover property (@(posedge clk_i) disable iff (!rst_ni) !core_rst_ni && (rstate_q == 2'd1 || rstate_q == 2'd2));
endmodule
bind htx_host_win htx_host_win_cover u_cover (.*);
