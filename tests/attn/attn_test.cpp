// SPDX-License-Identifier: Apache-2.0
// htx_attn and its twin in lockstep; scores of any size, shares, sums and messages against golden/numerics.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

#include "golden/chip/attn.hpp"
#include "golden/numerics/numerics.hpp"
#include "htx/rtl/rtl_attn.hpp"
#include "tests/lane/rtl_model.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::test {
namespace {

constexpr std::int32_t kNone = std::numeric_limits<std::int32_t>::min();

class Bench {
 public:
  explicit Bench(std::uint32_t seed) : rng_(seed), rtl_(seed) { compare(); }

  /// What a head is like.
  struct Head {
    unsigned pages, kt, low;
    float spread;      // scores within +-spread log2 units
    unsigned ev_range;
    bool bad;          // valid tokens may be NaN or infinite
    unsigned ready;    // percentage of clocks in which the tree takes
    bool gaps;
  };

  void head(const Head& h) {
    ready_ = h.ready;
    score(h);
    values(h);
  }
  bool error() const { return error_; }
  /// Two clocks of reset.
  void reset() {
    rtl_->rst_ni = 0;
    for (int i = 0; i < 2; ++i) {
      rtl_.low();
      rtl_.high();
    }
    rtl_->rst_ni = 1;
    twin_ = chip::Attn{};
    messages_.clear();
    last_.clear();
    error_ = false;
    compare();
  }
  std::uint8_t err() const { return twin_.out().err; }
  unsigned below(unsigned n) { return static_cast<unsigned>(rng_() % n); }

 private:
  struct Token {
    std::int32_t s{};
    std::int8_t ev{};
    bool valid{};
  };
  static bool broken() { return ::testing::Test::HasFailure(); }

  void score(const Head& h) {
    chip::Dot::Out d;
    d.at_valid = true;
    d.at_cols = static_cast<std::uint8_t>(below(2));  // this is column 0: the last, or not
    last_.push_back(d.at_cols == 0);
    d.at_count = static_cast<std::uint16_t>(h.pages);
    d.at_kt = static_cast<std::uint8_t>(h.kt);
    d.at_low = static_cast<std::uint8_t>(h.low);
    clock(d);
    tokens_.assign(32 * h.pages, {});
    page_u_.assign(h.pages, kNone);
    std::int32_t m = kNone, u = kNone;
    for (unsigned t = 0; t < 32 * h.pages && !broken(); ++t) {
      const unsigned p = t / 32;
      Token& k = tokens_[t];
      k.valid = p + 1 < h.pages || t % 32 <= h.low;
      float x = h.spread * (static_cast<float>(below(1 << 20)) / (1 << 19) - 1.0f);
      if (below(20) == 0) x = below(4) ? numerics::from_bits(below(1 << 24)) : 0.0f;
      if (h.bad && below(40) == 0) x = below(2) ? numerics::kInf : -numerics::kInf;
      if (!k.valid || (h.bad && below(40) == 0)) x = numerics::from_bits(static_cast<std::uint32_t>(rng_()) | (below(2) ? 0x7f800000u : 0u));
      const auto r = numerics::f_to_score(x);
      k.s = r.value;
      k.ev = static_cast<std::int8_t>(static_cast<int>(below(h.ev_range)) - static_cast<int>(h.ev_range / 2));
      if (k.valid) {
        error_ = error_ || r.bad;
        m = std::max(m, numerics::ceil256(k.s));
        page_u_[p] = std::max(page_u_[p], numerics::ceil256(numerics::folded(k.s, k.ev)));
      }
      score_ = {true, numerics::bits(x), static_cast<std::uint8_t>(k.ev)};
      clock({});
      score_.valid = false;
      for (unsigned g = h.gaps ? below(4) : 1; g; --g) clock({});
    }
    for (auto x : page_u_) u = std::max(u, x);
    messages_.push_back({false, std::uint64_t{static_cast<std::uint32_t>(m)} << 32 | static_cast<std::uint32_t>(u)});
    // a message left from the PV before may still be in the way
    for (unsigned i = 0; !messages_.empty() && !broken(); ++i) {
      if (i > 200000) {
        ADD_FAILURE() << "the maxima do not come";
        return;
      }
      clock({});
    }
    for (unsigned g = below(20); g; --g) clock({});
    max_valid_ = true;
    max_m_ = std::max(m, below(2) && m != kNone ? m : static_cast<int>(below(100)));
    max_u_ = std::max(u, below(2) && u != kNone ? u : static_cast<int>(below(100)));
    clock({});
    max_valid_ = false;
  }

