// SPDX-License-Identifier: Apache-2.0
// Runs the original against the rewritten sample, every mutant in turn: prints each mutant's first differing clock, or -1.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "Vboth.h"
#include "verilated.h"

int main(int, char** argv) {
  for (int mutant = 0; mutant <= std::atoi(argv[1]); ++mutant) {
    VerilatedContext context;
    context.randReset(2);
    context.randSeed(5);
    setenv("HTX_MUTANT", std::to_string(mutant).c_str(), 1);
    auto top = std::make_unique<Vboth>(&context);
    unsigned long long state = 1;
    int differs = -1;
    for (int clock = 0; clock < 2000 && differs < 0; ++clock) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      top->rst_ni = clock > 2;
      top->valid_i = (state >> 33) & 1;
      top->x_i = (state >> 40) & 255;
      top->y_i = (state >> 60) == 0 ? 255 : (state >> 48) & 255;
      top->clk_i = 0;
      top->eval();
      if (clock > 3 && !top->same_o) differs = clock;
      top->clk_i = 1;
      top->eval();
    }
    std::printf("%d %d\n", mutant, differs);
  }
}
