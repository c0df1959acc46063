// SPDX-License-Identifier: Apache-2.0
// htx_dot_col: what a column has of its own in the dot engine: activations, shares, 32 multipliers, sums over a head.
//
// All columns of a lane do the same in the same clock with the same row (`ctl_i`, `w_i`); a column that takes no part in a
// command is not given its `on_i`, and stands still. Clocks: docs/blocks/dot.md.
module htx_dot_col (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    act_we_i,     ///< pulse: a quantised block of this column
  /* verilator lint_off UNUSEDSIGNAL */  // whose it is has been looked at
  input  htx_pkg::act_write_t     act_i,        ///< the block
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic                    share_we_i,   ///< pulse: share of a token
  input  logic [5:0]              share_addr_i, ///< {page[0], token}
  input  logic [6:0]              share_i,      ///< the share, 0..127
  input  htx_lane_pkg::dot_ctl_t  ctl_i,        ///< what all columns do
  input  logic [255:0]            w_i,          ///< row operand, 32 int8
  input  logic                    on_i,         ///< the row whose operands stand in the registers is this column's, too
  output logic                    row_valid_o,  ///< pulse: scales of a row
  output logic [31:0]             row_sa_o,     ///< activation scale, fp32
  output logic                    dot_valid_o,  ///< pulse: a dot product that goes on
  output logic [23:0]             dot_o,        ///< signed
  output logic                    col_valid_o,  ///< pulse: a column of a value tile
  output logic [20:0]             col_o,        ///< sum over the tokens of share times value, signed
  output logic [7:0]              col_addr_o,   ///< {tile[2:0], column}
  output logic [1:0]              col_page_o,   ///< page, modulo 4
  output logic                    col_first_o,  ///< of the first page: overwrites
  output logic                    col_last_o    ///< the command's last column
);
  logic [31:0]  sa_q;
  logic         s_v_q, d_v_q, part_we_q;
  logic [287:0] act_rd;
  logic [6:0]   share_rd;
  logic [23:0]  d_sum, part_rd;

  htx_ram #(.WIDTH(288), .DEPTH(htx_pkg::ACT_BLOCKS)) u_act (
    .clk_i, .we_i(act_we_i), .waddr_i(act_i.addr), .wdata_i({act_i.scale, act_i.data}),
    .re_i(ctl_i.act_re), .raddr_i(ctl_i.act_addr), .rdata_o(act_rd));
  htx_ram #(.WIDTH(7), .DEPTH(64)) u_share (
    .clk_i, .we_i(share_we_i), .waddr_i(share_addr_i), .wdata_i(share_i),
    .re_i(ctl_i.share_re), .raddr_i(ctl_i.share_addr), .rdata_o(share_rd));
  htx_ram #(.WIDTH(24), .DEPTH(32)) u_part (
    .clk_i, .we_i(part_we_q), .waddr_i(ctl_i.dot_row), .wdata_i(dot_o), .re_i(s_v_q && ctl_i.s_score), .raddr_i(ctl_i.s_row), .rdata_o(part_rd));

  htx_dot_mul u_mul (
    .clk_i, .rst_ni, .w_i, .act_load_i(ctl_i.act_load), .act_i(act_rd[255:0]), .share_load_i(ctl_i.share_load), .share_i(share_rd),
    .one_load_i(ctl_i.one_load), .one_i(ctl_i.one), .mul_i(on_i), .pv_i(ctl_i.w_pv), .row_i(ctl_i.w_row), .tile_i(ctl_i.w_tile), .page_i(ctl_i.w_page),
    .first_i(ctl_i.w_first), .last_i(ctl_i.w_last), .sum_o(d_sum), .col_valid_o, .col_o, .col_addr_o, .col_page_o, .col_first_o, .col_last_o);

  always_ff @(posedge clk_i) begin
    if (ctl_i.sa_load) sa_q <= act_rd[287:256];
    if (!rst_ni) begin
      {row_valid_o, row_sa_o, s_v_q, d_v_q, part_we_q, dot_valid_o, dot_o} <= '0;
    end else begin
      row_valid_o <= on_i && !ctl_i.w_pv;
      s_v_q       <= row_valid_o;
      d_v_q       <= s_v_q;
      part_we_q   <= d_v_q && ctl_i.d_score;
      dot_valid_o <= d_v_q && (!ctl_i.d_score || ctl_i.d_last);
      if (on_i && !ctl_i.w_pv) row_sa_o <= ctl_i.w_emit ? htx_fp_pkg::FP32_ONE : sa_q;
      if (d_v_q) dot_o <= d_sum + ((ctl_i.d_score && !ctl_i.d_first) ? part_rd : 24'd0);
    end
  end
endmodule
