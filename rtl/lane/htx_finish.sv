// SPDX-License-Identifier: Apache-2.0
// htx_finish: counts the lane commands that are finished, in the order in which they were started.
//
// Each started command is queued with what finishes it: nothing more, its last result word, or its last message to the
// tree. At most one command is counted a clock.
module htx_finish (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       start_i,  ///< pulse: a command starts
  input  logic [1:0] kind_i,   ///< 0 nothing left to do, 1 finishes with a result word, 2 with a message to the tree
  input  logic       res_i,    ///< pulse: a command's last result word was taken
  input  logic       red_i,    ///< pulse: a command's last message was taken
  output logic       room_o,   ///< another command may start
  output logic [7:0] done_o    ///< commands finished, modulo 256
);
  localparam int unsigned DEPTH = htx_lane_pkg::FIN_DEPTH;
  logic head_valid, retire;
  logic [1:0] head;
  logic [$clog2(DEPTH+1)-1:0] level;
  logic [1:0] res_q, red_q;  // events not yet counted: three at most, of commands behind the oldest

  htx_fifo #(.WIDTH(2), .DEPTH(DEPTH)) u_kinds (
    .clk_i, .rst_ni, .push_i(start_i), .data_i(kind_i), .pop_i(retire), .valid_o(head_valid), .data_o(head), .level_o(level));

  assign room_o = level < ($clog2(DEPTH+1))'(DEPTH);
  assign retire = head_valid && ((head == 2'd0) || (head == 2'd1 && res_q != 2'd0) || (head == 2'd2 && red_q != 2'd0));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      res_q  <= '0;
      red_q  <= '0;
      done_o <= '0;
    end else begin
      res_q <= res_q + 2'(res_i) - 2'(retire && head == 2'd1);
      red_q <= red_q + 2'(red_i) - 2'(retire && head == 2'd2);
      if (retire) done_o <= done_o + 8'd1;
    end
  end
endmodule
