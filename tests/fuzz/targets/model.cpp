// SPDX-License-Identifier: Apache-2.0
// Any bytes as a GGUF model: read or refused in one line; what was read has a vocabulary that takes text.
#include <cstdlib>
#include <iostream>

#include "golden/model/model.hpp"
#include "golden/model/tokenizer.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace htx;
  try {
    const auto model = model::parse_model(std::as_bytes(std::span(data, size)), "m.gguf", size % 2 ? model::WeightFormat::q4_0 : model::WeightFormat::q8_0);
    const model::Tokenizer tokenizer(model.vocab);
    tokenizer.decode(tokenizer.encode("any text, 42 times!", model::Special::token));
    for (int pair = 0; pair < model.hyper.rope_dim / 2; ++pair) rope_frequency(model, pair);
  } catch (const Error& e) {
    fuzz::one_line(e);
  }
  return 0;
}
