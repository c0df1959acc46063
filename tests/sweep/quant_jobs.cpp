// SPDX-License-Identifier: Apache-2.0
// The quantiser from 32 fp32 to 32 int8 and a scale, in its four modes: largest magnitude, factor, scale, product and rounding.
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <deque>

#include "Varith_top.h"
#include "golden/numerics/numerics.hpp"
#include "htx/pkg.hpp"
#include "tests/sweep/sweep.hpp"
#include "tests/sweep/vectors.hpp"

namespace htx::sweep {
namespace {
using namespace numerics;
using Block = std::array<float, 32>;

/// A block around one exponent, or at one of the quantisers' edges, its largest magnitude anywhere in it.
Block draw_block(Random& r, unsigned mode) {
  std::uint32_t top;
  switch (draw(r, 8)) {
    case 0: top = bits32(r) & 0x7fffffffu; break;
    case 1: top = special(r) & 0x7fffffffu; break;
    case 2: top = near(r, fp_pkg::QUANT_MIN, 3); break;
    case 3: top = near(r, fp_pkg::QUANT_MAX, 3); break;
    case 4: top = fp({0, 1 + draw(r, 254), 0x7f0000u - 1 + draw(r, 3)}); break;           // 127.5 steps
    case 5: top = near(r, 0x4afdf020u, 600); break;                                        // the key scale becomes infinite
    case 6: top = draw(r, 2) ? bits32(r) >> (9 + draw(r, 23)) : draw(r, 3) * 0x00800000u; break;
    default: top = fp({0, 100 + draw(r, 50), bits32(r)});
  }
  if (mode == pkg::Q_KEY && draw(r, 4) == 0) top = fp({0, 100 + draw(r, 24), bits32(r)});    // its scale is a subnormal fp16 or 0
  Block x;
  const std::uint32_t spread = draw(r, 3);
  for (float& v : x) {
    const std::uint32_t b = bits32(r);
    std::uint32_t m = spread == 0 ? std::uint32_t((std::uint64_t(b & 0x7fffffffu) * (top + 1ull)) >> 31) : spread == 1 ? (top > 0x04000000u ? top - draw(r, 0x04000000u) : draw(r, top + 1)) : 0;
    if (spread == 2) m = bits(mul(from_bits(top), from_bits(0x3f800000u | (b & 0x7fffffu)) - 1.0f)) & 0x7fffffffu;
    if (m > top) m = top;
    v = from_bits(m | (b & 0x80000000u));
  }
  x[draw(r, 32)] = from_bits(top | sign(r));
  return x;
}

struct Want {
  std::uint32_t scale;
  std::array<std::int8_t, 32> q;
  bool bad;
};

constexpr std::string_view kClasses[] = {"all zero", "largest is subnormal", "NaN", "infinity", "largest below 2^-100", "exactly 2^-100", "exactly 2^126", "finite above 2^126",
  "refused", "all integers 0, not refused", "an integer is 127", "an integer is -127", "largest of mantissa 7f0000 and more", "largest just below it"};
constexpr std::string_view kKeyClasses[] = {"scale overflows fp16 alone", "scale is a subnormal fp16", "scale is fp16's 0"};
constexpr std::string_view kValClasses[] = {"exponent -128", "exponent 122", "a value of half a step or less"};
template <std::size_t N>
constexpr auto with_common(const std::string_view (&own)[N]) {
  std::array<std::string_view, std::size(kClasses) + N> all{};
  for (std::size_t i = 0; i < std::size(kClasses); ++i) all[i] = kClasses[i];
  for (std::size_t i = 0; i < N; ++i) all[std::size(kClasses) + i] = own[i];
  return all;
}
constexpr auto kKeyAll = with_common(kKeyClasses);
constexpr auto kValAll = with_common(kValClasses);

Classes classes_of(const Block& x, const Want& w, unsigned mode) {
  const std::uint32_t m = amax_bits(x);
  Classes c = 0;
  const auto set = [&](unsigned n, bool on) { c |= on ? 1ull << n : 0; };
  bool zero = true, plus = false, minus = false;
  for (const std::int8_t q : w.q) zero &= q == 0, plus |= q == 127, minus |= q == -127;
  set(0, m == 0);
  set(1, subnormal(m));
  set(2, nan_bits(m));
  set(3, inf_bits(m));
  set(4, m != 0 && m < fp_pkg::QUANT_MIN);
  set(5, m == fp_pkg::QUANT_MIN);
  set(6, m == fp_pkg::QUANT_MAX);
  set(7, m > fp_pkg::QUANT_MAX && m < 0x7f800000u);
  set(8, w.bad);
  set(9, zero && !w.bad);
  set(10, plus);
  set(11, minus);
  set(12, m < 0x7f800000u && (m & 0x7fffffu) >= 0x7f0000u);
  set(13, m < 0x7f800000u && (m & 0x7fffffu) == 0x7effffu);
  const unsigned own = std::size(kClasses);
  if (mode == pkg::Q_KEY) {
    set(own, w.bad && m <= fp_pkg::QUANT_MAX);
    set(own + 1, w.scale != 0 && w.scale < 0x400);
    set(own + 2, w.scale == 0 && !w.bad && m >= fp_pkg::QUANT_MIN);
  } else if (mode == pkg::Q_VAL) {
    set(own, std::int8_t(w.scale) == -128 && !w.bad);
    set(own + 1, std::int8_t(w.scale) == 122);
    bool small = false;
    for (std::size_t i = 0; i < 32; ++i) small |= w.q[i] == 0 && x[i] != 0;
    set(own + 2, small && !w.bad);
  }
  return c;
}

Want golden(const Block& x, unsigned mode, float scalar) {
  Want w{};
  if (mode == pkg::Q_KEY) {
    const KeyScale s = quantise_key(x, w.q.data());
    w.scale = s.scale, w.bad = s.bad;
  } else if (mode == pkg::Q_VAL) {
    const ValueScale s = quantise_value(x, w.q.data());
    w.scale = std::uint8_t(s.exponent), w.bad = s.bad;
  } else {
    const QuantScale s = quantise_activation(x, w.q.data());
    w.scale = bits(mode == pkg::Q_QRY ? mul(s.scale, scalar) : s.scale), w.bad = s.bad;
  }
  return w;
}

class Quant : public Job {
 public:
  Quant(std::string_view name, unsigned mode, std::span<const std::string_view> classes) : name_(name), mode_(mode), classes_(classes) {}
  std::string_view name() const override { return name_; }
  std::string_view what() const override { return "directed and random blocks of 32"; }
  std::uint64_t parts() const override { return 4; }
  std::span<const std::string_view> classes() const override { return classes_; }
  void run(std::uint64_t, std::uint64_t count, std::uint64_t seed, Tally& t) override {
    Random r{seed};
    Varith_top dut;
    for (std::uint64_t done = 0; done < count; done += 256) chunk(dut, r, std::min<std::uint64_t>(256, count - done), t);  // the sticky error starts anew
    dut.final();
    t.vectors += count;
  }

