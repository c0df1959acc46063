// SPDX-License-Identifier: Apache-2.0
// htx_seq_mem: program and token memory of the sequencer, and the host's way into them.
//
// Reads take one clock. The host writes at once when hm_wok_i (else the write is dropped); its reads wait for a clock with
// hm_rok_i, so that the sequencer never waits; hm_done_o then comes one clock later.
module htx_seq_mem (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         hm_valid_i,   ///< pulse: host access, one at a time
  input  logic                         hm_tok_i,     ///< token memory, else program
  input  logic                         hm_we_i,      ///< write, else read
  input  logic [htx_pkg::TOKEN_AW-1:0] hm_addr_i,    ///< instruction or token
  input  logic [127:0]                 hm_wdata_i,   ///< instruction, or token in the low bits
  output logic                         hm_done_o,    ///< pulse: `hm_rdata_o` holds what was read
  output logic [127:0]                 hm_rdata_o,   ///< instruction or token; 0 but with `hm_done_o`
  input  logic                         hm_wok_i,     ///< the sequencer is idle
  input  logic                         hm_rok_i,     ///< the sequencer uses neither memory in this clock
  input  logic                         fetch_i,      ///< read the instruction at `pc_i`
  input  logic [9:0]                   pc_i,         ///< instruction
  output logic [127:0]                 instr_o,      ///< in the clock after `fetch_i`
  input  logic                         tread_i,      ///< read the token at `pos_i`
  input  logic [htx_pkg::TOKEN_AW-1:0] pos_i,        ///< token
  output logic [17:0]                  token_o,      ///< in the clock after `tread_i`
  input  logic                         tok_we_i,     ///< write a decoded token (never with `hm_wok_i`)
  input  logic [htx_pkg::TOKEN_AW-1:0] tok_waddr_i,  ///< its place
  input  logic [17:0]                  tok_wdata_i   ///< its number
);
  logic        hm_go, hm_pend_q, hm_tok_q, hm_done_q, prog_hwe, tok_hwe;
  logic [htx_pkg::TOKEN_AW-1:0] hm_addr_q;
  assign hm_go    = hm_pend_q && hm_rok_i;
  assign prog_hwe = hm_valid_i && hm_we_i && hm_wok_i && !hm_tok_i;
  assign tok_hwe  = hm_valid_i && hm_we_i && hm_wok_i && hm_tok_i;

  htx_ram #(.WIDTH(128), .DEPTH(htx_pkg::PROG_WORDS)) u_prog (
    .clk_i, .we_i(prog_hwe), .waddr_i(hm_addr_i[9:0]), .wdata_i(hm_wdata_i), .re_i(fetch_i || (hm_go && !hm_tok_q)),
    .raddr_i(fetch_i ? pc_i : hm_addr_q[9:0]), .rdata_o(instr_o));
  htx_ram #(.WIDTH(18), .DEPTH(htx_pkg::TOKEN_WORDS)) u_tok (
    .clk_i, .we_i(tok_hwe || tok_we_i), .waddr_i(tok_hwe ? hm_addr_i : tok_waddr_i),
    .wdata_i(tok_hwe ? hm_wdata_i[17:0] : tok_wdata_i), .re_i(tread_i || (hm_go && hm_tok_q)),
    .raddr_i(tread_i ? pos_i : hm_addr_q), .rdata_o(token_o));
  assign hm_done_o  = hm_done_q;
  assign hm_rdata_o = !hm_done_q ? '0 : hm_tok_q ? {110'b0, token_o} : instr_o;

  always_ff @(posedge clk_i) begin
    hm_done_q <= hm_go;
    if (hm_go) hm_pend_q <= 1'b0;
    if (hm_valid_i && !hm_we_i) begin
      hm_pend_q <= 1'b1;
      hm_tok_q  <= hm_tok_i;
      hm_addr_q <= hm_addr_i;
    end
    if (!rst_ni) begin
      hm_pend_q <= 1'b0;
      hm_tok_q  <= 1'b0;
      hm_addr_q <= '0;
      hm_done_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(hm_valid_i && hm_pend_q));
      assert (!(hm_wok_i && (fetch_i || tread_i || tok_we_i)));
    end
  end
endmodule
