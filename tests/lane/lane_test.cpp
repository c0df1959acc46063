// SPDX-License-Identifier: Apache-2.0
// Lanes with their channels, storage and tree, RTL and twins in lockstep: a small model's data dealt over 1..3 lanes, every
// kind of lane command, and results that must not depend on the number of lanes.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

#include "golden/chip/lane.hpp"
#include "golden/chip/storage.hpp"
#include "golden/chip/tree.hpp"
#include "golden/numerics/numerics.hpp"
#include "htx/rtl/rtl_lane.hpp"
#include "tests/lane/rtl_model.hpp"
#include "verif/block_lockstep.hpp"

namespace htx::test {
namespace {

/// The Verilated htx_lane behind the interface of its twin.
class RtlLane {
 public:
  explicit RtlLane(unsigned seed) : model_(seed) {}
  void step(const chip::Lane::In& in) {
    model_.low();
    auto& m = *model_;
    m.lanes_total_i = in.lanes_total;
    m.vec_done_i = in.vec_done;
    m.cmd_valid_i = in.cmd != nullptr;
    in.cmd ? drive(m.cmd_i, in.cmd->pack()) : junk(m.cmd_i, junk_);
    m.act_we_i = in.act != nullptr;
    in.act ? drive(m.act_i, in.act->pack()) : junk(m.act_i, junk_);
    m.host_valid_i = in.host != nullptr;
    m.host_seg_i = in.host_seg;
    m.perf_clear_i = in.perf_clear;
    m.perf_count_i = in.perf_count;
    in.host ? drive(m.host_i, in.host->pack()) : junk(m.host_i, junk_);
    m.seg_we_i = in.seg_we;
    m.seg_addr_i = in.seg_we ? in.seg_addr : junk_() % pkg::SEG_ENTRIES;
    m.seg_data_i = in.seg_we ? in.seg_data : junk_() | std::uint64_t{junk_()} << 32;
    m.res_ready_i = in.res_ready;
    m.red_ready_i = in.red_ready;
    m.max_valid_i = in.max_valid;
    m.max_col_i = in.max_col;
    m.max_m_i = in.max_valid ? static_cast<std::uint32_t>(in.max_m) : junk_();
    m.max_u_i = in.max_valid ? static_cast<std::uint32_t>(in.max_u) : junk_();
    drive(m.dev_rdata_i, *in.dev_rdata);
    model_.high();
  }
  template <class P>
  void probe(P& p) const {
    verif::rtl_Vhtx_lane::read(*model_, 0, p);
  }

 private:
  RtlModel<Vhtx_lane> model_;
  std::mt19937 junk_;
};

using Block = std::array<std::int8_t, 32>;

std::int32_t inner(const Block& a, const Block& b) {
  std::int32_t s = 0;
  for (unsigned j = 0; j < 32; ++j) s += std::int32_t{a[j]} * b[j];
  return s;
}

/// T lanes over which data are dealt, and the results that golden/numerics expects.
class Bench {
 public:
  /// The first `lanes` of `total` lanes; the others are not there, and nothing comes of their share of the data.
  Bench(unsigned lanes, std::uint32_t seed, unsigned total = 0)
      : lanes_(lanes), total_(total ? total : lanes), data_(seed), rng_(seed * 77 + lanes), tree_(lanes) {
    for (unsigned i = 0; i < lanes; ++i) {
      rtl_.push_back(std::make_unique<RtlLane>(seed + i));
      twin_.push_back(std::make_unique<chip::Lane>());
    }
    rtl_storage_.resize(lanes);
    twin_storage_.resize(lanes);
    for (unsigned i = 0; i < lanes; ++i) {
      rtl_port_.emplace_back(rtl_storage_[i]);
      twin_port_.emplace_back(twin_storage_[i]);
    }
    cursor_.assign(total_, 64);
    compare();
  }

  std::mt19937& data() { return data_; }  ///< the same for every number of lanes
  unsigned below(unsigned n) { return static_cast<unsigned>(data_() % n); }
  std::int8_t int8() { return static_cast<std::int8_t>(data_()); }
  Block block() {
    Block b;
    for (auto& v : b) v = int8();
    return b;
  }
  std::uint16_t half() { return static_cast<std::uint16_t>(0x1000 + below(0x2000)); }

