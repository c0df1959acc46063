// SPDX-License-Identifier: Apache-2.0
// htx_seq_dec: what kind of instruction this is, whether its operands are in range, and its command. Combinational.
//
// a, b and d come with their index registers added. Fields an instruction does not use are not looked at.
module htx_seq_dec #(
  parameter int unsigned COLUMNS = 1
) (
  input  htx_pkg::instr_t    instr_i,     ///< instruction, effective a, b, d
  input  logic [7:0]         vec_tag_i,   ///< vector commands issued so far
  input  logic [htx_pkg::POS_W-1:0] pos_i,       ///< of the last TOKEN
  input  logic [15:0]        tok_quot_i,  ///< (token / 32) / lanes of the last TOKEN
  input  logic [5:0]         tok_rem_i,   ///< its remainder
  input  logic [4:0]         tok_low_i,   ///< token mod 32
  input  logic [15:0]        pos_quot_i,  ///< (position / 32) / lanes of the last TOKEN
  input  logic [5:0]         pos_rem_i,   ///< its remainder
  input  logic [4:0]         pos_low_i,   ///< position mod 32
  input  logic [15:0]        exp_quot_i,  ///< the first unit of the last EXPERT / lanes
  input  logic [5:0]         exp_rem_i,   ///< its remainder
  input  logic [15:0]        end_quot_i,  ///< the unit after its last / lanes
  input  logic [5:0]         end_rem_i,   ///< its remainder
  output logic               lane_o,      ///< a lane instruction
  output logic               vec_o,       ///< a vector instruction
  output logic               bad_o,       ///< unknown instruction or operand out of range
  output htx_pkg::lane_cmd_t lane_cmd_o,  ///< its lane command
  output htx_pkg::vec_cmd_t  vec_cmd_o    ///< its vector command
);
  // operand ranges, by the memory or field they address
  logic a_seg, a_vm, b_act, b_kv, b_vm, d_act, d_kv, d_vm, e_blk, n_any, n_tiles, n_head, n_blk;
  assign a_seg   = instr_i.a < 16'(htx_pkg::SEG_ENTRIES);
  assign a_vm    = instr_i.a < 16'(htx_pkg::VMEM_BLOCKS);
  assign b_act   = instr_i.b < 16'(htx_pkg::ACT_BLOCKS);
  assign b_kv    = instr_i.b < 16'(htx_pkg::KVBUF_BLOCKS);
  assign b_vm    = instr_i.b < 16'(htx_pkg::VMEM_BLOCKS);
  assign d_act   = instr_i.d < 16'(htx_pkg::ACT_BLOCKS);
  assign d_kv    = instr_i.d < 16'(htx_pkg::KVBUF_BLOCKS);
  assign d_vm    = instr_i.d < 16'(htx_pkg::VMEM_BLOCKS);
  assign e_blk   = instr_i.e != '0 && instr_i.e < 16'(htx_pkg::VMEM_BLOCKS);
  assign n_any   = instr_i.n[15:10] == '0;
  assign n_tiles = n_any && instr_i.n != '0;
  assign n_head  = instr_i.n != '0 && instr_i.n <= 16'(htx_pkg::HEAD_BLOCKS);
  assign n_blk   = instr_i.n != '0 && instr_i.n < 16'(htx_pkg::VMEM_BLOCKS);

  logic       known, fits, two_sources, columns, is_expert;
  logic [2:0] lane_op;
  assign two_sources = b_vm && (!instr_i.flags[htx_pkg::FLAG_BPERIOD] || e_blk);
  assign is_expert = instr_i.flags[htx_pkg::FLAG_EXPERT];
  always_comb begin
    known   = 1'b1;
    fits    = 1'b1;
    lane_o  = 1'b0;
    vec_o   = 1'b0;
    columns = 1'b0;
    lane_op = htx_pkg::L_MATVEC;
    case (instr_i.op)
      htx_pkg::OP_HALT, htx_pkg::OP_LDI, htx_pkg::OP_ADDI, htx_pkg::OP_LOOP, htx_pkg::OP_ENDL,
      htx_pkg::OP_TOKEN, htx_pkg::OP_SKIP, htx_pkg::OP_NEXT: ;
      htx_pkg::OP_EXPERT: fits = instr_i.a < 16'(htx_pkg::TOP_K) && e_blk;
      htx_pkg::OP_MATVEC: begin
        lane_o  = 1'b1;
        columns = !instr_i.flags[htx_pkg::FLAG_ARGMAX] && !is_expert;
        fits    = !(instr_i.flags[htx_pkg::FLAG_ARGMAX] && is_expert) && a_seg && b_act && d_vm && n_tiles && ((!instr_i.flags[htx_pkg::FLAG_PAIR] && instr_i.cols == '0) || e_blk);
      end
      htx_pkg::OP_EMBED: begin
        lane_o  = 1'b1;
        lane_op = htx_pkg::L_EMBED;
        fits    = a_seg && d_vm && n_tiles;
      end
      htx_pkg::OP_LOADV: begin
        lane_o  = 1'b1;
        lane_op = htx_pkg::L_LOADV;
        fits    = a_seg && d_vm && n_any;
      end
      htx_pkg::OP_APPEND: begin
        lane_o  = 1'b1;
        lane_op = htx_pkg::L_APPEND;
        fits    = a_seg && b_kv && n_head;
      end
      htx_pkg::OP_SCORE: begin
        lane_o  = 1'b1;
        lane_op = htx_pkg::L_SCORE;
        columns = 1'b1;
        fits    = a_seg && b_act && n_head;
      end
      htx_pkg::OP_PV: begin
        lane_o  = 1'b1;
        lane_op = htx_pkg::L_PV;
        columns = 1'b1;
        fits    = a_seg && d_vm && n_head;
      end
      htx_pkg::OP_VADD, htx_pkg::OP_VMUL: begin
        vec_o = 1'b1;
        fits  = a_vm && d_vm && n_blk && two_sources;
      end
      htx_pkg::OP_VEXP2, htx_pkg::OP_VRCP, htx_pkg::OP_VRSQRT, htx_pkg::OP_VSUMSQ: begin
        vec_o = 1'b1;
        fits  = a_vm && d_vm && n_blk;
      end
      htx_pkg::OP_VTOPK: begin
        vec_o = 1'b1;
        fits  = a_vm && d_vm && e_blk && instr_i.e <= 16'(htx_pkg::TOP_EXPERTS) && (instr_i.e + 16'd31) >> 5 == instr_i.n &&
                instr_i.elem != '0 && instr_i.elem <= 5'(htx_pkg::TOP_K) && 16'(instr_i.elem) <= instr_i.e;
      end
      htx_pkg::OP_VQUANT: begin
        vec_o   = 1'b1;
        columns = !instr_i.flags[htx_pkg::FLAG_QMODE+1];
        fits    = a_vm && n_blk && e_blk && (instr_i.flags[htx_pkg::FLAG_QMODE+1] ? d_kv : d_act) &&
                (instr_i.flags[htx_pkg::FLAG_QMODE+:2] != htx_pkg::Q_QRY || b_vm);
      end
      default: known = 1'b0;
    endcase
  end
  assign bad_o = !known || !fits || (instr_i.cols != '0 && !(columns && 32'(instr_i.cols) < COLUMNS)) || instr_i.spare != '0 || instr_i.flags[15:htx_pkg::FLAG_EXPERT+1] != '0;

  logic use_tok, use_pos, use_exp;
  assign use_exp = lane_op == htx_pkg::L_MATVEC && is_expert;
  assign use_tok = lane_op == htx_pkg::L_EMBED;
  assign use_pos = lane_op == htx_pkg::L_APPEND || lane_op == htx_pkg::L_SCORE || lane_op == htx_pkg::L_PV;
  logic [25:0] blocks_before;
  assign blocks_before = 26'(pos_i) * 26'(instr_i.n[9:0]);

  always_comb begin
    lane_cmd_o.op       = lane_op;
    lane_cmd_o.wait_vec = instr_i.flags[htx_pkg::FLAG_WAIT];
    lane_cmd_o.w8       = instr_i.flags[htx_pkg::FLAG_W8];
    lane_cmd_o.argmax   = instr_i.flags[htx_pkg::FLAG_ARGMAX];
    lane_cmd_o.nostore  = instr_i.flags[htx_pkg::FLAG_NOSTORE];
    lane_cmd_o.pair     = instr_i.flags[htx_pkg::FLAG_PAIR];
    lane_cmd_o.expert   = use_exp;
    lane_cmd_o.cols     = instr_i.cols;
    lane_cmd_o.vec_tag  = vec_tag_i;
    lane_cmd_o.seg      = instr_i.a[10:0];
    lane_cmd_o.act      = instr_i.b[9:0];
    lane_cmd_o.out      = instr_i.d[10:0];
    lane_cmd_o.kt       = instr_i.n[9:0];
    lane_cmd_o.pstride  = instr_i.e[10:0];
    lane_cmd_o.quot     = use_tok ? tok_quot_i : use_pos ? pos_quot_i : use_exp ? exp_quot_i : '0;
    lane_cmd_o.rem      = use_tok ? tok_rem_i : use_pos ? pos_rem_i : use_exp ? exp_rem_i : '0;
    lane_cmd_o.low      = use_tok ? tok_low_i : use_pos ? pos_low_i : '0;
    lane_cmd_o.off      = (lane_op == htx_pkg::L_LOADV && instr_i.flags[htx_pkg::FLAG_POS]) ? {blocks_before, 2'b0} :
                          use_exp ? {6'd0, end_rem_i, end_quot_i} : '0;
    vec_cmd_o.op        = instr_i.op;
    vec_cmd_o.bscalar   = instr_i.flags[htx_pkg::FLAG_BSCALAR];
    vec_cmd_o.bperiod   = instr_i.flags[htx_pkg::FLAG_BPERIOD];
    vec_cmd_o.swap      = instr_i.flags[htx_pkg::FLAG_SWAP];
    vec_cmd_o.qmode     = instr_i.flags[htx_pkg::FLAG_QMODE+:2];
    vec_cmd_o.cols      = instr_i.cols;
    vec_cmd_o.a         = instr_i.a[10:0];
    vec_cmd_o.b         = instr_i.b[10:0];
    vec_cmd_o.d         = instr_i.d[10:0];
    vec_cmd_o.n         = instr_i.n[10:0];
    vec_cmd_o.e         = instr_i.e[10:0];
    vec_cmd_o.elem      = instr_i.elem;
  end

  logic unused_index;  // index selects were used when the operands were formed
  assign unused_index = ^{instr_i.rd, instr_i.rb, instr_i.ra};
endmodule
