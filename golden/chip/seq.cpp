// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/seq.hpp"

#include <bit>

namespace htx::chip {
namespace {

constexpr unsigned kDivClocks = 13, kExpertClocks = 16;
constexpr std::uint64_t kEveryByte = 0x0101010101010101ULL;

bool flag(const pkg::instr_t& i, unsigned bit) { return (i.flags >> bit & 1) != 0; }
bool within(unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; }
bool is_lane(unsigned op) { return within(op, pkg::OP_MATVEC, pkg::OP_PV); }
bool is_vector(unsigned op) { return within(op, pkg::OP_VADD, pkg::OP_VTOPK); }
bool begins_argmax(const pkg::instr_t& i) { return i.op == pkg::OP_MATVEC && flag(i, pkg::FLAG_ARGMAX); }

}  // namespace

Seq::Seq(unsigned lanes, unsigned columns) : lanes_(lanes), columns_(columns), program_(pkg::PROG_WORDS), tokens_(pkg::TOKEN_WORDS) {}

void Seq::reset() {
  auto program = std::move(program_);
  auto tokens = std::move(tokens_);
  *this = Seq(lanes_, columns_, std::move(program), std::move(tokens));
}

/// Operands that several columns may work on, or that name one.
static bool has_columns(const pkg::instr_t& i) {
  switch (i.op) {
    case pkg::OP_MATVEC: return !flag(i, pkg::FLAG_ARGMAX) && !flag(i, pkg::FLAG_EXPERT);
    case pkg::OP_SCORE:
    case pkg::OP_PV: return true;
    case pkg::OP_VQUANT: return (i.flags >> pkg::FLAG_QMODE & 3) <= pkg::Q_QRY;
    default: return false;
  }
}

bool in_range(const pkg::instr_t& i, unsigned columns) {
  if (i.cols != 0 && (!has_columns(i) || i.cols >= columns)) return false;
  if (i.spare != 0 || i.flags >> (pkg::FLAG_EXPERT + 1) != 0) return false;
  const bool seg = i.a < pkg::SEG_ENTRIES;
  const bool a = i.a < pkg::VMEM_BLOCKS, b = i.b < pkg::VMEM_BLOCKS, d = i.d < pkg::VMEM_BLOCKS;
  const bool e = within(i.e, 1, pkg::VMEM_BLOCKS - 1);
  const bool tiles = within(i.n, 1, 1023), head = within(i.n, 1, pkg::HEAD_BLOCKS), blocks = within(i.n, 1, pkg::VMEM_BLOCKS - 1);
  switch (i.op) {
    case pkg::OP_EXPERT: return i.a < pkg::TOP_K && e;
    case pkg::OP_MATVEC: return !(flag(i, pkg::FLAG_ARGMAX) && flag(i, pkg::FLAG_EXPERT)) && seg && i.b < pkg::ACT_BLOCKS && d && tiles && (e || (!flag(i, pkg::FLAG_PAIR) && i.cols == 0));
    case pkg::OP_EMBED: return seg && d && tiles;
    case pkg::OP_LOADV: return seg && d && i.n <= 1023;
    case pkg::OP_APPEND: return seg && i.b < pkg::KVBUF_BLOCKS && head;
    case pkg::OP_SCORE: return seg && i.b < pkg::ACT_BLOCKS && head;
    case pkg::OP_PV: return seg && d && head;
    case pkg::OP_VADD:
    case pkg::OP_VMUL: return a && b && d && blocks && (e || !flag(i, pkg::FLAG_BPERIOD));
    case pkg::OP_VEXP2:
    case pkg::OP_VRCP:
    case pkg::OP_VRSQRT:
    case pkg::OP_VSUMSQ: return a && d && blocks;
    case pkg::OP_VTOPK: return a && d && within(i.e, 1, pkg::TOP_EXPERTS) && i.n == (i.e + 31) / 32 && within(i.elem, 1, pkg::TOP_K) && i.elem <= i.e;
    case pkg::OP_VQUANT: {
      const unsigned mode = i.flags >> pkg::FLAG_QMODE & 3;
      const bool buffer = mode == pkg::Q_KEY || mode == pkg::Q_VAL;
      return a && blocks && e && i.d < (buffer ? pkg::KVBUF_BLOCKS : pkg::ACT_BLOCKS) && (mode != pkg::Q_QRY || b);
    }
    default: return pkg::op_e_name(i.op) != nullptr;
  }
}

/// SCORE and PV alternate, and nothing ends between them.
bool Seq::in_order() const {
  switch (instr_.op) {
    case pkg::OP_PV: return score_open_ && instr_.a == score_seg_ && instr_.n == score_n_ && instr_.cols == score_cols_;
    case pkg::OP_SCORE:
    case pkg::OP_TOKEN:
    case pkg::OP_NEXT:
    case pkg::OP_HALT: return !score_open_;
    default: return true;
  }
}

std::uint8_t Seq::own_fault(const In& in) const {
  const unsigned ahead = out_.pos + instr_.a, pos1 = ahead + 1;
  switch (state_) {
    case State::fetch: return pc_ >= pkg::PROG_WORDS ? pkg::ERR_PC : pkg::ERR_NONE;
    case State::exec:
      if (!in_range(instr_, columns_)) return pkg::ERR_OPCODE;
      if (!in_order()) return pkg::ERR_ORDER;
      if (instr_.op == pkg::OP_LOOP && (instr_.n == 0 || level_ == pkg::LOOP_DEPTH)) return pkg::ERR_LOOP;
      if (instr_.op == pkg::OP_ENDL && level_ == 0) return pkg::ERR_LOOP;
      if (instr_.op == pkg::OP_TOKEN && (ahead >= pkg::TOKEN_WORDS || ahead >= out_.count)) return pkg::ERR_CONTEXT;
      if (instr_.op == pkg::OP_SCORE && pos_split_.quot >= pkg::SCORE_TOKENS / 32) return pkg::ERR_CONTEXT;
      return pkg::ERR_NONE;
    case State::tcheck: return token_ >= in.cfg_vocab ? pkg::ERR_TOKEN : pkg::ERR_NONE;
    case State::next: return (pos1 == out_.count && pos1 >= pkg::TOKEN_WORDS) || (instr_.a != 0 && pos1 > out_.count) ? pkg::ERR_CONTEXT : pkg::ERR_NONE;
    default: return pkg::ERR_NONE;
  }
}

bool Seq::at_break(const pkg::run_ctl_t& ctl) const {
  for (unsigned i = 0; i < pkg::BREAKS; ++i)
    if ((ctl.break_en >> i & 1) && (ctl.break_pc >> 16 * i & 0xffff) == pc_) return true;
  return false;
}

/// {source, code} of the error that stops the program at this edge, 0 if none.
std::uint16_t Seq::fault(const In& in) const {
  if (out_.error) return 0;
  if (in.vec_err) return static_cast<std::uint16_t>(1 << 8 | in.vec_err);
  if (in.collect_err) return static_cast<std::uint16_t>(2 << 8 | in.collect_err);
  if (in.lane_err)
    for (unsigned lane = 0; lane < lanes_; ++lane)
      if (const auto code = in.lane_err >> 8 * lane & 0xff) return static_cast<std::uint16_t>((16 + lane) << 8 | code);
  if (const auto own = own_fault(in)) return own;
  return counts_time() && watch_ >= in.ctl.watchdog ? pkg::ERR_WATCHDOG : pkg::ERR_NONE;
}

void Seq::issue_lane() {
  auto& c = out_.lane_cmd;
  c = {};
  c.op = static_cast<std::uint8_t>(instr_.op - pkg::OP_MATVEC);
  c.wait_vec = flag(instr_, pkg::FLAG_WAIT);
  c.w8 = flag(instr_, pkg::FLAG_W8);
  c.argmax = flag(instr_, pkg::FLAG_ARGMAX);
  c.nostore = flag(instr_, pkg::FLAG_NOSTORE);
  c.pair = flag(instr_, pkg::FLAG_PAIR);
  c.vec_tag = vec_issued_;
  c.seg = instr_.a & 0x7ff;
  c.act = instr_.b & 0x3ff;
  c.out = instr_.d & 0x7ff;
  c.kt = instr_.n & 0x3ff;
  c.pstride = instr_.e & 0x7ff;
  c.cols = instr_.cols;
  if (c.op == pkg::L_MATVEC && flag(instr_, pkg::FLAG_EXPERT)) {
    c.expert = true;
    c.quot = expert_split_.quot;
    c.rem = expert_split_.rem;
    c.off = static_cast<std::uint32_t>(end_split_.rem) << 16 | end_split_.quot;
  } else if (c.op == pkg::L_EMBED) {
    c.quot = tok_split_.quot;
    c.rem = tok_split_.rem;
    c.low = tok_low_;
  } else if (c.op == pkg::L_APPEND || c.op == pkg::L_SCORE || c.op == pkg::L_PV) {
    c.quot = pos_split_.quot;
    c.rem = pos_split_.rem;
    c.low = pos_low_;
  } else if (c.op == pkg::L_LOADV && flag(instr_, pkg::FLAG_POS)) {
    c.off = 4U * at_ * instr_.n & 0xfffffff;
  }
  out_.lane_cmd_valid = true;
  ++lane_issued_;
  if (c.op == pkg::L_PV) ++pv_issued_;
  if (begins_argmax(instr_)) out_.argmax_clear = argmax_live_ = true;
  if (c.op == pkg::L_SCORE) {
    score_open_ = true;
    score_seg_ = instr_.a;
    score_n_ = static_cast<std::uint8_t>(instr_.n);
    score_cols_ = instr_.cols;
  }
  if (c.op == pkg::L_PV) score_open_ = false;
}

void Seq::issue_vector() {
  auto& c = out_.vec_cmd;
  c.op = instr_.op;
  c.bscalar = flag(instr_, pkg::FLAG_BSCALAR);
  c.bperiod = flag(instr_, pkg::FLAG_BPERIOD);
  c.swap = flag(instr_, pkg::FLAG_SWAP);
  c.qmode = instr_.flags >> pkg::FLAG_QMODE & 3;
  c.cols = instr_.cols;
  c.a = instr_.a & 0x7ff;
  c.b = instr_.b & 0x7ff;
  c.d = instr_.d & 0x7ff;
  c.n = instr_.n & 0x7ff;
  c.e = instr_.e & 0x7ff;
  c.elem = instr_.elem;
  out_.vec_cmd_valid = true;
  ++vec_issued_;
  if (c.op == pkg::OP_VTOPK) {
    choice_open_ = true;
    choice_tag_ = vec_issued_;
  }
}

/// One clock of EXEC without an error: the instruction acts, or waits by leaving everything as it is.
void Seq::execute(bool choice_was_open) {
  const unsigned op = instr_.op;
  if (is_lane(op)) {
    if (!lane_ready_ || (op == pkg::OP_PV && !tree_ready_)) return;
    if (begins_argmax(instr_) && argmax_live_ && !quiet_) return;
    issue_lane();
  } else if (is_vector(op)) {
    if (!vec_ready_ || (flag(instr_, pkg::FLAG_WAIT) && !lanes_idle_)) return;
    issue_vector();
  }
  std::uint16_t to = pc_ + 1;
  switch (op) {
    case pkg::OP_HALT: state_ = State::stop; return;
    case pkg::OP_TOKEN:
      at_ = out_.pos + instr_.a;
      state_ = State::tread;
      return;
    case pkg::OP_EXPERT:
      if (!choice_was_open) state_ = State::xload;
      return;
    case pkg::OP_NEXT:
      if (quiet_) state_ = State::next;
      return;
    case pkg::OP_LDI:
      if (instr_.rd) index_[instr_.rd] = instr_.a;
      break;
    case pkg::OP_ADDI:
      if (instr_.rd) index_[instr_.rd] = static_cast<std::uint16_t>(index_[instr_.rd] + instr_.a);
      break;
    case pkg::OP_LOOP: loops_[level_++] = {to, instr_.n}; break;
    case pkg::OP_ENDL:
      if (auto& loop = loops_[level_ - 1]; loop.left > 1) {
        --loop.left;
        to = loop.body;
      } else {
        --level_;
      }
      break;
    case pkg::OP_SKIP:
      if (out_.pos + instr_.a + 1U < out_.count) to = instr_.e;
      break;
    default: break;
  }
  pc_ = to;
  state_ = State::fetch;
}

void Seq::end_position(const In& in) {
  const unsigned pos1 = out_.pos + instr_.a + 1U;
  const bool generated = pos1 == out_.count;
  if (generated) {
    tokens_[pos1] = out_.last = in.best;
    out_.count = pos1 + 1;
  }
  out_.pos = at_ = pos1 % (1U << pkg::POS_W);
  argmax_live_ = false;
  watch_ = 0;
  if (out_.count >= in.cfg_limit || (generated && in.cfg_eos_en && in.best == in.cfg_eos)) {
    state_ = State::stop;
  } else {
    pc_ = instr_.e;
    state_ = State::fetch;
  }
}

void Seq::step(const In& in) {
  out_.lane_cmd_valid = out_.vec_cmd_valid = out_.argmax_clear = false;
  const State at = state_;
  const bool timed = counts_time();
  const std::uint8_t lane_issued = lane_issued_, pv_issued = pv_issued_, vec_issued = vec_issued_;

  // the host's memory port
  if (out_.hm_done) {
    out_.hm_done = false;
    out_.hm_rdata = {};
  }
  if (read_pending_ && at != State::fetch && at != State::tread && at != State::next) {
    read_pending_ = false;
    out_.hm_done = true;
    out_.hm_rdata = read_tok_ ? Bits<2>{tokens_[read_addr_], 0} : program_[read_addr_ % pkg::PROG_WORDS];
  }
  if (in.hm_valid) {
    if (!in.hm_we) {
      read_pending_ = true;
      read_tok_ = in.hm_tok;
      read_addr_ = in.hm_addr;
    } else if (at == State::idle) {
      if (in.hm_tok) tokens_[in.hm_addr] = in.hm_wdata[0] & 0x3ffff;
      else program_[in.hm_addr % pkg::PROG_WORDS] = in.hm_wdata;
    }
  }

  const bool choice_was_open = choice_open_;
  if (static_cast<std::int8_t>(in.vec_done - choice_tag_) >= 0) choice_open_ = false;  // before an issue in this clock opens it

  const std::uint16_t why = fault(in);
  if (timed) ++watch_;
  if (why) {
    state_ = State::idle;
    out_.busy = out_.done = out_.paused = false;
    out_.error = true;
    out_.error_word = static_cast<std::uint32_t>(pc_) << 16 | why;
  } else {
    switch (at) {
      case State::idle:
        if (!in.start) break;
        state_ = State::fetch;
        pc_ = 0;
        index_ = {};
        level_ = 0;
        out_.pos = at_ = in.cfg_pos;
        out_.count = in.cfg_prompt;
        out_.last = 0;
        tok_low_ = pos_low_ = 0;
        tok_split_ = pos_split_ = expert_split_ = end_split_ = {};
        score_open_ = pass_ = false;
        hold_ = false;
        watch_ = 0;
        out_.busy = true;
        out_.done = out_.error = false;
        out_.error_word = 0;
        break;
      case State::fetch:
        fetched_ = program_[pc_];
        state_ = !pass_ && (hold_ || at_break(in.ctl)) ? State::hold : State::decode;
        pass_ = false;
        break;
      case State::decode:
        instr_ = pkg::instr_t::unpack(fetched_);
        instr_.a = static_cast<std::uint16_t>(instr_.a + index_[instr_.ra]);
        instr_.b = static_cast<std::uint16_t>(instr_.b + index_[instr_.rb]);
        instr_.d = static_cast<std::uint16_t>(instr_.d + index_[instr_.rd]);
        state_ = State::exec;
        break;
      case State::exec:
        if (instr_.op == pkg::OP_EXPERT) choice_ = in.chosen >> 8 * (instr_.a % pkg::TOP_K) & 0xff;
        execute(choice_was_open);
        break;
      case State::xload:
        div_left_ = kExpertClocks - 1;
        state_ = State::xdiv;
        break;
      case State::xdiv:
        if (div_left_ > 0) {
          --div_left_;
          break;
        }
        expert_split_ = split(choice_ * instr_.e & 0xffff, in.lanes_total);
        end_split_ = split((choice_ + 1U) * instr_.e & 0xffff, in.lanes_total);
        ++pc_;
        state_ = State::fetch;
        break;
      case State::tread:
        token_ = tokens_[at_];
        state_ = State::tcheck;
        break;
      case State::tcheck:
        tok_low_ = token_ % 32;
        pos_low_ = at_ % 32;
        div_left_ = kDivClocks - 1;
        state_ = State::div;
        break;
      case State::div:
        if (div_left_ > 0) {
          --div_left_;
          break;
        }
        tok_split_ = split(token_ / 32, in.lanes_total);
        pos_split_ = split(at_ / 32, in.lanes_total);
        ++pc_;
        state_ = State::fetch;
        break;
      case State::next: end_position(in); break;
      case State::hold:
        if (!out_.paused) {
          out_.paused = quiet_ && vec_idle_;
        } else if (in.ctl.go) {
          out_.paused = false;
          hold_ = false;
          pass_ = true;
          state_ = State::fetch;
        }
        break;
      case State::stop:
        if (!quiet_ || !vec_idle_) break;
        state_ = State::idle;
        out_.busy = false;
        out_.done = true;
        break;
    }
  }

  if (in.ctl.stop) hold_ = true;  // seen from the next clock on

  const std::uint64_t every = lanes_ == 8 ? ~0ULL : (1ULL << 8 * lanes_) - 1;
  lanes_idle_ = (in.lane_done & every) == (kEveryByte * lane_issued & every) && in.tree_done == pv_issued;
  quiet_ = lanes_idle_ && !in.collect_busy;
  vec_idle_ = in.vec_done == vec_issued;
  lane_ready_ = (in.lane_ready & ((1U << lanes_) - 1)) == (1U << lanes_) - 1;
  tree_ready_ = in.tree_ready;
  vec_ready_ = in.vec_ready;
}

void Seq::probe(probe::seq& p) const {
  p.busy_o = out_.busy;
  p.done_o = out_.done;
  p.error_o = out_.error;
  p.error_word_o = out_.error_word;
  p.pos_o = out_.pos;
  p.count_o = out_.count;
  p.last_o = out_.last;
  p.paused_o = out_.paused;
  p.lanes_idle_o = lanes_idle_;
  p.vec_idle_o = vec_idle_;
  p.pc_o = pc_;
  p.hm_done_o = out_.hm_done;
  p.hm_rdata_o = out_.hm_rdata;
  p.lane_cmd_valid_o = out_.lane_cmd_valid;
  p.lane_cmd_o = out_.lane_cmd.pack();
  p.vec_cmd_valid_o = out_.vec_cmd_valid;
  p.vec_cmd_o = out_.vec_cmd.pack();
  p.argmax_clear_o = out_.argmax_clear;
  p.state_q = static_cast<std::uint64_t>(state_);
  p.pc_q = pc_;
  p.instr_q = instr_.pack();
  p.index_q = {};
  p.loop_pc_q = p.loop_left_q = 0;
  for (unsigned i = 0; i < index_.size(); ++i) put_bits(p.index_q, 16 * i, 16, index_[i]);
  for (unsigned i = 0; i < loops_.size(); ++i) {
    p.loop_pc_q |= static_cast<std::uint64_t>(loops_[i].body) << std::bit_width(pkg::PROG_WORDS) * i;
    p.loop_left_q |= static_cast<std::uint64_t>(loops_[i].left) << 16 * i;
  }
  p.loop_level_q = level_;
  p.lane_issued_q = lane_issued_;
  p.pv_issued_q = pv_issued_;
  p.vec_issued_q = vec_issued_;
  p.lanes_idle_q = lanes_idle_;
  p.quiet_q = quiet_;
  p.vec_idle_q = vec_idle_;
  p.lane_ready_q = lane_ready_;
  p.tree_ready_q = tree_ready_;
  p.vec_ready_q = vec_ready_;
  p.argmax_live_q = argmax_live_;
  p.score_open_q = score_open_;
  p.score_seg_q = score_seg_;
  p.score_n_q = score_n_;
  p.score_cols_q = score_cols_;
  p.hold_q = hold_;
  p.pass_q = pass_;
  p.watch_q = watch_;
  p.at_q = at_;
  p.div_left_q = div_left_;
  p.choice_open_q = choice_open_;
  p.choice_tag_q = choice_tag_;
  p.choice_q = choice_;
  p.tok_low_q = tok_low_;
  p.pos_low_q = pos_low_;
}

void Seq::probe(probe::seq_mem& p) const {
  p.hm_pend_q = read_pending_;
  p.hm_tok_q = read_tok_;
  p.hm_addr_q = read_addr_;
}

}  // namespace htx::chip
