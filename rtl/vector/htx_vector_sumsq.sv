// SPDX-License-Identifier: Apache-2.0
// htx_vector_sumsq: sum of squares in the canonical order, on the lanes' multipliers and adders.
//
// Level 0 adds the squares to 128 accumulators, 16 words in turn, kept as two banks of 8 words. Levels 1..4 add the
// upper half of the words to the lower; a level's sums are dealt to both banks, so that the next level again reads both
// halves at once. Levels 5..7 fold the last word. A level starts when the one before is written. Schedule:
// docs/blocks/vector.md.
module htx_vector_sumsq (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,     ///< a sum of squares starts in the next clock
  input  logic [10:0]  n_i,         ///< its blocks
  input  logic [10:0]  cmd_n_i,     ///< blocks of the command running
  input  logic         prod_pre_i,  ///< a word of squares is on mul_i in the next clock
  input  logic [255:0] mul_i,       ///< products
  input  logic [255:0] add_i,       ///< sums
  output logic         ld_o,        ///< the adders take a_o and b_o
  output logic [255:0] a_o,         ///< 8 fp32
  output logic [255:0] b_o,         ///< 8 fp32
  output logic         sum_pre_o,   ///< a word is written two clocks later
  output logic         sum_ld_o,    ///< element 0 of add_i is the sum
  output logic         zero_ld_o    ///< then three words of zeros
);
  localparam int unsigned AV = 1 + htx_fp_pkg::FADD_LATENCY;  // from operands to sum

  logic [2:0]  lvl_q;
  logic [12:0] left_q;        // words to accumulate
  logic [3:0]  rk_q, wk_q;    // word read next, word written next
  logic        full_q;        // all 16 accumulator words were read once
  logic        reading_q;     // levels 1..4 read
  logic        rv_q;          // a level's operands are on the banks' outputs
  logic        pv_q;          // a product and its accumulator are there
  logic        bank_q, keep_q, lo_q, hi_q;
  logic [AV:1] av_q;          // a sum on its way
  logic [3:1]  zero_q;
  logic        sum_valid;
  assign sum_valid = av_q[AV];

  // words in this level, and half of them; level 4 has one, and goes on to fold
  logic [3:0] count_m1, half;
  assign half     = 4'd8 >> lvl_q;
  assign count_m1 = (4'd8 >> (lvl_q - 3'd1)) - 4'd1;

  logic we, w_hi;
  assign we   = sum_valid && lvl_q < 3'd4;
  assign w_hi = (lvl_q == 3'd0) ? wk_q[3] : (wk_q & half) != 4'd0;
  logic [2:0] w_addr;
  assign w_addr = (lvl_q == 3'd0) ? wk_q[2:0] : wk_q[2:0] & (half[2:0] - 3'd1);

  logic [255:0] lo, hi;
  htx_ram #(.WIDTH(256), .DEPTH(8)) bank_lo (
    .clk_i, .we_i(we && !w_hi), .waddr_i(w_addr), .wdata_i(add_i),
    .re_i(reading_q || (prod_pre_i && !rk_q[3])), .raddr_i(rk_q[2:0]), .rdata_o(lo)
  );
  htx_ram #(.WIDTH(256), .DEPTH(8)) bank_hi (
    .clk_i, .we_i(we && w_hi), .waddr_i(w_addr), .wdata_i(add_i),
    .re_i(reading_q || (prod_pre_i && rk_q[3])), .raddr_i(rk_q[2:0]), .rdata_o(hi)
  );

  // operands: product and accumulator; both halves; or the two parts of the last word
  always_comb begin
    if (pv_q) begin
      a_o = mul_i;
      b_o = keep_q ? (bank_q ? hi : lo) : 256'd0;
    end else if (rv_q) begin
      a_o = lo_q ? lo : 256'd0;
      b_o = hi_q ? hi : 256'd0;
    end else begin
      a_o = add_i;
      b_o = (lvl_q == 3'd4) ? {128'd0, add_i[255:128]} : (lvl_q == 3'd5) ? {192'd0, add_i[127:64]} : {224'd0, add_i[63:32]};
    end
  end
  logic fold;
  assign fold      = sum_valid && lvl_q >= 3'd4 && lvl_q != 3'd7;
  assign ld_o      = pv_q || rv_q || fold;
  assign sum_ld_o  = sum_valid && lvl_q == 3'd7;
  assign zero_ld_o = zero_q != 3'd0;
  assign sum_pre_o = (av_q[AV-1] && lvl_q == 3'd7) || sum_ld_o || zero_q[1] || zero_q[2];

  always_ff @(posedge clk_i) begin
    bank_q <= rk_q[3];
    keep_q <= full_q;
    // accumulators that a short vector never touched count as zero
    lo_q   <= lvl_q != 3'd1 || cmd_n_i > 11'd1 || !rk_q[2];
    hi_q   <= lvl_q != 3'd1 || cmd_n_i > 11'd3 || (cmd_n_i == 11'd3 && !rk_q[2]);
    if (!rst_ni || start_i) begin
      lvl_q     <= 3'd0;
      left_q    <= rst_ni ? {n_i, 2'b00} : 13'd0;
      rk_q      <= 4'd0;
      wk_q      <= 4'd0;
      full_q    <= 1'b0;
      reading_q <= 1'b0;
      rv_q      <= 1'b0;
      pv_q      <= 1'b0;
      av_q      <= '0;
      zero_q    <= '0;
    end else begin
      pv_q   <= prod_pre_i;
      rv_q   <= reading_q;
      av_q   <= {av_q[AV-1:1], ld_o};
      zero_q <= {zero_q[2:1], sum_ld_o};
      if (prod_pre_i || reading_q) rk_q <= rk_q + 4'd1;
      if (prod_pre_i && rk_q == 4'd15) full_q <= 1'b1;
      if (reading_q && rk_q == count_m1) reading_q <= 1'b0;
      if (sum_valid) begin
        wk_q <= wk_q + 4'd1;
        if (lvl_q == 3'd0) left_q <= left_q - 13'd1;
        if (lvl_q >= 3'd4 || (lvl_q == 3'd0 ? left_q == 13'd1 : wk_q == count_m1)) begin
          lvl_q     <= lvl_q + 3'd1;  // from 7 back to 0
          rk_q      <= 4'd0;
          wk_q      <= 4'd0;
          reading_q <= lvl_q < 3'd4;
        end
      end
    end
  end

  always_ff @(posedge clk_i) if (rst_ni) assert (!(pv_q && rv_q) && !(fold && (pv_q || rv_q)));
endmodule
