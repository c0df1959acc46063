// SPDX-License-Identifier: Apache-2.0
// What every Verilated block of a lane needs around it in a test.
#pragma once
#include <verilated.h>

#include <memory>
#include <random>

#include "golden/common/bits.hpp"

namespace htx::test {

/// Copies a packed vector to an input of a Verilated model.
template <std::size_t W, std::size_t N>
void drive(VlWide<W>& to, const Bits<N>& from) {
  for (std::size_t i = 0; i < W; ++i) to[i] = static_cast<std::uint32_t>(from[i / 2] >> (i % 2 * 32));
}

/// Without its valid, an input is whatever it is.
template <std::size_t W>
void junk(VlWide<W>& to, std::mt19937& rng) {
  for (std::size_t i = 0; i < W; ++i) to[i] = static_cast<std::uint32_t>(rng());
}

/// A Verilated model V whose registers start random (`seed`). It is reset twice, with two clocks of whatever its inputs hold between.
template <class V>
class RtlModel {
 public:
  explicit RtlModel(unsigned seed) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed));
    model_ = std::make_unique<V>(&context_);
    context_.assertOn(false);
    for (const bool rst_n : {false, true, false}) {
      model_->rst_ni = rst_n;
      for (int i = 0; i < 2; ++i) {
        low();
        high();
      }
    }
    model_->rst_ni = 1;
    context_.assertOn(true);
  }
  ~RtlModel() {
    Verilated::threadContextp(&context_);  // the model's scopes leave the thread's context, which may be another model's
    model_->final();
  }
  RtlModel(const RtlModel&) = delete;
  RtlModel& operator=(const RtlModel&) = delete;

  void low() {
    model_->clk_i = 0;
    model_->eval();
  }
  void high() {
    model_->clk_i = 1;
    model_->eval();
  }
  V* operator->() { return model_.get(); }
  V& operator*() { return *model_; }
  const V& operator*() const { return *model_; }

 private:
  VerilatedContext context_;
  std::unique_ptr<V> model_;
};

}  // namespace htx::test
