// SPDX-License-Identifier: Apache-2.0
// A select out of a wide word, x[i +: W]: multiplexers, the highest bit of i first, so that each step keeps only what the lower bits can still
// reach. Yosys' own rule builds every step as wide as the word, which for the widest of the chip takes minutes. An index outside the word is a don't-care.
(* techmap_celltype = "$shiftx" *)
module _select_ (A, B, Y);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  input [A_WIDTH-1:0] A;
  input [B_WIDTH-1:0] B;
  output [Y_WIDTH-1:0] Y;
  localparam BITS = B_WIDTH - (B_SIGNED ? 1 : 0);
  localparam LEVELS = BITS < $clog2(A_WIDTH) ? BITS : $clog2(A_WIDTH);
  localparam ROOM = Y_WIDTH + (1 << LEVELS) - 1;
  wire [ROOM*(LEVELS+1)-1:0] s;
  generate
    if (ROOM > A_WIDTH) begin
      assign s[ROOM*LEVELS +: ROOM] = {{(ROOM-A_WIDTH){1'bx}}, A};
    end else begin
      assign s[ROOM*LEVELS +: ROOM] = A[ROOM-1:0];
    end
    genvar i;
    for (i = 0; i < LEVELS; i = i + 1) begin
      assign s[ROOM*i +: Y_WIDTH + (1 << i) - 1] = B[i] ? s[ROOM*(i+1) + (1 << i) +: Y_WIDTH + (1 << i) - 1] : s[ROOM*(i+1) +: Y_WIDTH + (1 << i) - 1];
    end
  endgenerate
  assign Y = s[Y_WIDTH-1:0];
endmodule
