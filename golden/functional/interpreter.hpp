// SPDX-License-Identifier: Apache-2.0
// Executes a compiled image instruction by instruction, on the bytes the lanes' DRAMs hold, without time.
//
// It knows nothing of the model: it is what the chip computes as docs/architecture.md defines it, and so the check on
// the compiler. All lanes of all chips share one vector memory, as results are shared by all of them.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "golden/compile/image.hpp"
#include "golden/compile/program.hpp"
#include "golden/functional/numeric_error.hpp"

namespace htx::functional {

class Interpreter {
 public:
  /// `image` must outlive this; its DRAM is copied, with room for the KV pages. disorder 0: one instruction after the
  /// other. Else a seed: lane and vector commands run as far apart as WAIT flags and queues of the chip allow, at
  /// random; with right flags nothing of it shows in the results.
  explicit Interpreter(const compile::Image& image, std::uint32_t disorder = 0);

  /// Runs the next position and returns the logits of its successor, fp32, [vocab]. Throws htx::Error for a token
  /// beyond the vocabulary, a full context or a program that leaves a memory, and NumericError.
  const std::vector<float>& step(std::uint32_t token);
  /// Runs the next position without the head: its successor is known.
  void skip(std::uint32_t token);
  /// Runs the program's pass over several positions at once: as many tokens as compile::pass_tokens says, and what follows
  /// them is known, too.
  void pass(std::span<const std::uint32_t> tokens);

  std::uint32_t position() const { return position_; }  ///< positions run so far
  std::uint32_t best() const { return best_; }          ///< argmax of the last head, the lowest number on ties
  const std::vector<float>& vector_memory() const { return vmem_; }
  const std::vector<std::uint8_t>& dram(unsigned lane) const { return drams_.at(lane); }

 private:
  struct QuantBlock {
    std::array<std::int8_t, 32> q{};
    std::uint32_t scale = 0;  ///< as in act_write_t
  };
  static const QuantBlock kGarbage;

  struct Command {
    pkg::instr_t instruction;
    compile::Operands at;
    std::uint32_t pc = 0;
    std::uint16_t layer_register = 0;
    std::uint64_t vec_tag = 0;  ///< vector commands issued before it
    std::uint32_t units_from = 0, units = 0;  ///< of the last EXPERT
    std::uint32_t token = 0, position = 0;    ///< of the last TOKEN
  };

  void run(std::span<const std::uint32_t> tokens, std::uint32_t known);
  void issue(const Command& command);
  void execute(const Command& command);
  bool may_start(const Command& command) const;
  void run_vector();
  void run_lane();
  void drain_lanes();
  void lane(const pkg::instr_t& i, const compile::Operands& at);
  void matvec(const pkg::instr_t& i, const compile::Operands& at);
  void row_group(const std::uint8_t* tiles, const pkg::instr_t& i, const QuantBlock* act, float* out) const;
  void embed(const pkg::instr_t& i, const compile::Operands& at);
  void load(const pkg::instr_t& i, const compile::Operands& at);
  void append(const pkg::instr_t& i, const compile::Operands& at);
  void score(const pkg::instr_t& i, const compile::Operands& at, unsigned column);
  void share(const pkg::instr_t& i, const compile::Operands& at, unsigned column);
  void vec(const pkg::instr_t& i, const compile::Operands& at);
  void choose(const pkg::instr_t& i, const compile::Operands& at);
  void quantise(const pkg::instr_t& i, const compile::Operands& at);

  std::uint32_t pages(const pkg::seg_t& entry) const;
  std::uint32_t tokens(std::uint32_t page) const;
  float* block(std::uint64_t number, std::uint64_t count = 1);
  std::uint8_t* bytes(unsigned lane, std::uint64_t burst, std::uint64_t count);
  const pkg::seg_t& entry(unsigned lane, std::uint32_t segment) const;
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void numeric(const std::string& what) const;

  const compile::Image& image_;
  compile::Walker walker_;
  std::vector<std::vector<std::uint8_t>> drams_;
  std::vector<float> vmem_;
  std::vector<std::vector<QuantBlock>> act_;  ///< by column
  std::vector<QuantBlock> kvbuf_;
  struct PageState {
    std::vector<std::int32_t> scores;     ///< of its valid tokens
    std::vector<std::int32_t> exponents;  ///< of their values
    std::int32_t uc = 0;
  };
  struct Scored {
    std::vector<std::vector<PageState>> lanes;
    std::int32_t m = 0, u = 0;                  ///< the tree's maxima
  };
  std::array<Scored, pkg::MAX_COLUMNS> scored_; ///< by column: what SCORE leaves for PV
  std::vector<float> logits_;
  std::uint32_t position_ = 0, best_ = 0;
  std::uint32_t token_ = 0, at_ = 0;              ///< of the last TOKEN
  Command now_;  ///< in execution, for messages

  bool disorder_;
  std::mt19937 random_;
  std::deque<Command> lane_queue_, vec_queue_;
  std::uint64_t vec_issued_ = 0, vec_done_ = 0;
  std::uint64_t choice_tag_ = 0;                  ///< vector commands issued up to the last VTOPK
  std::array<std::uint8_t, pkg::TOP_K> chosen_{};  ///< by the last VTOPK executed
  std::uint32_t units_from_ = 0, units_ = 0;      ///< of the last EXPERT
};

}  // namespace htx::functional
