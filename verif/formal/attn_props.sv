// SPDX-License-Identifier: Apache-2.0
// htx_attn: a message that the tree does not take stands still, and a command's last message is reported once (docs/blocks/attn.md).
module attn_props (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        at_valid_i,
  input logic        at_pv_i,
  input logic        at_last_i,
  input logic [1:0]  at_count_i,
  input logic [4:0]  at_low_i,
  input logic        sc_valid_i,
  input logic [31:0] sc_x_i,
  input logic [7:0]  sc_ev_i,
  input logic        page_i,
  input logic        col_valid_i,
  input logic [20:0] col_i,
  input logic [4:0]  col_addr_i,
  input logic [1:0]  col_page_i,
  input logic        col_first_i,
  input logic        col_last_i,
  input logic        red_ready_i,
  input logic        max_valid_i
);
  logic        share_we, share_ok, max_ok, red_valid, red_kind, red_end, red_last, red_fin;
  logic [5:0]  share_addr;
  logic [6:0]  share;
  logic [63:0] red_data;
  logic [7:0]  err;
  htx_attn dut (
    .clk_i, .rst_ni, .at_valid_i, .at_pv_i, .at_last_i, .at_count_i({8'd0, at_count_i}), .at_kt_i(4'd1), .at_low_i, .sc_valid_i, .sc_x_i, .sc_ev_i,
    .share_we_o(share_we), .share_addr_o(share_addr), .share_o(share), .share_ok_o(share_ok), .page_i, .col_valid_i, .col_i,
    .col_addr_i({3'd0, col_addr_i}), .col_page_i, .col_first_i, .col_last_i, .max_ok_o(max_ok), .red_valid_o(red_valid), .red_ready_i,
    .red_kind_o(red_kind), .red_data_o(red_data), .red_end_o(red_end), .red_last_o(red_last), .red_fin_o(red_fin), .max_valid_i, .max_m_i(32'd0), .max_u_i(32'd0), .err_o(err));
`ifdef YOSYS  // how Yosys is told of a name inside
  (* hierconn *) wire [1:0] \dut.pv_q ;
  (* hierconn *) wire \dut.max_pend_q ;
  (* hierconn *) wire \dut.out_den_q ;
  (* hierconn *) wire \dut.out_v_q ;
  (* hierconn *) wire \dut.term_v ;
  (* hierconn *) wire \dut.s_v ;
  (* hierconn *) wire \dut.m_v_q ;
  (* hierconn *) wire \dut.page_we_q ;
  (* hierconn *) wire [8:0] \dut.s_page_q ;
  (* hierconn *) wire [4:0] \dut.s_tok_q ;
  (* hierconn *) wire [9:0] \dut.s_count_q ;
`endif
  logic        started_q = 1'b0;
  logic        stalled_q, kind_q, end_q, last_q, lastly_q;
  logic [1:0]  way_q;    // scores on their way through the conversion
  logic [63:0] data_q;
  logic [6:0]  left_q;   // scores that the SCORE has still to get
  logic [5:0]  quiet_q;  // clocks since the last score or column, 63 for more
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    stalled_q <= rst_ni && red_valid && !red_ready_i;
    lastly_q  <= rst_ni && red_valid && red_ready_i && (!red_kind || dut.out_den_q) && red_last;
    end_q     <= red_end;
    last_q    <= red_last;
    kind_q    <= red_kind;
    data_q    <= red_data;
    way_q     <= rst_ni ? {way_q[0], sc_valid_i} : '0;
    if (!rst_ni) left_q <= '0;
    else if (at_valid_i && !at_pv_i) left_q <= {at_count_i, 5'd0};
    else left_q <= left_q - 7'(sc_valid_i);
    quiet_q <= !rst_ni ? 6'd63 : sc_valid_i || col_valid_i ? '0 : quiet_q + 6'(quiet_q != 6'd63);
  end
  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    if (rst_ni) begin
      // assume 2: a command starts while no PV is at work and no maxima wait to be sent; a SCORE when the scores of the one before are through.
      a2: assume (!at_valid_i || (dut.pv_q == '0 && !dut.max_pend_q && left_q == '0 && quiet_q > 6'd8));
      // assume 3: a PV starts only when the maxima are back.
      a3: assume (!(at_valid_i && at_pv_i) || max_ok);
      // assume 4: columns come only while a PV is at work, the last one last.
      a4: assume (!col_valid_i || dut.pv_q == 2'd1);
      // assume 5: scores come only for the pages of a SCORE, and no command starts with one.
      a5: assume (!sc_valid_i || (left_q != '0 && !at_valid_i));
      // assume 6: no term of the denominator comes once the sums are sent: the last column needs every share, and is many clocks
      // behind the last of them.
      a6: assume (!dut.term_v || dut.pv_q == 2'd1);

      // rule 1: a message that is not taken stays, with its kind and whether it ends the column's turn, or the command.
      r1: assert (!stalled_q || (red_valid && red_kind == kind_q && red_end == end_q && red_last == last_q));
      // rule 2: the end of a command's messages is reported by its last column in the clock after the last was taken, at no other time.
      r2: assert (red_fin == lastly_q);
      // rule 3: a score is used two clocks after it came; those used, those on their way and those to come are the command's.
      r3: assert (dut.s_v == way_q[1] && 14'(left_q) + 14'(way_q[0]) + 14'(way_q[1]) + {dut.s_page_q, dut.s_tok_q} == {dut.s_count_q[8:0], 5'd0});
      // rule 4: the maxima wait to be sent only when no score is to come, on its way, or being compared.
      r4: assert (!dut.max_pend_q || (left_q == '0 && way_q == '0 && !dut.m_v_q && !dut.page_we_q));
      // rule 5: sums and the denominator are shown only while they are sent.
      r5: assert (dut.pv_q != 2'd3 && (!dut.out_v_q || dut.pv_q == 2'd2) && (!dut.out_den_q || dut.out_v_q));

      // cover 1: maxima wait to be taken.
      c1: cover (stalled_q && !kind_q);
      // cover 2: a sum waits, and the denominator after it is taken.
      c2: cover (red_fin && kind_q);
    end
  end
  for (genvar i = 0; i < 64; i++) begin : g_bit
    always_ff @(posedge clk_i) begin
      // rule 6: it stands still, bit for bit.
      if (rst_ni) assert (!stalled_q || red_data[i] == data_q[i]);
    end
  end
endmodule
