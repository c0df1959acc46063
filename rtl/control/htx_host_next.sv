// SPDX-License-Identifier: Apache-2.0
// htx_host_next: a burst's way through memory: the container of a WRAP, the next beat's address, a beat's bytes. Combinational.
module htx_host_next (
  input  logic [7:0]  len_i,     ///< of a burst's address: beats - 1
  input  logic [2:0]  size_i,    ///< of a burst's address: log2 of the bytes in a beat
  output logic [11:0] mask_o,    ///< bytes of all beats - 1, modulo 4 KiB
  input  logic [11:0] addr_q_i,  ///< of a beat, within its 4 KiB
  input  logic [2:0]  size_q_i,  ///< its size
  input  logic [1:0]  burst_q_i, ///< 0 FIXED, 1 INCR, 2 WRAP
  input  logic [11:0] mask_q_i,  ///< its burst's mask
  output logic [11:0] next_o,    ///< the beat after it
  output logic [31:0] bytes_o    ///< its bytes within the 32-byte word
);
  logic [7:0]  step, below;  // bytes of a beat; address bits within it
  logic [11:0] after;
  logic [4:0]  last;
  assign mask_o  = 12'(((16'(len_i) + 16'd1) << size_i) - 16'd1);
  assign step    = 8'd1 << size_q_i;
  assign below   = step - 8'd1;
  assign after   = (addr_q_i & ~{4'b0, below}) + {4'b0, step};
  assign last    = addr_q_i[4:0] | below[4:0];
  assign next_o  = burst_q_i == 2'd0 ? addr_q_i : burst_q_i == 2'd2 ? (addr_q_i & ~mask_q_i) | (after & mask_q_i) : after;
  assign bytes_o = ({32{1'b1}} << addr_q_i[4:0]) & ({32{1'b1}} >> (5'd31 - last));
endmodule
