// SPDX-License-Identifier: Apache-2.0
// What vector instructions do (docs/isa.md).
#include "golden/functional/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

using compile::has_flag;
namespace num = htx::numerics;

constexpr std::uint32_t kBlk = pkg::BLK;

}  // namespace

void Interpreter::vec(const pkg::instr_t& i, const compile::Operands& at) {
  if (i.n == 0 || (has_flag(i, pkg::FLAG_BPERIOD) && i.e == 0)) fail("no blocks");
  if (i.op == pkg::OP_VQUANT) return quantise(i, at);
  if (i.op == pkg::OP_VTOPK) return choose(i, at);
  const std::uint32_t count = i.n * kBlk;
  const float* a = block(at.a, i.n);
  if (i.op == pkg::OP_VSUMSQ) {
    const float sum = num::sum_squares({a, count});
    float* d = block(at.d);
    std::fill_n(d, kBlk, 0.0f);
    d[0] = sum;
    return;
  }
  const bool scalar = has_flag(i, pkg::FLAG_BSCALAR), periodic = has_flag(i, pkg::FLAG_BPERIOD);
  const float* b = compile::reads_b(i) ? block(at.b, scalar ? 1u : periodic ? i.e : i.n) : a;
  float* d = block(at.d, i.n);
  // Operands may overlap the result, so it is complete before it is written.
  std::vector<float> result(count);
  for (std::uint32_t n = 0; n < count; ++n) {
    const float x = a[has_flag(i, pkg::FLAG_SWAP) ? n ^ 1 : n];
    const float y = scalar ? b[i.elem] : periodic ? b[n % (i.e * kBlk)] : b[n];
    switch (i.op) {
      case pkg::OP_VADD:
        result[n] = num::add(x, y);
        break;
      case pkg::OP_VMUL:
        result[n] = num::mul(x, y);
        break;
      case pkg::OP_VEXP2:
        result[n] = num::exp2(x);
        break;
      case pkg::OP_VRCP:
        result[n] = num::rcp(x);
        break;
      default:
        result[n] = num::rsqrt(x);
        break;
    }
  }
  std::copy(result.begin(), result.end(), d);
}

void Interpreter::choose(const pkg::instr_t& i, const compile::Operands& at) {
  if (i.e == 0 || i.e > i.n * kBlk || i.elem == 0 || i.elem > std::min<unsigned>(i.e, pkg::TOP_K)) fail("a choice that cannot be");
  const num::Choice choice = num::choose({block(at.a, i.n), i.e}, i.elem);
  if (choice.bad) numeric(fmt::format("a router's logit at block {} of vector memory", at.a));
  float* d = block(at.d);
  std::fill_n(d, kBlk, num::kInf);
  std::copy(choice.below.begin(), choice.below.end(), d);
  chosen_ = choice.expert;
}

void Interpreter::quantise(const pkg::instr_t& i, const compile::Operands& at) {
  const pkg::quant_e mode = compile::quant_mode(i);
  const std::uint32_t columns = mode == pkg::Q_QRY ? i.cols + 1u : 1;  // groups are dealt over them
  const std::size_t size = mode == pkg::Q_KEY || mode == pkg::Q_VAL ? kvbuf_.size() : act_[0].size();
  if (i.e == 0 || at.d + std::uint32_t{i.n} > size + (columns > 1 ? std::size_t{i.n} : 0)) fail("quantised blocks beyond their memory");
  for (std::uint32_t first = 0; first < i.n; first += i.e) {
    const std::uint32_t group = first / i.e, place = at.d + group / columns * i.e;
    std::vector<QuantBlock>& memory = mode == pkg::Q_KEY || mode == pkg::Q_VAL ? kvbuf_ : act_[mode == pkg::Q_QRY ? group % columns : i.cols];
    const std::uint32_t blocks = std::min<std::uint32_t>(i.e, i.n - first);
    const std::span<const float> x(block(at.a + first, blocks), blocks * kBlk);
    std::vector<std::int8_t> q(x.size());
    std::uint32_t scale = 0;
    bool bad = false;
    if (mode == pkg::Q_KEY) {
      const num::KeyScale s = num::quantise_key(x, q.data());
      scale = s.scale;
      bad = s.bad;
    } else if (mode == pkg::Q_VAL) {
      const num::ValueScale s = num::quantise_value(x, q.data());
      scale = static_cast<std::uint8_t>(s.exponent);
      bad = s.bad;
    } else {
      const num::QuantScale s = num::quantise_activation(x, q.data());
      scale = num::bits(mode == pkg::Q_QRY ? num::mul(s.scale, block(at.b)[i.elem]) : s.scale);
      bad = s.bad;
    }
    if (bad) numeric(fmt::format("the quantiser at block {} of vector memory", at.a + first));
    for (std::uint32_t b = 0; b < blocks; ++b) {
      if (place + b >= memory.size()) fail("quantised blocks beyond their memory");
      QuantBlock& to = memory[place + b];
      std::copy_n(q.data() + b * kBlk, kBlk, to.q.begin());
      to.scale = scale;
    }
  }
}

}  // namespace htx::functional
