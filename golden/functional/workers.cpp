// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/workers.hpp"

#include <algorithm>

namespace htx::functional {
namespace {

constexpr int kLooks = 2000;          // some ten microseconds, as the serial work between products lasts: less than being woken
constexpr std::uint32_t kRuns = 4;    // a thread

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

void until_changed(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int n = 0; n < kLooks; ++n) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

Workers::Workers(unsigned threads) {
  for (unsigned n = 1; n < threads; ++n) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  stop_ = true;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& t : threads_) t.join();
}

void Workers::share(std::uint32_t items, const std::function<void(std::uint32_t, std::uint32_t)>& part) {
  if (threads_.empty() || items < 2) return part(0, items);
  part_ = &part;
  items_ = items;
  runs_ = std::min(items, count() * kRuns);
  unfinished_.store(runs_, std::memory_order_relaxed);
  const std::uint32_t round = round_.load(std::memory_order_relaxed) + 1;
  ticket_.store(std::uint64_t{round} << 32 | runs_, std::memory_order_release);
  round_.store(round, std::memory_order_release);
  round_.notify_all();
  while (run_one(round)) {}
  for (std::uint32_t left; (left = unfinished_.load(std::memory_order_acquire)) != 0;) until_changed(unfinished_, left);
}

void Workers::work() {
  for (std::uint32_t seen = 0;;) {
    until_changed(round_, seen);
    if (stop_) return;
    seen = round_.load(std::memory_order_acquire);
    while (run_one(seen)) {}
  }
}

// Whoever has taken a run keeps share() from returning, so that what it reads of the round stays.
bool Workers::run_one(std::uint32_t round) {
  std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
  do {
    if (ticket >> 32 != round || static_cast<std::uint32_t>(ticket) == 0) return false;
  } while (!ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel, std::memory_order_acquire));
  const std::uint64_t number = runs_ - static_cast<std::uint32_t>(ticket);
  (*part_)(static_cast<std::uint32_t>(items_ * number / runs_), static_cast<std::uint32_t>(items_ * (number + 1) / runs_));
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_all();
  return true;
}

}  // namespace htx::functional
