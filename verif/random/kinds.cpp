// SPDX-License-Identifier: Apache-2.0
#include "verif/random/kinds.hpp"

#include <string_view>

namespace htx::random {

std::span<const Kind> kinds() {
  static constexpr Kind all[] = {
      {"product", add_product, 4},     {"embed", add_embed, 1},
      {"experts", add_experts, 2},       {"token", add_token, 1},
      {"load", add_load, 2},           {"short loads", add_short_loads, 1},
      {"attention", add_attention, 2}, {"attention again", add_attention_again, 1},
      {"vector", add_vector, 4},       {"vector chain", add_vector_chain, 1},
      {"vector burst", add_vector_burst, 1},
      {"quantise", add_quantise, 2},   {"registers", add_registers, 1},
      {"loop", add_loop, 1},           {"stride", add_stride, 1},
      {"pressure", add_pressure, 1},   {"long loop", add_long_loop, 0},
      {"open loop", add_open_loop, 0}, {"many waits", add_many_waits, 0},
  };
  return all;
}

void add_any(Maker& m) {
  const auto weight = [&m](const Kind& k) {
    for (const auto& [name, w] : m.profile.weights)
      if (std::string_view(name) == k.name) return w;
    return k.weight;
  };
  unsigned all = 0;
  for (const Kind& k : kinds()) all += weight(k);
  unsigned drawn = m.below(all);
  for (const Kind& k : kinds()) {
    if (drawn < weight(k)) return k.add(m);
    drawn -= weight(k);
  }
}

}  // namespace htx::random
