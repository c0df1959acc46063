// SPDX-License-Identifier: Apache-2.0
// htx_dot_mul: the 32 multipliers of a column with their second operand, the adder tree, and the sums over tokens on their way out.
//
// `row_i` names the row whose operands stand in the registers (`mul_i`). Its products stand a clock later, then its sum
// over 32 in three (`sum_o`), or (`pv_i`) the products are added to the columns. After row 31 the columns move to hold
// registers, and leave one a clock, column 0 four clocks after that row's `mul_i`, while the next tile is summed.
module htx_dot_mul (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [255:0] w_i,           ///< row operand, 32 int8
  input  logic         act_load_i,    ///< load the other operand: an activation block
  input  logic [255:0] act_i,         ///< 32 int8
  input  logic         share_load_i,  ///< load the other operand: one share for all
  input  logic [6:0]   share_i,       ///< 0..127
  input  logic         one_load_i,    ///< load the other operand: 1 at element `one_i`, else 0
  input  logic [4:0]   one_i,         ///< which element
  input  logic         mul_i,         ///< the operands of a row stand
  input  logic         pv_i,          ///< it is a token's row of a value tile
  input  logic [4:0]   row_i,         ///< its number, or token
  input  logic [2:0]   tile_i,        ///< passed along with the columns, as the next three
  input  logic [1:0]   page_i,        ///< page, modulo 4
  input  logic         first_i,       ///< of the first page
  input  logic         last_i,        ///< of the command's last tile
  output logic [23:0]  sum_o,         ///< dot product of the row, signed; keeps
  output logic         col_valid_o,   ///< pulse: a column
  output logic [20:0]  col_o,         ///< signed
  output logic [7:0]   col_addr_o,    ///< {tile, column}
  output logic [1:0]   col_page_o,    ///< `page_i` of its tile
  output logic         col_first_o,   ///< `first_i` of its tile
  output logic         col_last_o     ///< `last_i`, in column 31
);
  logic         p_v_q, p_pv_q, s_v_q, end_q, run_q;
  logic [4:0]   p_row_q, idx_q;
  logic [6:0]   p_tag_q, c_tag_q, tag_q;  // {tile, page, first, last} of the row, of the finished columns, of those going out
  logic [20:0]  kept;
  /* verilator lint_off UNUSEDSIGNAL */   // padded to whole words: simulators copy those quickest
  logic [255:0] sums, cols;
  /* verilator lint_on UNUSEDSIGNAL */

  for (genvar i = 0; i < 8; i++) begin : gen_dot4
    htx_dot4 u_dot4 (
      .clk_i, .w_i(w_i[32*i +: 32]),
      .b_act_i(act_load_i), .act_i(act_i[32*i +: 32]), .b_share_i(share_load_i), .share_i, .b_one_i(one_load_i),
      .one_here_i(one_i[4:2] == 3'(i)), .one_i(one_i[1:0]), .mul_i, .sum_i(p_v_q && !p_pv_q), .sum_o(sums[32*i +: 32]),
      .col_i(p_v_q && p_pv_q), .col_first_i(p_row_q == 5'd0), .hold_i(end_q), .sel_i(idx_q[1:0]), .col_o(cols[32*i +: 32]));
  end

  always_comb begin
    case (idx_q[4:2])
      3'd0: kept = cols[20:0];
      3'd1: kept = cols[52:32];
      3'd2: kept = cols[84:64];
      3'd3: kept = cols[116:96];
      3'd4: kept = cols[148:128];
      3'd5: kept = cols[180:160];
      3'd6: kept = cols[212:192];
      default: kept = cols[244:224];
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (mul_i) begin
      p_pv_q  <= pv_i;
      p_row_q <= row_i;
      p_tag_q <= {tile_i, page_i, first_i, last_i};
    end
    if (s_v_q) sum_o <= ((sums[23:0] + sums[55:32]) + (sums[87:64] + sums[119:96]))
                      + ((sums[151:128] + sums[183:160]) + (sums[215:192] + sums[247:224]));
    c_tag_q <= p_tag_q;
    if (end_q) tag_q <= c_tag_q;
    if (!rst_ni) begin
      p_v_q       <= 1'b0;
      s_v_q       <= 1'b0;
      end_q       <= 1'b0;
      run_q       <= 1'b0;
      idx_q       <= '0;
      col_valid_o <= 1'b0;
      col_o       <= '0;
      col_addr_o  <= '0;
      col_page_o  <= '0;
      col_first_o <= 1'b0;
      col_last_o  <= 1'b0;
    end else begin
      p_v_q <= mul_i;
      s_v_q <= p_v_q && !p_pv_q;
      end_q <= p_v_q && p_pv_q && p_row_q == 5'd31;
      if (end_q)               run_q <= 1'b1;
      else if (idx_q == 5'd31) run_q <= 1'b0;
      if (run_q) idx_q <= idx_q + 5'd1;
      col_valid_o <= run_q;
      if (run_q) begin
        col_o       <= kept;
        col_addr_o  <= {tag_q[6:4], idx_q};
        col_page_o  <= tag_q[3:2];
        col_first_o <= tag_q[1];
        col_last_o  <= tag_q[0] && idx_q == 5'd31;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!(end_q && run_q));  // 32 rows take longer than 32 columns
  end
endmodule
