// SPDX-License-Identifier: Apache-2.0
// htx_host_csr: AXI4-Lite slave for the registers REG_*, start, soft reset and interrupt (docs/blocks/host.md).
//
// A write acts one clock after address and word stand, its answer follows in the next; reads likewise.
module htx_host_csr #(
  parameter int unsigned LANES = 8,
  parameter int unsigned COLUMNS = 1
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  // AXI4-Lite
  input  logic        awvalid_i,      ///< write address
  output logic        awready_o,      ///< address taken
  input  logic [11:0] awaddr_i,       ///< register, byte offset
  input  logic        wvalid_i,       ///< write word
  output logic        wready_o,       ///< word taken
  input  logic [31:0] wdata_i,        ///< the word
  input  logic [3:0]  wstrb_i,        ///< its bytes that count; all have to
  output logic        bvalid_o,       ///< write answer
  input  logic        bready_i,       ///< answer taken
  output logic [1:0]  bresp_o,        ///< 0 OKAY, 2 SLVERR, 3 DECERR
  input  logic        arvalid_i,      ///< read address
  output logic        arready_o,      ///< address taken
  input  logic [11:0] araddr_i,       ///< register, byte offset
  output logic        rvalid_o,       ///< read word
  input  logic        rready_i,       ///< word taken
  output logic [31:0] rdata_o,        ///< the word
  output logic [1:0]  rresp_o,        ///< 0 OKAY, 3 DECERR
  output logic        irq_o,          ///< level: done or error
  // the chip
  output logic        core_rst_no,    ///< reset of everything else
  output logic        start_o,        ///< pulse
  output logic [htx_pkg::POS_W-1:0] cfg_pos_o,      ///< first position
  output logic [htx_pkg::POS_W-1:0] cfg_prompt_o,   ///< tokens known
  output logic [htx_pkg::POS_W-1:0] cfg_limit_o,    ///< stop at so many tokens
  output logic        cfg_eos_en_o,   ///< stop at the end-of-sequence token
  output logic [17:0] cfg_eos_o,      ///< that token
  output logic [17:0] cfg_vocab_o,    ///< vocabulary
  output logic [5:0]  lanes_total_o,  ///< lanes over all chips
  output htx_pkg::run_ctl_t ctl_o,    ///< pausing, watchdog
  input  logic        busy_i,         ///< a program runs
  input  logic        done_i,         ///< it stopped in order
  input  logic        error_i,        ///< it stopped with an error
  input  logic        paused_i,       ///< it is paused
  input  logic [31:0] error_word_i,   ///< register ERROR
  input  logic [15:0] pc_i,           ///< instruction in hand
  input  logic [htx_pkg::POS_W-1:0] pos_i,          ///< live position
  input  logic [htx_pkg::POS_W-1:0] count_i,        ///< tokens known
  input  logic [17:0] last_i,         ///< last token decoded
  // performance counters
  output logic [11:0] raddr_o,        ///< register being read
  input  logic        perf_there_i,   ///< it is a counter
  input  logic [31:0] perf_value_i,   ///< its value
  // accesses that the data windows refuse
  input  logic [2:0]  bad_kind_i,     ///< bad_e of one in this clock, or 0
  input  logic        bad_write_i,    ///< it is a write
  input  logic [39:0] bad_addr_i,     ///< its address
  // state, for comparison
  output logic [63:0] cycles_o,       ///< clocks since start
  output logic [2:0]  soft_left_o     ///< clocks of soft reset left
);
  localparam int unsigned SOFT_RESET_CLOCKS = 4;
  logic        aw_q, w_q, ar_q;  // a place is taken
  logic [11:0] awaddr_q, araddr_q;
  logic [31:0] wdata_q;
  logic [3:0]  wstrb_q;
  logic [2:0]  soft_left_q;
  logic [63:0] cycles_q;
  logic [3:0]  bad_kind_q;  // register BAD
  logic        bad_write_q;
  logic [39:0] bad_addr_q;
  assign cycles_o    = cycles_q;
  assign soft_left_o = soft_left_q;
  assign raddr_o     = araddr_q;
  assign awready_o = !aw_q;
  assign wready_o  = !w_q;
  assign arready_o = !ar_q;

  // larger values are kept as the largest
  logic [htx_pkg::POS_W-1:0] value_pos;
  logic [17:0] value18;
  logic        busy, act, w_ok, w_there, is_break;  // a register; one of the four words of BREAK
  assign value_pos = wdata_q[31:htx_pkg::POS_W] != '0 ? '1 : wdata_q[htx_pkg::POS_W-1:0];
  assign value18 = wdata_q[30:18] != '0 ? '1 : wdata_q[17:0];
  assign busy    = busy_i || start_o;
  assign act     = aw_q && w_q && !bvalid_o;
  assign is_break = awaddr_q[11:4] == 8'(htx_pkg::REG_BREAK >> 4) && awaddr_q[1:0] == 2'd0;
  always_comb begin
    w_there = 1'b1;
    case (32'(awaddr_q))
      htx_pkg::REG_ID, htx_pkg::REG_VERSION, htx_pkg::REG_LANES, htx_pkg::REG_COLUMNS, htx_pkg::REG_STATUS, htx_pkg::REG_ERROR, htx_pkg::REG_TOKENS,
      htx_pkg::REG_CYCLES, htx_pkg::REG_CYCLES_HI, htx_pkg::REG_LAST, htx_pkg::REG_PC, htx_pkg::REG_BAD_ADDR: w_ok = 1'b0;
      htx_pkg::REG_CTRL:        w_ok = wdata_q[1] || ((!wdata_q[0] || (!busy && core_rst_no)) && (!wdata_q[3] || paused_i));
      htx_pkg::REG_LIMIT, htx_pkg::REG_EOS, htx_pkg::REG_WATCHDOG, htx_pkg::REG_BAD: w_ok = 1'b1;
      htx_pkg::REG_PROMPT, htx_pkg::REG_VOCAB, htx_pkg::REG_POS: w_ok = !busy;
      htx_pkg::REG_LANES_TOTAL: w_ok = !busy && wdata_q != '0;
      default: begin
        w_ok    = is_break;
        w_there = is_break || (awaddr_q[1:0] == 2'd0 &&
                               ((awaddr_q[11:5] == 7'(htx_pkg::REG_PERF >> 5) && awaddr_q[4:3] != 2'd3) ||
                                (awaddr_q[11:8] == 4'(htx_pkg::REG_LANE >> 8) && 32'(awaddr_q[7:5]) < LANES)));
      end
    endcase
    if (wstrb_q != '1) w_ok = 1'b0;
  end

  logic [31:0] value;
  logic        r_ok, r_act;
  assign r_act = ar_q && !rvalid_o;
  always_comb begin
    r_ok  = 1'b1;
    value = '0;
    case (32'(araddr_q))
      htx_pkg::REG_ID:          value = htx_pkg::ID_VALUE;
      htx_pkg::REG_VERSION:     value = htx_pkg::VERSION_VALUE;
      htx_pkg::REG_LANES:       value = LANES;
      htx_pkg::REG_COLUMNS:     value = COLUMNS;
      htx_pkg::REG_CTRL:        ;
      htx_pkg::REG_STATUS:      value = start_o ? 32'd1 : {28'b0, paused_i, error_i, done_i, busy_i};
      htx_pkg::REG_ERROR:       value = error_word_i;
      htx_pkg::REG_PROMPT:      value = 32'(cfg_prompt_o);
      htx_pkg::REG_LIMIT:       value = 32'(cfg_limit_o);
      htx_pkg::REG_EOS:         value = {cfg_eos_en_o, 13'b0, cfg_eos_o};
      htx_pkg::REG_VOCAB:       value = 32'(cfg_vocab_o);
      htx_pkg::REG_LANES_TOTAL: value = 32'(lanes_total_o);
      htx_pkg::REG_POS:         value = 32'(cfg_pos_o);
      htx_pkg::REG_TOKENS:      value = 32'(count_i);
      htx_pkg::REG_CYCLES:      value = cycles_q[31:0];
      htx_pkg::REG_CYCLES_HI:   value = cycles_q[63:32];
      htx_pkg::REG_LAST:        value = 32'(last_i);
      htx_pkg::REG_PC:          value = 32'(pc_i);
      htx_pkg::REG_WATCHDOG:    value = ctl_o.watchdog;
      htx_pkg::REG_BAD:         value = {8'b0, bad_addr_q[39:32], 7'b0, bad_write_q, 4'b0, bad_kind_q};
      htx_pkg::REG_BAD_ADDR:    value = bad_addr_q[31:0];
      default: begin
        r_ok  = perf_there_i;
        value = perf_there_i ? perf_value_i : '0;
        if (araddr_q[11:4] == 8'(htx_pkg::REG_BREAK >> 4) && araddr_q[1:0] == 2'd0) begin
          r_ok  = 1'b1;
          value = {ctl_o.break_en[araddr_q[3:2]], 15'b0, ctl_o.break_pc[16*32'(araddr_q[3:2])+:16]};
        end
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    start_o    <= 1'b0;
    ctl_o.stop <= 1'b0;
    ctl_o.go   <= 1'b0;
    irq_o      <= (done_i || error_i || paused_i) && !start_o;
    if (busy_i) begin
      cycles_q  <= cycles_q + 64'd1;
      cfg_pos_o <= pos_i;
    end
    if (soft_left_q != '0) soft_left_q <= soft_left_q - 3'd1;
    else core_rst_no <= 1'b1;
    // writes
    if (awvalid_i && !aw_q) begin
      aw_q     <= 1'b1;
      awaddr_q <= awaddr_i;
    end
    if (wvalid_i && !w_q) begin
      w_q     <= 1'b1;
      wdata_q <= wdata_i;
      wstrb_q <= wstrb_i;
    end
    if (bvalid_o && bready_i) bvalid_o <= 1'b0;
    if (act) begin
      aw_q     <= 1'b0;
      w_q      <= 1'b0;
      bvalid_o <= 1'b1;
      bresp_o  <= w_ok ? 2'd0 : w_there ? 2'd2 : 2'd3;
      if (w_ok) begin
        case (32'(awaddr_q))
          htx_pkg::REG_CTRL:
            if (wdata_q[1]) begin
              core_rst_no <= 1'b0;
              soft_left_q <= 3'(SOFT_RESET_CLOCKS - 1);
            end else begin
              if (wdata_q[0]) begin
                start_o  <= 1'b1;
                cycles_q <= '0;
              end
              ctl_o.stop <= wdata_q[2];
              ctl_o.go   <= wdata_q[3];
            end
          htx_pkg::REG_PROMPT:      cfg_prompt_o <= value_pos;
          htx_pkg::REG_LIMIT:       cfg_limit_o <= value_pos;
          htx_pkg::REG_EOS:         {cfg_eos_en_o, cfg_eos_o} <= {wdata_q[31], value18};
          htx_pkg::REG_VOCAB:       cfg_vocab_o <= wdata_q[31] ? '1 : value18;
          htx_pkg::REG_LANES_TOTAL: lanes_total_o <= wdata_q[31:6] != '0 ? '1 : wdata_q[5:0];
          htx_pkg::REG_POS:         cfg_pos_o <= value_pos;
          htx_pkg::REG_WATCHDOG:    ctl_o.watchdog <= wdata_q;
          htx_pkg::REG_BAD:         ;  // below
          default: begin  // BREAK
            ctl_o.break_en[awaddr_q[3:2]] <= wdata_q[31];
            ctl_o.break_pc[16*32'(awaddr_q[3:2])+:16] <= wdata_q[30:16] != '0 ? '1 : wdata_q[15:0];
          end
        endcase
      end
    end
    // reads
    if (arvalid_i && !ar_q) begin
      ar_q     <= 1'b1;
      araddr_q <= araddr_i;
    end
    if (rvalid_o && rready_i) rvalid_o <= 1'b0;
    if (r_act) begin
      ar_q     <= 1'b0;
      rvalid_o <= 1'b1;
      rdata_o  <= value;
      rresp_o  <= r_ok ? 2'd0 : 2'd3;
    end
    // the first refused access since BAD was written
    if (act && w_ok && 32'(awaddr_q) == htx_pkg::REG_BAD) {bad_kind_q, bad_write_q, bad_addr_q} <= '0;
    if (bad_kind_q == '0 || (act && w_ok && 32'(awaddr_q) == htx_pkg::REG_BAD)) begin
      if (bad_kind_i != '0) {bad_kind_q, bad_write_q, bad_addr_q} <= {1'b0, bad_kind_i, bad_write_i, bad_addr_i};
      else if (act && !w_ok) {bad_kind_q, bad_write_q, bad_addr_q} <= {w_there ? 4'(htx_pkg::BAD_REFUSED) : 4'(htx_pkg::BAD_REGISTER), 1'b1, 28'b0, awaddr_q};
      else if (r_act && !r_ok) {bad_kind_q, bad_write_q, bad_addr_q} <= {4'(htx_pkg::BAD_REGISTER), 1'b0, 28'b0, araddr_q};
    end
    if (!rst_ni) begin
      {aw_q, w_q, ar_q, awaddr_q, araddr_q, wdata_q, wstrb_q, soft_left_q, cycles_q, bad_kind_q, bad_write_q, bad_addr_q} <= '0;
      {bvalid_o, bresp_o, rvalid_o, rdata_o, rresp_o, irq_o, core_rst_no, start_o} <= '0;
      {cfg_pos_o, cfg_prompt_o, cfg_eos_en_o, cfg_eos_o, cfg_vocab_o} <= '0;
      ctl_o          <= '0;
      ctl_o.watchdog <= '1;
      cfg_limit_o   <= 18'(htx_pkg::TOKEN_WORDS);
      lanes_total_o <= 6'(LANES);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (lanes_total_o != '0);
      assert (!(start_o && (busy_i || !core_rst_no)));
    end
  end
endmodule
