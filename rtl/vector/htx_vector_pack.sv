// SPDX-License-Identifier: Apache-2.0
// htx_vector_pack: rounds a quantiser's products to int8 and sends them block by block, each with its group's scale.
//
// F2I8_LATENCY clocks to the bytes; the fourth word of a block completes it, and it is sent in the next clock.
// A product that is NaN or infinite occurs only in a group whose integers are all zero, and becomes 0.
module htx_vector_pack (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                start_i,       ///< `head_i` starts in the next clock
  /* verilator lint_off UNUSEDSIGNAL */  // each part of the unit reads only its fields of a command
  input  htx_pkg::vec_cmd_t   head_i,        ///< command that starts
  input  htx_pkg::vec_cmd_t   cmd_i,         ///< command running
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic                word_i,        ///< mul_i is a word of products
  input  logic [255:0]        mul_i,         ///< 8 products, fp32
  input  logic                scale_i,       ///< pulse: scale of the next group
  input  logic [31:0]         scale_data_i,  ///< as act_write_t has it
  output logic [3:0]          scales_o,      ///< scales waiting
  output logic                act_we_o,      ///< pulse: a block
  output htx_pkg::act_write_t act_o,         ///< the block
  output logic                fin_o          ///< with the command's last block
);
  localparam int unsigned L = htx_fp_pkg::F2I8_LATENCY;
  logic [63:0]  bytes;
  for (genvar i = 0; i < 8; i++) begin : gen_round
    logic [7:0] y;
    logic       bad;
    htx_f2i8 f2i8 (.clk_i, .valid_i(word_i), .a_i(mul_i[32*i +: 32]), .y_o(y), .bad_o(bad));
    assign bytes[8*i +: 8] = bad ? 8'd0 : y;
  end

  logic [L:1]   v_q;               // a word of bytes on its way
  logic [1:0]   word_q;            // word of the block
  logic [191:0] gather_q;
  logic [9:0]   addr_q;
  logic [2:0]   col_q;
  logic [10:0]  left_q, group_q;   // blocks after this one: in the command, in its group
  logic         last_word, last_block;
  assign last_word  = v_q[L] && word_q == 2'd3;
  assign last_block = left_q == 11'd0;

  logic        next_col;  // a query's group goes to the column after this one's
  assign next_col = cmd_i.qmode == htx_pkg::Q_QRY && group_q == 11'd0;

  logic        scale_valid;
  logic [31:0] scale;
  htx_fifo #(.WIDTH(32), .DEPTH(8)) scale_queue (
    .clk_i, .rst_ni, .push_i(scale_i), .data_i(scale_data_i), .pop_i(last_word && (last_block || group_q == 11'd0)),
    .valid_o(scale_valid), .data_o(scale), .level_o(scales_o)
  );

  always_ff @(posedge clk_i) begin
    if (v_q[L]) gather_q <= {bytes, gather_q[191:64]};
    if (!rst_ni) begin
      v_q      <= '0;
      word_q   <= '0;
      addr_q   <= '0;
      col_q    <= '0;
      left_q   <= '0;
      group_q  <= '0;
      act_we_o <= 1'b0;
      act_o    <= '0;
      fin_o    <= 1'b0;
    end else begin
      v_q      <= {v_q[L-1:1], word_i};
      act_we_o <= last_word;
      fin_o    <= last_word && last_block;
      if (v_q[L]) word_q <= word_q + 2'd1;
      if (last_word) begin
        act_o.kv    <= cmd_i.qmode[1];
        act_o.col   <= col_q;
        act_o.addr  <= addr_q;
        act_o.scale <= scale;
        act_o.data  <= {bytes, gather_q};
      end
      if (start_i) begin
        addr_q  <= head_i.d[9:0];
        col_q   <= head_i.qmode == htx_pkg::Q_ACT ? head_i.cols : 3'd0;
        left_q  <= head_i.n - 11'd1;
        group_q <= head_i.e - 11'd1;
      end else if (last_word) begin
        addr_q  <= (next_col && col_q != cmd_i.cols) ? addr_q + 10'd1 - cmd_i.e[9:0] : addr_q + 10'd1;
        if (next_col) col_q <= (col_q == cmd_i.cols) ? 3'd0 : col_q + 3'd1;
        left_q  <= left_q - 11'd1;
        group_q <= (group_q == 11'd0) ? cmd_i.e - 11'd1 : group_q - 11'd1;
      end
    end
  end

  always_ff @(posedge clk_i) if (rst_ni) assert (!last_word || scale_valid);
endmodule
