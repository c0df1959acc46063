// SPDX-License-Identifier: Apache-2.0
// htx_tree: joins the lanes' attention: maxima back to the lanes, 64-bit sums as fp32 words to the collector.
//
// Latency: maxima 2 clocks; a sum enters its word after 2 + I2F64_LATENCY, rounded to nearest even (docs/blocks/tree.md).
// Columns come one after another: their maxima up to the last, later 32*kt + 1 sums of each column of a PV command, whose
// results follow each other. Assumes that all lanes send the same kinds in the same order.
module htx_tree #(
  parameter int unsigned LANES = 8,
  parameter int unsigned COLUMNS = 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [LANES-1:0]    red_valid_i,  ///< a lane's message
  output logic [LANES-1:0]    red_ready_o,  ///< its queue has room
  input  logic [LANES-1:0]    red_kind_i,   ///< 0: {M, U}, 1: a sum
  input  logic [LANES-1:0]    red_last_i,   ///< of the command's last column
  input  logic [64*LANES-1:0] red_data_i,   ///< the message
  input  logic                cmd_valid_i,  ///< pulse: a lane command; PV is taken
  input  htx_pkg::lane_cmd_t  cmd_i,        ///< the command
  output logic                cmd_ready_o,  ///< at least 4 places are free
  output logic                max_valid_o,  ///< pulse: maxima over all lanes
  output logic [2:0]          max_col_o,    ///< of this column
  output logic [31:0]         max_m_o,      ///< M, kept until the next
  output logic [31:0]         max_u_o,      ///< U, kept until the next
  output logic                res_valid_o,  ///< a result word
  input  logic                res_ready_i,  ///< it is taken
  output htx_pkg::res_word_t  res_o,        ///< the word; zero while not valid
  output logic [7:0]          done_o        ///< PV commands finished, modulo 256
);
  localparam int unsigned RES_DEPTH = 4;
  localparam int unsigned SIDE_W = 22;  // valid, L, the command's last L, word address, element

  function automatic logic [31:0] larger(input logic [31:0] a, input logic [31:0] b);
    larger = $signed(a) > $signed(b) ? a : b;
  endfunction
  /// Joins two messages of one kind.
  function automatic logic [63:0] join2(input logic kind, input logic [63:0] a, input logic [63:0] b);
    join2 = kind ? a + b : {larger(a[63:32], b[63:32]), larger(a[31:0], b[31:0])};
  endfunction

  // ---------------------------------------------------------------- one queue a lane; absent lanes are neutral
  logic [LANES-1:0] head_valid, head_kind, head_last;
  logic [511:0]     head;
  logic [2*LANES-1:0] queue_level;  // messages in each lane's queue
  logic             kind, take, take_sum;
  assign kind = head_kind[0];
  for (genvar l = 0; l < 8; l++) begin : g_in
    if (l < LANES) begin : g_lane
      htx_fifo #(.WIDTH(66), .DEPTH(2)) u_queue (
        .clk_i, .rst_ni, .push_i(red_valid_i[l] && red_ready_o[l]), .data_i({red_last_i[l], red_kind_i[l], red_data_i[64*l+:64]}),
        .pop_i(take), .valid_o(head_valid[l]), .data_o({head_last[l], head_kind[l], head[64*l+:64]}), .level_o(queue_level[2*l+:2]));
      assign red_ready_o[l] = queue_level[2*l+:2] != 2'd2;
    end else begin : g_none
      assign head[64*l+:64] = kind ? 64'd0 : 64'h8000_0000_8000_0000;
    end
  end

  // ---------------------------------------------------------------- PV commands
  localparam int unsigned CL = $clog2(htx_pkg::LCMD_DEPTH + 1);
  logic          cmd_valid, cmd_pop;
  logic [10:0]   cmd_out;
  logic [9:0]    cmd_kt;
  logic [CL-1:0] cmd_level;
  htx_fifo #(.WIDTH(21), .DEPTH(htx_pkg::LCMD_DEPTH)) u_commands (
    .clk_i, .rst_ni, .push_i(cmd_valid_i && cmd_i.op == htx_pkg::L_PV), .data_i({cmd_i.out, cmd_i.kt}), .pop_i(cmd_pop),
    .valid_o(cmd_valid), .data_o({cmd_out, cmd_kt}), .level_o(cmd_level));
  assign cmd_ready_o = cmd_level <= CL'(htx_pkg::LCMD_DEPTH - 4);

  // ---------------------------------------------------------------- taking: one message of every lane
  logic [9:0] item_q;
  logic [2:0] col_q;       // column that the next message comes from
  logic [10:0] col_out_q;  // blocks from the command's first result to this column's
  logic [2:0] credit_q;
  logic       begins, last, free;
  assign begins   = item_q[2:0] == 3'd0;
  assign last     = item_q == {cmd_kt[4:0], 5'd0};
  assign take_sum = (&head_valid) && kind && cmd_valid && (!begins || credit_q != 3'd0);
  assign take     = take_sum || ((&head_valid) && !kind);
  assign cmd_pop  = take_sum && last && head_last[0];

  // ---------------------------------------------------------------- two levels of joining
  logic              a_valid_q, a_kind_q;
  logic [2:0]        a_col_q;
  logic [255:0]      a_part_q;
  logic [SIDE_W-1:0] a_side_q, b_side_q, c_side;
  logic [63:0]       sum_q, joined;
  logic [31:0]       f_q;
  logic [31:0]       power;
  assign joined = join2(a_kind_q, join2(a_kind_q, a_part_q[63:0], a_part_q[127:64]),
                        join2(a_kind_q, a_part_q[191:128], a_part_q[255:192]));
  logic [64*COLUMNS-1:0] max_q;  // {M, U} of every column
  logic [31:0]       m, u;
  localparam int unsigned CW = COLUMNS > 1 ? $clog2(COLUMNS) : 1;
  assign {m, u} = max_q[64*32'(a_col_q[CW-1:0])+:64];
  assign power  = u - m + 32'd7;
  assign {max_m_o, max_u_o} = max_q[64*32'(max_col_o[CW-1:0])+:64];

  always_ff @(posedge clk_i) begin
    a_kind_q <= kind;
    for (int unsigned i = 0; i < 4; i++) a_part_q[64*i+:64] <= join2(kind, head[128*i+:64], head[128*i+64+:64]);
    a_col_q  <= col_q;
    a_side_q <= {take_sum, last, cmd_pop, {3'd0, cmd_out + col_out_q, 2'd0} + {9'd0, item_q[9:3]}, item_q[2:0]};
    if (!rst_ni) begin
      a_valid_q   <= 1'b0;
      b_side_q    <= '0;
      max_valid_o <= 1'b0;
      max_col_o   <= '0;
      max_q       <= '0;
      sum_q       <= '0;
      f_q         <= '0;
      item_q      <= '0;
      col_q       <= '0;
      col_out_q   <= '0;
      credit_q    <= 3'(RES_DEPTH);
    end else begin
      a_valid_q   <= take;
      max_valid_o <= a_valid_q && !a_kind_q;
      b_side_q    <= (a_valid_q && a_kind_q) ? a_side_q : '0;
      if (a_valid_q && !a_kind_q) begin
        max_col_o <= a_col_q;
        for (int unsigned c = 0; c < COLUMNS; c++)
          if (a_col_q == 3'(c)) max_q[64*c+:64] <= joined;
      end
      if (a_valid_q && a_kind_q) sum_q <= joined;
      if (a_valid_q && a_side_q[SIDE_W-1] && a_side_q[SIDE_W-2])
        f_q <= {1'b0, $signed(power) < -32'sd126 ? 8'd1 : $signed(power) > 32'sd127 ? 8'd254 : power[7:0] + 8'd127, 23'd0};
      if (take_sum) item_q <= last ? 10'd0 : item_q + 10'd1;
      if (take && (!kind || last)) col_q <= head_last[0] ? 3'd0 : col_q + 3'd1;
      if (take_sum && last) col_out_q <= head_last[0] ? 11'd0 : col_out_q + 11'(cmd_kt) + 11'd1;
      credit_q <= credit_q - 3'(take_sum && begins) + 3'(free);
    end
  end

  // ---------------------------------------------------------------- fp32, words
  logic [31:0]  value;
  logic [223:0] pack_q;
  htx_i2f #(.W(64)) u_i2f (.clk_i, .valid_i(b_side_q[SIDE_W-1]), .a_i(sum_q), .y_o(value));
  htx_delay #(.WIDTH(SIDE_W), .N(htx_fp_pkg::I2F64_LATENCY)) u_side (.clk_i, .rst_ni, .d_i(b_side_q), .d_o(c_side));

  logic              c_valid, c_last, c_fin;
  logic [15:0]       c_addr;
  logic [2:0]        c_elem;
  htx_pkg::res_word_t word, head_word;
  assign {c_valid, c_last, c_fin, c_addr, c_elem} = c_side;
  always_comb begin
    word         = '0;
    word.addr    = c_addr;
    word.data    = c_last ? {192'd0, f_q, value} : {value, pack_q};
  end
  always_ff @(posedge clk_i) begin
    if (c_valid && c_elem != 3'd7) pack_q[32*c_elem+:32] <= value;
  end

  logic       word_last;
  logic [2:0] word_level;
  logic       unused;  // other lane commands' fields; heads have at most HEAD_BLOCKS blocks
  assign unused = &{1'b0, cmd_i, cmd_kt};
  htx_fifo #(.WIDTH(htx_pkg::RES_WORD_W + 1), .DEPTH(RES_DEPTH)) u_words (
    .clk_i, .rst_ni, .push_i(c_valid && (c_last || c_elem == 3'd7)), .data_i({c_fin, word}), .pop_i(free),
    .valid_o(res_valid_o), .data_o({word_last, head_word}), .level_o(word_level));
  assign free  = res_valid_o && res_ready_i;
  assign res_o = res_valid_o ? head_word : '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) done_o <= '0;
    else if (free && word_last) done_o <= done_o + 8'd1;
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!take || (head_kind == {LANES{kind}} && head_last == {LANES{head_last[0]}}));  // all lanes are at the same message
      assert (!take || 32'(col_q) < COLUMNS);
      assert (credit_q <= 3'(RES_DEPTH));
      assert ({1'b0, word_level} + {1'b0, credit_q} <= 4'(RES_DEPTH));
    end
  end
endmodule
