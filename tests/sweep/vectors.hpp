// SPDX-License-Identifier: Apache-2.0
// Operands for every floating-point unit: random bits, and directed ones for what random bits do not reach.
#pragma once
#include <cstdint>
#include <utility>

#include "golden/numerics/fp.hpp"
#include "tests/numerics/random.hpp"

namespace htx::sweep {
using test::Random;

/// What goes into a unit: a and b for two factors or addends, a alone for the others, i for an integer.
struct Operands {
  std::uint32_t a = 0, b = 0;
  std::uint64_t i = 0;
};

inline std::uint32_t draw(Random& r, std::uint32_t below) { return std::uint32_t(((r() >> 32) * below) >> 32); }
inline std::uint32_t bits32(Random& r) { return std::uint32_t(r() >> 32); }
inline std::uint32_t sign(Random& r) { return bits32(r) & 0x80000000u; }
// Braces, where several parts are drawn: compilers order a function's arguments, and the operands of |, as they like.
struct Parts {
  std::uint32_t sign, e, m;
};
inline std::uint32_t fp(Parts p) { return p.sign | (p.e << 23) | (p.m & 0x7fffffu); }
inline std::uint32_t either_sign(Random& r, std::uint32_t x) { return x | sign(r); }

/// The ends of every class of fp32, and NaNs with payloads.
inline std::uint32_t special(Random& r) {
  constexpr std::uint32_t k[] = {0, 1, 2, 0x3fffff, 0x400000, 0x7ffffe, 0x7fffff, 0x800000, 0x800001, 0xffffff, 0x1000000, 0x3effffff, 0x3f000000, 0x3f7fffff,
                                 0x3f800000, 0x3f800001, 0x3fffffff, 0x40000000, 0x4b7fffff, 0x4b800000, 0x7e800000, 0x7effffff, 0x7f000000, 0x7f7ffffe, 0x7f7fffff,
                                 0x7f800000, 0x7f800001, 0x7fbfffff, 0x7fc00000, 0x7fffffff};
  return either_sign(r, k[draw(r, std::size(k))]);
}
/// A mantissa with `ones` significant bits after the hidden one, the last of them set.
inline std::uint32_t short_mantissa(Random& r, std::uint32_t ones) {
  if (ones == 0) return 0;
  const std::uint32_t last = 1u << (23 - ones);
  return ((bits32(r) & 0x7fffffu) & ~(last - 1)) | last;
}
inline std::uint32_t near(Random& r, std::uint32_t x, std::uint32_t spread) { return x + draw(r, 2 * spread + 1) - spread; }

/// A mantissa whose product with odd `m` ends half an ulp, one lowest bit more or less, above an fp32: the hardest roundings.
inline std::uint32_t almost_tie(Random& r, std::uint32_t m) {
  std::uint32_t inverse = m;  // modulo 2^24, by Newton
  for (int n = 0; n < 4; ++n) inverse *= 2 - m * inverse;
  const std::uint32_t places = 23 + (bits32(r) & 1);
  const std::uint32_t target = (1u << (places - 1)) + ((bits32(r) & 1) ? 1u : ~0u);
  return ((target * inverse) & ((1u << places) - 1)) | 0x800000u;
}

inline Operands fmul_vector(Random& r) {
  Operands o{bits32(r), bits32(r)};
  switch (draw(r, 8)) {
    case 0: return o;
    case 1: o.a = special(r); if (draw(r, 2)) o.b = special(r); break;
    case 2: {  // results around the smallest normal, ties among them
      const std::uint32_t ea = 1 + draw(r, 126);
      const std::uint32_t eb = 127 - ea + draw(r, 30) - 26;
      o.a = fp({sign(r), ea, o.a & ~((1u << draw(r, 24)) - 1)});
      o.b = fp({sign(r), eb & 255, o.b & ~((1u << draw(r, 24)) - 1)});
      break;
    }
    case 3: {  // 25 significant bits: ties
      const std::uint32_t n = draw(r, 24);
      const std::uint32_t e = 64 + draw(r, 126);
      o.a = fp({sign(r), e, short_mantissa(r, n)});
      o.b = fp({sign(r), 254 - e + draw(r, 5) - 2, short_mantissa(r, n == 0 ? 23 : 24 - n)});
      break;
    }
    case 4: {  // almost a tie
      const std::uint32_t m = bits32(r) | 0x800001u;
      o.a = fp({sign(r), 60 + draw(r, 130), m});
      o.b = fp({sign(r), 60 + draw(r, 60), almost_tie(r, m & 0xffffffu)});
      break;
    }
    case 5: o.a = fp({sign(r), 0, o.a >> draw(r, 24)}); if (draw(r, 4) == 0) o.b = fp({sign(r), 0, o.b}); break;        // subnormal
    case 6: o.a = fp({sign(r), 128 + draw(r, 126), o.a}); o.b = fp({sign(r), 381 - (o.a >> 23 & 255) + draw(r, 4) - 2, o.b}); break;  // overflow
    default: {  // just under a power of two: rounding carries into the exponent
      const std::uint32_t low = draw(r, 1u << draw(r, 12));
      o.a = fp({sign(r), 90 + draw(r, 60), 0x7fffff - low});
      o.b = fp({sign(r), 90 + draw(r, 60), draw(r, 2) ? 0 : (low + draw(r, 6)) / 2});
    }
  }
  if (draw(r, 2)) std::swap(o.a, o.b);
  return o;
}

inline Operands fadd_vector(Random& r) {
  Operands o{bits32(r), bits32(r)};
  const std::uint32_t ea = 1 + draw(r, 254);
  const auto below = [&](std::uint32_t distance) { return ea > distance ? ea - distance : 0; };
  switch (draw(r, 8)) {
    case 0: return o;
    case 1: o.a = special(r); if (draw(r, 2)) o.b = special(r); break;
    case 2: o.b = (o.a ^ 0x80000000u) ^ (o.b & ((1u << draw(r, 24)) - 1)); break;                                    // cancellation
    case 3: o.a = fp({sign(r), ea, o.a}); o.b = fp({sign(r), below(draw(r, 31)), o.b}); break;                           // every alignment
    case 4: o.a = fp({sign(r), ea, o.a}); o.b = fp({sign(r), below(draw(r, 26)), short_mantissa(r, draw(r, 4))}); break;  // ties, carries
    case 5: o.a = fp({sign(r), draw(r, 3), o.a >> draw(r, 24)}); o.b = fp({sign(r), draw(r, 3), o.b >> draw(r, 24)}); break;  // subnormals
    case 6: o.a = fp({o.a & 0x80000000u, 252 + draw(r, 3), o.a}); o.b = fp({o.a & 0x80000000u, 252 + draw(r, 3), o.b}); break;  // overflow
    default: {  // a power of two less or more something that only sticky bits see
      const std::uint32_t d = 22 + draw(r, 8);
      o.a = fp({sign(r), ea, draw(r, 2) ? 0 : draw(r, 3) - 1});
      o.b = fp({sign(r), below(d), draw(r, 2) ? draw(r, 3) : short_mantissa(r, draw(r, 24))});
    }
  }
  if (draw(r, 2)) std::swap(o.a, o.b);
  return o;
}

/// Integers of every width: random, powers of two and their neighbours, ties at every width.
inline Operands i2f_vector(Random& r, unsigned width) {
  const unsigned n = 1 + draw(r, width);
  std::uint64_t x = r() >> (64 - n);
  switch (draw(r, 4)) {
    case 0: break;
    case 1: x = (n < 64 ? 1ull << n : 0) + draw(r, 3) - 1; break;
    case 2: x |= 1ull << (n - 1); if (n > 25) x = (x >> (n - 25) | 1) << (n - 25); break;                    // a tie
    default: x |= 1ull << (n - 1); if (n > 25) x = ((x >> (n - 25) | 1) << (n - 25)) + draw(r, 3) - 1;       // or beside one
  }
  return {0, 0, draw(r, 2) ? 0 - x : x};
}

/// A number on or beside a multiple of 2^-places below `top`.
inline std::uint32_t on_grid(Random& r, std::uint32_t top, int places, std::uint32_t spread) {
  const float x = float(draw(r, top << places)) * numerics::from_bits(std::uint32_t(127 - places) << 23);
  const std::uint32_t b = numerics::bits(x);
  return either_sign(r, b < spread ? b : near(r, b, spread));
}

inline Operands f2h_vector(Random& r) {
  const std::uint32_t m = bits32(r) & 0x7fffffu;
  switch (draw(r, 5)) {
    case 0: return {bits32(r)};
    case 1: return {special(r)};
    case 2: return {either_sign(r, near(r, fp({0, 112 + draw(r, 31), m & ~0xfffu}), 1))};                             // at and beside ties
    case 3: { const std::uint32_t e = 101 + draw(r, 14); return {either_sign(r, near(r, fp({0, e, m & ~((1u << draw(r, 24)) - 1)}), 1))}; }
    default: return {either_sign(r, near(r, 0x477ff000u, 40))};                                                     // where infinity begins
  }
}
inline Operands f2i8_vector(Random& r) {
  switch (draw(r, 5)) {
    case 0: return {bits32(r)};
    case 1: return {special(r)};
    case 2: return {on_grid(r, 132, 1, 2)};                                                                   // halves and their neighbours
    case 3: return {fp({sign(r), 118 + draw(r, 17), bits32(r)})};
    default: return {either_sign(r, near(r, 0x42fe0000u, 40))};                                                     // the clamp
  }
}
inline Operands f2score_vector(Random& r) {
  switch (draw(r, 5)) {
    case 0: return {bits32(r)};
    case 1: return {special(r)};
    case 2: return {on_grid(r, 32770, 9, 2)};
    case 3: return {fp({sign(r), 112 + draw(r, 31), bits32(r)})};
    default: return {either_sign(r, near(r, 0x47000000u, 40))};                                                     // saturation
  }
}
inline Operands exp2_vector(Random& r) {
  switch (draw(r, 6)) {
    case 0: return {bits32(r)};
    case 1: return {special(r)};
    case 2: return {on_grid(r, 130, 6, 3)};                                                                   // segments' ends
    case 3: return {near(r, draw(r, 2) ? 0x43000000u : 0xc2fc0000u, 40)};                                     // 128 and -126
    case 4: return {fp({sign(r), 100 + draw(r, 12), bits32(r)})};                                               // where its argument is rounded
    default: return {fp({sign(r), 112 + draw(r, 22), bits32(r)})};
  }
}
inline Operands rcp_vector(Random& r) {
  switch (draw(r, 4)) {
    case 0: return {bits32(r)};
    case 1: return {special(r)};
    case 2: return {either_sign(r, near(r, fp({0, 1 + draw(r, 253), draw(r, 128) << 16}), 3))};
    default: return {fp({sign(r), draw(r, 2) ? draw(r, 4) : 251 + draw(r, 5), bits32(r)})};
  }
}
inline Operands rsqrt_vector(Random& r) { 
  const std::uint32_t a = rcp_vector(r).a;
  return {draw(r, 8) ? a & 0x7fffffffu : a};
}

}  // namespace htx::sweep
