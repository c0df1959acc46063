// SPDX-License-Identifier: Apache-2.0
// Random work for the compute side of a lane, with the results that golden/numerics gives for it.
#pragma once
#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <random>
#include <vector>

#include "golden/common/bits.hpp"
#include "golden/numerics/numerics.hpp"
#include "htx/pkg.hpp"

namespace htx::test {

/// A message to the tree.
struct Message {
  bool kind{}, last{};  ///< false: maxima; of the command's last column
  std::uint64_t data{};
  bool operator==(const Message&) const = default;
};

/// One resolved command, what it reads, and what must come of it.
struct Work {
  pkg::comp_cmd_t cmd;
  std::vector<pkg::act_write_t> acts;    // before the command, when its tag is reached
  std::vector<Bits<2>> beats;
  std::vector<pkg::res_word_t> words;
  std::vector<Message> messages;
  std::int32_t max_m[pkg::MAX_COLUMNS]{}, max_u[pkg::MAX_COLUMNS]{};  // SCORE: the answers of the tree, by column
};

/// Makes work; remembers what the lane remembers (scores, maxima).
class Workload {
 public:
  Workload(std::uint32_t seed, unsigned lanes_total, unsigned columns = 1) : rng_(seed), lanes_(lanes_total), columns_(columns) {}

  unsigned below(unsigned n) { return static_cast<unsigned>(std::uniform_int_distribution<unsigned>(0, n - 1)(rng_)); }
  bool chance(unsigned percent) { return below(100) < percent; }

  Work matvec(unsigned groups, unsigned kt, bool w8, bool pair = false) {
    Work w = begin(pkg::L_MATVEC, groups, kt);
    w.cmd.w8 = w8;
    w.cmd.pair = pair;
    w.cmd.argmax = chance(30);
    w.cmd.nostore = chance(30);
    w.cmd.pstride = static_cast<std::uint16_t>(below(2048));
    w.cmd.out = static_cast<std::uint16_t>(below(8192));
    for (unsigned g = 0; g < groups; ++g) {
      float acc[pkg::MAX_COLUMNS][32] = {};
      for (unsigned t = 0; t < kt; ++t) {
        std::uint16_t sw[32];
        for (auto& s : sw) s = half();
        push(w, sw, 64);
        for (unsigned r = 0; r < 32; ++r) {
          std::int8_t row[32];
          for (auto& v : row) v = w8 ? int8() : static_cast<std::int8_t>(static_cast<int>(below(16)) - 8);
          if (w8) {
            push(w, row, 32);
          } else {
            std::uint8_t packed[16];
            for (unsigned i = 0; i < 16; ++i) packed[i] = static_cast<std::uint8_t>((row[2 * i] & 15) | (row[2 * i + 1] & 15) << 4);
            push(w, packed, 16);
          }
          for (unsigned c = 0; c <= w.cmd.cols; ++c) {
            const auto& a = act(c, (w.cmd.act + t) % pkg::ACT_BLOCKS);
            acc[c][r] = numerics::accumulate(acc[c][r], inner(row, a), numerics::from_bits(a.scale), numerics::h2f(sw[r]));
          }
        }
      }
      const unsigned block = pair ? w.cmd.out + g / 2 * lanes_ + g % 2 * w.cmd.pstride : w.cmd.out + g * lanes_;
      words(w, block, acc, w.cmd.pstride << pair);
    }
    return w;
  }

  Work embed(unsigned tiles) {
    Work w = begin(pkg::L_EMBED, tiles, 0);
    w.cmd.kt = static_cast<std::uint16_t>(tiles);
    w.cmd.out = static_cast<std::uint16_t>(below(2048));
    w.cmd.low = static_cast<std::uint8_t>(below(32));
    for (unsigned t = 0; t < tiles; ++t) {
      std::uint16_t s[16];
      for (auto& x : s) x = half();
      std::int8_t q[32];
      for (auto& v : q) v = int8();
      push(w, s, 32);
      push(w, q, 32);
      float y[32];
      for (unsigned j = 0; j < 32; ++j) y[j] = numerics::accumulate(0.0f, q[j], 1.0f, numerics::h2f(s[w.cmd.low % 16]));
      words(w, w.cmd.out + t, &y);
    }
    return w;
  }

