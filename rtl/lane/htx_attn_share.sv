// SPDX-License-Identifier: Apache-2.0
// htx_attn_share: a token's share (0..127, relative to its page's Uc) and its term of the denominator (relative to M).
//
// One token a clock; the share 4 clocks after its score, the term with it. Rounding as golden/numerics/softmax.hpp:
// share = (127 rom[f] + 2^(14+k)) >> (15+k) with 256 Uc - (s + 256 eV) = 256 k + f; term = (rom[f] << 16) >> k likewise with M - s.
module htx_attn_share (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               valid_i,       ///< pulse: a token
  input  logic               ok_i,          ///< the token is valid (else share and term are 0)
  input  logic [5:0]         addr_i,        ///< passed along
  input  logic [7:0]         ev_i,          ///< V exponent, signed
  input  logic [23:0]        s_i,           ///< score, signed
  input  logic signed [17:0] uc_i,          ///< of its page, looked at a clock after the score
  input  logic signed [17:0] m_i,           ///< likewise
  output logic               soon_o,        ///< `share_we_o` follows, for token 0 of a page
  output logic               share_we_o,    ///< pulse
  output logic [5:0]         share_addr_o,  ///< keeps
  output logic [6:0]         share_o,       ///< keeps
  output logic               term_valid_o,  ///< pulse
  output logic [31:0]        term_o         ///< term of the denominator
);
  logic               v1_q, v2_q, v3_q, ok1_q, ok2_q, ok3_q, pbig_q, lbig_q;
  logic [5:0]         addr1_q, addr2_q, addr3_q, lk_q;
  logic [7:0]         ev_q;
  logic [23:0]        s_q;
  logic [25:0]        p_q, l_q;  // distances to Uc and M
  logic [15:0]        prom_q, lrom_q;
  logic [3:0]         pk_q;
  logic signed [25:0] fold;
  logic [22:0]        num;
  /* verilator lint_off UNUSEDSIGNAL */  // only the quotient by 2^15 is wanted, and it is at most 127
  logic [22:0]        sum;
  /* verilator lint_on UNUSEDSIGNAL */
  assign fold = 26'($signed(s_q)) + 26'($signed({ev_q, 8'd0}));
  assign num  = {prom_q, 7'd0} - {7'd0, prom_q};
  assign sum  = (num >> pk_q) + 23'd16384;  // rounding after the shift by k: floors of floors are floors
  assign soon_o = v3_q && addr3_q[4:0] == 5'd0;

  always_ff @(posedge clk_i) begin
    ok1_q   <= ok_i;
    addr1_q <= addr_i;
    ev_q    <= ev_i;
    s_q     <= s_i;
    ok2_q   <= ok1_q;
    addr2_q <= addr1_q;
    p_q     <= {uc_i, 8'd0} - fold;
    l_q     <= {m_i, 8'd0} - 26'($signed(s_q));
    ok3_q   <= ok2_q;
    addr3_q <= addr2_q;
    prom_q  <= htx_tables_pkg::softmax_rom(p_q[7:0]);
    lrom_q  <= htx_tables_pkg::softmax_rom(l_q[7:0]);
    pk_q    <= p_q[11:8];
    lk_q    <= l_q[13:8];
    pbig_q  <= p_q[25:8] > 18'd8;
    lbig_q  <= l_q[25:8] > 18'd60;
    term_o  <= (ok3_q && !lbig_q) ? {lrom_q, 16'd0} >> lk_q : 32'd0;
    if (!rst_ni) begin
      v1_q         <= 1'b0;
      v2_q         <= 1'b0;
      v3_q         <= 1'b0;
      term_valid_o <= 1'b0;
      share_we_o   <= 1'b0;
      share_addr_o <= '0;
      share_o      <= '0;
    end else begin
      v1_q         <= valid_i;
      v2_q         <= v1_q;
      v3_q         <= v2_q;
      term_valid_o <= v3_q;
      share_we_o   <= v3_q;
      if (v3_q) begin
        share_addr_o <= addr3_q;
        share_o      <= (ok3_q && !pbig_q) ? sum[21:15] : 7'd0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && v2_q && ok2_q) assert (!p_q[25] && !l_q[25]);  // maxima are maxima
  end
endmodule
