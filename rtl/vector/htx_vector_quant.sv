// SPDX-License-Identifier: Apache-2.0
// htx_vector_quant: per group of blocks, from the largest magnitude to the factor and the scale.
//
// A pipeline over groups, at most one in 4 clocks: classify, rcp (a function unit of the lanes), and one multiplier
// that serves in turn amax/127, times the query's scalar, and 127/amax. The factor stands in factor_o when port B's first
// word of the group arrives; scales queue up in htx_vector_pack. Schedule and rules: docs/blocks/vector.md.
module htx_vector_quant (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,       ///< a command starts in the next clock
  input  logic [1:0]   qmode_i,       ///< quant_e of the command running
  input  logic [2:0]   elem_i,        ///< its scalar's element of the word read
  input  logic         word_i,        ///< VQUANT: rdata_a_i is a word of the group
  input  logic         group_i,       ///< VQUANT: a group's last read on port A
  input  logic [255:0] rdata_a_i,     ///< word read on port A
  input  logic         scalar_i,      ///< rdata_b_i holds the scalar
  input  logic [255:0] rdata_b_i,     ///< word read on port B
  output logic         amax_valid_o,  ///< pulse: a group's amax
  output logic [31:0]  amax_o,        ///< into function unit 0: rcp
  input  logic [31:0]  rcp_i,         ///< from there, FUNC_LATENCY clocks later
  output logic         b_go_o,        ///< port B starts with the group in the next clock, or goes on with it
  output logic [31:0]  factor_o,      ///< of the group on port B
  output logic         double_o,      ///< x is doubled first
  output logic         scale_o,       ///< pulse: scale of the next group
  output logic [31:0]  scale_data_o,  ///< as act_write_t has it
  output logic         err_o          ///< NaN, infinity or too large, sticky
);
  localparam int unsigned DQ = 1 + htx_fp_pkg::FMUL_LATENCY;                              // amax/127 leaves the multiplier
  localparam int unsigned KEY = DQ + htx_fp_pkg::F2H_LATENCY;                             // its fp16
  localparam int unsigned QRY = DQ + 1 + htx_fp_pkg::FMUL_LATENCY;                        // times the scalar
  localparam int unsigned ID = htx_fp_pkg::FUNC_LATENCY + 1 + htx_fp_pkg::FMUL_LATENCY;   // 127/amax
  if (DQ % 4 == 0 || htx_fp_pkg::FUNC_LATENCY % 4 == 0 || (DQ + 4 * htx_fp_pkg::FUNC_LATENCY - htx_fp_pkg::FUNC_LATENCY) % 4 == 0) begin : gen_refuse_collision
    $error("two uses of the multiplier fall together");
  end
  if (KEY >= ID || QRY > ID) begin : gen_refuse_order
    $error("the scale comes after the factor");
  end

  logic        valid;
  logic [30:0] amax;
  htx_vector_amax amax_unit (
    .clk_i, .rst_ni, .start_i, .word_i, .group_i, .rdata_i(rdata_a_i), .valid_o(valid), .amax_o(amax)
  );
  assign amax_valid_o = valid;
  assign amax_o = {1'b0, amax};

  // classify
  logic       is_val, is_key, is_qry, zero, bad;
  logic [7:0] top, exp;
  assign is_val = qmode_i == htx_pkg::Q_VAL;
  assign is_key = qmode_i == htx_pkg::Q_KEY;
  assign is_qry = qmode_i == htx_pkg::Q_QRY;
  assign bad    = is_val ? amax[30:23] == 8'hff : amax > htx_fp_pkg::QUANT_MAX[30:0];
  assign zero   = bad || (!is_val && amax < htx_fp_pkg::QUANT_MIN[30:0]);
  assign top    = amax[30:23] + {7'd0, amax[22:16] == 7'h7f};  // exponent field, one more where 127.5 * 2^e is reached
  assign exp    = (bad || top < 8'd5) ? 8'h80 : top + 8'd123;  // minus 127 + 6, modulo 256

  // what a group carries along, stage i being i clocks after its amax
  logic [ID:1]   v_q, zero_q, bad_q;
  logic [8*ID-1:0] exp_q;  // stage i in byte i - 1
  logic          key_over;

  logic        s_v_q;  // the multiplier has new operands
  logic [31:0] sa_q, sb_q, prod, scalar_q;
  logic [15:0] half;
  logic [31:0] dq;
  assign dq       = zero_q[DQ] ? 32'd0 : prod;
  assign key_over = v_q[KEY] && is_key && half == 16'h7c00;
  always_ff @(posedge clk_i) begin
    s_v_q <= valid || v_q[DQ] || v_q[htx_fp_pkg::FUNC_LATENCY];
    if (valid) begin
      sa_q <= {1'b0, amax};
      sb_q <= htx_fp_pkg::FP32_INV127;
    end else if (v_q[DQ]) begin
      sa_q <= dq;
      sb_q <= scalar_q;
    end else if (v_q[htx_fp_pkg::FUNC_LATENCY]) begin
      sa_q <= htx_fp_pkg::FP32_127;
      sb_q <= rcp_i;
    end
    if (scalar_i) scalar_q <= rdata_b_i[32*elem_i +: 32];
  end
  htx_fmul scale_mul (.clk_i, .valid_i(s_v_q), .a_i(sa_q), .b_i(sb_q), .y_o(prod));
  htx_f2h  to_half   (.clk_i, .valid_i(is_key && v_q[DQ]), .a_i(dq), .y_o(half));

  assign scale_o      = is_key ? v_q[KEY] : is_qry ? v_q[QRY] : v_q[DQ];
  assign scale_data_o = is_key ? {16'd0, key_over ? 16'd0 : half}
                      : is_val ? {24'd0, exp_q[8*DQ-1 -: 8]}
                      : is_qry ? prod : dq;
  assign b_go_o       = v_q[ID-1];

  logic [31:0] id_q;
  logic        dbl_q;
  logic [7:0]  exp_id;
  assign exp_id   = exp_q[8*ID-1 -: 8];
  assign factor_o = id_q;
  assign double_o = dbl_q;
  always_ff @(posedge clk_i) begin
    exp_q <= {exp_q[8*ID-9:0], exp};
    if (!rst_ni) begin
      v_q    <= '0;
      zero_q <= '0;
      bad_q  <= '0;
      id_q   <= '0;
      dbl_q  <= 1'b0;
      err_o  <= 1'b0;
    end else begin
      v_q    <= {v_q[ID-1:1], valid};
      zero_q <= {zero_q[ID-1:1], zero};
      bad_q  <= {bad_q[ID-1:1], bad};
      if (key_over) begin
        zero_q[KEY+1] <= 1'b1;
        bad_q[KEY+1]  <= 1'b1;
      end
      if (v_q[ID]) begin
        id_q  <= zero_q[ID] ? 32'd0
               : is_val     ? {1'b0, (exp_id == 8'h80) ? 8'd254 : 8'd127 - exp_id, 23'd0} : prod;
        dbl_q <= is_val && exp_id == 8'h80;
        if (bad_q[ID]) err_o <= 1'b1;
      end
    end
  end
endmodule
