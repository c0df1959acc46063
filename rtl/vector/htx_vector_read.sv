// SPDX-License-Identifier: Apache-2.0
// htx_vector_read: the read addresses of a vector command on both ports of the vector memory.
//
// Port A walks the n blocks of a, a word a clock, a word in four clocks for the function units, in eight for VTOPK. Port B walks b
// beside it (with a period, or just the word of a scalar); for the quantiser it walks a again, from b_go_i on.
// First reads in the clock after start_i. group_o marks the last read of each quantiser group of e blocks; a short
// last group is filled up with clocks without reads.
module htx_vector_read (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        start_i,    ///< `head_i` starts in the next clock
  /* verilator lint_off UNUSEDSIGNAL */  // each part of the unit reads only its fields of a command
  input  htx_pkg::vec_cmd_t           head_i,     ///< command that starts
  input  htx_pkg::vec_cmd_t           cmd_i,      ///< command running
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic                        b_go_i,     ///< VQUANT: a group's factor is about to be ready
  output logic                        re_a_o,     ///< read port A
  output logic [htx_pkg::VMEM_AW-1:0] raddr_a_o,  ///< word
  output logic                        re_b_o,     ///< read port B
  output logic [htx_pkg::VMEM_AW-1:0] raddr_b_o,  ///< word
  output logic                        group_o,    ///< VQUANT: the group's last clock of port A
  output logic                        bquant_o    ///< re_b_o reads a word to be quantised
);
  logic        head_func, head_pair, head_quant, head_scalar, head_top;
  logic [10:0] head_last, head_period;  // minus one; a block has four words
  assign head_pair   = head_i.op == htx_pkg::OP_VADD || head_i.op == htx_pkg::OP_VMUL;
  assign head_func   = head_i.op == htx_pkg::OP_VEXP2 || head_i.op == htx_pkg::OP_VRCP || head_i.op == htx_pkg::OP_VRSQRT;
  assign head_top    = head_i.op == htx_pkg::OP_VTOPK;
  assign head_quant  = head_i.op == htx_pkg::OP_VQUANT;
  assign head_scalar = (head_pair && head_i.bscalar) || (head_quant && head_i.qmode == htx_pkg::Q_QRY);
  assign head_last   = head_i.n - 11'd1;
  assign head_period = head_i.e - 11'd1;

  logic [12:0] a_left_q, b_left_q;  // words to read after this one
  logic [12:0] per_q;               // clocks left in this period of b, or in this group
  logic [2:0]  phase_q;             // of a word through the function units (modulo 4), or into the list
  logic        func_q, top_q, wrap_q, groups_q;
  logic        step_a;
  assign step_a  = a_left_q != 13'd0 && (!func_q || phase_q[1:0] == 2'd3) && (!top_q || phase_q == 3'd7);
  assign group_o = groups_q && per_q == 13'd0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      re_a_o    <= 1'b0;
      raddr_a_o <= '0;
      a_left_q  <= '0;
      re_b_o    <= 1'b0;
      raddr_b_o <= '0;
      b_left_q  <= '0;
      per_q     <= '0;
      phase_q   <= '0;
      func_q    <= 1'b0;
      top_q     <= 1'b0;
      wrap_q    <= 1'b0;
      groups_q  <= 1'b0;
      bquant_o  <= 1'b0;
    end else if (start_i) begin
      re_a_o    <= 1'b1;
      raddr_a_o <= {head_i.a, 2'b00};
      a_left_q  <= head_top ? {5'd0, head_period[10:3]} : {head_last, 2'b11};
      re_b_o    <= head_pair || head_scalar;
      if (head_scalar)    raddr_b_o <= {head_i.b, head_i.elem[4:3]};
      else if (head_pair) raddr_b_o <= {head_i.b, 2'b00};
      b_left_q  <= (head_pair && !head_scalar) ? {head_last, 2'b11} : 13'd0;
      per_q     <= {head_period, 2'b11};
      phase_q   <= 3'd0;
      func_q    <= head_func;
      top_q     <= head_top;
      wrap_q    <= head_pair && head_i.bperiod;
      groups_q  <= head_quant;
      bquant_o  <= 1'b0;
    end else begin
      re_a_o <= step_a;
      if (step_a) begin
        raddr_a_o <= raddr_a_o + 13'd1;
        a_left_q  <= a_left_q - 13'd1;
      end
      phase_q <= phase_q + 3'd1;
      per_q   <= (per_q == 13'd0) ? {cmd_i.e, 2'b00} - 13'd1 : per_q - 13'd1;
      if (per_q == 13'd0 && a_left_q == 13'd0) groups_q <= 1'b0;

      re_b_o <= b_left_q != 13'd0 || b_go_i;
      if (b_left_q != 13'd0) begin
        raddr_b_o <= (wrap_q && per_q == 13'd0) ? {cmd_i.b, 2'b00} : raddr_b_o + 13'd1;
        b_left_q  <= b_left_q - 13'd1;
      end else if (b_go_i) begin
        raddr_b_o <= {cmd_i.a, 2'b00};
        b_left_q  <= {cmd_i.n, 2'b00} - 13'd1;
        bquant_o  <= 1'b1;
      end
    end
  end
endmodule
