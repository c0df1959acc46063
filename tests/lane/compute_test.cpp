// SPDX-License-Identifier: Apache-2.0
// htx_compute of COLUMNS columns and its twin in lockstep: dot, accum and attn at every clock, results held against golden/numerics.
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "golden/chip/lane.hpp"
#include RTL_HEADER
#include "tests/lane/rtl_model.hpp"
#include "tests/lane/workload.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::test {
namespace {

constexpr unsigned kColumns = COLUMNS;

/// The Verilated compute side behind the interface of its twin.
class Rtl {
 public:
  explicit Rtl(unsigned seed) : model_(seed) {}
  void step(const chip::Compute::In& in) {
    model_.low();
    auto& m = *model_;
    m.lanes_total_i = in.lanes_total;
    m.vec_done_i = in.vec_done;
    m.comp_valid_i = in.comp != nullptr;
    in.comp ? drive(m.comp_i, in.comp->pack()) : junk(m.comp_i, junk_);
    m.beat_valid_i = in.beat != nullptr;
    if (in.beat) drive(m.beat_i, *in.beat);
    m.act_we_i = in.act != nullptr;
    in.act ? drive(m.act_i, in.act->pack()) : junk(m.act_i, junk_);
    m.res_ready_i = in.res_ready;
    m.red_ready_i = in.red_ready;
    m.max_valid_i = in.max_valid;
    m.max_col_i = in.max_col;
    m.max_m_i = static_cast<std::uint32_t>(in.max_m);
    m.max_u_i = static_cast<std::uint32_t>(in.max_u);
    model_.high();
  }
  template <class P>
  void probe(P& p, unsigned copy = 0) const {
    verif::rtl_Vhtx_compute::read(*model_, copy, p);
  }

 private:
  RtlModel<Vhtx_compute> model_;
  std::mt19937 junk_;
};

/// How the neighbours behave; percentages of clocks, `slots` = the collector asks every so many clocks (0: at random).
struct Manners {
  unsigned beats = 100, comps = 100, results = 100, slots = 0, messages = 100;
};

class Bench {
 public:
  Bench(std::uint32_t seed, unsigned lanes_total) : rng_(seed ^ 0x5bd1e995u), rtl_(seed), twin_(kColumns), lanes_(lanes_total) {
    compare();
  }

  void add(Work w) {
    if (!w.acts.empty() && w.cmd.op != pkg::L_APPEND) {
      w.cmd.wait_vec = 1;
      w.cmd.vec_tag = static_cast<std::uint8_t>(++tags_);
    } else if (below(4) == 0) {
      w.cmd.wait_vec = 1;
      w.cmd.vec_tag = static_cast<std::uint8_t>(tags_);
    } else {
      w.cmd.vec_tag = static_cast<std::uint8_t>(rng_());
    }
    for (const auto& b : w.beats) beats_.push_back(b);
    for (const auto& r : w.words) words_.push_back(r);
    for (const auto& r : w.messages) messages_.push_back(r);
    work_.push_back(std::move(w));
  }

  /// Runs until everything came out and was counted; false after a difference, which stops the test.
  void run(const Manners& manners) {
    std::uint64_t limit = clock_ + 2000 + 60 * beats_.size() + 3000 * work_.size();
    while ((sent_ < work_.size() || !beats_.empty() || !words_.empty() || !messages_.empty() ||
            static_cast<std::uint8_t>(done_target()) != twin_.out().done) &&
           !failed_) {
      if (++spent_ > limit) {
        ADD_FAILURE() << "no end in sight at clock " << clock_ << ": " << beats_.size() << " beats, " << words_.size() << " words, "
                      << messages_.size() << " messages left" << state();
        failed_ = true;
        return;
      }
      clock(manners);
    }
    for (int i = 0; i < 40 && !failed_; ++i) clock(manners);
  }

  std::uint64_t now() const { return clock_; }
  bool failed() const { return failed_; }
  std::uint8_t err() const { return twin_.out().err; }
  /// Clocks in which the first and the last beat so far, the last word and the last maxima were taken, the first sum, and
  /// the answer of the tree was given.
  std::uint64_t first_beat{}, last_beat{}, last_word{}, maxima{}, answer{}, first_sum{}, first_value{};

 private:
  unsigned below(unsigned n) { return static_cast<unsigned>(std::uniform_int_distribution<unsigned>(0, n - 1)(rng_)); }
  unsigned done_target() const { return static_cast<unsigned>(work_.size()); }

