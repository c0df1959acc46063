// SPDX-License-Identifier: Apache-2.0
// htx_ram: what is read is what was written last; a read in the clock of a write of the same word shows the old word (as in
// simulation; some FPGAs differ, so no user does it). One word, chosen in reset, is followed.
module ram_props #(
  parameter int unsigned DEPTH = 8,
  localparam int unsigned WIDTH = 2,
  localparam int unsigned AW = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
  input logic             clk_i,
  input logic             rst_ni,  // of this module alone: the memory has none
  input logic             we_i,
  input logic [AW-1:0]    waddr_i,
  input logic [WIDTH-1:0] wdata_i,
  input logic             re_i,
  input logic [AW-1:0]    raddr_i,
  input logic [AW-1:0]    follow_i  // the word to follow, chosen in reset
);
  logic [WIDTH-1:0] rdata;
  htx_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH)) dut (.clk_i, .we_i, .waddr_i, .wdata_i, .re_i, .raddr_i, .rdata_o(rdata));

  logic             started_q = 1'b0;
  logic [AW-1:0]    follow_q;
  logic             known_q, shown_q, old_q;  // it was written; the port shows it; it was read in the clock of a write
  logic [WIDTH-1:0] word_q, expect_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni) begin
      follow_q <= follow_i;
      known_q  <= 1'b0;
      shown_q  <= 1'b0;
    end else begin
      if (we_i && waddr_i == follow_q) begin
        known_q <= 1'b1;
        word_q  <= wdata_i;
      end
      if (re_i) begin
        shown_q  <= known_q && raddr_i == follow_q;
        old_q    <= we_i && waddr_i == raddr_i && word_q != wdata_i;
        expect_q <= word_q;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    // assume 1: the first clock is spent in reset (resets later are free).
    a1: assume (started_q || !rst_ni);
    // assume 2: addresses are of words that exist.
    a2: assume (waddr_i <= AW'(DEPTH - 1) && raddr_i <= AW'(DEPTH - 1) && follow_i <= AW'(DEPTH - 1));
    if (rst_ni) begin
      // rule 1: the port shows the word as it was before the clock of its last read, until the next read.
      r1: assert (!shown_q || rdata == expect_q);

      // cover 1: a word read in the clock in which another value is written there.
      c1: cover (shown_q && old_q);
    end
  end
endmodule
