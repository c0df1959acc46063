// SPDX-License-Identifier: Apache-2.0
// memory_bandwidth THREADS [MEGABYTES]: bytes a second that so many threads read from a buffer far larger than the caches, the best of
// sixty passes, each of them split over the threads. It is what a decode step could be at best, as it reads all weights once.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

/// Eight sums side by side, so that reading is what takes the time.
std::uint64_t read_all(const std::uint64_t* p, std::size_t words) {
  std::uint64_t sum[32] = {};
  for (std::size_t i = 0; i + 32 <= words; i += 32)
    for (std::size_t k = 0; k < 32; ++k) sum[k] += p[i + k];
  std::uint64_t all = 0;
  for (const std::uint64_t s : sum) all += s;
  return all;
}

bool number(const char* text, unsigned long most, unsigned long& to) {
  char* end = nullptr;
  to = std::strtoul(text, &end, 10);
  return *text >= '0' && *text <= '9' && *end == 0 && to >= 1 && to <= most;
}

}  // namespace

int main(int argc, char** argv) {
  unsigned long threads = 0, megabytes = 128;
  if (argc < 2 || argc > 3 || !number(argv[1], 64, threads) || (argc == 3 && !number(argv[2], 65536, megabytes))) {
    std::fprintf(stderr, "memory_bandwidth: usage: memory_bandwidth THREADS [MEGABYTES], 1 to 64 threads\n");
    return 2;
  }
  const std::size_t share = (megabytes << 20) / 8 / threads;
  std::vector<std::uint64_t> buffer(share * threads);
  for (std::size_t i = 0; i < buffer.size(); ++i) buffer[i] = i * 0x9e3779b97f4a7c15ull;
  std::atomic<std::uint64_t> sum = 0;
  double best = 0;
  for (int pass = 0; pass < 60; ++pass) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> others;
    for (unsigned long t = 1; t < threads; ++t) others.emplace_back([&, t] { sum += read_all(buffer.data() + t * share, share); });
    sum += read_all(buffer.data(), share);
    for (std::thread& t : others) t.join();
    best = std::max(best, double(buffer.size() * 8) / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::printf("%.0f\n", best);
  return sum == 1;  // the sum is wanted: nothing was left out
}