  Work loadv(unsigned blocks) {
    Work w = begin(pkg::L_LOADV, blocks, 0);
    w.cmd.out = static_cast<std::uint16_t>(below(2048));
    for (unsigned b = 0; b < blocks; ++b) {
      float y[32];
      for (auto& v : y) v = numerics::from_bits(static_cast<std::uint32_t>(rng_()));
      push(w, y, 128);
      words(w, w.cmd.out + b * lanes_, &y);
    }
    return w;
  }

  Work append() { return begin(pkg::L_APPEND, 0, 1 + below(8)); }

  /// Scores of some tens of log2 units, or `wide`: everything up to saturation.
  Work score(unsigned pages, unsigned kt, bool wide, bool bad = false) {
    Work w = begin(pkg::L_SCORE, pages, kt);
    w.cmd.low = static_cast<std::uint8_t>(below(32));
    low_ = w.cmd.low;
    for (auto& a : w.acts) a.scale = numerics::bits((wide ? 0.01f : 0.0005f) * (1.0f + static_cast<float>(below(256)) / 256.0f));
    remember(w);
    const unsigned columns = w.cmd.cols + 1U;
    for (unsigned c = 0; c < columns; ++c) {
      head_[c].tokens.assign(pages * 32, {});
      head_[c].page_u.assign(pages, 0);
      head_[c].m = head_[c].u = std::numeric_limits<std::int32_t>::min();
    }
    const unsigned ev_range = wide ? 256 : 12;
    for (unsigned p = 0; p < pages; ++p) {
      std::uint16_t ks[32];
      std::int8_t ev[32];
      for (unsigned t = 0; t < 32; ++t) {
        const bool valid = p + 1 < pages || t <= low_;
        ks[t] = static_cast<std::uint16_t>(0x2000 + below(wide ? 0x2400 : 0x400));  // 2^-7 and up
        if (!valid || (bad && chance(5))) ks[t] = static_cast<std::uint16_t>(rng_());  // garbage may be anything
        ev[t] = static_cast<std::int8_t>(static_cast<int>(below(ev_range)) - static_cast<int>(ev_range / 2));
      }
      std::uint8_t reserved[32];
      for (auto& b : reserved) b = static_cast<std::uint8_t>(rng_());
      push(w, ks, 64);
      push(w, ev, 32);
      push(w, reserved, 32);
      std::int32_t dot[pkg::MAX_COLUMNS][32] = {};
      for (unsigned b = 0; b < kt; ++b)
        for (unsigned t = 0; t < 32; ++t) {
          std::int8_t row[32];
          for (auto& v : row) v = int8();
          push(w, row, 32);
          for (unsigned c = 0; c < columns; ++c) dot[c][t] += inner(row, act(c, (w.cmd.act + b) % pkg::ACT_BLOCKS));
        }
      for (unsigned c = 0; c < columns; ++c) {
        std::int32_t uc = std::numeric_limits<std::int32_t>::min();
        for (unsigned t = 0; t < 32; ++t) {
          Token& k = head_[c].tokens[p * 32 + t];
          const auto s = numerics::score(dot[c][t], numerics::from_bits(act(c, w.cmd.act).scale), numerics::h2f(ks[t]));
          k = {s.value, ev[t], p + 1 < pages || t <= low_};
          if (!k.valid) continue;
          error_ = error_ || s.bad;
          head_[c].m = std::max(head_[c].m, numerics::ceil256(k.s));
          uc = std::max(uc, numerics::ceil256(numerics::folded(k.s, k.ev)));
        }
        head_[c].page_u[p] = uc;
        head_[c].u = std::max(head_[c].u, uc);
      }
    }
    for (unsigned c = 0; c < columns; ++c) {
      std::int32_t &m = head_[c].m, &u = head_[c].u;
      w.messages.push_back({false, c + 1 == columns, std::uint64_t{static_cast<std::uint32_t>(m)} << 32 | static_cast<std::uint32_t>(u)});
      // what other lanes hold: sometimes far above, sometimes nothing
      w.max_m[c] = m = std::max(m, pages && chance(50) ? m : static_cast<int>(below(200)) - 100);
      w.max_u[c] = u = std::max(u, pages && chance(50) ? u : static_cast<int>(below(200)) - 100);
    }
    return w;
  }

