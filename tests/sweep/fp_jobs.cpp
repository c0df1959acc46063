// SPDX-License-Identifier: Apache-2.0
// Every unit of rtl/fp against golden/numerics: directed and random vectors, and whole domains of the units with one operand.
#include <fmt/format.h>

#include "Vfp_units_top.h"
#include "golden/numerics/numerics.hpp"
#include "tests/sweep/classes_convert.hpp"
#include "tests/sweep/sweep.hpp"
#include "tests/sweep/vectors.hpp"

namespace htx::sweep {
namespace {
using namespace numerics;

enum Unit : unsigned { kFmul, kFadd, kI2f32, kI2f64, kF2h, kF2i8, kF2score, kFunc, kUnits };
enum Op : unsigned { kExp2, kRcp, kRsqrt };

constexpr const char* kUnitName[kUnits] = {"fmul", "fadd", "i2f32", "i2f64", "f2h", "f2i8", "f2score", "func"};

template <unsigned U, unsigned O = 0>
std::uint32_t golden(const Operands& o) {
  const float a = from_bits(o.a);
  if constexpr (U == kFmul) return bits(mul(a, from_bits(o.b)));
  if constexpr (U == kFadd) return bits(add(a, from_bits(o.b)));
  if constexpr (U == kI2f32) return bits(i32_to_f(std::int32_t(o.i)));
  if constexpr (U == kI2f64) return bits(i64_to_f(std::int64_t(o.i)));
  if constexpr (U == kF2h) return f2h(a);
  if constexpr (U == kF2i8) {
    const Int8Result q = f_to_i8(a);
    return std::uint8_t(q.value) | std::uint32_t(q.bad) << 8;
  }
  if constexpr (U == kF2score) {
    const ScoreResult s = f_to_score(a);
    return (std::uint32_t(s.value) & 0xffffffu) | std::uint32_t(s.bad) << 24;
  }
  if constexpr (U == kFunc) return bits(O == kExp2 ? numerics::exp2(a) : O == kRcp ? rcp(a) : rsqrt(a));
}

template <unsigned U, unsigned O = 0>
Classes classes_of(const Operands& o, std::uint32_t y, int& segment) {
  if constexpr (U == kFmul) return fmul_classes(o.a, o.b, y);
  if constexpr (U == kFadd) return fadd_classes(o.a, o.b, y);
  if constexpr (U == kI2f32) return i2f_classes(std::int32_t(o.i), 32, y);
  if constexpr (U == kI2f64) return i2f_classes(std::int64_t(o.i), 64, y);
  if constexpr (U == kF2h) return f2h_classes(o.a, std::uint16_t(y));
  if constexpr (U == kF2i8) return f2i8_classes(o.a, std::int8_t(y));
  if constexpr (U == kF2score) return f2score_classes(o.a, std::int32_t(y << 8) >> 8);
  if constexpr (U == kFunc) return O == kExp2 ? exp2_classes(o.a, segment) : O == kRcp ? rcp_classes(o.a, y, segment) : rsqrt_classes(o.a, segment);
}

/// The units side by side; those whose bit of `valid` is set take the operands, and show their result `latency` clocks later.
class Units {
 public:
  Units() {
    dut_.clk_i = 0;
    dut_.eval();
    for (unsigned u = 0; u < kUnits; ++u) latency_[u] = unsigned(dut_.latency_o >> (8 * u)) & 255;
  }
  ~Units() { dut_.final(); }
  unsigned latency(unsigned u) const { return latency_[u]; }
  void clock(const Operands& o, unsigned op, unsigned valid) {
    dut_.valid_i = std::uint8_t(valid);
    dut_.a_i = o.a;
    dut_.b_i = o.b;
    dut_.i_i = o.i;
    dut_.op_i = std::uint8_t(op);
    dut_.clk_i = 1;
    dut_.eval();
    dut_.clk_i = 0;
    dut_.eval();
  }
  template <unsigned U>
  std::uint32_t result() const {
    if constexpr (U == kFmul) return dut_.fmul_o;
    if constexpr (U == kFadd) return dut_.fadd_o;
    if constexpr (U == kI2f32) return dut_.i2f32_o;
    if constexpr (U == kI2f64) return dut_.i2f64_o;
    if constexpr (U == kF2h) return dut_.f2h_o;
    if constexpr (U == kF2i8) return dut_.f2i8_o | std::uint32_t(dut_.f2i8_bad_o) << 8;
    if constexpr (U == kF2score) return dut_.f2score_o | std::uint32_t(dut_.f2score_bad_o) << 24;
    if constexpr (U == kFunc) return dut_.func_o;
  }

