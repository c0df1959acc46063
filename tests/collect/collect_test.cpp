// SPDX-License-Identifier: Apache-2.0
// htx_collect and its twin in lockstep under random sources and vector writes; no word lost, argmax as golden/numerics has it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include RTL_HEADER
#include "golden/chip/collect.hpp"
#include "golden/numerics/numerics.hpp"
#include "verif/block_lockstep.hpp"

using namespace htx;
namespace nu = htx::numerics;

namespace {

constexpr unsigned kSources = LANES + 1;

class Bench {
 public:
  explicit Bench(unsigned seed) : rng(seed), twin_(LANES) {
    context_.randReset(2);
    context_.randSeed(int(seed) + 1);
    rtl_ = std::make_unique<Vhtx_collect>(&context_);
    context_.assertOn(false);  // whatever the inputs hold
    for (const bool rst_n : {false, true, false}) {
      rtl_->rst_ni = rst_n;
      edge();
      edge();
    }
    context_.assertOn(true);
    rtl_->rst_ni = 1;
    rtl_->eval();
  }
  ~Bench() { rtl_->final(); }

  /// Reset of an idle collector; the comparison goes on.
  void reset() {
    rtl_->src_valid_i = 0;
    rtl_->argmax_clear_i = 0;
    rtl_->vec_we_pre_i = 0;
    rtl_->rst_ni = 0;
    edge();
    edge();
    rtl_->rst_ni = 1;
    rtl_->eval();
    twin_ = chip::Collect(LANES);
    announced_ = 0;
    for (int i = 0; i < 4; ++i) clock(0, 0);
  }

  /// One clock: each source offers the head of its queue once it has decided to; the vector unit announces writes.
  void clock(unsigned source_percent, unsigned vector_percent, bool clear = false) {
    compare<chip::probe::collect>();
    compare<chip::probe::argmax>();
    const auto out = twin_.out();
    const bool vector_writes = announced_ & 2;
    EXPECT_FALSE(vector_writes && out.we) << "write port used twice, clock " << now_;
    if (out.we) writes.push_back({out.addr & 0x1fffu, out.data});
    if (out.logit_valid) logits.push_back({out.addr, out.data});

    chip::Collect::In in;
    for (unsigned s = 0; s < kSources; ++s) {
      if (!offered_[s] && !queue[s].empty()) offered_[s] = rng() % 100 < source_percent;
      if (offered_[s]) {
        in.src_valid |= 1u << s;
        words_[s] = queue[s].front();
      }
    }
    in.src = words_.data();
    in.vocab = vocab;
    in.argmax_clear = clear;
    in.vec_we_pre = rng() % 100 < vector_percent;
    announced_ = announced_ << 1 | in.vec_we_pre;

    Bits<(274 * kSources + 63) / 64> all{};
    for (unsigned s = 0; s < kSources; ++s) put_bits(all, 274 * s, 274, words_[s].pack());
    for (std::size_t i = 0; i < std::size(rtl_->src_i.m_storage); ++i) rtl_->src_i[i] = std::uint32_t(all[i / 2] >> (i % 2 * 32));
    rtl_->src_valid_i = in.src_valid;
    rtl_->vocab_i = vocab;
    rtl_->argmax_clear_i = clear;
    rtl_->vec_we_pre_i = in.vec_we_pre;
    for (unsigned s = 0; s < kSources; ++s)
      if (in.src_valid & out.src_ready & 1u << s) {
        queue[s].pop_front();
        offered_[s] = false;
      }
    twin_.step(in);
    edge();
    ++now_;
  }

  bool waiting() const {
    return std::any_of(std::begin(queue), std::end(queue), [](const auto& q) { return !q.empty(); });
  }
  void drain(unsigned source_percent, unsigned vector_percent) {
    while (waiting() && !testing::Test::HasFailure()) clock(source_percent, vector_percent);
    clock(0, 0);
    for (int i = 0; twin_.out().busy && i < 10; ++i) clock(0, 0);
    clock(0, 0);
    EXPECT_FALSE(twin_.out().busy);
  }
  const chip::Collect::Out& out() const { return twin_.out(); }
  std::uint64_t now() const { return now_; }

