// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>

#include "golden/compile/layout.hpp"
#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

using compile::has_flag;
namespace num = htx::numerics;

constexpr std::uint32_t kBlk = pkg::BLK;

std::uint16_t half_at(const std::uint8_t* p) { return static_cast<std::uint16_t>(p[0] | p[1] << 8); }

}  // namespace

// Memories begin with what must never be seen: a program that reads before it writes ends in a numeric error.
const Interpreter::QuantBlock Interpreter::kGarbage{{}, num::kNanBits};

Interpreter::Interpreter(const compile::Image& image, std::uint32_t disorder)
    : image_(image),
      walker_(image.program),
      vmem_(std::size_t{pkg::VMEM_BLOCKS} * kBlk, num::kNan),
      act_(pkg::ACT_BLOCKS, kGarbage),
      kvbuf_(pkg::KVBUF_BLOCKS, kGarbage),
      scored_(image.lanes_total()),
      disorder_(disorder != 0),
      random_(disorder) {
  for (const compile::LaneImage& lane : image.lane_images) {
    drams_.push_back(lane.dram);
    drams_.back().resize(lane.dram.size() + lane.kv_bytes);
  }
}

const std::vector<float>& Interpreter::step(std::uint32_t token) {
  run(token, false);
  return logits_;
}

void Interpreter::skip(std::uint32_t token) { run(token, true); }

void Interpreter::run(std::uint32_t token, bool known_next) {
  if (token >= image_.vocab)
    throw Error(fmt::format("token {} is not below the vocabulary of {}", token, image_.vocab));
  if (position_ >= image_.context) throw Error(fmt::format("the context of {} positions is full", image_.context));
  token_ = token;
  logits_.assign(image_.vocab, 0.0f);
  for (bool running = true; running;) {
    const pkg::instr_t& i = walker_.instruction();
    const Command command{i, walker_.operands(), walker_.pc(), walker_.reg(1), vec_issued_};
    if (compile::is_lane(i) || compile::is_vector(i)) {
      disorder_ ? issue(command) : execute(command);
    } else if (i.op == pkg::OP_HALT || i.op > pkg::OP_NEXT) {
      now_ = command;
      fail("halt or an unknown instruction within a position");
    }
    if (i.op == pkg::OP_NEXT) drain_lanes();
    running = i.op != pkg::OP_NEXT;
    walker_.advance(i.op == pkg::OP_NEXT || known_next);
  }
  ++position_;
}

void Interpreter::execute(const Command& command) {
  now_ = command;
  if (compile::is_lane(command.instruction)) {
    lane(command.instruction, command.at);
  } else {
    vec(command.instruction, command.at);
  }
}

// As the sequencer: in program order into two queues, a vector command with WAIT when the lanes have finished.
void Interpreter::issue(const Command& command) {
  if (compile::is_lane(command.instruction)) {
    lane_queue_.push_back(command);
  } else {
    if (has_flag(command.instruction, pkg::FLAG_WAIT)) drain_lanes();
    vec_queue_.push_back(command);
    ++vec_issued_;
  }
  // Bursts of one side or the other; now and then a queue is full.
  while (random_() % 4 == 0) {
    const bool lanes = random_() % 2 == 0;
    for (unsigned n = random_() % 8; n > 0; --n) {
      if (lanes && !lane_queue_.empty() && may_start(lane_queue_.front())) run_lane();
      if (!lanes && !vec_queue_.empty()) run_vector();
    }
  }
  while (vec_queue_.size() > pkg::VCMD_DEPTH) run_vector();
  while (lane_queue_.size() > pkg::LCMD_DEPTH + 4) may_start(lane_queue_.front()) ? run_lane() : run_vector();
}

bool Interpreter::may_start(const Command& command) const {
  return !has_flag(command.instruction, pkg::FLAG_WAIT) || vec_done_ >= command.vec_tag;
}

void Interpreter::run_vector() {
  execute(vec_queue_.front());
  vec_queue_.pop_front();
  ++vec_done_;
}

