// SPDX-License-Identifier: Apache-2.0
// htx_dot of COLUMNS columns alone and its twin in lockstep: neighbours that free results, give shares and answer at any time.
#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>

#include "golden/chip/dot.hpp"
#include "htx/rtl/rtl_dot.hpp"
#include "tests/lane/rtl_model.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::test {
namespace {

constexpr unsigned kColumns = COLUMNS;

/// What the neighbours are owed, and random data between. Dot products and columns are recomputed from the beats taken.
class Bench {
 public:
  explicit Bench(std::uint32_t seed) : rng_(seed), rtl_(seed), twin_(kColumns), lanes_(1 + below(63)) { compare(); }

  /// These commands one after another, with everything around as quick as can be.
  void run(std::deque<pkg::comp_cmd_t> these, std::uint64_t limit) {
    forced_ = std::move(these);
    run(static_cast<unsigned>(forced_.size()), 100, 100, limit);
  }

  void run(unsigned commands, unsigned beats, unsigned frees, std::uint64_t limit = 0) {
    lanes_ = 1 + below(63);
    beat_percent_ = beats;
    free_percent_ = frees;
    const auto target = static_cast<std::uint8_t>(started_ + commands);
    to_send_ = commands;
    for (unsigned i = 0; (to_send_ || state_ || twin_.out().done != target) && !::testing::Test::HasFailure(); ++i) {
      if (i > (limit ? limit : 100000 + 4000 * commands)) {
        ADD_FAILURE() << "no end in sight";
        return;
      }
      clock();
    }
    started_ += commands;
    for (int i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) clock();  // the neighbours above are early: let all out
    for (const Own& own : own_) EXPECT_TRUE(own.expect.empty() && own.sums.empty());
  }

 private:
  using Block = std::array<std::int8_t, 32>;
  struct Product {
    std::int32_t dot;
    std::uint8_t row;
    bool score;
    bool operator==(const Product&) const = default;
  };
  /// What a column holds and owes.
  struct Own {
    unsigned share{};
    Block act{};
    std::array<Block, pkg::ACT_BLOCKS> acts{};
    std::array<std::uint8_t, 64> shares{};
    std::array<std::int32_t, 32> part{}, sum{};
    std::deque<Product> expect;
    std::deque<std::int32_t> sums;
  };

  unsigned below(unsigned n) { return static_cast<unsigned>(rng_() % n); }

  pkg::comp_cmd_t command() {
    if (!forced_.empty()) {
      const auto c = forced_.front();
      forced_.pop_front();
      pv_due_ = c.op == pkg::L_SCORE;
      return c;
    }
    pkg::comp_cmd_t c;
    c.op = static_cast<std::uint8_t>(pv_due_ ? pkg::L_PV : below(5));
    pv_due_ = c.op == pkg::L_SCORE;
    c.wait_vec = below(2);
    c.vec_tag = static_cast<std::uint8_t>(vec_done_ + (below(2) ? below(3) : 253 + below(3)));
    c.w8 = below(2);
    c.argmax = below(2);
    c.nostore = below(2);
    c.pair = below(2);
    c.cols = static_cast<std::uint8_t>(c.op == pkg::L_MATVEC || c.op == pkg::L_SCORE || c.op == pkg::L_PV ? below(kColumns) : 0);
    c.act = static_cast<std::uint16_t>(below(pkg::ACT_BLOCKS));
    const bool attention = c.op == pkg::L_SCORE || c.op == pkg::L_PV;
    c.kt = static_cast<std::uint16_t>(1 + below(attention && below(4) == 0 ? 8 : 3));
    c.count = static_cast<std::uint16_t>(c.op == pkg::L_APPEND ? 0 : below(attention ? 6 : 4));
    c.out = static_cast<std::uint16_t>(rng_());
    c.pstride = static_cast<std::uint16_t>(below(2048));
    c.low = static_cast<std::uint8_t>(below(32));
    return c;
  }

