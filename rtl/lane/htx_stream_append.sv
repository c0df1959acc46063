// SPDX-License-Identifier: Apache-2.0
// htx_stream_append: writes one token's key and value into its KV page, and holds the buffer they come from.
//
// A page's first token writes a fresh header (4 bursts); any other reads the header's two bursts ahead, waits for the
// vector unit if told to, writes the 2 kt rows while the header is on its way, then the header with this token's
// K scale and V exponent merged in. Rows of K and V lie 32 bursts apart in one sequence. A new request stands ready in
// the clock after the last was taken. idle_o is high again once the channel has accepted the last write.
module htx_stream_append (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       act_we_i,     ///< a quantised block; kv = 1 is for this buffer
  /* verilator lint_off UNUSEDSIGNAL */  // whose column a block is for is the activation memory's business
  input  htx_pkg::act_write_t        act_i,        ///< its place, scale and data
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic                       start_i,      ///< begin (only while idle_o)
  input  logic [htx_pkg::ADDR_W-1:0] page_i,       ///< first burst of the page
  // Only the buffer block, head blocks, token and wait fields of a command matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  input  htx_pkg::lane_cmd_t         cmd_i,        ///< the command, still until idle_o
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic [7:0]                 vec_done_i,   ///< vector instructions finished
  input  logic                       rsp_i,        ///< a beat of the header came back
  input  logic [511:0]               header_i,     ///< the bursts read: K scales low, V exponents high; in the clock after the last beat
  output logic                       valid_o,      ///< a request
  input  logic                       ready_i,      ///< it is taken
  output htx_pkg::mem_req_t          req_o,        ///< the request
  input  logic                       port_free_i,  ///< no request waits for the channel after this clock
  output logic                       idle_o,       ///< no append in work
  output logic [2:0]                 state_o,      ///< 0 IDLE, 1 READ_K, 2 READ_V, 3 WAIT, 4 FETCH, 5 ROW, 6 HEADER, 7 END
  output logic [4:0]                 row_o         ///< row to write next
);
  typedef enum logic [2:0] {
    S_IDLE = 3'd0, S_READ_K = 3'd1, S_READ_V = 3'd2, S_WAIT = 3'd3, S_FETCH = 3'd4, S_ROW = 3'd5, S_HEADER = 3'd6, S_END = 3'd7
  } state_e;
  localparam int unsigned AW = $clog2(htx_pkg::KVBUF_BLOCKS);

  state_e      state_q;
  logic [htx_pkg::ADDR_W-1:0] page_q, row_addr_q;
  logic [4:0]  row_q;
  logic [1:0]  burst_q;    // header burst to write next
  logic [2:0]  got_q;      // header beats that came back
  logic [15:0] k_scale_q;
  logic [7:0]  v_exp_q;

  logic fresh, last_row, reached, taken;
  /* verilator lint_off UNUSEDSIGNAL */
  logic [7:0] behind;  // only its sign counts
  /* verilator lint_on UNUSEDSIGNAL */
  assign fresh    = cmd_i.low == '0;
  assign last_row = row_q + 5'd1 == {cmd_i.kt[3:0], 1'b0};
  assign behind   = vec_done_i - cmd_i.vec_tag;
  assign reached  = !cmd_i.wait_vec || !behind[7];
  assign taken    = valid_o && ready_i;

  // ---------------------------------------------------------------- the append buffer
  logic [271:0]  block;  // 16 bits of scale, 32 int8
  logic          re;
  logic [AW-1:0] raddr;
  assign re    = state_q == S_FETCH || (state_q == S_ROW && taken && !last_row);
  assign raddr = cmd_i.act[AW-1:0] + ((state_q == S_FETCH) ? '0 : AW'(row_q) + AW'(1));

  htx_ram #(.WIDTH(272), .DEPTH(htx_pkg::KVBUF_BLOCKS)) u_buffer (
    .clk_i,
    .we_i(act_we_i && act_i.kv), .waddr_i(act_i.addr[AW-1:0]), .wdata_i({act_i.scale[15:0], act_i.data}),
    .re_i(re), .raddr_i(raddr), .rdata_o(block)
  );

  // ---------------------------------------------------------------- requests
  logic [255:0] old;
  always_comb begin
    valid_o     = 1'b0;
    req_o.write = 1'b1;
    req_o.addr  = page_q;
    req_o.wdata = '0;
    old         = '0;
    case (state_q)
      S_READ_K: begin
        valid_o     = 1'b1;
        req_o.write = 1'b0;
        req_o.addr  = page_q + 28'(cmd_i.low[4]);
      end
      S_READ_V: begin
        valid_o     = 1'b1;
        req_o.write = 1'b0;
        req_o.addr  = page_q + 28'd2;
      end
      S_ROW: begin
        valid_o     = 1'b1;
        req_o.addr  = row_addr_q;
        req_o.wdata = block[255:0];
      end
      S_HEADER: begin
        valid_o    = fresh || got_q == 3'd4;
        req_o.addr = page_q + 28'(burst_q);
        if (!fresh) old = burst_q[1] ? header_i[511:256] : header_i[255:0];
        if (burst_q == 2'd2)
          req_o.wdata = (old & ~(256'hff << {cmd_i.low, 3'd0})) | (256'(v_exp_q) << {cmd_i.low, 3'd0});
        else if (burst_q == {1'b0, cmd_i.low[4]})
          req_o.wdata = (old & ~(256'hffff << {cmd_i.low[3:0], 4'd0})) | (256'(k_scale_q) << {cmd_i.low[3:0], 4'd0});
      end
      default: ;
    endcase
  end

  // ---------------------------------------------------------------- the sequence
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
      row_q   <= '0;
    end else begin
      case (state_q)
        S_IDLE: if (start_i) begin
          state_q <= fresh ? S_WAIT : S_READ_K;
          row_q   <= '0;
        end
        S_READ_K: if (taken) state_q <= S_READ_V;
        S_READ_V: if (taken) state_q <= S_WAIT;
        S_WAIT:   if (reached) state_q <= S_FETCH;
        S_FETCH:  state_q <= S_ROW;
        S_ROW: if (taken) begin
          row_q <= row_q + 5'd1;
          if (last_row) state_q <= S_HEADER;
        end
        S_HEADER: if (taken && (burst_q == 2'd3 || (burst_q == 2'd2 && !fresh))) state_q <= S_END;
        default:  if (port_free_i) state_q <= S_IDLE;
      endcase
    end
    if (start_i) begin
      page_q     <= page_i;
      row_addr_q <= page_i + 28'(htx_pkg::PAGE_HDR_BURSTS) + 28'(cmd_i.low);
      burst_q    <= {1'b0, cmd_i.low[4]};
      got_q      <= '0;
    end else begin
      if (rsp_i) got_q <= got_q + 3'd1;
      if (state_q == S_ROW && taken) begin
        row_addr_q <= row_addr_q + 28'(htx_pkg::PAGE_TILE_BURSTS);
        if (row_q == '0)            k_scale_q <= block[271:256];
        if (row_q == cmd_i.kt[4:0]) v_exp_q   <= block[263:256];
      end
      if (state_q == S_HEADER && taken) burst_q <= fresh ? burst_q + 2'd1 : 2'd2;
    end
  end

  assign idle_o  = state_q == S_IDLE;
  assign state_o = state_q;
  assign row_o   = row_q;

  // ---------------------------------------------------------------- what must hold
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(start_i && !idle_o));
      assert (!(act_we_i && act_i.kv && act_i.addr >= 10'(htx_pkg::KVBUF_BLOCKS)));
      assert (!(act_we_i && act_i.kv && re && act_i.addr[AW-1:0] == raddr));
      assert (!(rsp_i && !idle_o && (fresh || got_q == 3'd4)));
    end
  end
endmodule