  // ---------------------------------------------------------------- data in the lanes
  /// Deals units of equal length, given as bytes, from lane `start`; returns the segment.
  unsigned deal(unsigned start, const std::vector<std::vector<std::uint8_t>>& units) {
    std::vector<pkg::seg_t> segs(total_);
    for (unsigned l = 0; l < total_; ++l) {
      segs[l].first = static_cast<std::uint8_t>((l + total_ * 8 - start) % total_);
      segs[l].addr = cursor_[l];
    }
    for (unsigned u = 0; u < units.size(); ++u) {
      const unsigned l = (start + u) % total_;
      if (l < lanes_) write(l, cursor_[l], units[u]);
      cursor_[l] += static_cast<std::uint32_t>(units[u].size() / 32);
      ++segs[l].count;
    }
    return segment(segs);
  }
  /// Reserves `pages` pages a lane for KV head `head`.
  unsigned reserve(unsigned head, unsigned pages, unsigned kt) {
    std::vector<pkg::seg_t> segs(total_);
    for (unsigned l = 0; l < total_; ++l) {
      segs[l].first = static_cast<std::uint8_t>((l + total_ * 8 - head) % total_);
      segs[l].addr = cursor_[l];
      cursor_[l] += pages * (4 + 64 * kt);
    }
    return segment(segs);
  }

  // ---------------------------------------------------------------- commands
  struct Step {
    pkg::lane_cmd_t cmd;
    std::vector<pkg::act_write_t> acts;  // written once all earlier commands are done; the command is sent before that
  };
  void add(const Step& s) { steps_.push_back(s); }
  void expect(unsigned block, unsigned word, const float* y, bool argmax = false, bool nostore = false) {
    pkg::res_word_t r;
    r.argmax = argmax;
    r.nostore = nostore;
    r.addr = static_cast<std::uint16_t>(block * 4 + word);
    for (unsigned j = 0; j < 8; ++j) put_bits(r.data, 32 * j, 32, numerics::bits(y[j]));
    ASSERT_TRUE(expected_.emplace(r.addr, r).second);
  }
  void expect_block(unsigned block, const float* y, bool argmax = false, bool nostore = false) {
    for (unsigned k = 0; k < 4; ++k) expect(block, k, y + 8 * k, argmax, nostore);
  }

  void run() {
    std::size_t sent = 0;
    unsigned vec_done = 0, tags = 0;
    std::vector<unsigned> tag(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!steps_[i].acts.empty()) {
        ++tags;
        steps_[i].cmd.wait_vec = 1;
      }
      steps_[i].cmd.vec_tag = static_cast<std::uint8_t>(tags);
      tag[i] = tags;
    }
    std::size_t writing = 0, written = 0;  // step whose activations are due next, and how many of them are written
    std::uint64_t limit = 200000 + 20000 * steps_.size();
    while (!failed_) {
      while (writing < steps_.size() && steps_[writing].acts.empty()) ++writing;
      bool done = sent == steps_.size();
      unsigned slowest = ~0u;
      for (unsigned l = 0; l < lanes_; ++l) {
        const auto d = static_cast<std::uint8_t>(twin_[l]->out().done);
        done = done && d == static_cast<std::uint8_t>(steps_.size());
        slowest = std::min<unsigned>(slowest, finished(d, sent));
      }
      if (done && expected_.empty()) break;
      if (clock_ > limit) return fail("no end in sight");
      const pkg::act_write_t* act = nullptr;
      if (writing < steps_.size() && slowest >= writing && rng_() % 3) {
        if (written < steps_[writing].acts.size()) {
          act = &steps_[writing].acts[written++];
        } else {
          ++vec_done;
          ++writing;
          written = 0;
        }
      }
      const pkg::lane_cmd_t* cmd = nullptr;
      bool ready = tree_.out().cmd_ready;
      for (auto& t : twin_) ready = ready && t->out().cmd_ready;
      if (sent < steps_.size() && ready && rng_() % 4 == 0) cmd = &steps_[sent++].cmd;
      clock(cmd, act, static_cast<std::uint8_t>(vec_done));
    }
    for (int i = 0; i < 20 && !failed_; ++i) clock(nullptr, nullptr, static_cast<std::uint8_t>(vec_done));
    EXPECT_EQ(expected_.size(), 0u);
  }
  bool failed() const { return failed_; }
  unsigned lanes() const { return total_; }
  bool present(unsigned lane) const { return lane < lanes_; }
  std::uint64_t clocks() const { return clock_; }