  void clock() {
    const auto o = twin_.out();
    chip::Dot::In in;
    in.lanes_total = static_cast<std::uint8_t>(lanes_);
    if (below(40) == 0) ++vec_done_;
    in.vec_done = static_cast<std::uint8_t>(vec_done_);
    if (!offered_ && to_send_ && below(3) == 0) {
      cmd_ = command();
      offered_ = true;
    }
    if (offered_) in.comp = &cmd_;
    if (!beat_on_ && below(100) < beat_percent_) {
      for (auto& w : beat_) w = rng_() | std::uint64_t{rng_()} << 32;
      if (below(30) == 0) beat_ = {0x8080808080808080u, 0x8080808080808080u};
      beat_on_ = true;
    }
    if (beat_on_) in.beat = &beat_;
    // activations change at any time: the block read is the one there, as in the twin
    pkg::act_write_t act;
    if (below(3) == 0) {
      act.kv = below(8) == 0;
      act.col = static_cast<std::uint8_t>(below(kColumns));
      act.addr = static_cast<std::uint16_t>(below(pkg::ACT_BLOCKS));
      act.scale = static_cast<std::uint32_t>(rng_());
      for (auto& w : act.data) w = rng_() | std::uint64_t{rng_()} << 32;
      in.act = &act;
    }
    if (fill_ < pkg::ACT_BLOCKS * kColumns) {  // first of all, every block once
      act.kv = 0;
      act.col = static_cast<std::uint8_t>(fill_ / pkg::ACT_BLOCKS);
      act.addr = static_cast<std::uint16_t>(fill_++ % pkg::ACT_BLOCKS);
      act.scale = static_cast<std::uint32_t>(rng_());
      for (auto& w : act.data) w = rng_() | std::uint64_t{rng_()} << 32;
      in.act = &act;
      in.comp = nullptr;
    }
    in.share_we = fill_ < 65 || below(4) == 0;
    in.share_addr = static_cast<std::uint8_t>(fill_ < 65 ? fill_ - 1 : below(64));
    for (unsigned c = 0; c < kColumns; ++c) in.share[c] = static_cast<std::uint8_t>(below(128));
    in.share_ok = below(8) != 0;
    in.max_ok = static_cast<std::uint8_t>((below(20) == 0 ? ~0U : rng_() & rng_() & rng_()) & ((1U << kColumns) - 1));
    in.res_free = owed_words_ && below(100) < free_percent_;
    in.res_fin = owed_results_ && below(10) == 0;
    in.red_fin = owed_messages_ && below(30) == 0;
    owed_words_ -= in.res_free;
    owed_results_ -= in.res_fin;
    owed_messages_ -= in.red_fin;
    if (o.grp_valid) {
      owed_words_ += 4;
      owed_results_ += o.grp_end;
    }
    owed_messages_ += o.at_valid;
    check(o);

    rtl_.low();
    rtl_->lanes_total_i = in.lanes_total;
    rtl_->vec_done_i = in.vec_done;
    rtl_->comp_valid_i = in.comp != nullptr;
    if (in.comp) drive(rtl_->comp_i, in.comp->pack());
    rtl_->beat_valid_i = in.beat != nullptr;
    if (in.beat) drive(rtl_->beat_i, *in.beat);
    rtl_->act_we_i = in.act != nullptr;
    if (in.act) drive(rtl_->act_i, in.act->pack());
    rtl_->res_free_i = in.res_free;
    rtl_->res_fin_i = in.res_fin;
    rtl_->share_we_i = in.share_we;
    rtl_->share_addr_i = in.share_addr;
    std::uint64_t shares = 0;
    for (unsigned c = 0; c < kColumns; ++c) shares |= std::uint64_t{in.share[c]} << 7 * c;
    rtl_->share_i = shares;
    rtl_->share_ok_i = in.share_ok;
    rtl_->max_ok_i = in.max_ok;
    rtl_->red_fin_i = in.red_fin;
    rtl_.high();
    if (in.beat && o.beat_ready) taken(*in.beat);
    for (unsigned c = 0; in.share_we && c < kColumns; ++c) own_[c].shares[in.share_addr] = in.share[c];
    if (in.act && !in.act->kv) std::memcpy(own_[in.act->col].acts[in.act->addr].data(), in.act->data.data(), 32);
    if (in.comp && o.comp_ready) {
      run_ = cmd_;
      place_ = tile_ = unit_ = 0;
      offered_ = false;
      --to_send_;
    }
    twin_.step(in);
    if (in.beat && o.beat_ready) beat_on_ = false;
    ++clock_;
    compare();
  }

