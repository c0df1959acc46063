// SPDX-License-Identifier: Apache-2.0
// A lane's integers: 32 products and their sum, sums over a page's tokens, a token's share and its term of the denominator.
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <deque>

#include "Varith_top.h"
#include "golden/numerics/numerics.hpp"
#include "tests/sweep/sweep.hpp"
#include "tests/sweep/vectors.hpp"

namespace htx::sweep {
namespace {
using namespace numerics;

struct Dut : Varith_top {
  Dut() {
    clk_i = 0;
    rst_ni = 0;
    clock();
    clock();
    rst_ni = 1;
  }
  ~Dut() { final(); }
  void clock() {
    clk_i = 1;
    eval();
    clk_i = 0;
    eval();
  }
};

using Row = std::array<std::int8_t, 32>;
Row random_row(Random& r, std::uint32_t kind) {
  Row x;
  for (int i = 0; i < 32; i += 8) {
    const std::uint64_t v = r();
    std::memcpy(&x[std::size_t(i)], &v, 8);
  }
  if (kind == 1) for (auto& v : x) v = v & 1 ? 127 : -128;
  if (kind == 2) x.fill(draw(r, 2) ? 127 : -128);
  if (kind == 3) for (auto& v : x) v = v & 7 ? 0 : v;
  return x;
}
void nibbles(Row& x) {  // what an int4 row holds
  for (auto& v : x) v = std::int8_t(std::int8_t(v << 4) >> 4);
}

constexpr std::string_view kDotClasses[] = {"8-bit row", "4-bit row", "sum of 0", "positive sum", "negative sum", "largest sum, 32 x -128 x -128", "smallest, 32 x -128 x 127",
  "sums beyond 2^18 in magnitude"};
class Dot : public Job {
 public:
  explicit Dot(bool pairs) : pairs_(pairs) {}
  std::string_view name() const override { return pairs_ ? "dot.pairs" : "dot"; }
  std::string_view what() const override { return pairs_ ? "every pair of int8, and of int4 and int8, in every multiplier" : "directed and random rows of 32"; }
  std::uint64_t domain() const override { return pairs_ ? 65536 + 4096 : 0; }
  std::span<const std::string_view> classes() const override { return {kDotClasses, pairs_ ? 5u : std::size(kDotClasses)}; }
  void run(std::uint64_t first, std::uint64_t count, std::uint64_t seed, Tally& t) override {
    Dut dut;
    Random r{seed};
    std::int32_t want[4] = {};
    for (std::uint64_t n = 0; n < count + 3; ++n) {
      const bool in = n < count;
      Row w{}, b{};
      bool wide = true;
      if (in && pairs_) {
        const std::uint64_t at = first + n;
        wide = at < 65536;
        for (std::uint32_t j = 0; j < 32; ++j) {  // the multipliers meet the pairs in orders of their own
          const std::uint32_t p = (std::uint32_t(at) * (2 * j + 1) + j * 2053) & (wide ? 65535 : 4095);
          w[j] = std::int8_t(wide ? p >> 8 : std::int8_t((p >> 8) << 4) >> 4);
          b[j] = std::int8_t(p);
        }
      } else if (in) {
        const std::uint32_t kind = draw(r, 5);
        wide = draw(r, 2);
        w = random_row(r, kind), b = random_row(r, kind == 4 ? 0 : kind);
        if (!wide) nibbles(w);
      }
      std::int32_t sum = 0;
      for (std::size_t j = 0; j < 32; ++j) sum += w[j] * b[j];
      want[n & 3] = sum;
      if (in) {
        const std::int32_t mag = sum < 0 ? -sum : sum;
        t.count(1u << (wide ? 0 : 1) | 1u << (sum == 0 ? 2 : sum > 0 ? 3 : 4) |
                (pairs_ ? 0u : (sum == 524288 ? 1u << 5 : 0u) | (sum == -520192 ? 1u << 6 : 0u) | (mag > 1 << 18 ? 1u << 7 : 0u)));
      }
      dut.w_load_i = dut.act_load_i = in;
      dut.w_wide_i = wide;
      if (wide) std::memcpy(&dut.w_i[0], w.data(), 32);
      else for (std::size_t k = 0; k < 4; ++k) {  // the row stands in the upper beat
        std::uint32_t word = 0;
        for (std::size_t j = 0; j < 8; ++j) word |= std::uint32_t(w[8 * k + j] & 15) << (4 * j);
        dut.w_i[4 + k] = word;
        dut.w_i[k] = bits32(r);
      }
      std::memcpy(&dut.act_i[0], b.data(), 32);
      dut.mul_i = n >= 1 && n - 1 < count;
      dut.pv_i = 0;
      dut.clock();
      if (n >= 3 && std::int32_t(dut.sum_o << 8) >> 8 != want[(n - 3) & 3])
        t.fail(fmt::format("{}: row {}: RTL {}, golden {}", name(), first + n - 3, std::int32_t(dut.sum_o << 8) >> 8, want[(n - 3) & 3]));
    }
    t.vectors += count;
  }

