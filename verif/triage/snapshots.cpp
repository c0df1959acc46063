// SPDX-License-Identifier: Apache-2.0
#include "verif/triage/snapshots.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace htx::verif {
namespace {

/// Waits for the whole order; false when the other side closed the pipe.
bool receive(int pipe, Order& order) {
  auto* at = reinterpret_cast<char*>(&order);
  for (std::size_t left = sizeof(order); left > 0;) {
    const ssize_t n = ::read(pipe, at, left);
    if (n <= 0) return false;
    at += n;
    left -= static_cast<std::size_t>(n);
  }
  return true;
}

/// The copy's words are the parent's already: what it would print again goes nowhere.
void be_silent() {
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
}

}  // namespace

const Order* Snapshots::take(std::uint64_t clock) {
  next_ = clock + interval_;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return nullptr;  // a run without snapshots is still a run
  std::fflush(nullptr);                               // or both processes print what waits in the buffers
  const pid_t parent = ::getpid(), pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);
    ::close(ends[1]);
    for (const Copy& c : copies_) ::close(c.pipe);
    copies_.clear();
    if (!receive(ends[0], order_)) ::_exit(0);
    next_ = ~std::uint64_t{0};
    be_silent();
    return &order_;
  }
  ::close(ends[0]);
  if (pid < 0) {
    ::close(ends[1]);
    return nullptr;
  }
  ++taken_;
  copies_.push_back({pid, ends[1], clock});
  while (copies_.size() > 2) {
    drop(copies_.front());
    copies_.pop_front();
  }
  return nullptr;
}

int Snapshots::wake(const Order& order, unsigned seconds) {
  while (copies_.size() > 1 && copies_.back().clock > order.from) {
    drop(copies_.back());
    copies_.pop_back();
  }
  if (copies_.empty()) return -1;
  const Copy c = copies_.back();
  copies_.pop_back();
  const auto* at = reinterpret_cast<const char*>(&order);
  ::signal(SIGPIPE, SIG_IGN);  // a copy that somebody killed is told by the result of write
  const bool told = ::write(c.pipe, at, sizeof(order)) == static_cast<ssize_t>(sizeof(order));  // less than a pipe holds
  ::close(c.pipe);
  int status = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (told && ::waitpid(c.pid, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      ::kill(c.pid, SIGKILL);
      ::waitpid(c.pid, &status, 0);
      return -2;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (!told) ::waitpid(c.pid, &status, 0);
  return told && WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

void Snapshots::drop(Copy& c) {
  ::kill(c.pid, SIGKILL);
  ::close(c.pipe);
  ::waitpid(c.pid, nullptr, 0);
}

void Snapshots::drop_all() {
  for (Copy& c : copies_) drop(c);
  copies_.clear();
}

}  // namespace htx::verif
