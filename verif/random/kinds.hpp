// SPDX-License-Identifier: Apache-2.0
// The things that a generated program is put together from. A new instruction or mode joins here, and nowhere else.
#pragma once
#include <span>

#include "verif/random/maker.hpp"

namespace htx::random {

struct Kind {
  const char* name;  ///< what profiles weigh it by
  void (*add)(Maker&);
  unsigned weight;   ///< where the profile names another
};

/// All of them.
std::span<const Kind> kinds();
/// Adds one, drawn by the profile's weights.
void add_any(Maker& m);

// kinds_lane.cpp
void add_product(Maker& m);
void add_embed(Maker& m);
void add_load(Maker& m);
void add_short_loads(Maker& m);
void add_pressure(Maker& m);
// kinds_attention.cpp
void add_attention(Maker& m);
void add_attention_again(Maker& m);
// kinds_vector.cpp
void add_vector(Maker& m);
void add_vector_chain(Maker& m);
void add_vector_burst(Maker& m);
void add_quantise(Maker& m);
// kinds_experts.cpp
void add_experts(Maker& m);
// kinds_control.cpp
void add_registers(Maker& m);
void add_token(Maker& m);
void add_loop(Maker& m);
void add_stride(Maker& m);
void add_long_loop(Maker& m);
void add_open_loop(Maker& m);
void add_many_waits(Maker& m);

}  // namespace htx::random
