// SPDX-License-Identifier: Apache-2.0
// Copies of the running simulation, made by fork and stopped, so that a failure can be run again from shortly before it.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <string>

namespace htx::verif {

/// What a woken snapshot is told: record clocks [from, until) into `folder`.
struct Order {
  std::uint64_t from = 0, until = 0;
  std::uint64_t differs = 0;  ///< clock at which golden and RTL must differ again, 0: they need not
  char folder[1024] = {};
};

/// Owner of the stopped copies. The process must have one thread, and be the same program that the copy goes on with:
/// initial register values differ between builds, so a rerun in another build would not be the same run.
class Snapshots {
 public:
  /// One copy every `interval` clocks; the two youngest are kept.
  explicit Snapshots(std::uint64_t interval) : interval_(interval) {}
  ~Snapshots() { drop_all(); }
  Snapshots(const Snapshots&) = delete;
  Snapshots& operator=(const Snapshots&) = delete;

  /// Takes a snapshot when one is due. Returns nullptr, and in a woken copy, much later, its order.
  const Order* at(std::uint64_t clock) { return clock < next_ ? nullptr : take(clock); }

  std::uint64_t taken() const { return taken_; }  ///< so far

  /// Wakes the youngest copy not younger than order.from and waits until it has ended. Its exit status; -1: none could be
  /// woken; -2: it did not end within `seconds` and was killed, or died.
  int wake(const Order& order, unsigned seconds);

 private:
  struct Copy {
    pid_t pid;
    int pipe;  ///< write end; closing it ends the copy
    std::uint64_t clock;
  };

  const Order* take(std::uint64_t clock);
  void drop(Copy& c);
  void drop_all();

  std::uint64_t interval_, next_ = 0, taken_ = 0;
  std::deque<Copy> copies_;  ///< oldest first
  Order order_;
};

}  // namespace htx::verif
