// SPDX-License-Identifier: Apache-2.0
// htx_tree and its twin in lockstep, for LANES lanes; every answer held against golden/numerics.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

#include "golden/chip/tree.hpp"
#include "golden/numerics/numerics.hpp"
#include RTL_HEADER
#include "tests/lane/rtl_model.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::test {
namespace {

constexpr unsigned kLanes = LANES, kColumns = COLUMNS;

[[maybe_unused]] void put(std::uint64_t& to, std::uint64_t v, unsigned) { to = v; }
template <std::size_t W>
void put(VlWide<W>& to, std::uint64_t v, unsigned lane) {
  to[2 * lane] = static_cast<std::uint32_t>(v);
  to[2 * lane + 1] = static_cast<std::uint32_t>(v >> 32);
}

class Rtl {
 public:
  explicit Rtl(unsigned seed) : model_(seed) {}
  void step(const chip::Tree::In& in) {
    model_.low();
    auto& m = *model_;
    m.red_valid_i = in.red_valid;
    m.red_kind_i = in.red_kind;
    m.red_last_i = in.red_last;
    for (unsigned i = 0; i < kLanes; ++i) {
      put(m.red_data_i, in.red_data[i], i);
    }
    m.cmd_valid_i = in.cmd != nullptr;
    const auto v = in.cmd ? in.cmd->pack() : decltype(in.cmd->pack()){};
    for (unsigned i = 0; i < 4; ++i) m.cmd_i[i] = in.cmd ? static_cast<std::uint32_t>(v[i / 2] >> (i % 2 * 32)) : junk_();  // without valid, whatever it is
    m.res_ready_i = in.res_ready;
    model_.high();
  }
  void probe(chip::probe::tree& p) const { verif::rtl_Vhtx_tree::read(*model_, 0, p); }

 private:
  RtlModel<Vhtx_tree> model_;
  std::mt19937 junk_;
};

struct Message {
  bool kind{};  // false: maxima, true: a sum
  bool last{};  // of the command's last column
  bool end{};   // the command's last message
  std::uint64_t data{};
};

struct Manners {
  unsigned messages = 100, results = 100, commands = 100, slots = 0;
};

class Bench {
 public:
  explicit Bench(std::uint32_t seed) : rng_(seed), rtl_(seed), twin_(kLanes) {
    compare();
  }

  /// One command: maxima of each column, then 32 kt + 1 sums a lane and column. `full`: sums of all 64 bits (that wrap), else those of attention. With `only`
  /// every lane but that one is empty, and its maxima are one bit above the maximum of nothing.
  void add_head(unsigned kt, bool full, unsigned only = kLanes, unsigned bit = 0) {
    const unsigned columns = 1 + below(kColumns);
    pkg::lane_cmd_t cmd;
    cmd.cols = static_cast<std::uint8_t>(columns - 1);
    cmd.op = pkg::L_PV;
    cmd.kt = static_cast<std::uint16_t>(kt);
    cmd.out = static_cast<std::uint16_t>(below(2048));
    cmd.argmax = below(2) != 0;
    cmd.nostore = below(2) != 0;
    commands_.push_back(cmd);
    std::vector<std::uint32_t> f;  // word {L, F} ends with it
    for (unsigned c = 0; c < columns; ++c) f.push_back(add_maxima(only, bit, c + 1 == columns));
    for (unsigned c = 0; c < columns; ++c) add_sums(kt, full, (cmd.out + c * (kt + 1)) % 2048, f[c], c + 1 == columns);
    ++heads_;
  }