 private:
  Vfp_units_top dut_;
  unsigned latency_[kUnits] = {};
};

template <unsigned U, unsigned O, class Vector>
void stream(std::uint64_t count, Tally& t, Vector vector) {
  Units units;
  struct Due { Operands o; std::uint32_t y; } due[8] = {};
  const unsigned late = units.latency(U) - 1;
  for (std::uint64_t n = 0; n < count + late; ++n) {
    const bool in = n < count;
    if (in) {
      Due& d = due[n & 7];
      d.o = vector(n);
      d.y = golden<U, O>(d.o);
      int segment = -1;
      t.count(classes_of<U, O>(d.o, d.y, segment));
      if (segment >= 0) ++t.segments[std::size_t(segment)];
    }
    units.clock(due[n & 7].o, O, in ? 1u << U : 0);
    if (n < late) continue;
    const Due& d = due[(n - late) & 7];
    if (const std::uint32_t got = units.result<U>(); got != d.y)
      t.fail(fmt::format("{} op {}: a {:08x} b {:08x} i {:016x}: RTL {:08x}, golden {:08x}", kUnitName[U], O, d.o.a, d.o.b, d.o.i, got, d.y));
  }
  t.vectors += count;
}

/// Directed and random vectors.
template <unsigned U, unsigned O>
class Directed : public Job {
 public:
  Directed(std::string_view name, std::string_view what, Operands (*vector)(Random&), std::span<const std::string_view> classes, std::size_t segments)
      : name_(name), what_(what), vector_(vector), classes_(classes), segments_(segments) {}
  std::string_view name() const override { return name_; }
  std::string_view what() const override { return what_; }
  std::span<const std::string_view> classes() const override { return classes_; }
  std::size_t segments() const override { return segments_; }
  void run(std::uint64_t, std::uint64_t count, std::uint64_t seed, Tally& t) override {
    Random r{seed};
    stream<U, O>(count, t, [&](std::uint64_t) { return vector_(r); });
  }

 private:
  std::string_view name_, what_;
  Operands (*vector_)(Random&);
  std::span<const std::string_view> classes_;
  std::size_t segments_;
};

/// Every operand of a list of exponent fields, each with both signs and all 2^23 mantissas.
template <unsigned U, unsigned O>
class Every : public Directed<U, O> {
 public:
  Every(std::string_view name, std::string_view what, std::vector<unsigned> fields, std::span<const std::string_view> classes, std::size_t segments)
      : Directed<U, O>(name, what, nullptr, classes, segments), fields_(std::move(fields)) {}
  std::uint64_t domain() const override { return std::uint64_t(fields_.size()) << 24; }
  void run(std::uint64_t first, std::uint64_t count, std::uint64_t, Tally& t) override {
    stream<U, O>(count, t, [&](std::uint64_t n) {
      const std::uint64_t at = first + n;
      const std::uint32_t a = std::uint32_t(at >> 23 & 1) << 31 | fields_[std::size_t(at >> 24)] << 23 | std::uint32_t(at & 0x7fffff);
      return Operands{a, 0, std::uint64_t(std::int64_t(std::int32_t(a)))};
    });
  }

