// SPDX-License-Identifier: Apache-2.0
// htx_vector: the vector unit: a queue of commands, executed one after another on vector memory.
//
// A command's first read follows the last write of the one before in the next clock, so it sees every result. Clocks per
// command of n blocks: VMUL 4n + 7, VADD 4n + 8, function 16n + 9, VSUMSQ 4n + 77, VQUANT 4n + 4e + 25, VTOPK e + 13
// (docs/blocks/vector.md). Rounding: IEEE fp32 as in htx_fmul and htx_fadd. Operands may overlap only as stated there.
module htx_vector (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        cmd_valid_i,  ///< pulse
  input  htx_pkg::vec_cmd_t           cmd_i,        ///< the command
  output logic                        cmd_ready_o,  ///< at least 4 places are free
  output logic [7:0]                  done_o,       ///< commands finished, modulo 256
  output logic                        re_a_o,       ///< vector memory, port A
  output logic [htx_pkg::VMEM_AW-1:0] raddr_a_o,    ///< word
  input  logic [255:0]                rdata_a_i,    ///< the word, in the clock after
  output logic                        re_b_o,       ///< port B
  output logic [htx_pkg::VMEM_AW-1:0] raddr_b_o,    ///< word
  input  logic [255:0]                rdata_b_i,    ///< the word, in the clock after
  output logic                        we_pre_o,     ///< we_o two clocks later
  output logic                        we_o,         ///< write port
  output logic [htx_pkg::VMEM_AW-1:0] waddr_o,      ///< word
  output logic [255:0]                wdata_o,      ///< 8 fp32
  output logic                        act_we_o,     ///< pulse: a quantised block
  output htx_pkg::act_write_t         act_o,        ///< the block
  output logic [8*htx_pkg::TOP_K-1:0] chosen_o,     ///< experts that the last VTOPK chose, by choice
  output logic [7:0]                  err_o         ///< err_e: ERR_QUANT, ERR_ROUTER or none, sticky
);
  localparam int unsigned DEPTH = htx_pkg::VCMD_DEPTH;
  localparam int unsigned LW = $clog2(DEPTH + 1);
  // clocks from a read to its results leaving the units: one in memory, one in the operand registers
  localparam int unsigned MUL = 2 + htx_fp_pkg::FMUL_LATENCY;
  localparam int unsigned ADD = 2 + htx_fp_pkg::FADD_LATENCY;
  localparam int unsigned FUNC = 2 + htx_fp_pkg::FUNC_LATENCY + 3;  // the last two elements go in three clocks later

  // ---------------------------------------------------------------- queue and control
  htx_pkg::vec_cmd_t head, cmd_q;
  logic              head_valid, start, busy_q, fin, wr_fin, q_fin;
  logic [LW-1:0]     level;
  htx_fifo #(.WIDTH($bits(cmd_i)), .DEPTH(DEPTH)) queue (
    .clk_i, .rst_ni, .push_i(cmd_valid_i), .data_i(cmd_i), .pop_i(start), .valid_o(head_valid), .data_o(head), .level_o(level)
  );
  assign cmd_ready_o = level <= LW'(DEPTH - 4);
  assign fin   = wr_fin || q_fin;
  assign start = head_valid && (!busy_q || fin);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      cmd_q  <= '0;
      done_o <= '0;
    end else begin
      if (start) begin
        busy_q <= 1'b1;
        cmd_q  <= head;
      end else if (fin) begin
        busy_q <= 1'b0;
      end
      if (fin) done_o <= done_o + 8'd1;
    end
  end

  logic is_add, is_mul, is_sumsq, is_quant, is_func, is_top;
  assign is_add   = cmd_q.op == htx_pkg::OP_VADD;
  assign is_mul   = cmd_q.op == htx_pkg::OP_VMUL;
  assign is_sumsq = cmd_q.op == htx_pkg::OP_VSUMSQ;
  assign is_quant = cmd_q.op == htx_pkg::OP_VQUANT;
  assign is_top   = cmd_q.op == htx_pkg::OP_VTOPK;
  assign is_func  = cmd_q.op == htx_pkg::OP_VEXP2 || cmd_q.op == htx_pkg::OP_VRCP || cmd_q.op == htx_pkg::OP_VRSQRT;

  // ---------------------------------------------------------------- reads, and where their words are now
  logic group, bquant, b_go;
  htx_vector_read read (
    .clk_i, .rst_ni, .start_i(start), .head_i(head), .cmd_i(cmd_q), .b_go_i(b_go), .re_a_o, .raddr_a_o, .re_b_o, .raddr_b_o,
    .group_o(group), .bquant_o(bquant)
  );
  logic [FUNC:1] a_q;         // word of port A: bit i is i clocks after its read
  logic [MUL:1]  b_q;         // word of port B to be quantised
  logic          first_q;     // port B shows the command's first word
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start) begin
      a_q     <= '0;
      b_q     <= '0;
      first_q <= 1'b0;
    end else begin
      a_q     <= {a_q[FUNC-1:1], re_a_o};
      b_q     <= {b_q[MUL-1:1], re_b_o && bquant};
      first_q <= re_b_o && !bquant && is_quant;
    end
  end

  // ---------------------------------------------------------------- units
  logic [255:0] mul, add, sq_a, sq_b, top_a, top_b;
  logic         top_ld, top_pre, diff_ld, inf_ld, top_err;
  logic [63:0]  func;
  logic [31:0]  factor, amax;
  logic         double, amax_valid, sq_ld, sum_pre, sum_ld, zero_ld;
  logic [1:0]   func_op;
  assign func_op = cmd_q.op == htx_pkg::OP_VEXP2 ? htx_fp_pkg::FUNC_EXP2
                 : cmd_q.op == htx_pkg::OP_VRSQRT ? htx_fp_pkg::FUNC_RSQRT : htx_fp_pkg::FUNC_RCP;
  htx_vector_lanes lanes (
    .clk_i, .func_op_i(func_op), .swap_i(cmd_q.swap), .bscalar_i(cmd_q.bscalar), .elem_i(cmd_q.elem[2:0]), .rdata_a_i, .rdata_b_i,
    .mul_ld_i(is_mul && a_q[1]), .add_ld_i((is_add || is_func) && a_q[1]), .shift_i(is_func),
    .sq_mul_ld_i(is_sumsq && a_q[1]), .sq_add_ld_i(sq_ld || top_ld), .sq_a_i(top_ld ? top_a : sq_a), .sq_b_i(top_ld ? top_b : sq_b),
    .q_mul_ld_i(b_q[1]), .q_factor_i(factor), .q_double_i(double), .q_func_i(is_quant), .q_valid_i(amax_valid), .q_amax_i(amax),
    .mul_o(mul), .add_o(add), .func_o(func)
  );

  htx_vector_sumsq sumsq (
    .clk_i, .rst_ni, .start_i(start && head.op == htx_pkg::OP_VSUMSQ), .n_i(head.n), .cmd_n_i(cmd_q.n),
    .prod_pre_i(is_sumsq && a_q[MUL-1]), .mul_i(mul), .add_i(add), .ld_o(sq_ld), .a_o(sq_a), .b_o(sq_b),
    .sum_pre_o(sum_pre), .sum_ld_o(sum_ld), .zero_ld_o(zero_ld)
  );

  htx_vector_topk topk (
    .clk_i, .rst_ni, .start_i(start && head.op == htx_pkg::OP_VTOPK), .e_i(head.e[8:0]), .k_i(cmd_q.elem), .word_i(is_top && a_q[1]), .rdata_a_i,
    .ld_o(top_ld), .a_o(top_a), .b_o(top_b), .pre_o(top_pre), .diff_ld_o(diff_ld), .inf_ld_o(inf_ld), .chosen_o, .err_o(top_err)
  );

  logic        scale_valid, q_err;
  logic [31:0] scale;
  logic [3:0]  scales;
  htx_vector_quant quant (
    .clk_i, .rst_ni, .start_i(start), .qmode_i(cmd_q.qmode), .elem_i(cmd_q.elem[2:0]), .word_i(is_quant && a_q[1]), .group_i(group),
    .rdata_a_i, .scalar_i(first_q), .rdata_b_i, .amax_valid_o(amax_valid), .amax_o(amax), .rcp_i(func[31:0]), .b_go_o(b_go), .factor_o(factor),
    .double_o(double), .scale_o(scale_valid), .scale_data_o(scale), .err_o(q_err)
  );
  htx_vector_pack pack (
    .clk_i, .rst_ni, .start_i(start), .head_i(head), .cmd_i(cmd_q), .word_i(b_q[MUL]), .mul_i(mul), .scale_i(scale_valid),
    .scale_data_i(scale), .scales_o(scales), .act_we_o, .act_o, .fin_o(q_fin)
  );
  assign err_o = q_err ? htx_pkg::ERR_QUANT : top_err ? htx_pkg::ERR_ROUTER : htx_pkg::ERR_NONE;

  // ---------------------------------------------------------------- writes
  htx_vector_write write (
    .clk_i, .rst_ni, .start_i(start), .head_i(head), .mul_ld_i(is_mul && a_q[MUL]), .mul_i(mul),
    .add_ld_i((is_add && a_q[ADD]) || diff_ld), .add_i(add), .func_ld_i(is_func && a_q[FUNC]), .func_i(func),
    .sum_ld_i(sum_ld), .zero_ld_i(zero_ld), .inf_ld_i(inf_ld), .we_o, .waddr_o, .wdata_o, .fin_o(wr_fin)
  );
  assign we_pre_o = (is_mul && a_q[MUL-1]) || (is_add && a_q[ADD-1]) || (is_func && a_q[FUNC-1]) || sum_pre || top_pre;

  logic pre_q, pre_qq;
  always_ff @(posedge clk_i) begin
    pre_q  <= rst_ni && we_pre_o;
    pre_qq <= rst_ni && pre_q;
    if (rst_ni) begin
      assert (we_o == pre_qq);
      assert (!fin || busy_q);
      assert (!start || (head.n != 11'd0 && head.op >= htx_pkg::OP_VADD && head.op <= htx_pkg::OP_VTOPK));
      assert (!(cmd_valid_i && level == LW'(DEPTH)));
      assert (scales <= 4'd8);
      assert (!(sq_ld && !is_sumsq) && !(b_q[1] && !is_quant) && !(top_ld && !is_top));  // one user of the lanes at a time
    end
  end
endmodule