  /// Returns F.
  std::uint32_t add_maxima(unsigned only, unsigned bit, bool last) {
    std::int32_t m = std::numeric_limits<std::int32_t>::min(), u = m;
    // Maxima of any size, near each other in one bit or all, and U - M at the ends of what F can say.
    constexpr unsigned kNear[] = {0, 1, 4, 9, 17, 24, 31};
    const std::uint32_t base = below(2) ? rng_() : 0;
    const unsigned width = kNear[below(std::size(kNear))];
    const std::uint32_t apart = below(2) ? rng_() >> below(32) : below(2) ? 120 - 1 + below(3) : -133 - 1 + below(3);
    const auto near = [&](std::uint32_t to) { return static_cast<std::int32_t>(to + (width ? rng_() >> (32 - width) : 0)); };
    for (auto& q : lanes_) {
      const bool one = only < kLanes, here = &q == &lanes_[only % kLanes], empty = one ? !here : kLanes > 1 && below(5) == 0;
      const std::uint32_t low = 0x80000000u | 1u << bit;
      const std::int32_t lm = empty ? std::numeric_limits<std::int32_t>::min() : one ? static_cast<std::int32_t>(low) : near(base);
      const std::int32_t lu = empty || one ? lm : near(base + apart);
      m = std::max(m, lm);
      u = std::max(u, lu);
      q.push_back({false, last, false, std::uint64_t{static_cast<std::uint32_t>(lm)} << 32 | static_cast<std::uint32_t>(lu)});
    }
    maxima_.push_back({m, u});
    maxima_end_.push_back(last);
    return numerics::bits(numerics::pow2_factor(static_cast<std::int32_t>(static_cast<std::uint32_t>(u) - static_cast<std::uint32_t>(m) + 7)));
  }

  void add_sums(unsigned kt, bool full, unsigned out, std::uint32_t f, bool last) {
    std::vector<float> y;
    const unsigned tiny = below(32 * kt);  // this one adds up to 1
    for (unsigned e = 0; e <= 32 * kt; ++e) {
      std::uint64_t total = 0;
      for (auto& q : lanes_) {
        std::uint64_t v = std::uint64_t{rng_()} << 32 | rng_();
        if (!full) v = static_cast<std::uint64_t>(static_cast<std::int64_t>(v) >> (8 + below(56)));
        if (e == tiny) v = &q == &lanes_.front() ? 1 : 0;
        total += v;
        q.push_back({true, last, last && e == 32 * kt, v});
      }
      y.push_back(numerics::i64_to_f(static_cast<std::int64_t>(total)));
    }
    for (unsigned w = 0; w <= 4 * kt; ++w) {
      pkg::res_word_t r;
      r.addr = static_cast<std::uint16_t>(out * 4 + w);
      if (w < 4 * kt) {
        for (unsigned j = 0; j < 8; ++j) put_bits(r.data, 32 * j, 32, numerics::bits(y[8 * w + j]));
      } else {
        put_bits(r.data, 0, 32, numerics::bits(y.back()));
        put_bits(r.data, 32, 32, f);
      }
      words_.push_back(r);
    }
  }

  void run(const Manners& m) {
    const std::uint64_t limit = clock_ + 1000 + 2000 * heads_ * 30 * kColumns;
    while ((!words_.empty() || !maxima_.empty() || twin_.out().done != static_cast<std::uint8_t>(heads_)) && !failed_) {
      if (clock_ > limit) return fail("no end in sight");
      clock(m);
    }
    for (int i = 0; i < 20 && !failed_; ++i) clock(m);
  }

  std::uint64_t first_sum{}, last_sum{};
  bool failed() const { return failed_; }

 private:
  unsigned below(unsigned n) { return static_cast<unsigned>(std::uniform_int_distribution<unsigned>(0, n - 1)(rng_)); }