 private:
  bool pairs_;
};

constexpr std::string_view kPvClasses[] = {"sum of 0", "positive sum", "negative sum", "largest, 32 x 127 x 127", "smallest, 32 x 127 x -128"};
/// A vector is a token's row; 32 of them are a page with 32 sums.
class Pv : public Job {
 public:
  std::string_view name() const override { return "pv"; }
  std::string_view what() const override { return "directed and random tokens, 32 a page"; }
  std::span<const std::string_view> classes() const override { return kPvClasses; }
  void run(std::uint64_t, std::uint64_t count, std::uint64_t seed, Tally& t) override {
    Dut dut;
    Random r{seed};
    std::deque<std::int32_t> want;
    std::array<std::int32_t, 32> sums{};
    const std::uint64_t tokens = (count + 31) / 32 * 32;
    std::uint64_t seen = 0;
    std::uint32_t kind = 0;
    std::int8_t extreme = 0;
    for (std::uint64_t at = 0; at < 2 * tokens + 80; ++at) {  // a row of 8-bit values is two beats
      const std::uint64_t n = at / 2;
      const bool in = n < tokens && at % 2 == 0;
      if (in && n % 32 == 0) kind = draw(r, 5), extreme = draw(r, 2) ? 127 : -128;
      Row v = random_row(r, kind);
      if (kind == 2) v.fill(extreme);
      const std::uint32_t p = kind == 2 ? 127 : draw(r, 4) ? draw(r, 128) : draw(r, 2) ? 0 : 127;
      if (in) for (std::size_t j = 0; j < 32; ++j) sums[j] = (n % 32 ? sums[j] : 0) + std::int32_t(p) * v[j];
      if (in && n % 32 == 31)
        for (const std::int32_t s : sums) {
          want.push_back(s);
          t.count(1u << (s == 0 ? 0 : s > 0 ? 1 : 2) | (s == 516128 ? 1u << 3 : 0u) | (s == -520192 ? 1u << 4 : 0u));
        }
      dut.w_load_i = dut.share_load_i = in;
      dut.act_load_i = 0;
      dut.w_wide_i = 1;
      std::memcpy(&dut.w_i[0], v.data(), 32);
      dut.share_i = std::uint8_t(p);
      dut.mul_i = dut.pv_i = at % 2 == 1 && n < tokens;
      dut.row_i = std::uint8_t(n & 31);
      dut.clock();
      if (!dut.col_valid_o) continue;
      const std::int32_t got = std::int32_t(dut.col_o << 11) >> 11;
      if (want.empty() || got != want.front() || dut.col_index_o != seen % 32)
        t.fail(fmt::format("pv: column {} of page {}: RTL {} as column {}, golden {}", seen % 32, seen / 32, got, dut.col_index_o, want.empty() ? 0 : want.front()));
      if (!want.empty()) want.pop_front();
      ++seen;
    }
    if (!want.empty()) t.fail(fmt::format("pv: {} sums never came", want.size()));
    t.vectors += tokens;
  }
};

constexpr std::string_view kShareClasses[] = {"share 127", "share 0, near enough to count", "share 0, too far", "shares between", "last distance that counts", "first that does not",
  "term 2^31", "term 0, too far", "last term that counts", "first that does not count", "value's exponent -128", "value's exponent 127", "not a token"};
/// every: each distance 0 .. 2^25 - 1 to the page's maximum, and to the maximum of all, once.
class Share : public Job {
 public:
  explicit Share(bool every) : every_(every) {}
  std::string_view name() const override { return every_ ? "share.every" : "share"; }
  std::string_view what() const override { return every_ ? "every distance to both maxima" : "directed and random tokens"; }
  std::uint64_t domain() const override { return every_ ? 1u << 25 : 0; }
  std::span<const std::string_view> classes() const override { return {kShareClasses, std::size(kShareClasses) - (every_ ? 1 : 0)}; }
  std::size_t segments() const override { return 256; }  // of the ROM
  void run(std::uint64_t first, std::uint64_t count, std::uint64_t seed, Tally& t) override {
    Dut dut;
    Random r{seed};
    struct Token { std::int32_t s, ev, uc, m, share; std::uint32_t term; } due[8] = {};
    for (std::uint64_t n = 0; n < count + 3; ++n) {
      const bool in = n < count;
      Token& x = due[n & 7];
      bool ok = true;
      if (in) {
        const std::uint32_t d = every_ ? std::uint32_t(first + n) : draw(r, 3) ? draw(r, 62 * 256) : draw(r, 1u << 25), f = d & 255, k = d >> 8;
        // the same low 8 bits, another way through the upper ones
        const std::uint32_t kl = every_ ? (k * 40503u + 77) & 0x1ffff : draw(r, 2) ? draw(r, 64) : draw(r, 1u << 17);
        ok = every_ || draw(r, 64) != 0;
        x.ev = draw(r, 8) ? std::int32_t(draw(r, 256)) - 128 : draw(r, 2) ? -128 : 127;
        const std::int32_t far = std::int32_t(k > kl ? k : kl), top = 131071 - 128 - far;  // 18 bits hold the maxima
        const std::int32_t whole = -32768 + std::int32_t(draw(r, std::uint32_t(top > 32767 ? 65536 : top + 32769)));
        x.s = whole * 256 - std::int32_t(f);
        if (x.s < -(1 << 23)) x.s += 256;
        x.uc = (x.s + 256 * x.ev + std::int32_t(d)) >> 8;
        x.m = (x.s + std::int32_t(kl << 8 | f)) >> 8;
        x.share = ok ? share(x.uc, folded(x.s, x.ev)) : 0;
        x.term = ok ? std::uint32_t(denominator_term(x.m, x.s)) : 0;
        if (!ok) t.count(1u << 12);
        else t.count(1u << (x.share == 127 ? 0 : x.share ? 3 : k > 8 ? 2 : 1) | (d == 8 * 256 + 255 ? 1u << 4 : 0u) | (d == 9 * 256 ? 1u << 5 : 0u) |
                     (x.term == 0x80000000u ? 1u << 6 : 0u) | (kl > 60 ? 1u << 7 : 0u) | ((kl << 8 | f) == 60 * 256 + 255 ? 1u << 8 : 0u) |
                     ((kl << 8 | f) == 61 * 256 ? 1u << 9 : 0u) | (x.ev == -128 ? 1u << 10 : 0u) | (x.ev == 127 ? 1u << 11 : 0u));
        ++t.segments[f];
      }
      dut.tok_valid_i = in;
      dut.tok_ok_i = ok;
      dut.ev_i = std::uint8_t(x.ev);
      dut.s_i = std::uint32_t(x.s) & 0xffffffu;
      dut.uc_i = std::uint32_t(due[(n - 1) & 7].uc) & 0x3ffffu;
      dut.m_i = std::uint32_t(due[(n - 1) & 7].m) & 0x3ffffu;
      dut.clock();
      if (n < 3) continue;
      const Token& y = due[(n - 3) & 7];
      if (!dut.term_valid_o || dut.share_o != std::uint32_t(y.share) || dut.term_o != y.term)
        t.fail(fmt::format("{}: s {} eV {} Uc {} M {}: RTL share {} term {:08x}, golden {} {:08x}", name(), y.s, y.ev, y.uc, y.m, dut.share_o, dut.term_o, y.share, y.term));
    }
    t.vectors += count;
  }

 private:
  bool every_;
};

}  // namespace

void add_lane_jobs(Jobs& jobs) {
  jobs.push_back(std::make_unique<Dot>(true));
  jobs.push_back(std::make_unique<Dot>(false));
  jobs.push_back(std::make_unique<Pv>());
  jobs.push_back(std::make_unique<Share>(false));
  jobs.push_back(std::make_unique<Share>(true));
}

}  // namespace htx::sweep
