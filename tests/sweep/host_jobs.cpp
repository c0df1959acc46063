// SPDX-License-Identifier: Apache-2.0
// golden/numerics itself against the host: other instructions of its FPU, wider formats, exact integers.
#include <fmt/format.h>

#include <cmath>

#include "golden/numerics/numerics.hpp"
#include "tests/sweep/classes_convert.hpp"
#include "tests/sweep/sweep.hpp"
#include "tests/sweep/vectors.hpp"

namespace htx::sweep {
namespace {
using namespace numerics;

/// One vector: false if golden and host differ. `at` is the vector's number, r draws where it is not the operand itself.
using Check = bool (*)(Random& r, std::uint32_t at, Operands& o, Classes& c);

class Host : public Job {
 public:
  Host(std::string_view name, std::string_view what, bool every, std::span<const std::string_view> classes, Check check)
      : name_(name), what_(what), every_(every), classes_(classes), check_(check) {}
  std::string_view name() const override { return name_; }
  std::string_view what() const override { return what_; }
  std::uint64_t domain() const override { return every_ ? 1ull << 32 : 0; }
  std::span<const std::string_view> classes() const override { return classes_; }
  void run(std::uint64_t first, std::uint64_t count, std::uint64_t seed, Tally& t) override {
    Random r{seed};
    Operands o;
    for (std::uint64_t n = 0; n < count; ++n) {
      Classes c = 0;
      if (!check_(r, std::uint32_t(first + n), o, c)) t.fail(fmt::format("{}: a {:08x} b {:08x} i {:016x}", name_, o.a, o.b, o.i));
      t.count(c);
    }
    t.vectors += count;
  }

