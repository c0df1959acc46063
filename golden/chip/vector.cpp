// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/vector.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "golden/chip/vector_timing.hpp"
#include "golden/numerics/numerics.hpp"

namespace htx::chip {
namespace {

namespace nu = numerics;
using namespace vector_timing;
using Word = std::array<float, pkg::VW>;
constexpr int kWordsPerBlock = pkg::BLK / pkg::VW;
constexpr unsigned kWordMask = 0x1fff, kBlockMask = 0x7ff;  // words and blocks of vector memory

bool is_pair(unsigned op) { return op == pkg::OP_VADD || op == pkg::OP_VMUL; }

float apply(unsigned op, float x) {
  return op == pkg::OP_VEXP2 ? nu::exp2(x) : op == pkg::OP_VRCP ? nu::rcp(x) : nu::rsqrt(x);
}

}  // namespace

Vector::Vector()
    : x_(pkg::VMEM_BLOCKS * pkg::BLK), q_(pkg::VMEM_BLOCKS * pkg::BLK), group_info_(pkg::VMEM_BLOCKS) {
  reset();
}

void Vector::reset() {
  out_ = {};
  out_.cmd_ready = true;
  head_ = level_ = 0;
  busy_ = false;
  cmd_ = {};
  kind_ = Kind::pair;
  t_ = 0;
  amax_ = factor_ = 0;
  scales_ = level_of_tree_ = left_ = summed_read_ = summed_written_ = 0;
  full_ = summing_ = false;
  twice_ = bad_ = false;
  top_ = {};
  router_bad_ = false;
  read_ = {};
  pack_ = {};
  write_ = {};
}

int Vector::clocks(const pkg::vec_cmd_t& c) {
  const int words = kWordsPerBlock * c.n;
  switch (c.op) {
    case pkg::OP_VADD: return words + kAddWrite;
    case pkg::OP_VMUL: return words + kMulWrite;
    case pkg::OP_VSUMSQ: return level_start(words, 8) + kWordsPerBlock;
    case pkg::OP_VTOPK: return c.e + kTopWrite + kWordsPerBlock;
    case pkg::OP_VQUANT: return kWordsPerBlock * c.e + kBehind + words - kWordsPerBlock + kSent + 1;
    default: return 4 * words - 3 + kFuncWrite;
  }
}

void Vector::begin(const pkg::vec_cmd_t& c) {
  busy_ = true;
  cmd_ = c;
  kind_ = is_pair(c.op) ? Kind::pair : c.op == pkg::OP_VSUMSQ ? Kind::sumsq : c.op == pkg::OP_VQUANT ? Kind::quant : c.op == pkg::OP_VTOPK ? Kind::topk : Kind::function;
  t_ = 0;
  words_ = kind_ == Kind::topk ? (c.e + pkg::VW - 1) / pkg::VW : kWordsPerBlock * c.n;
  length_ = clocks(c);
  stride_ = kind_ == Kind::function ? 4 : kind_ == Kind::topk ? int(pkg::VW) : 1;
  first_write_ = c.op == pkg::OP_VMUL ? kMulWrite : c.op == pkg::OP_VADD ? kAddWrite : kFuncWrite;
  period_ = kWordsPerBlock * c.e;
  behind_ = period_ + kBehind;
  group_ = filled_ = b_word_ = 0;
  if (kind_ == Kind::quant) groups_ = (c.n + c.e - 1) / c.e;
  if (kind_ == Kind::sumsq) {
    left_ = unsigned(words_);
    full_ = false;
  }
  if (kind_ == Kind::topk) top_.begin(c.e);
  amax_ = 0;
  read_ = {.a_left = 0, .b_left = 0, .period_left = (period_ - 1U) & kWordMask, .phase = 0, .second_pass = false};
  pack_ = {.word = 0, .addr = c.d & 0x3ffU, .col = c.qmode == pkg::Q_ACT ? c.cols : 0U, .left = (c.n - 1U) & kBlockMask, .group = (c.e - 1U) & kBlockMask};
  write_ = {.next = c.d * 4U & kWordMask, .left = kind_ == Kind::sumsq || kind_ == Kind::topk ? 3U : (words_ - 1U) & kWordMask};
}

void Vector::step(const In& in) {
  // the place in the period never rests
  read_.period_left = (read_.period_left == 0 ? 4U * cmd_.e - 1 : read_.period_left - 1) & kWordMask;
  read_.phase = (read_.phase + 1) % 8;
  if (busy_ || level_ || in.cmd_valid) {
    const bool start = level_ && (!busy_ || t_ == length_ - 1);
    if (busy_) {
      arrive(in);
      if (t_ == length_ - 1) {
        busy_ = false;
        out_.re_a = out_.re_b = out_.we_pre = out_.we = out_.act_we = false;
        ++out_.done;
      } else {
        ++t_;
        schedule();
      }
    }
    if (start) {
      begin(queue_[head_]);
      head_ = (head_ + 1) % pkg::VCMD_DEPTH;
      --level_;
      schedule();
    }
    if (in.cmd_valid) queue_[(head_ + level_++) % pkg::VCMD_DEPTH] = in.cmd;
    out_.cmd_ready = level_ + 4 <= pkg::VCMD_DEPTH;
  }
}

void Vector::arrive(const In& in) {
  if (t_ == 0 || (t_ - 1) % stride_) return;
  const int w = (t_ - 1) / stride_;
  if (w >= words_) return;
  if (kind_ == Kind::sumsq || kind_ == Kind::quant || kind_ == Kind::topk) {
    float* x = &x_[std::size_t(w) * pkg::VW];
    std::memcpy(x, &in.rdata_a, sizeof(Word));
    if (kind_ != Kind::quant) return;
    word_max_[w % 8] = nu::amax_bits({x, pkg::VW});
    if (w == 0) scalar_ = std::uint32_t(get_bits(in.rdata_b, 32 * (cmd_.elem % pkg::VW), 32));
    if (++filled_ == period_ || w == words_ - 1) finish_group(group_++);
    return;
  }
  auto a = std::bit_cast<Word>(in.rdata_a);
  auto b = std::bit_cast<Word>(in.rdata_b);
  Word y;
  if (cmd_.swap)
    for (unsigned i = 0; i < pkg::VW; i += 2) std::swap(a[i], a[i + 1]);
  if (kind_ == Kind::function) {
    for (unsigned i = 0; i < pkg::VW; ++i) y[i] = apply(cmd_.op, a[i]);
  } else {
    if (cmd_.bscalar) {
      if (w == 0) scalar_ = nu::bits(b[cmd_.elem % pkg::VW]);
      b.fill(nu::from_bits(scalar_));
    }
    if (cmd_.op == pkg::OP_VADD)
      for (unsigned i = 0; i < pkg::VW; ++i) y[i] = nu::add(a[i], b[i]);
    else
      for (unsigned i = 0; i < pkg::VW; ++i) y[i] = nu::mul(a[i], b[i]);
  }
  ring_[w % ring_.size()] = std::bit_cast<Bits<4>>(y);
}

void Vector::finish_group(int group) {
  const std::size_t from = std::size_t(group) * period_ * pkg::VW;
  const std::span<const float> x(&x_[from], std::size_t(filled_) * pkg::VW);
  std::int8_t* q = &q_[from];
  filled_ = 0;
  Group& g = group_info_[group];
  const std::uint32_t amax = nu::amax_bits(x);
  if (cmd_.qmode == pkg::Q_VAL) {
    const nu::ValueScale s = nu::quantise_value(x, q);
    g.bad = s.bad;
    g.scale = std::uint8_t(s.exponent);
    g.twice = s.exponent == -128;
    g.factor = s.bad ? 0 : nu::bits(nu::pow2_factor(g.twice ? 127 : -s.exponent));
    return;
  }
  if (cmd_.qmode == pkg::Q_KEY) {
    const nu::KeyScale s = nu::quantise_key(x, q);
    g.bad = s.bad;
    g.scale = s.scale;
  } else {
    const nu::QuantScale s = nu::quantise_activation(x, q);
    g.bad = s.bad;
    g.scale = nu::bits(cmd_.qmode == pkg::Q_QRY ? nu::mul(s.scale, nu::from_bits(scalar_)) : s.scale);
  }
  g.twice = false;
  g.factor = g.bad || amax < nu::kQuantMinBits ? 0 : nu::bits(nu::mul(127.0f, nu::rcp(nu::from_bits(amax))));
}

void Vector::read_a(int word) {
  out_.re_a = true;
  out_.raddr_a = std::uint16_t((cmd_.a * kWordsPerBlock + word) & 0x1fff);
  read_.a_left = unsigned(words_ - 1 - word);
}

void Vector::write(int word, const Bits<4>& data) {
  out_.we = true;
  out_.waddr = std::uint16_t((cmd_.d * kWordsPerBlock + word) & 0x1fff);
  out_.wdata = data;
  write_.next = (write_.next + 1) & kWordMask;
  write_.left = (write_.left - 1) & kWordMask;
}

void Vector::schedule() {
  out_.re_a = out_.re_b = out_.we_pre = out_.we = out_.act_we = false;
  switch (kind_) {
    case Kind::sumsq: schedule_sumsq(); break;
    case Kind::quant: schedule_quant(); break;
    case Kind::topk: schedule_topk(); break;
    default: schedule_words(); break;
  }
}

void Vector::schedule_words() {
  const auto word_at = [&](int t) { return t >= 0 && t % stride_ == 0 && t / stride_ < words_ ? t / stride_ : -1; };
  if (const int w = word_at(t_); w >= 0) {
    read_a(w);
    if (kind_ == Kind::pair && (w == 0 || !cmd_.bscalar)) {
      out_.re_b = true;
      out_.raddr_b = std::uint16_t((cmd_.b * kWordsPerBlock + (cmd_.bscalar ? cmd_.elem / pkg::VW : b_word_)) & 0x1fff);
      if (++b_word_ == period_ && cmd_.bperiod) b_word_ = 0;
      if (!cmd_.bscalar) read_.b_left = unsigned(words_ - 1 - w);
    }
  }
  if (const int w = word_at(t_ - first_write_); w >= 0) write(w, ring_[w % ring_.size()]);
  out_.we_pre = word_at(t_ + 2 - first_write_) >= 0;
}

void Vector::schedule_sumsq() {
  if (t_ < words_) read_a(t_);
  const int write_from = level_start(words_, 8);
  const int put = t_ - write_from;
  if (put >= 0) {
    Bits<4> sum{};
    if (put == 0) sum[0] = nu::bits(nu::sum_squares({x_.data(), std::size_t(words_) * pkg::VW}));
    write(put, sum);
  }
  out_.we_pre = put + 2 >= 0 && put + 2 < kWordsPerBlock;
  if (t_ > kSquareWritten && left_) --left_;
  level_of_tree_ = 0;
  if (put < 0)
    for (unsigned l = 1; l <= 7 && t_ >= level_start(words_, int(l)); ++l) level_of_tree_ = l;
  // words read and written of the level at work; from level 5 on there is one, which is folded
  const int level = int(level_of_tree_);
  summed_read_ = summed_written_ = 0;
  summing_ = false;
  if (level == 0 && put < 0) {
    summed_read_ = unsigned(std::clamp(t_ - kSquareRead, 0, words_) % kSquares);
    summed_written_ = unsigned(std::clamp(t_ - kSquareWritten, 0, words_) % kSquares);
    full_ = full_ || std::min(t_ - kSquareRead, words_) >= kSquares;
  } else if (level >= 1 && level <= 4) {
    const int begun = t_ - level_start(words_, level), count = kSquares >> level;
    summed_read_ = unsigned(std::min(begun, count));
    summed_written_ = unsigned(std::clamp(begun - kLevel, 0, count));
    summing_ = begun < count;
  }
}

void Vector::schedule_topk() {
  if (t_ % stride_ == 0 && t_ / stride_ < words_) read_a(t_ / stride_);
  const std::span<const float> logits(x_.data(), cmd_.e);
  top_.at(t_, logits);
  const int put = t_ - (cmd_.e + kTopWrite);
  if (t_ == cmd_.e + kTopShown) {
    const nu::Choice choice = nu::choose(logits, cmd_.elem);
    out_.chosen = std::bit_cast<std::uint64_t>(choice.expert);
    router_bad_ = router_bad_ || choice.bad;
    if (!bad_ && router_bad_) out_.err = pkg::ERR_ROUTER;
    ring_[0] = std::bit_cast<Bits<4>>(choice.below);
    Word infinite;
    infinite.fill(nu::kInf);
    ring_[1] = std::bit_cast<Bits<4>>(infinite);
  }
  if (put >= 0) write(put, ring_[put == 0 ? 0 : 1]);
  out_.we_pre = put + 2 >= 0 && put + 2 < kWordsPerBlock;
}

void Vector::schedule_quant() {
  if (t_ < words_) read_a(t_);
  const bool query = cmd_.qmode == pkg::Q_QRY;
  if (t_ == 0 && query) {
    out_.re_b = true;
    out_.raddr_b = std::uint16_t((cmd_.b * kWordsPerBlock + cmd_.elem / pkg::VW) & 0x1fff);
  }
  if (const int w = t_ - behind_; w >= 0 && w < words_) {
    out_.re_b = true;
    out_.raddr_b = std::uint16_t((cmd_.a * kWordsPerBlock + w) & 0x1fff);
    read_.b_left = unsigned(words_ - 1 - w);
    read_.second_pass = true;
  }

  // running maximum
  if (const int w = t_ - kAmax; w >= 0) {
    if (w % period_ == 0) amax_ = 0;
    if (w < words_ && word_max_[w % 8] > amax_) amax_ = word_max_[w % 8];
  }
  // events of group k, which follow each other by period_: t counts from its maximum in the register
  const int t0 = t_ - (period_ - 1 + kAmax);
  const auto group_at = [&](int after) {
    const int t = t0 - after;
    return t >= 0 && t % period_ == 0 && t / period_ < groups_ ? t / period_ : -1;
  };
  const int pushed = query ? kScaleQuery : cmd_.qmode == pkg::Q_KEY ? kScaleKey : kScaleAct;
  if (group_at(pushed + 1) >= 0) ++scales_;
  if (const int k = group_at(kFactor); k >= 0) {
    factor_ = group_info_[k].factor;
    twice_ = group_info_[k].twice;
    bad_ = bad_ || group_info_[k].bad;
    out_.err = bad_ ? pkg::ERR_QUANT : router_bad_ ? pkg::ERR_ROUTER : pkg::ERR_NONE;
  }
  // a block is gathered, and sent
  const int gathered = t_ - behind_ - kSent + kWordsPerBlock;
  pack_.word = gathered > 0 && gathered < words_ ? unsigned(gathered % kWordsPerBlock) : 0;
  if (const int s = t_ - behind_ - kSent; s >= 0 && s % kWordsPerBlock == 0) {
    const int block = s / kWordsPerBlock;
    out_.act_we = true;
    out_.act.kv = cmd_.qmode >= pkg::Q_KEY;
    const Place at = place(unsigned(block)), next = place(unsigned(block) + 1);
    out_.act.col = std::uint8_t(at.column);
    out_.act.addr = std::uint16_t(at.addr);
    out_.act.scale = group_info_[block / cmd_.e].scale;
    std::memcpy(&out_.act.data, &q_[std::size_t(block) * pkg::BLK], pkg::BLK);
    if (block + 1 == cmd_.n || (block + 1) % cmd_.e == 0) --scales_;
    pack_.addr = next.addr;
    pack_.col = next.column;
    pack_.left = (pack_.left - 1) & kBlockMask;
    pack_.group = (pack_.group == 0 ? cmd_.e - 1U : pack_.group - 1) & kBlockMask;
  }
}

Vector::Place Vector::place(unsigned n) const {
  if (cmd_.qmode != pkg::Q_QRY) return {cmd_.qmode == pkg::Q_ACT ? cmd_.cols : 0U, (cmd_.d + n) & 0x3ff};
  const unsigned group = n / cmd_.e, columns = cmd_.cols + 1U;
  return {group % columns, (cmd_.d + group / columns * cmd_.e + n % cmd_.e) & 0x3ff};
}

void Vector::probe(probe::vector& p) const {
  p.cmd_ready_o = out_.cmd_ready;
  p.done_o = out_.done;
  p.re_a_o = out_.re_a;
  p.raddr_a_o = out_.raddr_a;
  p.re_b_o = out_.re_b;
  p.raddr_b_o = out_.raddr_b;
  p.we_pre_o = out_.we_pre;
  p.we_o = out_.we;
  p.waddr_o = out_.waddr;
  p.wdata_o = out_.wdata;
  p.act_we_o = out_.act_we;
  p.act_o = out_.act.pack();
  p.chosen_o = out_.chosen;
  p.err_o = out_.err;
  p.busy_q = busy_;
  p.cmd_q = cmd_.pack();
  p.level = level_;
  p.scales = scales_;
}

void Vector::probe(probe::vector_read& p) const {
  p.a_left_q = read_.a_left;
  p.b_left_q = read_.b_left;
  p.per_q = read_.period_left;
  p.phase_q = read_.phase;
  p.func_q = kind_ == Kind::function;
  p.top_q = kind_ == Kind::topk;
  p.wrap_q = kind_ == Kind::pair && cmd_.bperiod;
  p.groups_q = busy_ && kind_ == Kind::quant && t_ < groups_ * period_;
  p.bquant_o = read_.second_pass;
}

void Vector::probe(probe::vector_pack& p) const {
  p.word_q = pack_.word;
  p.addr_q = pack_.addr;
  p.col_q = pack_.col;
  p.left_q = pack_.left;
  p.group_q = pack_.group;
}

void Vector::probe(probe::vector_write& p) const {
  p.next_q = write_.next;
  p.left_q = write_.left;
}

void Vector::probe(probe::vector_sumsq& p) const {
  p.lvl_q = level_of_tree_;
  p.left_q = left_;
  p.rk_q = summed_read_;
  p.wk_q = summed_written_;
  p.full_q = full_;
  p.reading_q = summing_;
}

void Vector::probe(probe::vector_quant& p) const {
  p.amax_o = amax_;
  p.id_q = factor_;
  p.dbl_q = twice_;
  p.err_o = bad_;
}

}  // namespace htx::chip
