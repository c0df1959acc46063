// SPDX-License-Identifier: Apache-2.0
// Something of everything that the mutation rewriter meets, with traps for widths and signs.
module sample_sub (
  input  logic       clk_i,
  input  logic [7:0] a_i,
  input  logic [7:0] b_i,
  input  logic       en_i,
  output logic [7:0] y_o
);
  always_ff @(posedge clk_i) if (en_i) y_o <= a_i - (b_i >> 1);
endmodule

module sample #(
  parameter int unsigned DEPTH = 3,
  localparam int unsigned AW = $clog2(DEPTH + 1)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               valid_i,   ///< a value comes
  input  logic signed [7:0]  x_i,
  input  logic [7:0]         y_i,
  output logic               ready_o,
  output logic [15:0]        sum_o,
  output logic signed [11:0] dif_o,
  output logic [7:0]         mix_o,
  output logic [AW-1:0]      ptr_o,
  output logic [7:0]         sub_o
);
  typedef enum logic [1:0] {S_A = 2'd0, S_B = 2'd1, S_C = 2'd2} state_e;
  state_e state_q;
  logic signed [11:0] wide;
  logic [7:0] picked, seen_q;  // seen_q: only an assertion reads it
  logic [8:0] carry;           /* <= && in a comment is no operator */

  assign wide    = x_i >>> 2;                                // signed: the sign follows
  assign carry   = {1'b0, y_i} + 9'd3;                       // "x <= y;" in a comment
  assign picked  = y_i[7] ? {y_i[3:0], y_i[7:4]}
                 : state_q == S_B ? ~y_i : 8'(x_i);          // nested
  assign ready_o = state_q != S_C && !(valid_i && y_i == 8'hff);

  for (genvar i = 0; i < 4; i++) begin : gen_mix
    if (i % 2 == 0) begin : gen_even
      assign mix_o[2*i +: 2] = picked[2*i +: 2] ^ x_i[1:0];
    end else begin : gen_odd
      assign mix_o[2*i +: 2] = picked[2*i +: 2] & {2{valid_i}};
    end
  end

  sample_sub u_sub (.clk_i, .a_i(y_i), .b_i(picked), .en_i(valid_i && ready_o), .y_o(sub_o));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= S_A;
      sum_o   <= '0;
      dif_o   <= 12'd5;
      ptr_o   <= '0;
      seen_q  <= '0;
    end else begin
      case (state_q)
        S_A: if (valid_i) state_q <= S_B;
             else if (x_i < 8'sd0) state_q <= S_C;
        S_B: state_q <= valid_i ? S_C : S_A;
        default: state_q <= S_A;
      endcase
      if (valid_i && ready_o) begin
        sum_o <= sum_o + 16'(carry) - {{8{x_i[7]}}, x_i};
        dif_o <= $signed(wide) - dif_o;
        ptr_o <= (ptr_o == AW'(DEPTH)) ? '0 : ptr_o + AW'(1);
      end
      seen_q <= y_i;
      assert (seen_q <= 8'hff && ptr_o <= AW'(DEPTH));
    end
  end
endmodule