// The head of the queue, or an append further behind, whose writes do not wait for the compute side.
void Interpreter::run_lane() {
  auto chosen = lane_queue_.begin();
  if (random_() % 2 == 0) {
    const auto append = std::find_if(lane_queue_.begin(), lane_queue_.end(),
                                     [](const Command& c) { return c.instruction.op == pkg::OP_APPEND; });
    if (append != lane_queue_.end() && may_start(*append)) chosen = append;
  }
  execute(*chosen);
  lane_queue_.erase(chosen);
}

void Interpreter::drain_lanes() {
  while (!lane_queue_.empty()) may_start(lane_queue_.front()) ? run_lane() : run_vector();
}

void Interpreter::lane(const pkg::instr_t& i, const compile::Operands& at) {
  switch (i.op) {
    case pkg::OP_MATVEC:
      return matvec(i, at);
    case pkg::OP_EMBED:
      return embed(i, at);
    case pkg::OP_LOADV:
      return load(i, at);
    case pkg::OP_APPEND:
      return append(i, at);
    case pkg::OP_SCORE:
      return score(i, at);
    default:
      return share(i, at);
  }
}

// The results of a row group: 32 rows, each summed block by block.
void Interpreter::row_group(const std::uint8_t* tiles, const pkg::instr_t& i, std::uint32_t act, float* out) const {
  const int bits = has_flag(i, pkg::FLAG_W8) ? 8 : 4;
  const std::size_t size = (bits == 4 ? pkg::TILE4_BURSTS : pkg::TILE8_BURSTS) * std::size_t{pkg::BURST_BYTES};
  std::fill_n(out, kBlk, 0.0f);
  for (std::uint32_t t = 0; t < i.n; ++t) {
    const compile::Tile tile = compile::unpack_tile({tiles + t * size, size}, bits);
    const QuantBlock& a = act_[act + t];
    for (std::uint32_t r = 0; r < kBlk; ++r) {
      std::int32_t dot = 0;
      for (std::uint32_t j = 0; j < kBlk; ++j) dot += tile.rows[r].values[j] * a.q[j];
      out[r] = num::accumulate(out[r], dot, num::from_bits(a.scale), num::h2f(tile.rows[r].scale));
    }
  }
}

void Interpreter::matvec(const pkg::instr_t& i, const compile::Operands& at) {
  if (at.b + std::uint32_t{i.n} > act_.size()) fail("activations beyond their memory");
  const std::uint32_t groups = has_flag(i, pkg::FLAG_PAIR) ? 2 : 1;
  const std::uint32_t bursts = i.n * (has_flag(i, pkg::FLAG_W8) ? pkg::TILE8_BURSTS : pkg::TILE4_BURSTS);
  for (unsigned l = 0; l < image_.lanes_total(); ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    for (std::uint32_t u = 0; u < e.count; ++u) {
      const std::uint32_t unit = e.first + u * image_.lanes_total();
      for (std::uint32_t g = 0; g < groups; ++g) {
        float out[kBlk];
        row_group(bytes(l, e.addr + std::uint64_t{u * groups + g} * bursts, bursts), i, at.b, out);
        if (!has_flag(i, pkg::FLAG_NOSTORE)) std::copy_n(out, kBlk, block(at.d + unit + (g ? i.e : 0)));
        if (!has_flag(i, pkg::FLAG_ARGMAX)) continue;
        for (std::uint32_t r = 0; r < kBlk; ++r) {
          const std::uint64_t index = std::uint64_t{at.d + unit} * kBlk + r;
          if (index < logits_.size()) logits_[index] = out[r];
        }
      }
    }
  }
  if (!has_flag(i, pkg::FLAG_ARGMAX)) return;
  for (std::size_t n = 0; n < logits_.size(); ++n)
    if (!num::is_finite(logits_[n])) numeric(fmt::format("the logit of token {}", n));
  best_ = static_cast<std::uint32_t>(num::argmax(logits_));
}

