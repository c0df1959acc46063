// Port list published ahead of the body; see htx_fp_pkg for the latency.
module htx_f2score (
  input  logic        clk_i,
  input  logic [31:0] a_i,
  output logic [23:0] y_o,
  output logic        bad_o
);
  assign y_o = '0;
  assign bad_o = 1'b0;
endmodule
