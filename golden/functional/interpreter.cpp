// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

using compile::has_flag;
namespace num = htx::numerics;

constexpr std::uint32_t kBlk = pkg::BLK;

}  // namespace

// Memories begin with what must never be seen: a program that reads before it writes ends in a numeric error.
const Interpreter::QuantBlock Interpreter::kGarbage{{}, num::kNanBits};

Interpreter::Interpreter(const compile::Image& image, std::uint32_t disorder)
    : image_(image),
      walker_(image.program),
      vmem_(std::size_t{pkg::VMEM_BLOCKS} * kBlk, num::kNan),
      act_(pkg::MAX_COLUMNS, std::vector<QuantBlock>(pkg::ACT_BLOCKS, kGarbage)),
      kvbuf_(pkg::KVBUF_BLOCKS, kGarbage),
      disorder_(disorder != 0),
      random_(disorder) {
  for (Scored& s : scored_) s.lanes.resize(image.lanes_total());
  for (const compile::LaneImage& lane : image.lane_images) {
    drams_.push_back(lane.dram);
    drams_.back().resize(lane.dram.size() + lane.kv_bytes);
  }
}

const std::vector<float>& Interpreter::step(std::uint32_t token) {
  run({&token, 1}, 0);
  return logits_;
}

void Interpreter::skip(std::uint32_t token) { run({&token, 1}, 1); }

void Interpreter::pass(std::span<const std::uint32_t> tokens) {
  if (tokens.size() != compile::pass_tokens(image_.program)) throw Error(fmt::format("a pass over {} tokens, the program has one over {}", tokens.size(), compile::pass_tokens(image_.program)));
  run(tokens, static_cast<std::uint32_t>(tokens.size()));
}

void Interpreter::run(std::span<const std::uint32_t> tokens, std::uint32_t known) {
  for (const std::uint32_t token : tokens)
    if (token >= image_.vocab) throw Error(fmt::format("token {} is not below the vocabulary of {}", token, image_.vocab));
  if (position_ + tokens.size() > image_.context) throw Error(fmt::format("the context of {} positions is full", image_.context));
  logits_.assign(image_.vocab, 0.0f);
  for (bool running = true; running;) {
    const pkg::instr_t& i = walker_.instruction();
    const Command command{i, walker_.operands(), walker_.pc(), walker_.reg(1), vec_issued_, units_from_, units_, token_, at_};
    if (i.op == pkg::OP_TOKEN) {
      if (command.at.a >= tokens.size()) {
        now_ = command;
        fail("a token beyond those known");
      }
      token_ = tokens[command.at.a];
      at_ = position_ + command.at.a;
    } else if (i.op == pkg::OP_EXPERT) {
      while (disorder_ && vec_done_ < choice_tag_) run_vector();
      if (command.at.a >= pkg::TOP_K) {
        now_ = command;
        fail("a choice beyond those that there are");
      }
      units_from_ = (chosen_[command.at.a] * std::uint32_t{i.e}) & 0xffff;
      units_ = i.e;
    } else if (compile::is_lane(i) || compile::is_vector(i)) {
      disorder_ ? issue(command) : execute(command);
    } else if (i.op == pkg::OP_HALT || i.op > pkg::OP_NEXT) {
      now_ = command;
      fail("halt or an unknown instruction within a position");
    }
    if (i.op == pkg::OP_NEXT) drain_lanes();
    running = i.op != pkg::OP_NEXT;
    if (i.op == pkg::OP_NEXT && command.at.a + 1 != tokens.size()) {
      now_ = command;
      fail("another number of positions ends than was run");
    }
    walker_.advance(known);
  }
  position_ += static_cast<std::uint32_t>(tokens.size());
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
    if (command.instruction.op == pkg::OP_VTOPK) choice_tag_ = vec_issued_;
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
      for (unsigned c = 0; c <= i.cols; ++c) score(i, at, c);
      return;
    default:
      for (unsigned c = 0; c <= i.cols; ++c) share(i, at, c);
      return;
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
  std::string where = fmt::format("position {}", now_.position);
  if (s.in_layers && image_.layer_stride > 0)
    where += fmt::format(", layer {}", now_.layer_register / image_.layer_stride);
  throw NumericError(fmt::format("{}, instruction {} ({}): {} is not finite", where, now_.pc, s.text, what));
}

}  // namespace htx::functional
