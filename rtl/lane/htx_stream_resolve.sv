// SPDX-License-Identifier: Apache-2.0
// htx_stream_resolve: turns a lane command and this lane's segment entry into bursts to read and a command to compute.
//
// One command at a time, at least four clocks each: IDLE takes it from the queue and reads the segment table, SEG
// multiplies quot by kt, CALC works out the share, PUT hands it over. In PUT it waits until the engine before it has
// asked for its last burst, so that resolving hides behind streaming. An append of this lane's own page stays here (in
// APPEND) until its last write is accepted. Assumes kt >= 1 and, for heads, kt <= HEAD_BLOCKS.
module htx_stream_resolve (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic [5:0]                 lanes_total_i,   ///< lanes over all chips
  input  logic                       cmd_valid_i,     ///< a command waits
  output logic                       cmd_pop_o,       ///< it is taken, and its segment entry read, in this clock
  input  htx_pkg::lane_cmd_t         cmd_i,           ///< the command that waits
  input  logic [63:0]                seg_i,           ///< segment entry, in the clock after cmd_pop_o
  output htx_pkg::lane_cmd_t         cmd_o,           ///< the command in work
  output logic [htx_pkg::ADDR_W-1:0] addr_o,          ///< its first burst, or the append's page
  output logic                       run_start_o,     ///< hand the bursts over
  input  logic                       run_busy_i,      ///< bursts of an earlier command still to be asked for
  output logic [15:0]                run_len_o,       ///< bursts in a run
  output logic [15:0]                run_count_o,     ///< runs
  output logic [5:0]                 run_step_o,      ///< address step inside a run
  output logic [8:0]                 run_jump_o,      ///< address step from a run's last burst to the next run
  output logic                       append_start_o,  ///< begin the append
  input  logic                       append_idle_i,   ///< no append in work
  output logic                       comp_push_o,     ///< hand comp_o to the compute side
  input  logic                       comp_room_i,     ///< its queue has a place
  output htx_pkg::comp_cmd_t         comp_o,          ///< the resolved command
  output logic [2:0]                 state_o          ///< 0 IDLE, 1 SEG, 2 CALC, 3 PUT, 4 APPEND
);
  typedef enum logic [2:0] {S_IDLE = 3'd0, S_SEG = 3'd1, S_CALC = 3'd2, S_PUT = 3'd3, S_APPEND = 3'd4} state_e;
  state_e state_q;
  htx_pkg::lane_cmd_t cmd_q;
  // Spare bits of an entry are zero; offsets into them are later formats' business.
  /* verilator lint_off UNUSEDSIGNAL */
  htx_pkg::seg_t      seg_q;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [25:0] prod_q;          // quot * kt
  logic [htx_pkg::ADDR_W-1:0] offset_q;        // added to the segment's address
  logic [15:0] count_q, len_q, out_q;
  logic [8:0]  jump_q;
  logic [5:0]  step_q;
  logic [4:0]  low_q;
  logic        own_append_q;    // this lane holds the page to append to

  // ---------------------------------------------------------------- the share of this lane
  logic        mine;            // it holds the unit that quot and rem name
  logic [15:0] pages, kt16;
  // an expert's units: of the lane's, those below its first and those below its end
  logic [15:0] below_first, below_end, row_len;
  logic        skips;           // the lane's unit in that round of dealing comes before the expert's first
  logic [htx_pkg::ADDR_W-1:0] expert_offset;
  logic [htx_pkg::ADDR_W-1:0] prod28;
  logic [5:0]  step_embed;
  assign mine       = seg_q.first == cmd_q.rem;
  assign pages      = cmd_q.quot + 16'(seg_q.first <= cmd_q.rem);
  assign kt16       = 16'(cmd_q.kt);
  assign prod28     = 28'(prod_q);
  assign skips       = seg_q.first < cmd_q.rem;
  assign below_first = cmd_q.quot + 16'(skips);
  assign below_end   = cmd_q.off[15:0] + 16'(seg_q.first < cmd_q.off[21:16]);
  assign row_len     = cmd_q.w8 ? (kt16 << 5) + (kt16 << 1) : (kt16 << 4) + (kt16 << 1);
  assign expert_offset = (cmd_q.w8 ? (prod28 << 5) + (prod28 << 1) : (prod28 << 4) + (prod28 << 1)) + (skips ? 28'(row_len) : 28'd0);
  assign step_embed = 6'd2 + {1'b0, cmd_q.low} - 6'(cmd_q.low[4]);

  logic [htx_pkg::ADDR_W-1:0] offset_d;
  logic [15:0] count_d, len_d;
  logic [8:0]  jump_d;  // a page's tiles and its header at most: heads have up to HEAD_BLOCKS blocks
  logic [5:0]  step_d;
  always_comb begin
    offset_d = '0;
    count_d  = seg_q.count;
    len_d    = 16'd4;
    step_d   = 6'd1;
    jump_d   = 9'd1;
    case (cmd_q.op)
      htx_pkg::L_MATVEC: begin
        count_d = cmd_q.expert ? below_end - below_first : seg_q.count;
        if (cmd_q.pair) count_d = {count_d[14:0], 1'b0};
        if (cmd_q.expert) offset_d = cmd_q.pair ? {expert_offset[26:0], 1'b0} : expert_offset;
        len_d   = row_len;
      end
      htx_pkg::L_EMBED: begin
        offset_d = (prod28 << 5) + (prod28 << 1) + 28'(cmd_q.low[4]);
        count_d  = mine ? kt16 : '0;
        len_d    = 16'd2;
        step_d   = step_embed;
        jump_d   = 9'(htx_pkg::TILE8_BURSTS) - 9'(step_embed);
      end
      htx_pkg::L_LOADV: offset_d = cmd_q.off;
      htx_pkg::L_SCORE: begin
        count_d = pages;
        len_d   = 16'(htx_pkg::PAGE_HDR_BURSTS) + (kt16 << 5);
        jump_d  = {cmd_q.kt[3:0], 5'd1};
      end
      htx_pkg::L_PV: begin
        offset_d = 28'(htx_pkg::PAGE_HDR_BURSTS) + {13'd0, cmd_q.kt, 5'd0};
        count_d  = pages;
        len_d    = kt16 << 5;
        jump_d   = 9'(htx_pkg::PAGE_HDR_BURSTS) + {cmd_q.kt[3:0], 5'd1};
      end
      default: begin  // L_APPEND: local page quot of 4 + 64 kt bursts
        offset_d = {10'd0, cmd_q.quot, 2'd0} + (prod28 << 6);
        count_d  = '0;
      end
    endcase
  end

  // ---------------------------------------------------------------- hand-over
  logic last;  // nothing keeps this command any longer
  assign cmd_pop_o      = state_q == S_IDLE && cmd_valid_i;
  assign append_start_o = state_q == S_PUT && own_append_q && !run_busy_i;
  assign last           = (state_q == S_PUT && !own_append_q && (count_q == '0 || !run_busy_i))
                       || (state_q == S_APPEND && append_idle_i);
  assign comp_push_o    = last && comp_room_i;
  assign run_start_o    = comp_push_o && count_q != '0;

  assign cmd_o       = cmd_q;
  assign addr_o      = seg_q.addr + offset_q;
  assign run_len_o   = len_q;
  assign run_count_o = count_q;
  assign run_step_o  = step_q;
  assign run_jump_o  = jump_q;
  assign state_o     = state_q;

  assign comp_o.op       = cmd_q.op;
  assign comp_o.wait_vec = cmd_q.wait_vec && cmd_q.op != htx_pkg::L_APPEND;
  assign comp_o.w8       = cmd_q.w8;
  assign comp_o.argmax   = cmd_q.argmax;
  assign comp_o.nostore  = cmd_q.nostore;
  assign comp_o.pair     = cmd_q.pair;
  assign comp_o.cols     = cmd_q.cols;
  assign comp_o.vec_tag  = cmd_q.vec_tag;
  assign comp_o.act      = cmd_q.act;
  assign comp_o.kt       = cmd_q.kt;
  assign comp_o.count    = count_q;
  assign comp_o.out      = out_q;
  assign comp_o.pstride  = cmd_q.pstride;
  assign comp_o.low      = low_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= S_IDLE;
    else begin
      case (state_q)
        S_IDLE: if (cmd_valid_i) state_q <= S_SEG;
        S_SEG:  state_q <= S_CALC;
        S_CALC: state_q <= S_PUT;
        S_PUT:  if (append_start_o) state_q <= S_APPEND;
                else if (comp_push_o) state_q <= S_IDLE;
        default: if (comp_push_o) state_q <= S_IDLE;
      endcase
    end
    if (cmd_pop_o) cmd_q <= cmd_i;
    if (state_q == S_SEG) begin
      seg_q  <= seg_i;
      prod_q <= {10'd0, cmd_q.quot} * {16'd0, cmd_q.kt};
    end
    if (state_q == S_CALC) begin
      offset_q     <= offset_d;
      count_q      <= count_d;
      len_q        <= len_d;
      step_q       <= step_d;
      jump_q       <= jump_d;
      out_q        <= 16'(cmd_q.out)
                      + ((cmd_q.op == htx_pkg::L_MATVEC || cmd_q.op == htx_pkg::L_LOADV) ? 16'(seg_q.first) : 16'd0)
                      + ((cmd_q.op == htx_pkg::L_MATVEC && cmd_q.expert) ? (skips ? 16'(lanes_total_i) : 16'd0) - 16'(cmd_q.rem) : 16'd0);
      low_q        <= ((cmd_q.op == htx_pkg::L_SCORE || cmd_q.op == htx_pkg::L_PV) && !mine) ? 5'd31 : cmd_q.low;
      own_append_q <= cmd_q.op == htx_pkg::L_APPEND && mine;
    end
  end

  // ---------------------------------------------------------------- what must hold
  always_ff @(posedge clk_i) begin
    if (rst_ni && state_q == S_CALC) begin
      assert (cmd_q.op <= htx_pkg::L_PV);
      assert (cmd_q.kt != '0 || cmd_q.op == htx_pkg::L_LOADV);
      assert (cmd_q.op < htx_pkg::L_APPEND || cmd_q.kt <= 10'(htx_pkg::HEAD_BLOCKS));
      assert (!(cmd_q.op == htx_pkg::L_MATVEC && cmd_q.pair && seg_q.count[15]));
      assert (cmd_q.op == htx_pkg::L_LOADV || seg_q.first < lanes_total_i);
    end
  end
endmodule
