// SPDX-License-Identifier: Apache-2.0
// htx_vector_topk: the largest of a router's logits, for VTOPK.
//
// A word of 8 logits comes every 8 clocks and one logit a clock is sorted into a list of TOP_K, largest first; on ties the
// one that came first stays before, which is the lower expert. Then the vector unit's adders form the largest less each;
// places from k on are infinity. Order and differences: numerics::choose. Schedule: docs/blocks/vector.md.
module htx_vector_topk (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  logic                           start_i,   ///< a VTOPK starts in the next clock
  input  logic [8:0]                     e_i,       ///< its logits
  input  logic [4:0]                     k_i,       ///< of the command running: how many are chosen
  input  logic                           word_i,    ///< port A shows a word of logits
  input  logic [255:0]                   rdata_a_i, ///< the word
  output logic                           ld_o,      ///< the adders take a_o and b_o
  output logic [255:0]                   a_o,       ///< 8 fp32
  output logic [255:0]                   b_o,       ///< 8 fp32
  output logic                           pre_o,     ///< a word is written two clocks later
  output logic                           diff_ld_o, ///< the adders' sums are the differences
  output logic                           inf_ld_o,  ///< then three words of infinity
  output logic [8*htx_pkg::TOP_K-1:0]    chosen_o,  ///< expert numbers of the last VTOPK, by choice, 0 from k on
  output logic                           err_o      ///< a logit was NaN or infinite; sticky
);
  localparam int unsigned K = htx_pkg::TOP_K;
  localparam int unsigned AV = 1 + htx_fp_pkg::FADD_LATENCY;  // from operands to sum
  localparam logic [31:0] INF = 32'h7f800000;

  logic [255:0] word_q;      // the next logit in the low bits
  logic         live_q;      // there is one
  logic [8:0]   left_q;      // logits to come, this one too
  logic [7:0]   number_q;    // its expert
  logic         bad_q;
  logic [32*K-1:0] key_q;    // the list: keys that order as values do, -0 as +0
  logic [8*K-1:0]  expert_q;
  logic [K-1:0]    valid_q;
  logic [AV+3:1]   after_q;  // bit i: i clocks after ld_o

  // ---------------------------------------------------------------- sorting in
  logic [31:0]  x, key;
  logic [K-1:0] stays;       // the list's entry goes before the new one
  assign x   = word_q[31:0];
  assign key = x[31] && x[30:0] != '0 ? ~x : {1'b1, x[30:0]};
  for (genvar i = 0; i < K; i++) begin : gen_stays
    assign stays[i] = valid_q[i] && key_q[32*i +: 32] >= key;
  end

  // the entry above each; above the first stands the new one
  logic [32*K-1:0] key_above;
  logic [8*K-1:0]  expert_above;
  logic [K-1:0]    valid_above, stays_above;
  assign key_above    = {key_q[32*(K-1)-1:0], key};
  assign expert_above = {expert_q[8*(K-1)-1:0], number_q};
  assign valid_above  = {valid_q[K-2:0], 1'b1};
  assign stays_above  = {stays[K-2:0], 1'b1};

  always_ff @(posedge clk_i) begin
    if (word_i) word_q <= rdata_a_i;
    else if (live_q) word_q <= {32'd0, word_q[255:32]};
    if (!rst_ni || start_i) begin
      live_q   <= 1'b0;
      left_q   <= rst_ni ? e_i : '0;
      number_q <= '0;
      bad_q    <= 1'b0;
      key_q    <= '0;
      expert_q <= '0;
      valid_q  <= '0;
    end else begin
      live_q <= word_i || (live_q && left_q != 9'd1);
      if (live_q) begin
        left_q   <= left_q - 9'd1;
        number_q <= number_q + 8'd1;
        bad_q    <= bad_q || x[30:23] == 8'hff;
        for (int unsigned i = 0; i < K; i++)
          if (!stays[i]) begin
            valid_q[i]         <= valid_above[i];
            key_q[32*i +: 32]  <= stays_above[i] ? key : key_above[32*i +: 32];
            expert_q[8*i +: 8] <= stays_above[i] ? number_q : expert_above[8*i +: 8];
          end
      end
    end
  end

  // ---------------------------------------------------------------- differences
  logic ld_q;
  assign ld_o      = ld_q;
  assign diff_ld_o = after_q[AV];
  assign inf_ld_o  = after_q[AV+1] || after_q[AV+2] || after_q[AV+3];
  assign pre_o     = after_q[AV-1] || after_q[AV] || after_q[AV+1] || after_q[AV+2];
  function automatic logic [31:0] value_of(input logic [31:0] k);
    value_of = k[31] ? {1'b0, k[30:0]} : ~k;
  endfunction
  for (genvar i = 0; i < K; i++) begin : gen_operands
    logic [31:0] mine;
    assign mine = value_of(key_q[32*i +: 32]);
    assign a_o[32*i +: 32] = 5'(i) < k_i ? value_of(key_q[31:0]) : INF;
    assign b_o[32*i +: 32] = 5'(i) < k_i ? {~mine[31], mine[30:0]} : INF;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ld_q     <= 1'b0;
      after_q  <= '0;
      chosen_o <= '0;
      err_o    <= 1'b0;
    end else begin
      ld_q    <= live_q && left_q == 9'd1;
      after_q <= {after_q[AV+2:1], ld_q};
      if (ld_q) begin
        for (int unsigned i = 0; i < K; i++) chosen_o[8*i +: 8] <= 5'(i) < k_i ? expert_q[8*i +: 8] : 8'd0;
        if (bad_q) err_o <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i)
    if (rst_ni) begin
      assert (!live_q || left_q != '0);
      assert (!ld_q || (k_i != '0 && k_i <= 5'(K)));
      assert (!(word_i && live_q && left_q == 9'd1));
      for (int unsigned i = 1; i < K; i++) assert (!valid_q[i] || (valid_q[i-1] && key_q[32*(i-1) +: 32] >= key_q[32*i +: 32]));
    end
endmodule