  /// A second reading of the formats: counts beats, and adds products.
  void taken(const Bits<2>& beat) {
    const bool wide = run_.op != pkg::L_MATVEC || run_.w8;  // rows of two beats
    const unsigned header = run_.op == pkg::L_MATVEC ? 4 : run_.op == pkg::L_SCORE ? (tile_ ? 0 : 8) : run_.op == pkg::L_EMBED ? 2 : 0;
    const unsigned body = run_.op == pkg::L_LOADV ? 8 : run_.op == pkg::L_EMBED ? 2 : wide ? 64 : 32;
    const bool single = run_.op == pkg::L_LOADV || run_.op == pkg::L_EMBED;
    const bool last = single || tile_ + 1u == run_.kt;
    for (Own& own : own_)
      if (place_ == (run_.op == pkg::L_MATVEC ? 0 : header)) own.act = own.acts[(run_.act + tile_) % pkg::ACT_BLOCKS];
    if (place_ >= header && run_.op != pkg::L_LOADV) {
      const unsigned b = place_ - header, row = wide ? b / 2 : b;
      if (wide && b % 2 == 0) {
        low_ = beat;
        for (Own& own : own_) own.share = own.shares[unit_ % 2 * 32 + row];
      } else {
        Block w;
        for (unsigned j = 0; j < 32; ++j) {
          const std::uint64_t v = wide ? get_bits(j < 16 ? low_ : beat, 8 * (j % 16), 8) : get_bits(beat, 4 * j, 4);
          w[j] = static_cast<std::int8_t>(wide ? static_cast<int>(v) : static_cast<int>(v ^ 8) - 8);
        }
        for (unsigned c = 0; c <= run_.cols; ++c) multiply(own_[c], w, row, last);
      }
    }
    if (++place_ < header + body) return;
    place_ = 0;
    if (!last) {
      ++tile_;
    } else {
      tile_ = 0;
      ++unit_;
    }
  }

  /// A row of a tile in one column.
  void multiply(Own& own, const Block& w, unsigned row, bool last) {
    switch (run_.op) {
      case pkg::L_EMBED:
        for (unsigned j = 0; j < 32; ++j) own.expect.push_back({w[j], static_cast<std::uint8_t>(j), false});
        break;
      case pkg::L_PV:
        if (row == 0) own.sum = {};
        for (unsigned j = 0; j < 32; ++j) own.sum[j] += static_cast<int>(own.share) * w[j];
        if (row == 31) own.sums.insert(own.sums.end(), own.sum.begin(), own.sum.end());
        break;
      default: {
        std::int32_t dot = 0;
        for (unsigned j = 0; j < 32; ++j) dot += w[j] * own.act[j];
        if (run_.op == pkg::L_SCORE) dot = own.part[row] = dot + (tile_ ? own.part[row] : 0);
        if (run_.op == pkg::L_MATVEC || last) own.expect.push_back({dot, static_cast<std::uint8_t>(row), run_.op == pkg::L_SCORE});
      }
    }
  }

