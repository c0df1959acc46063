// SPDX-License-Identifier: Apache-2.0
// What lane instructions do with the KV cache: append, scores, values (docs/isa.md).
#include "golden/functional/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "golden/numerics/numerics.hpp"

namespace htx::functional {
namespace {

namespace num = htx::numerics;

constexpr std::uint32_t kBlk = pkg::BLK;

std::uint16_t half_at(const std::uint8_t* p) { return static_cast<std::uint16_t>(p[0] | p[1] << 8); }

}  // namespace

// Pages of KV up to the present position on a lane with this entry.
std::uint32_t Interpreter::pages(const pkg::seg_t& e) const {
  const std::uint32_t last = now_.position / kBlk, lanes = image_.lanes_total();
  return last / lanes + (e.first <= last % lanes ? 1 : 0);
}

// Valid tokens of a page.
std::uint32_t Interpreter::tokens(std::uint32_t page) const {
  return page == now_.position / kBlk ? now_.position % kBlk + 1 : kBlk;
}

void Interpreter::append(const pkg::instr_t& i, const compile::Operands& at) {
  const std::uint32_t kt = i.n, lanes = image_.lanes_total(), page = now_.position / kBlk, token = now_.position % kBlk;
  if (at.b + 2 * kt > kvbuf_.size()) fail("an append beyond the append buffer");
  for (unsigned l = 0; l < lanes; ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    if (e.first != page % lanes) continue;
    const std::uint32_t bursts = pkg::PAGE_HDR_BURSTS + 2 * kt * pkg::PAGE_TILE_BURSTS;
    std::uint8_t* to = bytes(l, e.addr + std::uint64_t{page / lanes} * bursts, bursts);
    if (token == 0) std::fill_n(to, pkg::PAGE_HDR_BURSTS * pkg::BURST_BYTES, std::uint8_t{0});
    const std::uint32_t key_scale = kvbuf_[at.b].scale;
    to[2 * token] = static_cast<std::uint8_t>(key_scale);
    to[2 * token + 1] = static_cast<std::uint8_t>(key_scale >> 8);
    to[2 * kBlk + token] = static_cast<std::uint8_t>(kvbuf_[at.b + kt].scale);
    for (std::uint32_t t = 0; t < 2 * kt; ++t)
      std::memcpy(to + (pkg::PAGE_HDR_BURSTS + t * pkg::PAGE_TILE_BURSTS + token) * pkg::BURST_BYTES,
                  kvbuf_[at.b + t].q.data(), kBlk);
  }
}

void Interpreter::score(const pkg::instr_t& i, const compile::Operands& at, unsigned column) {
  const std::uint32_t kt = i.n, lanes = image_.lanes_total();
  if (at.b + kt > act_[column].size()) fail("a query beyond the activation memory");
  const QuantBlock* query = act_[column].data() + at.b;
  Scored& scored = scored_[column];
  scored.m = scored.u = std::numeric_limits<std::int32_t>::min();
  for (unsigned l = 0; l < lanes; ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    scored.lanes[l].assign(pages(e), {});
    const std::uint32_t bursts = pkg::PAGE_HDR_BURSTS + 2 * kt * pkg::PAGE_TILE_BURSTS;
    for (std::uint32_t p = 0; p < scored.lanes[l].size(); ++p) {
      PageState& state = scored.lanes[l][p];
      const std::uint8_t* page = bytes(l, e.addr + std::uint64_t{p} * bursts, bursts);
      std::int32_t folded = std::numeric_limits<std::int32_t>::min();
      for (std::uint32_t t = 0; t < tokens(e.first + p * lanes); ++t) {
        std::int32_t dot = 0;
        for (std::uint32_t b = 0; b < kt; ++b) {
          const std::uint8_t* key = page + (pkg::PAGE_HDR_BURSTS + b * pkg::PAGE_TILE_BURSTS + t) * pkg::BURST_BYTES;
          for (std::uint32_t j = 0; j < kBlk; ++j) dot += static_cast<std::int8_t>(key[j]) * query[b].q[j];
        }
        const num::ScoreResult s = num::score(dot, num::from_bits(query->scale), num::h2f(half_at(page + 2 * t)));
        if (s.bad) numeric(fmt::format("the score of position {}", (e.first + p * lanes) * kBlk + t));
        state.scores.push_back(s.value);
        state.exponents.push_back(static_cast<std::int8_t>(page[2 * kBlk + t]));
        folded = std::max(folded, num::folded(s.value, state.exponents.back()));
        scored.m = std::max(scored.m, num::ceil256(s.value));
      }
      state.uc = num::ceil256(folded);
      scored.u = std::max(scored.u, state.uc);
    }
  }
}

void Interpreter::share(const pkg::instr_t& i, const compile::Operands& at, unsigned column) {
  const Scored& scored = scored_[column];
  const std::uint32_t kt = i.n, lanes = image_.lanes_total();
  std::vector<std::int64_t> o(kt * std::size_t{kBlk}, 0);
  std::uint64_t sum = 0;
  for (unsigned l = 0; l < lanes; ++l) {
    const pkg::seg_t& e = entry(l, at.a);
    const std::uint32_t bursts = pkg::PAGE_HDR_BURSTS + 2 * kt * pkg::PAGE_TILE_BURSTS;
    for (std::uint32_t p = 0; p < scored.lanes[l].size(); ++p) {
      const PageState& state = scored.lanes[l][p];
      const std::uint8_t* page = bytes(l, e.addr + std::uint64_t{p} * bursts, bursts);
      std::vector<std::int32_t> dots(o.size(), 0);
      for (std::uint32_t t = 0; t < state.scores.size(); ++t) {
        const std::int32_t share = num::share(state.uc, num::folded(state.scores[t], state.exponents[t]));
        sum += num::denominator_term(scored.m, state.scores[t]);
        for (std::uint32_t j = 0; j < dots.size(); ++j) {
          const std::uint32_t row = pkg::PAGE_HDR_BURSTS + (kt + j / kBlk) * pkg::PAGE_TILE_BURSTS + t;
          dots[j] += share * static_cast<std::int8_t>(page[row * pkg::BURST_BYTES + j % kBlk]);
        }
      }
      for (std::size_t j = 0; j < o.size(); ++j) o[j] += num::page_term(dots[j], scored.u, state.uc);
    }
  }
  float* out = block(at.d + column * (kt + std::uint64_t{1}), kt + std::uint64_t{1});
  for (std::size_t j = 0; j < o.size(); ++j) out[j] = num::i64_to_f(o[j]);
  float* last = out + o.size();
  std::fill_n(last, pkg::VW, 0.0f);
  last[0] = num::i64_to_f(static_cast<std::int64_t>(sum));
  last[1] = num::pow2_factor(scored.u - scored.m + 7);
}

}  // namespace htx::functional