 private:
  static std::string text(const void* q) {
    const auto* p = static_cast<const std::int8_t*>(q);
    std::string s;
    for (int i = 0; i < 32; ++i) s += fmt::format("{}{}", i ? "," : "", p[i]);
    return s;
  }
  static void clock(Varith_top& d) {
    d.clk_i = 1;
    d.eval();
    d.clk_i = 0;
    d.eval();
  }
  /// A block every 4 clocks through port A; port B follows as the quantiser asks for it.
  void chunk(Varith_top& d, Random& r, std::uint64_t blocks, Tally& t) {
    const float scalar = from_bits(draw(r, 4) ? fp({sign(r), 100 + draw(r, 50), bits32(r)}) : special(r));
    d.rst_ni = 0;
    d.word_i = d.group_i = d.b_load_i = d.scalar_i = d.start_i = 0;
    d.qmode_i = std::uint8_t(mode_);
    for (int n = 0; n < 16; ++n) clock(d);
    d.rst_ni = 1;
    d.start_i = 1;
    d.scalar_i = 1;
    const std::uint32_t s = bits(scalar);
    d.b_i[0] = s;
    clock(d);
    d.start_i = d.scalar_i = 0;
    std::deque<Block> in_b;
    std::deque<Want> want;
    std::deque<bool> want_bad;
    Block block{};
    unsigned go = 0;       // clocks since b_go, a bit each
    unsigned b_word = 4;
    bool bad = false;
    for (std::uint64_t n = 0; n < 4 * blocks + 64; ++n) {
      const bool in = n < 4 * blocks;
      if (in && n % 4 == 0) {
        block = draw_block(r, mode_);
        const Want w = golden(block, mode_, scalar);
        t.count(classes_of(block, w, mode_));
        in_b.push_back(block), want.push_back(w), want_bad.push_back(w.bad);
      }
      d.word_i = in;
      d.group_i = in && n % 4 == 2;
      std::memcpy(&d.a_i[0], &block[8 * (n % 4)], 32);
      if (go & 4) {  // the factor stands now
        b_word = 0;
        bad |= want_bad.front();
        want_bad.pop_front();
        if (bool(d.err_o) != bad) t.fail(fmt::format("{}: refused {}, golden {}", name_, bool(d.err_o), bad));
      }
      d.b_load_i = b_word < 4;
      if (b_word < 4) {
        std::memcpy(&d.b_i[0], &in_b.front()[8 * b_word], 32);
        if (++b_word == 4) in_b.pop_front();
      }
      clock(d);
      go = go << 1 | d.b_go_o;
      if (!d.q_valid_o) continue;
      if (want.empty() || d.scale_o != want.front().scale || std::memcmp(&d.q_o[0], want.front().q.data(), 32))
        t.fail(fmt::format("{}: scale {:08x} integers {}, golden {}", name_, d.scale_o, text(&d.q_o[0]),
                           want.empty() ? "none" : fmt::format("{:08x} {}", want.front().scale, text(want.front().q.data()))));
      if (!want.empty()) want.pop_front();
    }
    if (!want.empty()) t.fail(fmt::format("{}: {} blocks never came", name_, want.size()));
  }

  std::string_view name_;
  unsigned mode_;
  std::span<const std::string_view> classes_;
};

}  // namespace

void add_quant_jobs(Jobs& jobs) {
  jobs.push_back(std::make_unique<Quant>("quant.act", pkg::Q_ACT, kClasses));
  jobs.push_back(std::make_unique<Quant>("quant.query", pkg::Q_QRY, kClasses));
  jobs.push_back(std::make_unique<Quant>("quant.key", pkg::Q_KEY, kKeyAll));
  jobs.push_back(std::make_unique<Quant>("quant.value", pkg::Q_VAL, kValAll));
}

}  // namespace htx::sweep
