// SPDX-License-Identifier: Apache-2.0
// Every unit of rtl/fp side by side, for one Verilated build of their tests.
module fp_units_top (
  input  logic        clk_i,
  input  logic [7:0]  valid_i,   // a bit a unit: fmul, fadd, i2f32, i2f64, f2h, f2i8, f2score, func from the bottom
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  input  logic [63:0] i_i,
  input  logic [1:0]  op_i,
  output logic [31:0] fmul_o,
  output logic [31:0] fadd_o,
  output logic [31:0] i2f32_o,
  output logic [31:0] i2f64_o,
  output logic [31:0] h2f_o,     // combinational
  output logic [15:0] f2h_o,
  output logic [7:0]  f2i8_o,
  output logic        f2i8_bad_o,
  output logic [23:0] f2score_o,
  output logic        f2score_bad_o,
  output logic [31:0] func_o,
  output logic [15:0] rom_o,     // softmax_rom(a_i[7:0]), combinational
  output logic [63:0] latency_o  // a byte a unit, in the same order
);
  htx_fmul u_fmul (.clk_i, .valid_i(valid_i[0]), .a_i, .b_i, .y_o(fmul_o));
  htx_fadd u_fadd (.clk_i, .valid_i(valid_i[1]), .a_i, .b_i, .y_o(fadd_o));
  htx_i2f #(.W(32)) u_i2f32 (.clk_i, .valid_i(valid_i[2]), .a_i(i_i[31:0]), .y_o(i2f32_o));
  htx_i2f #(.W(64)) u_i2f64 (.clk_i, .valid_i(valid_i[3]), .a_i(i_i), .y_o(i2f64_o));
  htx_f2h u_f2h (.clk_i, .valid_i(valid_i[4]), .a_i, .y_o(f2h_o));
  htx_f2i8 u_f2i8 (.clk_i, .valid_i(valid_i[5]), .a_i, .y_o(f2i8_o), .bad_o(f2i8_bad_o));
  htx_f2score u_f2score (.clk_i, .valid_i(valid_i[6]), .a_i, .y_o(f2score_o), .bad_o(f2score_bad_o));
  htx_func u_func (.clk_i, .valid_i(valid_i[7]), .op_i, .a_i, .y_o(func_o));
  assign h2f_o = htx_fp_pkg::h2f(a_i[15:0]);
  assign rom_o = htx_tables_pkg::softmax_rom(a_i[7:0]);
  assign latency_o = {8'(htx_fp_pkg::FUNC_LATENCY), 8'(htx_fp_pkg::F2SCORE_LATENCY), 8'(htx_fp_pkg::F2I8_LATENCY),
                      8'(htx_fp_pkg::F2H_LATENCY), 8'(htx_fp_pkg::I2F64_LATENCY), 8'(htx_fp_pkg::I2F32_LATENCY),
                      8'(htx_fp_pkg::FADD_LATENCY), 8'(htx_fp_pkg::FMUL_LATENCY)};
endmodule
