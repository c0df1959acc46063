// SPDX-License-Identifier: Apache-2.0
// htx_collect: takes result words of the lanes and the tree, writes vector memory, keeps the argmax.
//
// A rotating slot names the one source that may hand over a word in a clock, so ready is a register and nothing is
// arbitrated; every source is asked each LANES + 1 clocks, more often than it makes a word. A word taken is written in
// the next clock. vec_we_pre_i, two clocks before a write of the vector unit, keeps the write port free for it.
module htx_collect #(
  parameter int unsigned LANES = 8,
  localparam int unsigned SRC = LANES + 1,
  localparam int unsigned W = htx_pkg::RES_WORD_W,
  localparam int unsigned SW = $clog2(SRC)
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic [SRC-1:0]              src_valid_i,     ///< word waiting; source LANES is the tree
  output logic [SRC-1:0]              src_ready_o,     ///< one-hot or zero
  input  logic [W*SRC-1:0]            src_i,           ///< res_word_t of each source
  input  logic [17:0]                 vocab_i,         ///< indices that count in the argmax
  input  logic                        argmax_clear_i,  ///< pulse: best = none
  output logic [17:0]                 best_o,          ///< index of the largest logit, 0 if none
  output logic                        busy_o,          ///< words between the sources and vector memory or best_o
  output logic                        we_o,            ///< write vector memory
  output logic [htx_pkg::VMEM_AW-1:0] waddr_o,         ///< word
  output logic [255:0]                wdata_o,         ///< 8 fp32
  input  logic                        vec_we_pre_i,    ///< the vector unit writes two clocks later
  output logic                        logit_valid_o,   ///< pulse: an argmax word
  output logic [15:0]                 logit_addr_o,    ///< its number
  output logic [255:0]                logit_data_o,    ///< its 8 fp32
  output logic [7:0]                  err_o            ///< err_e: ERR_LOGIT or none, sticky
);
  logic [SW-1:0] slot_q;
  logic          hold_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      slot_q <= '0;
      hold_q <= 1'b0;
    end else begin
      hold_q <= vec_we_pre_i;
      if (!hold_q) slot_q <= (slot_q == SW'(LANES)) ? '0 : slot_q + SW'(1);
    end
  end
  assign src_ready_o = hold_q ? '0 : SRC'(1) << slot_q;

  htx_pkg::res_word_t word;
  logic               take;
  assign word = src_i[W*slot_q +: W];
  assign take = !hold_q && src_valid_i[slot_q];

  logic         valid_q, we_q, argmax_q;
  logic [15:0]  addr_q;
  logic [255:0] data_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      we_q     <= 1'b0;
      argmax_q <= 1'b0;
      addr_q   <= '0;
      data_q   <= '0;
    end else begin
      valid_q  <= take;
      we_q     <= take && !word.nostore;
      argmax_q <= take && word.argmax;
      if (take) begin
        addr_q <= word.addr;
        data_q <= word.data;
      end
    end
  end
  assign we_o          = we_q;
  assign waddr_o       = addr_q[12:0];
  assign wdata_o       = data_q;
  assign logit_valid_o = argmax_q;
  assign logit_addr_o  = addr_q;
  assign logit_data_o  = data_q;

  logic argmax_busy, argmax_err;
  htx_argmax argmax (
    .clk_i, .rst_ni, .vocab_i, .clear_i(argmax_clear_i), .valid_i(argmax_q), .addr_i(addr_q), .data_i(data_q),
    .busy_o(argmax_busy), .best_o, .err_o(argmax_err)
  );
  assign busy_o = valid_q || argmax_busy;
  assign err_o  = argmax_err ? htx_pkg::ERR_LOGIT : htx_pkg::ERR_NONE;

  logic hold_prev_q;  // the vector unit writes in this clock
  always_ff @(posedge clk_i) begin
    hold_prev_q <= rst_ni && hold_q;
    if (rst_ni) begin
      assert (slot_q <= SW'(LANES));
      assert (!(we_o && hold_prev_q));
    end
  end
endmodule