  /// The values of the pages scored last.
  Work pv(unsigned kt) {
    const unsigned pages = static_cast<unsigned>(head_[0].page_u.size()), columns = cols_ + 1;
    Work w = begin(pkg::L_PV, pages, kt);
    w.cmd.cols = static_cast<std::uint8_t>(cols_);
    w.cmd.low = static_cast<std::uint8_t>(low_);
    std::vector<std::int64_t> o[pkg::MAX_COLUMNS];
    std::uint64_t l[pkg::MAX_COLUMNS] = {};
    for (auto& x : o) x.assign(32 * kt, 0);
    for (unsigned p = 0; p < pages; ++p) {
      std::int32_t share[pkg::MAX_COLUMNS][32];
      for (unsigned c = 0; c < columns; ++c)
        for (unsigned t = 0; t < 32; ++t) {
          const Token& k = head_[c].tokens[p * 32 + t];
          share[c][t] = k.valid ? numerics::share(head_[c].page_u[p], numerics::folded(k.s, k.ev)) : 0;
          if (k.valid) l[c] += numerics::denominator_term(head_[c].m, k.s);
        }
      for (unsigned b = 0; b < kt; ++b) {
        std::int32_t sum[pkg::MAX_COLUMNS][32] = {};
        for (unsigned t = 0; t < 32; ++t) {
          std::int8_t row[32];
          for (auto& v : row) v = int8();
          push(w, row, 32);
          for (unsigned c = 0; c < columns; ++c)
            for (unsigned j = 0; j < 32; ++j) sum[c][j] += share[c][t] * row[j];
        }
        for (unsigned c = 0; c < columns; ++c)
          for (unsigned j = 0; j < 32; ++j) o[c][b * 32 + j] += numerics::page_term(sum[c][j], head_[c].u, head_[c].page_u[p]);
      }
    }
    for (unsigned c = 0; c < columns; ++c) {
      for (auto x : o[c]) w.messages.push_back({true, c + 1 == columns, static_cast<std::uint64_t>(x)});
      w.messages.push_back({true, c + 1 == columns, l[c]});
    }
    return w;
  }

  /// Any command; a PV is due after each SCORE.
  Work any() {
    if (pv_due_) {
      pv_due_ = false;
      return pv(kt_);
    }
    switch (below(7)) {
      case 0:
      case 1: return matvec(below(4), 1 + below(4), false, chance(30));
      case 2: return matvec(below(3), 1 + below(3), true, chance(30));
      case 3: return embed(below(4));
      case 4: return loadv(below(7));
      case 5: return append();
      default:
        pv_due_ = true;
        kt_ = 1 + below(chance(80) ? 3 : 8);
        return score(below(4), kt_, chance(40));
    }
  }

  bool error() const { return error_; }

 private:
  struct Token {
    std::int32_t s{};
    std::int8_t ev{};
    bool valid{};
  };

