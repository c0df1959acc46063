// SPDX-License-Identifier: Apache-2.0
// htx_vector_write: results of the vector unit's lanes into vector memory.
//
// A load takes one word of results in the clock in which they leave the units; it is written in the next clock, at the
// next address from block d on. Function values arrive two a clock and are gathered: the load goes with the last two.
// fin_o is high with the command's last write.
module htx_vector_write (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        start_i,    ///< `head_i` starts in the next clock
  /* verilator lint_off UNUSEDSIGNAL */  // each part of the unit reads only its fields of a command
  input  htx_pkg::vec_cmd_t           head_i,     ///< command that starts
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic                        mul_ld_i,   ///< take mul_i
  input  logic [255:0]                mul_i,      ///< 8 products
  input  logic                        add_ld_i,   ///< take add_i
  input  logic [255:0]                add_i,      ///< 8 sums
  input  logic                        func_ld_i,  ///< take func_i and the six values before it
  input  logic [63:0]                 func_i,     ///< two function values
  input  logic                        sum_ld_i,   ///< take element 0 of add_i, zeros above
  input  logic                        zero_ld_i,  ///< take zeros
  input  logic                        inf_ld_i,   ///< take infinities
  output logic                        we_o,       ///< write vector memory
  output logic [htx_pkg::VMEM_AW-1:0] waddr_o,    ///< word
  output logic [255:0]                wdata_o,    ///< 8 fp32
  output logic                        fin_o       ///< the command's last write
);
  logic         ld;
  logic [12:0]  next_q, left_q;  // next address; words after the next
  logic [191:0] gather_q;
  assign ld = mul_ld_i || add_ld_i || func_ld_i || sum_ld_i || zero_ld_i || inf_ld_i;

  always_ff @(posedge clk_i) begin
    gather_q <= {func_i, gather_q[191:64]};
    if (!rst_ni) begin
      we_o    <= 1'b0;
      fin_o   <= 1'b0;
      waddr_o <= '0;
      wdata_o <= '0;
      next_q  <= '0;
      left_q  <= '0;
    end else begin
      we_o  <= ld;
      fin_o <= ld && left_q == 13'd0;
      if (start_i) begin
        next_q <= {head_i.d, 2'b00};
        left_q <= (head_i.op == htx_pkg::OP_VSUMSQ || head_i.op == htx_pkg::OP_VTOPK) ? 13'd3 : {head_i.n, 2'b00} - 13'd1;
      end else if (ld) begin
        next_q <= next_q + 13'd1;
        left_q <= left_q - 13'd1;
      end
      if (ld) begin
        waddr_o <= next_q;
        wdata_o <= mul_ld_i  ? mul_i
                 : add_ld_i  ? add_i
                 : func_ld_i ? {func_i, gather_q}
                 : sum_ld_i  ? {224'd0, add_i[31:0]}
                 : inf_ld_i  ? {8{32'h7f800000}} : 256'd0;
      end
    end
  end
endmodule
