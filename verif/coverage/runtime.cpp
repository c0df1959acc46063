// SPDX-License-Identifier: Apache-2.0
// Linked into every program of a coverage build: adds up the counters of all models that lived in the process, and writes
// them to $HTX_RUN_FOLDER/coverage-PID.dat when it ends:
//   C '...' COUNT                          line or functional point, in the simulator's own format
//   T MODULE SIGNAL WIDTH RISE FALL        bits that rose and that fell, in hex, all instances of the module together
//   F MODULE REGISTER FROM TO              a clock of a state register
//
// The counters lie in the model and are gone with it, and a test makes many models, one after the other. So the base class's
// destructor, which runs while they still exist, is wrapped by the linker: no test has to know.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <verilated.h>
#include <verilated_cov.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace {

class Sum {
 public:
  explicit Sum(const char* folder) : folder_(folder), owner_(getpid()) {}

  /// Adds the counters of one model; every instance stands for itself, or points inside generate loops would be lost.
  void add(VerilatedCovContext& counters) {
    const int fd = memfd_create("coverage", 0);
    const std::string name = fmt::format("/proc/self/fd/{}", fd);
    counters.forcePerInstance(true);
    counters.write(name.c_str());
    counters.clear();
    std::ifstream text(name);
    std::string line;
    while (std::getline(text, line))
      if (const auto end = line.rfind(' '); line.starts_with("C ") && end > 2) sums_[line.substr(0, end)] += std::strtoull(&line[end + 1], nullptr, 10);
    close(fd);
  }

  void toggle(const char* scope, int width, int at, std::uint64_t rise, std::uint64_t fall) {
    auto& words = toggles_[{behind(scope, "u_toggle__"), width}];
    words.resize(2 * static_cast<std::size_t>((width + 63) / 64));
    words[at / 32] |= rise;
    words[at / 32 + 1] |= fall;
  }
  void state(const char* scope, int from, int to) { states_.emplace(behind(scope, "u_fsm__"), from, to); }

  ~Sum() {
    if (getpid() == owner_) write();  // not in a snapshot's child
  }

  /// Of this process, whoever began to count: what a child has from its parent counts in both.
  void write() const {
    const std::string file = fmt::format("{}/coverage-{}.dat", folder_, getpid());
    const std::string part = file + ".part";  // a file under its own name is whole
    std::ofstream out(part);
    out << "# SystemC::Coverage-3\n";
    for (const auto& [point, count] : sums_) out << point << ' ' << count << '\n';
    for (const auto& [signal, words] : toggles_) {
      std::string rise, fall;
      for (std::size_t i = words.size(); i > 0; i -= 2) {
        rise += fmt::format("{:016x}", words[i - 2]);
        fall += fmt::format("{:016x}", words[i - 1]);
      }
      out << "T " << signal.first << ' ' << signal.second << ' ' << rise << ' ' << fall << '\n';
    }
    for (const auto& [reg, from, to] : states_) out << "F " << reg << ' ' << from << ' ' << to << '\n';
    out.close();
    if (!out || std::rename(part.c_str(), file.c_str()) != 0) {
      std::fprintf(stderr, "coverage: %s cannot be written: %s\n", file.c_str(), std::strerror(errno));
      _exit(2);
    }
  }

 private:
  /// "MODULE SIGNAL" from the name of a monitor's instance.
  static std::string behind(std::string scope, const char* mark) {
    scope.erase(0, scope.rfind(mark) + std::strlen(mark));
    scope.erase(std::min(scope.find('.'), scope.size()));  // the block that the call stands in
    return scope.replace(scope.find("__"), 2, " ");
  }

  std::string folder_;
  pid_t owner_;
  std::map<std::string, std::uint64_t> sums_;
  std::map<std::pair<std::string, int>, std::vector<std::uint64_t>> toggles_;  // (rise, fall) of each 64 bits
  std::set<std::tuple<std::string, int, int>> states_;
};

/// Null when nobody asked for coverage.
Sum* sum() {
  static const char* const folder = std::getenv("HTX_RUN_FOLDER");
  if (folder == nullptr) return nullptr;
  static Sum one(folder);
  return &one;
}

}  // namespace

extern "C" {
void __real__ZN13VerilatedSymsD2Ev(VerilatedSyms* self);
void __wrap__ZN13VerilatedSymsD2Ev(VerilatedSyms* self) {
  if (Sum* s = sum()) s->add(*self->_vm_contextp__->coveragep());
  __real__ZN13VerilatedSymsD2Ev(self);
}
/// Behind the model's final() and before _exit() in a process that was forked from the one with the model: no destructor runs there.
void htx_coverage_leave(VerilatedCovContext* counters) {
  if (Sum* s = sum()) {
    s->add(*counters);
    s->write();
  }
}
void htx_coverage_toggle(const char* scope, int width, int at, long long rise, long long fall) {
  if (Sum* s = sum()) s->toggle(scope, width, at, static_cast<std::uint64_t>(rise), static_cast<std::uint64_t>(fall));
}
void htx_coverage_fsm(const char* scope, int from, int to) {
  if (Sum* s = sum()) s->state(scope, from, to);
}
}