 private:
  static unsigned finished(std::uint8_t done, std::size_t sent) {  // the 8-bit counter, unrolled below `sent`
    unsigned n = static_cast<unsigned>(sent) - static_cast<std::uint8_t>(static_cast<std::uint8_t>(sent) - done);
    return n;
  }
  unsigned segment(const std::vector<pkg::seg_t>& segs) {
    segments_.push_back(segs);
    for (unsigned l = 0; l < lanes_; ++l) {
      const Bits<4> zero{};
      chip::Lane::In in;
      in.dev_rdata = &zero;
      in.lanes_total = static_cast<std::uint8_t>(total_);
      in.seg_we = true;
      in.seg_addr = static_cast<std::uint16_t>(segments_.size() - 1);
      in.seg_data = segs[l].pack()[0];
      rtl_[l]->step(in);
      twin_[l]->step(in);
    }
    return static_cast<unsigned>(segments_.size() - 1);
  }
  void write(unsigned lane, std::uint32_t burst, const std::vector<std::uint8_t>& bytes) {
    rtl_storage_[lane].write_bytes(std::uint64_t{burst} * 32, bytes);
    twin_storage_[lane].write_bytes(std::uint64_t{burst} * 32, bytes);
  }

  void clock(const pkg::lane_cmd_t* cmd, const pkg::act_write_t* act, std::uint8_t vec_done) {
    const auto tree_out = tree_.out();
    chip::Tree::In tree;
    tree.cmd = cmd;
    slot_ = rng_() % 8 ? (slot_ + 1) % (lanes_ + 1) : slot_;
    const bool held = rng_() % 8 == 0;
    tree.res_ready = !held && slot_ == lanes_;
    if (tree_out.res_valid && tree.res_ready) word(tree_out.res);
    struct Dev {
      bool rd, wr;
      std::uint32_t addr;
      Bits<4> wdata;
    };
    std::vector<Dev> dev(lanes_);
    std::vector<chip::Lane::In> in(lanes_);
    for (unsigned l = 0; l < lanes_; ++l) {
      const auto out = twin_[l]->out();
      tree.red_valid |= out.red_valid << l;
      tree.red_kind |= out.red_kind << l;
      tree.red_last |= out.red_last << l;
      tree.red_data[l] = out.red_data;
      in[l].lanes_total = static_cast<std::uint8_t>(total_);
      in[l].vec_done = vec_done;
      in[l].perf_clear = clock_ % 1000 == 999;
      in[l].perf_count = clock_ % 1000 < 900;
      in[l].cmd = cmd;
      in[l].act = act;
      in[l].res_ready = !held && slot_ == l;
      in[l].red_ready = tree_out.red_ready >> l & 1;
      in[l].max_valid = tree_out.max_valid;
      in[l].max_col = tree_out.max_col;
      in[l].max_m = tree_out.max_m;
      in[l].max_u = tree_out.max_u;
      if (out.res_valid && in[l].res_ready) word(*out.res);
      if (out.err) fail("a lane reports an error");
      dev[l] = {out.dev_rd, out.dev_wr, out.dev_addr, *out.dev_wdata};
    }
    for (unsigned l = 0; l < lanes_; ++l) {
      in[l].dev_rdata = &rtl_port_[l].rdata();
      rtl_[l]->step(in[l]);
      in[l].dev_rdata = &twin_port_[l].rdata();
      twin_[l]->step(in[l]);
      rtl_port_[l].step(dev[l].rd, dev[l].wr, dev[l].addr, dev[l].wdata);  // the same ports, compared at the last clock
      twin_port_[l].step(dev[l].rd, dev[l].wr, dev[l].addr, dev[l].wdata);
    }
    tree_.step(tree);
    ++clock_;
    compare();
  }

