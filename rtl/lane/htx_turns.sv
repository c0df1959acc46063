// SPDX-License-Identifier: Apache-2.0
// htx_turns: lets a lane's columns speak one after another: result words to the collector, messages to the tree.
//
// Column 0 first, then 1, up to the last that takes part, and again: an order that follows from the commands alone, so it is
// the same on all lanes. A column whose turn it is may be late; the others wait. Combinational; the turn moves with what
// is taken. docs/blocks/lane.md.
module htx_turns #(
  parameter int unsigned COLUMNS = 1,
  localparam int unsigned W = htx_pkg::RES_WORD_W
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [COLUMNS-1:0]    word_valid_i,  ///< a column has a result word
  output logic [COLUMNS-1:0]    word_ready_o,  ///< it is taken
  input  logic [W*COLUMNS-1:0]  word_i,        ///< res_word_t, zero while not valid
  input  logic [COLUMNS-1:0]    word_last_i,   ///< it is of the command's last column
  input  logic [COLUMNS-1:0]    msg_valid_i,   ///< a column has a message to the tree
  output logic [COLUMNS-1:0]    msg_ready_o,   ///< it is taken
  input  logic [COLUMNS-1:0]    msg_kind_i,    ///< 0: maxima {M, U}; 1: a sum
  input  logic [64*COLUMNS-1:0] msg_data_i,    ///< the message, zero while not valid
  input  logic [COLUMNS-1:0]    msg_end_i,     ///< with it the column's turn ends
  input  logic [COLUMNS-1:0]    msg_last_i,    ///< it is of the command's last column
  output logic                  res_valid_o,   ///< a result word
  input  logic                  res_ready_i,   ///< it is taken
  output htx_pkg::res_word_t    res_o,         ///< the word; zero while not valid
  output logic                  red_valid_o,   ///< a message to the tree
  input  logic                  red_ready_i,   ///< it is taken
  output logic                  red_kind_o,    ///< 0: maxima {M, U}; 1: a sum
  output logic                  red_last_o,    ///< of the command's last column
  output logic [63:0]           red_data_o     ///< the message; zero while not valid
);
  logic [2:0] word_turn, msg_turn;  // whose turn it is, as wide as for any number of columns: for comparison
  logic unused_turns;
  assign unused_turns = ^{word_turn, msg_turn};
  if (COLUMNS == 1) begin : gen_one
    assign word_turn    = '0;
    assign msg_turn     = '0;
    assign word_ready_o = res_ready_i;
    assign res_valid_o  = word_valid_i[0];
    assign res_o        = word_i;
    assign msg_ready_o  = red_ready_i;
    assign red_valid_o  = msg_valid_i[0];
    assign red_kind_o   = msg_kind_i[0];
    assign red_last_o   = 1'b1;
    assign red_data_o   = msg_data_i;
    logic unused;
    assign unused = ^{clk_i, rst_ni, word_last_i, msg_end_i, msg_last_i};
  end else begin : gen_turns
    localparam int unsigned TW = $clog2(COLUMNS);
    logic [TW-1:0] word_turn_q, msg_turn_q;
    assign word_turn    = 3'(word_turn_q);
    assign msg_turn     = 3'(msg_turn_q);
    assign word_ready_o = COLUMNS'(res_ready_i) << word_turn_q;
    assign res_valid_o  = word_valid_i[word_turn_q];
    assign res_o        = word_i[W*word_turn_q +: W];
    assign msg_ready_o  = COLUMNS'(red_ready_i) << msg_turn_q;
    assign red_valid_o  = msg_valid_i[msg_turn_q];
    assign red_kind_o   = msg_kind_i[msg_turn_q];
    assign red_last_o   = msg_last_i[msg_turn_q];
    assign red_data_o   = msg_data_i[64*msg_turn_q +: 64];
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        word_turn_q <= '0;
        msg_turn_q  <= '0;
      end else begin
        if (res_valid_o && res_ready_i) word_turn_q <= word_last_i[word_turn_q] ? '0 : word_turn_q + TW'(1);
        if (red_valid_o && red_ready_i && msg_end_i[msg_turn_q]) msg_turn_q <= red_last_o ? '0 : msg_turn_q + TW'(1);
      end
    end
    always_ff @(posedge clk_i) begin
      if (rst_ni && res_valid_o && res_ready_i && !word_last_i[word_turn_q]) assert (32'(word_turn_q) + 1 < COLUMNS);
      if (rst_ni && red_valid_o && red_ready_i && !red_last_o) assert (32'(msg_turn_q) + 1 < COLUMNS);
    end
  end
endmodule