void Interpreter::embed(const pkg::instr_t& i, const compile::Operands& at) {
  const std::uint32_t lanes = image_.lanes_total(), quot = token_ / kBlk / lanes, rem = token_ / kBlk % lanes;
  for (unsigned l = 0; l < lanes; ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    if (e.first != rem) continue;
    for (std::uint32_t t = 0; t < i.n; ++t) {
      const std::uint8_t* from =
          bytes(l, e.addr + (std::uint64_t{quot} * i.n + t) * pkg::TILE8_BURSTS, pkg::TILE8_BURSTS);
      const compile::Tile tile = compile::unpack_tile({from, pkg::TILE8_BURSTS * pkg::BURST_BYTES}, 8);
      const compile::WeightBlock& row = tile.rows[token_ % kBlk];
      float* out = block(at.d + t);
      for (std::uint32_t j = 0; j < kBlk; ++j) out[j] = num::mul(num::i32_to_f(row.values[j]), num::h2f(row.scale));
    }
  }
}

void Interpreter::load(const pkg::instr_t& i, const compile::Operands& at) {
  const std::uint64_t skip = has_flag(i, pkg::FLAG_POS) ? std::uint64_t{position_} * i.n * 4 : 0;
  for (unsigned l = 0; l < image_.lanes_total(); ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    for (std::uint32_t u = 0; u < e.count; ++u)
      std::memcpy(block(at.d + e.first + u * image_.lanes_total()), bytes(l, e.addr + skip + u * std::uint64_t{4}, 4),
                  kBlk * sizeof(float));
  }
}

// Pages of KV up to the present position on a lane with this entry.
std::uint32_t Interpreter::pages(const pkg::seg_t& e) const {
  const std::uint32_t last = position_ / kBlk, lanes = image_.lanes_total();
  return last / lanes + (e.first <= last % lanes ? 1 : 0);
}

// Valid tokens of a page.
std::uint32_t Interpreter::tokens(std::uint32_t page) const {
  return page == position_ / kBlk ? position_ % kBlk + 1 : kBlk;
}

void Interpreter::append(const pkg::instr_t& i, const compile::Operands& at) {
  const std::uint32_t kt = i.n, lanes = image_.lanes_total(), page = position_ / kBlk, token = position_ % kBlk;
  if (at.b + 2 * kt > kvbuf_.size()) fail("an append beyond the append buffer");
  for (unsigned l = 0; l < lanes; ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    if (e.first != page % lanes) continue;
    const std::uint32_t bursts = pkg::PAGE_HDR_BURSTS + 2 * kt * pkg::PAGE_TILE_BURSTS;
    std::uint8_t* to = bytes(l, e.addr + std::uint64_t{page / lanes} * bursts, bursts);
    if (token == 0) std::fill_n(to, pkg::PAGE_HDR_BURSTS * pkg::BURST_BYTES, std::uint8_t{0});
    const std::uint32_t key_scale = kvbuf_[at.b].scale;
    to[2 * token] = static_cast<std::uint8_t>(key_scale);
    to[2 * token + 1] = static_cast<std::uint8_t>(key_scale >> 8);
    to[2 * kBlk + token] = static_cast<std::uint8_t>(kvbuf_[at.b + kt].scale);
    for (std::uint32_t t = 0; t < 2 * kt; ++t)
      std::memcpy(to + (pkg::PAGE_HDR_BURSTS + t * pkg::PAGE_TILE_BURSTS + token) * pkg::BURST_BYTES,
                  kvbuf_[at.b + t].q.data(), kBlk);
  }
}

