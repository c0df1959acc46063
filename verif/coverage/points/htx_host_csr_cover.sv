// SPDX-License-Identifier: Apache-2.0
// Functional points of htx_host_csr: each register read and written, accepted and refused, and the order of the channels.
module htx_host_csr_cover (
  input logic clk_i, input logic rst_ni, input logic act, input logic w_ok, input logic [11:0] awaddr_q, input logic [31:0] wdata_q, input logic [3:0] wstrb_q,
  input logic ar_q, input logic rvalid_o, input logic [11:0] araddr_q, input logic r_ok, input logic w_there, input logic [3:0] bad_kind_q, input logic [2:0] bad_kind_i, input logic aw_q, input logic w_q, input logic bvalid_o,
  input logic bready_i, input logic rready_i, input logic awvalid_i, input logic wvalid_i, input logic arvalid_i, input logic busy, input logic irq_o,
  input logic done_i, input logic error_i, input logic paused_i, input htx_pkg::run_ctl_t ctl_o, input logic core_rst_no
);
  logic answers;
  assign answers = ar_q && !rvalid_o;
  // g_register: ID, VERSION, LANES, CTRL, STATUS, ERROR, PROMPT, LIMIT, EOS, VOCAB, LANES_TOTAL, POS, TOKENS, CYCLES, CYCLES_HI, LAST, PC, WATCHDOG, no 48, no 4c, BREAK0, BREAK1, BREAK2, BREAK3, BAD, BAD_ADDR, none
  for (genvar i = 0; i < 27; i++) begin : g_register
    read: cover property (@(posedge clk_i) disable iff (!rst_ni) answers && (i == 26 ? araddr_q >= 12'h68 : araddr_q == 12'(4 * i)));
    write: cover property (@(posedge clk_i) disable iff (!rst_ni) act && (i == 26 ? awaddr_q >= 12'h68 : awaddr_q == 12'(4 * i)));
    if (i == 3 || (i >= 6 && i <= 11) || i == 17 || (i >= 20 && i <= 24)) begin : g_writable
      accepted: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && awaddr_q == 12'(4 * i));
    end
    if (i == 3 || i == 6 || (i >= 9 && i <= 11)) begin : g_idle_only
      refused_while_busy: cover property (@(posedge clk_i) disable iff (!rst_ni) act && !w_ok && busy && wstrb_q == '1 && awaddr_q == 12'(4 * i));
    end
  end
  // g_bad: , nowhere, burst, 4K, busy, last, reset, register, refused
  for (genvar i = 0; i < 9; i++) begin : g_bad
    if (i != 0) begin : g_kind
      kept: cover property (@(posedge clk_i) disable iff (!rst_ni) bad_kind_q == 4'(i));
    end
  end
  bad_second: cover property (@(posedge clk_i) disable iff (!rst_ni) bad_kind_q != '0 && bad_kind_i != '0 && 4'(bad_kind_i) != bad_kind_q);
  bad_in_the_clearing_clock: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && awaddr_q == 12'h60 && bad_kind_i != '0);
  bad_of_both_ports: cover property (@(posedge clk_i) disable iff (!rst_ni) act && !w_ok && bad_kind_i != '0 && bad_kind_q == '0);
  write_of_no_register: cover property (@(posedge clk_i) disable iff (!rst_ni) act && !w_there);
  read_of_no_register: cover property (@(posedge clk_i) disable iff (!rst_ni) answers && !r_ok);
  read_unaligned: cover property (@(posedge clk_i) disable iff (!rst_ni) answers && araddr_q[1:0] != '0);
  write_unaligned: cover property (@(posedge clk_i) disable iff (!rst_ni) act && awaddr_q[1:0] != '0);
  partial_strobes: cover property (@(posedge clk_i) disable iff (!rst_ni) act && wstrb_q != '1);
  no_lanes_refused: cover property (@(posedge clk_i) disable iff (!rst_ni) act && !busy && awaddr_q == 12'h28 && wdata_q == '0);
  start: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && awaddr_q == 12'h0c && wdata_q[1:0] == 2'd1);
  start_with_stop: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && awaddr_q == 12'h0c && wdata_q[2:0] == 3'd5);
  stop: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && busy && awaddr_q == 12'h0c && wdata_q[3:0] == 4'd4);
  go_on: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && awaddr_q == 12'h0c && wdata_q[3:0] == 4'd8);
  one_step: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && awaddr_q == 12'h0c && wdata_q[3:0] == 4'd12);
  go_on_refused: cover property (@(posedge clk_i) disable iff (!rst_ni) act && !w_ok && !paused_i && awaddr_q == 12'h0c && wdata_q[3:0] == 4'd8);
  soft_reset_while_paused: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && paused_i && awaddr_q == 12'h0c && wdata_q[1]);
  soft_reset: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && awaddr_q == 12'h0c && wdata_q[1]);
  soft_reset_while_busy: cover property (@(posedge clk_i) disable iff (!rst_ni) act && w_ok && busy && awaddr_q == 12'h0c && wdata_q[1]);
  start_during_reset: cover property (@(posedge clk_i) disable iff (!rst_ni) act && !w_ok && !core_rst_no && awaddr_q == 12'h0c && wdata_q[0]);
  address_first: cover property (@(posedge clk_i) disable iff (!rst_ni) aw_q && !w_q);
  data_first: cover property (@(posedge clk_i) disable iff (!rst_ni) w_q && !aw_q);
  both_at_once: cover property (@(posedge clk_i) disable iff (!rst_ni) awvalid_i && wvalid_i && !aw_q && !w_q);
  b_held: cover property (@(posedge clk_i) disable iff (!rst_ni) bvalid_o && !bready_i);
  b_blocks_next: cover property (@(posedge clk_i) disable iff (!rst_ni) bvalid_o && aw_q && w_q);
  r_held: cover property (@(posedge clk_i) disable iff (!rst_ni) rvalid_o && !rready_i);
  r_blocks_next: cover property (@(posedge clk_i) disable iff (!rst_ni) rvalid_o && ar_q);
  aw_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) awvalid_i && aw_q);
  w_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) wvalid_i && w_q);
  ar_waits: cover property (@(posedge clk_i) disable iff (!rst_ni) arvalid_i && ar_q);
  interrupt_of_done: cover property (@(posedge clk_i) disable iff (!rst_ni) irq_o && done_i);
  interrupt_of_pause: cover property (@(posedge clk_i) disable iff (!rst_ni) irq_o && paused_i);
  interrupt_of_error: cover property (@(posedge clk_i) disable iff (!rst_ni) irq_o && error_i);
endmodule
bind htx_host_csr htx_host_csr_cover u_cover (.*);
