// SPDX-License-Identifier: Apache-2.0
// The Verilated htx_channel behind the interface of its twin.
#pragma once
#include <memory>

#include "golden/chip/channel.hpp"
#include "htx/rtl/rtl_channel.hpp"

namespace htx::test {

/// Copies a packed vector to an input of a Verilated model.
template <std::size_t W, std::size_t N>
void drive(VlWide<W>& to, const Bits<N>& from) {
  static_assert(W <= 2 * N);
  for (std::size_t i = 0; i < W; ++i) to[i] = static_cast<std::uint32_t>(from[i / 2] >> (i % 2 * 32));
}

/// Registers start random (`seed`); call reset() first.
class RtlChannel {
 public:
  explicit RtlChannel(unsigned seed) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed));
    model_ = std::make_unique<Vhtx_channel>(&context_);
  }
  ~RtlChannel() {
    Verilated::threadContextp(&context_);  // the model's scopes leave the thread's context, which may be another model's
    model_->final();
  }

  void reset() {
    for (const bool rst_n : {false, true, false}) {  // twice, the second time out of an idle state
      model_->rst_ni = rst_n;
      step({});
      step({});
    }
    model_->rst_ni = 1;
  }

  void step(const chip::Channel::In& in) {
    model_->clk_i = 0;
    model_->eval();
    model_->req_valid_i = in.req_valid;
    drive(model_->req_i, in.req.pack());
    drive(model_->dev_rdata_i, in.dev_rdata);
    model_->clk_i = 1;
    model_->eval();
  }

  void probe(chip::probe::channel& p) const { verif::rtl_Vhtx_channel::read(*model_, 0, p); }

 private:
  VerilatedContext context_;
  std::unique_ptr<Vhtx_channel> model_;
};

}  // namespace htx::test