  struct Write {
    unsigned addr;
    Bits<4> data;
    bool operator==(const Write&) const = default;
  };
  std::mt19937 rng;
  std::uint32_t vocab{};
  std::deque<pkg::res_word_t> queue[kSources];
  std::vector<Write> writes, logits;

 private:
  void edge() {
    rtl_->clk_i = 0;
    rtl_->eval();
    rtl_->clk_i = 1;
    rtl_->eval();
  }
  template <class P>
  void compare() {
    if (testing::Test::HasFailure()) return;
    P g{}, r{};
    twin_.probe(g);
    verif::rtl_Vhtx_collect::read(*rtl_, 0, r);
    if (!verif::same(g, r)) ADD_FAILURE() << "clock " << now_ << '\n' << verif::differences(g, r);
  }

  VerilatedContext context_;
  std::unique_ptr<Vhtx_collect> rtl_;
  chip::Collect twin_;
  std::array<pkg::res_word_t, kSources> words_{};
  bool offered_[kSources]{};
  unsigned announced_{};
  std::uint64_t now_{};
};

/// Words of a logit vector dealt to random sources in random order.
void deal(Bench& bench, const std::vector<float>& x, bool nostore) {
  std::vector<unsigned> order(x.size() / 8);
  for (unsigned i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), bench.rng);
  for (unsigned w : order) {
    pkg::res_word_t word;
    word.argmax = 1;
    word.nostore = nostore;
    word.addr = std::uint16_t(w);
    for (unsigned i = 0; i < 8; ++i) put_bits(word.data, 32 * i, 32, nu::bits(x[8 * w + i]));
    bench.queue[bench.rng() % kSources].push_back(word);
  }
}

class CollectSeeds : public testing::TestWithParam<unsigned> {};

TEST_P(CollectSeeds, NothingLostUnderCollidingWrites) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  Bench bench(GetParam());
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    std::vector<Bench::Write> all_writes, all_logits;
    for (auto& q : bench.queue) {
      const unsigned n = bench.rng() % 4 ? bench.rng() % 40 : 0;
      for (unsigned i = 0; i < n; ++i) {
        pkg::res_word_t w;
        w.argmax = bench.rng() % 4 == 0;
        w.nostore = bench.rng() % 4 == 0;
        w.addr = std::uint16_t(bench.rng() % (w.argmax ? 0x8000 : 0x10000));
        for (auto& d : w.data) d = (std::uint64_t(bench.rng()) << 32 | bench.rng()) & 0xbf7fffffbf7fffffull;  // all finite
        q.push_back(w);
        if (!w.nostore) all_writes.push_back({w.addr & 0x1fffu, w.data});
        if (w.argmax) all_logits.push_back({w.addr, w.data});
      }
    }
    bench.vocab = bench.rng() % (1u << 18);
    bench.writes.clear();
    bench.logits.clear();
    bench.clock(0, 0, true);
    static constexpr unsigned percents[] = {0, 10, 50, 90, 25};
    bench.drain(round % 3 ? 100 : 20, percents[round % 5]);
    const auto sorted = [](std::vector<Bench::Write> v) {
      std::sort(v.begin(), v.end(), [](const auto& a, const auto& b) { return std::tie(a.addr, a.data) < std::tie(b.addr, b.data); });
      return v;
    };
    EXPECT_TRUE(sorted(bench.writes) == sorted(all_writes));
    EXPECT_TRUE(sorted(bench.logits) == sorted(all_logits));
    EXPECT_EQ(bench.out().err, pkg::ERR_NONE);
  }
}