void Interpreter::score(const pkg::instr_t& i, const compile::Operands& at) {
  const std::uint32_t kt = i.n, lanes = image_.lanes_total();
  if (at.b + kt > act_.size()) fail("a query beyond the activation memory");
  m_ = u_ = std::numeric_limits<std::int32_t>::min();
  for (unsigned l = 0; l < lanes; ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    scored_[l].assign(pages(e), {});
    const std::uint32_t bursts = pkg::PAGE_HDR_BURSTS + 2 * kt * pkg::PAGE_TILE_BURSTS;
    for (std::uint32_t p = 0; p < scored_[l].size(); ++p) {
      PageState& state = scored_[l][p];
      const std::uint8_t* page = bytes(l, e.addr + std::uint64_t{p} * bursts, bursts);
      std::int32_t folded = std::numeric_limits<std::int32_t>::min();
      for (std::uint32_t t = 0; t < tokens(e.first + p * lanes); ++t) {
        std::int32_t dot = 0;
        for (std::uint32_t b = 0; b < kt; ++b) {
          const std::uint8_t* key = page + (pkg::PAGE_HDR_BURSTS + b * pkg::PAGE_TILE_BURSTS + t) * pkg::BURST_BYTES;
          for (std::uint32_t j = 0; j < kBlk; ++j) dot += static_cast<std::int8_t>(key[j]) * act_[at.b + b].q[j];
        }
        const num::ScoreResult s = num::score(dot, num::from_bits(act_[at.b].scale), num::h2f(half_at(page + 2 * t)));
        if (s.bad) numeric(fmt::format("the score of position {}", (e.first + p * lanes) * kBlk + t));
        state.scores.push_back(s.value);
        state.exponents.push_back(static_cast<std::int8_t>(page[2 * kBlk + t]));
        folded = std::max(folded, num::folded(s.value, state.exponents.back()));
        m_ = std::max(m_, num::ceil256(s.value));
      }
      state.uc = num::ceil256(folded);
      u_ = std::max(u_, state.uc);
    }
  }
}

void Interpreter::share(const pkg::instr_t& i, const compile::Operands& at) {
  const std::uint32_t kt = i.n, lanes = image_.lanes_total();
  std::vector<std::int64_t> o(kt * std::size_t{kBlk}, 0);
  std::uint64_t sum = 0;
  for (unsigned l = 0; l < lanes; ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    const std::uint32_t bursts = pkg::PAGE_HDR_BURSTS + 2 * kt * pkg::PAGE_TILE_BURSTS;
    for (std::uint32_t p = 0; p < scored_[l].size(); ++p) {
      const PageState& state = scored_[l][p];
      const std::uint8_t* page = bytes(l, e.addr + std::uint64_t{p} * bursts, bursts);
      std::vector<std::int32_t> dots(o.size(), 0);
      for (std::uint32_t t = 0; t < state.scores.size(); ++t) {
        const std::int32_t share = num::share(state.uc, num::folded(state.scores[t], state.exponents[t]));
        sum += num::denominator_term(m_, state.scores[t]);
        for (std::uint32_t j = 0; j < dots.size(); ++j) {
          const std::uint32_t row = pkg::PAGE_HDR_BURSTS + (kt + j / kBlk) * pkg::PAGE_TILE_BURSTS + t;
          dots[j] += share * static_cast<std::int8_t>(page[row * pkg::BURST_BYTES + j % kBlk]);
        }
      }
      for (std::size_t j = 0; j < o.size(); ++j) o[j] += num::page_term(dots[j], u_, state.uc);
    }
  }
  float* out = block(at.d, kt + std::uint64_t{1});
  for (std::size_t j = 0; j < o.size(); ++j) out[j] = num::i64_to_f(o[j]);
  float* last = out + o.size();
  std::fill_n(last, pkg::VW, 0.0f);
  last[0] = num::i64_to_f(static_cast<std::int64_t>(sum));
  last[1] = num::pow2_factor(u_ - m_ + 7);
}

void Interpreter::vec(const pkg::instr_t& i, const compile::Operands& at) {
  if (i.n == 0 || (has_flag(i, pkg::FLAG_BPERIOD) && i.e == 0)) fail("no blocks");
  if (i.op == pkg::OP_VQUANT) return quantise(i, at);
  const std::uint32_t count = i.n * kBlk;
  const float* a = block(at.a, i.n);
  if (i.op == pkg::OP_VSUMSQ) {
    const float sum = num::sum_squares({a, count});
    float* d = block(at.d);
    std::fill_n(d, kBlk, 0.0f);
    d[0] = sum;
    return;
  }
  const bool scalar = has_flag(i, pkg::FLAG_BSCALAR), periodic = has_flag(i, pkg::FLAG_BPERIOD);
  const float* b = compile::reads_b(i) ? block(at.b, scalar ? 1u : periodic ? i.e : i.n) : a;
  float* d = block(at.d, i.n);
  // Operands may overlap the result, so it is complete before it is written.
  std::vector<float> result(count);
  for (std::uint32_t n = 0; n < count; ++n) {
    const float x = a[has_flag(i, pkg::FLAG_SWAP) ? n ^ 1 : n];
    const float y = scalar ? b[i.elem] : periodic ? b[n % (i.e * kBlk)] : b[n];
    switch (i.op) {
      case pkg::OP_VADD:
        result[n] = num::add(x, y);
        break;
      case pkg::OP_VMUL:
        result[n] = num::mul(x, y);
        break;
      case pkg::OP_VEXP2:
        result[n] = num::exp2(x);
        break;
      case pkg::OP_VRCP:
        result[n] = num::rcp(x);
        break;
      default:
        result[n] = num::rsqrt(x);
        break;
    }
  }
  std::copy(result.begin(), result.end(), d);
}

