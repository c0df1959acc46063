// SPDX-License-Identifier: Apache-2.0
// htx_dot_row: the row operand that all columns of a lane share: 32 int8, from one beat of int4 or two of int8.
//
// Loaded in the clock in which the beat that completes the row is taken; stands from the next on, until the next row.
module htx_dot_row (
  input  logic         clk_i,
  input  logic         load_i,  ///< the row is complete
  input  logic         wide_i,  ///< 8-bit values: `low_i`, then `beat_i` (else 4-bit: `beat_i`)
  input  logic [127:0] low_i,   ///< first half of an 8-bit row
  input  logic [127:0] beat_i,  ///< beat that completes the row
  output logic [255:0] w_o      ///< 32 int8, element 0 in the low bits
);
  logic [255:0] narrow;
  for (genvar j = 0; j < 32; j++) begin : g_element
    assign narrow[8*j +: 8] = {{4{beat_i[4*j + 3]}}, beat_i[4*j +: 4]};
  end
  always_ff @(posedge clk_i) begin
    if (load_i) w_o <= wide_i ? {beat_i, low_i} : narrow;
  end
endmodule