  void values(const Head& h) {
    chip::Dot::Out d;
    for (unsigned g = 1 + below(5); g; --g) clock({});
    ASSERT_TRUE(twin_.out().max_ok);
    d.at_valid = d.at_pv = true;
    d.at_cols = static_cast<std::uint8_t>(below(2));
    last_.push_back(d.at_cols == 0);
    d.at_count = static_cast<std::uint16_t>(h.pages);
    d.at_kt = static_cast<std::uint8_t>(h.kt);
    d.at_low = static_cast<std::uint8_t>(h.low);
    clock(d);
    std::vector<std::int64_t> o(32 * h.kt);
    std::uint64_t l = 0;
    for (unsigned p = 0; p < h.pages; ++p)
      for (unsigned t = 0; t < 32; ++t) {
        const Token& k = tokens_[32 * p + t];
        shares_.push_back(static_cast<std::uint8_t>(k.valid ? numerics::share(page_u_[p], numerics::folded(k.s, k.ev)) : 0));
        if (k.valid) l += numerics::denominator_term(max_m_, k.s);
      }
    std::map<std::uint64_t, chip::Dot::Out> columns;
    std::uint64_t start = 0;  // the page after may start then
    for (unsigned p = 0; p < h.pages && !broken(); ++p) {
      while (!(twin_.out().share_ok && clock_ >= start) && !broken()) pass(columns);
      for (unsigned g = h.gaps ? below(30) : 0; g; --g) pass(columns);
      page_ = true;
      const std::uint64_t at = clock_;
      pass(columns);
      page_ = false;
      std::uint64_t col_at = at + 3;
      for (unsigned c = 0; c < h.kt; ++c) {
        col_at += 64 + (h.gaps ? below(20) : 0);
        for (unsigned j = 0; j < 32; ++j) {
          chip::Dot::Out v;
          v.column[0].col_valid = true;
          v.column[0].col = below(8) ? static_cast<int>(below(1040385)) - 520192 : (below(2) ? 520192 : -520192);
          v.col_addr = static_cast<std::uint8_t>(32 * c + j);
          v.col_page = p & 3;
          v.col_first = p == 0;
          v.col_last = p + 1 == h.pages && c + 1 == h.kt && j == 31;
          columns[col_at + j] = v;
          o[32 * c + j] += numerics::page_term(v.column[0].col, max_u_, page_u_[p]);
        }
      }
      start = col_at - 2;
    }
    for (auto x : o) messages_.push_back({true, static_cast<std::uint64_t>(x)});
    messages_.push_back({true, l});
    while (!columns.empty() && !broken()) pass(columns);
    EXPECT_TRUE(shares_.empty());
    if (below(2) == 0)  // else the next SCORE meets the drain
      while (!messages_.empty() && !broken()) clock({});
  }

  void pass(std::map<std::uint64_t, chip::Dot::Out>& columns) {
    chip::Dot::Out d;
    if (const auto c = columns.find(clock_); c != columns.end()) {
      d = c->second;
      columns.erase(c);
    }
    d.page = page_;
    clock(d);
  }

  void clock(const chip::Dot::Out& d) {
    const auto o = twin_.out();
    const bool ready = below(100) < ready_;
    if (o.red_valid && ready) {
      if (messages_.empty()) {
        ADD_FAILURE() << "unexpected message at clock " << clock_;
      } else {
        EXPECT_EQ(o.red_kind, messages_.front().first) << "clock " << clock_;
        EXPECT_EQ(o.red_data, messages_.front().second) << "clock " << clock_;
        const bool end = !o.red_kind || messages_.size() == 1 || !messages_[1].first;
        EXPECT_EQ(o.red_end, end) << "clock " << clock_;
        EXPECT_EQ(o.red_last, last_.front()) << "clock " << clock_;
        if (end) last_.pop_front();
        messages_.pop_front();
      }
    }
    if (o.share_we) {
      if (shares_.empty()) {
        ADD_FAILURE() << "unexpected share at clock " << clock_;
      } else {
        EXPECT_EQ(o.share, shares_.front()) << "clock " << clock_;
        shares_.pop_front();
      }
    }
    rtl_.low();
    rtl_->at_valid_i = d.at_valid;
    rtl_->at_pv_i = d.at_pv;
    rtl_->at_last_i = d.at_cols == 0;
    rtl_->at_count_i = d.at_count;
    rtl_->at_kt_i = d.at_kt;
    rtl_->at_low_i = d.at_low;
    rtl_->sc_valid_i = score_.valid;
    rtl_->sc_x_i = score_.x;
    rtl_->sc_ev_i = score_.ev;
    rtl_->page_i = d.page;
    rtl_->col_valid_i = d.column[0].col_valid;
    rtl_->col_i = static_cast<std::uint32_t>(d.column[0].col) & 0x1fffff;
    rtl_->col_addr_i = d.col_addr;
    rtl_->col_page_i = d.col_page;
    rtl_->col_first_i = d.col_first;
    rtl_->col_last_i = d.col_last;
    rtl_->red_ready_i = ready;
    rtl_->max_valid_i = max_valid_;
    rtl_->max_m_i = static_cast<std::uint32_t>(max_m_);
    rtl_->max_u_i = static_cast<std::uint32_t>(max_u_);
    rtl_.high();
    chip::Accum::Out a;
    a.sc_valid = score_.valid;
    a.sc_x = score_.x;
    a.sc_ev = score_.ev;
    twin_.step({&d, 0, &a, ready, max_valid_, max_m_, max_u_});
    ++clock_;
    compare();
  }

