// SPDX-License-Identifier: Apache-2.0
// What lane instructions do with weights: products, embedding rows, vectors from memory (docs/isa.md).
#include "golden/functional/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "golden/compile/layout.hpp"
#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

using compile::has_flag;
namespace num = htx::numerics;

constexpr std::uint32_t kBlk = pkg::BLK;

}  // namespace

// The results of a row group: 32 rows, each summed block by block.
void Interpreter::row_group(const std::uint8_t* tiles, const pkg::instr_t& i, const QuantBlock* act, float* out) const {
  const int bits = has_flag(i, pkg::FLAG_W8) ? 8 : 4;
  const std::size_t size = (bits == 4 ? pkg::TILE4_BURSTS : pkg::TILE8_BURSTS) * std::size_t{pkg::BURST_BYTES};
  std::fill_n(out, kBlk, 0.0f);
  for (std::uint32_t t = 0; t < i.n; ++t) {
    const compile::Tile tile = compile::unpack_tile({tiles + t * size, size}, bits);
    const QuantBlock& a = act[t];
    for (std::uint32_t r = 0; r < kBlk; ++r) {
      std::int32_t dot = 0;
      for (std::uint32_t j = 0; j < kBlk; ++j) dot += tile.rows[r].values[j] * a.q[j];
      out[r] = num::accumulate(out[r], dot, num::from_bits(a.scale), num::h2f(tile.rows[r].scale));
    }
  }
}

void Interpreter::matvec(const pkg::instr_t& i, const compile::Operands& at) {
  if (at.b + std::uint32_t{i.n} > act_[0].size()) fail("activations beyond their memory");
  const std::uint32_t groups = has_flag(i, pkg::FLAG_PAIR) ? 2 : 1;
  const std::uint32_t bursts = i.n * (has_flag(i, pkg::FLAG_W8) ? pkg::TILE8_BURSTS : pkg::TILE4_BURSTS);
  const bool expert = has_flag(i, pkg::FLAG_EXPERT);
  for (unsigned l = 0; l < image_.lanes_total(); ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    for (std::uint32_t u = 0; u < e.count; ++u) {
      std::uint32_t unit = e.first + u * image_.lanes_total();
      if (expert && (unit < now_.units_from || unit >= now_.units_from + now_.units)) continue;
      if (expert) unit -= now_.units_from;
      for (std::uint32_t g = 0; g < groups; ++g) {
        const std::uint8_t* tiles = bytes(l, e.addr + std::uint64_t{u * groups + g} * bursts, bursts);
        for (unsigned c = 1; c <= i.cols; ++c) {  // each column's results after the last one's
          float out[kBlk];
          row_group(tiles, i, act_[c].data() + at.b, out);
          if (!has_flag(i, pkg::FLAG_NOSTORE)) std::copy_n(out, kBlk, block(at.d + unit + std::uint64_t{c * groups + g} * i.e));
        }
        float out[kBlk];
        row_group(tiles, i, act_[0].data() + at.b, out);
        if (!has_flag(i, pkg::FLAG_NOSTORE)) std::copy_n(out, kBlk, block(at.d + unit + (g ? i.e : 0)));
        if (!has_flag(i, pkg::FLAG_ARGMAX)) continue;
        for (std::uint32_t r = 0; r < kBlk; ++r) {
          const std::uint64_t index = std::uint64_t{at.d + unit} * kBlk + r;
          if (index < logits_.size()) logits_[index] = out[r];
        }
      }
    }
  }
  if (!has_flag(i, pkg::FLAG_ARGMAX)) return;
  for (std::size_t n = 0; n < logits_.size(); ++n)
    if (!num::is_finite(logits_[n])) numeric(fmt::format("the logit of token {}", n));
  best_ = static_cast<std::uint32_t>(num::argmax(logits_));
}

void Interpreter::embed(const pkg::instr_t& i, const compile::Operands& at) {
  const std::uint32_t lanes = image_.lanes_total(), quot = now_.token / kBlk / lanes, rem = now_.token / kBlk % lanes;
  for (unsigned l = 0; l < lanes; ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    if (e.first != rem) continue;
    for (std::uint32_t t = 0; t < i.n; ++t) {
      const std::uint8_t* from =
          bytes(l, e.addr + (std::uint64_t{quot} * i.n + t) * pkg::TILE8_BURSTS, pkg::TILE8_BURSTS);
      const compile::Tile tile = compile::unpack_tile({from, pkg::TILE8_BURSTS * pkg::BURST_BYTES}, 8);
      const compile::WeightBlock& row = tile.rows[now_.token % kBlk];
      float* out = block(at.d + t);
      for (std::uint32_t j = 0; j < kBlk; ++j) out[j] = num::mul(num::i32_to_f(row.values[j]), num::h2f(row.scale));
    }
  }
}

void Interpreter::load(const pkg::instr_t& i, const compile::Operands& at) {
  const std::uint64_t skip = has_flag(i, pkg::FLAG_POS) ? std::uint64_t{now_.position} * i.n * 4 : 0;
  for (unsigned l = 0; l < image_.lanes_total(); ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    for (std::uint32_t u = 0; u < e.count; ++u)
      std::memcpy(block(at.d + e.first + u * image_.lanes_total()), bytes(l, e.addr + skip + u * std::uint64_t{4}, 4),
                  kBlk * sizeof(float));
  }
}

}  // namespace htx::functional
