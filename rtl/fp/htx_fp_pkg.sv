// SPDX-License-Identifier: Apache-2.0
// Latencies, encodings and small pure functions of the floating-point units.
//
// Every unit in this folder is a pipeline without stall and reset: operands with valid_i in any clock, their result
// LATENCY clocks later, kept until the next. A stage moves only for operands that were valid: an idle unit is still.
// Its work stands in functions, one a stage, so that simulators skip it then, too. Users count the latency themselves.
// Every bit is specified in docs/numerics.md and computed by golden/numerics; a NaN result is always FP32_NAN.
// A package is read by many modules and none of them uses all of it.
/* verilator lint_off UNUSEDPARAM */
package htx_fp_pkg;
  localparam int unsigned FMUL_LATENCY    = 4;  // htx_fmul:    fp32 * fp32 -> fp32
  localparam int unsigned FADD_LATENCY    = 5;  // htx_fadd:    fp32 + fp32 -> fp32
  localparam int unsigned I2F32_LATENCY   = 2;  // htx_i2f:     W = 32, int32 -> fp32
  localparam int unsigned I2F64_LATENCY   = 3;  // htx_i2f:     W = 64, int64 -> fp32
  localparam int unsigned F2H_LATENCY     = 2;  // htx_f2h:     fp32 -> fp16
  localparam int unsigned F2I8_LATENCY    = 2;  // htx_f2i8:    fp32 -> int8 clamped to +-127
  localparam int unsigned F2SCORE_LATENCY = 2;  // htx_f2score: fp32 -> 24-bit score in 1/256
  localparam int unsigned FUNC_LATENCY    = 6;  // htx_func:    exp2, rcp, rsqrt

  localparam logic [1:0] FUNC_EXP2  = 2'd0;
  localparam logic [1:0] FUNC_RCP   = 2'd1;
  localparam logic [1:0] FUNC_RSQRT = 2'd2;

  localparam logic [31:0] FP32_NAN     = 32'h7fc00000;
  localparam logic [31:0] FP32_ONE     = 32'h3f800000;
  localparam logic [31:0] FP32_INV127  = 32'h3c010204;  // fp32(1/127)
  localparam logic [31:0] FP32_127     = 32'h42fe0000;
  localparam logic [31:0] FP32_NLOG2E  = 32'hbfb8aa3b;  // -fp32(log2 e), the gate's factor
  localparam logic [31:0] FP32_NHLOG2E = 32'hbf38aa3b;  // half of it, for the roots of experts' shares
  localparam logic [31:0] QUANT_MIN    = 32'h0d800000;  // 2^-100: an amax below it counts as 0
  localparam logic [31:0] QUANT_MAX    = 32'h7e800000;  // 2^126: an amax above it (NaN, infinity too) is the numeric error

  /// Leading zeros of 32 bits, 32 for zero. Halving, so that simulators run five selects instead of a loop.
  function automatic logic [5:0] clz32(input logic [31:0] x);
    logic [14:0] h;
    logic [6:0]  b;
    logic [2:0]  n;
    begin
      clz32[5] = (x == 32'd0);
      clz32[4] = (x[31:16] == 16'd0);
      h = clz32[4] ? x[15:1] : x[31:17];  // the lowest bit of each part decides nothing once zero is known
      clz32[3] = (h[14:7] == 8'd0);
      b = clz32[3] ? h[6:0] : h[14:8];
      clz32[2] = (b[6:3] == 4'd0);
      n = clz32[2] ? b[2:0] : b[6:4];
      clz32[1] = (n[2:1] == 2'd0);
      clz32[0] = clz32[1] ? !n[0] : !n[2];
      if (clz32[5]) clz32 = 6'd32;
    end
  endfunction

  /// Leading zeros of 64 bits, 64 for zero.
  function automatic logic [6:0] clz64(input logic [63:0] x);
    logic        top;
    logic [5:0]  half;
    begin
      top   = (x[63:32] == 32'd0);
      half  = clz32(top ? x[31:0] : x[63:32]);
      clz64 = top ? 7'd32 + {1'b0, half} : {1'b0, half};
    end
  endfunction

  /// fp16 -> fp32, exact, subnormals included; every NaN becomes FP32_NAN. Combinational.
  function automatic logic [31:0] h2f(input logic [15:0] h);
    logic [4:0]  e;
    logic [9:0]  m;
    logic [3:0]  z;
    logic [9:0]  n;
    begin
      e = h[14:10];
      m = h[9:0];
      z = m[9] ? 4'd0 : m[8] ? 4'd1 : m[7] ? 4'd2 : m[6] ? 4'd3 : m[5] ? 4'd4 :
          m[4] ? 4'd5 : m[3] ? 4'd6 : m[2] ? 4'd7 : m[1] ? 4'd8 : 4'd9;
      n = (m << z) << 1;  // the leading one falls off: it is the hidden bit
      if (e == 5'd31)     h2f = (m != 10'd0) ? FP32_NAN : {h[15], 8'hff, 23'd0};
      else if (e != 5'd0) h2f = {h[15], {3'd0, e} + 8'd112, m, 13'd0};
      else if (m == 10'd0) h2f = {h[15], 31'd0};
      else                h2f = {h[15], 8'd112 - {4'd0, z}, n, 13'd0};
    end
  endfunction
endpackage
/* verilator lint_on UNUSEDPARAM */