  void clock(const Manners& m) {
    const auto out = twin_.out();
    chip::Compute::In in;
    in.lanes_total = static_cast<std::uint8_t>(lanes_);
    // activations of commands to come, one tag after the other, not too far ahead of the lane
    pkg::act_write_t act;
    if (!tag_follows_ && writes_.empty() && prepared_ < work_.size() && prepared_ < sent_ + 8) {
      for (const auto& a : work_[prepared_].acts) writes_.push_back(a);
      tag_follows_ = !work_[prepared_].acts.empty();
      ++prepared_;
    } else if (!writes_.empty() && below(3)) {
      act = writes_.front();
      writes_.pop_front();
      in.act = &act;
    } else if (writes_.empty() && below(8) == 0) {  // the append buffer's, not ours
      act.kv = 1;
      act.col = static_cast<std::uint8_t>(below(pkg::MAX_COLUMNS));
      act.addr = static_cast<std::uint16_t>(below(pkg::ACT_BLOCKS));
      act.data = {rng_(), rng_(), rng_(), rng_()};
      in.act = &act;
    }
    in.vec_done = static_cast<std::uint8_t>(vec_done_);
    if (tag_follows_ && writes_.empty() && !in.act) {
      tag_follows_ = false;
      ++vec_done_;
    }
    // a valid command or beat stays
    comp_on_ = sent_ < work_.size() && (comp_on_ || below(100) < m.comps);
    beat_on_ = !beats_.empty() && (beat_on_ || below(100) < m.beats);
    if (comp_on_) in.comp = &work_[sent_].cmd;
    if (beat_on_) in.beat = &beats_.front();
    in.res_ready = m.slots ? clock_ % m.slots == 0 : below(100) < m.results;
    in.red_ready = below(100) < m.messages;
    if (!answers_.empty() && answers_.front().due <= clock_) {
      const Answer& a = answers_.front();
      in.max_valid = true;
      answer = clock_;
      in.max_col = static_cast<std::uint8_t>(a.column);
      in.max_m = work_[a.work].max_m[a.column];
      in.max_u = work_[a.work].max_u[a.column];
      answers_.pop_front();
    } else {
      in.max_col = static_cast<std::uint8_t>(below(kColumns));
      in.max_m = static_cast<std::int32_t>(rng_());
      in.max_u = static_cast<std::int32_t>(rng_());
    }

    // results, against golden/numerics
    if (out.res_valid && in.res_ready) {
      if (words_.empty() || !(*out.res == words_.front())) fail("a result word differs from golden/numerics");
      else words_.pop_front();
      last_word = clock_;
    }
    if (out.red_valid && in.red_ready) {
      if (messages_.empty() || !(Message{out.red_kind, out.red_last, out.red_data} == messages_.front())) fail("a message differs from golden/numerics");
      else messages_.pop_front();
      if (out.red_kind && !first_sum) first_sum = clock_;
      if (!out.red_kind) {
        maxima = clock_;
        while (work_[scored_].cmd.op != pkg::L_SCORE) ++scored_;
        answers_.push_back({std::max(clock_ + 1 + below(30), answers_.empty() ? 0 : answers_.back().due + 1), scored_, column_});
        column_ = out.red_last ? 0 : column_ + 1;
        scored_ += out.red_last;
      }
    }
    const bool comp_taken = in.comp && out.comp_ready, beat_taken = in.beat && out.beat_ready;
    rtl_.step(in);
    twin_.step(in);
    if (comp_taken) {
      ++sent_;
      comp_on_ = false;
    }
    if (beat_taken) {
      if (!first_beat) first_beat = clock_;
      if (!first_value && twin_.dot().command().op == pkg::L_PV) first_value = clock_;
      last_beat = clock_;
      beats_.pop_front();
      beat_on_ = false;
    }
    ++clock_;
    compare();
  }

  /// Where the compute side stands, for a test that hangs.
  std::string state() const {
    chip::probe::dot d;
    chip::probe::attn a;
    twin_.dot().probe(d);
    twin_.attn().probe(a);
    return fmt::format("; op {} state {} unit {} tile {} pos {} credit {}; max {} pv {} pages {} pending {}", twin_.dot().command().op, d.st_q,
                       d.unit_q, d.tile_q, d.pos_q, d.credit_q, a.max_ok_o, a.pv_q, a.gen_page_q, a.max_pend_q);
  }

  void fail(const std::string& text) {
    if (!failed_) ADD_FAILURE() << text << " at clock " << clock_;
    failed_ = true;
  }

  template <class B, class P>
  void compare_block(const B& block, unsigned copy = 0) {
    P golden, rtl;
    block.probe(golden);
    rtl_.probe(rtl, copy);
    if (!verif::same(golden, rtl)) fail(verif::differences(golden, rtl));
  }
  void compare() {
    compare_block<chip::Dot, chip::probe::dot>(twin_.dot());
    compare_block<chip::Dot, chip::probe::finish>(twin_.dot());
    compare_block<chip::Turns, chip::probe::turns>(twin_.turns());
    for (unsigned c = 0; c < kColumns; ++c) {
      compare_block<chip::Accum, chip::probe::accum>(twin_.accum(c), c);
      compare_block<chip::Attn, chip::probe::attn>(twin_.attn(c), c);
      chip::probe::dot_col golden, rtl;
      twin_.dot().probe(golden, c);
      rtl_.probe(rtl, c);
      if (!verif::same(golden, rtl)) fail(fmt::format("column {}: {}", c, verif::differences(golden, rtl)));
    }
  }