  void word(const pkg::res_word_t& r) {
    const auto at = expected_.find(r.addr);
    if (at == expected_.end()) return fail(fmt::format("unexpected word {:#x}", r.addr));
    if (!(at->second == r)) return fail(fmt::format("word {:#x} differs from golden/numerics", r.addr));
    expected_.erase(at);
  }
  void fail(const std::string& text) {
    if (!failed_) ADD_FAILURE() << text << " at clock " << clock_;
    failed_ = true;
  }
  template <class P, class B>
  void compare_block(unsigned lane, const B& block) {
    P golden, rtl;
    block.probe(golden);
    rtl_[lane]->probe(rtl);
    if (!verif::same(golden, rtl)) fail(fmt::format("lane {}: {}", lane, verif::differences(golden, rtl)));
  }
  void compare() {
    for (unsigned l = 0; l < lanes_ && !failed_; ++l) {
      compare_block<chip::probe::stream>(l, twin_[l]->stream());
      compare_block<chip::probe::watch>(l, twin_[l]->watch());
      compare_block<chip::probe::channel>(l, twin_[l]->channel());
      compare_block<chip::probe::dot>(l, twin_[l]->compute().dot());
      compare_block<chip::probe::finish>(l, twin_[l]->compute().dot());
      compare_block<chip::probe::accum>(l, twin_[l]->compute().accum());
      compare_block<chip::probe::attn>(l, twin_[l]->compute().attn());
      compare_block<chip::probe::turns>(l, twin_[l]->compute().turns());
    }
  }

  unsigned lanes_, total_;
  std::mt19937 data_, rng_;
  std::vector<std::unique_ptr<RtlLane>> rtl_;
  std::vector<std::unique_ptr<chip::Lane>> twin_;
  chip::Tree tree_;
  std::vector<chip::Storage> rtl_storage_, twin_storage_;
  std::deque<chip::StoragePort> rtl_port_, twin_port_;
  std::vector<std::uint32_t> cursor_;
  std::vector<std::vector<pkg::seg_t>> segments_;
  std::vector<Step> steps_;
  std::map<unsigned, pkg::res_word_t> expected_;
  unsigned slot_{};
  std::uint64_t clock_{};
  bool failed_{};
};

/// A weight matrix: bytes of its row groups, and its product with a vector.
struct Matrix {
  unsigned groups, kt;
  bool w8;
  std::vector<std::vector<std::uint8_t>> bytes;       // a row group each
  std::vector<std::vector<std::uint16_t>> scales;     // [group * kt + tile][row]
  std::vector<std::vector<Block>> rows;

