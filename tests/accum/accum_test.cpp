// SPDX-License-Identifier: Apache-2.0
// htx_accum and its twin in lockstep under rows, scores and blocks with any fp32 bits; words and scores against golden/numerics.
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "golden/chip/accum.hpp"
#include "golden/numerics/numerics.hpp"
#include "htx/rtl/rtl_accum.hpp"
#include "tests/lane/rtl_model.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::test {
namespace {

class Bench {
 public:
  explicit Bench(std::uint32_t seed) : rng_(seed), rtl_(seed) { compare(); }

  static constexpr unsigned kBrim = 1000;  ///< a word is taken only in the clock in which the last place fills

  void run(unsigned clocks, unsigned ready) {
    for (unsigned i = 0; i < clocks && !::testing::Test::HasFailure(); ++i) {
      plan();
      clock(ready);
    }
    finish();
  }

 private:
  struct Plan {
    chip::Dot::Out dot;
    std::uint32_t sa{}, sw{};
  };

  unsigned below(unsigned n) { return static_cast<unsigned>(rng_() % n); }
  /// Any fp32: now and then the corners, else of moderate size, so that sums mean something.
  std::uint32_t fp() {
    static constexpr std::uint32_t corners[] = {0, 0x80000000, 1, 0x007fffff, 0x00800000, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x3f800000};
    switch (below(12)) {
      case 0: return corners[below(10)];
      case 1: return static_cast<std::uint32_t>(rng_());
      case 2: return below(1u << 24);
      default: return (0x38000000u + below(0x0c000000u)) | (below(2) << 31);
    }
  }

  /// What htx_dot might do next: scales now, the rest three clocks later.
  void plan() {
    Plan p;
    const bool gap = below(100) < gap_;
    if (rows_left_ && !gap) {
      p.dot.column[0].dot_valid = true;
      p.dot.dot_row = static_cast<std::uint8_t>(32 - rows_left_);
      p.dot.dot_score = score_;
      p.dot.dot_first = tile_ == 0;
      p.dot.dot_last = tile_ + 1 == tiles_;
      p.dot.dot_ev = static_cast<std::uint8_t>(rng_());
      p.dot.column[0].dot = below(30) == 0 ? 0 : below(30) == 0 ? static_cast<int>(below(5)) - 2 : below(20) ? static_cast<int>(below(1 << 20)) - (1 << 19) : static_cast<int>(below(1 << 24)) - (1 << 23);
      p.sa = fp();
      p.sw = fp();
      const float u = numerics::mul(numerics::i32_to_f(p.dot.column[0].dot), numerics::mul(numerics::from_bits(p.sa), numerics::from_bits(p.sw)));
      if (score_) {
        scores_.push_back({numerics::bits(u), p.dot.dot_ev});
      } else {
        float& acc = acc_[p.dot.dot_row];
        acc = numerics::accumulate(p.dot.dot_first ? 0.0f : acc, p.dot.column[0].dot, numerics::from_bits(p.sa), numerics::from_bits(p.sw));
        if (p.dot.dot_last) results_.push_back(numerics::bits(acc));
      }
      quiet_ = 0;
      if (--rows_left_ == 0 && ++tile_ < tiles_) rows_left_ = 32;
    } else {
      ++quiet_;
    }
    if (announcing_) {
      group(p);
      --announcing_;
      ++ahead_;
    } else if (load_) {  // once the rows before it are through
      if (quiet_ > 20 && (ahead_ || room_ >= 4)) {
        load_ = false;
        beats_left_ = 8;
        ahead_ ? (void)--ahead_ : group(p);
      }
    } else if (!rows_left_ && !beats_left_ && ahead_ == 0 && room_ == 16 && below(4) == 0) {
      announcing_ = 4;  // four groups before the first row of one
    } else if (!rows_left_ && !beats_left_ && below(3) == 0) {
      const auto begin = [&] { return ahead_ ? (void)--ahead_ : group(p); };
      switch (below(4)) {
        case 0:
          load_ = true;
          break;
        case 1:
          score_ = true;
          tile_ = 0;
          tiles_ = 1 + below(3);
          rows_left_ = 32;
          break;
        default:
          if (ahead_ || room_ >= 4) {
            score_ = false;
            tile_ = 0;
            tiles_ = 1 + below(4);
            rows_left_ = 32;
            begin();
          }
      }
      gap_ = below(2) ? 0 : below(90);
    } else if (beats_left_ && !gap) {
      p.dot.ld_valid = true;
      p.dot.ld_data = {rng_() | std::uint64_t{rng_()} << 32, rng_() | std::uint64_t{rng_()} << 32};
      for (unsigned i = 0; i < 4; ++i) results_.push_back(static_cast<std::uint32_t>(get_bits(p.dot.ld_data, 32 * i, 32)));
      --beats_left_;
    }
    plans_.push_back(p);
  }
  void group(Plan& p) {
    room_ -= 4;
    p.dot.grp_valid = true;
    p.dot.grp_addr = static_cast<std::uint16_t>(below(1 << 14));
    p.dot.grp_argmax = below(2);
    p.dot.grp_nostore = below(2);
    p.dot.grp_end = below(3) == 0;
    p.dot.grp_cols = static_cast<std::uint8_t>(below(2));  // this is column 0: the last, or not
    groups_.push_back(p.dot);
  }

