// SPDX-License-Identifier: Apache-2.0
// golden_hash VECTORS: one hash of every operation of golden/numerics over that many vectors. Every compiler, at every level of
// optimisation and for every processor, has to print the same lines (tests/sweep/test_compilers.py).
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "golden/numerics/numerics.hpp"
#include "tests/sweep/vectors.hpp"

namespace {
using namespace htx::numerics;
using namespace htx::sweep;
using htx::test::Hash;

template <class F>
void line(const char* name, std::uint64_t count, F f) {
  Hash h;
  Random r{std::uint64_t(name[0]) << 8 | std::uint64_t(name[1])};
  for (std::uint64_t n = 0; n < count; ++n) f(r, h);
  std::printf("%-16s %016llx\n", name, static_cast<unsigned long long>(h.value));
}
std::vector<float> numbers(Random& r, std::size_t n, std::uint32_t first, std::uint32_t exponents) {
  std::vector<float> x(n);
  for (float& v : x) v = from_bits(fp({sign(r), first + draw(r, exponents), bits32(r)}));
  return x;
}
}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t n = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
  if (n == 0) return std::fprintf(stderr, "usage: golden_hash VECTORS\n"), 2;
  line("mul", n, [](Random& r, Hash& h) { const Operands o = fmul_vector(r); h.add(mul(from_bits(o.a), from_bits(o.b))); });
  line("add", n, [](Random& r, Hash& h) { const Operands o = fadd_vector(r); h.add(add(from_bits(o.a), from_bits(o.b))); });
  line("sub", n, [](Random& r, Hash& h) { const Operands o = fadd_vector(r); h.add(sub(from_bits(o.a), from_bits(o.b))); });
  line("i32_to_f", n, [](Random& r, Hash& h) { h.add(i32_to_f(std::int32_t(i2f_vector(r, 32).i))); });
  line("i64_to_f", n, [](Random& r, Hash& h) { h.add(i64_to_f(std::int64_t(i2f_vector(r, 64).i))); });
  line("h2f", n, [](Random& r, Hash& h) { h.add(h2f(std::uint16_t(bits32(r)))); });
  line("f2h", n, [](Random& r, Hash& h) { h.add(std::uint32_t(f2h(from_bits(f2h_vector(r).a)))); });
  line("f_to_i8", n, [](Random& r, Hash& h) { const auto q = f_to_i8(from_bits(f2i8_vector(r).a)); h.add(std::uint32_t(q.value)), h.add(std::uint32_t(q.bad)); });
  line("f_to_score", n, [](Random& r, Hash& h) { const auto s = f_to_score(from_bits(f2score_vector(r).a)); h.add(std::uint32_t(s.value)), h.add(std::uint32_t(s.bad)); });
  line("exp2", n, [](Random& r, Hash& h) { h.add(htx::numerics::exp2(from_bits(exp2_vector(r).a))); });
  line("rcp", n, [](Random& r, Hash& h) { h.add(rcp(from_bits(rcp_vector(r).a))); });
  line("rsqrt", n, [](Random& r, Hash& h) { h.add(rsqrt(from_bits(rsqrt_vector(r).a))); });
  line("swiglu", n, [](Random& r, Hash& h) { const auto x = numbers(r, 2, 110, 26); h.add(swiglu(x[0], x[1])); });
  line("rotate", n, [](Random& r, Hash& h) {
    const auto x = numbers(r, 4, 100, 40);
    const Pair p = rotate(x[0], x[1], x[2], x[3]);
    h.add(p.x0), h.add(p.x1);
  });
  line("order_key", n, [](Random& r, Hash& h) { h.add(order_key(from_bits(bits32(r)))); });
  line("share", n, [](Random& r, Hash& h) {
    const std::int32_t uc = std::int32_t(draw(r, 60000)) - 30000;
    const std::int32_t d = std::int32_t(draw(r, 256 * 70));
    h.add(std::uint32_t(share(uc, 256 * uc - d)));
    const std::uint64_t term = denominator_term(uc, 256 * uc - d);
    h.add(std::uint32_t(term)), h.add(std::uint32_t(term >> 32));
  });
  line("page_term", n, [](Random& r, Hash& h) {
    const std::int32_t dot = std::int32_t(bits32(r)) >> 12;
    const std::int64_t o = page_term(dot, 0, -std::int32_t(draw(r, 70)));
    h.add(std::uint32_t(o)), h.add(std::uint32_t(o >> 32));
  });
  line("attention_out", n, [](Random& r, Hash& h) {
    const std::int64_t o = std::int64_t(r()) >> draw(r, 60);
    const std::uint64_t l = r() >> (1 + draw(r, 32));
    h.add(attention_out(o, l, std::int32_t(draw(r, 300)) - 150, 0));
  });
  line("score", n, [](Random& r, Hash& h) {
    const auto x = numbers(r, 2, 100, 40);
    h.add(std::uint32_t(score(std::int32_t(bits32(r)) >> 9, x[0], x[1]).value));
  });
  line("accumulate", n, [](Random& r, Hash& h) {
    const auto x = numbers(r, 3, 100, 40);
    h.add(accumulate(x[0], std::int32_t(bits32(r)) >> 12, x[1], x[2]));
  });
  line("quantise", n / 32, [](Random& r, Hash& h) {
    const auto x = numbers(r, 32, draw(r, 200), 54);  // all around one exponent
    std::int8_t q[32];
    const auto all = [&] { for (const std::int8_t v : q) h.add(std::uint32_t(v)); };
    h.add(quantise_activation(x, q).scale), all();
    h.add(std::uint32_t(quantise_key(x, q).scale)), all();
    h.add(std::uint32_t(quantise_value(x, q).exponent)), all();
  });
  line("rmsnorm", n / 512, [](Random& r, Hash& h) {
    const auto x = numbers(r, 512, 110, 30);
    const auto w = numbers(r, 512, 120, 10);
    std::vector<float> y(512);
    rmsnorm(x, w, 1e-5f, y.data());
    for (const float v : y) h.add(v);
  });
  line("score_factor", 256, [k = 0u](Random&, Hash& h) mutable { h.add(score_factor(++k)); });
  line("rope", n / 64, [](Random& r, Hash& h) {
    CosSin row[64];
    const std::uint32_t pos = draw(r, 1u << 20);
    rope_row(pos, 128, 10000.0 + draw(r, 490000), {}, row);
    for (const CosSin& p : row) h.add(p.c), h.add(p.s);
  });
  return 0;
}