  void compare() {
    chip::probe::attn golden, rtl;
    twin_.probe(golden);
    verif::rtl_Vhtx_attn::read(*rtl_, 0, rtl);
    if (!verif::same(golden, rtl)) ADD_FAILURE() << "clock " << clock_ << "\n" << verif::differences(golden, rtl);
  }

  std::mt19937 rng_;
  RtlModel<Vhtx_attn> rtl_;
  chip::Attn twin_;
  struct {
    bool valid{};
    std::uint32_t x{};
    std::uint8_t ev{};
  } score_;
  std::deque<bool> last_;  ///< of commands whose messages are still to come: this is their last column
  std::vector<Token> tokens_;
  std::vector<std::int32_t> page_u_;
  std::deque<std::uint8_t> shares_;
  std::deque<std::pair<bool, std::uint64_t>> messages_;
  bool max_valid_{}, page_{}, error_{};
  std::int32_t max_m_{}, max_u_{};
  unsigned ready_ = 100;
  std::uint64_t clock_{};
};

class AttnRandom : public ::testing::TestWithParam<unsigned> {};

TEST_P(AttnRandom, LockstepAndNumerics) {
  SCOPED_TRACE(::testing::Message() << "seed " << GetParam());
  Bench b(GetParam());
  const float spread[] = {1.0f, 8.0f, 70.0f, 400.0f, 40000.0f};
  const unsigned ev[] = {1, 10, 100, 256}, ready[] = {100, 60, 15};
  for (unsigned i = 0; i < 25 && !HasFailure(); ++i)
    b.head({b.below(6), 1 + b.below(i % 8 ? 3 : 8), b.below(32), spread[b.below(5)], ev[b.below(4)], false, ready[b.below(3)], b.below(2) != 0});
  EXPECT_EQ(b.err(), pkg::ERR_NONE);
  for (unsigned i = 0; i < 3 && !HasFailure(); ++i) b.head({3, 1, 5, 70.0f, 10, true, 100, false});
  EXPECT_EQ(b.err(), b.error() ? pkg::ERR_SCORE : pkg::ERR_NONE);
  b.reset();
  EXPECT_EQ(b.err(), pkg::ERR_NONE);
  b.head({2, 1, 5, 8.0f, 10, false, 100, false});
}
INSTANTIATE_TEST_SUITE_P(Seeds, AttnRandom, ::testing::Range(1u, 7u));

/// The whole score memory and the widest head.
TEST(AttnSize, FullMemory) {
  Bench b(99);
  b.head({512, 8, 31, 100.0f, 20, false, 100, false});
}

/// As many pages as make every bit of a count move; equal scores, so that the denominator grows as large as it can; every width of a head.
TEST(AttnSize, CountsAndDenominator) {
  Bench b(98);
  for (const unsigned pages : {480u, 7u, 511u, 512u, 1u}) b.head({pages, 1, 31, 0.0f, 1, false, 100, false});
  for (unsigned kt = 1; kt <= 8; ++kt) b.head({2, kt, 31, 8.0f, 20, false, 100, false});
}

/// A few tokens whose scores are often all below zero: maxima with their sign.
TEST(AttnSize, NegativeMaxima) {
  Bench b(97);
  for (unsigned i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) b.head({1, 1, i % 3, i % 2 ? 400.0f : 40000.0f, 256, false, 100, false});
}

}  // namespace
}  // namespace htx::test
