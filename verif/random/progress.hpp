// SPDX-License-Identifier: Apache-2.0
// Progress on standard error: one line that changes on a terminal; elsewhere only lines that stay.
#pragma once
#include <unistd.h>

#include <cstdio>
#include <string>

namespace htx::random {

class Progress {
 public:
  ~Progress() { clear(); }
  void show(const std::string& words) {
    if (!terminal_) return;
    std::fprintf(stderr, "\r\033[K%s", words.c_str());
    shown_ = true;
  }
  void line(const std::string& words) {
    clear();
    std::fprintf(stderr, "%s\n", words.c_str());
  }

 private:
  void clear() {
    if (shown_) std::fputs("\r\033[K", stderr);
    shown_ = false;
  }
  bool terminal_ = isatty(STDERR_FILENO) != 0, shown_ = false;
};

}  // namespace htx::random