  std::mt19937 rng_;
  Rtl rtl_;
  chip::Compute twin_;
  unsigned lanes_;
  std::vector<Work> work_;
  std::deque<Bits<2>> beats_;
  std::deque<pkg::res_word_t> words_;
  std::deque<Message> messages_;
  std::deque<pkg::act_write_t> writes_;
  struct Answer {  // of the tree
    std::uint64_t due;
    std::size_t work;
    unsigned column;
  };
  std::deque<Answer> answers_;
  std::size_t sent_{}, prepared_{}, scored_{};
  unsigned tags_{}, vec_done_{}, column_{};
  bool tag_follows_{}, comp_on_{}, beat_on_{}, failed_{};
  std::uint64_t clock_{}, spent_{};
};

class ComputeRandom : public ::testing::TestWithParam<unsigned> {};

TEST_P(ComputeRandom, LockstepAndNumerics) {
  const std::uint32_t seed = GetParam();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 rng(seed);
  const unsigned lanes_total = 1 + rng() % 48;
  Workload make(seed, lanes_total, kColumns);
  Bench bench(seed, lanes_total);
  const unsigned percent[] = {100, 90, 50, 20};
  for (unsigned phase = 0; phase < 6 && !bench.failed(); ++phase) {
    for (unsigned i = 0; i < 20; ++i) bench.add(make.any());
    Manners m;
    m.beats = percent[rng() % 4];
    m.comps = percent[rng() % 4];
    m.results = percent[rng() % 4];
    m.slots = rng() % 3 ? 0 : 2 + rng() % 8;
    m.messages = percent[rng() % 4];
    bench.run(m);
  }
  EXPECT_EQ(bench.err(), make.error() ? pkg::ERR_SCORE : pkg::ERR_NONE);
}
INSTANTIATE_TEST_SUITE_P(Seeds, ComputeRandom, ::testing::Range(1u, 13u));

/// Beats come without a gap and nothing holds the results: a tile takes as many clocks as it has beats.
TEST(ComputeThroughput, OneBeatAClock) {
  const struct {
    bool w8;
    unsigned groups, kt, clocks;
  } cases[] = {{false, 12, 1, 12 * 36}, {false, 5, 7, 35 * 36}, {true, 12, 1, 12 * 68}, {true, 5, 7, 35 * 68}};
  for (const auto& c : cases) {
    Workload make(7, 8);
    Bench bench(7, 8);
    bench.add(make.matvec(c.groups, c.kt, c.w8));
    Manners m;
    m.slots = 9;  // eight lanes and the tree
    bench.run(m);
    EXPECT_EQ(bench.last_beat - bench.first_beat + 1, c.clocks) << "w8 " << c.w8 << " kt " << c.kt;
  }
}

TEST(ComputeThroughput, Attention) {
  Workload make(8, 8);
  Bench score(8, 8);
  score.add(make.score(6, 3, false));
  score.run({});
  EXPECT_EQ(score.last_beat - score.first_beat + 1, 6 * (8 + 3 * 64));
  Workload make2(9, 8);
  Bench both(9, 8);
  both.add(make2.score(6, 1, false));
  both.add(make2.pv(1));
  both.run({});
  // the gap between: the maxima's way to the tree and back, and the first shares
  EXPECT_LE(both.last_beat - both.first_beat + 1, 6 * (8 + 64) + 6 * 64 + 75);
}

/// The table of docs/blocks/lane.md.
TEST(ComputeLatency, AsDocumented) {
  Workload make(12, 8);
  Bench matvec(12, 8);
  matvec.add(make.matvec(2, 3, false));
  matvec.run({});
  EXPECT_EQ(matvec.last_word - matvec.last_beat, 18u);
  Bench score(13, 8);
  score.add(make.score(2, 2, false));
  score.run({});
  EXPECT_EQ(score.maxima - score.last_beat, 17u);
  Workload make2(14, 8);
  Bench pv(14, 8);
  pv.add(make2.score(2, 2, false));
  pv.add(make2.pv(2));
  pv.run({});
  EXPECT_EQ(pv.first_value - pv.answer, 12u);
  EXPECT_EQ(pv.first_sum - pv.last_beat, 41u);
  Workload make3(15, 8);
  Bench two(15, 8);
  two.add(make3.matvec(1, 2, false));
  two.add(make3.matvec(1, 1, false));
  two.run({});
  EXPECT_EQ(two.last_beat - two.first_beat, 3 * 36 + 1u);  // two clocks without a beat between the commands
}

TEST(ComputeThroughput, Embedding) {
  Workload make(10, 8);
  Bench bench(10, 8);
  bench.add(make.embed(8));
  bench.run({});
  EXPECT_EQ(bench.last_beat - bench.first_beat + 1, 7 * 32 + 4);
}

TEST(ComputeError, BadScoreIsSticky) {
  Workload make(11, 2);
  Bench bench(11, 2);
  do {
    bench.add(make.score(2, 1, true, true));
    bench.add(make.pv(1));
    bench.run({});
  } while (!make.error() && !bench.failed());
  EXPECT_EQ(bench.err(), pkg::ERR_SCORE);
  bench.add(make.matvec(1, 1, false));
  bench.run({});
  EXPECT_EQ(bench.err(), pkg::ERR_SCORE);
}

}  // namespace
}  // namespace htx::test
