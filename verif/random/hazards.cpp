// SPDX-License-Identifier: Apache-2.0
#include "verif/random/hazards.hpp"

#include "golden/compile/program.hpp"

namespace htx::random {

std::string Hazards::lane(const pkg::instr_t& i, const Segment& segment) {
  const bool waits = compile::has_flag(i, pkg::FLAG_WAIT);
  // An append's WAIT holds the lane that appends alone; any other holds what follows on its lane, too.
  if (waits && i.op != pkg::OP_APPEND) vector_ = {};
  const auto writes = [&](unsigned first, unsigned count) {
    lane_.vmem.add(first, count);
    return vector_.vmem.any(first, count) ? "writes vector memory that an instruction before may still read: a WAIT is missing" : "";
  };
  switch (i.op) {
    case pkg::OP_MATVEC: {
      const bool late = vector_.act.any(i.b, i.n);
      lane_.act.add(i.b, i.n);
      if (late) return "reads activations that may not stand there yet: a WAIT is missing";
      if (compile::has_flag(i, pkg::FLAG_NOSTORE)) return "";
      const unsigned parts = (i.cols + 1U) * (compile::has_flag(i, pkg::FLAG_PAIR) ? 2 : 1);  // each column's, at the same distance
      std::string why;
      for (unsigned p = 0; p < parts && why.empty(); ++p) why = writes(i.d + p * i.e, segment.units);
      return why;
    }
    case pkg::OP_EMBED: return writes(i.d, i.n);
    case pkg::OP_LOADV: return writes(i.d, segment.units);
    case pkg::OP_APPEND:
      lane_.kv.add(i.b, 2U * i.n);
      return !waits && vector_.kv.any(i.b, 2U * i.n) ? "appends what may not stand in the buffer yet: a WAIT is missing" : "";
    case pkg::OP_SCORE: {
      const bool late = vector_.act.any(i.b, i.n);
      lane_.act.add(i.b, i.n);
      return late ? "reads a query that may not stand there yet: a WAIT is missing" : "";
    }
    case pkg::OP_PV: return writes(i.d, (i.n + 1U) * (i.cols + 1U));
    default: return "";
  }
}

std::string Hazards::vector(const pkg::instr_t& i) {
  if (compile::has_flag(i, pkg::FLAG_WAIT)) lane_ = {};
  bool early = false;
  const auto reads = [&](unsigned first, unsigned count) {
    vector_.vmem.add(first, count);
    early = early || lane_.vmem.any(first, count);
  };
  reads(i.a, i.n);
  if (compile::reads_b(i)) {
    const bool scalar = i.op == pkg::OP_VQUANT || compile::has_flag(i, pkg::FLAG_BSCALAR);
    reads(i.b, scalar ? 1 : compile::has_flag(i, pkg::FLAG_BPERIOD) && i.e < i.n ? i.e : i.n);
  }
  if (early) return "reads vector memory that a lane may still write: a WAIT is missing";
  if (i.op != pkg::OP_VQUANT) return "";
  if (compile::quant_mode(i) < pkg::Q_KEY) {
    vector_.act.add(i.d, i.n);
    return lane_.act.any(i.d, i.n) ? "writes activations that a lane may still read: a WAIT is missing" : "";
  }
  vector_.kv.add(i.d, i.n);
  return lane_.kv.any(i.d, i.n) ? "writes an append buffer that a lane may still read: a WAIT is missing" : "";
}

}  // namespace htx::random
