// SPDX-License-Identifier: Apache-2.0
// htx_accum: the slow unit of a column (fp32 scale and accumulate, one row a clock) and its queue of result words.
//
// acc[row] = (first ? +0 : acc[row]) + float(dot) * (sa * sw), every operation rounded to nearest even, subnormals kept.
// A dot product in clock a reaches the accumulator in a + I2F32 + FMUL + FADD latencies (11) and, if it is a result, its
// word register a clock later; 8 results make a word. Scores leave before the adder. Nothing here can stall: whoever
// sends rows has counted the free words (htx_dot). docs/blocks/accum.md specifies every clock.
module htx_accum (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               row_valid_i,    ///< pulse: scales of a row
  input  logic [31:0]        row_sa_i,       ///< activation scale of a row, fp32, DOT_LAG clocks before its dot product
  input  logic [31:0]        row_sw_i,       ///< row scale, fp32
  input  logic               dot_valid_i,    ///< pulse
  input  logic               dot_score_i,    ///< goes to attention, not to the accumulator
  input  logic [23:0]        dot_i,          ///< signed
  input  logic [4:0]         dot_row_i,      ///< a row returns after 32 clocks at the earliest
  input  logic               dot_first_i,    ///< the accumulator starts from +0
  input  logic               dot_last_i,     ///< the sum is a result
  input  logic [7:0]         dot_ev_i,       ///< V exponent, passed along
  input  logic               grp_valid_i,    ///< pulse: a block of results will come
  input  logic [13:0]        grp_addr_i,     ///< its block
  input  logic               grp_argmax_i,   ///< it takes part in the argmax
  input  logic               grp_nostore_i,  ///< it is not written to vector memory
  input  logic               grp_end_i,      ///< the command's last block
  input  logic               grp_last_i,     ///< this is the command's last column
  input  logic               ld_valid_i,     ///< pulse: 4 fp32 that pass unchanged
  input  logic [127:0]       ld_data_i,      ///< the four
  output logic               res_free_o,     ///< pulse: a result word of the command's last column was taken
  output logic               res_fin_o,      ///< pulse: it was a command's last
  output logic               sc_valid_o,     ///< pulse: a score
  output logic [31:0]        sc_x_o,         ///< fp32, log2 units
  output logic [7:0]         sc_ev_o,        ///< V exponent of the token
  output logic               res_valid_o,    ///< a result word
  input  logic               res_ready_i,    ///< it is taken
  output logic               res_last_o,     ///< it is of the command's last column
  output htx_pkg::res_word_t res_o           ///< zero while not valid
);
  localparam int unsigned TO_U = htx_fp_pkg::I2F32_LATENCY + htx_fp_pkg::FMUL_LATENCY;  // dot product to its scaled value
  localparam int unsigned T_WAIT = htx_lane_pkg::DOT_LAG + htx_fp_pkg::I2F32_LATENCY - htx_fp_pkg::FMUL_LATENCY;
  localparam int unsigned LW = $clog2(htx_lane_pkg::RESQ_WORDS + 1);

  // ---------------------------------------------------------------- scale
  logic        f_v;
  logic [31:0] t_raw, t, f, u;
  htx_fmul u_scale (.clk_i, .valid_i(row_valid_i), .a_i(row_sa_i), .b_i(row_sw_i), .y_o(t_raw));
  htx_delay #(.WIDTH(32), .N(T_WAIT)) u_t (.clk_i, .rst_ni, .d_i(t_raw), .d_o(t));
  htx_i2f #(.W(32)) u_i2f (.clk_i, .valid_i(dot_valid_i), .a_i({{8{dot_i[23]}}, dot_i}), .y_o(f));
  htx_delay #(.WIDTH(1), .N(htx_fp_pkg::I2F32_LATENCY)) u_f_v (.clk_i, .rst_ni, .d_i(dot_valid_i), .d_o(f_v));
  htx_fmul u_mul (.clk_i, .valid_i(f_v), .a_i(f), .b_i(t), .y_o(u));

  // ---------------------------------------------------------------- accumulate: read two clocks before the addition
  logic        r2_acc, r2_score, r2_first, r2_last, r1_acc_q, r1_score_q, r1_first_q, r1_last_q, r0_acc_q, r0_score_q, r0_last_q;
  logic [4:0]  r2_row, r1_row_q, r0_row_q;
  logic [7:0]  r2_ev, r1_ev_q, r0_ev_q;
  logic [31:0] acc_rd, acc_q, y;
  logic        y_acc, y_last;
  logic [4:0]  y_row;
  htx_delay #(.WIDTH(17), .N(TO_U - 2)) u_side (.clk_i, .rst_ni,
    .d_i({dot_valid_i && !dot_score_i, dot_valid_i && dot_score_i, dot_first_i, dot_last_i, dot_row_i, dot_ev_i}),
    .d_o({r2_acc, r2_score, r2_first, r2_last, r2_row, r2_ev}));
  htx_ram #(.WIDTH(32), .DEPTH(32)) u_acc (
    .clk_i, .we_i(acc_we), .waddr_i(acc_row), .wdata_i(acc_data), .re_i(r2_acc), .raddr_i(r2_row), .rdata_o(acc_rd));
  htx_fadd u_add (.clk_i, .valid_i(r0_acc_q), .a_i(acc_q), .b_i(u), .y_o(y));
  htx_delay #(.WIDTH(7), .N(htx_fp_pkg::FADD_LATENCY)) u_side2 (.clk_i, .rst_ni,
    .d_i({r0_acc_q, r0_last_q, r0_row_q}), .d_o({y_acc, y_last, y_row}));

  logic        acc_we;    // the accumulators' write port, zero while idle
  logic [4:0]  acc_row;
  logic [31:0] acc_data;
  assign acc_we   = y_acc;
  assign acc_row  = y_acc ? y_row : 5'd0;
  assign acc_data = y_acc ? y : 32'd0;

  always_ff @(posedge clk_i) begin
    r1_first_q <= r2_first;
    acc_q      <= r1_first_q ? 32'd0 : acc_rd;
    if (!rst_ni) begin
      {r1_acc_q, r1_score_q, r1_last_q, r1_row_q, r1_ev_q} <= '0;
      {r0_acc_q, r0_score_q, r0_last_q, r0_row_q, r0_ev_q} <= '0;
      sc_valid_o <= 1'b0;
      sc_x_o     <= '0;
      sc_ev_o    <= '0;
    end else begin
      {r1_acc_q, r1_score_q, r1_last_q, r1_row_q, r1_ev_q} <= {r2_acc, r2_score, r2_last, r2_row, r2_ev};
      {r0_acc_q, r0_score_q, r0_last_q, r0_row_q, r0_ev_q} <= {r1_acc_q, r1_score_q, r1_last_q, r1_row_q, r1_ev_q};
      sc_valid_o <= r0_score_q;
      if (r0_score_q) begin
        sc_x_o  <= u;
        sc_ev_o <= r0_ev_q;
      end
    end
  end

  // ---------------------------------------------------------------- words of 8 and their queue
  logic [255:0] word_q;
  logic         half_q, push_q, grp_valid, pop;
  logic [1:0]   part_q;     // word of the block
  logic [13:0]  grp_addr;
  logic         grp_argmax, grp_nostore, grp_end, grp_last;
  logic [2:0]   grp_level;
  logic [LW-1:0] level;
  htx_pkg::res_word_t head;
  logic         head_end, head_last;  // a command's last word; of its last column

  htx_fifo #(.WIDTH(18), .DEPTH(htx_lane_pkg::RESQ_WORDS / 4)) u_grp (
    .clk_i, .rst_ni, .push_i(grp_valid_i), .data_i({grp_end_i, grp_last_i, grp_argmax_i, grp_nostore_i, grp_addr_i}),
    .pop_i(push_q && part_q == 2'd3), .valid_o(grp_valid), .data_o({grp_end, grp_last, grp_argmax, grp_nostore, grp_addr}), .level_o(grp_level));
  htx_fifo #(.WIDTH(htx_pkg::RES_WORD_W + 2), .DEPTH(htx_lane_pkg::RESQ_WORDS)) u_words (
    .clk_i, .rst_ni, .push_i(push_q), .data_i({grp_end && part_q == 2'd3, grp_last, grp_argmax, grp_nostore, grp_addr, part_q, word_q}),
    .pop_i(pop), .valid_o(res_valid_o), .data_o({head_end, head_last, head}), .level_o(level));
  assign pop   = res_valid_o && res_ready_i;
  assign res_o = res_valid_o ? head : '0;
  assign res_last_o = res_valid_o && head_last;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      word_q     <= '0;
      half_q     <= 1'b0;
      push_q     <= 1'b0;
      part_q     <= '0;
      res_free_o <= 1'b0;
      res_fin_o  <= 1'b0;
    end else begin
      if (ld_valid_i)            word_q <= {ld_data_i, word_q[255:128]};
      else if (y_acc && y_last)  word_q <= {y, word_q[255:32]};
      half_q     <= half_q ^ ld_valid_i;
      push_q     <= (ld_valid_i && half_q) || (y_acc && y_last && y_row[2:0] == 3'd7);
      part_q     <= part_q + 2'(push_q);
      res_free_o <= pop && head_last;
      res_fin_o  <= pop && head_last && head_end;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(ld_valid_i && y_acc && y_last));  // blocks and results never share the word register
      if (push_q) assert (grp_valid);
      assert (level <= LW'(htx_lane_pkg::RESQ_WORDS) && grp_level <= 3'd4);
    end
  end
endmodule