  Matrix(Bench& b, unsigned g, unsigned k, bool wide) : groups(g), kt(k), w8(wide), bytes(g) {
    for (unsigned t = 0; t < groups * kt; ++t) {
      auto& out = bytes[t / kt];
      std::vector<std::uint16_t> sw(32);
      std::vector<Block> tile(32);
      for (auto& s : sw) {
        s = b.half();
        out.push_back(static_cast<std::uint8_t>(s));
        out.push_back(static_cast<std::uint8_t>(s >> 8));
      }
      for (auto& row : tile) {
        for (auto& v : row) v = w8 ? b.int8() : static_cast<std::int8_t>(static_cast<int>(b.below(16)) - 8);
        for (unsigned j = 0; j < 32; j += w8 ? 1 : 2)
          out.push_back(static_cast<std::uint8_t>(w8 ? row[j] : (row[j] & 15) | (row[j + 1] & 15) << 4));
      }
      scales.push_back(sw);
      rows.push_back(tile);
    }
  }
  /// Row group g times the blocks q with scales sa.
  std::array<float, 32> times(unsigned g, const std::vector<Block>& q, const std::vector<float>& sa) const {
    std::array<float, 32> acc{};
    for (unsigned t = 0; t < kt; ++t)
      for (unsigned r = 0; r < 32; ++r)
        acc[r] = numerics::accumulate(acc[r], inner(rows[g * kt + t][r], q[t]), sa[t], numerics::h2f(scales[g * kt + t][r]));
    return acc;
  }
};

pkg::act_write_t write_of(bool kv, unsigned addr, std::uint32_t scale, const Block& q) {
  pkg::act_write_t w;
  w.kv = kv;
  w.addr = static_cast<std::uint16_t>(addr);
  w.scale = scale;
  std::memcpy(w.data.data(), q.data(), 32);
  return w;
}

/// Query blocks or activations at `addr`.
struct Vector {
  std::vector<Block> q;
  std::vector<float> s;
  Vector(Bench& b, unsigned n) {
    for (unsigned i = 0; i < n; ++i) {
      q.push_back(b.block());
      s.push_back(0.0001f * static_cast<float>(1 + b.below(1000)));
    }
  }
  std::vector<pkg::act_write_t> writes(unsigned addr) const {
    std::vector<pkg::act_write_t> w;
    for (unsigned i = 0; i < q.size(); ++i) w.push_back(write_of(false, addr + i, numerics::bits(s[i]), q[i]));
    return w;
  }
};

/// The cache of one KV head.
struct Head {
  unsigned index, kt, segment;
  struct Token {
    std::vector<Block> k, v;
    std::uint16_t ks;
    std::int8_t ev;
  };
  std::vector<Token> tokens;

