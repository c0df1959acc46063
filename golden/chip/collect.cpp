// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/collect.hpp"

#include "golden/numerics/vector.hpp"

namespace htx::chip {

void Collect::reset() {
  slot_ = 0;
  hold_ = valid_ = bad_ = false;
  now_ = 0;
  out_ = {};
  out_.src_ready = 1;
  flying_ = 0;
  best_ = {};
}

void Collect::take_argmax_word(std::uint32_t vocab) {
  Largest largest;
  for (unsigned i = 0; i < pkg::VW; ++i) {
    const std::uint32_t index = out_.addr * pkg::VW + i;
    if (index >= vocab) break;
    const float x = numerics::from_bits(std::uint32_t(get_bits(out_.data, 32 * i, 32)));
    if (!numerics::is_finite(x)) {
      bad_ = true;
      continue;
    }
    if (const std::uint32_t key = numerics::order_key(x); key > largest.key) largest = {key, index};
  }
  flight_[now_ % kDelay] = largest;
}

void Collect::step(const In& in) {
  // what left the reduction meets the best; a clear wins
  if (flying_ & 1) {
    const Largest& l = flight_[now_ % kDelay];
    if (l.key > best_.key || (l.key == best_.key && l.key && l.index < best_.index)) best_ = l;
  }
  if (in.argmax_clear) best_ = {};
  flying_ >>= 1;
  if (out_.logit_valid) {
    take_argmax_word(in.vocab);
    flying_ |= 1u << (kDelay - 1);
  }
  ++now_;

  const bool take = out_.src_ready & in.src_valid;
  valid_ = take;
  out_.we = out_.logit_valid = false;
  if (take) {
    const pkg::res_word_t& w = in.src[slot_];
    out_.we = !w.nostore;
    out_.logit_valid = w.argmax;
    out_.addr = w.addr;
    out_.data = w.data;
  }
  if (!hold_) slot_ = slot_ + 1 == sources_ ? 0 : slot_ + 1;
  hold_ = in.vec_we_pre;
  out_.src_ready = hold_ ? 0 : 1u << slot_;
  out_.busy = take || flying_;
  out_.best = best_.index;
  out_.err = bad_ ? pkg::ERR_LOGIT : pkg::ERR_NONE;
}

void Collect::probe(probe::collect& p) const {
  p.src_ready_o = out_.src_ready;
  p.best_o = out_.best;
  p.busy_o = out_.busy;
  p.we_o = out_.we;
  p.waddr_o = out_.addr & 0x1fff;
  p.wdata_o = out_.data;
  p.logit_valid_o = out_.logit_valid;
  p.logit_addr_o = out_.addr;
  p.logit_data_o = out_.data;
  p.err_o = out_.err;
  p.slot_q = slot_;
  p.hold_q = hold_;
  p.valid_q = valid_;
}

void Collect::probe(probe::argmax& p) const {
  p.busy_o = flying_ != 0;
  p.best_o = out_.best;
  p.best_key_q = best_.key;
  p.err_o = bad_;
}

}  // namespace htx::chip