  void clock(const Manners& m) {
    const auto out = twin_.out();
    chip::Tree::In in;
    for (unsigned i = 0; i < kLanes; ++i) {
      on_[i] = !lanes_[i].empty() && (on_[i] || below(100) < m.messages);
      // a lane's sums wait for the maxima's return
      if (on_[i] && lanes_[i].front().kind && sums_allowed_ <= heads_sent_[i]) on_[i] = false;
      in.red_valid |= on_[i] << i;
      in.red_last |= (on_[i] ? lanes_[i].front().last : below(2) != 0) << i;
      in.red_kind |= (on_[i] ? lanes_[i].front().kind : below(2) != 0) << i;
      in.red_data[i] = on_[i] ? lanes_[i].front().data : rng_();
    }
    pkg::lane_cmd_t other;
    ready_.push_back(out.cmd_ready);  // the sequencer sees it late
    const bool may = ready_.front();
    ready_.pop_front();
    if (!commands_.empty() && may && below(100) < m.commands) {
      in.cmd = &commands_.front();
    } else if (below(3) == 0) {
      other.op = static_cast<std::uint8_t>(below(5));
      other.out = static_cast<std::uint16_t>(below(2048));
      in.cmd = &other;
    }
    in.res_ready = m.slots ? clock_ % m.slots == 0 : below(100) < m.results;
    if (out.max_valid) {
      if (maxima_.empty() || maxima_.front() != std::pair{out.max_m, out.max_u}) return fail("maxima differ from golden");
      maxima_.pop_front();
      if (out.max_col != column_) return fail("maxima of another column");
      column_ = maxima_end_.front() ? 0 : column_ + 1;
      sums_allowed_ += maxima_end_.front();
      maxima_end_.pop_front();
    }
    if (out.res_valid && in.res_ready) {
      if (words_.empty() || !(words_.front() == out.res)) return fail("a word differs from golden/numerics");
      words_.pop_front();
    }
    rtl_.step(in);
    twin_.step(in);
    if (in.cmd && in.cmd != &other) commands_.pop_front();
    for (unsigned i = 0; i < kLanes; ++i) {
      if (!on_[i] || !(out.red_ready >> i & 1)) continue;
      const bool sum = lanes_[i].front().kind, end = lanes_[i].front().end;
      if (sum) {
        if (!first_sum) first_sum = clock_;
        last_sum = clock_;
      }
      lanes_[i].pop_front();
      on_[i] = false;
      if (end) ++heads_sent_[i];
    }
    ++clock_;
    compare();
  }

  void fail(const std::string& text) {
    ADD_FAILURE() << text << " at clock " << clock_;
    failed_ = true;
  }
  void compare() {
    chip::probe::tree golden, rtl;
    twin_.probe(golden);
    rtl_.probe(rtl);
    if (!verif::same(golden, rtl)) fail(verif::differences(golden, rtl));
  }

  std::mt19937 rng_;
  Rtl rtl_;
  chip::Tree twin_;
  std::array<std::deque<Message>, kLanes> lanes_;
  std::array<bool, kLanes> on_{};
  std::array<unsigned, kLanes> heads_sent_{};
  unsigned sums_allowed_{}, heads_{}, column_{};
  std::deque<bool> maxima_end_;
  std::deque<pkg::lane_cmd_t> commands_;
  std::deque<std::pair<std::int32_t, std::int32_t>> maxima_;
  std::deque<pkg::res_word_t> words_;
  std::uint64_t clock_{};
  std::deque<bool> ready_ = std::deque<bool>(3, false);
  bool failed_{};
};

class TreeRandom : public ::testing::TestWithParam<unsigned> {};

TEST_P(TreeRandom, LockstepAndNumerics) {
  const unsigned seed = GetParam() * 8 + kLanes;
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 rng(seed);
  Bench bench(seed);
  const unsigned percent[] = {100, 80, 40, 10};
  for (unsigned phase = 0; phase < 8 && !bench.failed(); ++phase) {
    for (unsigned i = 0; i < 5; ++i) bench.add_head(static_cast<unsigned>(1 + rng() % (i ? 3 : 8)), rng() % 4 == 0);
    Manners m{percent[rng() % 4], percent[rng() % 4], percent[rng() % 4], 0};
    if (rng() % 2) m.slots = static_cast<unsigned>(1 + rng() % 10);
    bench.run(m);
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, TreeRandom, ::testing::Range(1u, 7u));

TEST(TreeCommands, QueueAndCountToTheirEnds) {
  Bench bench(6);
  for (unsigned i = 0; i < 270; ++i) bench.add_head(1, false);  // the count of finished commands wraps
  bench.run({50, 100, 100, 0});
}

/// Every bit of every lane's maxima decides against lanes that have none.
TEST(TreeMaxima, OneLaneOneBit) {
  Bench bench(7);
  for (unsigned lane = 0; lane < kLanes; ++lane)
    for (unsigned bit = 0; bit < 31; ++bit) bench.add_head(1, false, lane, bit);
  bench.run({});
}

TEST(TreeThroughput, OneSumAClock) {
  Bench bench(5);
  bench.add_head(8, false);
  bench.run({});
  EXPECT_EQ((bench.last_sum - bench.first_sum + 1) % 257u, 0U);  // of each column
}

}  // namespace
}  // namespace htx::test
