// SPDX-License-Identifier: Apache-2.0
// Runs htx_sample for the words of its command line, each a clock's (go, jump, data) in hex: "1f" is go = 1, data = f; 2 is jump.
// "/" begins a new model, "abort" ends the process as a crash does, "fork" leaves the rest to a child that ends by _exit, "leave" lets it write first.
#include <Vhtx_sample.h>
#include <sys/wait.h>
#include <unistd.h>
#include <verilated.h>

#include <cstdlib>
#include <memory>
#include <string>

extern "C" void htx_coverage_leave(VerilatedCovContext* counters);

namespace {

class Bench {
 public:
  Bench() : rtl_(std::make_unique<Vhtx_sample>(&context_)) {
    for (int i = 0; i < 3; ++i) clock(false, 0);
  }
  ~Bench() { rtl_->final(); }
  void leave() {
    rtl_->final();  // the monitors report then
    htx_coverage_leave(context_.coveragep());
  }
  void clock(bool rst_n, unsigned word) {
    rtl_->rst_ni = rst_n;
    rtl_->d_i = word & 15;
    rtl_->go_i = word >> 4 & 1;
    rtl_->jump_i = word >> 5 & 1;
    rtl_->clk_i = 1;
    rtl_->eval();
    rtl_->clk_i = 0;
    rtl_->eval();
  }

 private:
  VerilatedContext context_;
  std::unique_ptr<Vhtx_sample> rtl_;
};

}  // namespace

int main(int argc, char** argv) {
  auto bench = std::make_unique<Bench>();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "abort") std::abort();
    if (word == "fork" && fork() != 0) {
      wait(nullptr);
      return 0;
    }
    if (word == "leave") {
      bench->leave();
      _exit(0);
    }
    if (word == "fork") continue;
    if (word == "/") {
      bench.reset();
      bench = std::make_unique<Bench>();
    } else {
      bench->clock(true, static_cast<unsigned>(std::stoul(word, nullptr, 16)));
    }
  }
}