  Work begin(unsigned op, unsigned count, unsigned kt) {
    Work w;
    w.cmd.op = static_cast<std::uint8_t>(op);
    w.cmd.count = static_cast<std::uint16_t>(count);
    w.cmd.kt = static_cast<std::uint16_t>(kt);
    w.cmd.low = static_cast<std::uint8_t>(below(32));
    if (op != pkg::L_MATVEC && op != pkg::L_SCORE) return w;
    w.cmd.cols = static_cast<std::uint8_t>(below(columns_));
    if (op == pkg::L_SCORE) cols_ = w.cmd.cols;
    // each command has blocks of its own, so that writing them cannot disturb those before it; the ring wraps
    w.cmd.act = static_cast<std::uint16_t>(next_act_);
    next_act_ = (next_act_ + 32) % pkg::ACT_BLOCKS;
    w.cmd.act = static_cast<std::uint16_t>((w.cmd.act + below(16)) % pkg::ACT_BLOCKS);
    for (unsigned n = 0; n < kt * (w.cmd.cols + 1U); ++n) {
      const unsigned t = n / (w.cmd.cols + 1U);
      pkg::act_write_t a;
      a.col = static_cast<std::uint8_t>(n % (w.cmd.cols + 1U));
      a.addr = static_cast<std::uint16_t>((w.cmd.act + t) % pkg::ACT_BLOCKS);
      a.scale = scale();
      for (auto& x : a.data) x = rng_() | std::uint64_t{rng_()} << 32;
      if (chance(10)) a.data = {0x8080808080808080u, 0x7f7f7f7f7f7f7f7fu, 0x8080808080808080u, 0x7f7f7f7f7f7f7f7fu};
      w.acts.push_back(a);
    }
    remember(w);
    return w;
  }

  void remember(const Work& w) {
    for (const auto& a : w.acts) acts_[a.col][a.addr] = a;
  }
  const pkg::act_write_t& act(unsigned column, unsigned block) const { return acts_[column][block]; }

  static std::int32_t inner(const std::int8_t* row, const pkg::act_write_t& a) {
    std::int32_t s = 0;
    for (unsigned j = 0; j < 32; ++j) s += std::int32_t{row[j]} * static_cast<std::int8_t>(get_bits(a.data, 8 * j, 8));
    return s;
  }

  template <class T>
  static void push(Work& w, const T* data, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i += 16) {
      Bits<2> b;
      std::memcpy(b.data(), reinterpret_cast<const std::uint8_t*>(data) + i, 16);
      w.beats.push_back(b);
    }
  }

  /// A block of results from each column, word by word in turn; a column's block lies `step` behind that of the one before.
  static void words(Work& w, unsigned block, const float (*y)[32], unsigned step = 0) {
    for (unsigned k = 0; k < 4; ++k)
      for (unsigned c = 0; c <= w.cmd.cols; ++c) {
        pkg::res_word_t r;
        r.argmax = w.cmd.argmax;
        r.nostore = w.cmd.nostore;
        r.addr = static_cast<std::uint16_t>((block + c * step) * 4 + k);
        for (unsigned j = 0; j < 8; ++j) put_bits(r.data, 32 * j, 32, numerics::bits(y[c][8 * k + j]));
        w.words.push_back(r);
      }
  }

  std::int8_t int8() { return chance(2) ? std::int8_t{-128} : static_cast<std::int8_t>(rng_()); }
  std::uint16_t half() {  // mostly scales as they are, at times anything
    if (chance(5)) return static_cast<std::uint16_t>(rng_());
    return static_cast<std::uint16_t>(0x1000 + below(0x2000));
  }
  std::uint32_t scale() {
    if (chance(3)) return static_cast<std::uint32_t>(rng_());
    if (chance(3)) return static_cast<std::uint32_t>(below(1 << 24));  // subnormals
    return numerics::bits(0.001f * static_cast<float>(1 + below(100000)));
  }

  std::mt19937 rng_;
  unsigned lanes_, columns_, next_act_{};
  std::array<std::array<pkg::act_write_t, pkg::ACT_BLOCKS>, pkg::MAX_COLUMNS> acts_{};
  struct Head {  // scored last, by column
    std::vector<Token> tokens;
    std::vector<std::int32_t> page_u;
    std::int32_t m{}, u{};
  };
  std::array<Head, pkg::MAX_COLUMNS> head_;
  unsigned low_{}, kt_{}, cols_{};
  bool pv_due_{}, error_{};
};

}  // namespace htx::test