 private:
  std::string_view name_, what_;
  bool every_;
  std::span<const std::string_view> classes_;
  Check check_;
};

bool host_mul(Random& r, std::uint32_t, Operands& o, Classes& c) {
  o = fmul_vector(r);
  const float a = from_bits(o.a), b = from_bits(o.b), y = mul(a, b);
  c = fmul_classes(o.a, o.b, bits(y));
  return bits(y) == bits(canonical(float(double(a) * double(b))));  // the product is exact in binary64: rounded once
}
bool host_add(Random& r, std::uint32_t, Operands& o, Classes& c) {
  o = fadd_vector(r);
  const float a = from_bits(o.a), b = from_bits(o.b), y = add(a, b);
  c = fadd_classes(o.a, o.b, bits(y));
  return bits(y) == bits(canonical(float(double(a) + double(b))));  // 53 >= 2 * 24 + 2 bits: rounding twice is rounding once
}
bool host_i2f(Random& r, std::uint32_t, Operands& o, Classes& c) {
  o = i2f_vector(r, 64);
  const std::int64_t x = std::int64_t(o.i);
  const float y = i64_to_f(x);
  c = i2f_classes(x, 64, bits(y));
  std::uint64_t m = x < 0 ? 0 - o.i : o.i;  // rounded by hand
  const int drop = int(std::bit_width(m)) - 24;
  if (drop > 0) {
    const std::uint64_t half = 1ull << (drop - 1), rest = m & (2 * half - 1);
    m = (m >> drop) + (rest > half || (rest == half && (m >> drop & 1)));
  }
  const float want = std::ldexp(float(m), drop > 0 ? drop : 0);
  return bits(y) == bits(x < 0 ? -want : want) && (x != std::int32_t(x) || bits(i32_to_f(std::int32_t(x))) == bits(y));
}
constexpr std::string_view kNumbers[] = {"numbers", "NaN and infinity"};
Classes number(float x) { return is_finite(x) ? 1 : 2; }

bool host_f2h(Random&, std::uint32_t at, Operands& o, Classes& c) {
  o.a = at;
  const float x = from_bits(at);
  c = number(x);
  return f2h(x) == (is_nan(x) ? 0x7e00 : std::bit_cast<std::uint16_t>(static_cast<_Float16>(x)));
}
bool host_f2i8(Random&, std::uint32_t at, Operands& o, Classes& c) {
  o.a = at;
  const float x = from_bits(at);
  c = number(x);
  const Int8Result q = f_to_i8(x);
  const float clamped = is_nan(x) ? (at >> 31 ? -127.0f : 127.0f) : x > 127 ? 127.0f : x < -127 ? -127.0f : std::nearbyintf(x);
  return float(q.value) == clamped && q.bad == !std::isfinite(x);
}
bool host_f2score(Random&, std::uint32_t at, Operands& o, Classes& c) {
  o.a = at;
  const float x = from_bits(at);
  c = number(x);
  const ScoreResult s = f_to_score(x);
  const std::uint32_t e = at >> 23 & 255;
  std::int64_t want;
  if (e >= 142) want = 1 << 23;
  else {  // the mantissa shifted by hand to 1/512, floored with its sign; then (n + 1) >> 1
    const std::int64_t m = std::int64_t((e ? 0x800000u : 0u) | (at & 0x7fffffu)) * (at >> 31 ? -1 : 1);
    const int right = 141 - int(e ? e : 1);
    want = ((m >> (right > 62 ? 62 : right)) + 1) >> 1;
  }
  if (e >= 142 && at >> 31) want = -want;
  return s.value == std::min<std::int64_t>(want, kScoreMax) && s.bad == !std::isfinite(x);
}

/// |y - exact| in units of the exact value's last place.
double ulp(float y, double exact) { return std::fabs(double(y) - exact) / power(exponent_of(std::fabs(exact)) - 23); }
constexpr std::string_view kFunction[] = {"within the bound", "zero, infinity or NaN by definition"};
bool host_exp2(Random&, std::uint32_t at, Operands& o, Classes& c) {
  o.a = at;
  const float x = from_bits(at), y = numerics::exp2(x);
  c = 2;
  if (is_nan(x)) return bits(y) == kNanBits;
  if (x >= 128) return y == kInf;
  if (x < -126) return bits(y) == 0;
  c = 1;
  return ulp(y, std::exp2(double(x))) <= 1.36;
}
bool host_rcp(Random&, std::uint32_t at, Operands& o, Classes& c) {
  o.a = at;
  const float x = from_bits(at), y = rcp(x);
  const std::uint32_t e = at >> 23 & 255, s = at & 0x80000000u;
  c = 2;
  if (is_nan(x)) return bits(y) == kNanBits;
  if (e == 0) return bits(y) == (s | 0x7f800000u);
  if ((at & 0x7fffffffu) > 0x7e800000u) return bits(y) == s || (is_finite(x) && ulp(y, 1 / double(x)) <= 0.81);  // flushed, or rounded up to 2^-126
  c = 1;
  return ulp(y, 1 / double(x)) <= 0.81;
}
bool host_rsqrt(Random&, std::uint32_t at, Operands& o, Classes& c) {
  o.a = at;
  const float x = from_bits(at), y = rsqrt(x);
  c = 2;
  if ((at & 0x7f800000u) == 0) return y == kInf;
  if (is_nan(x) || at >> 31) return bits(y) == kNanBits;
  if (x == kInf) return bits(y) == 0;
  c = 1;
  return ulp(y, 1 / std::sqrt(double(x))) <= 1.15;
}

}  // namespace

void add_host_jobs(Jobs& jobs) {
  const auto add = [&](std::string_view name, std::string_view what, bool every, std::span<const std::string_view> classes, Check check) {
    jobs.push_back(std::make_unique<Host>(name, what, every, classes, check));
  };
  add("host.mul", "golden against a binary64 product, rounded", false, kFmulClasses, host_mul);
  add("host.add", "golden against a binary64 sum, rounded", false, kFaddClasses, host_add);
  add("host.i2f", "golden against rounding in integers", false, kI2fClasses, host_i2f);
  add("host.f2h.every", "golden against the host's fp16, every fp32", true, kNumbers, host_f2h);
  add("host.f2i8.every", "golden against the host's nearest integer, every fp32", true, kNumbers, host_f2i8);
  add("host.f2score.every", "golden against shifted integers, every fp32", true, kNumbers, host_f2score);
  add("host.exp2.every", "golden within 1.36 ulp of binary64, every fp32", true, kFunction, host_exp2);
  add("host.rcp.every", "golden within 0.81 ulp of binary64, every fp32", true, kFunction, host_rcp);
  add("host.rsqrt.every", "golden within 1.15 ulp of binary64, every fp32", true, kFunction, host_rsqrt);
}

}  // namespace htx::sweep
