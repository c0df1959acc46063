// SPDX-License-Identifier: Apache-2.0
// htx_host_csr: AXI4-Lite, one answer a request, no answer before its request, answers stand until taken; start and soft reset
// (docs/blocks/host.md, Registers).
module host_csr_props (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        awvalid_i,
  input logic [11:0] awaddr_i,
  input logic        wvalid_i,
  input logic [31:0] wdata_i,
  input logic [3:0]  wstrb_i,
  input logic        bready_i,
  input logic        arvalid_i,
  input logic [11:0] araddr_i,
  input logic        rready_i,
  input logic        busy_i,
  input logic        done_i,
  input logic        error_i,
  input logic        paused_i,
  input logic [15:0] pc_i,
  input logic [31:0] error_word_i,
  input logic [17:0] pos_i,
  input logic [17:0] count_i,
  input logic [17:0] last_i,
  input logic        perf_there_i,
  input logic [31:0] perf_value_i,
  input logic [2:0]  bad_kind_i,
  input logic        bad_write_i,
  input logic [39:0] bad_addr_i
);
  logic        awready, wready, bvalid, arready, rvalid, irq, core_rst_n, start, eos_en;
  logic [1:0]  bresp, rresp;
  logic [31:0] rdata;
  logic [17:0] cfg_pos, cfg_prompt, cfg_limit;
  logic [17:0] cfg_eos, cfg_vocab;
  logic [5:0]  lanes_total;
  htx_pkg::run_ctl_t ctl;
  logic [63:0] cycles;
  logic [2:0]  soft_left;
  logic [11:0] raddr;
  htx_host_csr #(.LANES(2)) dut (
    .clk_i, .rst_ni, .awvalid_i, .awready_o(awready), .awaddr_i, .wvalid_i, .wready_o(wready), .wdata_i, .wstrb_i, .bvalid_o(bvalid),
    .bready_i, .bresp_o(bresp), .arvalid_i, .arready_o(arready), .araddr_i, .rvalid_o(rvalid), .rready_i, .rdata_o(rdata),
    .rresp_o(rresp), .irq_o(irq), .core_rst_no(core_rst_n), .start_o(start), .cfg_pos_o(cfg_pos), .cfg_prompt_o(cfg_prompt),
    .cfg_limit_o(cfg_limit), .cfg_eos_en_o(eos_en), .cfg_eos_o(cfg_eos), .cfg_vocab_o(cfg_vocab), .lanes_total_o(lanes_total),
    .ctl_o(ctl), .paused_i, .pc_i, .busy_i, .done_i, .error_i, .error_word_i, .pos_i, .count_i, .last_i, .raddr_o(raddr), .perf_there_i, .perf_value_i, .bad_kind_i, .bad_write_i, .bad_addr_i, .cycles_o(cycles), .soft_left_o(soft_left));

  logic        started_q = 1'b0;
  logic        lived_q, b_stands_q, r_stands_q, busy_q, start_q, stop_q, go_q, paused_q, w_both_q, r_one_q;
  logic [1:0]  bresp_q, rresp_q;
  logic [31:0] rdata_q;
  logic [2:0]  aw_open_q, w_open_q, ar_open_q;  // taken and not answered
  logic [2:0]  low_q;                           // clocks core_rst_no has been low outside reset, 4 for more
  always_ff @(posedge clk_i) begin
    started_q  <= 1'b1;
    lived_q    <= rst_ni;
    b_stands_q <= rst_ni && bvalid && !bready_i;
    r_stands_q <= rst_ni && rvalid && !rready_i;
    bresp_q    <= bresp;
    rresp_q    <= rresp;
    rdata_q    <= rdata;
    busy_q     <= rst_ni && core_rst_n && busy_i;
    start_q    <= rst_ni && core_rst_n && start;
    stop_q     <= rst_ni && ctl.stop;
    go_q       <= rst_ni && ctl.go;
    paused_q   <= paused_i;
    w_both_q   <= rst_ni && aw_open_q != '0 && w_open_q != '0 && !bvalid;
    r_one_q    <= rst_ni && ar_open_q != '0 && !rvalid;
    if (!rst_ni) begin
      aw_open_q <= '0;
      w_open_q  <= '0;
      ar_open_q <= '0;
      low_q     <= '0;
    end else begin
      aw_open_q <= aw_open_q + 3'(awvalid_i && awready) - 3'(bvalid && bready_i);
      w_open_q  <= w_open_q + 3'(wvalid_i && wready) - 3'(bvalid && bready_i);
      ar_open_q <= ar_open_q + 3'(arvalid_i && arready) - 3'(rvalid && rready_i);
      low_q     <= core_rst_n || !lived_q ? '0 : low_q + 3'(low_q != 3'd4);
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: the sequencer gets busy in the clock after a start alone, and is not while it is in reset.
      a2: assume (!busy_i || busy_q || start_q);

      // rule 1: an answer to a write stands until it is taken.
      r1: assert (!b_stands_q || (bvalid && bresp == bresp_q));
      // rule 2: an answer to a read stands until it is taken, data and all.
      r2: assert (!r_stands_q || (rvalid && rresp == rresp_q && rdata == rdata_q));
      // rule 3: no write is answered without an address and a word of its own.
      r3: assert (!bvalid || (aw_open_q != '0 && w_open_q != '0));
      // rule 4: no read is answered without an address of its own.
      r4: assert (!rvalid || ar_open_q != '0);
      // rule 5: at most two addresses, words or reads are taken and not answered.
      r5: assert (aw_open_q <= 3'd2 && w_open_q <= 3'd2 && ar_open_q <= 3'd2);
      // rule 6: a write whose address and word stand is answered in the next clock, if no answer stood.
      r6: assert (!w_both_q || bvalid);
      // rule 7: so is a read.
      r7: assert (!r_one_q || rvalid);
      // rule 8: writes are answered OKAY, SLVERR or DECERR, reads OKAY or DECERR.
      r8: assert (bresp != 2'd1 && rresp != 2'd1 && rresp != 2'd2);
      // rule 9: a start is a pulse, given only together with the answer OKAY to its write.
      r9: assert (!start || (bvalid && bresp == 2'd0 && !start_q));
      // rule 10: a soft reset lasts four clocks, or longer if asked for again before its end.
      r10: assert (!(lived_q && low_q != '0 && low_q < 3'd4) || !core_rst_n);
      // rule 11: stop and go on are pulses, each given only together with the answer OKAY to its write.
      r11: assert (!(ctl.stop || ctl.go) || (bvalid && bresp == 2'd0 && !(stop_q || go_q)));
      // rule 12: go on is said only to what was paused a clock before.
      r12: assert (!ctl.go || paused_q);

      // cover 1: a start is given.
      c1: cover (start);
      // cover 2: a soft reset is over.
      c2: cover (low_q == 3'd4 && core_rst_n);
      // cover 3: two writes wait for the answer to the first to be taken.
      c3: cover (aw_open_q == 3'd2 && w_open_q == 3'd2 && b_stands_q);
    end
  end
endmodule