void Interpreter::quantise(const pkg::instr_t& i, const compile::Operands& at) {
  const pkg::quant_e mode = compile::quant_mode(i);
  std::vector<QuantBlock>& memory = mode == pkg::Q_KEY || mode == pkg::Q_VAL ? kvbuf_ : act_;
  if (at.d + std::uint32_t{i.n} > memory.size() || i.e == 0) fail("quantised blocks beyond their memory");
  for (std::uint32_t first = 0; first < i.n; first += i.e) {
    const std::uint32_t blocks = std::min<std::uint32_t>(i.e, i.n - first);
    const std::span<const float> x(block(at.a + first, blocks), blocks * kBlk);
    std::vector<std::int8_t> q(x.size());
    std::uint32_t scale = 0;
    bool bad = false;
    if (mode == pkg::Q_KEY) {
      const num::KeyScale s = num::quantise_key(x, q.data());
      scale = s.scale;
      bad = s.bad;
    } else if (mode == pkg::Q_VAL) {
      const num::ValueScale s = num::quantise_value(x, q.data());
      scale = static_cast<std::uint8_t>(s.exponent);
      bad = s.bad;
    } else {
      const num::QuantScale s = num::quantise_activation(x, q.data());
      scale = num::bits(mode == pkg::Q_QRY ? num::mul(s.scale, block(at.b)[i.elem]) : s.scale);
      bad = s.bad;
    }
    if (bad) numeric(fmt::format("the quantiser at block {} of vector memory", at.a + first));
    for (std::uint32_t b = 0; b < blocks; ++b) {
      QuantBlock& to = memory[at.d + first + b];
      std::copy_n(q.data() + b * kBlk, kBlk, to.q.begin());
      to.scale = scale;
    }
  }
}

float* Interpreter::block(std::uint64_t number, std::uint64_t count) {
  if ((number + count) * kBlk > vmem_.size())
    fail(fmt::format("block {} is beyond the vector memory", number + count - 1));
  return vmem_.data() + number * kBlk;
}

std::uint8_t* Interpreter::bytes(unsigned lane, std::uint64_t burst, std::uint64_t count) {
  std::vector<std::uint8_t>& dram = drams_[lane];
  if ((burst + count) * pkg::BURST_BYTES > dram.size())
    fail(fmt::format("burst {} is beyond lane {}", burst + count - 1, lane));
  return dram.data() + burst * pkg::BURST_BYTES;
}

const pkg::seg_t& Interpreter::entry(unsigned lane, std::uint32_t segment) const {
  const std::vector<pkg::seg_t>& table = image_.lane_images[lane].segments;
  if (segment >= table.size()) fail(fmt::format("segment {} is beyond the table", segment));
  return table[segment];
}

void Interpreter::fail(const std::string& what) const {
  throw Error(fmt::format("instruction {} ({}): {}", now_.pc, image_.symbols[now_.pc].text, what));
}

void Interpreter::numeric(const std::string& what) const {
  const compile::InstructionSymbol& s = image_.symbols[now_.pc];
  std::string where = fmt::format("position {}", position_);
  if (s.in_layers && image_.layer_stride > 0)
    where += fmt::format(", layer {}", now_.layer_register / image_.layer_stride);
  throw NumericError(fmt::format("{}, instruction {} ({}): {} is not finite", where, now_.pc, s.text, what));
}

}  // namespace htx::functional
