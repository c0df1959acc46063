// SPDX-License-Identifier: Apache-2.0
// Threads that share a decoder's work by rows. Parts touch nothing of each other, so that no bit depends on how many there are.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace htx::functional {

class Workers {
 public:
  /// threads: 1 and more, the caller among them.
  explicit Workers(unsigned threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  unsigned count() const { return static_cast<unsigned>(threads_.size()) + 1; }
  /// Calls part(first, last) with 0 .. items - 1 cut into a few runs a thread, each taken by whoever is free, the caller too; returns
  /// when all have ended. A thread that the system holds up delays the run it has and no other.
  void share(std::uint32_t items, const std::function<void(std::uint32_t, std::uint32_t)>& part);

 private:
  void work();
  bool run_one(std::uint32_t round);

  std::vector<std::thread> threads_;
  const std::function<void(std::uint32_t, std::uint32_t)>* part_ = nullptr;
  std::uint32_t items_ = 0, runs_ = 0;
  std::atomic<std::uint64_t> ticket_ = 0;  ///< round << 32 | runs of it that nobody has taken: one word, so that nobody takes one of another round
  std::atomic<std::uint32_t> round_ = 0;   ///< the round again, to wait for
  std::atomic<std::uint32_t> unfinished_ = 0;
  std::atomic<bool> stop_ = false;
};

}  // namespace htx::functional
