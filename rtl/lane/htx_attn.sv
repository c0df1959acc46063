// SPDX-License-Identifier: Apache-2.0
// htx_attn: attention of a column: scores and maxima of its pages, shares and denominator, 64-bit sums of the values.
//
// SCORE: every token's score is kept with its V exponent; page maxima go to the page memory, the lane's maxima to the
// tree. PV, once the maxima over all lanes are back: a pass over each page's scores makes its 32 shares (for htx_dot) and
// its terms of the denominator; the columns that htx_dot returns are shifted to the common exponent and added in 64 bits;
// then all sums go to the tree. Integers throughout but for the score's conversion. docs/blocks/attn.md specifies every clock.
module htx_attn (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        at_valid_i,    ///< pulse: a command starts
  input  logic        at_pv_i,       ///< PV, else SCORE
  input  logic        at_last_i,     ///< this is its last column
  input  logic [9:0]  at_count_i,    ///< its pages on this lane, 0..512
  input  logic [3:0]  at_kt_i,       ///< blocks a head, 1..8
  input  logic [4:0]  at_low_i,      ///< last valid token of its last page
  input  logic        sc_valid_i,    ///< pulse: a score, tokens ascending
  input  logic [31:0] sc_x_i,        ///< fp32, log2 units
  input  logic [7:0]  sc_ev_i,       ///< V exponent of the token
  output logic        share_we_o,    ///< pulse: share of a token
  output logic [5:0]  share_addr_o,  ///< {page[0], token}
  output logic [6:0]  share_o,       ///< 0..127
  output logic        share_ok_o,    ///< the next page of values may start
  input  logic        page_i,        ///< pulse: it starts
  input  logic        col_valid_i,   ///< pulse: a column of a value tile
  input  logic [20:0] col_i,         ///< signed
  input  logic [7:0]  col_addr_i,    ///< {tile[2:0], column}
  input  logic [1:0]  col_page_i,    ///< page, modulo 4
  input  logic        col_first_i,   ///< of the first page
  input  logic        col_last_i,    ///< the command's last
  output logic        max_ok_o,      ///< maxima are here: a PV may start
  output logic        red_valid_o,   ///< a message to the tree
  input  logic        red_ready_i,   ///< it is taken
  output logic        red_kind_o,    ///< 0: maxima {M, U}; 1: a sum
  output logic [63:0] red_data_o,    ///< zero while not valid
  output logic        red_end_o,     ///< it is the column's last of the command
  output logic        red_last_o,    ///< this is the command's last column
  output logic        red_fin_o,     ///< pulse: the last message of a command's last column was taken
  input  logic        max_valid_i,   ///< pulse: maxima over all lanes
  /* verilator lint_off UNUSEDSIGNAL */  // 18 bits hold every maximum but that of nothing, which no page meets
  input  logic [31:0] max_m_i,       ///< M over all lanes
  input  logic [31:0] max_u_i,       ///< U over all lanes
  /* verilator lint_on UNUSEDSIGNAL */
  output logic [7:0]  err_o          ///< err_e, sticky
);
  localparam logic [31:0] NONE = 32'h80000000;  // the maximum of nothing
  localparam logic [1:0] PV_IDLE = 2'd0, PV_RUN = 2'd1, PV_DRAIN = 2'd2;
  localparam logic [1:0] GEN_IDLE = 2'd0, GEN_READ = 2'd1, GEN_SHIFT = 2'd2, GEN_TOK = 2'd3;

  // ---------------------------------------------------------------- scores
  logic        s_v, s_bad, s_ok;
  logic [23:0] s;
  logic [7:0]  s_ev;
  logic [4:0]  s_tok_q, s_low_q;
  logic [8:0]  s_page_q;
  logic [9:0]  s_count_q;
  logic signed [25:0] s_fold;
  htx_f2score u_score (.clk_i, .valid_i(sc_valid_i), .a_i(sc_x_i), .y_o(s), .bad_o(s_bad));
  htx_delay #(.WIDTH(9), .N(htx_fp_pkg::F2SCORE_LATENCY)) u_side (.clk_i, .rst_ni, .d_i({sc_valid_i, sc_ev_i}), .d_o({s_v, s_ev}));
  assign s_ok   = ({1'b0, s_page_q} + 10'd1 != s_count_q) || (s_tok_q <= s_low_q);
  assign s_fold = 26'($signed(s)) + 26'($signed({s_ev, 8'd0}));

  logic               score_we, m_v_q, m_ok_q, m_new_q, m_page_q, m_end_q, page_we_q, page_end_q;
  logic [13:0]        score_waddr;
  logic [31:0]        score_wdata;  // {V exponent, score}, zero while idle
  logic signed [17:0] m_s_q, m_u_q, page_max_q;
  logic [8:0]         m_addr_q, page_addr_q;
  logic signed [31:0] run_m_q, run_u_q;
  logic               max_pend_q, max_last_q, pv_last_q;
  assign score_we    = s_v;
  assign score_waddr = s_v ? {s_page_q, s_tok_q} : 14'd0;
  assign score_wdata = s_v ? {s_ev, s} : 32'd0;

  /* verilator lint_off UNUSEDSIGNAL */  // only the quotients by 256 are wanted
  logic signed [25:0] s_up, fold_up;
  /* verilator lint_on UNUSEDSIGNAL */
  assign s_up    = 26'($signed(s)) + 26'sd255;
  assign fold_up = s_fold + 26'sd255;

  logic red_take;
  assign red_take = red_valid_o && red_ready_i;

  always_ff @(posedge clk_i) begin
    m_ok_q   <= s_ok;
    m_new_q  <= s_tok_q == 5'd0;
    m_addr_q <= s_page_q;
    m_s_q    <= s_up[25:8];
    m_u_q    <= fold_up[25:8];
    page_addr_q <= m_addr_q;
    if (!rst_ni) begin
      s_tok_q    <= '0;
      s_page_q   <= '0;
      s_low_q    <= '0;
      s_count_q  <= '0;
      m_v_q      <= 1'b0;
      m_page_q   <= 1'b0;
      m_end_q    <= 1'b0;
      page_we_q  <= 1'b0;
      page_end_q <= 1'b0;
      page_max_q <= '0;
      run_m_q    <= NONE;
      run_u_q    <= NONE;
      max_pend_q <= 1'b0;
      max_last_q <= 1'b0;
      err_o      <= htx_pkg::ERR_NONE;
    end else begin
      m_v_q      <= s_v;
      m_page_q   <= s_v && s_tok_q == 5'd31;
      m_end_q    <= s_v && s_tok_q == 5'd31 && {1'b0, s_page_q} + 10'd1 == s_count_q;
      page_we_q  <= m_page_q;
      page_end_q <= m_end_q;
      if (s_v) begin
        s_tok_q <= s_tok_q + 5'd1;
        if (s_tok_q == 5'd31) s_page_q <= s_page_q + 9'd1;
        if (s_bad && s_ok) err_o <= htx_pkg::ERR_SCORE;
      end
      if (m_v_q && m_ok_q) begin
        if (m_new_q || m_u_q > page_max_q) page_max_q <= m_u_q;
        if (32'(m_s_q) > run_m_q) run_m_q <= 32'(m_s_q);
      end
      if (page_we_q && 32'(page_max_q) > run_u_q) run_u_q <= 32'(page_max_q);
      if (page_end_q) max_pend_q <= 1'b1;
      else if (red_take && !red_kind_o) max_pend_q <= 1'b0;
      if (at_valid_i && !at_pv_i) begin
        s_tok_q    <= '0;
        s_page_q   <= '0;
        s_low_q    <= at_low_i;
        s_count_q  <= at_count_i;
        run_m_q    <= NONE;
        run_u_q    <= NONE;
        max_pend_q <= at_count_i == 10'd0;
        max_last_q <= at_last_i;
      end
    end
  end

  // ---------------------------------------------------------------- shares and the denominator
  logic [1:0]  pv_q, gen_q;
  logic [9:0]  pv_count_q, gen_page_q;
  logic [3:0]  pv_kt_q;
  logic [4:0]  pv_low_q, gen_tok_q;
  logic        gen_ahead_q;   // the shares of the page after the running one are made, or begun
  logic signed [17:0] max_m_q, max_u_q, uc_q, page_rd, gap;
  logic [31:0] score_rd;
  logic [5:0]  shift_q [4];   // of the last four pages
  logic        gen_page_re, gen_last;
  assign gen_page_re = (pv_q == PV_RUN) && (gen_q == GEN_IDLE) && (gen_page_q != pv_count_q) && !gen_ahead_q;
  assign gen_last    = gen_page_q + 10'd1 == pv_count_q;
  assign gap         = max_u_q - uc_q;

  htx_ram #(.WIDTH(32), .DEPTH(htx_pkg::SCORE_TOKENS)) u_scores (
    .clk_i, .we_i(score_we), .waddr_i(score_waddr), .wdata_i(score_wdata),
    .re_i(gen_q == GEN_TOK), .raddr_i({gen_page_q[8:0], gen_tok_q}), .rdata_o(score_rd));
  htx_ram #(.WIDTH(18), .DEPTH(htx_pkg::SCORE_TOKENS / 32)) u_pages (
    .clk_i, .we_i(page_we_q), .waddr_i(page_addr_q), .wdata_i(page_max_q),
    .re_i(gen_page_re), .raddr_i(gen_page_q[8:0]), .rdata_o(page_rd));

  logic        tok_q, tok_ok_q, share_soon, term_v;
  logic [5:0]  tok_addr_q;
  logic [31:0] term;
  logic [63:0] den_q;
  htx_attn_share u_share (
    .clk_i, .rst_ni, .valid_i(tok_q), .ok_i(tok_ok_q), .addr_i(tok_addr_q), .ev_i(score_rd[31:24]), .s_i(score_rd[23:0]),
    .uc_i(uc_q), .m_i(max_m_q), .soon_o(share_soon), .share_we_o, .share_addr_o, .share_o, .term_valid_o(term_v), .term_o(term));

  always_ff @(posedge clk_i) begin
    tok_ok_q   <= !gen_last || gen_tok_q <= pv_low_q;
    tok_addr_q <= {gen_page_q[0], gen_tok_q};
    if (gen_q == GEN_READ)  uc_q <= page_rd;
    if (gen_q == GEN_SHIFT) shift_q[gen_page_q[1:0]] <= (gap > 18'sd60) ? 6'd60 : gap[5:0];
    if (max_valid_i) begin
      max_m_q <= max_m_i[17:0];
      max_u_q <= max_u_i[17:0];
    end
    if (!rst_ni) begin
      pv_count_q   <= '0;
      pv_kt_q      <= '0;
      pv_low_q     <= '0;
      gen_q        <= GEN_IDLE;
      gen_page_q   <= '0;
      gen_tok_q    <= '0;
      gen_ahead_q  <= 1'b0;
      tok_q        <= 1'b0;
      den_q        <= '0;
      share_ok_o   <= 1'b0;
      max_ok_o     <= 1'b0;
    end else begin
      tok_q      <= gen_q == GEN_TOK;
      share_ok_o <= share_soon || (share_ok_o && !page_i);
      if (term_v) den_q <= den_q + 64'(term);
      if (page_i) gen_ahead_q <= 1'b0;
      case (gen_q)
        GEN_IDLE: if (gen_page_re) begin
          gen_q       <= GEN_READ;
          gen_ahead_q <= 1'b1;
        end
        GEN_READ:  gen_q <= GEN_SHIFT;
        GEN_SHIFT: gen_q <= GEN_TOK;
        default: begin
          gen_tok_q <= gen_tok_q + 5'd1;
          if (gen_tok_q == 5'd31) begin
            gen_q      <= GEN_IDLE;
            gen_page_q <= gen_page_q + 10'd1;
          end
        end
      endcase
      if (max_valid_i) max_ok_o <= 1'b1;
      if (at_valid_i && at_pv_i) begin
        max_ok_o    <= 1'b0;
        pv_count_q  <= at_count_i;
        pv_kt_q     <= at_kt_i;
        pv_low_q    <= at_low_i;
        gen_page_q  <= '0;
        gen_ahead_q <= 1'b0;
        den_q       <= '0;
      end
    end
  end

  // ---------------------------------------------------------------- sums of the values, and the way to the tree
  logic        c1_v_q, c1_first_q, c1_last_q, c2_v_q, c2_last_q, sum_we, sum_last_q, sum_we_q;
  logic [7:0]  c1_addr_q, c2_addr_q, sum_addr_q, sum_waddr;
  logic signed [63:0] c1_term_q, c2_term_q;
  logic [63:0] c2_old_q, sum_q, sum_rd, sum_wdata;
  logic [8:0]  drain_q;       // next sum to read
  logic        out_v_q, out_den_q, drain_re;
  assign sum_we    = sum_we_q;
  assign sum_waddr = sum_we_q ? sum_addr_q : 8'd0;
  assign sum_wdata = sum_we_q ? sum_q : 64'd0;
  assign drain_re  = (pv_q == PV_DRAIN) && (!out_v_q || red_ready_i) && (drain_q != {pv_kt_q, 5'd0});

  htx_ram #(.WIDTH(64), .DEPTH(htx_pkg::HEAD_BLOCKS * 32)) u_sums (
    .clk_i, .we_i(sum_we), .waddr_i(sum_waddr), .wdata_i(sum_wdata),
    .re_i(col_valid_i || drain_re), .raddr_i(col_valid_i ? col_addr_i : drain_q[7:0]), .rdata_o(sum_rd));

  assign red_kind_o  = out_v_q;
  assign red_end_o   = !out_v_q || out_den_q;
  assign red_last_o  = out_v_q ? pv_last_q : max_last_q;
  assign red_valid_o = out_v_q || (max_pend_q && pv_q == PV_IDLE);
  assign red_data_o  = out_v_q ? (out_den_q ? den_q : (pv_count_q == 10'd0) ? 64'd0 : sum_rd)
                     : red_valid_o ? {run_m_q, run_u_q} : 64'd0;

  always_ff @(posedge clk_i) begin
    c1_first_q <= col_first_i;
    c1_addr_q  <= col_addr_i;
    c1_term_q  <= $signed({{19{col_i[20]}}, col_i, 24'd0}) >>> shift_q[col_page_i];
    c2_old_q   <= c1_first_q ? 64'd0 : sum_rd;
    c2_term_q  <= c1_term_q;
    c2_addr_q  <= c1_addr_q;
    sum_q      <= c2_old_q + c2_term_q;
    sum_addr_q <= c2_addr_q;
    if (!rst_ni) begin
      c1_v_q     <= 1'b0;
      c2_v_q     <= 1'b0;
      sum_we_q   <= 1'b0;
      c1_last_q  <= 1'b0;
      c2_last_q  <= 1'b0;
      sum_last_q <= 1'b0;
      pv_q       <= PV_IDLE;
      drain_q    <= '0;
      out_v_q    <= 1'b0;
      out_den_q  <= 1'b0;
      red_fin_o  <= 1'b0;
      pv_last_q  <= 1'b0;
    end else begin
      c1_v_q     <= col_valid_i;
      c2_v_q     <= c1_v_q;
      sum_we_q   <= c2_v_q;
      c1_last_q  <= col_valid_i && col_last_i;
      c2_last_q  <= c1_last_q;
      sum_last_q <= c2_last_q;
      red_fin_o  <= red_take && red_end_o && red_last_o;
      case (pv_q)
        PV_IDLE: if (at_valid_i && at_pv_i) begin
          pv_q      <= (at_count_i == 10'd0) ? PV_DRAIN : PV_RUN;
          drain_q   <= '0;
          pv_last_q <= at_last_i;
        end
        PV_RUN: if (sum_last_q) pv_q <= PV_DRAIN;
        default: if (!out_v_q || red_ready_i) begin
          out_v_q   <= !out_den_q;
          out_den_q <= !out_den_q && !drain_re;
          if (drain_re) drain_q <= drain_q + 9'd1;
          if (out_den_q) pv_q <= PV_IDLE;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (at_valid_i && at_pv_i) assert (pv_q == PV_IDLE && max_ok_o && !max_pend_q);
      if (at_valid_i && !at_pv_i) assert (!max_pend_q);
      if (gen_q == GEN_SHIFT) assert (gap >= 18'sd0);
      if (page_i) assert (share_ok_o);
      if (col_valid_i) assert (pv_q == PV_RUN);
    end
  end
endmodule
