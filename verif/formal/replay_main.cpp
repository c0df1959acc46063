// SPDX-License-Identifier: Apache-2.0
// Counterexample of the proof @TASK@, replayed on the RTL in simulation. Written by scripts/formal. It breaks:
@RULES@
// Exits with 1 while an assertion fails, with 0 once none does. Build and run:
//   @COMMAND@
//   make -C (the folder after --Mdir) -f Vtop.mk && (that folder)/Vtop [FST]
#include <cstdint>
#include <cstdio>
#include <memory>

#include "Vtop.h"
#include "Vtop___024root.h"
#include "verilated_fst_c.h"

namespace {

constexpr int kWords = @WORDS@;
// The inputs of every clock, as 32-bit words, low word first.
const uint32_t kSteps[][kWords] = {
@ROWS@
};

template <class T>
void put(T& to, const uint32_t* words, int count) {
  if constexpr (requires { to.data(); }) {
    for (int i = 0; i < count; i++) to.data()[i] = words[i];
  } else {
    to = static_cast<T>(words[0] | (count > 1 ? uint64_t{words[1]} << 32 : 0));
  }
}

void drive(Vtop& top, const uint32_t* row) {
@DRIVE@
}

// Registers without a reset and memories: what they hold when the power comes on is anything, and this is what it takes.
void start(Vtop___024root& r) {
@START@
}

int step = 0, failures = 0;

}  // namespace

void vl_stop(const char* file, int line, const char*) {
  if (failures++ == 0) std::printf("REPLAY step %d of %d %s:%d\n", step, int(std::size(kSteps)), file, line);
}

int main(int argc, char** argv) {
  VerilatedContext context;
  context.traceEverOn(true);
  Vtop top(&context);
  VerilatedFstC fst;
  top.trace(&fst, 99);
  fst.open(argc > 1 ? argv[1] : "@FST@");
  for (const auto& row : kSteps) {
    top.clk_i = 0;
    drive(top, row);
    top.eval();
    if (step == 0) {
      start(*top.rootp);
      top.eval();
    }
    fst.dump(uint64_t(10 * step));
    top.clk_i = 1;
    top.eval();
    fst.dump(uint64_t(10 * step + 5));
    step++;
  }
  fst.close();
  if (failures == 0) std::printf("REPLAY: no assertion fails\n");
  return failures ? 1 : 0;
}
