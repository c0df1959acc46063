// SPDX-License-Identifier: Apache-2.0
// Thousands of damaged files: each is either read or refused with htx::Error, never anything else.
#include <gtest/gtest.h>

#include "golden/model/tokenizer.hpp"
#include "tests/model/gguf_builder.hpp"
#include "tests/model/refusal.hpp"

namespace htx::test {
namespace {

// Bytes before the first tensor's data, where damage is most telling.
std::size_t head_size(const Document& file) {
  Document empty = file;
  for (DocumentTensor& tensor : empty.tensors) tensor.data.clear();
  return empty.serialise().size();
}

void damage(Bytes& bytes, std::size_t head, Random& random) {
  const auto place = [&] { return random.below(random.below(8) ? std::min(head, bytes.size()) : bytes.size()); };
  const std::size_t at = place();
  switch (random.below(6)) {
    case 0:
      bytes[at] ^= static_cast<std::byte>(1u << random.below(8));
      break;
    case 1:
      bytes[at] = static_cast<std::byte>(random.bits());
      break;
    case 2:
      bytes.resize(at + 1);
      break;
    case 3:
      bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 4:
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::byte>(random.bits()));
      break;
    default: {  // a count or length replaced by an extreme one
      static constexpr std::uint64_t extremes[] = {0, 1, 0x7fffffff, 0xffffffff, 1ull << 32, 1ull << 63, ~0ull};
      const std::uint64_t value = extremes[random.below(7)] - random.below(3);
      std::memcpy(bytes.data() + at, &value, std::min<std::size_t>(8, bytes.size() - at));
    }
  }
}

TEST(Mutations, AreReadOrRefused) {
  Random random(2024);
  int refused = 0, read = 0;
  for (const GgmlType type : {kTensorF32, kTensorF16, kTensorQ8_0, kTensorQ4_0}) {
    const Document file = make_llama(
        {.dim = 32, .layers = 1, .heads = 2, .kv_heads = 1, .ffn = 32, .vocab = 24, .type = type, .rope_freqs = true});
    const Bytes whole = file.serialise();
    const std::size_t head = head_size(file);
    for (int i = 0; i < 5000; ++i) {
      Bytes bytes = whole;
      for (std::uint64_t n = 1 + random.below(3); n > 0; --n) damage(bytes, head, random);
      try {
        const auto model = model::parse_model(bytes, "bad.gguf", model::WeightFormat::q4_0);
        const model::Tokenizer tokenizer(model.vocab);
        tokenizer.decode(tokenizer.encode("any text"));
        ++read;
      } catch (const Error& error) {
        const std::string message = error.what();
        ASSERT_EQ(message.find('\n'), message.npos) << message;
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 10000);
  EXPECT_GT(read, 500);
}

}  // namespace
}  // namespace htx::test