  Bench::Step append(Bench& b, unsigned addr) {
    Token t;
    Bench::Step s;
    const auto pos = static_cast<unsigned>(tokens.size());
    s.cmd.op = pkg::L_APPEND;
    split(b, s.cmd, pos);
    s.cmd.act = static_cast<std::uint16_t>(addr);
    t.ks = static_cast<std::uint16_t>(0x2400 + b.below(0xc00));
    t.ev = static_cast<std::int8_t>(static_cast<int>(b.below(20)) - 14);
    for (unsigned i = 0; i < kt; ++i) {
      t.k.push_back(b.block());
      s.acts.push_back(write_of(true, (addr + i) % pkg::KVBUF_BLOCKS, t.ks, t.k[i]));
    }
    for (unsigned i = 0; i < kt; ++i) {
      t.v.push_back(b.block());
      s.acts.push_back(write_of(true, (addr + kt + i) % pkg::KVBUF_BLOCKS, static_cast<std::uint8_t>(t.ev), t.v[i]));
    }
    tokens.push_back(t);
    return s;
  }
  void split(const Bench& b, pkg::lane_cmd_t& cmd, unsigned pos) const {
    cmd.seg = static_cast<std::uint16_t>(segment);
    cmd.kt = static_cast<std::uint16_t>(kt);
    cmd.quot = static_cast<std::uint16_t>(pos / 32 / b.lanes());
    cmd.rem = static_cast<std::uint8_t>(pos / 32 % b.lanes());
    cmd.low = pos % 32;
  }
  /// Adds SCORE and PV of a query over all tokens; results at block `out`.
  void attend(Bench& b, unsigned addr, unsigned out) const {
    const auto pos = static_cast<unsigned>(tokens.size() - 1);
    Vector query(b, kt);
    Bench::Step s;
    s.cmd.op = pkg::L_SCORE;
    split(b, s.cmd, pos);
    s.cmd.act = static_cast<std::uint16_t>(addr);
    s.acts = query.writes(addr);
    b.add(s);
    s = {};
    s.cmd.op = pkg::L_PV;
    split(b, s.cmd, pos);
    s.cmd.out = static_cast<std::uint16_t>(out);
    b.add(s);

    std::vector<std::int32_t> score;
    std::int32_t m = std::numeric_limits<std::int32_t>::min(), u = m;
    std::vector<std::int32_t> page_u((pos + 32) / 32, m);
    for (unsigned t = 0; t <= pos; ++t) {
      std::int32_t dot = 0;
      for (unsigned c = 0; c < kt; ++c) dot += inner(query.q[c], tokens[t].k[c]);
      score.push_back(numerics::score(dot, query.s[0], numerics::h2f(tokens[t].ks)).value);
      m = std::max(m, numerics::ceil256(score[t]));
      page_u[t / 32] = std::max(page_u[t / 32], numerics::ceil256(numerics::folded(score[t], tokens[t].ev)));
    }
    for (auto x : page_u) u = std::max(u, x);
    std::vector<std::int64_t> o(32 * kt);
    std::uint64_t l = 0;
    for (unsigned p = 0; p < page_u.size(); ++p) {
      std::vector<std::int32_t> sum(32 * kt);
      for (unsigned t = 32 * p; t <= pos && t < 32 * p + 32; ++t) {
        const auto share = numerics::share(page_u[p], numerics::folded(score[t], tokens[t].ev));
        l += numerics::denominator_term(m, score[t]);
        for (unsigned j = 0; j < 32 * kt; ++j) sum[j] += share * tokens[t].v[j / 32][j % 32];
      }
      for (unsigned j = 0; j < 32 * kt; ++j) o[j] += numerics::page_term(sum[j], u, page_u[p]);
    }
    std::vector<float> y;
    for (auto x : o) y.push_back(numerics::i64_to_f(x));
    for (unsigned c = 0; c < kt; ++c) b.expect_block(out + c, &y[32 * c]);
    const float tail[8] = {numerics::i64_to_f(static_cast<std::int64_t>(l)), numerics::pow2_factor(u - m + 7)};
    b.expect(out + kt, 0, tail);
  }
};

/// One pass over everything a lane does.
void scenario(Bench& b) {
  unsigned out = 3;
  const auto matvec = [&](const Matrix& m, unsigned segment, const Vector& x, unsigned act, bool argmax) {
    Bench::Step s;
    s.cmd.op = pkg::L_MATVEC;
    s.cmd.w8 = m.w8;
    s.cmd.argmax = argmax;
    s.cmd.nostore = argmax;
    s.cmd.seg = static_cast<std::uint16_t>(segment);
    s.cmd.act = static_cast<std::uint16_t>(act);
    s.cmd.out = static_cast<std::uint16_t>(out);
    s.cmd.kt = static_cast<std::uint16_t>(m.kt);
    s.acts = x.writes(act);
    b.add(s);
    for (unsigned g = 0; g < m.groups; ++g) b.expect_block(out++, m.times(g, x.q, x.s).data(), argmax, argmax);
  };

  // weights: 4-bit, 8-bit, and a pair of 4-bit tensors with one row group of each in turn
  const Matrix a(b, 5, 3, false), c(b, 4, 2, true), e(b, 2, 3, true), up(b, 5, 2, false), gate(b, 5, 2, false);
  const unsigned seg_a = b.deal(0, a.bytes), seg_c = b.deal(a.groups % b.lanes(), c.bytes), seg_e = b.deal(0, e.bytes);
  std::vector<std::vector<std::uint8_t>> stacked;
  for (unsigned g = 0; g < 5; ++g) {
    stacked.push_back(gate.bytes[g]);
    stacked.back().insert(stacked.back().end(), up.bytes[g].begin(), up.bytes[g].end());
  }
  const unsigned seg_pair = b.deal(1 % b.lanes(), stacked);
  // fp32 blocks
  std::vector<std::vector<std::uint8_t>> blocks(4, std::vector<std::uint8_t>(128));
  for (auto& block : blocks)
    for (auto& byte : block) byte = static_cast<std::uint8_t>(b.data()());
  const unsigned seg_blocks = b.deal(0, blocks);
  Head heads[2] = {{0, 1, b.reserve(0, 2, 1), {}}, {1, 2, b.reserve(1, 2, 2), {}}};

  // an embedding row of the tiles of e
  const unsigned token = 32 + b.below(32);
  Bench::Step s;
  s.cmd.op = pkg::L_EMBED;
  s.cmd.seg = static_cast<std::uint16_t>(seg_e);
  s.cmd.kt = 3;
  s.cmd.out = static_cast<std::uint16_t>(out);
  s.cmd.quot = static_cast<std::uint16_t>(token / 32 / b.lanes());
  s.cmd.rem = static_cast<std::uint8_t>(token / 32 % b.lanes());
  s.cmd.low = token % 32;
  b.add(s);
  for (unsigned t = 0; t < 3; ++t) {
    float y[32];
    for (unsigned j = 0; j < 32; ++j)
      y[j] = numerics::accumulate(0.0f, e.rows[3 + t][token % 32][j], 1.0f, numerics::h2f(e.scales[3 + t][token % 32]));
    b.expect_block(out++, y);
  }
  matvec(a, seg_a, Vector(b, 3), 100, false);
  // blocks
  s = {};
  s.cmd.op = pkg::L_LOADV;
  s.cmd.seg = static_cast<std::uint16_t>(seg_blocks);
  s.cmd.out = static_cast<std::uint16_t>(out);
  b.add(s);
  for (const auto& block : blocks) {
    float y[32];
    std::memcpy(y, block.data(), 128);
    b.expect_block(out++, y);
  }
  matvec(c, seg_c, Vector(b, 2), 1022, false);
  // a pair: the second tensor's results lie 20 blocks behind
  {
    const Vector x(b, 2);
    s = {};
    s.cmd.op = pkg::L_MATVEC;
    s.cmd.pair = 1;
    s.cmd.seg = static_cast<std::uint16_t>(seg_pair);
    s.cmd.act = 200;
    s.cmd.out = static_cast<std::uint16_t>(out);
    s.cmd.kt = 2;
    s.cmd.pstride = 20;
    s.acts = x.writes(200);
    b.add(s);
    for (unsigned g = 0; g < 5; ++g) {
      b.expect_block(out + g, gate.times(g, x.q, x.s).data());
      b.expect_block(out + 20 + g, up.times(g, x.q, x.s).data());
    }
    out += 40;
  }
  // attention while the cache grows over a page's end
  for (unsigned pos = 0; pos < 45; ++pos) {
    for (auto& h : heads) b.add(h.append(b, 64 * h.index + pos % 32));
    if (pos % 9 == 0 || pos == 31 || pos == 32 || pos == 44)
      for (auto& h : heads) {
        h.attend(b, 300 + 8 * h.index, out);
        out += h.kt + 1;
      }
  }
  matvec(e, seg_e, Vector(b, 3), 400, true);
  b.run();
}

class LaneScenario : public ::testing::TestWithParam<unsigned> {};

TEST_P(LaneScenario, LockstepAndNumerics) {
  for (std::uint32_t seed : {1u, 2u}) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Bench b(GetParam(), seed);
    scenario(b);
    if (b.failed()) return;
  }
}
INSTANTIATE_TEST_SUITE_P(Lanes, LaneScenario, ::testing::Values(1u, 2u, 3u));

/// A lane's row groups lie as far apart as there are lanes on all chips, each bit of that number.
class LaneOfMany : public ::testing::TestWithParam<unsigned> {};

TEST_P(LaneOfMany, RowGroupsOfTheOtherLanesLieBetween) {
  const unsigned total = GetParam();
  Bench b(1, total, total);
  const Matrix a(b, total + 2, 1, true);
  const Vector x(b, 1);
  const unsigned start = b.below(total);
  Bench::Step s;
  s.cmd.op = pkg::L_MATVEC;
  s.cmd.w8 = 1;
  s.cmd.seg = static_cast<std::uint16_t>(b.deal(start, a.bytes));
  s.cmd.kt = 1;
  s.cmd.out = 7;
  s.acts = x.writes(0);
  b.add(s);
  for (unsigned g = 0; g < a.groups; ++g)
    if (b.present((start + g) % total)) b.expect_block(7 + g, a.times(g, x.q, x.s).data());
  b.run();
}
INSTANTIATE_TEST_SUITE_P(Total, LaneOfMany, ::testing::Values(8u, 16u, 21u, 42u, 48u));

}  // namespace
}  // namespace htx::test
