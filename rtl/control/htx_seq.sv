// SPDX-License-Identifier: Apache-2.0
// htx_seq: the sequencer. Fetches and executes the program, sends commands to lanes and vector unit in program order,
// keeps position and tokens, and stops with done or one precise error (docs/blocks/seq.md).
//
// Latency: 3 clocks an instruction that waits for nothing, TOKEN 18, EXPERT 20, NEXT 4; a command appears the clock after EXEC.
// Assumes the ready inputs keep four places of slack, done counters that count modulo 256, and lanes_total_i >= 1.
module htx_seq #(
  parameter int unsigned LANES = 8,
  parameter int unsigned COLUMNS = 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // host: start and configuration, status
  input  logic                         start_i,           ///< pulse: run the program from pc 0; looked at while idle
  input  logic [htx_pkg::POS_W-1:0]      cfg_pos_i,         ///< first position
  input  logic [htx_pkg::POS_W-1:0]      cfg_prompt_i,      ///< tokens known at the start
  input  logic [htx_pkg::POS_W-1:0]      cfg_limit_i,       ///< stop when this many tokens are known
  input  logic                         cfg_eos_en_i,      ///< stop at the end-of-sequence token
  input  logic [17:0]                  cfg_eos_i,         ///< end-of-sequence token
  input  logic [17:0]                  cfg_vocab_i,       ///< vocabulary
  input  logic [5:0]                   lanes_total_i,     ///< lanes over all chips, >= 1
  input  htx_pkg::run_ctl_t            ctl_i,             ///< pausing, watchdog
  output logic                         busy_o,            ///< a program runs
  output logic                         done_o,            ///< it stopped in order; until the next start
  output logic                         error_o,           ///< it stopped with an error; until the next start
  output logic [31:0]                  error_word_o,      ///< {pc, source, err_e}, as register ERROR
  output logic [htx_pkg::POS_W-1:0]      pos_o,             ///< live position
  output logic [htx_pkg::POS_W-1:0]      count_o,           ///< tokens known
  output logic [17:0]                  last_o,            ///< last token decoded
  output logic                         paused_o,          ///< busy, but everything issued is finished and nothing goes on
  output logic                         lanes_idle_o,      ///< every lane command issued is finished
  output logic                         vec_idle_o,        ///< so is every vector command
  output logic [15:0]                  pc_o,              ///< instruction in hand
  // host: program and token memory
  input  logic                         hm_valid_i,        ///< pulse: one access, one at a time
  input  logic                         hm_tok_i,          ///< token memory, else program
  input  logic                         hm_we_i,           ///< write (idle only), else read
  input  logic [htx_pkg::TOKEN_AW-1:0] hm_addr_i,         ///< instruction or token
  input  logic [127:0]                 hm_wdata_i,        ///< instruction, or token in the low bits
  output logic                         hm_done_o,         ///< pulse: `hm_rdata_o` holds what was read
  output logic [127:0]                 hm_rdata_o,        ///< instruction or token; 0 but with `hm_done_o`
  // lanes and tree
  output logic                         lane_cmd_valid_o,  ///< pulse
  output htx_pkg::lane_cmd_t           lane_cmd_o,        ///< command for all lanes and, PV, the tree
  input  logic [LANES-1:0]             lane_ready_i,      ///< each lane has four places
  input  logic                         tree_ready_i,      ///< the tree has four places
  input  logic [8*LANES-1:0]           lane_done_i,       ///< commands each lane has finished, modulo 256
  input  logic [7:0]                   tree_done_i,       ///< PV commands the tree has finished, modulo 256
  // vector unit
  output logic                         vec_cmd_valid_o,   ///< pulse
  output htx_pkg::vec_cmd_t            vec_cmd_o,         ///< vector command
  input  logic                         vec_ready_i,       ///< the vector unit has four places
  input  logic [7:0]                   vec_done_i,        ///< vector commands finished, modulo 256
  input  logic [8*htx_pkg::TOP_K-1:0]  chosen_i,          ///< experts that the last VTOPK chose
  // collector
  output logic                         argmax_clear_o,    ///< pulse: a new argmax begins
  input  logic [17:0]                  best_i,            ///< index of the largest logit
  input  logic                         collect_busy_i,    ///< results are on their way to vector memory
  // errors, err_e, nonzero until reset
  input  logic [7:0]                   vec_err_i,         ///< of the vector unit
  input  logic [7:0]                   collect_err_i,     ///< of the collector
  input  logic [8*LANES-1:0]           lane_err_i         ///< of each lane
);
  localparam int unsigned DIV_CLOCKS = 13;
  localparam int unsigned XDIV_CLOCKS = 16;  // of an expert's first unit and end
  localparam int unsigned PC_W = $clog2(htx_pkg::PROG_WORDS + 1);  // of an address in the program, or the first behind it

  typedef enum logic [3:0] {
    S_IDLE = 4'd0, S_FETCH = 4'd1, S_DECODE = 4'd2, S_EXEC = 4'd3, S_TREAD = 4'd4, S_TCHECK = 4'd5, S_DIV = 4'd6,
    S_NEXT = 4'd7, S_STOP = 4'd8, S_HOLD = 4'd9, S_XLOAD = 4'd10, S_XDIV = 4'd11
  } state_e;

  logic [3:0]                        state_q;
  logic [15:0]                       pc_q;
  htx_pkg::instr_t                   instr_q, fetched;
  logic [16*htx_pkg::NREG-1:0]       index_q;  // R0..R7
  logic [PC_W*htx_pkg::LOOP_DEPTH-1:0] loop_pc_q;    // where the body begins
  logic [16*htx_pkg::LOOP_DEPTH-1:0] loop_left_q;
  logic [2:0]                        loop_level_q;
  logic [7:0]                        lane_issued_q, pv_issued_q, vec_issued_q;
  logic                              lanes_idle_q, quiet_q, vec_idle_q, lane_ready_q, tree_ready_q, vec_ready_q;
  logic                              argmax_live_q;  // an argmax was begun since the last NEXT
  logic                              score_open_q;   // a SCORE whose PV has not been issued
  logic [10:0]                       score_seg_q;    // the last SCORE's segment
  logic [3:0]                        score_n_q;      // its blocks
  logic [2:0]                        score_cols_q;   // and its columns, less one
  logic                              hold_q;         // pause before the next instruction
  logic                              pass_q;         // do not pause before this instruction: it was paused before
  logic [31:0]                       watch_q;        // clocks of this position
  logic [3:0]                        div_left_q;
  logic                              choice_open_q;  // a VTOPK was issued and not yet seen finished
  logic [7:0]                        choice_tag_q;   // vector commands issued up to it, modulo 256
  logic [7:0]                        choice_q;       // the expert of EXPERT's choice
  logic [4:0]                        tok_low_q, pos_low_q;

  // ---------------------------------------------------------------- memories
  logic         next_we;
  logic [htx_pkg::POS_W:0] ahead;  // position + a
  logic [htx_pkg::POS_W:0] pos1;   // the one after it: where NEXT goes
  logic [htx_pkg::POS_W-1:0] at_q; // position of the last TOKEN, or the present one before it
  logic [15:0]  fault;  // error: {source, err_e}, 0 = none
  logic [7:0]   own;    // err_e of the sequencer itself, whose source is 0
  logic [127:0] prog_rdata;
  logic [17:0]  tok_rdata;
  htx_seq_mem u_mem (
    .clk_i, .rst_ni, .hm_valid_i, .hm_tok_i, .hm_we_i, .hm_addr_i, .hm_wdata_i, .hm_done_o, .hm_rdata_o,
    .hm_wok_i(state_q == S_IDLE), .hm_rok_i(state_q != S_FETCH && state_q != S_TREAD && state_q != S_NEXT),
    .fetch_i(state_q == S_FETCH), .pc_i(pc_q[9:0]), .instr_o(prog_rdata), .tread_i(state_q == S_TREAD), .pos_i(at_q[htx_pkg::TOKEN_AW-1:0]),
    .token_o(tok_rdata), .tok_we_i(next_we), .tok_waddr_i(pos1[htx_pkg::TOKEN_AW-1:0]), .tok_wdata_i(best_i));

  // ---------------------------------------------------------------- decode
  always_comb begin
    fetched   = prog_rdata;
    fetched.a = prog_rdata[15:0] + index_q[16*32'(fetched.ra)+:16];
    fetched.b = prog_rdata[31:16] + index_q[16*32'(fetched.rb)+:16];
    fetched.d = prog_rdata[47:32] + index_q[16*32'(fetched.rd)+:16];
  end
  logic                  is_lane, is_vec, bad;
  htx_pkg::lane_cmd_t    lane_cmd;
  htx_pkg::vec_cmd_t     vec_cmd;
  logic [DIV_CLOCKS-1:0] tok_quot, pos_quot;
  logic [5:0]            tok_rem, pos_rem;
  htx_seq_dec #(.COLUMNS(COLUMNS)) u_dec (
    .instr_i(instr_q), .vec_tag_i(vec_issued_q), .pos_i(at_q), .tok_quot_i(16'(tok_quot)), .tok_rem_i(tok_rem),
    .tok_low_i(tok_low_q), .pos_quot_i(16'(pos_quot)), .pos_rem_i(pos_rem), .pos_low_i(pos_low_q), .exp_quot_i(exp_quot), .exp_rem_i(exp_rem),
    .end_quot_i(end_quot), .end_rem_i(end_rem), .lane_o(is_lane),
    .vec_o(is_vec), .bad_o(bad), .lane_cmd_o(lane_cmd), .vec_cmd_o(vec_cmd));
  logic div_load;  // a start loads zeros
  assign div_load = state_q == S_TCHECK || state_q == S_IDLE;
  htx_div #(.WIDTH(DIV_CLOCKS)) u_tok_div (
    .clk_i, .rst_ni, .start_i(div_load), .step_i(state_q == S_DIV), .num_i(state_q == S_IDLE ? '0 : tok_rdata[17:5]),
    .den_i(lanes_total_i), .quot_o(tok_quot), .rem_o(tok_rem));
  htx_div #(.WIDTH(DIV_CLOCKS)) u_pos_div (
    .clk_i, .rst_ni, .start_i(div_load), .step_i(state_q == S_DIV), .num_i(state_q == S_IDLE ? '0 : at_q[htx_pkg::POS_W-1:5]),
    .den_i(lanes_total_i), .quot_o(pos_quot), .rem_o(pos_rem));

  // an expert's units, [choice * e, choice * e + e)
  logic [XDIV_CLOCKS-1:0] exp_first, exp_quot, end_quot;
  logic [5:0]             exp_rem, end_rem;
  logic                   exp_load;
  assign exp_first = state_q == S_IDLE ? '0 : 16'(choice_q) * instr_q.e;
  assign exp_load  = state_q == S_XLOAD || state_q == S_IDLE;
  htx_div #(.WIDTH(XDIV_CLOCKS)) u_exp_div (
    .clk_i, .rst_ni, .start_i(exp_load), .step_i(state_q == S_XDIV), .num_i(exp_first), .den_i(lanes_total_i), .quot_o(exp_quot), .rem_o(exp_rem));
  htx_div #(.WIDTH(XDIV_CLOCKS)) u_end_div (
    .clk_i, .rst_ni, .start_i(exp_load), .step_i(state_q == S_XDIV), .num_i(state_q == S_IDLE ? '0 : exp_first + instr_q.e), .den_i(lanes_total_i),
    .quot_o(end_quot), .rem_o(end_rem));
  logic signed [7:0] choice_due;  // vector commands finished since the VTOPK, it included: 0 or more once it is
  assign choice_due = vec_done_i - choice_tag_q;

  // ---------------------------------------------------------------- what EXEC and NEXT do
  logic        exec, lane_go, vec_go, is_score, is_pv, is_argmax, is_next, generated, stop, at_break, out_of_order, timed_out;
  logic [15:0] loop_left;
  logic [htx_pkg::POS_W-1:0]      count_next;
  logic [PC_W-1:0] loop_pc;
  logic [1:0]  loop_top;  // innermost entry
  assign pc_o      = pc_q;
  assign exec      = state_q == S_EXEC;
  assign is_pv     = instr_q.op == htx_pkg::OP_PV;
  assign is_argmax = instr_q.op == htx_pkg::OP_MATVEC && instr_q.flags[htx_pkg::FLAG_ARGMAX];
  assign is_score  = instr_q.op == htx_pkg::OP_SCORE;
  assign is_next   = state_q == S_NEXT;
  assign lane_go   = exec && is_lane && lane_ready_q && (!is_pv || tree_ready_q) && (!is_argmax || !argmax_live_q || quiet_q);
  assign lanes_idle_o = lanes_idle_q;
  assign vec_idle_o   = vec_idle_q;
  assign vec_go    = exec && is_vec && vec_ready_q && (!instr_q.flags[htx_pkg::FLAG_WAIT] || lanes_idle_q);
  assign ahead     = {1'b0, pos_o} + 19'(instr_q.a);
  assign pos1      = ahead + 1'b1;
  assign generated = pos1 == {1'b0, count_o};
  assign count_next = generated ? pos1[htx_pkg::POS_W-1:0] + 1'b1 : count_o;
  assign stop      = count_next >= cfg_limit_i || (generated && cfg_eos_en_i && best_i == cfg_eos_i);
  assign next_we   = is_next && generated && fault == '0;
  assign loop_top  = loop_level_q[1:0] - 2'd1;
  always_comb begin
    loop_pc = '0;
    for (int unsigned i = 0; i < htx_pkg::LOOP_DEPTH; i++)
      if (loop_top == 2'(i)) loop_pc = loop_pc_q[PC_W*i+:PC_W];
  end
  assign loop_left = loop_left_q[16*32'(loop_top)+:16];

  assign timed_out = state_q != S_IDLE && state_q != S_HOLD && watch_q >= ctl_i.watchdog;
  always_comb begin
    at_break = 1'b0;
    for (int unsigned i = 0; i < htx_pkg::BREAKS; i++)
      if (ctl_i.break_en[i] && pc_q == ctl_i.break_pc[16*i+:16]) at_break = 1'b1;
  end
  always_comb begin  // SCORE and its PV belong together
    case (instr_q.op)
      htx_pkg::OP_SCORE, htx_pkg::OP_TOKEN, htx_pkg::OP_NEXT, htx_pkg::OP_HALT: out_of_order = score_open_q;
      htx_pkg::OP_PV: out_of_order = !score_open_q || instr_q.a[10:0] != score_seg_q || instr_q.n[3:0] != score_n_q || instr_q.cols != score_cols_q;
      default:        out_of_order = 1'b0;
    endcase
  end

  // ---------------------------------------------------------------- errors
  always_comb begin
    own = '0;
    case (state_q)
      S_FETCH: if (pc_q >= 16'(htx_pkg::PROG_WORDS)) own = htx_pkg::ERR_PC;
      S_EXEC: begin
        if (bad) own = htx_pkg::ERR_OPCODE;
        else if (out_of_order) own = htx_pkg::ERR_ORDER;
        else if (instr_q.op == htx_pkg::OP_LOOP) begin
          if (instr_q.n == '0 || loop_level_q == 3'(htx_pkg::LOOP_DEPTH)) own = htx_pkg::ERR_LOOP;
        end else if (instr_q.op == htx_pkg::OP_ENDL) begin
          if (loop_level_q == '0) own = htx_pkg::ERR_LOOP;
        end else if (instr_q.op == htx_pkg::OP_TOKEN) begin
          if (32'(ahead) >= htx_pkg::TOKEN_WORDS || ahead >= {1'b0, count_o}) own = htx_pkg::ERR_CONTEXT;
        end else if (is_score) begin
          if (pos_quot >= DIV_CLOCKS'(htx_pkg::SCORE_TOKENS / 32)) own = htx_pkg::ERR_CONTEXT;
        end
      end
      S_TCHECK: if (tok_rdata >= cfg_vocab_i) own = htx_pkg::ERR_TOKEN;
      S_NEXT: if ((generated && 32'(pos1) >= htx_pkg::TOKEN_WORDS) || (instr_q.a != '0 && pos1 > {1'b0, count_o})) own = htx_pkg::ERR_CONTEXT;
      default: ;
    endcase
    fault = {8'd0, own};
    if (own == '0 && timed_out) fault = {8'd0, htx_pkg::ERR_WATCHDOG};
    if (lane_err_i != '0)
      for (int i = LANES - 1; i >= 0; i--)
        if (lane_err_i[8*i+:8] != '0) fault = {8'(16 + i), lane_err_i[8*i+:8]};
    if (collect_err_i != '0) fault = {8'd2, collect_err_i};
    if (vec_err_i != '0) fault = {8'd1, vec_err_i};
    if (error_o) fault = '0;
  end

  // ---------------------------------------------------------------- the machine
  always_ff @(posedge clk_i) begin
    lane_cmd_valid_o <= 1'b0;
    vec_cmd_valid_o  <= 1'b0;
    argmax_clear_o   <= 1'b0;
    lanes_idle_q     <= lane_done_i == {LANES{lane_issued_q}} && tree_done_i == pv_issued_q;
    quiet_q          <= lane_done_i == {LANES{lane_issued_q}} && tree_done_i == pv_issued_q && !collect_busy_i;
    vec_idle_q       <= vec_done_i == vec_issued_q;
    lane_ready_q     <= &lane_ready_i;
    tree_ready_q     <= tree_ready_i;
    vec_ready_q      <= vec_ready_i;
    if (state_q != S_IDLE && state_q != S_HOLD) watch_q <= watch_q + 32'd1;
    if (ctl_i.stop) hold_q <= 1'b1;
    if (choice_due >= 0) choice_open_q <= 1'b0;
    if (fault != '0) begin
      state_q      <= S_IDLE;
      paused_o     <= 1'b0;
      busy_o       <= 1'b0;
      done_o       <= 1'b0;
      error_o      <= 1'b1;
      error_word_o <= {pc_q, fault};
    end else begin
      case (state_q)
        S_IDLE: if (start_i) begin
          state_q      <= S_FETCH;
          pc_q         <= '0;
          index_q      <= '0;
          loop_level_q <= '0;
          pos_o        <= cfg_pos_i;
          at_q         <= cfg_pos_i;
          count_o      <= cfg_prompt_i;
          last_o       <= '0;
          tok_low_q    <= '0;
          pos_low_q    <= '0;
          score_open_q <= 1'b0;
          hold_q       <= ctl_i.stop;
          pass_q       <= 1'b0;
          watch_q      <= '0;
          busy_o       <= 1'b1;
          done_o       <= 1'b0;
          error_o      <= 1'b0;
          error_word_o <= '0;
        end
        S_FETCH: begin
          state_q <= ((hold_q || at_break) && !pass_q) ? S_HOLD : S_DECODE;
          pass_q  <= 1'b0;
        end
        S_HOLD:
          if (!paused_o) paused_o <= quiet_q && vec_idle_q;
          else if (ctl_i.go) begin
            paused_o <= 1'b0;
            hold_q   <= ctl_i.stop;
            pass_q   <= 1'b1;
            state_q  <= S_FETCH;
          end
        S_DECODE: begin
          instr_q <= fetched;
          state_q <= S_EXEC;
        end
        S_EXEC: begin
          state_q <= S_FETCH;
          pc_q    <= pc_q + 16'd1;
          case (instr_q.op)
            htx_pkg::OP_HALT: begin
              state_q <= S_STOP;
              pc_q    <= pc_q;
            end
            htx_pkg::OP_LDI: if (instr_q.rd != '0) index_q[16*32'(instr_q.rd)+:16] <= instr_q.a;
            htx_pkg::OP_ADDI:
              if (instr_q.rd != '0) index_q[16*32'(instr_q.rd)+:16] <= index_q[16*32'(instr_q.rd)+:16] + instr_q.a;
            htx_pkg::OP_LOOP: begin
              loop_level_q <= loop_level_q + 3'd1;
              for (int unsigned i = 0; i < htx_pkg::LOOP_DEPTH; i++)
                if (loop_level_q[1:0] == 2'(i)) loop_pc_q[PC_W*i+:PC_W] <= PC_W'(pc_q) + PC_W'(1);
              loop_left_q[16*32'(loop_level_q[1:0])+:16] <= instr_q.n;
            end
            htx_pkg::OP_ENDL:
              if (loop_left == 16'd1) loop_level_q <= loop_level_q - 3'd1;
              else begin
                loop_left_q[16*32'(loop_top)+:16] <= loop_left - 16'd1;
                pc_q <= 16'(loop_pc);
              end
            htx_pkg::OP_TOKEN: begin
              state_q <= S_TREAD;
              pc_q    <= pc_q;
              at_q    <= ahead[htx_pkg::POS_W-1:0];
            end
            htx_pkg::OP_EXPERT: begin
              state_q  <= choice_open_q ? S_EXEC : S_XLOAD;
              pc_q     <= pc_q;
              choice_q <= chosen_i[8*32'(instr_q.a[2:0])+:8];
            end
            htx_pkg::OP_SKIP: if (pos1 < {1'b0, count_o}) pc_q <= instr_q.e;
            htx_pkg::OP_NEXT: begin
              state_q <= quiet_q ? S_NEXT : S_EXEC;
              pc_q    <= pc_q;
            end
            default: if (!lane_go && !vec_go) begin
              state_q <= S_EXEC;
              pc_q    <= pc_q;
            end
          endcase
          if (lane_go) begin
            lane_cmd_valid_o <= 1'b1;
            lane_cmd_o       <= lane_cmd;
            lane_issued_q    <= lane_issued_q + 8'd1;
            pv_issued_q      <= pv_issued_q + 8'(is_pv);
            argmax_clear_o   <= is_argmax;
            if (is_argmax) argmax_live_q <= 1'b1;
            if (is_score) {score_open_q, score_seg_q, score_n_q, score_cols_q} <= {1'b1, instr_q.a[10:0], instr_q.n[3:0], instr_q.cols};
            if (is_pv) score_open_q <= 1'b0;
          end
          if (vec_go) begin
            vec_cmd_valid_o <= 1'b1;
            vec_cmd_o       <= vec_cmd;
            vec_issued_q    <= vec_issued_q + 8'd1;
            if (instr_q.op == htx_pkg::OP_VTOPK) {choice_open_q, choice_tag_q} <= {1'b1, vec_issued_q + 8'd1};
          end
        end
        S_TREAD: state_q <= S_TCHECK;
        S_TCHECK: begin
          state_q    <= S_DIV;
          div_left_q <= 4'(DIV_CLOCKS - 1);
          tok_low_q  <= tok_rdata[4:0];
          pos_low_q  <= at_q[4:0];
        end
        S_DIV: begin
          div_left_q <= div_left_q - 4'd1;
          if (div_left_q == '0) begin
            div_left_q <= '0;
            state_q    <= S_FETCH;
            pc_q       <= pc_q + 16'd1;
          end
        end
        S_XLOAD: begin
          state_q    <= S_XDIV;
          div_left_q <= 4'(XDIV_CLOCKS - 1);
        end
        S_XDIV: begin
          div_left_q <= div_left_q - 4'd1;
          if (div_left_q == '0) begin
            div_left_q <= '0;
            state_q    <= S_FETCH;
            pc_q       <= pc_q + 16'd1;
          end
        end
        S_NEXT: begin
          state_q       <= stop ? S_STOP : S_FETCH;
          argmax_live_q <= 1'b0;
          watch_q       <= '0;
          pos_o         <= pos1[htx_pkg::POS_W-1:0];
          at_q          <= pos1[htx_pkg::POS_W-1:0];
          count_o       <= count_next;
          if (generated) last_o <= best_i;
          if (!stop) pc_q <= instr_q.e;
        end
        S_STOP: if (quiet_q && vec_idle_q) begin
          state_q <= S_IDLE;
          busy_o  <= 1'b0;
          done_o  <= 1'b1;
        end
        default: state_q <= S_IDLE;
      endcase
    end
    if (!rst_ni) begin
      index_q     <= '0;
      loop_pc_q   <= '0;
      loop_left_q <= '0;
      {state_q, pc_q, instr_q, loop_level_q, argmax_live_q, score_open_q, score_seg_q, score_n_q, score_cols_q, hold_q, pass_q, watch_q, paused_o} <= '0;
      {lane_issued_q, pv_issued_q, vec_issued_q, lanes_idle_q, quiet_q, vec_idle_q} <= '0;
      {lane_cmd_valid_o, vec_cmd_valid_o, argmax_clear_o, lane_ready_q, tree_ready_q, vec_ready_q} <= '0;
      {div_left_q, tok_low_q, pos_low_q, choice_open_q, choice_tag_q, choice_q} <= '0;
      {busy_o, done_o, error_o, error_word_o, pos_o, at_q, count_o, last_o, lane_cmd_o, vec_cmd_o} <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(busy_o && (done_o || error_o)));
      assert (!paused_o || (busy_o && state_q == S_HOLD));
      assert (!((state_q == S_DIV || state_q == S_XDIV) && lanes_total_i == '0));
      assert (loop_level_q <= 3'(htx_pkg::LOOP_DEPTH));
      assert (index_q[15:0] == '0);
    end
  end
endmodule