  void check(const chip::Dot::Out& o) {
    for (unsigned c = 0; c < kColumns; ++c) {
      Own& own = own_[c];
      if (o.column[c].dot_valid) {
        ASSERT_FALSE(own.expect.empty());
        EXPECT_TRUE((Product{o.column[c].dot, o.dot_row, o.dot_score} == own.expect.front())) << "column " << c << ", clock " << clock_;
        own.expect.pop_front();
      }
      if (o.column[c].col_valid) {
        ASSERT_FALSE(own.sums.empty());
        EXPECT_EQ(o.column[c].col, own.sums.front()) << "column " << c << ", clock " << clock_;
        own.sums.pop_front();
      }
    }
  }

  template <class P, class... Column>
  P compare_one(Column... column) {
    P golden, rtl;
    twin_.probe(golden, column...);
    verif::rtl_Vhtx_dot::read(*rtl_, (column + ... + 0U), rtl);
    if (!verif::same(golden, rtl)) ADD_FAILURE() << "clock " << clock_ << "\n" << verif::differences(golden, rtl);
    return golden;
  }
  void compare() {
    state_ = compare_one<chip::probe::dot>().st_q;
    compare_one<chip::probe::finish>();
    for (unsigned c = 0; c < kColumns; ++c) compare_one<chip::probe::dot_col>(c);
  }

  std::mt19937 rng_;
  RtlModel<Vhtx_dot> rtl_;
  chip::Dot twin_;
  unsigned lanes_, beat_percent_ = 100, free_percent_ = 100, to_send_{}, started_{}, vec_done_{}, fill_{};
  unsigned owed_words_{}, owed_results_{}, owed_messages_{};
  bool offered_{}, beat_on_{}, pv_due_{};
  pkg::comp_cmd_t cmd_, run_;
  std::deque<pkg::comp_cmd_t> forced_;
  Bits<2> beat_{}, low_{};
  unsigned place_{}, tile_{}, unit_{};
  std::array<Own, kColumns> own_{};
  std::uint64_t clock_{}, state_{};
};

class DotRandom : public ::testing::TestWithParam<unsigned> {};

TEST_P(DotRandom, LockstepAndProducts) {
  SCOPED_TRACE(::testing::Message() << "seed " << GetParam());
  Bench b(GetParam());
  const unsigned percent[] = {100, 70, 30};
  for (unsigned i = 0; i < 9 && !HasFailure(); ++i) b.run(20, percent[i % 3], percent[i / 3]);
  if (!HasFailure()) b.run(12, 100, 2, 400'000);  // results are hardly taken: every kind of command meets a full queue
}
/// The largest commands there are: every counter runs to its end, and the count of finished commands goes round.
TEST(Dot, LargestCommands) {
  Bench b(11);
  const auto command = [](unsigned op, unsigned count, unsigned kt) {
    pkg::comp_cmd_t c;
    c.op = static_cast<std::uint8_t>(op);
    c.count = static_cast<std::uint16_t>(count);
    c.kt = static_cast<std::uint16_t>(kt);
    c.low = 31;
    c.cols = op == pkg::L_MATVEC || op == pkg::L_SCORE || op == pkg::L_PV ? kColumns - 1 : 0;
    return c;
  };
  auto wide = command(pkg::L_MATVEC, 2, 2);
  wide.w8 = 1;
  b.run({command(pkg::L_EMBED, 1, 1), command(pkg::L_LOADV, 0xffff, 1), command(pkg::L_LOADV, 0, 1), command(pkg::L_MATVEC, 1, 1023), wide, command(pkg::L_MATVEC, 0, 1), command(pkg::L_SCORE, 128, 1),
         command(pkg::L_PV, 128, 1), command(pkg::L_SCORE, 127, 1), command(pkg::L_PV, 127, 1)}, 2'000'000);
  for (unsigned i = 0; i < 300 && !::testing::Test::HasFailure(); i += 20) b.run(20, 100, 100);
}
INSTANTIATE_TEST_SUITE_P(Seeds, DotRandom, ::testing::Range(1u, 13u));

}  // namespace
}  // namespace htx::test