 private:
  std::vector<unsigned> fields_;
};

/// Every 32-bit operand, the four conversions that have one side by side.
class Conversions : public Job {
 public:
  std::string_view name() const override { return "conversions.every"; }
  std::string_view what() const override { return "f2h, f2i8, f2score over every fp32, i2f32 over every int32"; }
  std::uint64_t domain() const override { return 1ull << 32; }
  std::span<const std::string_view> classes() const override { return kKinds; }
  void run(std::uint64_t first, std::uint64_t count, std::uint64_t, Tally& t) override {
    Units units;
    const unsigned late = units.latency(kF2h) - 1;  // 2 in all four: fp_units_test
    Operands due[4];
    for (std::uint64_t n = 0; n < count + late; ++n) {
      const std::uint32_t a = std::uint32_t(first + n);
      due[n & 3] = {a, 0, a};
      units.clock(due[n & 3], 0, n < count ? 1u << kF2h | 1u << kF2i8 | 1u << kF2score | 1u << kI2f32 : 0);
      if (n < late) continue;
      const Operands& o = due[(n - late) & 3];
      ++t.classes[is_finite(from_bits(o.a)) ? 0 : 1];
      check<kF2h>(units, o, t);
      check<kF2i8>(units, o, t);
      check<kF2score>(units, o, t);
      check<kI2f32>(units, o, t);
    }
    t.vectors += count;
  }

 private:
  static constexpr std::string_view kKinds[] = {"numbers", "NaN and infinity"};
  template <unsigned U>
  static void check(const Units& units, const Operands& o, Tally& t) {
    if (const std::uint32_t got = units.result<U>(), want = golden<U>(o); got != want)
      t.fail(fmt::format("{}: {:08x}: RTL {:08x}, golden {:08x}", kUnitName[U], o.a, got, want));
  }
};

std::vector<unsigned> fields(unsigned first, unsigned last) {
  std::vector<unsigned> f;
  for (unsigned e = first; e <= last; ++e) f.push_back(e);
  return f;
}
std::vector<unsigned> operator+(std::vector<unsigned> a, const std::vector<unsigned>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
constexpr std::span<const std::string_view> kI2f32Classes{kI2fClasses.data(), kI2fClasses.size() - 1};  // no 33 bits

}  // namespace

void add_fp_jobs(Jobs& jobs) {
  const auto add = [&]<unsigned U, unsigned O>(std::string_view name, Operands (*vector)(Random&), std::span<const std::string_view> classes, std::size_t segments = 0) {
    jobs.push_back(std::make_unique<Directed<U, O>>(name, "directed and random", vector, classes, segments));
  };
  const auto every = [&]<unsigned U, unsigned O>(std::string_view name, std::string_view what, std::vector<unsigned> f, std::span<const std::string_view> classes,
                                                 std::size_t segments = 0) {
    jobs.push_back(std::make_unique<Every<U, O>>(name, what, std::move(f), classes, segments));
  };
  add.operator()<kFmul, 0>("fmul", fmul_vector, kFmulClasses);
  add.operator()<kFadd, 0>("fadd", fadd_vector, kFaddClasses);
  add.operator()<kI2f32, 0>("i2f32", [](Random& r) { return i2f_vector(r, 32); }, kI2f32Classes);
  add.operator()<kI2f64, 0>("i2f64", [](Random& r) { return i2f_vector(r, 64); }, kI2fClasses);
  add.operator()<kF2h, 0>("f2h", f2h_vector, kF2hClasses);
  add.operator()<kF2i8, 0>("f2i8", f2i8_vector, kF2i8Classes);
  add.operator()<kF2score, 0>("f2score", f2score_vector, kF2scoreClasses);
  add.operator()<kFunc, kExp2>("exp2", exp2_vector, kExp2Classes, 64);
  add.operator()<kFunc, kRcp>("rcp", rcp_vector, kRcpClasses, 128);
  add.operator()<kFunc, kRsqrt>("rsqrt", rsqrt_vector, kRsqrtClasses, 128);
  jobs.push_back(std::make_unique<Conversions>());
  every.operator()<kFunc, kExp2>("exp2.every", "every fp32 from 2^-27 to 2^8, every subnormal, infinity and NaN", fields(0, 0) + fields(100, 134) + fields(255, 255), kExp2Classes, 64);
  every.operator()<kFunc, kRcp>("rcp.every", "every mantissa at exponents of the middle and both ends", fields(0, 2) + fields(126, 128) + fields(251, 255), kRcpClasses, 128);
  every.operator()<kFunc, kRsqrt>("rsqrt.every", "every mantissa at exponents of the middle and both ends", fields(0, 2) + fields(126, 128) + fields(253, 255), kRsqrtClasses, 128);
}

}  // namespace htx::sweep