  void clock(unsigned ready) {
    // the rest of a row follows its scales after three clocks; hold what is not valid, as htx_dot does
    chip::Dot::Out d = shown_;
    d.column[0].row_valid = d.column[0].dot_valid = d.grp_valid = d.ld_valid = false;
    if (!plans_.empty() && plans_.back().dot.column[0].dot_valid) {
      d.column[0].row_valid = true;
      d.column[0].row_sa = plans_.back().sa;
      d.row_sw = plans_.back().sw;
    }
    if (plans_.size() > 3) {
      const auto& p = plans_.front().dot;
      d.column[0].dot_valid = p.column[0].dot_valid;
      d.grp_valid = p.grp_valid;
      d.ld_valid = p.ld_valid;
      if (p.column[0].dot_valid) {
        d.column[0].dot = p.column[0].dot;
        d.dot_row = p.dot_row;
        d.dot_score = p.dot_score;
        d.dot_first = p.dot_first;
        d.dot_last = p.dot_last;
        d.dot_ev = p.dot_ev;
      }
      if (p.ld_valid) d.ld_data = p.ld_data;
      if (p.grp_valid) {
        d.grp_addr = p.grp_addr;
        d.grp_argmax = p.grp_argmax;
        d.grp_nostore = p.grp_nostore;
        d.grp_end = p.grp_end;
        d.grp_cols = p.grp_cols;
      }
      plans_.pop_front();
    }
    shown_ = d;
    chip::probe::accum seen;
    twin_.probe(seen);
    const bool take = ready == kBrim ? (seen.level == 15 && seen.push_q) || quiet_ > 40 : below(100) < ready;
    check(take);

    rtl_.low();
    rtl_->row_valid_i = d.column[0].row_valid;
    rtl_->row_sa_i = d.column[0].row_sa;
    rtl_->row_sw_i = d.row_sw;
    rtl_->dot_valid_i = d.column[0].dot_valid;
    rtl_->dot_score_i = d.dot_score;
    rtl_->dot_i = static_cast<std::uint32_t>(d.column[0].dot) & 0xffffff;
    rtl_->dot_row_i = d.dot_row;
    rtl_->dot_first_i = d.dot_first;
    rtl_->dot_last_i = d.dot_last;
    rtl_->dot_ev_i = d.dot_ev;
    rtl_->grp_valid_i = d.grp_valid;
    rtl_->grp_addr_i = d.grp_addr;
    rtl_->grp_argmax_i = d.grp_argmax;
    rtl_->grp_nostore_i = d.grp_nostore;
    rtl_->grp_end_i = d.grp_end;
    rtl_->grp_last_i = d.grp_cols == 0;
    rtl_->ld_valid_i = d.ld_valid;
    drive(rtl_->ld_data_i, d.ld_data);
    rtl_->res_ready_i = take;
    rtl_.high();
    twin_.step({&d, 0, take});
    ++clock_;
    compare();
  }

