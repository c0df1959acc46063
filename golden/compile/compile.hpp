// SPDX-License-Identifier: Apache-2.0
// The compiler: a model becomes the image of a chip, or of several. docs/compiler.md describes the passes.
#pragma once
#include <string>
#include <vector>

#include "golden/compile/image.hpp"
#include "golden/compile/limits.hpp"
#include "golden/model/model.hpp"

namespace htx::compile {

struct Options {
  unsigned lanes = 8;         ///< of a chip, 1 to 8
  unsigned chips = 1;         ///< 1 to 6
  unsigned columns = 1;       ///< of a lane, 1 to 8: query heads that share a KV head meet its pages together
  std::uint32_t context = 0;  ///< positions to reserve room for; 0: as many as the model was trained for
  Limits limits = {};
};

/// Throws htx::Error, one line, when the options are out of range or the model does not fit ("too big: ...").
Image compile(const model::Model& model, const Options& options = {});

/// The context that `options` ask for. Throws htx::Error when the model was not trained for so much.
std::uint32_t checked_context(const model::Model& model, std::uint32_t requested);
/// Throws htx::Error for counts out of range.
void check_lanes(unsigned lanes, unsigned chips, unsigned columns = 1);

/// A program as text, one instruction a line with its symbols.
std::string disassemble(const Image& image);
/// One instruction without symbols, e.g. "MATVEC  seg 5+r1, act 0, vm 12, n 2 WAIT W8".
std::string disassemble(const pkg::instr_t& instruction);

}  // namespace htx::compile