TEST_P(CollectSeeds, ArgmaxOfAVocabulary) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  Bench bench(100 + GetParam());
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    const unsigned words = 1 + bench.rng() % 90;
    std::vector<float> x(8 * words);
    const unsigned kind = bench.rng() % 7;
    const std::uint32_t near = bench.rng() % 0x7f000000u | bench.rng() << 31, width = 1 + bench.rng() % 24;
    for (auto& v : x) {
      const int r = int(bench.rng() % 2001) - 1000;
      v = kind == 0   ? float(r)
          : kind == 1 ? float(r % 3)
          : kind == 2 ? (r % 2 ? 0.0f : -0.0f)
          : kind == 3 ? -1.0f - float(r % 2)
          : kind == 4 ? nu::from_bits(bench.rng() & 0xbfffffffu)
          : kind == 5 ? nu::from_bits((0x7f7fffffu - bench.rng() % 0x1800000u) | bench.rng() << 31)  // the largest there are
                      : nu::from_bits(near ^ (bench.rng() & ((1u << width) - 1)));         // neighbours: every bit decides
    }
    bench.vocab = 8 * words - bench.rng() % 8;
    bench.clock(0, 0, true);
    deal(bench, x, bench.rng() % 2);
    bench.drain(100, bench.rng() % 2 ? 30 : 0);
    EXPECT_EQ(bench.out().best, nu::argmax({x.data(), bench.vocab})) << "kind " << kind;
    EXPECT_EQ(bench.out().err, pkg::ERR_NONE);
  }
}
INSTANTIATE_TEST_SUITE_P(Random, CollectSeeds, testing::Range(1u, 6u));

TEST(Collect, OnlyCountedElementsRaiseTheError) {
  unsigned at = 23;
  for (const float wrong : {nu::kNan, nu::kInf, -nu::kInf, nu::from_bits(0xff800001u), nu::kInf, nu::kNan, -nu::kInf, nu::kNan, nu::kNan, nu::kInf}) {
    Bench bench(7);
    if (++at == 32) at = 24;
    std::vector<float> x(32, -5.0f);
    x[3] = 2.0f;
    x[at] = wrong;
    bench.vocab = at;
    deal(bench, x, true);
    bench.drain(100, 0);
    EXPECT_EQ(bench.out().err, pkg::ERR_NONE);
    EXPECT_EQ(bench.out().best, 3u);
    bench.vocab = at + 1;
    bench.clock(0, 0, true);
    deal(bench, x, true);
    bench.drain(100, 0);
    EXPECT_EQ(bench.out().err, pkg::ERR_LOGIT);
    EXPECT_EQ(bench.out().best, 3u) << "an infinity takes no part";
    bench.clock(0, 0, true);
    bench.clock(0, 0);
    EXPECT_EQ(bench.out().err, pkg::ERR_LOGIT) << "sticky";
    EXPECT_EQ(bench.out().best, 0u);
    bench.reset();
    EXPECT_EQ(bench.out().err, pkg::ERR_NONE);
  }
}

TEST(Collect, AnInfinityIsAnErrorInEveryElement) {
  for (unsigned at = 0; at < 8; ++at) {
    Bench bench(11);
    std::vector<float> x(8, -5.0f);
    x[at] = nu::kInf;
    bench.vocab = 8;
    deal(bench, x, true);
    bench.drain(100, 0);
    EXPECT_EQ(bench.out().err, pkg::ERR_LOGIT);
  }
}

TEST(Collect, ClearAmongWordsInFlight) {
  Bench bench(8);
  for (int round = 0; round < 400 && !testing::Test::HasFailure(); ++round) {
    bench.vocab = 1u << 17;
    std::vector<float> x(8 * 64);
    for (auto& v : x) v = float(int(bench.rng() % 100) - 50);
    if (!bench.waiting()) deal(bench, x, true);
    bench.clock(100, 10, bench.rng() % 8 == 0);
  }
}

TEST(Collect, EverySourceIsAskedInTurn) {
  Bench bench(9);
  for (auto& q : bench.queue)
    for (int i = 0; i < 100; ++i) q.push_back({});
  const auto start = bench.now();
  while (bench.waiting()) bench.clock(100, 0);
  EXPECT_LE(bench.now() - start, 100 * kSources + kSources);
}

TEST(Collect, SteadyVectorWritesStarveNobody) {
  Bench bench(10);
  for (auto& q : bench.queue)
    for (int i = 0; i < 20; ++i) q.push_back({});
  // a function command writes one clock in four
  for (unsigned i = 0; bench.waiting() && i < 20 * kSources * 2; ++i) bench.clock(100, i % 4 == 0 ? 100 : 0);
  EXPECT_FALSE(bench.waiting());
}

}  // namespace