  void check(bool take) {
    const auto& o = twin_.out();
    EXPECT_EQ(o.res_free, popped_ && popped_last_) << "clock " << clock_;  // of the last column alone
    room_ += popped_;
    popped_ = o.res_valid && take;
    if (o.sc_valid) {
      ASSERT_FALSE(scores_.empty());
      EXPECT_EQ(o.sc_x, scores_.front().first) << "clock " << clock_;
      EXPECT_EQ(o.sc_ev, scores_.front().second) << "clock " << clock_;
      scores_.pop_front();
    }
    if (o.res_valid && take) {
      ASSERT_FALSE(groups_.empty());
      const auto& g = groups_.front();
      EXPECT_EQ(o.res.addr, (g.grp_addr * 4 + word_) & 0xffff);
      EXPECT_EQ(o.res.argmax, g.grp_argmax);
      EXPECT_EQ(o.res.nostore, g.grp_nostore);
      EXPECT_EQ(o.res_last, g.grp_cols == 0);
      popped_last_ = g.grp_cols == 0;
      for (unsigned j = 0; j < 8; ++j) {
        ASSERT_FALSE(results_.empty());
        EXPECT_EQ(get_bits(o.res.data, 32 * j, 32), results_.front()) << "clock " << clock_;
        results_.pop_front();
      }
      if (++word_ == 4) {
        word_ = 0;
        fins_ += g.grp_end && g.grp_cols == 0;
        groups_.pop_front();
      }
    }
    fins_seen_ += o.res_fin;
  }

  /// Lets everything out.
  void finish() {
    while (rows_left_ || beats_left_ || announcing_ || ahead_) {
      plan();
      clock(100);
    }
    for (int i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) {
      plans_.push_back({});
      clock(100);
    }
    EXPECT_TRUE(groups_.empty());
    EXPECT_TRUE(results_.empty());
    EXPECT_TRUE(scores_.empty());
    EXPECT_EQ(fins_, fins_seen_);
  }

  void compare() {
    chip::probe::accum golden, rtl;
    twin_.probe(golden);
    verif::rtl_Vhtx_accum::read(*rtl_, 0, rtl);
    if (!verif::same(golden, rtl)) ADD_FAILURE() << "clock " << clock_ << "\n" << verif::differences(golden, rtl);
  }

  std::mt19937 rng_;
  RtlModel<Vhtx_accum> rtl_;
  chip::Accum twin_;
  chip::Dot::Out shown_;
  std::deque<Plan> plans_;
  std::deque<chip::Dot::Out> groups_;
  std::deque<std::uint32_t> results_;
  std::deque<std::pair<std::uint32_t, std::uint8_t>> scores_;
  std::array<float, 32> acc_{};
  unsigned announcing_{}, ahead_{};  // groups announced before their rows
  unsigned rows_left_{}, tile_{}, tiles_{}, beats_left_{}, room_ = 16, quiet_{}, gap_{}, word_{}, fins_{}, fins_seen_{};
  bool score_{}, load_{}, popped_{}, popped_last_{};
  std::uint64_t clock_{};
};

class AccumRandom : public ::testing::TestWithParam<unsigned> {};

TEST_P(AccumRandom, LockstepAndNumerics) {
  SCOPED_TRACE(::testing::Message() << "seed " << GetParam());
  Bench bench(GetParam());
  for (unsigned ready : {100u, 50u, 10u, 4u, Bench::kBrim, 100u}) bench.run(6000, ready);
  for (unsigned i = 0; i < 5 && !HasFailure(); ++i) bench.run(800, 0);  // nobody takes a word: the queue fills
}
INSTANTIATE_TEST_SUITE_P(Seeds, AccumRandom, ::testing::Range(1u, 5u));

}  // namespace
}  // namespace htx::test
